"""What the rules of quantiles need: the weight of each element in a result that interpolates between two of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import SourceADError
from runtime.kernels.reductions import as_rows, from_rows

_METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def quantile_weights(a: Any, q: Any, axis: Any = None, method: str = "linear", skip: bool = False) -> Any:
    """The weight of each element of `a` in each of its quantiles `q`: an array of shape `q.shape + a.shape`.

    `method` is that of `np.quantile`, one of the five that interpolate between neighbours; `skip` leaves out what is
    NaN. Of equal elements the first has the smaller place. NaN where the quantile is NaN.

    Raises SourceADError for the other methods.
    """
    if method not in _METHODS:
        raise SourceADError(f"the quantile method {method!r} has no derivative", f"Use one of {', '.join(_METHODS)}.")
    a, q = np.asarray(a), np.asarray(q)
    rows = as_rows(a, axis)
    missing = np.isnan(rows)
    known = np.sum(~missing, axis=-1, keepdims=True) if skip else np.full((*rows.shape[:-1], 1), rows.shape[-1])
    place = np.reshape(q, q.shape + (1,) * rows.ndim) * np.maximum(known - 1, 0)
    below = np.floor(place)
    share = _share(place - below, below, method)
    order = np.argsort(np.argsort(rows, axis=-1, kind="stable"), axis=-1)
    weights = (order == below) * (1.0 - share) + (order == below + 1) * share
    lost = (known == 0) if skip else np.any(missing, axis=-1, keepdims=True)
    weights = np.where(lost, np.nan, weights).astype(a.dtype if a.dtype.kind == "f" else np.float64)
    made = [from_rows(part, a, axis) for part in np.reshape(weights, (-1, *rows.shape))]
    return np.reshape(made, q.shape + a.shape)


def _share(share: Any, below: Any, method: str) -> Any:
    """The weight of the upper neighbour."""
    if method == "linear":
        return share
    if method == "lower":
        return np.zeros_like(share)
    if method == "higher":
        return np.ceil(share)
    if method == "midpoint":
        return 0.5 * np.ceil(share)
    # Halfway between two places the even one is nearest.
    return np.where(share == 0.5, below % 2.0, np.round(share))


def first_axes(q: Any) -> tuple[int, ...]:
    """The axes that an array of quantiles puts in front."""
    return tuple(range(np.ndim(q)))


def last_axes(a: Any, axis: Any = None) -> tuple[int, ...]:
    """The reduced axes of `a`, counted from the end."""
    rank = np.ndim(a)
    axes = range(rank) if axis is None else (axis,) if np.ndim(axis) == 0 else axis
    return tuple(k % rank - rank for k in axes)
