"""Linear systems, factors and structured matrices of `scipy.linalg`, told in terms of NumPy.

Of a matrix that is said to be symmetric only the triangle that SciPy reads carries a derivative. The options that let
SciPy overwrite its arguments make no difference.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from runtime.errors import NotDifferentiable
from runtime.kernels import unpivoted_lu
from runtime.kernels.pivots import exchanges, order_after, row_order
from runtime.primitives.registry import define


@define(scipy.linalg.solve)
def solve(a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, assume_a=None, transposed=False):
    """The solution of a linear system."""
    matrix = _as_assumed(a, assume_a, lower)
    return np.linalg.solve(np.matrix_transpose(matrix) if transposed else matrix, b)


@define(scipy.linalg.inv)
def inv(a, overwrite_a=False, check_finite=True, *, assume_a=None, lower=False):
    """The inverse."""
    return np.linalg.inv(_as_assumed(a, assume_a, lower))


def _as_assumed(a, kind, lower):
    """The matrix that SciPy makes of the part that it reads."""
    if kind in ("sym", "symmetric"):
        return _symmetric(a, lower)
    if kind in ("pos", "positive definite", "her", "hermitian"):
        return _hermitian(a, lower)
    if kind == "upper triangular":
        return np.triu(a)
    if kind == "lower triangular":
        return np.tril(a)
    if kind == "tridiagonal":
        return np.triu(np.tril(a, 1), -1)
    return np.triu(np.tril(a)) if kind == "diagonal" else a


def _symmetric(a, lower):
    if lower:
        return np.tril(a) + np.matrix_transpose(np.tril(a, -1))
    return np.triu(a) + np.matrix_transpose(np.triu(a, 1))


def _hermitian(a, lower):
    if lower:
        return np.tril(a) + np.conjugate(np.matrix_transpose(np.tril(a, -1)))
    return np.triu(a) + np.conjugate(np.matrix_transpose(np.triu(a, 1)))


@define(scipy.linalg.det)
def det(a, overwrite_a=False, check_finite=True):
    """The determinant."""
    return np.linalg.det(a)


@define(scipy.linalg.solve_triangular)
def solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True):
    """The solution of a triangular system."""
    if unit_diagonal:
        part = (np.tril(a, -1) if lower else np.triu(a, 1)) + np.eye(np.shape(a)[-1])
    else:
        part = np.tril(a) if lower else np.triu(a)
    if trans in (0, "N"):
        return np.linalg.solve(part, b)
    turned = np.matrix_transpose(part)
    return np.linalg.solve(turned if trans in (1, "T") else np.conjugate(turned), b)


@define(scipy.linalg.cholesky)
def cholesky(a, lower=False, overwrite_a=False, check_finite=True):
    """A triangular factor of a positive definite matrix, of which the triangle on its side is read."""
    if lower:
        return np.linalg.cholesky(a)
    return np.matrix_transpose(np.linalg.cholesky(np.matrix_transpose(a)))


@define(scipy.linalg.cho_factor)
def cho_factor(a, lower=False, overwrite_a=False, check_finite=True):
    """A triangular factor with what was in the other triangle, and its side."""
    if lower:
        return np.linalg.cholesky(a) + np.triu(a, 1), lower
    return np.matrix_transpose(np.linalg.cholesky(np.matrix_transpose(a))) + np.tril(a, -1), lower


@define(scipy.linalg.cho_solve)
def cho_solve(c_and_lower, b, overwrite_b=False, check_finite=True):
    """The solution of a system whose matrix has this triangular factor."""
    factor, lower = c_and_lower
    first = np.tril(factor) if lower else np.matrix_transpose(np.triu(factor))
    return np.linalg.solve(np.matrix_transpose(first), np.linalg.solve(first, b))


@define(scipy.linalg.lu)
def lu(a, permute_l=False, overwrite_a=False, check_finite=True, p_indices=False):
    """The order of rows, a lower and an upper triangular matrix."""
    order = row_order(a)
    rows = np.take_along_axis(a, order[..., None], -2)
    count, columns = np.shape(rows)[-2:]
    n = min(count, columns)
    # The first square block determines the rest.
    lower, upper = unpivoted_lu(rows[..., :n, :n])
    if columns > n:
        upper = np.concatenate([upper, np.linalg.solve(lower, rows[..., n:])], axis=-1)
    if count > n:
        below = np.linalg.solve(np.matrix_transpose(upper), np.matrix_transpose(rows[..., n:, :]))
        lower = np.concatenate([lower, np.matrix_transpose(below)], axis=-2)
    back = np.argsort(order, axis=-1)
    if permute_l:
        return np.take_along_axis(lower, back[..., None], -2), upper
    return back if p_indices else np.eye(np.shape(a)[-2])[back], lower, upper


@define(scipy.linalg.lu_factor)
def lu_factor(a, overwrite_a=False, check_finite=True):
    """Both triangular factors in one matrix, and the row exchanged in each step."""
    n = np.shape(a)[-1]
    if np.shape(a)[-2] != n:
        raise NotDifferentiable(
            "scipy.linalg.lu_factor of a matrix that is not square has no derivative here", "Use scipy.linalg.lu."
        )
    order = row_order(a)
    lower, upper = unpivoted_lu(np.take_along_axis(a, order[..., None], -2))
    return np.tril(lower, -1) + upper, exchanges(order, n)


@define(scipy.linalg.lu_solve)
def lu_solve(lu_and_piv, b, trans=0, overwrite_b=False, check_finite=True):
    """The solution of a system from the result of `lu_factor`."""
    factors, steps = lu_and_piv
    n = np.shape(factors)[-1]
    lower, upper = np.tril(factors, -1) + np.eye(n), np.triu(factors)
    order = order_after(steps, n)
    if trans == 0:
        return np.linalg.solve(upper, np.linalg.solve(lower, b[order]))
    if trans == 2:
        lower, upper = np.conjugate(lower), np.conjugate(upper)
    half = np.linalg.solve(np.matrix_transpose(upper), b)
    return np.linalg.solve(np.matrix_transpose(lower), half)[np.argsort(order)]


@define(scipy.linalg.qr)
def qr(a, overwrite_a=False, lwork=None, mode="full", pivoting=False, check_finite=True):
    """Orthonormal columns and an upper triangular matrix. Raises NotDifferentiable for what is not determined."""
    if pivoting:
        raise NotDifferentiable(
            "scipy.linalg.qr with pivoting has no derivative here", "Order the columns first, and leave pivoting out."
        )
    if mode not in ("full", "r", "economic"):
        raise NotDifferentiable(
            f"scipy.linalg.qr with mode={mode!r} has no derivative here", 'Use mode="full", "r" or "economic".'
        )
    rows, columns = np.shape(a)[-2:]
    if mode == "r" and rows <= columns:
        return (np.linalg.qr(a)[1],)
    if rows > columns and mode != "economic":
        raise NotDifferentiable(
            "the columns that complete Q are not determined by the matrix, and have no derivative",
            'Pass mode="economic".',
        )
    found = np.linalg.qr(a)
    return found[0], found[1]


@define(scipy.linalg.solveh_banded)
def solveh_banded(ab, b, overwrite_ab=False, overwrite_b=False, lower=False, check_finite=True):
    """The solution of a symmetric banded system."""
    count, n = np.shape(ab)
    if lower:
        above = [np.concatenate([np.zeros(k), ab[k, : n - k]]) for k in range(count - 1, 0, -1)]
        bands = np.concatenate([np.stack(above), ab]) if count > 1 else ab
    else:
        below = [np.concatenate([ab[count - 1 - k, k:], np.zeros(k)]) for k in range(1, count)]
        bands = np.concatenate([ab, np.stack(below)]) if count > 1 else ab
    return scipy.linalg.solve_banded((count - 1, count - 1), bands, b)


@define(scipy.linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov(a, q):
    """The solution of `a x + x a^H = q`."""
    return scipy.linalg.solve_sylvester(a, np.conjugate(np.transpose(a)), q)
