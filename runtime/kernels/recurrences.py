"""First-order linear recurrences along an axis: the derivatives of running products, right also where a factor is 0.

A running product obeys z[i] = a[i] * z[i-1]; its tangent and its adjoint are recurrences of the same form, and so are
theirs in turn. No kernel here divides. `axis` None stands for the only axis.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def _along(x: Any, axis: int | None) -> Any:
    return np.moveaxis(x, -1 if axis is None else axis, -1)


def shift_right(x: Any, fill: float, axis: int | None = -1) -> Any:
    """`x` moved one place up along the axis; `fill` comes in first, the last element falls out."""
    out = np.empty_like(x)
    _along(out, axis)[..., 1:] = _along(x, axis)[..., :-1]
    _along(out, axis)[..., :1] = fill
    return out


def shift_left(x: Any, axis: int | None = -1) -> Any:
    """`x` moved one place down along the axis; the first element falls out, 0 comes in last."""
    out = np.empty_like(x)
    _along(out, axis)[..., :-1] = _along(x, axis)[..., 1:]
    _along(out, axis)[..., -1:] = 0.0
    return out


def forward_recurrence(c: Any, b: Any, axis: int | None = -1) -> Any:
    """Solve y[i] = b[i] + c[i] * y[i-1], y[-1] = 0, along the axis of two arrays of one shape.

    Method: recursive doubling (Kogge and Stone, IEEE Trans. Comput. C-22, 1973), log2(n) passes over the arrays. Where
    its products overflow although the solution need not, step by step.
    """
    y = b.astype(np.result_type(b, c))
    rows, factors = _along(y, axis), _along(c, axis).copy()
    n = rows.shape[-1]
    step = 1
    with np.errstate(over="ignore", invalid="ignore"):
        while step < n:
            rows[..., step:] += factors[..., step:] * rows[..., :-step]
            factors[..., step:] *= factors[..., :-step].copy()
            step *= 2
        if not np.all(np.isfinite(y)):
            rows[...] = _along(b, axis)
            for i in range(1, n):
                rows[..., i] += _along(c, axis)[..., i] * rows[..., i - 1]
    return y


def backward_recurrence(c: Any, b: Any, axis: int | None = -1) -> Any:
    """Solve y[i] = b[i] + c[i+1] * y[i+1], y[n] = 0: the transpose of `forward_recurrence` in `b`."""
    axis = -1 if axis is None else axis
    flipped = forward_recurrence(shift_right(np.flip(c, axis), 0.0, axis), np.flip(b, axis), axis)
    return np.flip(flipped, axis)
