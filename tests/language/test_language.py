"""The table of the whole language: complete, true, and printed in docs/coverage.md."""

from __future__ import annotations

import ast
import importlib.util
import itertools
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import constructs  # noqa: E402

import sourcead  # noqa: E402
from sourcead.errors import SourceADError  # noqa: E402

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
X = np.array([0.7, 1.3, 0.4])
STEP = 1e-6
count = itertools.count()
AVAILABLE = [c for c in constructs.CONSTRUCTS if c.since <= sys.version_info[:2]]


def loaded(folder: Path, text: str):
    """The function `f` of a text, from a file of its own."""
    name = f"covered_{next(count)}"
    file = folder / f"{name}.py"
    file.write_text("import numpy as np\n\n\n" + text)
    spec = importlib.util.spec_from_file_location(name, file)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f


def differences(f) -> np.ndarray:
    """Central differences of a function at X."""
    found = []
    for k in range(X.size):
        step = np.zeros_like(X)
        step[k] = STEP
        found.append((f(X + step) - f(X - step)) / (2.0 * STEP))
    return np.array(found)


def named(construct: constructs.Construct) -> str:
    return f"{construct.node}-{construct.use}".replace(" ", "_")


@pytest.mark.parametrize("construct", AVAILABLE, ids=named)
def test_program_has_its_node(construct):
    kinds = {type(node).__name__ for node in ast.walk(ast.parse(construct.text))}
    assert construct.node in kinds


@pytest.mark.parametrize("construct", [c for c in AVAILABLE if c.kind != constructs.REFUSED], ids=named)
def test_derivative_is_right_and_written_as_the_table_says(construct, tmp_path):
    f = loaded(tmp_path, construct.text)
    gradient, tangent = sourcead.grad(f), sourcead.tangent(f)
    dynamic = "# dynamic:" in gradient.source or "runtime.vjp" in gradient.source
    assert dynamic == (construct.kind == constructs.DYNAMIC)
    wanted = differences(f)
    np.testing.assert_allclose(gradient(X.copy()), wanted, rtol=1e-6, atol=1e-7)
    found = [tangent(X.copy(), direction)[1] for direction in np.eye(X.size)]
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("construct", [c for c in AVAILABLE if c.kind == constructs.DYNAMIC], ids=named)
def test_a_dynamic_region_is_an_error_where_it_is_not_wanted(construct, tmp_path):
    with pytest.raises(SourceADError) as caught:
        sourcead.grad(loaded(tmp_path, construct.text), dynamic="never")
    assert caught.value.origin is not None


@pytest.mark.parametrize("construct", [c for c in AVAILABLE if c.kind == constructs.REFUSED], ids=named)
def test_refusal_names_the_line(construct, tmp_path):
    with pytest.raises(SourceADError) as caught:
        sourcead.grad(loaded(tmp_path, construct.text))(X.copy())
    assert construct.said in str(caught.value)
    assert caught.value.cure


def test_every_node_class_has_a_program():
    names = {name for group in constructs.grammar().values() for name in group}
    assert {c.node for c in constructs.CONSTRUCTS} == names


def page() -> str:
    """The page, made of the table."""
    lines = [
        "# Coverage of the language",
        "",
        "Every statement, expression and pattern of CPython 3.11 to 3.14, and what becomes of it around active",
        "values. *Emitted*: written as source. *Dynamic*: the smallest region around it runs on the dynamic graph, and",
        "the emitted text says so. *Refused*: an error with the line. The tests make this page, and run a program for",
        "each of its rows: derivatives in both modes against differences, refusals by what they say. The programs are",
        "in `tests/language/constructs.txt`.",
    ]
    for group, names in constructs.grammar().items():
        lines += ["", f"## {group}", "", "| node | use | class |", "|---|---|---|"]
        for name in names:
            rows = [c for c in constructs.CONSTRUCTS if c.node == name]
            since = constructs.NEWER.get(name)
            shown = f"`{name}`" + (f" ({since[0]}.{since[1]})" if since else "")
            lines += [f"| {shown} | {row.use} | {row.kind} |" for row in rows]
    return "\n".join(lines) + "\n"


def test_page_is_the_table():
    if os.environ.get("REWRITE_PAGES"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
    assert not re.search(r"\|\s*\|$", page(), flags=re.MULTILINE)
