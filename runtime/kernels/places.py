"""Places of elements: whole numbers, which carry no derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import NotDifferentiable


def first_places(x: Any) -> Any:
    """Where each different element stands first, in the order of the elements."""
    return np.unique(np.asarray(x), return_index=True)[1]


def kept_places(x: Any, trim: str = "fb") -> Any:
    """The places behind the zeros in front (`trim` has an "f") and before those at the back (it has a "b")."""
    found = np.flatnonzero(np.asarray(x))
    if not found.size:
        return np.arange(0)
    first = int(found[0]) if "f" in trim.lower() else 0
    return np.arange(first, int(found[-1]) + 1 if "b" in trim.lower() else len(x))


def counted(first: Any, last: Any, step: Any) -> Any:
    """The numbers that the slice `first:last:step` stands for in `np.r_`."""
    return np.r_[first:last:step]


def strides_in_elements(x: Any, strides: Any) -> tuple[int, ...]:
    """Strides in bytes as those in elements; those of the array itself where none are given.

    Raises NotDifferentiable where they do not lead from element to element of one piece of memory.
    """
    size = x.itemsize
    given = x.strides if strides is None else tuple([int(s) for s in strides])
    if not x.flags.c_contiguous or any(s < 0 or s % size for s in given):
        raise NotDifferentiable(
            "np.lib.stride_tricks.as_strided has a derivative for contiguous arrays and strides forward, of whole"
            " elements",
            "Give it np.ascontiguousarray(x), or use sliding_window_view or an array of places.",
        )
    return tuple([s // size for s in given])


def inserted_places(count: int, places: Any, added: int) -> Any:
    """Where each element of the longer array comes from: below `count` the old array, from there on what is added."""
    chosen = np.arange(count)[places] if isinstance(places, slice) else np.asarray(places)
    if chosen.dtype.kind == "b":
        chosen = np.flatnonzero(chosen)
    if chosen.ndim == 0:
        chosen = np.full(added, chosen)
    if np.any(chosen < -count) or np.any(chosen > count):
        raise IndexError(f"a place is out of bounds for {count} elements")
    chosen = np.where(chosen < 0, chosen + count, chosen)
    order = np.argsort(chosen, kind="stable")
    target = np.empty(added, dtype=int)
    target[order] = chosen[order] + np.arange(added)
    source = np.empty(count + added, dtype=int)
    old = np.ones(count + added, dtype=bool)
    old[target] = False
    source[old] = np.arange(count)
    source[target] = count + np.arange(added)
    return source


def along_axis(indices: Any, axis: int | None) -> tuple[Any, ...]:
    """The index that takes, or stores, along an axis."""
    indices = np.asarray(indices)
    if axis is None:
        return (indices,)
    place = axis % indices.ndim
    shape = [1] * indices.ndim
    found: list[Any] = []
    for k, length in enumerate(indices.shape):
        line = list(shape)
        line[k] = length
        found.append(indices if k == place else np.arange(length).reshape(line))
    return tuple(found)


def all_places(a: Any, axis: int | None) -> Any:
    """The places along an axis of an array, or in the array flattened: 0, 1, 2, ..."""
    return np.arange(np.size(a, axis))


def running_places(function: np.ufunc, a: Any, axis: int) -> np.ndarray:
    """Where the extreme so far stands along `axis`, for `np.maximum` or `np.minimum`; of equal ones the last."""
    x = np.asarray(a)
    best = function.accumulate(x, axis=axis)
    count = np.arange(best.shape[axis]).reshape([-1 if k == axis % best.ndim else 1 for k in range(best.ndim)])
    is_best = (x == best) | ((x != x) & (best != best))
    return np.maximum.accumulate(np.where(is_best, count, 0), axis=axis)
