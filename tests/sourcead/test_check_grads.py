"""`check_grads`: silent where derivatives are right, and precise where they are not."""

from __future__ import annotations

import numpy as np
import pytest

import sourcead
from runtime.primitives import registry
from sourcead import derivative

X = np.array([0.3, 0.7, 1.1])


def swirl(x, n=2):
    for _ in range(n):
        x = np.sin(x) * x[::-1]
    return x


def layer(p, x):
    return np.tanh(p["w"] @ x + p["b"])


def square(x):
    return x * x


def square_x(z, x):
    return 3.0 * x


def cube(x):
    return x * x * x


def cube_x(z, x):
    return 3.0 * square(x)


@pytest.fixture
def wrong_rules(monkeypatch):
    """A wrong rule for `square`, and a right one for `cube` that calls it; gone after the test."""
    monkeypatch.setattr(registry, "_rules", dict(registry._rules))
    derivative.partial(square, wrt="x")(square_x)
    derivative.partial(cube, wrt="x")(cube_x)


@pytest.mark.parametrize("order", [1, 2])
def test_right_derivatives_pass(order):
    sourcead.check_grads(swirl, (X,), order=order)


def test_the_third_order():
    sourcead.check_grads(lambda x: np.sin(x) * x**2 + np.exp(-x), (X,), order=3)


def test_several_arguments_and_containers():
    p = {"w": np.arange(6.0).reshape(2, 3) / 10.0, "b": 0.5}
    sourcead.check_grads(layer, (p, X), wrt=(0, "x"), order=2)
    sourcead.check_grads(layer, (p, X), wrt=None)


def test_a_wrong_rule_is_found_with_its_place(wrong_rules):
    def total(x):
        return np.sum(square(x))

    with pytest.raises(sourcead.DerivativeMismatch) as found:
        sourcead.check_grads(total, (X,))
    said = str(found.value)
    assert "x[0]" in said and "0.9" in said and "0.6" in said
    assert isinstance(found.value, AssertionError)


def test_a_wrong_second_derivative_is_found_at_the_second_order(wrong_rules):
    # The first derivative of `cube` is right, and computed with `square`, whose own is wrong.
    sourcead.check_grads(lambda x: np.sum(cube(x)), (X,), order=1)
    with pytest.raises(sourcead.DerivativeMismatch, match="the adjoint of|the tangent of"):
        sourcead.check_grads(lambda x: np.sum(cube(x)), (X,), order=2)


def test_modes():
    def reverse_only(x):
        return np.sum(halved(x))

    def halved(x):
        return 0.5 * x

    sourcead.check_grads(reverse_only, (X,), modes=("rev",))
    with pytest.raises(ValueError, match="modes"):
        sourcead.check_grads(reverse_only, (X,), modes=("reverse",))
    with pytest.raises(ValueError, match="order"):
        sourcead.check_grads(reverse_only, (X,), order=0)


def test_tolerances(wrong_rules):
    sourcead.check_grads(lambda x: np.sum(square(x)), (X,), rtol=0.5)
    with pytest.raises(sourcead.DerivativeMismatch):
        sourcead.check_grads(swirl, (X,), rtol=0.0, atol=1e-30)


def test_single_precision():
    sourcead.check_grads(swirl, (X.astype(np.float32),))
