"""Pieces of the derivatives of linear algebra that are not one NumPy call.

Matrices are in the last two axes, and any axes before them are a batch, as in `np.linalg`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from runtime.errors import NotDifferentiable, SourceADError


def solve_like(a: Any, g: Any, b: Any) -> Any:
    """`np.linalg.solve(a, g)` where `g` holds vectors if `b` is one vector, and matrices otherwise.

    NumPy takes the right-hand side for a vector only if it has one axis; a cotangent of a batch of solutions has more.
    """
    if np.ndim(b) == 1:
        return np.linalg.solve(a, np.expand_dims(g, -1))[..., 0]
    return np.linalg.solve(a, g)


def columns_outer(w: Any, v: Any, b: Any) -> Any:
    """The sum of `w v^T` over right-hand sides, vectors or matrices as `b` is (see `solve_like`)."""
    if np.ndim(b) == 1:
        return np.expand_dims(w, -1) * np.expand_dims(v, -2)
    return np.matmul(w, np.swapaxes(v, -1, -2))


def columns_apply(m: Any, v: Any, b: Any) -> Any:
    """The matrices `m` times `v`, vectors or matrices as `b` is (see `solve_like`)."""
    if np.ndim(b) == 1:
        return np.matmul(m, np.expand_dims(v, -1))[..., 0]
    return np.matmul(m, v)


def cofactor(a: Any) -> Any:
    """The matrix of cofactors, the derivative of `np.linalg.det`, also where `a` is singular.

    With a = U S V^T it is det(U) det(V) U C V^T, where C is diagonal with the products of all singular values but one.
    """
    sign, left, s, right = _signed_svd(a)
    return sign * np.matmul(left * np.expand_dims(_product_without(s), -2), right)


def cofactor_along(a: Any, d: Any) -> Any:
    """Derivative of `cofactor(a)` in the direction `d`: the second derivative of `det`, symmetric in its uses.

    In the basis of the singular vectors, an entry of the diagonal changes with the other entries of the diagonal,
    and an entry beside it with its mirror image.
    """
    sign, left, s, right = _signed_svd(a)
    turned = np.matmul(np.matmul(np.swapaxes(left, -1, -2), d), np.swapaxes(right, -1, -2))
    pairs = _product_without_two(s)
    diagonal = np.diagonal(turned, axis1=-2, axis2=-1)
    change = -pairs * np.swapaxes(turned, -1, -2)
    places = np.arange(s.shape[-1])
    change[..., places, places] = np.matmul(pairs, np.expand_dims(diagonal, -1))[..., 0]
    return sign * np.matmul(np.matmul(left, change), right)


def lower_part(m: Any) -> Any:
    """The lower triangle of `m + m^T` with the diagonal counted once.

    The cotangent of a symmetric matrix of which only the lower triangle is read, as NumPy reads it.
    """
    m = real_matrix(m)
    return np.tril(m + np.swapaxes(m, -1, -2)) - _diagonal_part(m)


def mirrored(m: Any) -> Any:
    """The symmetric matrix whose lower triangle is that of `m`: the transpose of `lower_part`."""
    lower = np.tril(real_matrix(m))
    return lower + np.swapaxes(lower, -1, -2) - _diagonal_part(m)


def half_lower(m: Any) -> Any:
    """The lower triangle of `m` with half of its diagonal. Raises SourceADError for complex `m`."""
    m = real_matrix(m)
    return np.tril(m) - 0.5 * _diagonal_part(m)


def over_gaps(k: Any, w: Any) -> Any:
    """`k[i, j] / (w[j] - w[i])` beside the diagonal, and 0 on it and wherever `k` is 0.

    How eigenvectors turn into each other. Raises SourceADError where eigenvalues are equal and `k` is not 0, because
    the eigenvectors are not determined there.
    """
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    turning = np.logical_and(np.not_equal(k, 0), np.logical_not(np.eye(gaps.shape[-1], dtype=bool)))
    if np.any(np.logical_and(turning, np.equal(gaps, 0))):
        raise SourceADError(
            "eigenvectors of equal eigenvalues have no derivative",
            "Use the eigenvalues alone, or a function of the matrix that does not depend on their choice.",
        )
    return np.where(turning, k / np.where(turning, gaps, 1.0), 0.0)


def phase_free(t: Any) -> Any:
    """`t`, the products of eigenvectors with their cotangents, where turning an eigenvector's phase changes nothing.

    Raises SourceADError where it does, because eigenvectors are determined up to their phase only.
    """
    turning = np.imag(np.diagonal(t, 0, -2, -1))
    if np.any(np.abs(turning) > 1e3 * np.finfo(np.real(t).dtype).eps * (1.0 + np.abs(np.diagonal(t, 0, -2, -1)))):
        raise SourceADError(
            "what is differentiated depends on the phase of eigenvectors, which the matrix does not determine",
            "Use what does not depend on it: sizes of elements, projections, or the eigenvalues alone.",
        )
    return t


def real_matrix(a: Any) -> Any:
    """`a` itself. Raises SourceADError where it is complex."""
    if np.iscomplexobj(a):
        raise SourceADError(
            "this operation has no derivative here for complex matrices",
            "Give it the real matrix [[re, -im], [im, re]] of twice the size.",
        )
    return np.asarray(a)


def undoing(a: Any, z: Any) -> float:
    """The number 1, where `z` is the pseudoinverse of all of `a`.

    Raises NotDifferentiable where singular values that are not zero were cut off: `z` belongs to another matrix then.
    """
    a = real_matrix(a)
    rest = np.matmul(np.matmul(a, z), a) - a
    if np.any(
        np.abs(rest) > np.sqrt(np.finfo(rest.dtype).eps) * np.max(np.abs(a), axis=(-2, -1), keepdims=True, initial=0.0)
    ):
        raise NotDifferentiable(
            "this pseudoinverse leaves out singular values that are not zero, and has no derivative here",
            "Write it with the parts of np.linalg.svd(..., full_matrices=False).",
        )
    return 1.0


def _diagonal_part(m: Any) -> Any:
    return np.multiply(m, np.eye(np.shape(m)[-1], dtype=m.dtype))


def _signed_svd(a: Any) -> tuple[Any, Any, Any, Any]:
    left, s, right = np.linalg.svd(real_matrix(a))
    sign = np.linalg.det(left) * np.linalg.det(right)
    return np.expand_dims(np.sign(sign).astype(s.dtype), (-2, -1)), left, s, right


def _product_without(s: Any) -> Any:
    return np.stack([np.prod(np.delete(s, k, -1), -1) for k in range(s.shape[-1])], -1) if s.shape[-1] else s


def _product_without_two(s: Any) -> Any:
    """The product of all but entries i and j of `s`, and zero on the diagonal."""
    n = s.shape[-1]
    pairs = np.zeros_like(s, shape=(*s.shape, n))
    for i in range(n):
        for j in range(i):
            pairs[..., i, j] = pairs[..., j, i] = np.prod(np.delete(s, (i, j), -1), -1)
    return pairs


def tall(a: Any) -> Any:
    """`a` itself. Raises SourceADError where it is complex, or has fewer rows than columns."""
    if np.shape(a)[-2] < np.shape(a)[-1]:
        raise SourceADError(
            "the QR factors of a matrix with fewer rows than columns have no derivative here",
            "Factor its first square block, and multiply the other columns by the transpose of Q.",
        )
    return real_matrix(a)


def skew_lower(m: Any) -> Any:
    """The antisymmetric matrix with the part of `m` below the diagonal. Raises SourceADError for complex `m`."""
    lower = np.tril(real_matrix(m), -1)
    return lower - np.swapaxes(lower, -1, -2)


class SVDResult(NamedTuple):
    """Singular vectors and values, under NumPy's names for them."""

    U: Any
    S: Any
    Vh: Any


def thin_svd(a: Any) -> tuple[Any, Any, Any]:
    """Singular vectors and values, as many as the shorter side of the matrix: `(u, s, vh)`."""
    u, s, vh = np.linalg.svd(real_matrix(a), full_matrices=False)
    return u, s, vh


def unpivoted_lu(a: Any) -> tuple[Any, Any]:
    """`a = l @ u` with a unit lower and an upper triangular matrix, by elimination without exchanging rows."""
    u = np.array(real_matrix(a))
    n = u.shape[-1]
    lower = np.zeros_like(u) + np.eye(n, dtype=u.dtype)
    for k in range(n - 1):
        pivots = u[..., k, k, None]
        factors = u[..., k + 1 :, k] / np.where(pivots == 0, 1, pivots)
        lower[..., k + 1 :, k] = factors
        u[..., k + 1 :, :] -= factors[..., None] * u[..., k, None, :]
    return lower, np.triu(u)
