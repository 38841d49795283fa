"""Rules of the user's own: for functions of theirs, and for functions of a library that has neither rule nor source."""

from __future__ import annotations

import math

import numpy as np
import pytest

import runtime
import sourcead
from runtime.primitives import registry
from sourcead import derivative

X = np.array([0.3, 0.7, 1.1])
SCALE = 2.0


def softplus(x):
    return np.logaddexp(0.0, x)


def softplus_x(z, x):
    """From the result: exact in both tails."""
    return np.exp(x - z)


def rotated(x, angle):
    return np.array([np.cos(angle) * x[0] - np.sin(angle) * x[1], np.sin(angle) * x[0] + np.cos(angle) * x[1]])


def rotated_x(z_bar, z, x, angle):
    return rotated(z_bar, -angle)


def rotated_angle(z_bar, z, x, angle):
    turned = rotated(x, angle + 0.5 * math.pi)
    return np.sum(z_bar * turned)


def rotated_x_dot(x_dot, z, x, angle):
    return rotated(x_dot, angle)


def rotated_angle_dot(angle_dot, z, x, angle):
    return angle_dot * rotated(x, angle + 0.5 * math.pi)


def with_branch(z, x):
    slope = 1.0
    if SCALE > 1.0:
        slope = 3.0
    return slope * x


def with_update(z, x):
    slope = np.exp(x - z)
    slope *= 1.0
    return slope


@pytest.fixture(autouse=True)
def own_table(monkeypatch):
    """Rules registered in a test are gone after it."""
    monkeypatch.setattr(registry, "_rules", dict(registry._rules))
    monkeypatch.setattr(registry, "_inactive", set(registry._inactive))


def total(x):
    return np.sum(softplus(3.0 * x))


def test_an_elementwise_rule_in_every_mode():
    derivative.partial(softplus, wrt="x")(softplus_x)
    expected = 3.0 / (1.0 + np.exp(-3.0 * X))
    df = sourcead.grad(total)
    assert "softplus(" in df.source and "np.exp(" in df.source
    np.testing.assert_allclose(df(X), expected)
    np.testing.assert_allclose(sourcead.grad(total, dynamic="always")(X), expected)
    np.testing.assert_allclose(sourcead.jacfwd(total)(X), expected)
    sourcead.check_grads(total, (X,), order=2)


def test_tensors_use_the_same_rule():
    derivative.partial(softplus, wrt="x")(softplus_x)
    t = runtime.tensor([0.5, -1.0], requires_grad=True)
    sourcead.vjp(total, np.array([0.5, -1.0]))
    total(t).sum().backward()
    np.testing.assert_allclose(t.grad.numpy(), 3.0 / (1.0 + np.exp([-1.5, 3.0])), rtol=1e-6)


def test_a_general_rule_with_two_arguments():
    derivative.reverse(rotated, wrt="x")(rotated_x)
    derivative.reverse(rotated, wrt="angle")(rotated_angle)
    derivative.forward(rotated, wrt="x")(rotated_x_dot)
    derivative.forward(rotated, wrt="angle")(rotated_angle_dot)

    def f(x, angle):
        return np.sum(rotated(x, angle) ** 2 * np.array([1.0, 3.0]))

    df = sourcead.grad(f, (0, 1))
    assert "rotated(" in df.source
    sourcead.check_grads(f, (X[:2], 0.4), wrt=(0, 1), order=2)


def test_a_rule_for_a_compiled_function():
    def f(x):
        return math.erfc(x) * x

    # The table's own rule; a function of no rule and no source asks for one.
    sourcead.check_grads(f, (0.3,), order=2)


def test_inactive():
    def report(x):
        return float(np.max(x))

    derivative.inactive(report)
    assert "report" not in registry._rules

    def f(x):
        return np.sum(x) * report(np.array([2.0]))

    assert sourcead.grad(f)(X).tolist() == [2.0, 2.0, 2.0]


def test_a_rule_that_is_more_than_assignments_is_refused():
    for rule, line in ((with_branch, "if SCALE > 1.0:"), (with_update, "slope *= 1.0")):
        registry._rules.pop(softplus, None)
        derivative.partial(softplus, wrt="x")(rule)
        with pytest.raises(sourcead.Unsupported) as refused:
            sourcead.grad(total)
        assert refused.value.origin.text == line and "assignments and one return" in refused.value.fact


def test_a_rule_that_reads_a_closure_is_refused():
    scale = 2.0

    def closed(z, x):
        return scale * x

    derivative.partial(softplus, wrt="x")(closed)
    with pytest.raises(sourcead.Unsupported, match="scale"):
        sourcead.grad(total)


def test_a_rule_without_text_is_refused():
    derivative.partial(softplus, wrt="x")(eval("lambda z, x: x"))
    with pytest.raises(sourcead.Unsupported, match="cannot be read"):
        sourcead.grad(total)


def test_a_rule_defined_inside_a_function():
    def inner(z, x):
        return np.exp(x - z)

    derivative.partial(softplus, wrt="x")(inner)
    np.testing.assert_allclose(sourcead.grad(total)(X), 3.0 / (1.0 + np.exp(-3.0 * X)))


def test_registering_twice_is_an_error():
    derivative.partial(softplus, wrt="x")(softplus_x)
    with pytest.raises(registry.RegistrationError, match="already"):
        derivative.partial(softplus, wrt="x")(softplus_x)
    with pytest.raises(registry.RegistrationError, match="no parameter"):
        derivative.partial(softplus, wrt="y")(softplus_x)
