"""Sorting, order statistics, counting of values."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.operations import arithmetic, results
from runtime.operations.calling import as_input, axis_of, call, constant, floating, ordered, refuse
from runtime.operations.reductions import picked, reduction
from runtime.operations.titles import named
from runtime.promotion import element_type
from runtime.tensor import Tensor


def _order(data: np.ndarray, axis: int, descending: bool) -> np.ndarray:
    """Places in ascending order, NaN last, or in descending order, NaN first; equal elements keep their order."""
    if not descending:
        return np.argsort(data, axis=axis, kind="stable")
    n = data.shape[axis]
    return np.flip(n - 1 - np.argsort(np.flip(data, axis), axis=axis, kind="stable"), axis)


def _at(x: Any, places: np.ndarray, axis: int) -> Any:
    return call(np.take_along_axis, x, places, axis)


@named("SortBackward0")
def sort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """Sorted elements along an axis and where they stood; equal elements keep their order."""
    x = ordered(as_input(input), "sort")
    if x._data.ndim == 0:
        return results.sort(x.clone(), Tensor.wrap(np.zeros((), np.int64)))
    axis = axis_of(dim, x._data.ndim)
    places = _order(x._data, axis, descending)
    return results.sort(_at(x, places, axis), Tensor.wrap(places))


def argsort(input: Any, dim: int = -1, descending: bool = False, *, stable: bool = False) -> Any:
    """The places of the elements in order along an axis."""
    return sort(as_input(input).detach(), dim, descending).indices


def msort(input: Any) -> Any:
    """Sorted along the first axis."""
    return sort(input, 0).values


@named("TopkBackward0")
def topk(input: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The `k` largest (or smallest) elements along an axis, in order, and where they stood."""
    x = ordered(as_input(input), "topk")
    if x._data.ndim == 0:
        return results.topk(x.clone(), Tensor.wrap(np.zeros((), np.int64)))
    axis = axis_of(dim, x._data.ndim)
    if not 0 <= k <= x._data.shape[axis]:
        refuse("selected index k out of range")
    places = np.take(_order(x._data, axis, largest), np.arange(k), axis)
    return results.topk(_at(x, places, axis), Tensor.wrap(places))


@named("KthvalueBackward0")
@reduction
def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The k-th smallest elements along an axis, counted from 1, and where they stand."""
    x = ordered(as_input(input), "kthvalue")
    if x._data.ndim and not 1 <= k <= x._data.shape[dim]:
        refuse("kthvalue(): selected number k out of range for dimension")

    def find(data: np.ndarray, axis: int, keepdims: bool) -> np.ndarray:
        return np.take(np.argsort(data, axis=axis, kind="stable"), [k - 1], axis)

    return results.kthvalue(*picked(find, x, dim, keepdim))


def _middle(data: np.ndarray, axis: int, keepdims: bool) -> np.ndarray:
    """Place of the lower middle element, or of the first NaN where there is one."""
    order = np.argsort(data, axis=axis, kind="stable")
    middle = np.take(order, [(data.shape[axis] - 1) // 2], axis)
    if data.dtype.kind != "f":
        return middle
    missing = np.isnan(data)
    return np.where(missing.any(axis, keepdims=True), np.argmax(missing, axis, keepdims=True), middle)


def _nan_middle(data: np.ndarray, axis: int, keepdims: bool) -> np.ndarray:
    """Place of the lower middle of the elements that are not NaN."""
    order = np.argsort(data, axis=axis, kind="stable")
    number = np.sum(~np.isnan(data), axis=axis, keepdims=True)
    return np.take_along_axis(order, np.maximum(number - 1, 0) // 2, axis)


@named(lambda input, dim=None, *_, **__: f"MedianBackward{int(dim is not None)}")
@reduction
def median(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower middle element of all; along `dim`, values and indices."""
    x = ordered(as_input(input), "median")
    if dim is None:
        return _share_of_equals(x, _middle)
    return results.median(*picked(_middle, x, dim, keepdim))


@named(lambda input, dim=None, *_, **__: f"NanmedianBackward{int(dim is not None)}")
@reduction
def nanmedian(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower middle of the elements that are not NaN; along `dim`, values and indices."""
    x = ordered(as_input(input), "nanmedian")
    if dim is None:
        return _share_of_equals(x, _nan_middle)
    return results.nanmedian(*picked(_nan_middle, x, dim, keepdim))


def _share_of_equals(x: Any, find: Any) -> Any:
    """One element of all; the elements that are equal to it share its gradient evenly."""
    flat = call(np.reshape, x, -1)
    value = flat._data[find(flat._data, 0, True)]
    equal = (flat._data == value) | (np.isnan(flat._data) & np.isnan(value)) if flat._data.dtype.kind == "f" else None
    if equal is None:
        return Tensor.wrap(value.reshape(()))
    return call(np.mean, call(np.take, flat, np.flatnonzero(equal)))


@named("ModeBackward0")
@reduction
def mode(input: Any, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent elements along an axis, the smallest of several, and the last place of each."""

    def find(data: np.ndarray, axis: int, keepdims: bool) -> np.ndarray:
        rows = np.moveaxis(data, axis, -1)
        places = np.empty(rows.shape[:-1], np.int64)
        for place in np.ndindex(*places.shape):
            values, counts = np.unique(rows[place], return_counts=True)
            places[place] = np.flatnonzero(rows[place] == values[np.argmax(counts)])[-1]
        return np.expand_dims(places, axis)

    return results.mode(*picked(find, as_input(input), dim, keepdim))


@reduction
def quantile(
    input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Any:
    """The value below which the part `q` of the elements lies, between elements by `interpolation`."""
    return _quantile(input, q, dim, keepdim, interpolation, False)


@reduction
def nanquantile(
    input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Any:
    """As `quantile`, of the elements that are not NaN."""
    return _quantile(input, q, dim, keepdim, interpolation, True)


def _quantile(input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool) -> Any:
    x = as_input(input)
    shares = constant(q)
    if shares.size and (shares.min() < 0 or shares.max() > 1):
        refuse("quantile() q values must be in the range [0, 1]")
    if interpolation not in _WEIGHTS:
        refuse(f"quantile() interpolation must be one of {', '.join(_WEIGHTS)}, got {interpolation}")
    rows = call(np.reshape, x, -1) if dim is None or x._data.ndim == 0 else call(np.moveaxis, x, dim, -1)
    ordered = sort(rows).values
    missing = np.isnan(rows._data).sum(-1)
    last = np.asarray(rows._data.shape[-1] - 1 - (missing if skip_nan else 0 * missing), element_type(x))
    parts = [q[k] for k in range(shares.size)] if shares.ndim else [q]
    found = []
    for share in parts:
        place = arithmetic.mul(Tensor.wrap(np.maximum(last, 0)), share)
        low = np.floor(place._data).astype(np.int64)
        high = np.ceil(place._data).astype(np.int64)
        weight = _WEIGHTS[interpolation](place, low)
        low_value, high_value = (
            call(np.squeeze, _at(ordered, np.broadcast_to(k, missing.shape)[..., None], -1), -1) for k in (low, high)
        )
        value = arithmetic.lerp(low_value, high_value, weight)
        found.append(value if skip_nan else call(np.where, missing > 0, np.nan, value))
    if keepdim and x._data.ndim:
        axis = None if dim is None else axis_of(dim, x._data.ndim)
        shape = tuple([1 if axis is None or k == axis else n for k, n in enumerate(x._data.shape)])
        found = [call(np.reshape, value, shape) for value in found]
    return call(np.stack, found) if shares.ndim else found[0]


# How far between the two neighbours of a place the quantile lies; only a linear one varies with the place.
_WEIGHTS: dict[str, Any] = {
    "linear": lambda place, low: arithmetic.sub(place, low),
    "lower": lambda place, low: 0.0,
    "higher": lambda place, low: 1.0,
    "midpoint": lambda place, low: 0.5,
    "nearest": lambda place, low: Tensor.wrap(np.rint(place._data) - low),
}


def unique(
    input: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The different elements (or slices along `dim`) in order, with the number of each place's and their counts."""
    parts: Any = np.unique(  # type: ignore[call-overload]
        constant(input), return_inverse=return_inverse, return_counts=return_counts, axis=dim, equal_nan=False
    )
    return tuple([Tensor.wrap(part) for part in parts]) if isinstance(parts, tuple) else Tensor.wrap(parts)


def unique_consecutive(
    input: Any, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements (or slices along `dim`) without repetitions that stand side by side."""
    data = constant(input)
    rows = data.ravel()[:, None] if dim is None else np.moveaxis(data, dim, 0).reshape(data.shape[dim], -1)
    starts = np.ones(len(rows), bool)
    starts[1:] = np.any(rows[1:] != rows[:-1], axis=1)
    values = rows[starts, 0] if dim is None else np.compress(starts, data, dim)
    inverse = np.cumsum(starts) - 1
    found = [Tensor.wrap(values)]
    if return_inverse:
        found.append(Tensor.wrap(inverse.reshape(data.shape) if dim is None else inverse))
    if return_counts:
        found.append(Tensor.wrap(np.bincount(inverse, minlength=int(starts.sum()))))
    return tuple(found) if len(found) > 1 else found[0]


def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Any:
    """How often 0, 1, 2 and so on occur in a vector, each occurrence counted by its weight."""
    return Tensor.wrap(np.bincount(constant(input), None if weights is None else constant(weights), minlength))


def histc(input: Any, bins: int = 100, min: Any = 0, max: Any = 0) -> Any:
    """How many elements lie in each of `bins` equal intervals from `min` to `max`, or between the extremes."""
    data = constant(floating(input).detach())
    low, high = (data.min(), data.max()) if min == 0 and max == 0 and data.size else (min, max)
    if low == high:
        low, high = low - 1, high + 1
    return Tensor.wrap(np.histogram(data, bins, (low, high))[0].astype(data.dtype))


def histogram(input: Any, bins: Any, *, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    """Counts, or weights, or densities of the intervals between edges, and the edges."""
    data = constant(input)
    edges = bins if isinstance(bins, int) else constant(bins)
    weights = None if weight is None else constant(weight)
    counts, found = np.histogram(data, edges, range, weights=weights, density=density)
    return results.histogram(Tensor.wrap(counts.astype(data.dtype)), Tensor.wrap(found.astype(data.dtype)))
