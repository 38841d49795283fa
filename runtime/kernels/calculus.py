"""Cotangents of quadrature and of polynomials.

`trapezoid_left(g, y, x, ...)` is the cotangent of the heights `y`, `trapezoid_right` that of the places `x`. The
quadrature is bilinear in the two, so each kernel is the transpose of the quadrature or of the other kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels.cotangent import unbroadcast


def trapezoid_left(g: Any, y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Cotangent of `y` in `np.trapezoid(y, x, dx, axis)`: half of each step for the height at either end."""
    rank = np.ndim(y)
    step = dx if x is None else _steps(x, rank, axis)
    half = 0.5 * np.expand_dims(g, axis) * step
    shape = list(np.shape(y))
    shape[axis] -= 1
    half = np.broadcast_to(half, np.broadcast_shapes(np.shape(half), shape))
    return unbroadcast(_pad(half, rank, axis, before=True) + _pad(half, rank, axis, before=False), y)


def trapezoid_right(g: Any, y: Any, x: Any, axis: int = -1) -> Any:
    """Cotangent of `x` in `np.trapezoid(y, x, axis=axis)`."""
    rank = np.ndim(y)
    area = np.expand_dims(g, axis) * _means(y, axis)
    moved = _pad(area, rank, axis, before=True) - _pad(area, rank, axis, before=False)
    if np.ndim(x) > 1 or rank == 1:
        return unbroadcast(moved, x)
    return unbroadcast(np.moveaxis(moved, axis, -1), x)


def _steps(x: Any, rank: int, axis: int) -> Any:
    if np.ndim(x) > 1:
        return np.diff(x, axis=axis)
    shape = [1] * rank
    shape[axis] = -1
    return np.reshape(np.diff(x), shape)


def _means(y: Any, axis: int) -> Any:
    rows = np.moveaxis(np.asarray(y), axis, -1)
    return np.moveaxis(0.5 * (rows[..., 1:] + rows[..., :-1]), -1, axis)


def _pad(part: Any, rank: int, axis: int, before: bool) -> Any:
    """`part` with a zero put before or behind it along `axis`."""
    widths = [(0, 0)] * np.ndim(part)
    widths[axis if axis < 0 else axis + np.ndim(part) - rank] = (1, 0) if before else (0, 1)
    return np.pad(part, widths)


def slope_coefficients(p: Any) -> Any:
    """The coefficients of the derivative of the polynomial `np.polyval(p, x)`; the constant 0 for a constant."""
    p = np.asarray(p)
    return p[:-1] * np.arange(len(p) - 1, 0, -1) if len(p) > 1 else np.zeros(1, np.result_type(p, 1.0))


def slope_coefficients_back(g: Any, p: Any) -> Any:
    """Transpose of `slope_coefficients`."""
    n = len(p)
    return np.append(g * np.arange(n - 1, 0, -1), np.zeros(1, g.dtype)) if n > 1 else np.zeros(n, g.dtype)


def moments(g: Any, p: Any, x: Any) -> Any:
    """Cotangent of `p` in `np.polyval(p, x)`: the sums of `g * x**k`, highest power first."""
    g, x = np.broadcast_arrays(g, x)
    term = np.ones_like(x)
    sums = []
    for _ in range(len(p)):
        sums.append(np.sum(g * term))
        term = term * x
    return unbroadcast(np.array(sums[::-1]), np.asarray(p))


def weights_along(weights: Any, a: Any, axis: Any = None) -> Any:
    """The weights of `np.average(a, axis, weights)` in the shape of `a`: ones for None, a row along `axis` repeated."""
    shape = np.shape(a)
    if weights is None:
        return np.ones(shape, np.result_type(a, 1.0) if np.result_type(a).kind not in "fc" else np.result_type(a))
    return np.broadcast_to(np.reshape(weights, _weights_shape(np.shape(weights), shape, axis)), shape)


def weights_along_back(g: Any, weights: Any, axis: Any = None) -> Any:
    """Transpose of `weights_along`."""
    shape = np.shape(weights)
    narrow = np.broadcast_to(np.asarray(g).dtype.type(0), _weights_shape(shape, np.shape(g), axis))
    return unbroadcast(np.reshape(unbroadcast(g, narrow), shape), weights)


def _weights_shape(given: tuple[int, ...], shape: tuple[int, ...], axis: Any) -> tuple[int, ...]:
    if given == shape:
        return shape
    axes = (axis,) if np.ndim(axis) == 0 else tuple(axis)
    places = [k % len(shape) for k in axes]
    return tuple(shape[k] if k in places else 1 for k in range(len(shape)))
