"""Determinants, inverses, linear equations, and norms of matrices. Matrices stand in the last two axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import SingularMatrix
from runtime.kernels import mirrored
from runtime.operations import arithmetic, functions, products, reductions, results
from runtime.operations.calling import as_input, axis_of, call, constant, refuse
from runtime.operations.shape import reshape, transpose
from runtime.operations.titles import named
from runtime.promotion import element_type
from runtime.tensor import Tensor

LinAlgError = SingularMatrix


def det(A: Any) -> Any:
    """Determinant; its derivative holds for singular matrices too."""
    return call(np.linalg.det, A)


def slogdet(A: Any) -> Any:
    """Sign and logarithm of the size of the determinant."""
    return results.linalg_slogdet(*call(np.linalg.slogdet, A))


def plain_slogdet(input: Any) -> Any:
    """`torch.slogdet`: `linalg.slogdet` under its older name."""
    return results.slogdet(*slogdet(input))


def logdet(input: Any) -> Any:
    """Logarithm of the determinant: NaN where it is below 0."""
    sign, size = call(np.linalg.slogdet, input)
    return call(np.where, sign._data < 0, np.nan, size)


def inv(A: Any) -> Any:
    """Inverse. Raises LinAlgError for a singular matrix."""
    return call(np.linalg.inv, A)


def each_matrix(function: Any, A: Any, fault: Any, check_errors: bool) -> tuple[Any, Any]:
    """`function(A)`, with NaN for the matrices that it fails for, and what `fault` says of each matrix: 0 for success.

    Raises LinAlgError for a failure where `check_errors` asks for it.
    """
    shape = A._data.shape
    try:
        return function(A), Tensor.wrap(np.zeros(shape[:-2], np.int32))
    except LinAlgError:
        if check_errors:
            raise
    faults = [fault(matrix) for matrix in A._data.reshape(-1, *shape[-2:])]
    info = np.array(faults, np.int32).reshape(shape[:-2])
    failed = (info != 0)[..., None, None]
    found = function(call(np.where, failed, np.eye(shape[-1], dtype=A._data.dtype), A))
    wide = failed if found._data.ndim == len(shape) else failed[..., 0]
    return call(np.where, wide, np.nan, found), Tensor.wrap(info)


def _zero_pivot(matrix: np.ndarray) -> int:
    """1 for a matrix that cannot be inverted, else 0."""
    try:
        np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return 1
    return 0


def inv_ex(A: Any, *, check_errors: bool = False) -> Any:
    """Inverse and 0; NaN and 1 for a singular matrix."""
    return results.linalg_inv_ex(*each_matrix(inv, A, _zero_pivot, check_errors))


def solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False) -> Any:
    """As `solve`, and 0; NaN and 1 for a singular matrix."""
    solved = each_matrix(lambda part: solve(part, B, left=left), A, _zero_pivot, check_errors)
    return results.linalg_solve_ex(*solved)


def triangular_solve(b: Any, A: Any, upper: bool = True, transpose: bool = False, unitriangular: bool = False) -> Any:
    """`torch.triangular_solve`: `linalg.solve_triangular` with the right-hand side first, and a copy of `A`."""
    matrix = call(np.swapaxes, A, -1, -2) if transpose else A
    found = solve_triangular(matrix, b, upper=upper != transpose, unitriangular=unitriangular)
    return results.triangular_solve(found, call(np.copy, A))


def solve(A: Any, B: Any, *, left: bool = True) -> Any:
    """`X` with `A @ X == B`, or `X @ A == B` if not `left`. `B` is a vector if it has one axis less than `A`."""
    if not left:
        return transpose(solve(transpose(A, -2, -1), transpose(B, -2, -1)), -2, -1)
    if B._data.ndim > 1 and B._data.shape == A._data.shape[:-1]:
        # A batch of vectors, which NumPy would take for one matrix.
        return call(np.squeeze, call(np.linalg.solve, A, call(np.expand_dims, B, -1)), -1)
    return call(np.linalg.solve, A, B)


@named("LinalgSolveTriangularBackward0")
def solve_triangular(A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Any:
    """As `solve`, for a triangular matrix, of which nothing else is read."""
    part = call(np.triu if upper else np.tril, A, 0)
    if unitriangular:
        eye = np.eye(A._data.shape[-1], dtype=element_type(A))
        part = call(np.add, call(np.triu if upper else np.tril, A, 1 if upper else -1), eye)
    return solve(part, B, left=left)


@named("CholeskySolveBackward0")
def cholesky_solve(B: Any, L: Any, upper: bool = False) -> Any:
    """`X` with `A @ X == B`, where `L` is the Cholesky factor of `A`."""
    low = transpose(L, -2, -1) if upper else L
    half = solve_triangular(low, B, upper=False)
    return solve_triangular(transpose(low, -2, -1), half, upper=True)


@named("CholeskyInverseBackward0")
def cholesky_inverse(L: Any, upper: bool = False) -> Any:
    """The inverse of a matrix from its Cholesky factor."""
    eye = np.broadcast_to(np.eye(L._data.shape[-1], dtype=element_type(L)), L._data.shape)
    return cholesky_solve(Tensor.wrap(eye.copy()), L, upper)


def pinv(A: Any, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Any:
    """Pseudoinverse; singular values below the larger of `atol` and `rtol` times the largest count as 0."""
    if atol is None and rtol is None and not hermitian:
        return call(np.linalg.pinv, A)
    sizes = np.linalg.svd(A._data, compute_uv=False)
    x = call(mirrored, A) if hermitian else A
    cut = _cut(A._data, sizes, atol, rtol) / np.maximum(sizes.max(-1, initial=0.0), np.finfo(sizes.dtype).tiny)
    return call(np.linalg.pinv, x, rcond=cut)


@named("LinalgLstsqBackward0")
def lstsq(A: Any, B: Any, rcond: Any = None, *, driver: Any = None) -> Any:
    """The `X` that makes `A @ X` closest to `B`, computed by the pseudoinverse whatever the driver.

    As in PyTorch, rank, residuals and singular values are given where the driver named would find them.
    """
    one = B._data.ndim == A._data.ndim - 1
    right = call(np.expand_dims, B, -1) if one else B
    solution = products.matmul(call(np.linalg.pinv, A), right)
    rows, columns = A._data.shape[-2:]
    rank = np.asarray(np.linalg.matrix_rank(A._data))
    residuals = Tensor.wrap(np.zeros(0, element_type(A)))
    if driver in ("gels", "gelsd", "gelss") and rows > columns and np.all(rank == columns):
        rest = arithmetic.sub(products.matmul(A, solution), right)
        residuals = call(np.sum, call(np.square, rest), axis=-2)
    sizes = np.linalg.svd(A._data, compute_uv=False) if driver in ("gelsd", "gelss") else np.zeros(0, element_type(A))
    singular = Tensor.wrap(sizes)
    found = call(np.squeeze, solution, -1) if one else solution
    shown = Tensor.wrap(np.zeros(0, np.int64) if driver == "gels" else rank)
    return results.linalg_lstsq(found, residuals, shown, singular)


def matrix_rank(A: Any, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Any:
    """How many singular values are above the tolerance."""
    sizes = np.linalg.svd(A._data, compute_uv=False)
    return Tensor.wrap(np.asarray(np.sum(sizes > _cut(A._data, sizes, atol, rtol)[..., None], axis=-1)))


def _cut(data: np.ndarray, sizes: np.ndarray, atol: Any, rtol: Any) -> Any:
    """The size that a singular value must exceed to count."""
    absolute, relative = constant(0.0 if atol is None else atol), rtol
    if rtol is None:
        relative = np.where(absolute > 0, 0.0, np.finfo(sizes.dtype).eps * max(data.shape[-2:]))
    return np.maximum(constant(relative) * sizes.max(-1, initial=0.0), absolute)


def matrix_norm(A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Norm of matrices: "fro", "nuc", or of order 1, -1, 2, -2, inf, -inf."""
    x = as_input(A) if dtype is None else call(np.astype, A, dtype.dtype)
    if ord == "fro":
        return reductions.vector_norm(x, 2, tuple(dim), keepdim)
    rank = x._data.ndim
    rows, columns = (axis_of(k, rank) for k in dim)
    if not x._data.size and ord in ("nuc", 1, 2, math.inf):
        # As PyTorch has it, the largest of no numbers is 0 here.
        found = call(np.sum, functions.abs(x), axis=(rows, columns))
    elif ord in ("nuc", 2, -2):
        s = call(np.linalg.svdvals, call(np.moveaxis, x, (rows, columns), (-2, -1)))
        reduction: Any = {"nuc": np.sum, 2: np.max, -2: np.min}[ord]
        found = call(reduction, s, axis=-1)
    elif ord in (1, -1, math.inf, -math.inf):
        along = rows if abs(ord) == 1 else columns
        sums = call(np.sum, functions.abs(x), axis=along, keepdims=True)
        found = call(np.max if ord > 0 else np.min, sums, axis=(rows, columns))
    else:
        refuse(f"linalg.matrix_norm: Order {ord} not supported.")
    return _keep(found, x, rows, columns) if keepdim else found


def _keep(found: Any, x: Any, rows: int, columns: int) -> Any:
    return reshape(found, tuple([1 if k in (rows, columns) else n for k, n in enumerate(x._data.shape)]))


@reductions.reduction
def plain_norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """`torch.norm`: the p-norm of the elements, flattened or along `dim`, or "nuc", the nuclear norm of matrices."""
    if p == "nuc":
        return matrix_norm(input, p, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return reductions.vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim, dtype=dtype)


def nuclear_norm(input: Any, dim: Any = (-2, -1), keepdim: bool = False) -> Any:
    """The sum of the singular values of matrices."""
    return matrix_norm(input, "nuc", dim, keepdim)


def frobenius_norm(input: Any, dim: Any = (-2, -1), keepdim: bool = False) -> Any:
    """The root of the sum of the squares of matrices."""
    return reductions.vector_norm(input, 2, dim, keepdim)


@reductions.reduction
def norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """`matrix_norm` where there are two axes to go over and an order is given, else `vector_norm`."""
    if isinstance(ord, str) or ord is not None and (_count(dim) == 2 or dim is None and A._data.ndim == 2):
        return matrix_norm(A, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return reductions.vector_norm(A, 2 if ord is None else ord, dim, keepdim, dtype=dtype)


def _count(dim: Any) -> int:
    return len(dim) if isinstance(dim, (tuple, list)) else int(dim is not None)


def cond(A: Any, p: Any = None) -> Any:
    """Condition number: the norm of a matrix times that of its inverse; of singular values if no norm is named."""
    if p in (None, 2, -2):
        s = call(np.linalg.svdvals, A)
        high, low = call(np.max, s, axis=-1), call(np.min, s, axis=-1)
        return arithmetic.div(low, high) if p == -2 else arithmetic.div(high, low)
    return arithmetic.mul(matrix_norm(A, p), matrix_norm(inv(A), p))


def cross(input: Any, other: Any, *, dim: int = -1) -> Any:
    """Vector products along an axis of length 3."""
    return products.cross(input, other, dim)


def vecdot(x: Any, y: Any, *, dim: int = -1) -> Any:
    """Inner products along an axis, the first vectors conjugated."""
    left = call(np.conjugate, x) if element_type(x).kind == "c" else x
    return call(np.sum, arithmetic.mul(left, y), axis=dim)


def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """The elements on a diagonal of the planes of two axes, as a last axis."""
    return call(np.diagonal, A, offset, dim1, dim2)


def vander(x: Any, *, N: int | None = None) -> Any:
    """Powers 0, 1, 2 and so on of a vector's elements as columns."""
    x = call(np.atleast_1d, x)
    count = x._data.shape[-1] if N is None else N
    return call(np.power, call(np.expand_dims, x, -1), np.arange(count).astype(element_type(x)))


def tensorinv(A: Any, ind: int = 2) -> Any:
    """The inverse of `tensordot` with `A` over its last axes; the first `ind` axes are its result's."""
    shape = A._data.shape
    flat = reshape(A, math.prod(shape[:ind]), -1)
    return reshape(inv(flat), shape[ind:] + shape[:ind])


def tensorsolve(A: Any, B: Any, dims: Any = None) -> Any:
    """`X` with `tensordot(A, X, X.ndim) == B`; `dims` are axes of `A` that are moved to its end first."""
    moved = A if dims is None else call(np.moveaxis, A, tuple(dims), tuple(range(-len(dims), 0)))
    rank = B._data.ndim
    shape = moved._data.shape[rank:]
    flat = reshape(moved, B._data.size, math.prod(shape))
    return reshape(solve(flat, reshape(B, -1)), shape)


@named("LinalgMatrixExpBackward0")
def matrix_exp(A: Any) -> Any:
    """The exponential of a matrix.

    Method: scaling and squaring of the Padé approximation of degree 13 (N. J. Higham, 2005), each step differentiable.
    """
    x = as_input(A)
    size = float(np.max(np.sum(np.abs(x._data), axis=-2), initial=0.0))
    steps = max(0, math.ceil(math.log2(size / 5.37))) if size > 5.37 else 0
    x = arithmetic.mul(x, 0.5**steps)
    # c[k] = (26 - k)! 13! / (26! k! (13 - k)!)
    c = [1.0]
    for k in range(1, 14):
        c.append(c[-1] * (14 - k) / (k * (27 - k)))
    eye = Tensor.wrap(np.broadcast_to(np.eye(x._data.shape[-1], dtype=element_type(x)), x._data.shape))
    square = products.matmul(x, x)
    powers = [eye, square]
    for _ in range(5):
        powers.append(products.matmul(powers[-1], square))
    even, odd = arithmetic.mul(powers[0], c[0]), arithmetic.mul(powers[0], c[1])
    for k, power in enumerate(powers[1:], start=1):
        even = arithmetic.add(even, power, alpha=c[2 * k])
        odd = arithmetic.add(odd, power, alpha=c[2 * k + 1])
    odd = products.matmul(x, odd)
    found = solve(arithmetic.sub(even, odd), arithmetic.add(even, odd))
    for _ in range(steps):
        found = products.matmul(found, found)
    return found


inverse, pinverse = inv, pinv
