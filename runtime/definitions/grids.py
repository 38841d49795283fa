"""Arrays side by side, along axes, and functions along them."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.primitives.registry import define


@define(np.meshgrid)
def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    """Coordinates of a grid, one array for each of its axes."""
    count = len(xi)
    order = list(range(count))
    if indexing == "xy" and count > 1:
        order[0], order[1] = 1, 0
    shape = tuple(np.size(xi[k]) for k in order)
    found = []
    for k in range(count):
        spread = [1] * count
        spread[order[k]] = -1
        line = np.reshape(xi[k], tuple(spread))
        part = line if sparse else np.broadcast_to(line, shape)
        found.append(np.copy(part) if copy else part)
    return tuple(found)


@define(np.broadcast_arrays)
def broadcast_arrays(*args):
    """The arrays, all of one shape."""
    shape = np.broadcast_shapes(*[np.shape(a) for a in args])
    return tuple([np.broadcast_to(a, shape) for a in args])


@define(np.block)
def block(arrays):
    """Nested lists of arrays joined: the innermost along the last axis; one array is copied."""
    depth = _depth(arrays)
    joined = _joined(arrays, depth, np.maximum(depth, _rank(arrays)))
    return joined if depth else np.copy(joined)


def _depth(arrays):
    return 1 + _depth(arrays[0]) if isinstance(arrays, list) else 0


def _rank(arrays):
    return max([_rank(a) for a in arrays]) if isinstance(arrays, list) else np.ndim(arrays)


def _joined(arrays, depth, rank):
    if depth == 0:
        return np.expand_dims(arrays, tuple(range(rank - np.ndim(arrays))))
    return np.concatenate([_joined(a, depth - 1, rank) for a in arrays], axis=-depth)


@define(np.rollaxis)
def rollaxis(a, axis, start=0):
    """An axis moved until it stands before `start`."""
    rank = np.ndim(a)
    place = axis % rank
    before = start + rank if start < 0 else start
    return np.moveaxis(a, place, before - 1 if place < before else before)


@define(np.fromfunction)
def fromfunction(function, shape, *, dtype=float):
    """A function of the places of an array."""
    return function(*np.indices(shape, dtype=dtype))


@define(np.apply_over_axes)
def apply_over_axes(func, a, axes):
    """`func(a, axis)` for one axis after the other, with as many axes as `a` has."""
    value = a
    for axis in [axes] if np.ndim(axes) == 0 else axes:
        reduced = func(value, axis)
        value = reduced if np.ndim(reduced) == np.ndim(value) else np.expand_dims(reduced, axis)
    return value


@define(np.apply_along_axis)
def apply_along_axis(func1d, axis, arr, *args):
    """A function of each row along an axis."""
    rows = np.moveaxis(arr, axis, -1)
    outer = np.shape(rows)[:-1]
    flat = np.reshape(rows, (-1, np.shape(rows)[-1]))
    made = np.stack([func1d(flat[k], *args) for k in range(np.shape(flat)[0])])
    rest = np.shape(made)[1:]
    whole = np.reshape(made, outer + rest)
    first = axis % np.ndim(arr)
    return np.moveaxis(whole, tuple(range(len(outer), len(outer) + len(rest))), tuple(range(first, first + len(rest))))


def vectorized(function: Any, *args: Any) -> Any:
    """`np.vectorize(function)(*args)`, for a function of one result."""
    shape = np.broadcast_shapes(*[np.shape(a) for a in args])
    flat = [np.ravel(np.broadcast_to(a, shape)) for a in args]
    made = [function(*[a[k] for a in flat]) for k in range(np.size(np.empty(shape)))]
    return np.reshape(np.stack(made), shape)
