"""Methods of classes above, `super().m(v)` and `Base.m(self, v)`, and operators, where several classes have a say."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

import sourcead


class Base:
    def __init__(self, a):
        self.a = a
        self.b = 1.0
        self.c = a * a

    def k(self):
        return self.a

    def big(self, v):
        t = self.a * self.b + self.c * v
        t = t * t + self.k() * v - self.c / 2 + self.b
        t = t * t + self.k() * v - self.c / 2 + self.b
        return t

    @staticmethod
    def mixed(p, q):
        t = p.k() * q.k() + q.a
        t = t * t + p.k() * q.a - p.a / 2 + q.k()
        t = t * t + p.k() * q.a - p.a / 2 + q.k()
        return t


class Other:
    def __init__(self, a):
        self.a = a
        self.b = 1.0
        self.c = a * a

    def k(self):
        return self.a * 5


class Tripled(Base):
    def k(self):
        return self.a * 3


class BySuper(Tripled):
    def big(self, v):
        return super().big(v) * 2 + self.k()


class ByName(Tripled):
    def big(self, v):
        return Base.big(self, v) * 2 + self.k()


def by_super(x):
    return BySuper(x).big(x)


def by_name(x):
    return ByName(x).big(x)


def of_a_derived_object(x):
    return Base.big(Tripled(x), 2.0)


def of_a_strange_object(x):
    return Base.big(Other(x), x)


def of_an_annotated_parameter(x):
    return asked(Tripled(x), x)


def asked(o: Base, x):
    return Base.big(o, x)


def static(x):
    return Base.mixed(Other(x), Base(x)) + Tripled(x).mixed(Other(x), Tripled(x))


@dataclass(frozen=True)
class State:
    a: float
    b: float
    c: float
    d: float

    def __add__(self, other):
        return State(self.a + other.a, self.b + other.b, self.c + other.c, self.d + other.d)

    def __mul__(self, k):
        return State(self.a * k, self.b * k, self.c * k, self.d * k)

    __rmul__ = __mul__

    @property
    def energy(self):
        return 0.5 * self.a**2 + self.b * self.c + np.sin(self.d)


def slope(s):
    return State(s.b, -s.a, s.d, s.c)


def states_that_add_up(x):
    s = State(x, 1.0, x, x)
    for _ in range(2):
        first = slope(s)
        second = slope(s + 0.5 * first)
        s = s + second * 0.1
    return s.energy


class Named:
    def __init__(self, a):
        self.a = a

    @property
    def size(self):
        return self.a**2

    @property
    def shape(self):
        return self.a * 3.0


def properties_named_as_those_of_arrays(x):
    return Named(x).size * Named(x).shape


class Left:
    def __init__(self, v):
        self.v = v

    def __sub__(self, other):
        return self.v - 2 * other.v

    def __rsub__(self, other):
        return 7 * self.v

    def __lt__(self, other):
        return self.v < other.v

    def __gt__(self, other):
        return self.v > 3 * other.v


class Same(Left):
    pass


class Asked(Left):
    def __rsub__(self, other):
        return other.v * self.v

    def __gt__(self, other):
        return False


def operands_of_derived_classes(x):
    less = x if Left(x) < Same(2 * x) else 2.0 * x
    never = x if Left(x) < Asked(2 * x) else 3.0 * x
    return (Left(x) - Same(2 * x)) * x + (Left(x) - Asked(x)) * x + (Asked(x) - Left(x)) + less * never


class Parts:
    rate = 2.0

    def __init__(self, *v):
        self.v = v

    def parts(self):
        return self.v

    @property
    def extent(self):
        return self.v[0] * 1.8 + 32.0

    def rated(self):
        return self.v[0] * self.rate


class Doubled(Parts):
    rate = 3.0

    def parts(self):
        return tuple(2.0 * v for v in super().parts())

    @property
    def extent(self):
        return super().extent + self.v[0] ** 2

    def rated(self):
        return super().rate * self.v[0] + super().rated()


def through_super_in_a_loop(x):
    return sum(v * v for v in Doubled(x, 1.0).parts()) * Doubled(x).extent


def through_a_value_of_super(x):
    return Doubled(x).rated()


PROGRAMS = [
    properties_named_as_those_of_arrays,
    through_super_in_a_loop,
    through_a_value_of_super,
    operands_of_derived_classes,
    by_super,
    by_name,
    of_a_derived_object,
    of_a_strange_object,
    of_an_annotated_parameter,
    static,
    states_that_add_up,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_value_and_derivatives(f):
    x, h = 0.7, 1e-6
    value, gradient = sourcead.value_and_grad(f)(x)
    expected = (f(x + h) - f(x - h)) / (2 * h)
    assert_allclose(value, f(x), rtol=1e-13)
    assert_allclose(gradient, expected, rtol=1e-7)
    assert_allclose(sourcead.jvp(f, (x,), (1.0,))[1], expected, rtol=1e-7)
    assert_allclose(sourcead.grad(f, dynamic="always")(x), expected, rtol=1e-7)
    assert ("dynamic:" in sourcead.grad(f).source) == (f is through_a_value_of_super)


KINDS = {"base": Base, "tripled": Tripled}


def of_a_class_found_by_name(x, name="tripled"):
    o = KINDS[name](x)
    return Base.big(o, x)


def test_an_object_of_another_class_than_the_text_says_is_refused():
    with pytest.raises(sourcead.SourceADError, match="written for an object of class Base, and was given a Tripled"):
        sourcead.grad(of_a_class_found_by_name)(0.7)
    gradient = sourcead.grad(of_a_class_found_by_name)(0.7, "base")
    assert_allclose(gradient, sourcead.grad(of_a_class_found_by_name, dynamic="always")(0.7, "base"), rtol=1e-12)


@dataclass
class Sized:
    size: float
    weight: float


@pytest.mark.parametrize("given", [Named(0.3), Sized(0.3, 0.4)], ids=["property", "field"])
@pytest.mark.parametrize("f", [lambda p: p.size * 2.0, lambda p: vars(p) and p.size], ids=["product", "constant"])
def test_arguments_with_parts_named_as_those_of_arrays_are_refused(f, given):
    with pytest.raises(sourcead.SourceADError, match="also an attribute of arrays"):
        sourcead.grad(f)(given)
    with pytest.raises(sourcead.SourceADError, match="also an attribute of arrays"):
        sourcead.tangent(f)(given, given)
