"""Derivatives that are asked for inside a function that is differentiated itself."""

from __future__ import annotations

import numpy as np
import pytest

import sourcead

X = np.array([0.7, 1.3, 0.4])
STEP = 1e-5


def cubes(x):
    return np.sum(x**3)


def scaled(c, x):
    return c * np.sum(x**3)


def at_once(x):
    return np.sum(sourcead.grad(cubes)(x) ** 2)


def under_a_name(x):
    slope = sourcead.grad(cubes)
    return np.sum(slope(x) ** 2)


def with_the_value(x):
    value, slope = sourcead.value_and_grad(cubes)(x)
    return value * np.sum(slope)


def twice(x):
    return np.sum(sourcead.hessian(cubes)(x) @ x)


def by_the_second(x):
    return np.sum(sourcead.grad(scaled, 1)(x[0], x) ** 2)


def of_a_lambda(x):
    return np.sum(sourcead.grad(lambda y: np.sum(y**3))(x) ** 2)


def of_a_closure(x):
    total = np.sum(x)

    def inner(y):
        return np.sum(y**3) * total

    return np.sum(sourcead.grad(inner)(x) ** 2)


def by_a_pullback(x):
    value, pullback = sourcead.vjp(cubes, x)
    return value * np.sum(pullback(1.0)[0])


def along(x):
    return sourcead.jvp(cubes, (x,), (x,))[1]


def differences(f):
    return np.array([(f(X + e) - f(X - e)) / (2.0 * STEP) for e in STEP * np.eye(X.size)])


def by_name_and_value(x):
    value, slope = sourcead.value_and_grad(scaled, "x")(x[0], x)
    return value * np.sum(slope)


def by_both(x):
    slopes = sourcead.grad(scaled, (0, 1))
    return slopes(x[0], x)[0] * np.sum(slopes(x[1], x)[1])


def jacobian_of_a_lambda(x):
    return np.sum(sourcead.jacobian(lambda y: y**3)(x) @ x)


def hessian_of_a_lambda(x):
    return np.sum(sourcead.hessian(lambda y: np.sum(y**3))(x) @ x)


WRITTEN = [at_once, under_a_name, with_the_value, twice, by_the_second, by_name_and_value, by_both]
RUN = [of_a_lambda, of_a_closure, by_a_pullback, along, jacobian_of_a_lambda, hessian_of_a_lambda]


@pytest.mark.parametrize("f", [*WRITTEN, *RUN])
def test_the_derivative_is_right(f):
    wanted = differences(f)
    np.testing.assert_allclose(sourcead.grad(f)(X), wanted, rtol=1e-6)
    found = [sourcead.tangent(f)(X, direction)[1] for direction in np.eye(X.size)]
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


@pytest.mark.parametrize("f", [*WRITTEN, *RUN])
def test_on_the_dynamic_graph(f):
    np.testing.assert_allclose(sourcead.grad(f, dynamic="always")(X), differences(f), rtol=1e-6)


@pytest.mark.parametrize("f", WRITTEN)
def test_derivatives_of_known_functions_are_written_out(f):
    assert "# dynamic:" not in sourcead.grad(f).source
    np.testing.assert_allclose(sourcead.grad(f, dynamic="never")(X), differences(f), rtol=1e-6)


@pytest.mark.parametrize("f", RUN)
def test_the_others_say_why(f):
    assert "# dynamic:" in sourcead.grad(f).source


def unknown_argument(x):
    y = 2.0 * x
    return np.sum(sourcead.grad(cubes, 3)(y))


def test_a_mistake_in_what_is_asked_for_inside_is_named_there():
    with pytest.raises(sourcead.UnknownArgument) as caught:
        sourcead.grad(unknown_argument)
    assert caught.value.origin.text == "return np.sum(sourcead.grad(cubes, 3)(y))"
