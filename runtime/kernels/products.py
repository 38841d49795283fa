"""Cotangents of the factors of a product.

`..._left(g, x, y)` is the cotangent of the left factor `x`, `..._right(g, x, y)` that of the right factor `y`, where
`g` has the shape of the product; those of `matmul` take a `g` of any shape that the product broadcasts to, and sum it
up. The factor in question is read for its shape and dtype only. Each product is bilinear, so `<g, x y>` is linear in
all three, and every kernel here is the transpose of another one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import SourceADError
from runtime.kernels.cotangent import unbroadcast

_ndarray = np.ndarray


def matmul_left(g: Any, x: Any, y: Any) -> Any:
    """Cotangent of `x` in `np.matmul(x, y)`, for every combination of ranks that `matmul` takes."""
    if type(g) is type(x) is type(y) is _ndarray and y.ndim == 2:
        # Where this has the shape of `x`, `g` has that of the product.
        try:
            # On matrices `dot` is the same product, and begins sooner.
            bar = g.dot(y.T) if g.ndim == 2 else g @ y.T
            if bar.shape == x.shape and bar.dtype is x.dtype:
                return bar
        except ValueError:  # a wider `g`
            pass
    g = _of_product(g, x, y)
    ranks = np.ndim(x), np.ndim(y)
    # As operators: a constant factor may be a sparse matrix of SciPy's, which NumPy's functions do not take.
    if ranks == (2, 2):
        return _in_dtype(g @ np.transpose(y), x)
    if ranks == (2, 1):
        return _in_dtype(np.outer(g, y), x)
    if ranks == (1, 2):
        return _in_dtype(y @ g, x)
    if ranks == (1, 1):
        return _in_dtype(np.multiply(g, y), x)
    columns = np.expand_dims(y, -1) if ranks[1] == 1 else np.asarray(y)
    rows = np.matmul(_as_matrices(g, ranks), np.swapaxes(columns, -1, -2))
    return unbroadcast(rows[..., 0, :] if ranks[0] == 1 else rows, x)


def matmul_right(g: Any, x: Any, y: Any) -> Any:
    """Cotangent of `y` in `np.matmul(x, y)`, for every combination of ranks that `matmul` takes."""
    if type(g) is type(x) is type(y) is _ndarray and x.ndim == 2:
        try:
            bar = x.T.dot(g) if g.ndim == 2 else x.T @ g
            if bar.shape == y.shape and bar.dtype is y.dtype:
                return bar
        except ValueError:
            pass
    g = _of_product(g, x, y)
    ranks = np.ndim(x), np.ndim(y)
    if ranks == (2, 2) or ranks == (2, 1):
        return _in_dtype(np.transpose(x) @ g, y)
    if ranks == (1, 2):
        return _in_dtype(np.outer(x, g), y)
    if ranks == (1, 1):
        return _in_dtype(np.multiply(g, x), y)
    rows = np.expand_dims(x, 0) if ranks[0] == 1 else np.asarray(x)
    columns = np.matmul(np.swapaxes(rows, -1, -2), _as_matrices(g, ranks))
    return unbroadcast(columns[..., 0] if ranks[1] == 1 else columns, y)


def dot_left(g: Any, x: Any, y: Any) -> Any:
    """Cotangent of `x` in `np.dot(x, y)`."""
    ranks = np.ndim(x), np.ndim(y)
    if 0 in ranks:
        return unbroadcast(np.multiply(g, y), x)
    if max(ranks) <= 2:
        return matmul_left(g, x, y)
    return tensordot_left(g, x, y, (-1, -min(ranks[1], 2)))


def dot_right(g: Any, x: Any, y: Any) -> Any:
    """Cotangent of `y` in `np.dot(x, y)`."""
    ranks = np.ndim(x), np.ndim(y)
    if 0 in ranks:
        return unbroadcast(np.multiply(g, x), y)
    if max(ranks) <= 2:
        return matmul_right(g, x, y)
    return tensordot_right(g, x, y, (-1, -min(ranks[1], 2)))


def inner_left(g: Any, x: Any, y: Any) -> Any:
    """Cotangent of `x` in `np.inner(x, y)`."""
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return unbroadcast(np.multiply(g, y), x)
    return tensordot_left(g, x, y, (-1, -1))


def inner_right(g: Any, x: Any, y: Any) -> Any:
    """Cotangent of `y` in `np.inner(x, y)`."""
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return unbroadcast(np.multiply(g, x), y)
    return tensordot_right(g, x, y, (-1, -1))


def tensordot_left(g: Any, x: Any, y: Any, axes: Any = 2) -> Any:
    """Cotangent of `x` in `np.tensordot(x, y, axes)`."""
    summed_x, summed_y = _summed_axes(np.ndim(x), np.ndim(y), axes)
    kept_x = [k for k in range(np.ndim(x)) if k not in summed_x]
    kept_y = [k for k in range(np.ndim(y)) if k not in summed_y]
    product = np.tensordot(g, y, (list(range(len(kept_x), np.ndim(g))), kept_y))
    # Its axes are the kept axes of x, then the summed axes in the order that y has them.
    order = kept_x + [summed_x[summed_y.index(k)] for k in sorted(summed_y)]
    return _in_dtype(np.transpose(product, np.argsort(order)), x)


def tensordot_right(g: Any, x: Any, y: Any, axes: Any = 2) -> Any:
    """Cotangent of `y` in `np.tensordot(x, y, axes)`."""
    summed_x, summed_y = _summed_axes(np.ndim(x), np.ndim(y), axes)
    kept_x = [k for k in range(np.ndim(x)) if k not in summed_x]
    kept_y = [k for k in range(np.ndim(y)) if k not in summed_y]
    product = np.tensordot(x, g, (kept_x, list(range(len(kept_x)))))
    # Its axes are the summed axes in the order that x has them, then the kept axes of y.
    order = [summed_y[summed_x.index(k)] for k in sorted(summed_x)] + kept_y
    return _in_dtype(np.transpose(product, np.argsort(order)), y)


def kron_left(g: Any, x: Any, y: Any) -> Any:
    """Cotangent of `x` in `np.kron(x, y)`."""
    blocks, rank = _kron_blocks(g, x, y)
    y = np.reshape(y, (1,) * (rank - np.ndim(y)) + np.shape(y))
    return _in_dtype(
        np.reshape(np.tensordot(blocks, y, (list(range(1, 2 * rank, 2)), list(range(rank)))), np.shape(x)), x
    )


def kron_right(g: Any, x: Any, y: Any) -> Any:
    """Cotangent of `y` in `np.kron(x, y)`."""
    blocks, rank = _kron_blocks(g, x, y)
    x = np.reshape(x, (1,) * (rank - np.ndim(x)) + np.shape(x))
    return _in_dtype(
        np.reshape(np.tensordot(x, blocks, (list(range(rank)), list(range(0, 2 * rank, 2)))), np.shape(y)), y
    )


def cross_left(g: Any, x: Any, y: Any, axis: Any = -1) -> Any:
    """Cotangent of `x` in `np.cross(x, y, axis=axis)`. Raises SourceADError for vectors that are not of length 3."""
    if np.shape(x)[axis] != 3 or np.shape(y)[axis] != 3:
        raise SourceADError(
            "the cross product of vectors of length 2 has no derivative here",
            "Write it out: x[..., 0] * y[..., 1] - x[..., 1] * y[..., 0].",
        )
    rows = np.cross(np.moveaxis(np.asarray(y), axis, -1), np.moveaxis(g, axis, -1))
    return np.moveaxis(unbroadcast(rows, np.moveaxis(np.asarray(x), axis, -1)), -1, axis)


def convolve_left(g: Any, x: Any, y: Any, mode: Any = "full") -> Any:
    """Cotangent of `x` in `np.convolve(x, y, mode)`; `x` and `y` change places without changing the product."""
    n, m = np.size(x), np.size(y)
    # In full mode g[k] meets x[i] and y[k - i].
    row = np.convolve(_in_full_mode(g, n, m, mode), np.ravel(y)[::-1])[m - 1 : m - 1 + n]
    return _in_dtype(np.reshape(row, np.shape(x)), x)


def correlate_left(g: Any, x: Any, y: Any, mode: Any = "valid") -> Any:
    """Cotangent of `x` in `np.correlate(x, y, mode)`. Raises SourceADError for complex `y`."""
    n, m = _real_sizes(x, y)
    # In full mode g[k] meets x[i] and y[m - 1 - k + i].
    row = np.convolve(_in_full_mode(g, n, m, mode, late=m > n), np.ravel(y))[m - 1 : m - 1 + n]
    return _in_dtype(np.reshape(row, np.shape(x)), x)


def correlate_right(g: Any, x: Any, y: Any, mode: Any = "valid") -> Any:
    """Cotangent of `y` in `np.correlate(x, y, mode)`. Raises SourceADError for complex arguments."""
    n, m = _real_sizes(x, y)
    row = np.convolve(_in_full_mode(g, n, m, mode, late=m > n), np.ravel(x)[::-1])[n - 1 : n - 1 + m]
    return _in_dtype(np.reshape(row[::-1], np.shape(y)), y)


def _in_full_mode(g: Any, n: int, m: int, mode: str, late: bool = False) -> Any:
    """The cotangent `g` of a filter's result as that of the full result, of which `mode` keeps the middle.

    Where the middle is not exact, `np.correlate` keeps the late half if its second argument is the longer one.
    """
    if mode == "full":
        return g
    margin = min(n, m) - 1
    before = margin if mode == "valid" else (margin + late) // 2
    return np.pad(g, (before, n + m - 1 - before - np.size(g)))


def _real_sizes(x: Any, y: Any) -> tuple[int, int]:
    if np.iscomplexobj(x) or np.iscomplexobj(y):
        raise SourceADError("np.correlate of complex values has no derivative here", "Use np.convolve with np.conj.")
    return np.size(x), np.size(y)


def _of_product(g: Any, x: Any, y: Any) -> Any:
    """`g` summed to the shape of `np.matmul(x, y)`."""
    left, right = np.shape(x), np.shape(y)
    columns = right[-1:] if len(right) > 1 else ()
    shape = (*np.broadcast_shapes(left[:-2], right[:-2]), *left[-2:-1], *columns)
    return g if np.shape(g) == shape else unbroadcast(g, np.broadcast_to(np.asarray(g).dtype.type(0), shape))


def _as_matrices(g: Any, ranks: tuple[int, int]) -> Any:
    if ranks[0] == 1:
        g = np.expand_dims(g, -1 if ranks[1] == 1 else -2)
    return np.expand_dims(g, -1) if ranks[1] == 1 else g


def _in_dtype(g: Any, x: Any) -> Any:
    dtype = getattr(x, "dtype", None)
    return g if dtype is None or dtype == g.dtype else unbroadcast(g, x)


def _summed_axes(rank_x: int, rank_y: int, axes: Any) -> tuple[list[int], list[int]]:
    if np.ndim(axes) == 0 and not isinstance(axes, (list, tuple)):
        count = int(axes)
        return list(range(rank_x - count, rank_x)), list(range(count))
    of_x, of_y = axes
    of_x = [of_x] if np.ndim(of_x) == 0 else of_x
    of_y = [of_y] if np.ndim(of_y) == 0 else of_y
    return [int(k) % rank_x for k in of_x], [int(k) % rank_y for k in of_y]


def _kron_blocks(g: Any, x: Any, y: Any) -> tuple[Any, int]:
    """`g` with an axis of `x` and an axis of `y` side by side for each axis of the product, and that rank."""
    rank = max(np.ndim(x), np.ndim(y))
    rows = (1,) * (rank - np.ndim(x)) + np.shape(x)
    columns = (1,) * (rank - np.ndim(y)) + np.shape(y)
    return np.reshape(g, [n for pair in zip(rows, columns) for n in pair]), rank
