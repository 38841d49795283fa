"""Factorisations of matrices: Cholesky, QR, singular values, eigenvalues, LU. Matrices stand in the last two axes.

PyTorch's gradients of functions of symmetric matrices are symmetric: a matrix that is symmetric to rounding is taken
as the mean of itself and its transpose. Of another one only the triangle is read that NumPy reads, and only there the
gradient is not 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import SourceADError
from runtime.kernels import thin_svd, unpivoted_lu
from runtime.kernels.pivots import exchanges, order_after, row_order
from runtime.operation import tracked
from runtime.operations import arithmetic, products, results
from runtime.operations.calling import call
from runtime.operations.matrices import each_matrix, solve_triangular
from runtime.operations.shape import transpose
from runtime.operations.titles import named
from runtime.promotion import cast
from runtime.tensor import Tensor


def _turned(A: Any) -> Any:
    return transpose(A, -2, -1)


def _symmetric(A: Any, upper: bool) -> Any:
    """The matrix whose lower triangle is to be read."""
    data = A._data
    # Products such as B @ B.mT are symmetric to rounding only.
    rounding = float(np.sqrt(np.finfo(data.dtype).eps) * np.max(np.abs(data), initial=0.0))
    if tracked(A) and np.allclose(data, np.swapaxes(data, -1, -2), 0.0, rounding):
        return arithmetic.mul(arithmetic.add(A, _turned(A)), 0.5)
    return _turned(A) if upper else A


def cholesky(A: Any, upper: bool = False) -> Any:
    """The lower triangular `L` with `L @ L.mT == A`, or its transpose. Raises LinAlgError if there is none."""
    found = call(np.linalg.cholesky, _symmetric(A, upper))
    return _turned(found) if upper else found


def cholesky_ex(A: Any, *, upper: bool = False, check_errors: bool = False) -> Any:
    """The Cholesky factor and 0; where there is none NaN, and the order of the minor that is not positive definite."""
    return results.linalg_cholesky_ex(*each_matrix(lambda part: cholesky(part, upper), A, _first_minor, check_errors))


def _first_minor(matrix: np.ndarray) -> int:
    """The order of the first leading minor that is not positive definite; 0 where all are."""
    for order in range(1, len(matrix) + 1):
        try:
            np.linalg.cholesky(matrix[:order, :order])
        except np.linalg.LinAlgError:
            return order
    return 0


def qr(A: Any, mode: str = "reduced") -> Any:
    """Orthonormal columns and an upper triangular matrix, whose product is `A`; mode "r" leaves the first out.

    Raises SourceADError where a derivative is wanted of mode "complete" and there are more rows than columns.
    """
    rows, columns = A._data.shape[-2:]
    if mode == "complete" and rows > columns:
        if tracked(A):
            raise SourceADError(
                "the columns that complete Q are not determined by the matrix, and have no derivative",
                'Use mode="reduced".',
            )
        return results.linalg_qr(*call(np.linalg.qr, A, "complete"))
    if rows >= columns:
        q, r = call(np.linalg.qr, A)
    else:
        # The first square block determines Q.
        q, first = call(np.linalg.qr, A[..., :rows])
        r = call(np.concatenate, [first, products.matmul(_turned(q), A[..., rows:])], -1)
    return results.linalg_qr(Tensor.wrap(np.zeros(0, A._data.dtype)) if mode == "r" else q, r)


def plain_qr(input: Any, some: bool = True) -> Any:
    """`torch.qr`: `linalg.qr` under its older name, complete where not `some`."""
    return results.qr(*qr(input, "reduced" if some else "complete"))


def svd(A: Any, full_matrices: bool = True) -> Any:
    """`U`, `S` and `Vh` with `U @ diag(S) @ Vh == A`.

    Raises SourceADError where a derivative is wanted of full matrices and `A` is not square.
    """
    if full_matrices and A._data.shape[-2] != A._data.shape[-1]:
        if tracked(A) and A._data.size:
            raise SourceADError(
                "the singular vectors that complete U or Vh are not determined by the matrix, and have no derivative",
                "Pass full_matrices=False, or use linalg.svdvals for the values alone.",
            )
        return results.linalg_svd(*(Tensor.wrap(part) for part in np.linalg.svd(A._data)))
    if not tracked(A):
        return results.linalg_svd(*(Tensor.wrap(part) for part in np.linalg.svd(A._data, full_matrices=False)))
    return results.linalg_svd(*call(thin_svd, A))


def svdvals(A: Any) -> Any:
    """Singular values, the largest first."""
    return call(np.linalg.svdvals, A)


def eigh(A: Any, UPLO: str = "L") -> Any:
    """Eigenvalues of a symmetric matrix, rising, and eigenvectors as columns."""
    return results.linalg_eigh(*call(np.linalg.eigh, _symmetric(A, UPLO == "U")))


def eigvalsh(A: Any, UPLO: str = "L") -> Any:
    """Eigenvalues of a symmetric matrix, rising."""
    return call(np.linalg.eigvalsh, _symmetric(A, UPLO == "U"))


def eig(A: Any) -> Any:
    """Eigenvalues and eigenvectors of length 1 as columns, both complex.

    Raises SourceADError in the walk backward where eigenvalues are equal, or where the phase of eigenvectors counts.
    """
    return results.linalg_eig(*call(np.linalg.eig, cast(A, np.result_type(A._data.dtype, np.complex64))))


def eigvals(A: Any) -> Any:
    """Eigenvalues, complex."""
    return eig(A).eigenvalues


def lu(A: Any, *, pivot: bool = True) -> Any:
    """`P`, `L` and `U` with `P @ L @ U == A`, with rows exchanged for the largest pivots."""
    rows, columns = A._data.shape[-2:]
    n = min(rows, columns)
    order = row_order(A._data) if pivot else np.broadcast_to(np.arange(rows), A._data.shape[:-1])
    sorted_rows = call(np.take_along_axis, A, order[..., None], -2)
    # The first square block determines the rest.
    square = sorted_rows[..., :n, :n]
    lower, upper = call(unpivoted_lu, square)
    if columns > n:
        right = solve_triangular(lower, sorted_rows[..., n:], upper=False, unitriangular=True)
        upper = call(np.concatenate, [upper, right], -1)
    elif rows > n:
        below = solve_triangular(upper, sorted_rows[..., n:, :], upper=True, left=False)
        lower = call(np.concatenate, [lower, below], -2)
    permutation = np.swapaxes(np.eye(rows, dtype=A._data.dtype)[order], -1, -2)
    return results.linalg_lu(Tensor.wrap(permutation), lower, upper)


@named("LinalgLuFactorExBackward0")
def lu_factor(A: Any, *, pivot: bool = True) -> Any:
    """Both triangular factors in one matrix, and the row exchanged in each step, counted from 1."""
    found = lu(A, pivot=pivot)
    rows_count, columns = A._data.shape[-2:]
    n = min(rows_count, columns)
    beside = [(0, 0)] * (A._data.ndim - 2)
    lower = call(np.pad, call(np.tril, found.L, -1), [*beside, (0, 0), (0, columns - n)])
    joined = call(np.add, lower, call(np.pad, found.U, [*beside, (0, rows_count - n), (0, 0)]))
    order = np.argmax(np.swapaxes(found.P._data, -1, -2), axis=-1)
    return results.linalg_lu_factor(joined, Tensor.wrap(exchanges(order, n) + 1))


@named("LinalgLuFactorExBackward0")
def lu_factor_ex(A: Any, *, pivot: bool = True, check_errors: bool = False) -> Any:
    """As `lu_factor`, and 0."""
    factors, pivots = lu_factor(A, pivot=pivot)
    return results.linalg_lu_factor_ex(factors, pivots, Tensor.wrap(np.zeros(A._data.shape[:-2], np.int32)))


def lu_unpack(LU_data: Any, LU_pivots: Any, unpack_data: bool = True, unpack_pivots: bool = True) -> Any:
    """`P`, `L` and `U` of the result of `lu_factor`; empty Tensors for what is not wanted."""
    rows_count, columns = LU_data._data.shape[-2:]
    n = min(rows_count, columns)
    nothing = Tensor.wrap(np.zeros(0, LU_data._data.dtype))
    lower = upper = permutation = nothing
    if unpack_data:
        eye = np.eye(rows_count, n, dtype=LU_data._data.dtype)
        lower = call(np.add, call(np.tril, LU_data[..., :n], -1), eye)
        upper = call(np.triu, LU_data[..., :n, :])
    if unpack_pivots:
        order = order_after(LU_pivots._data - 1, rows_count)
        permutation = Tensor.wrap(np.swapaxes(np.eye(rows_count, dtype=LU_data._data.dtype)[order], -1, -2))
    return results.lu_unpack(permutation, lower, upper)


@named("LinalgLuSolveBackward0")
def lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Any:
    """`X` with `A @ X == B`, or `X @ A == B` if not `left`, from the result of `lu_factor`; `A.mT` if `adjoint`."""
    if adjoint:
        return _turned(lu_solve(LU, pivots, _turned(B), left=not left))
    rows = order_after(pivots._data - 1, LU._data.shape[-1])
    if not left:
        # X A = B is A^T X^T = B^T, and A^T = U^T L^T P^T.
        half = solve_triangular(_turned(LU), _turned(B), upper=False)
        whole = solve_triangular(_turned(LU), half, upper=True, unitriangular=True)
        return _turned(call(np.take_along_axis, whole, np.argsort(rows, -1)[..., None], -2))
    half = solve_triangular(LU, call(np.take_along_axis, B, rows[..., None], -2), upper=False, unitriangular=True)
    return solve_triangular(LU, half, upper=True)


def solve_from_lu(b: Any, LU_data: Any, LU_pivots: Any) -> Any:
    """`torch.lu_solve`: `linalg.lu_solve` with the right-hand side first."""
    return lu_solve(LU_data, LU_pivots, b)


def some_svd(input: Any, some: bool = True, compute_uv: bool = True) -> Any:
    """`torch.svd`: `U`, `S` and `V` (not `Vh`), as many singular vectors as the shorter side has if `some`."""
    if not compute_uv:
        rows, columns = input._data.shape[-2:]
        blank = [Tensor.wrap(np.zeros((*input._data.shape[:-2], n, n), input._data.dtype)) for n in (rows, columns)]
        return results.svd(blank[0], svdvals(input), blank[1])
    u, s, vh = svd(input, full_matrices=not some)
    return results.svd(u, s, _turned(vh))
