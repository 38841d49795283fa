"""Standardisation: the mean taken off and the deviation divided out, over some axes; then a weight and a bias.

Sums over axes are products with BLAS where the axes are the last ones, or all but the second: layers have these two.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def standardize(x: Any, axis: tuple[int, ...], eps: float) -> Any:
    """`(x - mean) / sqrt(variance + eps)`, mean and variance taken over the axes `axis`."""
    rows = _last_as_one(x, axis)
    if rows is not None:
        z = rows - _mean(rows)
        z /= np.sqrt(_mean_of_products(z, z) + eps)
        return z.reshape(x.shape)
    z = x - mean_over(x, axis)
    z /= np.sqrt(mean_product(z, z, axis) + eps)
    return z


def standardize_slope(g: Any, z: Any, deviation: Any, axis: tuple[int, ...]) -> Any:
    """The derivative of `z = standardize(x)` in the direction `g`, which is its own transpose.

    `deviation` is `sqrt(variance + eps)`. Source: Ioffe and Szegedy 2015, section 3, collected.
    """
    rows, directions = _last_as_one(z, axis), _last_as_one(g, axis)
    if rows is not None and directions is not None and g.dtype == z.dtype and g.shape == z.shape:
        out = rows * _mean_of_products(directions, rows)
        np.subtract(directions, out, out=out)
        out -= _mean(directions)
        out = out.reshape(g.shape)
    else:
        out = z * mean_product(g, z, axis)
        out = np.subtract(g, out, out=out) if type(out) is np.ndarray and out.dtype == g.dtype else g - out
        out -= mean_over(g, axis)
    out /= deviation
    return out


def deviation_by(x: Any, z: Any, axis: tuple[int, ...], eps: float) -> Any:
    """`sqrt(variance + eps)` of `x` over the axes, where `z = standardize(x)` is known: one look at each element.

    The mean of `x * z` is `c = variance / deviation`, because that of `z` is 0; and the square of the deviation is
    `c * deviation + eps`.
    """
    c = mean_product(x, z, axis)
    return 0.5 * (c + np.sqrt(c * c + 4.0 * eps))


def mean_over(x: Any, axis: tuple[int, ...]) -> Any:
    """`np.mean(x, axis, keepdims=True)`."""
    rows = _as_rows(x, axis)
    if rows is None:
        return np.mean(x, axis=axis, keepdims=True)
    sums = rows.dot(np.ones(rows.shape[-1], rows.dtype))
    return _means(sums, x, axis)


def mean_product(x: Any, y: Any, axis: tuple[int, ...]) -> Any:
    """`np.mean(x * y, axis, keepdims=True)`."""
    left, right = _as_rows(x, axis), _as_rows(y, axis)
    if left is None or right is None or left.shape != right.shape:
        return np.mean(x * y, axis=axis, keepdims=True)
    return _means(np.vecdot(left, right), x, axis)


def _last_as_one(x: Any, axis: tuple[int, ...]) -> Any:
    """Real `x` with its last axes `axis` as one. None where they are others, and for other values."""
    if type(x) is not np.ndarray or x.dtype.char not in "fd" or not x.size:
        return None
    rank, count = x.ndim, len(axis)
    if axis != tuple(range(-count, 0)) and axis != tuple(range(rank - count, rank)):
        return None
    return x if count == 1 else x.reshape((*x.shape[: rank - count], -1))


def _mean(rows: Any) -> Any:
    """The means of rows, as columns."""
    n = rows.shape[-1]
    sums = rows.dot(np.ones(n, rows.dtype))
    sums /= n
    return sums[..., None]


def _mean_of_products(x: Any, y: Any) -> Any:
    """The means of the products of rows, as columns."""
    sums = np.vecdot(x, y)
    sums /= x.shape[-1]
    return sums[..., None]


def _as_rows(x: Any, axis: tuple[int, ...]) -> Any:
    """Real `x` with the axes that are summed over as one last axis, but for the first one where that is among them.

    None where they are neither the last axes nor all but the second.
    """
    if type(x) is not np.ndarray or x.dtype.kind != "f" or x.dtype.itemsize < 4 or not x.size:
        return None
    rank, count = x.ndim, len(axis)
    if tuple([k % rank for k in axis]) == tuple(range(rank - count, rank)):
        kept = x.shape[: rank - count]
    elif rank > 2 and axis == (0, *range(2, rank)):
        kept = x.shape[:2]
    else:
        return None
    return x.reshape((*kept, math.prod(x.shape[len(kept) :])))


def _means(sums: Any, x: Any, axis: tuple[int, ...]) -> Any:
    """The means over `axis`, with these axes of length 1, from the sums of the rows."""
    if axis[0] == 0 and sums.ndim == 2 and x.ndim > 2 and len(axis) == x.ndim - 1:
        sums = np.add.reduce(sums, 0)
        shape = (1, x.shape[1], *[1] * (x.ndim - 2))
    else:
        shape = (*x.shape[: x.ndim - len(axis)], *[1] * len(axis))
    sums = np.reshape(sums, shape)
    return sums / x.dtype.type(x.size // sums.size)


def affine(z: Any, weight: Any, bias: Any, tail: int = 0) -> Any:
    """`z * weight + bias`, where weight and bias have the axes of `z` that stand before its last `tail` ones."""
    out = z * _before(weight, tail)
    shift = _before(bias, tail)
    return np.add(out, shift, out=out) if type(out) is np.ndarray and out.dtype == shift.dtype else out + shift


def _before(weight: Any, tail: int) -> Any:
    return np.reshape(weight, (*np.shape(weight), *[1] * tail)) if tail else weight


def channel_product(g: Any, z: Any, weight: Any, tail: int = 0) -> Any:
    """The transpose of `affine` in the weight: the sum of `g * z` over the axes that the weight has not."""
    if type(g) is type(z) is np.ndarray and g.dtype is z.dtype and g.dtype.kind == "f" and g.size:
        kept = np.shape(weight)
        if not tail:
            columns = (-1, math.prod(kept))
            return np.einsum("ij,ij->j", g.reshape(columns), z.reshape(columns)).reshape(kept)
        rows = (-1, math.prod(kept), math.prod(g.shape[g.ndim - tail :]))
        return np.add.reduce(np.vecdot(g.reshape(rows), z.reshape(rows)), 0).reshape(kept)
    return channel_sum(g * z, weight, tail)


def channel_sum(g: Any, bias: Any, tail: int = 0) -> Any:
    """The transpose of `affine` in the bias: the sum of `g` over the axes that the bias has not."""
    rank, count = np.ndim(g), np.ndim(bias)
    if type(g) is np.ndarray and tail and g.size and g.dtype.kind == "f":
        rows = g.reshape((-1, math.prod(np.shape(bias)), math.prod(g.shape[rank - tail :])))
        return np.add.reduce(rows.dot(np.ones(rows.shape[-1], rows.dtype)), 0).reshape(np.shape(bias))
    return np.sum(g, axis=(*range(rank - tail - count), *range(rank - tail, rank)))


def along_channels(g: Any, z: Any, tail: int = 0) -> Any:
    """The transpose of `channel_sum`: `g` repeated to the shape of `z`."""
    return np.broadcast_to(_before(g, tail), np.shape(z))
