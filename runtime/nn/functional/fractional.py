"""Pooling by windows at random places, some of one length and some of the next. Source: Graham 2015."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import ShapeMismatch
from runtime.generator import stream_of
from runtime.kernels.windows import per_axis
from runtime.lifting import call
from runtime.nn.functional.losses import plain
from runtime.operations.titles import named
from runtime.tensor import Tensor


@named("FractionalMaxPool2DBackward0")
def fractional_max_pool2d(
    input: Any,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:
    """The largest element of each of `output_size` windows, at random places of the last two axes.

    `output_ratio` gives the size as a share of the input's instead. `_random_samples`, shape (batch, channels, 2) and
    between 0 and 1, say where the windows lie, the last axis first. With `return_indices` also where each element was
    found, as its number in the plane. Raises ShapeMismatch where the windows do not fit.
    """
    return _pooled(input, kernel_size, output_size, output_ratio, return_indices, _random_samples, 2, (1, 0))


@named("FractionalMaxPool3DBackward0")
def fractional_max_pool3d(
    input: Any,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:
    """As `fractional_max_pool2d`, over the last three axes; the random samples are in their order."""
    return _pooled(input, kernel_size, output_size, output_ratio, return_indices, _random_samples, 3, (0, 1, 2))


def _pooled(
    input: Any,
    kernel_size: Any,
    output_size: Any,
    output_ratio: Any,
    return_indices: bool,
    samples: Any,
    rank: int,
    order: tuple[int, ...],
) -> Any:
    """`order` has for each axis the number of its random sample."""
    shape = tuple(input.shape)
    if len(shape) not in (rank + 1, rank + 2):
        raise ShapeMismatch(
            f"pooling over {rank} axes takes {rank + 1} or {rank + 2} axes, not {len(shape)}",
            "Add an axis for the batch or the channels.",
        )
    if (output_size is None) == (output_ratio is None):
        raise ValueError("exactly one of output_size and output_ratio must be given")
    lengths = shape[-rank:]
    sizes = per_axis(kernel_size, rank)
    ratios = output_ratio if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * rank
    counts = [int(n * r) for n, r in zip(lengths, ratios)] if output_size is None else per_axis(output_size, rank)
    for length, size, count in zip(lengths, sizes, counts):
        if count + size - 1 > length or count < 1:
            raise ShapeMismatch(
                f"{count} windows of {size} elements do not fit into an axis of {length}",
                "Choose a smaller output_size, output_ratio or kernel_size.",
            )
    batch = shape[0] if len(shape) == rank + 2 else 1
    planes = batch * shape[-rank - 1]
    if samples is None:
        drawn = stream_of(None).random((planes, rank)).astype(plain(input).dtype)
    else:
        drawn = plain(samples).reshape(planes, rank)
    # The number in the plane of every element of every window, shape (planes, *counts, *sizes).
    places = np.zeros((planes, *[1] * (2 * rank)), np.int64)
    for axis, (length, size, count) in enumerate(zip(lengths, sizes, counts)):
        starts = _starts(drawn[:, order[axis]], length, size, count)
        inside = starts[:, :, None] + np.arange(size)
        wide = [planes, *[1] * (2 * rank)]
        wide[1 + axis], wide[1 + rank + axis] = count, size
        places = places * length + inside.reshape(wide)
    places = places.reshape(planes, math.prod(counts), math.prod(sizes))
    flat = call(np.reshape, input, (planes, math.prod(lengths)))
    elements = plain(flat)[np.arange(planes)[:, None, None], places]
    # NaN is the largest, as in other poolings.
    chosen = np.take_along_axis(places, np.argmax(elements, -1)[..., None], -1)[..., 0]
    whole = (*shape[:-rank], *counts)
    found = call(np.reshape, call(np.take_along_axis, flat, chosen, axis=1), whole)
    return (found, Tensor.wrap(chosen.reshape(whole))) if return_indices else found


def _starts(sample: np.ndarray, length: int, size: int, count: int) -> np.ndarray:
    """Where the windows begin for each random sample; the last one ends at the end of the axis."""
    if count == 1:
        return np.full((len(sample), 1), length - size)
    step = sample.dtype.type((length - size) / (count - 1))
    k = np.arange(count - 1)
    inner = ((k + sample[:, None]) * step).astype(np.int64) - (sample[:, None] * step).astype(np.int64)
    return np.concatenate([inner, np.full((len(sample), 1), length - size)], axis=1)
