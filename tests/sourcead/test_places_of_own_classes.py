"""Entries and properties of a user's class that are stored and updated: by its own code, as Python runs it."""

from __future__ import annotations

import itertools
import linecache
import textwrap
import zlib

import numpy as np
import pytest

import sourcead

CLASS = """
class Cell:
    def __init__(self, a, b):
        self._a = a
        self.b = b

    def __getitem__(self, k):
        return self._a[k]

    def __setitem__(self, k, new):
        {entry}

    def __delitem__(self, k):
        self.b = self.b * 3.0

    @property
    def a(self):
        return self._a

    @a.setter
    def a(self, new):
        {field}


def fill(c, x):
    c[0] = x[1]


def grow(c, x):
    c.a += x[1]


def same(c):
    return c
"""
ENTRIES = ("self._a[k] = new * 2.0", "self.b = self.b * 2.0 + np.sum(new)", "pass")
FIELDS = ("self._a = new", "pass", "self._a = new * 2.0")
BY_ENTRIES = (
    "c[0] = x[1]",
    "c[1:] = x[:2]",
    "c[0] += x[1]",
    "c[1:] += 0.5",
    "c[1:] += x[:2]",
    "c[0] *= x[1]",
    "c[0], y = x[1], 2.0",
    "for c[0] in x:\n    pass",
    "c[0] = y = x[2]",
    "del c[0]",
    "L = [c]\nL[0][0] = x[1]",
    "for i in range(2):\n    c[i] *= x[1]",
    "fill(c, x)",
    "same(c)[0] += x[2]",
    "k = [0]\nc[k.pop()] += x[1]",
    "c[0] += c[1] + x[2]",
)
BY_FIELDS = (
    "c.a += x",
    "c.a += 0.5",
    "c.a *= x",
    "c.a[1:] += x[0]",
    "c.a, y = x * 2.0, 1.0",
    "for c.a in [x, x * 2.0]:\n    pass",
    "for e in [c]:\n    e.a += x[1]",
    "if x[0] > 0.0:\n    c.a += x[1]",
    "grow(c, x)",
    "same(c).a += x[1]",
)
MADE = ("c = Cell(x * 1.0, x[0])", "c = Cell(x, x[0])", "c = given")
X, D = np.array([0.3, -0.7, 1.2]), np.array([1.0, 0.5, -2.0])


def _programs():
    for made in MADE:
        yield from ((made, entry, FIELDS[0], step) for entry, step in itertools.product(ENTRIES, BY_ENTRIES))
        yield from ((made, ENTRIES[0], field, step) for field, step in itertools.product(FIELDS, BY_FIELDS))


def _loaded(made, entry, field, step):
    result = "return np.sum(c._a ** 2 * np.array([1.0, 2.0, 3.0])) * c.b + np.sum(x)"
    body = textwrap.indent("\n".join([made, step, result]), "    ")
    source = CLASS.format(entry=entry, field=field) + f"\n\ndef f(x, given: Cell):\n{body}\n"
    source += "\n\ndef of_x(x):\n    return f(x, Cell(x * 1.0, x[0]))\n"
    file = f"<places {zlib.crc32(source.encode())}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    scope = {"np": np, "__name__": "places"}
    exec(compile(source, file, "exec"), scope)
    return scope["f"], scope["of_x"], scope["Cell"], source


@pytest.mark.parametrize("part", range(8))
def test_what_the_class_says_is_done(part):
    for program in list(_programs())[part::8]:
        f, of_x, cell, source = _loaded(*program)

        def along(t):
            return f(X + t * D, cell(X + t * D, 0.3 + t))

        value, (x_bar, given_bar) = sourcead.value_and_grad(f, (0, 1))(X.copy(), cell(X.copy(), 0.3))
        slope = (along(1e-6) - along(-1e-6)) / 2e-6
        found = x_bar @ D + given_bar._a @ D + given_bar.b
        assert value == pytest.approx(along(0.0), rel=1e-12), source
        assert found == pytest.approx(slope, rel=1e-6, abs=1e-7), source
        forward = sourcead.tangent(of_x)(X.copy(), D)[1]
        assert forward == pytest.approx(slope, rel=1e-6, abs=1e-7), source


def test_a_field_that_the_class_stores_in_its_own_way_is_updated_so():
    class Twice:
        def __init__(self, b):
            self.b = b

        def __setattr__(self, name, value):
            object.__setattr__(self, name, 2.0 * value)

    def f(x):
        c = Twice(x)
        c.b += x
        return c.b * x

    assert sourcead.grad(f)(1.5) == pytest.approx(2 * 6.0 * 1.5)
    assert sourcead.tangent(f)(1.5, 1.0)[1] == pytest.approx(2 * 6.0 * 1.5)


class Row:
    def __init__(self, a):
        self._a = a

    def __setitem__(self, k, new):
        self._a[k] = new

    def __iter__(self):
        yield from self._a

    def __iadd__(self, other):
        self._a += other
        return self

    @property
    def first(self):
        return self._a[0]

    @first.setter
    def first(self, new):
        self._a[0] = new


def filled_in_a_loop(y):
    row = Row(y)
    for e in row:
        row[0] = e
    return np.sum(y)


def set_in_a_loop(y):
    row = Row(y)
    for e in row:
        row.first = e
    return np.sum(y)


def added_to_in_a_loop(y):
    row = Row(y)
    for _ in row:
        row += 1.5
    return np.sum(y * y)


@pytest.mark.parametrize("f", [filled_in_a_loop, set_in_a_loop, added_to_in_a_loop])
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_an_object_that_is_changed_in_a_region_changes_what_it_was_made_of(f, dynamic):
    y = np.array([1.0, 2.0, 3.0])
    value, bar = sourcead.value_and_grad(f, dynamic=dynamic)(y)
    np.testing.assert_array_equal(y, [1.0, 2.0, 3.0])
    assert value == f(y.copy())
    wanted = [(f(y + e) - f(y - e)) / 2e-6 for e in 1e-6 * np.eye(3)]
    np.testing.assert_allclose(bar, wanted, rtol=1e-6, atol=1e-8)
