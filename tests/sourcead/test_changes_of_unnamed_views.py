"""Calls that change what an expression gives: `y.ravel().fill(0.0)` changes `y`, and never the caller's array."""

from __future__ import annotations

import linecache
import textwrap
import zlib

import numpy as np
import pytest

import sourcead
from sourcead.errors import SourceADError

BASES = [
    "y.ravel()", "np.ravel(y)", "y.reshape(2, 2)", "y.view()", "y.squeeze()", "np.asarray(y)", "y.swapaxes(0, 0)",
    "np.flip(y)", "(y if p > 0 else x)", "[y][0]", "(y, x)[0]", "{'k': y}['k']", "y.reshape(2, 2)[1]",
    "np.atleast_2d(y)", "ident(y)", "part(y)", "(lambda a: a)(y)", "y.ravel()[1:]", "y.T", "list([y])[0]",
]  # fmt: skip
CHANGES = [
    "{b}.sort()", "{b}.fill(0.3)", "{b}[0] = 0.3", "{b}[0] += 0.3", "np.add({b}, 1.0, out={b})",
    "np.copyto({b}, 0.3)", "np.put({b}, [0], 0.3)", "np.add.at({b}, [0], 0.3)", "{b}.__setitem__(0, 0.3)",
    "np.random.default_rng(0).shuffle({b})", "np.fill_diagonal({b}.reshape(2, 2), 0.3)", "{b}[...] = p * x[1]",
    "np.multiply({b}, p, {b})", "{b}[:] *= p", "for i in range(1):\n    {b}[i] = 0.3",
]  # fmt: skip
AROUND = textwrap.dedent("""
    def ident(a):
        return a

    def part(a):
        return a[1:]
""")
X, Y, P = np.array([1.0, 2.0, 0.5, 0.7]), np.array([0.4, 0.3, 1.2, -0.5]), 1.3
STEPS = np.array([0.3, -0.2, 0.7, 0.4]), np.array([0.1, 0.5, -0.3, 0.2]), 0.6


def _function(text, result):
    source = f"{AROUND}def f(x, y, p):\n{textwrap.indent(text, '    ')}\n    return {result}\n"
    file = f"<unnamed views {zlib.crc32(source.encode())}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {"np": np, "__name__": "programs"}
    exec(compile(source, file, "exec"), scope)
    return scope["f"]


def _moved(wrt, h):
    return [a + h * step if k in wrt else np.copy(a) for k, (a, step) in enumerate(zip((X, Y, P), STEPS))]


def _right_or_refused(f, wrt, text):
    h = 1e-6
    slope = (f(*_moved(wrt, h)) - f(*_moved(wrt, -h))) / (2 * h)
    x, y = X.copy(), Y.copy()
    steps = [STEPS[k] for k in wrt]
    try:
        bars = sourcead.grad(f, wrt)(x, y, P)
        tangent = sourcead.tangent(f, wrt)(x, y, P, *steps)[1]
    except SourceADError:
        assert np.array_equal(x, X) and np.array_equal(y, Y), text
        return False
    assert np.array_equal(x, X) and np.array_equal(y, Y), text
    assert sum(np.sum(bar * step) for bar, step in zip(bars, steps)) == pytest.approx(slope, rel=1e-5, abs=1e-8), text
    assert tangent == pytest.approx(slope, rel=1e-5, abs=1e-8), text
    return True


@pytest.mark.parametrize("base", BASES)
def test_the_array_is_changed_and_that_of_the_caller_is_not(base):
    agreed = []
    for k, change in enumerate(CHANGES):
        text = change.replace("{b}", base)
        f = _function(text, ("np.sum(y * x) * p", "y[0] * p", "p")[k % 3])
        try:
            f(X.copy(), Y.copy(), P)
        except (ValueError, IndexError):
            continue
        agreed += [_right_or_refused(f, wrt, text) for wrt in ((2,), (0, 1, 2))]
    assert sum(agreed) > len(agreed) // 6
