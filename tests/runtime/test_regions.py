"""Derivatives of dynamic regions: the second and third order through `runtime.vjp` and `runtime.jvp`."""

from __future__ import annotations

import numpy as np
import pytest

import runtime
import sourcead
from runtime.regions import pulled_back, pushed, recorded
from runtime.transforms import Pullback

FUNCTIONS = [lambda v: np.sin(v) * v, lambda v: v**3]
X = np.array([0.3, 0.7, 1.1])


def chosen(x):
    """A function chosen when the program runs, so that the call is a dynamic region."""
    total = 0.0
    for k in range(4):
        total = total + np.sum(FUNCTIONS[k % 2](x)) * (k + 1)
        x = 0.5 * x
    return total


def same(x):
    """`chosen` with the functions written out."""
    total = 0.0
    for k in range(4):
        y = np.sin(x) * x if k % 2 == 0 else x**3
        total = total + np.sum(y) * (k + 1)
        x = 0.5 * x
    return total


def thrice(f):
    def first(x):
        return np.sum(sourcead.grad(f)(x) * np.array([1.0, -2.0, 0.5]))

    return first


def test_a_region_is_in_the_text():
    assert "runtime.vjp" in sourcead.grad(chosen).source


def test_second_order_in_a_loop():
    v = np.array([1.0, -0.5, 2.0])
    expected = sourcead.adjoint(sourcead.grad(same))(X, v)
    np.testing.assert_allclose(sourcead.adjoint(sourcead.grad(chosen))(X, v), expected, rtol=1e-12)
    _, dot = sourcead.tangent(sourcead.grad(chosen))(X, v)
    np.testing.assert_allclose(dot, expected, rtol=1e-12)


@pytest.mark.parametrize("outer", ["adjoint", "tangent"])
@pytest.mark.parametrize("inner", ["adjoint", "tangent"])
def test_third_order(inner, outer):
    v = np.array([1.0, -0.5, 2.0])

    def third(f):
        second = getattr(sourcead, inner)(sourcead.grad(f))
        made = getattr(sourcead, outer)(second)
        if inner == "adjoint":
            return made(X, v, v)
        return made(X, v, v)[1] if outer == "tangent" else made(X, v, (v, v))

    found, expected = third(chosen), third(same)
    np.testing.assert_allclose(np.asarray(found[-1]), np.asarray(expected[-1]), rtol=1e-11)


def test_reverse_over_a_forward_region():
    def along(x):
        _, dot = sourcead.tangent(chosen)(x, np.ones(3))
        return dot

    def plain(x):
        _, dot = sourcead.tangent(same)(x, np.ones(3))
        return dot

    value, dot = sourcead.tangent(sourcead.tangent(chosen))(X, np.ones(3), np.ones(3))
    again = sourcead.tangent(sourcead.tangent(same))(X, np.ones(3), np.ones(3))
    np.testing.assert_allclose(dot, again[1], rtol=1e-12)
    assert value[0] == again[0][0]
    bars = sourcead.adjoint(sourcead.tangent(chosen))(X, np.ones(3), (0.0, 1.0))
    np.testing.assert_allclose(bars, sourcead.adjoint(sourcead.tangent(same))(X, np.ones(3), (0.0, 1.0)), rtol=1e-12)


def test_a_pullback_that_the_user_calls():
    def f(x):
        value, pullback = runtime.vjp(np.sin, x)
        return np.sum(pullback(value)[0])

    np.testing.assert_allclose(sourcead.grad(f)(X), np.cos(2.0 * X), rtol=1e-12)


def test_a_pullback_taken_apart_and_put_together_is_the_same():
    value, pullback = recorded(lambda a, b: a * np.sin(b), (X, X + 1.0))
    assert isinstance(pullback, Pullback)
    again = Pullback(*pullback)
    for one, two in zip(pullback(value), again(value)):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(pulled_back((pullback, value))[0], pullback(value)[0])


def test_pushed_is_jvp():
    value, dot = pushed(np.sin, ((X,), (np.ones(3),)))
    np.testing.assert_allclose(dot, np.cos(X))


def test_a_function_that_carries_a_derivative_itself_is_refused():
    with pytest.raises(sourcead.NotDifferentiable, match="is called"):
        pulled_back((np.sin, X))
