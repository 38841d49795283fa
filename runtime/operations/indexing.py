"""Reading and writing elements by index or mask."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.kernels import scatter as put_at
from runtime.operations import arithmetic
from runtime.operations.calling import as_input, axis_of, call, constant, operand, plain, refuse
from runtime.operations.titles import named
from runtime.promotion import cast, element_type, holds, pair
from runtime.tensor import Tensor
from runtime.variable import Variable


def also_of_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a Tensor without axes, and what goes with it, count as a vector of one element."""

    @functools.wraps(function)
    def with_an_axis(input: Any, *args: Any, **kwargs: Any) -> Any:
        if input._data.ndim:
            return function(input, *args, **kwargs)
        index = next(a for a in (*args, *kwargs.values()) if isinstance(a, Variable))
        shape = index._data.shape if function.__name__ == "gather" else ()
        given = [_vector(a) for a in args], {key: _vector(a) for key, a in kwargs.items()}
        return call(np.reshape, function(call(np.reshape, input, (1,)), *given[0], **given[1]), shape)

    return with_an_axis


def _vector(x: Any) -> Any:
    return call(np.reshape, x, (1,)) if isinstance(x, Variable) and x._data.ndim == 0 else x


def _places(index: np.ndarray, dim: int, rank: int) -> tuple[Any, ...]:
    """The index of every element: `index` along `dim`, its own place along the other axes."""
    axis = axis_of(dim, rank)
    own = [np.arange(n).reshape([-1 if j == k else 1 for j in range(index.ndim)]) for k, n in enumerate(index.shape)]
    return tuple(own[:axis]) + (index,) + tuple(own[axis + 1 :])


def _along(index: Any, dim: int, x: Any) -> tuple[Any, ...]:
    index = constant(index)
    _check_bounds(index, dim, x)
    return _places(index, dim, x._data.ndim)


def _check_bounds(index: np.ndarray, dim: int, x: Any) -> None:
    # As a number without a sign a negative one is larger than every length.
    unsigned = index.view(np.uint64) if index.dtype == np.int64 else index
    highest = np.maximum.reduce(unsigned, None, initial=0)
    if highest >= x._data.shape[dim] or index.dtype != np.int64 and index.size and index.min() < 0:
        refuse(f"index {index.max()} is out of bounds for dimension {dim} with size {x._data.shape[dim]}")


def _row(index: Any, dim: int, x: Any) -> tuple[Any, ...]:
    """A vector of places along an axis, as an index of all the other axes too."""
    places = np.atleast_1d(constant(index))
    return (slice(None),) * axis_of(dim, x._data.ndim) + (places,)


@named("GatherBackward0")
@also_of_numbers
def gather(input: Any, dim: int, index: Any, *, sparse_grad: bool = False) -> Any:
    """`out[i][j][k] = input[i][index[i][j][k]][k]` for `dim` 1, and so on: a result of the shape of `index`."""
    places = constant(index)
    if not places.size:
        return call(np.take, call(np.reshape, input, -1), places.astype(np.int64))
    axis, shape = axis_of(dim, input._data.ndim), input._data.shape
    if places.ndim == len(shape) and places.shape[:axis] + places.shape[axis + 1 :] == shape[:axis] + shape[axis + 1 :]:
        _check_bounds(places, dim, input)
        return call(np.take_along_axis, input, places, axis)
    return input[_along(index, dim, input)]


def _spread(values: Any, places: tuple[Any, ...], x: Any) -> Any:
    """Zeros of the shape and type of `x` with `values` added up at places."""
    kind = element_type(x)
    if kind.kind in "fc":
        return call(put_at, values, places, x.detach()._data)
    found = np.zeros(x._data.shape, kind)
    np.add.at(found, places, plain(values))
    return Tensor.wrap(found)


def _source(src: Any, index: Any, x: Any) -> Any:
    """What is scattered, cut to the shape of the index."""
    if not isinstance(src, Variable):
        return src
    cut = tuple(slice(n) for n in constant(index).shape)
    return cast(src, element_type(x))[cut] if src._data.shape != constant(index).shape else src


@named("ScatterBackward0")
@also_of_numbers
def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Any:
    """`out[i][index[i][j]] = src[i][j]` for `dim` 1, and so on; or added or multiplied there if `reduce` says so."""
    given = value if src is None else src
    if reduce is not None:
        single = np.asarray(given if isinstance(given, Variable) else element_type(input).type(given))
        filled = given if isinstance(given, Variable) else np.broadcast_to(single, constant(index).shape).copy()
        return scatter_reduce(input, dim, index, as_input(filled), {"add": "sum", "multiply": "prod"}[reduce])
    found = call(np.copy, input)
    found[_along(index, dim, input)] = _source(given, index, input)
    return found


@named("ScatterAddBackward0")
@also_of_numbers
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Any:
    """`out[i][index[i][j]] += src[i][j]` for `dim` 1, and so on; repeated places add up."""
    return arithmetic.add(input, _spread(_source(src, index, input), _along(index, dim, input), input))


@named("ScatterReduceBackward0")
@also_of_numbers
def scatter_reduce(input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True) -> Any:
    """All that is scattered to one place reduced: "sum", "prod", "mean", "amax" or "amin", with what was there."""
    places, values = _along(index, dim, input), _source(src, index, input)
    touched = np.zeros(input._data.shape, bool)
    touched[places] = True
    if element_type(input).kind in "biu":
        return Tensor.wrap(_reduced_integers(input._data, places, constant(values), reduce, include_self))
    neutral = {"sum": 0.0, "mean": 0.0, "prod": 1.0, "amax": -np.inf, "amin": np.inf}
    if reduce not in neutral:
        refuse(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    start = input if include_self else call(np.where, touched, neutral[reduce], input)
    if reduce in ("sum", "mean"):
        total = arithmetic.add(start, _spread(values, places, input))
        if reduce == "sum":
            return total
        count = put_at(np.ones_like(values._data), places, input._data) + (1 if include_self else 0)
        return arithmetic.div(total, Tensor.wrap(np.maximum(count, 1).astype(element_type(input))))
    return _ranked(start, places, values, {"prod": np.prod, "amax": np.max, "amin": np.min}[reduce])


def _reduced_integers(
    data: np.ndarray, places: tuple[Any, ...], values: np.ndarray, reduce: str, include_self: bool
) -> np.ndarray:
    """`scatter_reduce` of integers and bools, which carry no derivative; a mean is rounded down."""
    if reduce not in _GATHERERS:
        refuse(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    ufunc, start = _GATHERERS[reduce]
    out = data.copy()
    if not include_self:
        out[places] = start if np.isfinite(start) else _extreme(data.dtype, start < 0)
    ufunc.at(out, places, values)
    if reduce == "mean":
        count = np.full(data.shape, int(include_self))
        np.add.at(count, places, 1)
        out = out // np.maximum(count, 1)
    return out


_GATHERERS: dict[str, tuple[Any, float]] = {
    "sum": (np.add, 0),
    "mean": (np.add, 0),
    "prod": (np.multiply, 1),
    "amax": (np.maximum, -np.inf),
    "amin": (np.minimum, np.inf),
}


def _extreme(kind: np.dtype, smallest: bool) -> Any:
    if kind.kind == "b":
        return not smallest
    return np.iinfo(kind).min if smallest else np.iinfo(kind).max


def _ranked(start: Any, places: tuple[Any, ...], values: Any, reduction: Any) -> Any:
    """A reduction over groups of elements that meet at one place: laid side by side, what is missing repeated or 1."""
    flat = np.ravel_multi_index(np.broadcast_arrays(*places), start._data.shape).ravel()
    order = np.argsort(flat, kind="stable")
    ranks = np.empty_like(flat)
    counts = np.bincount(flat, minlength=start._data.size)
    ranks[order] = np.arange(flat.size) - np.repeat(np.cumsum(counts) - counts, counts)
    depth = int(counts.max(initial=0))
    table = call(np.stack, [call(np.reshape, start, -1)] * (1 + depth)) if reduction is not np.prod else None
    if table is None:
        ones = np.ones((depth, start._data.size), start._data.dtype)
        table = call(np.concatenate, [call(np.reshape, start, (1, -1)), Tensor.wrap(ones)])
    empty = np.ones((1 + depth, start._data.size), bool)
    empty[1 + ranks, flat] = False
    layers = call(put_at, call(np.reshape, values, -1), (1 + ranks, flat), np.zeros(empty.shape, start._data.dtype))
    chosen = call(np.where, empty, table if reduction is np.prod else _only_first(table, reduction), layers)
    return call(np.reshape, call(reduction, chosen, axis=0), start._data.shape)


def _only_first(table: Any, reduction: Any) -> Any:
    """The first layer, and beneath it what no maximum or minimum takes."""
    limit = -np.inf if reduction is np.max else np.inf
    below = np.zeros(table._data.shape, bool)
    below[1:] = True
    return call(np.where, below, limit, table)


@named("IndexSelectBackward0")
def index_select(input: Any, dim: int, index: Any) -> Any:
    """The places of an axis that a vector names."""
    places = np.atleast_1d(constant(index))
    if input._data.ndim == 0:
        return call(np.copy, input)
    return call(np.take, input, places, axis_of(dim, input._data.ndim))


@named("IndexAddBackward0")
@also_of_numbers
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Any:
    """`out[index[k]] += alpha * source[k]` along `dim`; repeated places add up."""
    given = source if alpha == 1 else arithmetic.mul(source, alpha)
    return arithmetic.add(input, _spread(cast(given, element_type(input)), _row(index, dim, input), input))


@named("IndexCopyBackward0")
@also_of_numbers
def index_copy(input: Any, dim: int, index: Any, source: Any) -> Any:
    """`out[index[k]] = source[k]` along `dim`."""
    found = call(np.copy, input)
    found[_row(index, dim, input)] = source
    return found


@named("IndexFillBackward0")
@also_of_numbers
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """The places of an axis that a vector names filled with one value."""
    return index_copy(input, dim, index, value)


@also_of_numbers
@named("IndexReduceBackward0")
def index_reduce(input: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True) -> Any:
    """All that `index` puts to one place of an axis reduced: "prod", "mean", "amax" or "amin", with what was there."""
    axis = axis_of(dim, input._data.ndim)
    shape = [-1 if k == axis else 1 for k in range(input._data.ndim)]
    places = np.broadcast_to(np.reshape(constant(index), shape), source._data.shape)
    return scatter_reduce(input, dim, places, source, reduce, include_self=include_self)


@named("IndexPutBackward0")
def index_put(input: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    """`out[indices] = values`, or added there, repeated places adding up, with `accumulate`."""
    places = tuple([slice(None) if k is None else constant(k) for k in indices])
    if accumulate:
        spread = call(np.broadcast_to, as_input(values), input._data[places].shape)
        return arithmetic.add(input, _spread(cast(spread, element_type(input)), places, input))
    found = call(np.copy, input)
    found[places] = values
    return found


@named("SelectScatterBackward0")
def select_scatter(input: Any, src: Any, dim: int, index: int) -> Any:
    """With one place of an axis replaced."""
    found = call(np.copy, input)
    found[(slice(None),) * axis_of(dim, input._data.ndim) + (index,)] = src
    return found


@named("SliceScatterBackward0")
def slice_scatter(
    input: Any, src: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Any:
    """With a slice of an axis replaced."""
    found = call(np.copy, input)
    found[(slice(None),) * axis_of(dim, input._data.ndim) + (slice(start, end, step),)] = src
    return found


@named("DiagonalScatterBackward0")
def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """With a diagonal replaced."""
    places = np.arange(input._data.size).reshape(input._data.shape)
    found = call(np.copy, input)
    found[np.unravel_index(np.diagonal(places, offset, dim1, dim2), input._data.shape)] = src
    return found


@named(lambda input, mask, value: f"MaskedFillBackward{int(isinstance(value, Variable))}")
def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """`value` where the mask is true, the input elsewhere."""
    number = operand(value)
    kind = element_type(input)
    holds(kind, number)
    number = cast(number, kind) if isinstance(number, Variable) else np.asarray(number).astype(kind)
    return call(np.where, constant(mask).astype(bool), number, input)


@named("MaskedSelectBackward0")
def masked_select(input: Any, mask: Any) -> Any:
    """The elements where the mask is true, in one row."""
    chosen = constant(mask).astype(bool)
    shape = np.broadcast_shapes(input._data.shape, chosen.shape)
    return call(np.broadcast_to, input, shape)[np.broadcast_to(chosen, shape)]


@named("MaskedScatterBackward0")
def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """The elements of `source`, one after the other, where the mask is true."""
    shape = np.broadcast_shapes(constant(mask).shape, input._data.shape)
    chosen = np.broadcast_to(constant(mask).astype(bool), shape)
    found = call(np.copy, call(np.broadcast_to, input, shape))
    found[chosen] = call(np.reshape, source, -1)[: int(chosen.sum())]
    return found


def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """`input` where the condition holds, `other` elsewhere; the places where it holds if neither is given."""
    if input is None and other is None:
        return nonzero(condition, as_tuple=True)
    x, y = pair(as_input(input) if isinstance(input, Variable) else input, operand(other))
    if not isinstance(x, Variable) and not isinstance(y, Variable):
        x, y = as_input(x), as_input(y)
    return call(np.where, constant(condition).astype(bool), x, y)


def where_method(input: Any, condition: Any, other: Any) -> Any:
    """The elements where the condition holds, `other` elsewhere."""
    return where(condition, input, other)


def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The places of the elements that are not 0, as rows, or as one vector an axis."""
    data = constant(input)
    if as_tuple:
        return tuple([Tensor.wrap(places) for places in np.nonzero(np.atleast_1d(data))])
    return Tensor.wrap(np.argwhere(data))


def argwhere(input: Any) -> Any:
    """The places of the elements that are not 0, as rows."""
    return nonzero(input)


def take(input: Any, index: Any) -> Any:
    """Elements of the flattened Tensor, in the shape of `index`."""
    return call(np.take, input, constant(index))


@named("PutBackward0")
def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """With elements of the flattened Tensor replaced, or added to, by those of `source`."""
    flat = call(np.reshape, input, -1)
    found = index_put(flat, (constant(index).ravel(),), call(np.reshape, source, -1), accumulate)
    return call(np.reshape, found, input._data.shape)


def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Any:
    """Elements at places along an axis; the other axes of the indices broadcast."""
    if dim is None:
        return call(np.take, input, constant(indices).ravel())
    return call(np.take_along_axis, input, constant(indices), dim)


def searchsorted(
    sorted_sequence: Any,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Any = None,
) -> Any:
    """Where elements would have to be put into a sorted axis to keep it sorted; `sorter` has the order of another."""
    rows, values = constant(sorted_sequence), constant(input)
    if sorter is not None:
        rows = np.take_along_axis(rows, constant(sorter), -1)
    at: Any = side or ("right" if right else "left")
    if rows.ndim == 1:
        found = np.asarray(np.searchsorted(rows, values, at))
    else:
        pairs = zip(rows.reshape(-1, rows.shape[-1]), values.reshape(-1, values.shape[-1]), strict=True)
        found = np.reshape([np.searchsorted(row, value, at) for row, value in pairs], values.shape)
    return Tensor.wrap(found.astype(np.int32 if out_int32 else np.int64))


def bucketize(input: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False) -> Any:
    """The number of the interval between boundaries that each element lies in."""
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    """Places in a shape from places in the flattened Tensor."""
    return tuple([Tensor.wrap(np.asarray(k)) for k in np.unravel_index(constant(indices), plain(shape))])
