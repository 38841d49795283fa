"""Linear algebra."""

from __future__ import annotations

import numpy as np

from runtime.errors import NotDifferentiable
from runtime.kernels import SVDResult, mirrored, thin_svd
from runtime.primitives.registry import define


@define(np.linalg.svd)
def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """Singular vectors and values. Raises NotDifferentiable for vectors that the matrix does not determine."""
    if hermitian:
        a = mirrored(a)
    if not compute_uv:
        return np.linalg.svdvals(a)
    if full_matrices and np.shape(a)[-1] != np.shape(a)[-2]:
        raise NotDifferentiable(
            "the singular vectors that complete U or Vh are not determined by the matrix, and have no derivative",
            "Pass full_matrices=False, or compute_uv=False for the values alone.",
        )
    parts = thin_svd(a)
    return SVDResult(parts[0], np.linalg.svdvals(a), parts[2])


@define(np.linalg.eigvals)
def eigvals(a):
    """The eigenvalues of a general matrix."""
    values, _ = np.linalg.eig(a)
    return values


@define(np.linalg.cond)
def cond(x, p=None):
    """The condition number in a norm."""
    if p is None or p == 2:
        values = np.linalg.svdvals(x)
        return values[..., 0] / values[..., -1]
    if p == -2:
        smallest = np.linalg.svdvals(x)
        return smallest[..., -1] / smallest[..., 0]
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, axis=(-2, -1))


@define(np.linalg.multi_dot)
def multi_dot(arrays):
    """The product of several matrices."""
    total = np.matmul(arrays[0], arrays[1])
    for k in range(2, len(arrays)):
        total = np.matmul(total, arrays[k])
    return total


@define(np.linalg.matrix_power)
def matrix_power(a, n):
    """A square matrix multiplied by itself."""
    if n == 0:
        return np.broadcast_to(np.eye(np.shape(a)[-1]), np.shape(a)) + 0.0 * a
    base = np.linalg.inv(a) if n < 0 else a
    total = base
    for _ in range(abs(n) - 1):
        total = np.matmul(total, base)
    return total


@define(np.linalg.lstsq)
def lstsq(a, b, rcond=None):
    """The solution of least squares, the sums of squared residuals, the rank, and the singular values."""
    rows, columns = np.shape(a)
    cut = np.finfo(np.result_type(a)).eps * max(rows, columns) if rcond is None else rcond
    values = np.linalg.svdvals(a)
    rank = np.count_nonzero(values > cut * values[0])
    x = np.matmul(np.linalg.pinv(a, cut), b)
    rest = np.matmul(a, x) - b
    squares = np.sum(rest * rest, axis=0, keepdims=np.ndim(b) == 1)
    residuals = squares if rank == columns and rows > columns else squares[:0]
    return x, residuals, rank, values


@define(np.linalg.tensorsolve)
def tensorsolve(a, b, axes=None):
    """The array whose product with `a`, summed over its axes, is `b`."""
    rank = np.ndim(a)
    last = () if axes is None else tuple(axes)
    turned = np.transpose(a, tuple([k for k in range(rank) if k not in last]) + last)
    rest = np.shape(turned)[np.ndim(b) - rank :]
    flat = np.linalg.solve(np.reshape(turned, (np.size(b), np.size(b))), np.ravel(b))
    return np.reshape(flat, rest)


@define(np.linalg.tensorinv)
def tensorinv(a, ind=2):
    """The inverse of an array as a map between its first axes and the rest."""
    shape = np.shape(a)
    count = np.size(np.empty(shape[ind:]))
    return np.reshape(np.linalg.inv(np.reshape(a, (-1, count))), shape[ind:] + shape[:ind])


if hasattr(np, "matvec"):

    @define(np.matvec)
    def matvec(x1, x2):
        """A matrix times a vector."""
        return np.einsum("...ij,...j->...i", x1, x2)

    @define(np.vecmat)
    def vecmat(x1, x2):
        """A vector, conjugated, times a matrix."""
        return np.einsum("...i,...ij->...j", np.conjugate(x1), x2)
