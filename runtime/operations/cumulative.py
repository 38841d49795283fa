"""Running sums, products and extremes, differences, integrals along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels import logcumsumexp as log_cum_sum_exp
from runtime.kernels.places import running_places
from runtime.operations import arithmetic, joining, results
from runtime.operations.calling import as_input, axis_of, call, fixed, floating, typed
from runtime.operations.titles import named
from runtime.promotion import element_type
from runtime.tensor import Tensor


def _running(function: Any, input: Any, dim: int, dtype: Any) -> Any:
    x = typed(input, dtype)
    if dtype is None and element_type(x).kind in "biu":
        x = typed(x, np.int64)
    return x.clone() if x._data.ndim == 0 else typed(call(function, x, dim), dtype)


def cumsum(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """Running sums along an axis."""
    return _running(np.cumsum, input, dim, dtype)


def cumprod(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """Running products along an axis."""
    return _running(np.cumprod, input, dim, dtype)


def logcumsumexp(input: Any, dim: int) -> Any:
    """Logarithms of running sums of exponentials along an axis, without overflow on the way."""
    x = floating(input)
    return x.clone() if x._data.ndim == 0 else call(log_cum_sum_exp, x, axis_of(dim, x._data.ndim))


@named("CummaxBackward0")
def cummax(input: Any, dim: int) -> Any:
    """The largest elements so far along an axis and where they stand; of equal ones the last."""
    return results.cummax(*_record(np.maximum, input, dim))


@named("CumminBackward0")
def cummin(input: Any, dim: int) -> Any:
    """The smallest elements so far along an axis and where they stand; of equal ones the last."""
    return results.cummin(*_record(np.minimum, input, dim))


def _record(function: Any, input: Any, dim: int) -> tuple[Any, Any]:
    x = as_input(input)
    if x._data.ndim == 0:
        return x.clone(), Tensor.wrap(np.zeros((), np.int64))
    axis = axis_of(dim, x._data.ndim)
    places = running_places(function, x._data, axis)
    return call(np.take_along_axis, x, places, axis), Tensor.wrap(places)


def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Differences of neighbours along an axis, `n` times over."""
    if n == 0:
        return call(np.copy, as_input(input))
    parts = [part for part in (prepend, input, append) if part is not None]
    x = joining.cat(parts, dim) if len(parts) > 1 else as_input(input)
    if element_type(x).kind == "b":
        return Tensor.wrap(np.diff(x._data, n, dim))
    return call(np.diff, x, n, dim)


def _steps(y: Any, x: Any, dx: Any, dim: int) -> tuple[Any, Any]:
    """Sums of neighbours along `dim`, moved last, and half the distances between them."""
    rows = call(np.moveaxis, floating(y), dim, -1)
    both = arithmetic.add(rows[..., 1:], rows[..., :-1])
    if x is None:
        return both, 0.5 * dx if not isinstance(dx, Tensor) else arithmetic.mul(dx, 0.5)
    width = diff(x, dim=-1) if x._data.ndim == 1 else call(np.moveaxis, diff(x, dim=dim), dim, -1)
    return both, arithmetic.mul(width, 0.5)


def trapezoid(y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Any:
    """The integral of `y` along an axis by the trapezoidal rule, over points `x` or steps of `dx`."""
    both, half = _steps(y, x, dx, dim)
    return call(np.sum, arithmetic.mul(both, half), axis=-1)


def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Any:
    """Running integrals of `y` along an axis by the trapezoidal rule."""
    both, half = _steps(y, x, dx, dim)
    return call(np.moveaxis, call(np.cumsum, arithmetic.mul(both, half), -1), -1, dim)


def gradient(input: Any, *, spacing: Any = 1, dim: Any = None, edge_order: Any = 1) -> tuple[Any, ...]:
    """Slopes of values along axes, by central differences, one-sided at the ends.

    `spacing` is a distance or one for each axis, or the coordinates of the points of each axis.
    """
    x = floating(input)
    rank = x._data.ndim
    axes = tuple(range(rank)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    spacings = list(spacing) if isinstance(spacing, (tuple, list)) else [spacing] * len(axes)
    found = []
    for axis, space in zip(axes, spacings, strict=True):
        n = x._data.shape[axis]
        distances = fixed(1 if space is None else space, "the spacing of gradient")
        slopes: Any = np.gradient(np.eye(n), distances, axis=0, edge_order=edge_order)
        rows = call(np.matmul, call(np.moveaxis, x, axis, -1), slopes.T.astype(element_type(x)))
        found.append(call(np.moveaxis, rows, -1, axis))
    return tuple(found)


trapz = trapezoid
