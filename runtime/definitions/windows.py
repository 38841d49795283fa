"""Views by windows and by strides, and what `np.r_` and `np.c_` put together."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels import as_strided, sliding
from runtime.kernels.places import strides_in_elements
from runtime.primitives.registry import define


@define(np.lib.stride_tricks.sliding_window_view)
def sliding_window_view(x, window_shape, axis=None, *, subok=False, writeable=False):
    """The windows at every place, with their axes behind those of the array."""
    sizes = (window_shape,) if np.ndim(window_shape) == 0 else tuple(window_shape)
    axes = tuple(range(np.ndim(x))) if axis is None else (axis,) if np.ndim(axis) == 0 else tuple(axis)
    if len(sizes) != len(axes):
        raise ValueError("window_shape and axis must have the same length")
    places = [k % np.ndim(x) for k in axes]
    windows = x
    for k in range(len(places)):
        windows = sliding(windows, places[k], sizes[k], 1)
    return windows


@define(np.lib.stride_tricks.as_strided)
def strided(x, shape=None, strides=None, subok=False, writeable=True):
    """The elements at these strides in memory."""
    size = tuple(np.shape(x)) if shape is None else tuple(shape)
    return as_strided(x, size, strides_in_elements(x, strides), 0)


def rows(*parts: Any) -> Any:
    """`np.r_[parts]`: numbers and arrays, one behind the other along the first axis."""
    held = [np.array(part) if isinstance(part, (list, tuple)) else part for part in parts]
    kind = np.result_type(*held)
    return np.concatenate([np.atleast_1d(part).astype(kind) for part in held])


def columns(*parts: Any) -> Any:
    """`np.c_[parts]`: numbers, vectors and matrices, side by side along the last axis."""
    held = [np.array(part) if isinstance(part, (list, tuple)) else part for part in parts]
    kind = np.result_type(*held)
    uprights = [np.reshape(part, (-1, 1)) if np.ndim(part) < 2 else part for part in held]
    return np.concatenate([part.astype(kind) for part in uprights], axis=-1)
