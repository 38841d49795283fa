"""An iterator that is gone through for nothing is gone through: what reads it next finds the rest."""

from __future__ import annotations

import linecache
import textwrap
import zlib

import numpy as np
import pytest

import sourcead

TAKEN = (
    "z = enumerate(x)\na = sum(i for i, b in z)\nc = sum(i for i, b in z)",
    "z = iter([1.0, 2.0, 3.0])\na = sum(z)\nc = sum(z)",
    "z = zip([1.0, 2.0], [1.0, 2.0])\na = list(z)\nc = len(list(z))",
    "z = map(lambda e: e, [1.0, 2.0])\na = max(z)\nc = max(z, default=7.0)",
    "z = enumerate(x)\na = {i: b for i, b in z}\nc = len([i for i, b in z])",
    "z = zip(x, [1.0, 2.0])\nw = z\na = sum(b for i, b in z)\nc = sum(b for i, b in w)",
    "z = (i for i in range(3))\na = sum(b for b in z)\nc = sum(b for b in z)",
    "z = reversed([1.0, 2.0])\nfor a in z:\n    pass\nc = sum(b for b in z)",
    "z = [iter([1.0, 2.0])]\na = tuple(z[0])\nc = sum(z[0])",
    "a = sum(it)\nc = sum(it)",
)
RESULTS = ("c * np.sum(y)", "c * np.sum(y) + np.sum(y ** 2)")
X, Y = np.array([0.5, 0.3]), np.array([1.0, 2.0])


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize("taken", TAKEN)
def test_what_was_taken_is_gone(taken, result):
    source = f"def f(x, y, it):\n{textwrap.indent(taken, '    ')}\n    return {result}\n"
    file = f"<iterators {zlib.crc32(source.encode())}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {"np": np, "__name__": "iterators"}
    exec(compile(source, file, "exec"), scope)
    f = scope["f"]

    def along(e):
        return f(X, Y + e, iter([1.0, 2.0]))

    wanted = [(along(e) - along(-e)) / 2e-6 for e in 1e-6 * np.eye(2)]
    for dynamic in ("auto", "always"):
        value, bar = sourcead.value_and_grad(f, 1, dynamic=dynamic)(X, Y, iter([1.0, 2.0]))
        assert value == pytest.approx(along(0.0))
        np.testing.assert_allclose(bar, wanted, rtol=1e-6, atol=1e-8)
    tangents = [sourcead.tangent(f, 1)(X, Y, iter([1.0, 2.0]), e)[1] for e in np.eye(2)]
    np.testing.assert_allclose(tangents, wanted, rtol=1e-6, atol=1e-8)


def test_several_targets_take_from_an_iterator_of_constants():
    def f(p, c):
        a, *b = enumerate([c, c])
        (d, _), (e, _) = zip((c, 1.0), (2.0 * c, 1.0))
        return p * a[1] * b[0][1] * d * e

    assert sourcead.value_and_grad(f)(2.0, 3.0) == (f(2.0, 3.0), f(1.0, 3.0))
