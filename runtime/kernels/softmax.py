"""Softmax, its logarithm, and the cross-entropy of class scores with class numbers, in one pass and stable."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.kernels.losses import reduce_losses

# How many elements are many, and how long a short row is, see `_row_sums`.
_MANY, _SHORT = 4096, 4096


def softmax(x: Any, axis: int = -1) -> Any:
    """`exp(x) / sum(exp(x))` along `axis`."""
    z = x - _highest(x, axis)
    z = np.exp(z, out=z) if type(z) is np.ndarray else np.exp(z)
    z /= _row_sums(z, axis)
    return z


def log_softmax(x: Any, axis: int = -1) -> Any:
    """The logarithm of `softmax`, which does not underflow."""
    z = x - _highest(x, axis)
    z -= np.log(_row_sums(np.exp(z), axis))
    return z


def _row_sums(x: Any, axis: int) -> Any:
    """`np.sum(x, axis, keepdims=True)`: of many short rows a product with BLAS, which is several times faster."""
    if type(x) is np.ndarray and x.size > _MANY and axis in (-1, x.ndim - 1) and x.dtype.kind == "f":
        n = x.shape[-1]
        if n <= _SHORT and x.dtype.itemsize >= 4:
            return x.dot(np.ones(n, x.dtype))[..., None]
    return np.sum(x, axis=axis, keepdims=True)


def _highest(x: Any, axis: int) -> Any:
    """The largest score, or 0 where none is finite: minus infinity stands for a score that is left out."""
    if type(x) is np.ndarray and x.size:
        highest = np.max(x, axis=axis, keepdims=True)
        # One product, which is finite only where all are, is sooner known than which of them are.
        rows = highest.reshape(-1)
        if math.isfinite(rows.dot(rows)):
            return highest
    highest = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    return highest if np.all(np.isfinite(highest)) else np.where(np.isneginf(highest), 0.0, highest).astype(x.dtype)


def class_losses(scores: Any, labels: Any, shares: Any = None, reduction: str = "none") -> Any:
    """Minus the log-probability of each row's label: scores of shape (..., classes), labels (...), result (...).

    `shares` are weights of the rows; `reduction` is "none", "sum" or "mean", which is over the weights.
    """
    shifted = scores - _highest(scores, -1)
    if np.ndim(shifted) == 2:
        own = shifted[np.arange(shifted.shape[0]), labels]
    else:
        own = np.squeeze(np.take_along_axis(shifted, np.expand_dims(labels, -1), -1), axis=-1)
    rows = np.log(np.sum(np.exp(shifted), axis=-1)) - own
    return reduce_losses(rows, shares, reduction)


def class_slopes(g: Any, scores: Any, labels: Any) -> Any:
    """Cotangent of the scores in `class_losses`: `g * (softmax(scores) - one_hot(labels))`, row by row."""
    z = softmax(scores)
    if np.ndim(z) == 2:
        z[np.arange(z.shape[0]), labels] -= 1.0
    else:
        places = np.expand_dims(labels, -1)
        np.put_along_axis(z, places, np.take_along_axis(z, places, -1) - 1.0, -1)
    z *= np.expand_dims(g, -1)
    return z


def softmax_slope(g: Any, z: Any, axis: int = -1) -> Any:
    """The derivative of `z = softmax(x)` in the direction `g`, which is its own transpose: `z * (g - sum(g * z))`."""
    gz = g * z
    gz -= z * _row_sums(gz, axis)
    return gz
