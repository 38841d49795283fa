"""Sparse matrices of SciPy's as constant factors of products."""

import numpy as np
import pytest

import sourcead

sparse = pytest.importorskip("scipy.sparse")
SECOND_DIFFERENCES = sparse.diags([[-1.0] * 3, [2.0] * 4, [-1.0] * 3], [-1, 0, 1]).tocsr()


def energy(x):
    return x @ (SECOND_DIFFERENCES @ x)


def smoothed(x):
    for _ in range(3):
        x = x - 0.1 * (SECOND_DIFFERENCES @ x)
    return np.sum(x**4)


def of_columns(x):
    columns = np.stack([x, x * x], axis=1)
    return np.sum((SECOND_DIFFERENCES @ columns) ** 3) + np.sum((columns.T @ SECOND_DIFFERENCES) ** 3)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("function", [energy, smoothed, of_columns])
def test_a_sparse_factor_is_a_matrix(function, order):
    sourcead.check_grads(function, (np.array([0.3, -1.2, 0.7, 0.4]),), order=order)


def test_a_sparse_matrix_of_varying_values_is_refused():
    rows = np.array([0, 1, 2, 3])

    def product(values):
        return np.sum(sparse.csr_matrix((values, (rows, rows)), shape=(4, 4)) @ values)

    with pytest.raises(sourcead.SourceADError):
        sourcead.grad(product)(np.ones(4))
