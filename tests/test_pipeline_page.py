"""docs/pipeline.md shows the core program and the modules as they are; docs/reading-emitted-code.md the kernels.

`REWRITE_PAGES=1 pytest tests/test_pipeline_page.py` writes what is true now into the pages.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import re
from pathlib import Path

import pytest

from runtime import kernels
from sourcead.backend.printing import to_text
from sourcead.frontend.lower import lower
from sourcead.frontend.names import Namespace
from sourcead.frontend.source import find

ROOT = Path(__file__).parent.parent
PIPELINE = ROOT / "docs" / "pipeline.md"
READING = ROOT / "docs" / "reading-emitted-code.md"
STAGES = ("frontend", "analysis", "transform", "optimize", "backend")
MAP = re.compile(r"(?<=<!-- map -->\n).*?(?=<!-- end of map -->)", re.S)
KERNELS = re.compile(r"(?<=<!-- kernels -->\n).*?(?=<!-- end of kernels -->)", re.S)
CORE = re.compile(r"<!-- core: (\w+), (\w+) -->\n```text\n(?P<text>.*?)^```$", re.M | re.S)
PYTHON = re.compile(r"(?<!-->\n)^```python\n(.*?)^```$", re.M | re.S)


def compare_or_rewrite(page: Path, start: int, end: int, wanted: str) -> None:
    text = page.read_text(encoding="utf-8")
    if os.environ.get("REWRITE_PAGES"):
        page.write_text(text[:start] + wanted + text[end:], encoding="utf-8")
    else:
        assert text[start:end] == wanted


def first_line(docstring: str | None) -> str:
    assert docstring
    return docstring.partition("\n")[0]


def module_rows(stage: str) -> list[str]:
    files = sorted(p for p in (ROOT / "sourcead" / stage).glob("*.py") if p.name != "__init__.py")
    said = [first_line(ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))) for p in files]
    return [f"| `{stage}/{p.name}` | {line} |" for p, line in zip(files, said)]


def table(head: str, rows: list[str]) -> str:
    return "\n".join(["", head, "|---|---|", *rows, "", ""])


def test_the_map_is_the_modules():
    rows = [row for stage in STAGES for row in module_rows(stage)]
    found = MAP.search(PIPELINE.read_text(encoding="utf-8"))
    compare_or_rewrite(PIPELINE, found.start(), found.end(), table("| module of `sourcead` | what it does |", rows))


def test_the_kernels_are_those_of_the_golden_files():
    names: set[str] = set()
    for path in (ROOT / "tests" / "golden").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "runtime.kernels":
                names |= {alias.name for alias in node.names}
    rows = [f"| `{name}` | {first_line(getattr(kernels, name).__doc__)} |" for name in sorted(names)]
    found = KERNELS.search(READING.read_text(encoding="utf-8"))
    compare_or_rewrite(READING, found.start(), found.end(), table("| function | what it does |", rows))


def test_the_core_program_is_what_is_lowered(tmp_path: Path):
    text = PIPELINE.read_text(encoding="utf-8")
    shown = CORE.search(text)
    path = tmp_path / "pipeline_example.py"
    path.write_text("\n\n".join(PYTHON.findall(text)), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("pipeline_example", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    core = lower(find(getattr(module, shown[1])), Namespace(), (shown[2],))
    wanted = "".join(to_text(statement).rstrip() + "\n" for statement in core.body)
    compare_or_rewrite(PIPELINE, shown.start("text"), shown.end("text"), wanted)


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_files_that_pages_name_exist(page: Path):
    """A name such as `webs.py` is that of a file in the tree; `frontend/webs.py` of one at that place."""
    tree = [p for top in ("sourcead", "runtime", "tests", "examples", "benchmarks") for p in (ROOT / top).rglob("*.py")]
    known = {p.relative_to(ROOT).as_posix() for p in tree}
    for name in re.findall(r"`([\w/]+\.py)`", page.read_text(encoding="utf-8")):
        if name not in ("model.py", "loss_grad.py"):
            assert any(k == name or k.endswith(f"/{name}") for k in known), name
