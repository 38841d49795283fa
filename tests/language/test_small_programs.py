"""Programs with containers, caches, iterators, classes and state: right in every mode, or refused with a message."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

import sourcead
from sourcead.errors import SourceADError

PROGRAMS = Path(__file__).parent / "programs.txt"
X = np.array([0.7, 1.3, 0.4])
DIRECTION = np.array([0.3, -1.1, 0.6])
STEP = 1e-6
count = itertools.count()


def read():
    """The programs, each with what becomes of it."""
    for part in PROGRAMS.read_text(encoding="utf-8").split("\n== ")[1:]:
        head, text = part.split("\n", 1)
        name, kind = head.split(" | ")
        yield pytest.param(kind, text, id=name)


def loaded(folder: Path, text: str):
    """A new `f` of a text, with a module and a state of its own."""
    name = f"small_{next(count)}"
    file = folder / f"{name}.py"
    file.write_text("import numpy as np\n\n\n" + text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f


def along(make, x, step=STEP):
    """The derivative along DIRECTION by central differences, each value from a function that has not run before."""
    return (make()(x + step * DIRECTION) - make()(x - step * DIRECTION)) / (2.0 * step)


MODES = {
    "grad": lambda f: sourcead.grad(f)(X.copy()) @ DIRECTION,
    "always": lambda f: sourcead.grad(f, dynamic="always")(X.copy()) @ DIRECTION,
    "tangent": lambda f: sourcead.tangent(f)(X.copy(), DIRECTION)[1],
}


@pytest.mark.parametrize(("kind", "text"), [*read()])
def test_right_in_every_mode_or_refused(kind, text, tmp_path):
    def make():
        return loaded(tmp_path, text)

    wanted = along(make, X)
    refused = 0
    for run in MODES.values():
        try:
            np.testing.assert_allclose(run(make()), wanted, rtol=1e-5, atol=1e-7)
        except SourceADError as error:
            assert error.cure
            refused += 1
    assert (refused > 0) == (kind == "refused")


@pytest.mark.parametrize(("kind", "text"), [p for p in read() if p.values[0] == "right"])
def test_second_derivative(kind, text, tmp_path):
    def slope():
        f = loaded(tmp_path, text)
        return lambda x: sourcead.grad(f, dynamic="always")(x.copy())

    found = sourcead.hvp(loaded(tmp_path, text))(X.copy(), v=DIRECTION)
    np.testing.assert_allclose(found, along(slope, X, 1e-5), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["memo_kept", "memo_by_value", "memo_by_float", "list_in_default"])
def test_what_a_run_leaves_behind_is_no_constant(name, tmp_path):
    text = next(p.values[1] for p in read() if p.id == name)
    gradient = sourcead.grad(loaded(tmp_path, text), dynamic="always")
    with pytest.raises(SourceADError):
        gradient(X.copy())
        gradient(X.copy())
