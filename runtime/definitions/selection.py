"""Choosing elements, and putting some between others."""

from __future__ import annotations

import numpy as np

from runtime.errors import NotDifferentiable
from runtime.kernels.places import first_places, inserted_places, kept_places
from runtime.primitives.registry import define


@define(np.select)
def select(condlist, choicelist, default=0):
    """Of the choices the first whose condition holds."""
    result = default
    for k in range(len(condlist) - 1, -1, -1):
        result = np.where(condlist[k], choicelist[k], result)
    return result


@define(np.choose)
def choose(a, choices, out=None, mode="raise"):
    """The choice that the whole numbers `a` name, element by element."""
    if out is not None:
        raise NotDifferentiable("np.choose with out= has no derivative here", "Assign the result instead.")
    count = len(choices)
    place = np.asarray(a)
    if mode == "clip":
        place = np.clip(place, 0, count - 1)
    elif mode == "wrap":
        place = np.remainder(place, count)
    if np.any(place < 0) or np.any(place >= count):
        raise ValueError("invalid entry in choice array")
    result = np.where(place == 0, choices[0], 0.0)
    for k in range(1, count):
        result = np.where(place == k, choices[k], result)
    return result


@define(np.partition)
def partition(a, kth, axis=-1):
    """The elements in an order in which those of the places `kth` stand where sorting would put them."""
    if axis is None:
        flat = np.ravel(a)
        return flat[np.argpartition(flat, kth)]
    return np.take_along_axis(a, np.argpartition(a, kth, axis), axis)


@define(np.unique)
def unique(ar):
    """The elements sorted, each once."""
    flat = np.ravel(ar)
    return flat[first_places(flat)]


@define(np.unique_values)
def unique_values(x):
    """The elements sorted, each once."""
    flat = np.ravel(x)
    return flat[first_places(flat)]


@define(np.trim_zeros)
def trim_zeros(filt, trim="fb"):
    """The elements between the zeros at both ends."""
    places = kept_places(filt, trim)
    return filt[places[0] : places[-1] + 1] if np.size(places) else filt[:0]


@define(np.insert)
def insert(arr, obj, values, axis=None):
    """`values` put before the places `obj`."""
    given = np.stack(values) if isinstance(values, (list, tuple)) else values
    base = np.ravel(arr) if axis is None else arr
    along = 0 if axis is None else axis
    rank = np.ndim(base)
    shape = list(np.shape(base))
    missing = max(rank - np.ndim(given), 0)
    added = np.reshape(given, (1,) * missing + np.shape(given))
    if np.ndim(obj) == 0 and not isinstance(obj, slice):
        added = np.moveaxis(added, 0, along)
        shape[along] = np.shape(added)[along]
    else:
        shape[along] = np.size(np.arange(np.shape(base)[along])[obj])
    places = inserted_places(np.shape(base)[along], obj, shape[along])
    both = np.concatenate([base, np.broadcast_to(added, tuple(shape))], axis=along)
    return np.take(both, places, axis=along)


@define(np.resize)
def resize(a, new_shape):
    """The elements in another shape, from the start again where they do not suffice."""
    flat = np.ravel(a)
    count = np.size(np.empty(new_shape))
    return np.reshape(flat[np.arange(count) % np.size(flat)], new_shape)


@define(np.piecewise)
def piecewise(x, condlist, funclist, *args):
    """One function, or number, where each condition holds; of several that hold the last."""
    conditions = [np.asarray(c) for c in condlist]
    if np.ndim(conditions[0]) == 0 and np.ndim(x) > 0:
        conditions = [np.asarray(condlist)]
    chosen = list(funclist)
    if len(chosen) == len(conditions) + 1:
        conditions = [np.logical_not(np.any(np.stack(conditions), axis=0)), *conditions]
        chosen = [chosen[-1], *chosen[:-1]]
    result = np.zeros_like(x)
    for k in range(len(conditions)):
        if np.any(conditions[k]):
            part = chosen[k](x[conditions[k]], *args) if callable(chosen[k]) else chosen[k]
            if np.ndim(part) > 0:
                place = np.reshape(np.cumsum(conditions[k]) - 1, np.shape(x))
                part = part[np.maximum(place, 0)]
            result = np.where(conditions[k], part, result)
    return result
