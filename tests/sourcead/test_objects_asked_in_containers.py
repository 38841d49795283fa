"""Objects that change when they are compared, measured or taken as an index, inside a list, tuple or dict as well."""

from __future__ import annotations

import linecache
import textwrap
import zlib

import numpy as np
import pytest

import sourcead


class Compared:
    __hash__ = None

    def __init__(self, v):
        self.v = v

    def __eq__(self, other):
        self.v = self.v * 2.0
        return False


class Measured:
    def __init__(self, v):
        self.v = v

    def __len__(self):
        self.v = self.v * 3.0
        return 2

    def __iter__(self):
        return iter([1.0, 2.0])


class Index:
    def __init__(self, b):
        self.b = b

    def __index__(self):
        self.b[0] = self.b[0] * 3.0
        return 1


HELD = [
    "if 2 in [c, 5]: x = x + 1",
    "items = [c, 5]\nk = 2 in items",
    "k = [c, 5] == [2, 5]",
    "k = (2, c).count(7)",
    "k = {1: 2} == {1: c}",
    "items = [c, 5]\nitems.remove(5)",
    "items = {}\nitems[1] = c\nk = {1: 2} == items",
    "k = max([c, c], key=lambda q: q == 3)",
    "k = (c, 1) != (2, 1)",
    "k = c in (1, 2)",
    "match [c]:\n    case [2]: x = x + 1",
]
GONE_THROUGH = [
    "y = list(c)", "y = tuple(c)", "y = sorted(c)", "y = [*c]", "y = []\ny.extend(c)", "y = set(c)", "y = sum(c)",
    "y = [a for a in c]", "y = list(zip(c, c))", "y = list(map(float, c))", "a, b = c", "y = [0.0]\ny[0:1] = c",
    "y = len(c)",
]  # fmt: skip
INDEXED = [
    "b = np.array([x, x * 2, x])\nk = Index(b)\nb[k] = x * 5\ny = np.sum(b * b)",
    "b = np.array([x, x * 2, x])\nk = Index(b)\ny = b[k] * b[0] * b[1]",
    "b = np.outer([x, x * 2, x], [1.0, x])\nk = Index(b)\nb[k, 0] = x * 5\ny = np.sum(b * b)",
    "b = np.array([x, x * 2, x])\nk = Index(b)\nb[k:] = x * 5\ny = np.sum(b * b)",
    "b = np.array([x, x * 2, x])\nk = Index(b)\nb[k] += x * 5\ny = np.sum(b * b)",
    "b = [x, x * 2, x]\nk = Index(b)\nb[k] = x * 5\ny = b[0] * b[1]",
    "b = [x, x * 2, x]\nk = Index(b)\ny = b[k] * b[0] * b[1]",
]


def _program(text):
    source = "def f(x):\n" + textwrap.indent(text, "    ") + "\n"
    file = f"<asked in containers {zlib.crc32(source.encode())}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {"Compared": Compared, "Measured": Measured, "Index": Index, "np": np}
    exec(compile(source, file, "exec"), scope)
    return scope["f"]


def _agrees(text, dynamic):
    f = _program(text)
    h = 1e-6
    slope = (f(1.3 + h) - f(1.3 - h)) / (2 * h)
    assert sourcead.grad(f, dynamic=dynamic)(1.3) == pytest.approx(slope, rel=1e-6)
    assert sourcead.tangent(f, dynamic=dynamic)(1.3, 1.0)[1] == pytest.approx(slope, rel=1e-6)


DYNAMIC = pytest.mark.parametrize("dynamic", ["auto", "always"])


@DYNAMIC
@pytest.mark.parametrize("text", HELD)
def test_an_element_that_is_compared(text, dynamic):
    _agrees(f"c = Compared(x)\n{text}\nreturn c.v * x", dynamic)


@DYNAMIC
@pytest.mark.parametrize("text", GONE_THROUGH)
def test_what_is_gone_through(text, dynamic):
    _agrees(f"c = Measured(x)\n{text}\nreturn c.v * x", dynamic)


@DYNAMIC
@pytest.mark.parametrize("text", INDEXED)
def test_an_index_that_changes_the_array(text, dynamic):
    _agrees(f"{text}\nreturn y", dynamic)
