"""Objects that a region of the dynamic graph makes over an array, and whose methods change it without being called.

`with`, operators, properties, indexing, iteration and texts call methods that no call in the text names.
"""

import numpy as np
import oracle
import pytest

import sourcead

X = np.array([0.5, 0.3, 0.8, 1.1])
W = np.array([1.0, 3.0, -2.0, 0.7])


class Restored:
    def __init__(self, a):
        self.a = a

    def __enter__(self):
        self.old = self.a[0]

    def __exit__(self, *error):
        self.a *= self.old


class Scaled:
    def __init__(self, a=None, by=1.5):
        self.a, self.by = a, by

    def __iadd__(self, other):
        self.a[:] = self.a * self.by + other
        return self

    def __add__(self, other):
        self.a *= other
        return self.by

    def __getitem__(self, key):
        self.a[key] *= self.by
        return 1.0

    def __bool__(self):
        self.a *= self.by
        return True

    def __iter__(self):
        self.a *= self.by
        return iter((1.0, 2.0))

    def __format__(self, spec):
        self.a *= self.by
        return ""

    @property
    def size(self):
        self.a *= self.by
        return 2.0


def left_by_a_manager(x):
    b = x * 1.0
    with Restored(b):
        s = b[0]
    return s * np.sum(b * W)


def left_by_two_managers_over_views(x):
    b = x * 1.0
    with Restored(b), Restored(b[1:]):
        pass
    return np.sum(b * W)


def over_an_array_that_carried_nothing(x):
    b = np.ones(4)
    c = b
    try:
        scaled = Scaled(b, x[0])
        scaled += x[1]
    except ValueError:
        c = b * 2
    return np.sum(b * W) * c[0] * x[2]


def given_the_array_afterwards(x):
    b = x * 1.0
    try:
        scaled = Scaled()
        scaled.a = b
        scaled += x[1]
    except ValueError:
        b = b * 2
    return np.sum(b * W) * x[2]


def made(b, by):
    return Scaled(b, by)


def made_by_a_function(x):
    b = x * 1.0
    c = b
    try:
        scaled = made(b, x[1])
        scaled += x[0]
    except ValueError:
        c = b * 2
    return np.sum(c * W)


@pytest.mark.parametrize(
    "f",
    [
        left_by_a_manager,
        left_by_two_managers_over_views,
        over_an_array_that_carried_nothing,
        given_the_array_afterwards,
        made_by_a_function,
    ],
)
def test_what_an_object_of_a_region_changes(f):
    check(f)


def check(f):
    expected = oracle.gradient(f, X)
    value, gradient = sourcead.value_and_grad(f)(X)
    assert value == f(X * 1.0)
    assert np.allclose(gradient, expected)
    assert np.isclose(sourcead.tangent(f)(X, W)[1], expected @ W)
    df = sourcead.grad(f)
    curved = oracle.gradient(lambda q: np.sum(df(q) * W), X)
    assert np.allclose(sourcead.grad(lambda q: np.sum(df(q) * W))(X), curved, rtol=1e-5)
    assert np.allclose(sourcead.grad(lambda q: sourcead.tangent(f)(q, W)[1])(X), curved, rtol=1e-5)


def added(b, by):
    try:
        u = Scaled(b, by) + 2.0
    except ValueError:
        u = 0.0
    return u


def indexed(b, by):
    try:
        u = Scaled(b, by)[1]
    except ValueError:
        u = 0.0
    return u


def asked(b, by):
    try:
        u = 1.0 if Scaled(b, by) else 2.0
    except ValueError:
        u = 0.0
    return u


def gone_through(b, by):
    try:
        u = sum(Scaled(b, by))
    except ValueError:
        u = 0.0
    return u


def shown(b, by):
    try:
        u = len(f"{Scaled(b, by)}") + 1.0
    except ValueError:
        u = 0.0
    return u


def read(b, by):
    try:
        u = Scaled(b, by).size
    except ValueError:
        u = 0.0
    return u


@pytest.mark.parametrize("change", [added, indexed, asked, gone_through, shown, read])
def test_what_its_operators_and_properties_change(change):
    def f(x):
        b = x * 1.0
        c = b
        u = change(b, x[3])
        return np.sum(b * c * W) * u

    check(f)
