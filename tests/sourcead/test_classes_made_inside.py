"""Classes that a function defines over values of its own: what their objects give carries a derivative."""

import dataclasses

import numpy as np
import oracle
import pytest

import sourcead

X = np.array([0.5, 0.3, 0.8])
W = np.array([1.0, 3.0, -2.0])


def by_a_method(x):
    class Squared:
        def get(self):
            return x[0] ** 2

    u = Squared().get()
    return u * u * x[1]


def by_a_class_variable(x):
    class Doubled:
        first = x[0] * 2.0

    u = Doubled.first
    return u * u * x[1]


def by_a_default(x):
    class Kept:
        def __init__(self, v=x[0]):
            self.v = v * 2.0

    u = Kept().v
    return u * u * x[1]


def by_a_base(x):
    class Base:
        def get(self):
            return x[0] ** 2

    class Derived(Base):
        pass

    u = Derived().get()
    return u * u * x[1]


def by_a_class_in_a_class(x):
    class Outer:
        class Inner:
            first = x[0] * 2.0

    u = Outer.Inner.first
    return u * u * x[1]


def by_the_field_of_a_dataclass(x):
    @dataclasses.dataclass
    class Point:
        a: float = x[0]

        def doubled(self):
            return self.a * 2.0

    u, v = Point().doubled(), Point(x[2]).a
    return u * u * x[1] * v


def by_a_property_that_changes_what_is_around_it(x):
    b = x * 1.0

    class Grown:
        @property
        def first(self):
            b[0] *= 2.0
            return b[0]

    grown = Grown()
    u = grown.first
    v = grown.first
    return u * v + np.sum(b * W)


def by_a_nonlocal_variable(x):
    total = 0.0

    class Adding:
        def add(self):
            nonlocal total
            total = total + x[0]
            return 1.0

    u = Adding().add()
    return u * x[1] * total * total


def by_an_iterator(x):
    b = x * 1.0

    class Running:
        def __init__(self):
            self.k = 0

        def __iter__(self):
            return self

        def __next__(self):
            self.k += 1
            if self.k > 2:
                raise StopIteration
            b[self.k] *= b[self.k - 1]
            return b[self.k]

    total = 0.0
    for v in Running():
        total = total * 0.5 + v
    return total + np.sum(b * W)


@pytest.mark.parametrize(
    "f",
    [
        by_a_method,
        by_a_class_variable,
        by_a_default,
        by_a_base,
        by_a_class_in_a_class,
        by_the_field_of_a_dataclass,
        by_a_property_that_changes_what_is_around_it,
        by_a_nonlocal_variable,
        by_an_iterator,
    ],
)
def test_what_a_class_made_inside_gives(f):
    expected = oracle.gradient(f, X)
    assert np.allclose(sourcead.grad(f)(X), expected)
    assert np.isclose(sourcead.tangent(f)(X, W)[1], expected @ W)
    df = sourcead.grad(f)
    curved = oracle.gradient(lambda q: np.sum(df(q) * W), X)
    assert np.allclose(sourcead.grad(lambda q: np.sum(df(q) * W))(X), curved, rtol=1e-6)
