"""What the kernels refuse, and what they give at kinks and for the number zero in a list of cotangents."""

from __future__ import annotations

import numpy as np
import pytest

import runtime.primitives
from runtime import kernels
from runtime.errors import SourceADError
from runtime.primitives.registry import lookup, select

assert runtime.primitives


def reverse(function, wrt, z_bar, *args, **kwargs):
    z = function(*args, **kwargs)
    return select(lookup(function).reverse[wrt], 2, args, kwargs)(z_bar, z, *args, **kwargs)


@pytest.mark.parametrize("order", ["A", "K"])
def test_orders_that_follow_memory_are_refused(order):
    with pytest.raises(SourceADError, match="memory layout"):
        reverse(np.ravel, "a", np.ones(4), np.ones((2, 2)), order=order)


@pytest.mark.parametrize("mode", ["mean", "maximum", "linear_ramp", "empty"])
def test_padding_that_computes_values_is_refused(mode):
    with pytest.raises(SourceADError, match=mode):
        reverse(np.pad, "array", np.ones(5), np.ones(3), 1, mode)


def test_border_values_that_differ_are_refused():
    with pytest.raises(SourceADError, match="constant_values"):
        reverse(np.pad, "constant_values", np.ones(5), np.ones(3), 1, constant_values=(1.0, 2.0))


def test_pieces_that_overlap_are_refused():
    with pytest.raises(SourceADError, match="overlap"):
        reverse(np.split, "ary", [np.ones(3), np.ones(0), np.ones(4)], np.arange(5.0), [3, 1])


def test_arrays_that_may_share_memory_are_refused():
    with pytest.raises(SourceADError, match="share memory"):
        reverse(np.array, "object", np.ones(3), np.ones(3), copy=None)


def test_third_derivatives_of_singular_values_are_refused():
    with pytest.raises(SourceADError, match="no third derivative"):
        reverse(kernels.spectral_bend, "x", np.ones((2, 2)), np.ones((2, 2)), np.eye(2), "nuc")


@pytest.mark.parametrize("function", [np.linalg.det, np.linalg.norm, np.linalg.cholesky, np.linalg.eigvalsh])
def test_complex_matrices_are_refused(function):
    z_bar = np.ones_like(function(np.eye(2)))
    with pytest.raises(SourceADError, match="complex"):
        reverse(function, next(iter(lookup(function).active)), z_bar, np.eye(2) + 0j)


def test_eigenvectors_of_equal_eigenvalues_are_refused_but_the_eigenvalues_are_not():
    with pytest.raises(SourceADError, match="equal eigenvalues"):
        reverse(np.linalg.eigh, "a", [0.0, np.ones((2, 2))], np.eye(2))
    np.testing.assert_array_equal(reverse(np.linalg.eigh, "a", [np.ones(2), 0.0], np.eye(2)), np.eye(2))


@pytest.mark.parametrize("ord", [None, 1, 2, 3, np.inf])
def test_the_slope_of_a_norm_at_zero_is_zero(ord):
    np.testing.assert_array_equal(reverse(np.linalg.norm, "x", 1.0, np.zeros(3), ord), np.zeros(3))


def test_entries_that_tie_for_the_largest_share_evenly():
    np.testing.assert_array_equal(
        reverse(np.linalg.norm, "x", 1.0, np.array([3.0, -3.0, 1.0]), np.inf), [0.5, -0.5, 0.0]
    )


def test_the_number_zero_in_a_list_is_the_zero_of_its_shape():
    np.testing.assert_array_equal(reverse(np.split, "ary", [0.0, np.ones(2)], np.arange(4.0), 2), [0.0, 0.0, 1.0, 1.0])
    np.testing.assert_array_equal(reverse(np.linalg.slogdet, "a", [1.0, 0.0], np.eye(2)), np.zeros((2, 2)))


def test_scatter_keeps_the_structure_of_lists_and_dicts():
    assert kernels.scatter(2.0, 1, [1.0, 2.0, (3.0, 4.0)]) == [0.0, 2.0, [0.0, 0.0]]
    assert kernels.scatter(2.0, "b", {"a": 1.0, "b": 1.0}) == {"a": 0.0, "b": 2.0}
