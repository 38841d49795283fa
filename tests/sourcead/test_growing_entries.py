"""Entries of lists, dicts and objects that are a number first, and an array after something was added in place."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import sourcead

X = np.array([0.3, 0.7, -0.4])
WEIGHTS = np.array([1.0, 2.0])


class Total:
    def __init__(self):
        self.t = 0.0
        self.seen = 0.0

    def add(self, v):
        self.t += v
        self.seen = self.seen + np.sum(self.t)


def from_zero(x):
    parts = [0.0]
    for i in range(3):
        parts[0] += x**i
    return np.sum(parts[0] ** 2)


def from_zero_by_number_and_array(x):
    parts = {"k": 0.0}
    for step in (x[0], x[1] * x, x):
        parts["k"] += step
    return np.sum(parts["k"] ** 3)


def from_an_active_number(x):
    parts = [x[0], 2.0 * x[1]]
    s = 0.0
    for i in range(3):
        s = s + np.sum(parts[0] ** 2)
        parts[0] += x * i
    return np.sum(parts[0] ** 2) * parts[1] + s


def read_as_number_first(x):
    u = {"k": 2.0}
    m = 0.0 * x
    for _ in range(2):
        m[0] = u["k"] * x[1]
        u["k"] += np.mean(x)
    u["k"] -= m * x
    return np.sum(u["k"] * np.array([1.0, 10.0, 100.0]))


def by_a_constant_array(x):
    parts = [x[0] * x[1]]
    before = parts[0]
    parts[0] += np.array([1.0, 2.0])
    return np.sum(parts[0] ** 2) + before


def by_an_expression_of_constants(x):
    parts = {"k": x[0] * x[1]}
    before = np.sin(parts["k"])
    for _ in range(2):
        parts["k"] -= 2.0 * WEIGHTS
    return np.sum(parts["k"] ** 2) + before


def field(x):
    total = Total()
    total.seen = x[0]
    total.add(x[1])
    total.add(x * x)
    total.add(2.0 * x)
    return np.sum(total.t**2) * total.seen


@pytest.mark.parametrize(
    "f",
    [
        from_zero,
        from_zero_by_number_and_array,
        from_an_active_number,
        read_as_number_first,
        by_a_constant_array,
        by_an_expression_of_constants,
        field,
    ],
)
def test_every_order(f):
    wanted = [np.imag(f(X + 1e-30j * e)) / 1e-30 for e in np.eye(3)]
    assert_allclose(sourcead.grad(f)(X), wanted, rtol=1e-12)
    assert_allclose([sourcead.tangent(f)(X, e)[1] for e in np.eye(3)], wanted, rtol=1e-12)
    assert_allclose(sourcead.grad(f, dynamic="always")(X), wanted, rtol=1e-12)
    slope = sourcead.grad(f)
    second = [(slope(X + 1e-6 * e) - slope(X - 1e-6 * e)) / 2e-6 for e in np.eye(3)]
    assert_allclose(sourcead.hessian(f)(X), second, rtol=1e-6, atol=1e-7)
    assert_allclose([sourcead.grad(lambda x, k=k: slope(x)[k])(X) for k in range(3)], second, rtol=1e-6, atol=1e-7)


def into(parts, x):
    for i in range(3):
        parts[0] += x * i
    return np.sum(parts[0] ** 2)


def test_the_gradient_of_a_number_in_an_argument_is_a_number():
    of_parts, of_x = sourcead.grad(into, (0, 1))([1.0], X)
    assert_allclose(of_parts, [np.sum(2.0 * (1.0 + 3.0 * X))])
    assert np.ndim(of_parts[0]) == 0
    assert_allclose(of_x, 6.0 * (1.0 + 3.0 * X))


def test_nothing_is_noted_where_only_sums_are_kept():
    assert "number_in" not in sourcead.grad(from_zero).source
