"""Functions that write into their first argument."""

from __future__ import annotations

import numpy as np

from runtime.kernels.places import along_axis
from runtime.primitives.registry import define


@define(np.put)
def put(a, ind, v, mode="raise"):
    """Elements of the flattened array, by place."""
    if mode == "raise" and np.any(np.abs(np.asarray(ind) + 0.5) > np.size(a)):
        raise IndexError("a place lies outside of the array")
    count = np.size(a)
    place = np.clip(ind, 0, count - 1) if mode == "clip" else np.remainder(ind, count)
    a[np.unravel_index(place, np.shape(a))] = np.reshape(
        np.ravel(v)[np.arange(np.size(ind)) % np.size(v)], np.shape(ind)
    )


@define(np.place)
def place(arr, mask, vals):
    """Elements where the mask holds, one value after the other."""
    arr[mask] = np.ravel(vals)[np.arange(np.count_nonzero(mask)) % np.size(vals)]


@define(np.putmask)
def putmask(a, mask, values):
    """Elements where the mask holds, of values of the same place."""
    spread = np.reshape(np.ravel(values)[np.arange(np.size(a)) % np.size(values)], np.shape(a))
    a[mask] = spread[mask]


@define(np.put_along_axis)
def put_along_axis(arr, indices, values, axis):
    """Elements along an axis, by place."""
    arr[along_axis(indices, axis)] = values


@define(np.fill_diagonal)
def fill_diagonal(a, val, wrap=False):
    """The elements whose places along all axes are equal."""
    if wrap:
        raise ValueError("wrap=True has no derivative here: store by index")
    places = np.arange(min(np.shape(a)))
    a[(places,) * np.ndim(a)] = val
