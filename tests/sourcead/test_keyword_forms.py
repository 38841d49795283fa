"""Keywords of NumPy's functions that say where to write, in which type, of which axes: every way agrees."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

import runtime
import sourcead
from sourcead import NoRule

X = np.array([0.3, 0.7, 0.4, 0.9])
V = np.array([0.2, -0.5, 1.0, 0.3])
Y = np.array([1.0, 0.0, 2.0, 0.5])


def divided_where(x):
    return np.sum(np.divide(x, Y, out=np.zeros_like(x), where=Y != 0.0) ** 2)


def log_where_behind_out(x):
    y = 2.0 * x
    z = np.log(x, y, where=x > 0.35)
    return np.sum(z * y)


def logs_in_place(x):
    y = x * x
    np.log(y, out=(y,), where=[True, False, True, False])
    return np.sum(y * x)


def spread_mask(x):
    return np.sum(np.power(x, 2.0, out=np.full((2, 4), 0.5), where=[[True], [False]]) * x)


def sum_into(x):
    total = np.zeros(2)
    np.sum(np.reshape(x, (2, 2)), axis=0, out=total, where=np.reshape(x, (2, 2)) > 0.35)
    return np.sum(total**2)


def typed_sine(x):
    return np.sum(np.sin(x, dtype=np.float64) * np.add(x, 2, dtype=float))


def axes_by_number(x):
    a = np.reshape(x, (2, 2))
    return (
        np.sum(np.einsum(a, [0, 1], a * a, [1, 2], [0, 2])) + np.einsum(a, [0, 0]) + np.einsum(x, [...], a[0, 0], [])[1]
    )


def einsum_of_type(x):
    return np.einsum("i,i", x, x * x, dtype=np.float64)


def joined_of_type(x):
    return np.sum(np.concatenate([x, x * x], dtype=np.float64)[1:6] * np.hstack([x, x], dtype=float)[1:6])


def active_start(x):
    return np.max(x[1:3], initial=x[3]) * np.prod(x[:2], initial=x[2]) + np.min(x, initial=5.0 * x[0])


def norms_of_matrices(x):
    a = np.reshape(x, (2, 2)) + np.array([[0.5, 0.1], [-0.1, 0.2]])
    orders = [1, -1, np.inf, -np.inf, 2, -2, "nuc", "fro"]
    return sum(np.linalg.norm(a, order) ** 2 for order in orders) + np.linalg.norm(a[None], 2, axis=(2, 1))[0] ** 3


def numbers_of_math(x):
    fraction, whole = math.modf(3.0 * x[0])
    return fraction * whole * math.prod([x[1], x[2]], start=x[3]) + math.nextafter(x[1], 9.0) * x[0] + math.ulp(x[0])


FORMS = [
    numbers_of_math,
    divided_where,
    log_where_behind_out,
    logs_in_place,
    spread_mask,
    sum_into,
    typed_sine,
    axes_by_number,
    einsum_of_type,
    joined_of_type,
    active_start,
    norms_of_matrices,
]


def differences(f, step=1e-6):
    return np.array([(f(X + step * e) - f(X - step * e)) / (2 * step) for e in np.eye(X.size)])


@pytest.mark.parametrize("f", FORMS)
def test_every_way_agrees(f):
    expected = differences(f)
    np.testing.assert_allclose(sourcead.grad(f)(X), expected, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(sourcead.grad(f, dynamic="always")(X), expected, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(sourcead.tangent(f)(X, V)[1], expected @ V, rtol=1e-6, atol=1e-8)
    df = sourcead.grad(f)
    second = (df(X + 1e-5 * V) - df(X - 1e-5 * V)) / 2e-5
    np.testing.assert_allclose(sourcead.hvp(f)(X, V), second, rtol=1e-5, atol=1e-5)


def test_what_the_mask_leaves_out_has_no_part_in_it():
    """There 1 / 0 would make the derivative NaN."""
    f = lambda x, y: np.sum(np.divide(x, y, out=np.zeros_like(x), where=y != 0.0))
    for df in (sourcead.grad(f, wrt=(0, 1)), sourcead.grad(f, wrt=(0, 1), dynamic="always")):
        for found, expected in zip(df(np.ones(3), np.array([1.0, 0.0, 2.0])), ([1, 0, 0.5], [-1, 0, -0.25])):
            np.testing.assert_array_equal(found, expected)


def test_the_users_call_stands_over_its_adjoint():
    text = sourcead.grad(divided_where).source
    assert "# return np.sum(np.divide(x, Y, out=np.zeros_like(x), where=Y != 0.0) ** 2)" in text
    assert "np.divide(" in text.replace("# return np.sum(np.divide", "") and "out[" not in text


def test_on_tensors():
    x = runtime.tensor([1.0, 2.0, 3.0], requires_grad=True)
    np.log(x, out=runtime.zeros(3), where=np.array([True, False, True])).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [1.0, 0.0, 1.0 / 3.0], rtol=1e-6)


def test_nowhere_to_write_is_refused():
    with pytest.raises(NoRule):
        sourcead.grad(lambda x: np.sum(np.sin(x, where=x > 0.0)))(X)


def test_singular_values_of_complex_matrices_are_refused():
    f = lambda x: np.linalg.norm(np.reshape(x, (2, 2)) * (1 + 2j), 2)
    for df in (sourcead.grad(f), sourcead.grad(f, dynamic="always")):
        with pytest.raises(sourcead.SourceADError, match="of complex matrices"):
            df(X)


def test_third_derivatives_of_singular_values_are_refused():
    f = lambda t: np.linalg.norm(np.array([[t, 2.0], [1.0, t * t]]), 2)
    assert np.isfinite(sourcead.grad(sourcead.grad(f))(0.5))
    with pytest.raises(sourcead.SourceADError, match="no third derivative"):
        sourcead.grad(sourcead.grad(sourcead.grad(f)))(0.5)


@pytest.mark.parametrize(
    "same", [lambda b: np.asarray(b, dtype=float), lambda b: np.ascontiguousarray(b[:1]), lambda b: np.asarray(b[1:])]
)
def test_the_tangent_of_what_is_the_same_array_can_be_written_to(same):
    def f(x):
        b = x * 1.0
        v = same(b)
        v[0] *= 3.0
        v += v * x[0]
        return np.sum(b * x * x)

    x, x_dot = np.array([0.5, 0.3]), np.array([1.0, -2.0])
    step = 1e-6
    slope = (f(x + step * x_dot) - f(x - step * x_dot)) / (2 * step)
    assert_allclose(sourcead.tangent(f)(x, x_dot), (f(x), slope), atol=1e-8)
    assert_allclose(sourcead.grad(f)(x) @ x_dot, slope, atol=1e-8)
