"""Functions that another function gives back keep what it was given, whatever the caller's names stand for later."""

import functools

import numpy as np
import pytest
from numpy.testing import assert_allclose

import sourcead

X = np.array([0.5, 0.3])
DIRECTION = np.array([1.0, -2.0])


def times(k):
    def inner(a):
        return k * a

    return inner


def scaled_and_moved(k, n):
    s = k * n

    def inner(a):
        return s * a + k

    return inner


class Times:
    def __init__(self, k):
        self.k = k

    def __call__(self, a):
        return self.k * a


def given_another_value(x):
    p = x[0]
    f = times(p)
    p = p * 3.0
    return f(2.0) + p


def of_lambdas(x):
    make = lambda k: lambda a: k * a
    p = x[0]
    f = make(p)
    p = x[1]
    return f(2.0) + p


def added_to(x):
    p = x[0]
    f = times(k=p)
    p += 3.0
    return f(2.0) + p


def an_array_multiplied_in_place(x):
    p = x * 1.0
    f = times(p)
    p *= 3.0
    return np.sum(f(2.0)) + np.sum(p * p)


def made_in_a_loop(x):
    s, p = 0.0, x[0]
    for _ in range(3):
        f = times(p)
        p = p * x[1]
        s = s + f(p)
    return s


def made_before_a_loop(x):
    s, p = 0.0, x[0]
    f = times(p)
    for _ in range(3):
        p = p * x[1]
        s = s + f(p)
    return s


def with_a_name_of_its_own(x):
    p = x[0]
    f = scaled_and_moved(p, 2.0)
    p = x[1]
    return f(p)


def the_argument_itself(x):
    f = times(x[0])
    x = x * 2.0
    return f(x[1])


def swapped(x):
    p, q = x
    f = times(p)
    p, q = q, p
    return f(q) * p


def composed(x):
    def compose(f, g):
        return lambda a: f(g(a))

    p = x[0]
    h = compose(lambda a: a * p, lambda a: a + p)
    p = x[1]
    return h(2.0)


def an_entry(x):
    y = x * 1.0
    f = times(y[0:1])
    y[0] = y[0] * 3.0
    return np.sum(f(2.0)) + y[0]


def a_default(x):
    p = x[0]
    f = lambda a, k=p: k * a
    p = p * 3.0
    return f(2.0) + p


def a_partial(x):
    p = x[0]
    f = functools.partial(lambda k, a: k * a, p)
    p = p * 3.0
    return f(2.0) + p


def an_object(x):
    p = x[0]
    f = Times(p)
    p = p * 3.0
    return f(2.0) + p


def a_whole_number(x):
    n = 2
    f = times(n)
    n = 5
    return f(x[0]) * n


PROGRAMS = [
    given_another_value, of_lambdas, added_to, an_array_multiplied_in_place, made_in_a_loop, made_before_a_loop,
    with_a_name_of_its_own, the_argument_itself, swapped, composed, an_entry, a_default, a_partial, an_object,
    a_whole_number,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_what_was_given_is_kept(f, dynamic):
    step = 1e-6
    slope = np.array([(f(X + step * e) - f(X - step * e)) / (2 * step) for e in np.eye(2)])
    value, x_bar = sourcead.value_and_grad(f, dynamic=dynamic)(X)
    assert_allclose(value, f(X))
    assert_allclose(x_bar, slope, atol=1e-7)
    value, dot = sourcead.tangent(f, dynamic=dynamic)(X, DIRECTION)
    assert_allclose(value, f(X))
    assert_allclose(dot, slope @ DIRECTION, atol=1e-7)


def test_what_does_not_change_needs_no_second_name():
    def f(x):
        g = times(x)
        return np.sum(g(2.0))

    assert "k = " not in sourcead.grad(f).source


def test_a_with_that_binds_a_name_ends():
    def f(x):
        a = x * 1.0
        with np.errstate(all="ignore") as given:  # noqa: F841
            w = a
            w[1] = 4.0
        return np.sum(a * a)

    assert_allclose(sourcead.grad(f)(X), [1.0, 0.0])
    assert sourcead.grad(f).source.count("with np.errstate") == 2
