"""The pages say what is true: links lead somewhere, code runs, and emitted source is what is really emitted.

On every page the blocks marked `python` that are not interactive sessions (those run as doctests) are put together
into one module and imported. A block under the comment `<!-- emitted: EXPRESSION -->` is the `.source` of that
expression, evaluated with the module's names and `sourcead` in scope. A block under `<!-- refused -->` is a module
whose `f` must be refused at `ARGUMENT` (by default an array of two numbers).

`REWRITE_PAGES=1 pytest tests/test_docs.py` writes what is emitted now into the pages, for a person to read the diff.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sourcead
from sourcead.errors import SourceADError

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("**/*.md"))]
BLOCK = re.compile(
    r"(?:<!-- (?:emitted: (?P<emitted>.+?)|(?P<refused>refused)) -->\n+)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.M | re.S,
)
LINK = re.compile(r"\[[^\]]*\]\((?P<to>[^)\s]+)\)")
EVALUATE = """
import json, sys
import sourcead, example
scope = {**vars(example), "sourcead": sourcead}
json.dump([eval(text, scope).source for text in json.loads(sys.argv[1])], sys.stdout)
"""


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Headings as GitHub names them."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path):
    broken = []
    for to in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if to.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = to.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            broken.append(to)
    assert not broken


def test_every_page_is_reached_from_the_map():
    reached = LINK.findall((ROOT / "docs" / "README.md").read_text(encoding="utf-8"))
    pages = {page.name for page in PAGES if page.parent.name == "docs" and page.name != "README.md"}
    assert pages <= set(reached)


def is_written(block: re.Match[str]) -> bool:
    return not block["emitted"] and not block["refused"] and ">>> " not in block["text"]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_code_runs_and_emitted_source_is_true(page: Path, tmp_path: Path):
    text = page.read_text(encoding="utf-8")
    blocks = [block for block in BLOCK.finditer(text) if block["language"] == "python"]
    shown = [block for block in blocks if block["emitted"]]
    written = [block["text"] for block in blocks if is_written(block)]
    if not written and not shown:
        return
    (tmp_path / "example.py").write_text("\n\n".join(written), encoding="utf-8")
    emitted = emitted_sources([block["emitted"] for block in shown], tmp_path)
    if os.environ.get("REWRITE_PAGES"):
        for block, source in reversed([*zip(shown, emitted)]):
            text = text[: block.start("text")] + source.rstrip() + "\n" + text[block.end("text") :]
        page.write_text(text, encoding="utf-8")
    else:
        assert [block["text"].rstrip() for block in shown] == [source.rstrip() for source in emitted]


def emitted_sources(expressions: list[str], folder: Path) -> list[str]:
    """In a process of its own: a page may register rules."""
    path = os.pathsep.join([str(folder), str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", EVALUATE, json.dumps(expressions)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env={**os.environ, "PYTHONPATH": path})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


REFUSED = [block["text"] for page in PAGES for block in BLOCK.finditer(page.read_text("utf-8")) if block["refused"]]


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_the_pages_call_refused_is_refused(text: str, tmp_path: Path):
    path = tmp_path / "refused.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("refused", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    argument = getattr(module, "ARGUMENT", np.array([1.0, 2.0]))
    module.f(argument)
    with pytest.raises(SourceADError) as refusal:
        sourcead.grad(module.f)(argument)
    assert refusal.value.cure
