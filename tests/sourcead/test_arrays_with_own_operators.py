"""Arrays whose operators are their own: the product of two matrices, masked elements, sparse products."""

from __future__ import annotations

import numpy as np
import pytest

import sourcead
from sourcead import SourceADError

X = np.array([[0.5, 0.6], [0.7, 0.8]])
with pytest.warns(PendingDeprecationWarning):
    MATRIX = np.matrix([[1.0, 2.0], [3.0, 4.0]])
MASKED = np.ma.array(X, mask=[[0, 1], [0, 0]])
FOREIGN = pytest.mark.parametrize("foreign", [MATRIX, MASKED], ids=["matrix", "masked"])
MODES = pytest.mark.parametrize("mode", ["auto", "always"])


def product(x, m):
    return np.sum(x * m)


def squares(d):
    return np.sum(d["m"] * d["m"])


@MODES
@FOREIGN
def test_as_arguments_and_as_data_they_are_refused(foreign, mode):
    for call in (
        lambda: sourcead.grad(product, dynamic=mode)(X, foreign),
        lambda: sourcead.grad(product, dynamic=mode)(foreign, X),
        lambda: sourcead.grad(squares, dynamic=mode)({"m": foreign}),
        lambda: sourcead.vjp(product, X, foreign),
        lambda: sourcead.jvp(product, (X, foreign), (X, 0.0 * X)),
    ):
        with pytest.raises(SourceADError, match="operators are not those of arrays"):
            call()


@MODES
def test_as_data_of_the_module_they_are_refused_with_the_line(mode):
    for f in (lambda x: np.sum(x * MATRIX), lambda x: np.sum(x / MASKED)):
        with pytest.raises(SourceADError, match=r"test_arrays_with_own_operators.*operators are not those of arrays"):
            sourcead.grad(f, dynamic=mode)(X)


def test_what_masked_arrays_take_for_plain_numbers_is_refused():
    for f in (lambda x: np.sum(MASKED * x), lambda x: np.sum(np.ma.add(x, 1.0)), lambda x: np.sum(np.ma.sqrt(x))):
        with pytest.raises(SourceADError):
            sourcead.grad(f, dynamic="always")(X)


def test_the_array_behind_a_mask_is_not_taken_out_of_what_carries_a_derivative():
    with pytest.raises(SourceADError, match="takes the array out"):
        sourcead.grad(lambda x: np.sum(np.ma.getdata(x) * x), dynamic="always")(X)
    with pytest.raises(SourceADError):
        sourcead.jvp(lambda x: np.sum(np.ma.getdata(x) * x), (X,), (X,))


@MODES
def test_sparse_factors_are_right_with_one_operator_and_refused_with_the_other(mode):
    sparse = pytest.importorskip("scipy.sparse").csr_matrix(X)
    with pytest.raises(SourceADError):
        sourcead.grad(lambda x, s: np.sum(s * x), dynamic=mode)(X, sparse)
    if mode == "auto":
        expected = np.outer(X.sum(axis=0), np.ones(2))
        np.testing.assert_allclose(sourcead.grad(lambda x, s: np.sum(s @ x))(X, sparse), expected)


def test_classes_of_arrays_with_numpys_operators_are_arrays():
    class Named(np.ndarray):
        pass

    np.testing.assert_array_equal(sourcead.grad(lambda x: np.sum(x * x))(X.view(Named)), 2.0 * X)
