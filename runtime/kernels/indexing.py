"""Transposes of reading by index: cotangents added up at the places that were read."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.kernels.cotangent import zeros_like
from runtime.kernels.repeated import add_repeated
from runtime.kernels.shape import dtype_for
from runtime.records import Fields

_BASIC = (int, slice, type(None), type(Ellipsis), np.integer)


def scatter(g: Any, index: Any, x: Any) -> Any:
    """Transpose of `x[index]`: zeros with the structure of `x`, and `g` at `index`; repeated indices add up.

    `x` is an array (any index that NumPy allows), a list or tuple (int or slice) or a dict (key); only its structure
    is read. An object has its fields by name.
    """
    out = zeros_like(x)
    if isinstance(out, (list, dict, Fields)):
        out[index] = g
        return out
    g = np.real(g) if out.dtype.kind == "f" else g
    if _reads_once(index):
        out[index] = g
    else:
        add_repeated(out, index, g)
    return out


def _reads_once(index: Any) -> bool:
    if isinstance(index, tuple):
        return all(isinstance(part, _BASIC) and not isinstance(part, bool) for part in index)
    if isinstance(index, _BASIC):
        return not isinstance(index, bool)
    return isinstance(index, np.ndarray) and index.dtype == bool


def untake(g: Any, indices: Any, a: Any, axis: Any = None, mode: Any = "raise") -> Any:
    """Transpose of `np.take(a, indices, axis, mode=mode)`."""
    shape = np.shape(a)
    rows = (math.prod(shape),) if axis is None else shape or (1,)
    axis = 0 if axis is None else axis % len(rows)
    places = np.asarray(indices, dtype=int)
    if mode == "clip":
        places = np.clip(places, 0, rows[axis] - 1)
    elif mode == "wrap":
        places = places % rows[axis]
    out = np.zeros_like(g, shape=rows, dtype=dtype_for(g, a))
    if axis == 0:
        add_repeated(out, places, g)
    else:
        np.add.at(out, (slice(None),) * axis + (places,), g)
    return np.reshape(out, shape)


def untake_along_axis(g: Any, indices: Any, a: Any, axis: Any = -1) -> Any:
    """Transpose of `np.take_along_axis(a, indices, axis)`."""
    shape = np.shape(a)
    rows = (math.prod(shape),) if axis is None else shape
    axis = 0 if axis is None else axis % len(rows)
    place: list[Any] = [
        np.reshape(np.arange(n), [-1 if k == j else 1 for k in range(len(rows))]) for j, n in enumerate(rows)
    ]
    place[axis] = indices
    out = np.zeros_like(g, shape=rows, dtype=dtype_for(g, a))
    np.add.at(out, tuple(place), g)
    return np.reshape(out, shape)
