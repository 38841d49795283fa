"""Every row of the tables in docs/conventions.md holds, in reverse and in forward mode."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import sourcead

PAGE = Path(__file__).parent.parent / "docs" / "conventions.md"
ROWS = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|$", PAGE.read_text(encoding="utf-8"), re.M)
NAMES = {"np": np, "inf": np.inf, "nan": np.nan}


def test_the_table_is_read():
    assert len(ROWS) > 15


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("expression", "point", "derivative"), ROWS)
def test_row(expression: str, point: str, derivative: str, tmp_path: Path):
    at = eval(f"dict({point})", NAMES)
    expected = eval(f"[{derivative}]", NAMES)
    function = written(f"def f({', '.join(at)}):\n    return {expression}\n", tmp_path)
    names = tuple(at)
    for found, wanted in zip(sourcead.grad(function, names)(*at.values()), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
    pushed = sourcead.tangent(function, names)
    for k, wanted in enumerate(expected):
        for place in np.ndindex(np.shape(wanted)):
            tangents = [np.zeros_like(value) if np.ndim(value) else 0.0 for value in at.values()]
            if place:
                tangents[k][place] = 1.0
            else:
                tangents[k] = 1.0
            np.testing.assert_array_equal(pushed(*at.values(), *tangents)[1], np.asarray(wanted)[place])


def written(text: str, folder: Path):
    """The function of a module with this text."""
    path = folder / "row.py"
    path.write_text("import numpy as np\n\n\n" + text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("row", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f
