"""A name for what a property or special method of an unknown class gives is no name of a place in the object."""

from __future__ import annotations

import linecache
import textwrap
import zlib

import numpy as np
import pytest

import sourcead
from sourcead.errors import SourceADError


class Pair:
    def __init__(self, a):
        self.a = a
        self.parts = [a * 1.0, a * 2.0]

    @property
    def half(self):
        return self.a * 0.5

    @property
    def inner(self):
        return Inner(self.a)

    @property
    def both(self):
        return [self.a * 2.0, 3.0]

    def __getitem__(self, k):
        return self.a * (k + 1.0)


class Inner:
    def __init__(self, a):
        self.z = a * 1.0
        self.k = 2.0


ARRAYS = [
    "w = v.half\nw[0] = 9.0", "w = v[0]\nw[0] = 9.0", "w = v.half\nw += 9.0", "w = v.half\nw.sort()",
    "w = v.inner.z\nw[0] = 9.0", "w = v.parts[0]\nw[0] = 9.0", "w = v.half\nnp.add(w, 1.0, out=w)",
    "w = v.half\nw.fill(9.0)", "w = v.half\nu = w[:1]\nu[0] = 9.0", "w = v.half\nfor i in range(2):\n    w[i] = 9.0",
    "w = v.half\nif x > 0:\n    w[0] = 9.0", "w = v.a\nw[0] = 9.0",
]  # fmt: skip
PROGRAMS = [(text, read) for text in ARRAYS for read in ("np.sum(w)", "w[0]", "np.sum(v.half)")]
PROGRAMS += [("w = v.inner\nw.z = 9.0", "w.z"), ("w = v.inner\nw.k = 9.0", "w.k")]
PROGRAMS += [("w = v.inner\nu = w.z\nu[0] = 9.0", "np.sum(w.z)"), ("w = v.both\nw.append(9.0)", "len(w)")]
PROGRAMS += [("w = v.both\nw[0] = 9.0", "w[0]"), ("w = v.parts\nu = w[0]\nu[0] = 9.0", "np.sum(w[0])")]
HEADS = {
    "x, v": ("", Pair),
    "x, v: Pair": ("", Pair),
    "x, y": ("v = Pair(y)\n", np.array),
    "x, vs": ("v = vs[0]\n", lambda y: [Pair(y)]),
    "x, d": ("v = d['v']\n", lambda y: {"v": Pair(y)}),
    "x, y=None": ("try:\n    v = Pair(y)\nexcept ValueError:\n    pass\n", np.array),
}


def _function(head, body):
    source = f"def f({head}):\n" + textwrap.indent(body, "    ") + "\n"
    file = f"<properties {zlib.crc32(source.encode())}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {"np": np, "Pair": Pair}
    exec(compile(source, file, "exec"), scope)
    return scope["f"]


@pytest.mark.parametrize("head", HEADS)
def test_what_is_changed_is_what_was_read(head):
    before, make = HEADS[head]
    h = 1e-6
    for text, read in PROGRAMS:
        f = _function(head, f"{before}{text}\nreturn x * x * {read} * np.sum(v.a)")

        def given():
            return make(np.array([1.0, 2.0]))

        slope = (f(1.3 + h, given()) - f(1.3 - h, given())) / (2 * h)
        assert sourcead.grad(f)(1.3, given()) == pytest.approx(slope, rel=1e-6), text
        assert sourcead.tangent(f)(1.3, given(), 1.0)[1] == pytest.approx(slope, rel=1e-6), text


@pytest.mark.parametrize("text", ["w = v.half\nw[0] = x", "w = v[0]\nw[0] = x"])
def test_what_carries_a_derivative_is_right_or_refused(text):
    f = _function("x, v", f"{text}\nreturn w[0] * np.sum(v.a)")
    with pytest.raises(SourceADError, match="not known ahead of time"):
        sourcead.grad(f)(1.3, Pair(np.array([1.0, 2.0])))
