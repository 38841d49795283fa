"""Operators of users' classes on objects that carry no derivative: they are not those of numbers."""

from __future__ import annotations

import pytest

import sourcead
from sourcead.errors import SourceADError


class Odd:
    def __init__(self, a):
        self.a = a

    def __mul__(self, other):
        return self.a * other

    def __rmul__(self, other):
        return self.a * other * 100.0

    def __add__(self, other):
        return self.a + other

    def __radd__(self, other):
        return self.a + other + 50.0

    def __neg__(self):
        return self.a * 10.0

    def __sub__(self, other):
        return self.a - 3.0 * other

    def __pow__(self, other):
        return self.a * other * 3.0


def times(x, v: Odd):
    return x * (v * 2.0)


def negative(x, v: Odd):
    return x * (-v)


def twice_times(x, v: Odd):
    return x * x * (v * 2.0 * 3.0)


def times_one(x, v: Odd):
    return x * (v * 1.0)


def power_of_one(x, v: Odd):
    return x * (v**1)


def both_sides(x, v: Odd):
    return x * (1.0 * v) + x * (v * -1.0) + x * (v - 0.0) + x * (v + 0.0)


def by_an_inner_function(x, v: Odd):
    def g(w, k=2.0):
        return w * k

    return x * g(v)


def by_an_inner_function_of_the_same_name(x, v: Odd):
    def g(v, k=2.0):
        return v * k

    return x * g(v) + g(x)


def made_inside(x, v):
    u = Odd(2.0)
    return x * (u * 2.0) * 3.0 + x * (u + 1.0)


def entry(x, u):
    v = u[0]
    return x * (v * 2.0)


def entries(x, u):
    total = 0.0
    for v in u:
        total = total + x * (v * 2.0)
    return total


def entry_of_a_dict(x, d):
    return x * (d["k"] * 2.0)


class Holder:
    def __init__(self, v):
        self.v = v
        self.rate = 2.0


def field(x, h):
    return x * (h.v * 2.0)


def field_of_a_known_class(x, h: Holder):
    return x * h.v


def field_with_a_name(x, h):
    w = h.v
    return x * (w * 2.0)


def field_in_a_list(x, h):
    for w in [h.v]:
        x = x * (w * 2.0)
    return x


def entry_of_a_field(x, h):
    return x * (h.v[0] * 2.0)


def field_within_a_list(x, u):
    return x * (u[0].v + 1.0)


def other_field(x, h):
    return x * x * h.rate * h.v.a


def fields_of_entries(x, u):
    return x * x * u[0].a


KNOWN = [
    times, negative, twice_times, times_one, power_of_one, both_sides, by_an_inner_function,
    by_an_inner_function_of_the_same_name, made_inside,
]  # fmt: skip


@pytest.mark.parametrize("f", KNOWN, ids=lambda f: f.__name__)
def test_those_of_a_known_class_are_its_own(f):
    h = 1e-6
    slope = (f(1.3 + h, Odd(1.5)) - f(1.3 - h, Odd(1.5))) / (2 * h)
    assert sourcead.grad(f)(1.3, Odd(1.5)) == pytest.approx(slope, rel=1e-6)
    assert sourcead.tangent(f)(1.3, Odd(1.5), 1.0)[1] == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize(
    ("f", "given"), [(entry, [Odd(1.5)]), (entries, [Odd(1.5)]), (entry_of_a_dict, {"k": Odd(2.0)})]
)
def test_those_of_an_unknown_class_are_refused(f, given):
    with pytest.raises(SourceADError, match="a Odd stands in arithmetic"):
        sourcead.grad(f)(1.3, given)
    with pytest.raises(SourceADError, match="a Odd stands in arithmetic"):
        sourcead.tangent(f)(1.3, given, 1.0)


def test_fields_of_such_objects_may_be_read():
    assert sourcead.grad(fields_of_entries)(1.5, [Odd(2.0)]) == pytest.approx(6.0)
    assert sourcead.grad(other_field)(1.5, Holder(Odd(2.0))) == pytest.approx(12.0)
