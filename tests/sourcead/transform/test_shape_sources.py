"""A shape may be read from another variable of that shape, but never its dtype, and never before it has a value."""

import numpy as np
import pytest

import sourcead

X = np.array([0.1, 0.25])
K = np.array([1, 2, 3])
C = np.array([0.1 + 0.2j, 0.3 - 0.1j, 0.2])


def mean_of_powers(x, k):
    scale = np.sum(x)
    return np.mean(np.exp(k * scale))


def mean_of_shifts(x, k):
    return np.mean(np.sin(k + np.sum(x)))


def difference_of_losses(x, k):
    losses = np.logaddexp(0.0, x) - k[:2] * x
    return np.mean(losses)


def real_part(x, k):
    return np.real(np.sum(x * x * 1j) + np.sum((x * (1 + 2j)) ** 2))


def imaginary_part(x, k):
    return np.imag(np.sum(np.exp(1j * x)))


def complex_total(x, k):
    total = np.sum(k * C)
    return np.imag(np.mean(np.exp(x * total)))


@pytest.mark.parametrize(
    "function",
    [mean_of_powers, mean_of_shifts, difference_of_losses, real_part, imaginary_part, complex_total],
    ids=lambda f: f.__name__,
)
def test_gradient_against_finite_differences(function):
    steps = 1e-6 * np.eye(2)
    wanted = [(function(X + step, K) - function(X - step, K)) / 2e-6 for step in steps]
    found = sourcead.grad(function)(X, K)
    assert found.dtype == X.dtype
    np.testing.assert_allclose(found, wanted, rtol=1e-6)
