"""Products of vectors, matrices and batches of them, contractions, distances between points."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from runtime import quick
from runtime.kernels import by_letters, still
from runtime.operations import arithmetic, reductions
from runtime.operations.calling import as_input, call, floating, refuse, smooth
from runtime.operations.shape import reshape, transpose, unsqueeze
from runtime.operations.titles import named
from runtime.promotion import cast, element_type, promoted
from runtime.tensor import Tensor
from runtime.variable import Variable


def _same_type(*tensors: Any) -> None:
    kinds = [element_type(x) for x in tensors]
    if any(kind != kinds[0] for kind in kinds):
        refuse(f"expected m1 and m2 to have the same dtype, but got: {' != '.join(map(str, kinds))}")


@quick.matrix_product(Tensor)
def matmul(input: Any, other: Any) -> Any:
    """Matrix product; of vectors, inner products; of more axes, over batches that broadcast."""
    x, y = as_input(input), as_input(other)
    _same_type(x, y)
    return call(np.matmul, x, y)


def _ranks(name: str, *wanted: tuple[Any, int]) -> None:
    for x, rank in wanted:
        if x._data.ndim != rank:
            refuse(f"{name} expects a {rank}D tensor, but got {x._data.ndim}D")


def mm(input: Any, mat2: Any) -> Any:
    """Product of two matrices."""
    _ranks("mm", (input, 2), (mat2, 2))
    return matmul(input, mat2)


def bmm(input: Any, mat2: Any) -> Any:
    """Products of two batches of matrices."""
    _ranks("bmm", (input, 3), (mat2, 3))
    return matmul(input, mat2)


def mv(input: Any, vec: Any) -> Any:
    """Product of a matrix and a vector."""
    _ranks("mv", (input, 2), (vec, 1))
    return matmul(input, vec)


def dot(input: Any, tensor: Any) -> Any:
    """Inner product of two vectors."""
    _ranks("dot", (input, 1), (as_input(tensor), 1))
    return call(np.dot, input, as_input(tensor))


def vdot(input: Any, other: Any) -> Any:
    """Inner product of two vectors, the first conjugated."""
    return call(np.vdot, input, other)


def inner(input: Any, other: Any) -> Any:
    """Inner products over the last axes."""
    if input._data.ndim == 0 or other._data.ndim == 0:
        return arithmetic.mul(input, other)
    return call(np.inner, input, other)


def outer(input: Any, vec2: Any) -> Any:
    """All products of an element of one vector and one of the other."""
    x, y = promoted(input, vec2)
    return call(np.multiply, unsqueeze(x, -1), y)


@named("AddmmBackward0")
def addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * (mat1 @ mat2)`."""
    return _plus(input, mm(mat1, mat2), beta, alpha)


@named("AddmvBackward0")
def addmv(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * (mat @ vec)`."""
    return _plus(input, mv(mat, vec), beta, alpha)


@named("AddrBackward0")
def addr(input: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * outer(vec1, vec2)`."""
    found = _plus(input, outer(vec1, vec2), beta, alpha)
    kinds = {element_type(as_input(x)).kind for x in (input, vec1, vec2)}
    return cast(found, np.dtype(bool)) if kinds == {"b"} else found


@named("BaddbmmBackward0")
def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * (batch1 @ batch2)`, batch by batch."""
    return _plus(input, bmm(batch1, batch2), beta, alpha)


@named("AddbmmBackward0")
def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * sum(batch1 @ batch2)`, the sum over the batch."""
    return _plus(input, call(np.sum, bmm(batch1, batch2), axis=0), beta, alpha)


def _plus(input: Any, product: Any, beta: Any, alpha: Any) -> Any:
    if element_type(product).kind in "iu":
        beta, alpha = int(beta), int(alpha)
    scaled = product if alpha == 1 else arithmetic.mul(product, alpha)
    if beta == 0:
        # PyTorch ignores the input then, also where it is NaN.
        return scaled
    return arithmetic.add(input if beta == 1 else arithmetic.mul(input, beta), scaled)


# Up to so many elements one loop over all of them is sooner done than a plan.
_FEW = 4096


def einsum(equation: Any, *operands: Any) -> Any:
    """Sum of products of elements, with one letter an axis: "bij,bjk->bik" is `bmm`.

    Instead of the equation, each operand may be followed by the list of the numbers of its axes.
    """
    if not isinstance(equation, str):
        spelled = by_letters((equation, *operands))
        equation, operands = spelled[0], spelled[1:]
    parts = operands[0] if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else operands
    tensors = promoted(*[as_input(x) for x in parts])
    left, arrow, right = equation.partition("->")
    if arrow and "..." in left and "..." not in right:
        # Axes behind the dots that the result does not have are summed, which NumPy refuses.
        whole = einsum(f"{left}->...{right}", *tensors)
        extra = whole._data.ndim - len(right.strip())
        return call(np.sum, whole, axis=tuple(range(extra))) if extra else whole
    if len(tensors) > 2 or sum(x._data.size for x in tensors) > _FEW:
        # By products of matrices where it can be.
        return call(np.einsum, equation, *tensors, optimize=True)
    return call(np.einsum, equation, *tensors)


def tensordot(a: Any, b: Any, dims: Any = 2) -> Any:
    """Sum of products over pairs of axes: the last `dims` of one with the first of the other, or as listed."""
    axes: Any = dims if isinstance(dims, int) else tuple(tuple(side) for side in dims)
    if not isinstance(axes, int):
        # An axis of one element is stretched to its partner, as PyTorch does: the partner is summed.
        for j, k in zip(*axes):
            n, m = a._data.shape[j], b._data.shape[k]
            if n == 1 != m:
                b = call(np.sum, b, axis=k, keepdims=True)
            elif m == 1 != n:
                a = call(np.sum, a, axis=j, keepdims=True)
    return call(np.tensordot, a, b, axes)


def kron(input: Any, other: Any) -> Any:
    """Kronecker product."""
    x, y = promoted(input, other)
    return call(np.kron, x, y)


@named("LinalgCrossBackward0")
def cross(input: Any, other: Any, dim: int | None = None) -> Any:
    """Vector products along an axis of length 3, the first one if none is given."""
    x, y = promoted(input, other)
    shape = np.broadcast_shapes(x._data.shape, y._data.shape)
    axis = shape.index(3) if dim is None else dim
    turned = [call(np.moveaxis, call(np.broadcast_to, v, shape), axis, -1) for v in (x, y)]
    return call(np.moveaxis, call(np.cross, *turned), -1, axis)


def trace(input: Any) -> Any:
    """Sum of the diagonal of a matrix."""
    _ranks("trace", (input, 2))
    return call(np.trace, cast(input, np.dtype(np.int64)) if element_type(input).kind in "biu" else input)


def chain_matmul(*matrices: Any) -> Any:
    """Product of several matrices, bracketed so that it costs least."""
    return multi_dot(matrices[0] if len(matrices) == 1 else matrices)


def multi_dot(tensors: Any) -> Any:
    """Product of several matrices, the outer two perhaps vectors, bracketed so that it costs least.

    Method: dynamic programming over the first and last factor (Cormen et al., Introduction to Algorithms, 15.2).
    """
    factors = list(tensors)
    if len(factors) < 2:
        refuse("multi_dot(): expected at least 2 tensors")
    first_vector, last_vector = factors[0]._data.ndim == 1, factors[-1]._data.ndim == 1
    if first_vector:
        factors[0] = reshape(factors[0], 1, -1)
    if last_vector:
        factors[-1] = reshape(factors[-1], -1, 1)
    sizes = [x._data.shape[0] for x in factors] + [factors[-1]._data.shape[1]]

    @functools.cache
    def best(i: int, j: int) -> tuple[int, int]:
        """Cost of the product of factors i to j and where it is divided."""
        if i == j:
            return 0, i
        return min((best(i, k)[0] + best(k + 1, j)[0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j))

    def product(i: int, j: int) -> Any:
        if i == j:
            return factors[i]
        k = best(i, j)[1]
        return matmul(product(i, k), product(k + 1, j))

    found = product(0, len(factors) - 1)
    shape = found._data.shape[1 if first_vector else 0 : 1 if last_vector else 2]
    return reshape(found, *shape) if shape else reshape(found, ())


def matrix_power(input: Any, n: int) -> Any:
    """A square matrix to an integer power, by squaring; below 0, a power of its inverse."""
    if n < 0:
        return matrix_power(call(np.linalg.inv, input), -n)
    size = input._data.shape[-1]
    if n == 0:
        eye = np.broadcast_to(np.eye(size, dtype=element_type(input)), input._data.shape)
        return call(still, eye.copy(), input)
    half = matrix_power(input, n // 2) if n > 1 else None
    if half is None:
        return call(np.copy, input)
    square = matmul(half, half)
    return matmul(square, input) if n % 2 else square


@named("CdistBackward0")
def cdist(x1: Any, x2: Any, p: float = 2.0, compute_mode: Any = None) -> Any:
    """Distances in the p-norm between all rows of two matrices, or of batches of them; slope 0 between equal rows."""
    between = arithmetic.sub(unsqueeze(x1, -2), unsqueeze(x2, -3))
    return reductions.vector_norm(between, p, -1)


@named("PdistBackward0")
def pdist(input: Any, p: float = 2.0) -> Any:
    """Distances in the p-norm between all pairs of different rows of a matrix."""
    rows, columns = np.triu_indices(input._data.shape[0], 1)
    between = arithmetic.sub(call(np.take, input, rows, 0), call(np.take, input, columns, 0))
    return reductions.vector_norm(between, p, -1)


@named("NormBackward1")
def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """Distances between corresponding rows in the p-norm, with `eps` added to every difference."""
    return reductions.vector_norm(arithmetic.add(arithmetic.sub(x1, x2), eps), p, -1, keepdim)


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """Cosines of the angles between vectors along an axis; lengths below `eps` count as `eps`."""
    x, y = promoted(x1, x2)
    shape = np.broadcast_shapes(x._data.shape, y._data.shape)
    x, y = (call(np.broadcast_to, v, shape) for v in (x, y))
    lengths = [reductions.vector_norm(v, 2, dim, keepdim=True) for v in (x, y)]
    units = [arithmetic.div(v, call(np.where, n._data < eps, eps, n)) for v, n in zip((x, y), lengths, strict=True)]
    return call(np.sum, arithmetic.mul(*units), axis=dim)


def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """Covariances of the rows of a matrix, whose columns count as often as `fweights` and as much as `aweights` say."""
    x = call(np.atleast_2d, input if element_type(input).kind in "fc" else floating(input))
    count = x._data.shape[1]
    weights: Any = None
    for given in (fweights, aweights):
        if given is not None:
            factor = cast(given, element_type(x)) if element_type(given).kind in "biu" else given
            weights = factor if weights is None else arithmetic.mul(weights, factor)
    if weights is None:
        centred = arithmetic.sub(x, call(np.mean, x, axis=1, keepdims=True))
        weighted, freedom = centred, count - correction
    else:
        total = call(np.sum, weights)
        mean = arithmetic.div(call(np.sum, arithmetic.mul(x, weights), axis=1, keepdims=True), total)
        centred = arithmetic.sub(x, mean)
        weighted = arithmetic.mul(centred, weights)
        spent: Any = correction
        if aweights is not None and correction:
            spent = arithmetic.mul(arithmetic.div(call(np.sum, arithmetic.mul(weights, aweights)), total), correction)
        freedom = arithmetic.sub(total, spent)
    other = call(np.conjugate, centred) if element_type(x).kind == "c" else centred
    product = matmul(weighted, transpose(other, 0, 1))
    divisor = freedom if isinstance(freedom, Variable) else np.maximum(freedom, 0)
    found = arithmetic.div(product, divisor)
    return reshape(found, ()) if found._data.size == 1 else found


def corrcoef(input: Any) -> Any:
    """Correlation coefficients of the rows of a matrix."""
    c = cov(input)
    if c._data.ndim == 0:
        return arithmetic.div(c, c)
    deviation = smooth(np.sqrt, call(np.diagonal, c))
    return arithmetic.div(arithmetic.div(c, unsqueeze(deviation, 1)), deviation)


ger = outer
