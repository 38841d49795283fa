"""Exceptions that carry a value from where they are raised to where they are caught."""

import sys

import numpy as np
import oracle
import pytest

import sourcead

X = np.array([0.5, 0.3, 0.8])


class Found(Exception):
    def __init__(self, v):
        self.v = v


def thrown(v):
    raise Found(v * v)


def in_an_attribute(x):
    u = 1.0
    try:
        raise Found(x[0] ** 2)
    except Found as e:
        u = e.v
    return u * u * x[1]


def among_the_arguments(x):
    u = 1.0
    try:
        raise ValueError(x[0] ** 2)
    except ValueError as e:
        u = e.args[0]
    return u * u * x[1]


def from_a_callee(x):
    u = 1.0
    for k in range(2):
        try:
            thrown(x[k])
        except Found as e:
            u = u * e.v
    return u * u * x[2]


def returned_by_a_generator(x):
    def steps():
        yield 1
        return x[0] ** 2

    it, u = steps(), 1.0
    try:
        while True:
            next(it)
    except StopIteration as e:
        u = e.value
    return u * u * x[1]


def asked_for_by_no_name(x):
    u = 1.0
    try:
        raise Found(x[0] ** 2)
    except Found:
        u = sys.exc_info()[1].v
    return u * u * x[1]


def in_a_group(x):
    u = 1.0
    try:
        raise ExceptionGroup("two", [Found(x[0]), Found(x[1])])
    except* Found as e:
        u = e.exceptions[0].v * e.exceptions[1].v
    return u * u * x[2]


@pytest.mark.parametrize(
    "f",
    [
        in_an_attribute,
        among_the_arguments,
        from_a_callee,
        returned_by_a_generator,
        asked_for_by_no_name,
        in_a_group,
    ],
)
def test_a_value_in_an_exception_keeps_its_derivative(f):
    expected = oracle.gradient(f, X)
    assert np.allclose(sourcead.grad(f)(X), expected)
    assert np.isclose(sourcead.tangent(f)(X, np.ones(3))[1], expected.sum())
    df = sourcead.grad(f)
    curved = oracle.gradient(lambda q: np.sum(df(q)), X)
    assert np.allclose(sourcead.grad(lambda q: np.sum(df(q)))(X), curved, rtol=1e-6)


def test_a_number_on_the_graph_that_is_asked_for_an_entry_is_refused():
    def f(x):
        try:
            s = x[0]
            t = s[1]
        except LookupError:
            t = x[1] * s
        return t

    assert f(np.array([2.0, 3.0])) == 6.0
    with pytest.raises(sourcead.NotDifferentiable, match="asked for an entry"):
        sourcead.grad(f)(np.array([2.0, 3.0]))


class Doubling:
    def __init__(self, a):
        self.a = a

    def failing(self, p):
        try:
            raise p
            self.never = [(lambda t: t)(e) for e in (1, 2)]
        except TypeError:
            pass
        return self.a * 2.0

    def after(self):
        def g(t):
            return t * 3.0

        return g(self.a) + sum(e for e in self.a)


@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_functions_in_code_that_is_never_run_are_not_mixed_up_with_others(dynamic):
    def f(x):
        made = Doubling(x)
        return np.sum(made.failing(x[0])) + np.sum(made.after())

    x = np.array([1.0, 2.0])
    value, bar = sourcead.value_and_grad(f, dynamic=dynamic)(x)
    assert value == f(x) == 21.0
    np.testing.assert_array_equal(bar, [7.0, 7.0])
