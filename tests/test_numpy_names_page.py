"""docs/numpy-names.md lists each function of NumPy and says truly what becomes of it where a derivative is asked for.

`REWRITE_PAGES=1 pytest tests/test_numpy_names_page.py` writes the page. It is that of the NumPy that it names; with
another one only the functions that both have are compared.
"""

from __future__ import annotations

import os
import types
from pathlib import Path

import numpy as np

import runtime  # noqa: F401 (fills the table)
from runtime.primitives.registry import definition, is_inactive, lookup, sample_calls

PAGE = Path(__file__).parent.parent / "docs" / "numpy-names.md"
SPACES = {"numpy": np, "numpy.linalg": np.linalg, "numpy.fft": np.fft}
# Written as stores by the compiler, or as a call of its own.
WRITTEN = {np.copyto, np.ones, np.vectorize}
RULE, TOLD, INERT, REFUSED = "a rule", "told in terms of others", "no derivative", "refused"
HEAD = """# The functions of NumPy

What becomes of each function of NumPy {version} where what it is given carries a derivative. *A rule*: its derivative
is in the table. *Told in terms of others*: it stands for a few calls that have rules. *No derivative*: its result is a
shape, a place, a truth, a text. *Refused*: an error says so, and names the line; without derivatives all of them can be
called. This page is written by its test.
"""


def functions(space: types.ModuleType) -> dict[str, object]:
    """The public functions of a module by name."""
    found = {name: getattr(space, name) for name in dir(space) if not name.startswith("_")}
    return {
        name: value
        for name, value in found.items()
        if callable(value) and not isinstance(value, (type, types.ModuleType)) and name != "test"
    }


def fate(function: object) -> str:
    if lookup(function) is not None or function in WRITTEN:
        return RULE
    if definition(function) is not None:
        return TOLD
    return INERT if is_inactive(function) else REFUSED


def table() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for space, module in SPACES.items():
        groups = found[space] = {RULE: [], TOLD: [], INERT: [], REFUSED: []}
        for name, function in functions(module).items():
            groups[fate(function)].append(name)
    return found


def page() -> str:
    lines = [HEAD.format(version=np.__version__)]
    for space, groups in table().items():
        lines.append(f"\n## {space}\n")
        for kind, names in groups.items():
            if names:
                lines.append(f"\n{kind[0].upper()}{kind[1:]} ({len(names)}): {', '.join(f'`{n}`' for n in names)}.\n")
    return "".join(lines)


def test_page_is_true():
    if os.environ.get("REWRITE_PAGES"):
        PAGE.write_text(page(), encoding="utf-8")
    written = PAGE.read_text(encoding="utf-8")
    if f"NumPy {np.__version__} " in written:
        assert written == page()
    for space, groups in table().items():
        part = written.split(f"## {space}\n")[1].split("\n## ")[0]
        for kind, names in groups.items():
            line = next((row for row in part.splitlines() if row.lower().startswith(kind)), "")
            elsewhere = [name for name in names if f"`{name}`" in part and f"`{name}`" not in line]
            assert elsewhere == []


def test_what_has_a_rule_is_tried():
    for module in SPACES.values():
        for name, function in functions(module).items():
            if lookup(function) is not None:
                assert sample_calls(function), name


def test_most_functions_are_covered():
    counts = {kind: sum(len(groups[kind]) for groups in table().values()) for kind in (RULE, TOLD, INERT, REFUSED)}
    assert counts[RULE] + counts[TOLD] + counts[INERT] >= 350
    assert counts[REFUSED] <= 110
