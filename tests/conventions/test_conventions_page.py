"""The table of docs/conventions.md is what the rules give, in reverse, forward, on the dynamic graph and of Tensors.

`REWRITE_PAGES=1 pytest tests/conventions` writes the table anew, for a person to read the diff.
"""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kinks import ELSEWHERE, KINKS, NAMES, Kink, by_jax, by_torch, point, shown

import runtime
import sourcead

PAGE = Path(__file__).parent.parent.parent / "docs" / "conventions.md"
BEGIN, END = "<!-- kinks -->\n", "<!-- end of kinks -->"
OTHERS: list[dict[str, str | None]] = json.loads(ELSEWHERE.read_text(encoding="utf-8"))
CASES = [pytest.param(kink, id=f"{kink.ours} at {kink.at}") for kink in KINKS]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
# Of these the NumPy functions that Tensors answer to differ from ours in the kind of their arguments.
NOT_OF_TENSORS = {"np.heaviside(x, 0.5)", "np.interp(x, [0.0, 1.0, 2.0], [0.0, 1.0, 3.0])"}


def written(kink: Kink, folder: Path) -> Callable[..., Any]:
    """The function of a module with this text."""
    path = folder / "row.py"
    text = f"import numpy as np\n\n\ndef f({', '.join(point(kink))}):\n    return {kink.ours}\n"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("row", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f


def derivatives(kink: Kink, folder: Path, dynamic: str = "auto") -> str:
    at = point(kink)
    return shown(sourcead.grad(written(kink, folder), tuple(at), dynamic=dynamic)(*at.values()))


def row(kink: Kink, other: dict[str, str | None], folder: Path) -> str:
    """One line of the table."""
    at = point(kink)
    value, ours = shown([written(kink, folder)(*at.values())]), derivatives(kink, folder)
    given = [other["torch"], other["jax"]]
    theirs = ["–" if d is None else "the same" if d == ours else d if d == "none" else f"`{d}`" for d in given]
    return f"| `{kink.ours}` | `{kink.at}` | `{value}` | `{ours}` | {theirs[0]} | {theirs[1]} |"


def test_the_table_is_the_one_on_the_page(tmp_path: Path):
    head = "| expression | at | value | derivative | PyTorch | JAX |\n|---|---|---|---|---|---|\n"
    table = head + "".join(row(kink, other, tmp_path) + "\n" for kink, other in zip(KINKS, OTHERS, strict=True))
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = f"{before}{BEGIN}\n{table}\n{END}{after}"
    if os.environ.get("REWRITE_PAGES"):
        PAGE.write_text(wanted, encoding="utf-8")
        return
    assert text == wanted


@pytest.mark.parametrize("kink", CASES)
def test_every_mode_gives_the_same(kink: Kink, tmp_path: Path):
    at = point(kink)
    function = written(kink, tmp_path)
    ours = derivatives(kink, tmp_path)
    assert derivatives(kink, tmp_path, "always") == ours
    if len(at) > 1 and "inf" in ours or "nan" in ours:
        # A tangent of zero times infinity is NaN, and forward mode does not meet what is not taken.
        return
    for pushed in (
        sourcead.tangent(function, tuple(at)),
        lambda *given: runtime.jvp(function, given[: len(at)], given[len(at) :]),
    ):
        found = []
        for k, value in enumerate(at.values()):
            dots = np.zeros(np.shape(value))
            for place in np.ndindex(np.shape(value)):
                tangents = [np.zeros_like(v) if np.ndim(v) else 0.0 for v in at.values()]
                if place:
                    tangents[k][place] = 1.0
                else:
                    tangents[k] = 1.0
                dots[place] = pushed(*at.values(), *tangents)[1]
            found.append(dots)
        assert shown(found) == ours


@pytest.mark.parametrize("kink", [case for case in CASES if case.values[0].ours not in NOT_OF_TENSORS])
def test_functions_of_numpy_on_tensors_give_the_same(kink: Kink, tmp_path: Path):
    at = {n: runtime.tensor(v, dtype=runtime.float64, requires_grad=True) for n, v in point(kink).items()}
    result = written(kink, tmp_path)(*at.values())
    if result.requires_grad:
        result.backward()
    found = [np.zeros(x.shape) if x.grad is None else x.grad.numpy() for x in at.values()]
    assert shown(found) == derivatives(kink, tmp_path)


@pytest.mark.parametrize(("library", "asked"), [("torch", by_torch), ("jax", by_jax)])
def test_what_the_others_give_is_what_the_page_says(library: str, asked: Callable[[Kink], str | None]):
    pytest.importorskip(library)
    assert [asked(kink) for kink in KINKS] == [other[library] for other in OTHERS]


def test_the_points_are_many():
    assert len(KINKS) == len(set(KINKS)) == len(OTHERS) >= 60
    assert all(eval(f"dict({kink.at})", NAMES) for kink in KINKS)
