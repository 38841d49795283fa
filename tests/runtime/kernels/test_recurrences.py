"""Recurrences along an axis, against the loop that defines them."""

from __future__ import annotations

import numpy as np
import pytest

from runtime.kernels import backward_recurrence, forward_recurrence, shift_left, shift_right


def loop(c, b):
    y = np.array(b)
    for i in range(1, len(y)):
        y[i] += c[i] * y[i - 1]
    return y


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 8, 33])
def test_forward_recurrence_is_the_loop(n):
    rng = np.random.default_rng(n)
    c, b = rng.standard_normal((2, n))
    np.testing.assert_allclose(forward_recurrence(c, b), loop(c, b), atol=1e-12)


def test_backward_recurrence_runs_the_other_way():
    rng = np.random.default_rng(0)
    c, b = rng.standard_normal((2, 6))
    expected = loop(np.append(0.0, c[:0:-1]), b[::-1])[::-1]
    np.testing.assert_allclose(backward_recurrence(c, b), expected)


@pytest.mark.parametrize("axis", [0, 1, -2])
def test_recurrences_run_along_any_axis(axis):
    rng = np.random.default_rng(0)
    c, b = rng.standard_normal((2, 3, 4, 5))
    expected = np.moveaxis(loop(np.moveaxis(c, axis, 0), np.moveaxis(b, axis, 0)), 0, axis)
    np.testing.assert_allclose(forward_recurrence(c, b, axis), expected)


def test_products_that_overflow_do_not_spoil_a_solution_that_does_not():
    c = np.full(8, 1e200)
    b = np.zeros(8)
    b[-1] = 1.0
    np.testing.assert_array_equal(forward_recurrence(c, b), b)


def test_arguments_are_not_changed_and_single_precision_is_kept():
    c, b = np.ones((2, 5), np.float32)
    y = forward_recurrence(c, b)
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y, [1, 2, 3, 4, 5])
    np.testing.assert_array_equal([c, b], np.ones((2, 5)))


def test_shifts():
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    np.testing.assert_array_equal(shift_right(x, 9.0), [[9, 1, 2], [9, 4, 5]])
    np.testing.assert_array_equal(shift_left(x, 0), [[4, 5, 6], [0, 0, 0]])
    assert shift_right(np.zeros((2, 0)), 1.0).shape == (2, 0)
