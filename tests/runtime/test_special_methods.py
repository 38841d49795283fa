"""Operators, items, loops and properties of users' classes on the dynamic graph: their methods are traced too."""

import functools
import math
import operator

import numpy as np
import pytest
from numpy.testing import assert_allclose

import runtime


class Angle:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return Angle(math.sin(self.v) + math.cos(other.v if isinstance(other, Angle) else other))

    def __radd__(self, other):
        return Angle(math.exp(self.v) * other)

    def __imul__(self, k):
        self.v = math.sin(self.v) * k
        return self

    def __mul__(self, k):
        return Angle(math.tanh(self.v) * k) if isinstance(k, (int, float)) else NotImplemented

    def __neg__(self):
        return Angle(-math.sin(self.v))

    def __abs__(self):
        return math.hypot(self.v, 1.0)

    def __getitem__(self, i):
        return [self[k] for k in range(*i.indices(3))] if isinstance(i, slice) else math.sin(self.v * i)

    def __iter__(self):
        yield math.sin(self.v)
        yield self.v

    def __lt__(self, other):
        return math.sin(self.v) < other.v

    @property
    def first(self):
        return math.sin(self.v) * np.array([self.v, 1.0])[0]

    @functools.cached_property
    def second(self):
        return math.cos(self.v)


class Turned(Angle):
    def __radd__(self, other):
        return Turned(math.exp(self.v) * 2)


class Factor:
    def __init__(self, v):
        self.v = v

    def __rmul__(self, other):
        return math.sin(self.v) * (other.v if isinstance(other, Angle) else other)


def local_classes(x):
    class Both:
        def __init__(self, v):
            self.v = v

        def __matmul__(self, other):
            return math.sin(self.v) * other.v

        @property
        def turned(self):
            return math.cos(self.v)

    return (Both(x) @ Both(x)) * Both(x).turned


def in_place(x):
    a = Angle(x)
    b = a
    a *= 2.0
    held = {"a": Angle(x)}
    held["a"] *= x
    return b.v * a.v + held["a"].v


def unpacked_and_looped(x):
    p, q = Angle(x)
    s = 0.0
    for v in Angle(x):
        s += v * p
    return s * q + sum(v * v for v in Angle(x)) + sum(Angle(x)) + max(Angle(x))


PROGRAMS = {
    "operators": lambda x: (Angle(x) + Angle(2 * x)).v + (Angle(x) + x).v + (2.0 + Angle(x)).v + (x + Angle(x)).v,
    "signs and numbers": lambda x: (Angle(x) * 2).v * (-Angle(x)).v + abs(Angle(x)),
    "items": lambda x: Angle(x)[2] + sum(Angle(x)[0:2]),
    "comparisons": lambda x: x * x if Angle(x) < Angle(1.5 * x) else x,
    "properties": lambda x: Angle(x).first * Angle(x).second,
    "derived classes are asked first": lambda x: (Angle(x) + Turned(x)).v,
    "mirrored": lambda x: Angle(x) * Factor(x) + x * Factor(x) + 3 * Factor(x),
    "sums": lambda x: sum([Angle(x), Angle(x * 2), Angle(x)]).v,
    "functions": lambda x: functools.reduce(operator.add, [Angle(x), Angle(x * 2)]).v + operator.neg(Angle(x)).v,
    "local classes": local_classes,
    "in place": in_place,
    "unpacked and looped": unpacked_and_looped,
}


@pytest.mark.parametrize("f", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_their_methods_are_traced(f):
    x, h = 0.7, 1e-6
    value, pullback = runtime.vjp(f, x)
    assert value == f(x)
    assert_allclose(pullback(1.0)[0], (f(x + h) - f(x - h)) / (2 * h), rtol=1e-7)


def test_python_raises_its_own_error():
    with pytest.raises(TypeError, match="unsupported operand"):
        runtime.vjp(lambda x: Angle(x) - Angle(x), 0.7)


def test_a_method_that_is_replaced_is_the_new_one(monkeypatch):
    def double(x):
        return (Angle(x) + Angle(x)).v

    assert runtime.vjp(double, 0.7)[0] == double(0.7)
    monkeypatch.setattr(Angle, "__add__", lambda self, other: Angle(math.sin(self.v) * 5.0))
    assert_allclose(runtime.vjp(double, 0.7)[1](1.0)[0], 5.0 * math.cos(0.7))
