"""NumPy's functions that give back their very argument in some calls: changes of one name are seen under the other."""

from __future__ import annotations

import linecache
from collections.abc import Callable

import numpy as np
import pytest

import sourcead

X = np.array([[0.7, -0.4, 1.3], [0.5, 0.9, -1.1]])
V = np.array([[0.2, 1.0, -0.5], [0.3, -0.8, 0.6]])
U = np.array([[1.0, -0.3, 0.2], [0.4, 0.1, -0.9]])

GIVEN_BACK = [
    "np.diff(a, n=0)",
    "np.diff(a, 0, 0)",
    "np.diff(a, n=len(a) - 2)",
    "a.conj()",
    "a.conjugate()",
    "np.s_[a]",
    "np.einsum('ij->ij', a)",
    "np.squeeze(a)",
    "np.asarray(a)",
    "np.real(a)",
]
COPIED = ["np.diff(a, 1, 0)", "np.block(a)", "np.block([a])", "np.r_[a]", "np.c_[a]", "np.conj(a)", "np.roll(a, 0)"]
CHANGES = {
    "result": "b *= 3.0",
    "argument": "a *= 3.0",
    "element": "a[0] = b[0] * x[1]",
}


def made(expression: str, change: str) -> Callable[[np.ndarray], float]:
    text = f"""\
import numpy as np

W = np.array([[0.3, 1.1, -0.7], [0.9, -0.2, 0.4]])


def f(x):
    a = x * x
    b = {expression}
    {change}
    return np.sum(a * a * W) + np.sum(np.sin(b))
"""
    file = f"<given back: {expression}; {change}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    space: dict = {"__name__": "given_back"}
    exec(compile(text, file, "exec"), space)
    return space["f"]


def along(f: Callable[[np.ndarray], float], direction: np.ndarray) -> float:
    return (f(X + 1e-5 * direction) - f(X - 1e-5 * direction)) / 2e-5


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("expression", [*GIVEN_BACK, *COPIED])
def test_derivatives_see_the_change_where_numpy_does(expression, change):
    f = made(expression, CHANGES[change])
    a = X * X
    shared = np.shares_memory(a, eval(expression, {"np": np, "a": a}))
    assert shared == (expression in GIVEN_BACK), "NumPy itself decides what is the argument"
    slope = along(f, V)
    gradient = sourcead.grad(f)
    assert np.sum(gradient(X) * V) == pytest.approx(slope, abs=1e-6)
    assert sourcead.jvp(f, (X,), (V,))[1] == pytest.approx(slope, abs=1e-6)
    assert np.sum(sourcead.grad(f, dynamic="always")(X) * V) == pytest.approx(slope, abs=1e-6)
    curvature = along(lambda x: np.sum(gradient(x) * V), U)
    assert np.sum(sourcead.vjp(gradient, X)[1](V)[0] * U) == pytest.approx(curvature, abs=1e-6)
    assert np.sum(sourcead.jvp(gradient, (X,), (U,))[1] * V) == pytest.approx(curvature, abs=1e-6)
