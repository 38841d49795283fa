"""What the rules of sorted and of neighbouring elements need: places, weights, intervals, a transpose."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels.reductions import as_rows, from_rows


def median_weights(a: Any, axis: Any = None) -> Any:
    """The weight of each element in `np.median(a, axis)`: 1 for the middle one, or 1/2 for each of the two.

    Of equal elements the first has the smaller place. NaN where the median is NaN.
    """
    a = np.asarray(a)
    rows = as_rows(a, axis)
    n = rows.shape[-1]
    places = np.argsort(np.argsort(rows, axis=-1, kind="stable"), axis=-1)
    weights = 0.5 * (places == (n - 1) // 2) + 0.5 * (places == n // 2)
    weights = np.where(np.any(np.isnan(rows), axis=-1, keepdims=True), np.nan, weights)
    return from_rows(weights.astype(a.dtype if a.dtype.kind == "f" else np.float64), a, axis)


def undiff(g: Any, a: Any, n: int = 1, axis: int = -1) -> Any:
    """Transpose of `np.diff(a, n, axis)`: minus the difference of `g` with a zero at each end, `n` times.

    For `n = 0`, where `np.diff` gives back `a` itself, it is `g` itself.
    """
    shape = np.shape(a)
    if n == 0:
        return g
    if n >= shape[axis]:
        return np.zeros(shape, np.result_type(g))
    widths = [(0, 0)] * len(shape)
    widths[axis] = (n, n)
    return (-1) ** n * np.diff(np.pad(g, widths), n, axis)


def interval(x: Any, xp: Any) -> Any:
    """The place in the rising `xp` of the interval that `x` lies in; beyond the ends, of the first or last interval.

    A point of `xp` belongs to the interval on its right.
    """
    return np.clip(np.searchsorted(xp, x, side="right") - 1, 0, np.size(xp) - 2)


def interval_share(x: Any, xp: Any) -> Any:
    """How far `x` has come through its interval of `xp`, from 0 to 1; 0 or 1 beyond the ends."""
    xp = np.asarray(xp)
    k = interval(x, xp)
    return np.clip((x - xp[k]) / (xp[k + 1] - xp[k]), 0.0, 1.0)


def interval_slope(x: Any, xp: Any) -> Any:
    """The derivative of `interval_share` in `x`: one over the width of the interval, and 0 beyond the ends."""
    xp = np.asarray(xp)
    k = interval(x, xp)
    return np.logical_and(x >= xp[0], x <= xp[-1]) / (xp[k + 1] - xp[k])
