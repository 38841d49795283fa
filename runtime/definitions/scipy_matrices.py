"""Decompositions, norms and structured matrices of `scipy.linalg`, told in terms of NumPy."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from runtime.errors import NotDifferentiable
from runtime.primitives.registry import define


@define(scipy.linalg.svd)
def svd(a, full_matrices=True, compute_uv=True, overwrite_a=False, check_finite=True, lapack_driver="gesdd"):
    """Singular vectors and values."""
    return np.linalg.svd(a, full_matrices, compute_uv)


@define(scipy.linalg.svdvals)
def svdvals(a, overwrite_a=False, check_finite=True):
    """Singular values."""
    return np.linalg.svdvals(a)


@define(scipy.linalg.eigh)
def eigh(
    a, b=None, *, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False, type=1, check_finite=True,
    subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    """Eigenvalues and eigenvectors of a symmetric matrix, of which one triangle is read."""
    _refuse_pairs(b, subset_by_index, subset_by_value)
    matrix = a if lower else np.matrix_transpose(a)
    if eigvals_only:
        return np.linalg.eigvalsh(matrix)
    found = np.linalg.eigh(matrix)
    return found[0], found[1]


@define(scipy.linalg.eigvalsh)
def eigvalsh(
    a, b=None, *, lower=True, overwrite_a=False, overwrite_b=False, type=1, check_finite=True,
    subset_by_index=None, subset_by_value=None, driver=None,
):  # fmt: skip
    """Eigenvalues of a symmetric matrix, of which one triangle is read."""
    _refuse_pairs(b, subset_by_index, subset_by_value)
    return np.linalg.eigvalsh(a if lower else np.matrix_transpose(a))


def _refuse_pairs(b, by_index, by_value):
    if b is not None or by_index is not None or by_value is not None:
        raise NotDifferentiable(
            "generalized eigenvalues and subsets of eigenvalues have no derivative here",
            "Factor b with np.linalg.cholesky and transform a; take all eigenvalues and select of them.",
        )


@define(scipy.linalg.pinv)
def pinv(a, *, atol=None, rtol=None, return_rank=False, check_finite=True):
    """The pseudoinverse, without what is small beside the largest singular value."""
    if atol is not None or return_rank:
        raise NotDifferentiable(
            "scipy.linalg.pinv with atol or return_rank has no derivative here", "Give rtol alone, or leave both out."
        )
    cut = max(np.shape(a)[-2:]) * np.finfo(np.result_type(a)).eps if rtol is None else rtol
    return np.linalg.pinv(a, cut)


@define(scipy.linalg.lstsq)
def lstsq(a, b, cond=None, overwrite_a=False, overwrite_b=False, check_finite=True, lapack_driver=None):
    """The solution of least squares, the sums of squared residuals, the rank, and the singular values."""
    return np.linalg.lstsq(a, b, cond)


@define(scipy.linalg.norm)
def norm(a, ord=None, axis=None, keepdims=False, check_finite=True):  # noqa: A002 (SciPy's name)
    """A norm of vectors or matrices."""
    return np.linalg.norm(a, ord, axis, keepdims)


@define(scipy.linalg.block_diag)
def block_diag(*arrs):
    """Matrices along the diagonal of one."""
    parts = [np.atleast_2d(a) for a in arrs]
    width = sum([np.shape(a)[1] for a in parts])
    rows = []
    before = 0
    for a in parts:
        behind = width - before - np.shape(a)[1]
        rows.append(np.pad(a, ((0, 0), (before, behind))))
        before = width - behind
    return np.concatenate(rows)


@define(scipy.linalg.toeplitz)
def toeplitz(c, r=None):
    """A matrix with one number on each diagonal: the first column, and the rest of the first row."""
    column = np.ravel(c)
    row = np.conjugate(column) if r is None else np.ravel(r)
    line = np.concatenate([column[::-1], row[1:]])
    n = np.size(column)
    return line[np.arange(n - 1, -1, -1)[:, None] + np.arange(np.size(row))]


@define(scipy.linalg.hankel)
def hankel(c, r=None):
    """A matrix with one number on each rising diagonal: the first column, and the rest of the last row."""
    column = np.ravel(c)
    row = np.zeros_like(column) if r is None else np.ravel(r)
    line = np.concatenate([column, row[1:]])
    return line[np.arange(np.size(column))[:, None] + np.arange(np.size(row))]


@define(scipy.linalg.circulant)
def circulant(c):
    """A square matrix whose columns are one column turned round."""
    n = np.shape(c)[-1]
    return c[..., (np.arange(n)[:, None] - np.arange(n)) % n]


@define(scipy.linalg.khatri_rao)
def khatri_rao(a, b):
    """The Kronecker products of the columns."""
    found = np.expand_dims(a, -2) * np.expand_dims(b, -3)
    return np.reshape(found, np.shape(found)[:-3] + (-1, np.shape(found)[-1]))


@define(scipy.linalg.solve_toeplitz)
def solve_toeplitz(c_or_cr, b, check_finite=True):
    """The solution of a system with one number on each diagonal."""
    if isinstance(c_or_cr, tuple):
        return np.linalg.solve(scipy.linalg.toeplitz(c_or_cr[0], c_or_cr[1]), b)
    return np.linalg.solve(scipy.linalg.toeplitz(c_or_cr), b)
