"""The arithmetic of fully connected layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import ShapeMismatch


def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """`x @ weight.T + bias`: x of shape (..., in), weight (out, in), bias (out,) or None.

    Raises ShapeMismatch where `in` is not the same in both.
    """
    if np.ndim(weight) != 2 or np.shape(x)[-1:] != np.shape(weight)[-1:]:
        raise ShapeMismatch(
            f"a layer with a weight of shape {np.shape(weight)} takes an input of shape (..., {np.shape(weight)[-1]}),"
            f" not {np.shape(x)}",
            "Reshape the input, or make the layer with as many inputs as the last axis has.",
        )
    z = _product(x, np.transpose(weight))
    if bias is None:
        return z
    return np.add(z, bias, out=z) if z.dtype == bias.dtype and z.ndim else z + bias


def _product(x: Any, y: Any) -> Any:
    """`np.matmul(x, y)` with a matrix `y`: rows as one matrix, which is one product instead of many."""
    if type(x) is not np.ndarray or type(y) is not np.ndarray or not x.size:
        return np.matmul(x, y)
    return x.dot(y) if x.ndim <= 2 else np.reshape(x, (-1, x.shape[-1])).dot(y).reshape((*x.shape[:-1], y.shape[-1]))


def outer_sum(g: Any, x: Any) -> Any:
    """The sum of the outer products of the rows of `g`, shape (..., out), with those of `x`, shape (..., in).

    The transpose of `linear` in its weight.
    """
    rows, columns = np.shape(g)[-1], np.shape(x)[-1]
    return np.matmul(np.transpose(np.reshape(g, (-1, rows))), np.reshape(x, (-1, columns)))
