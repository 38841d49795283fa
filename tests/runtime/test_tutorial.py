"""PyTorch's tutorial "The Fundamentals of Autograd" runs with `import runtime as torch`, and prints the same.

`tutorial.txt` holds what one types, cell by cell, and what PyTorch printed; `REWRITE_TUTORIAL=1` writes the printed
parts anew, and needs torch. Random numbers are our own in both, so that the texts can be compared.
"""

import ast
import contextlib
import io
import os
import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest

import runtime

STORED = Path(__file__).with_name("tutorial.txt")
CELL, PRINTS = "======== ", "-------- prints\n"
NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]\d+)?")
# The last digit of a sine depends on the library that computes it, that of a sum on the order of the terms.
ROUNDED = {"sin", "times and plus", "backward", "step", "five passes"}
# The times are the machine's own.
TIMED = {"profiler"}


class Numbers:
    """Random numbers that are small fractions, so that sums of their products are exact."""

    def __init__(self, module):
        self._module = module
        self._generator = np.random.default_rng(7)

    def randn(self, *size, requires_grad=False):
        low, high, parts = (-1, 2, 1) if size[-1] >= 10 else (1, 9, 8)
        if size == (2, 3):
            # The profiled loop divides and multiplies by these a thousand times.
            low, high, parts = 1, 2, 1
        numbers = (self._generator.integers(low, high, size) / parts).astype(np.float32)
        return self._module.tensor(numbers, requires_grad=requires_grad)

    def set_parameters(self, model):
        for parameter in model.parameters():
            numbers = self._generator.integers(-1, 2, tuple(parameter.shape)) / 8.0
            parameter.data = self._module.tensor(numbers.astype(np.float32))


class Plots(types.ModuleType):
    """Stands for `matplotlib.pyplot` where only what is printed matters."""

    def plot(self, x, y):
        np.testing.assert_allclose(np.asarray(x)[1], 2.0 * np.pi / 24.0, rtol=1e-6)


def cells():
    for block in STORED.read_text(encoding="utf-8").split(CELL)[1:]:
        name, _, rest = block.partition("\n")
        code, _, printed = rest.partition(PRINTS)
        yield name, code, printed


def run_all(module, plots):
    """What each cell prints, and as in a notebook the value of its last line."""
    numbers = Numbers(module)
    names = {}
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("matplotlib", "matplotlib.ticker"):
            patch.setitem(sys.modules, name, types.ModuleType(name))
        patch.setitem(sys.modules, "matplotlib.pyplot", plots)
        patch.setattr(module, "randn", numbers.randn)
        patch.setattr(module, "rand", numbers.randn)
        for name, code, _ in cells():
            statements = ast.parse(code.replace("import torch", f"import {module.__name__} as torch")).body
            last = statements.pop() if isinstance(statements[-1], ast.Expr) else None
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(ast.Module(statements, []), name, "exec"), names)
                value = None if last is None else eval(compile(ast.Expression(last.value), name, "eval"), names)
                if value is not None:
                    print(repr(value))
            found[name] = re.sub(r" at 0x[0-9a-f]+", " at 0x", out.getvalue())
            if name == "model":
                numbers.set_parameters(names["model"])
    return found


@pytest.fixture(scope="module")
def ours():
    return run_all(runtime, Plots("matplotlib.pyplot"))


def shape_of_table(table):
    """The table with its rows in one order and without the times, which are the machine's own."""
    lines = re.sub(r" *\d+\.\d+(us|ms|s|%)", lambda found: " " * len(found.group()), table).split("\n")
    return [*lines[:3], *sorted(lines[3:-4]), *lines[-4:-3], lines[-3].rstrip(), *lines[-2:]]


def test_stored_texts_are_torchs_own():
    torch = pytest.importorskip("torch")
    found = run_all(torch, Plots("matplotlib.pyplot"))
    if os.environ.get("REWRITE_TUTORIAL"):
        STORED.write_text("".join(f"{CELL}{n}\n{code}{PRINTS}{found[n]}" for n, code, _ in cells()), encoding="utf-8")
    for name, _, printed in cells():
        if name not in TIMED:
            _check(name, found[name], printed)


def _check(name, found, printed):
    """Equal texts, but for the last digits of cells that hang on the order of additions in a matrix product."""
    if name in ROUNDED:
        assert NUMBER.sub("0.", found).split() == NUMBER.sub("0.", printed).split()
        numbers = [list(map(float, NUMBER.findall(text))) for text in (found, printed)]
        np.testing.assert_allclose(*numbers, rtol=1e-4, atol=1e-4)
    else:
        assert found == printed


@pytest.mark.parametrize(("name", "printed"), [(name, printed) for name, _, printed in cells() if name not in TIMED])
def test_prints_what_torch_prints(ours, name, printed):
    _check(name, ours[name], printed)


def test_the_profilers_table_is_torchs(ours):
    (printed,) = [printed for name, _, printed in cells() if name in TIMED]
    assert shape_of_table(ours["profiler"]) == shape_of_table(printed)


def test_matplotlib_plots_detached_tensors():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    a = runtime.linspace(0.0, 6.0, steps=25, requires_grad=True)
    runtime.sin(a).sum().backward()
    figure, axes = pyplot.subplots()
    (line,) = axes.plot(a.detach(), a.grad.detach())
    np.testing.assert_allclose(line.get_xdata(), np.linspace(0.0, 6.0, 25), rtol=1e-6)
    np.testing.assert_allclose(line.get_ydata(), np.cos(np.linspace(0.0, 6.0, 25)), atol=1e-6)
    pyplot.close(figure)
