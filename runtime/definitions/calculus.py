"""Differences and running totals."""

from __future__ import annotations

import numpy as np

from runtime.primitives.registry import define


@define(np.gradient)
def gradient(f, *varargs, axis=None, edge_order=1):
    """Central differences within, one-sided ones at the ends; of several axes a tuple."""
    axes = tuple(range(np.ndim(f))) if axis is None else (axis,) if np.ndim(axis) == 0 else tuple(axis)
    if len(varargs) == 0:
        parts = [_slopes(f, 1.0, k, edge_order) for k in axes]
    elif len(varargs) == 1 and np.ndim(varargs[0]) == 0:
        parts = [_slopes(f, varargs[0], k, edge_order) for k in axes]
    else:
        parts = [_slopes(f, varargs[j], axes[j], edge_order) for j in range(len(axes))]
    if len(axes) == 1:
        return parts[0]
    return tuple(parts)


def _slopes(f, h, axis, edge_order):
    u = np.moveaxis(f, axis, -1)
    if np.ndim(h) == 0:
        inner = (u[..., 2:] - u[..., :-2]) / (2.0 * h)
        if edge_order == 1:
            first = (u[..., 1:2] - u[..., 0:1]) / h
            last = (u[..., -1:] - u[..., -2:-1]) / h
        else:
            first = (-1.5 * u[..., 0:1] + 2.0 * u[..., 1:2] - 0.5 * u[..., 2:3]) / h
            last = (1.5 * u[..., -1:] - 2.0 * u[..., -2:-1] + 0.5 * u[..., -3:-2]) / h
    else:
        d = np.diff(h)
        a, b = d[:-1], d[1:]
        inner = -b / (a * (a + b)) * u[..., :-2] + (b - a) / (a * b) * u[..., 1:-1] + a / (b * (a + b)) * u[..., 2:]
        if edge_order == 1:
            first = (u[..., 1:2] - u[..., 0:1]) / d[0]
            last = (u[..., -1:] - u[..., -2:-1]) / d[-1]
        else:
            first = (
                -(2.0 * d[0] + d[1]) / (d[0] * (d[0] + d[1])) * u[..., 0:1]
                + (d[0] + d[1]) / (d[0] * d[1]) * u[..., 1:2]
                - d[0] / (d[1] * (d[0] + d[1])) * u[..., 2:3]
            )
            last = (
                d[-1] / (d[-2] * (d[-2] + d[-1])) * u[..., -3:-2]
                - (d[-1] + d[-2]) / (d[-2] * d[-1]) * u[..., -2:-1]
                + (2.0 * d[-1] + d[-2]) / (d[-1] * (d[-2] + d[-1])) * u[..., -1:]
            )
    return np.moveaxis(np.concatenate([first, inner, last], axis=-1), -1, axis)


@define(np.ediff1d)
def ediff1d(ary, to_end=None, to_begin=None):
    """Differences of neighbours, with something before and behind."""
    steps = np.diff(np.ravel(ary))
    if to_begin is not None:
        steps = np.concatenate([np.ravel(to_begin), steps])
    if to_end is not None:
        steps = np.concatenate([steps, np.ravel(to_end)])
    return steps


@define(np.nancumprod)
def nancumprod(a, axis=None):
    """Running products in which NaN counts as one."""
    return np.cumprod(np.where(np.isnan(a), 1.0, a), axis=axis)


if hasattr(np, "cumulative_sum"):

    @define(np.cumulative_sum)
    def cumulative_sum(x, *, axis=None, include_initial=False):
        """Running sums, from zero where `include_initial` says so."""
        along = 0 if axis is None else axis
        total = np.cumsum(x, axis=along)
        if include_initial:
            total = np.concatenate([np.zeros_like(np.take(total, [0], along)), total], axis=along)
        return total

    @define(np.cumulative_prod)
    def cumulative_prod(x, *, axis=None, include_initial=False):
        """Running products, from one where `include_initial` says so."""
        along = 0 if axis is None else axis
        total = np.cumprod(x, axis=along)
        if include_initial:
            total = np.concatenate([np.ones_like(np.take(total, [0], along)), total], axis=along)
        return total
