"""Pooling: the largest element or the mean of windows over the last one, two or three axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime import kernels
from runtime.errors import ShapeMismatch
from runtime.kernels.windows import per_axis
from runtime.lifting import call
from runtime.nn.functional.losses import plain
from runtime.operations.titles import named
from runtime.tensor import Tensor
from runtime.variable import Variable


def max_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window over the last axis; see `max_pool2d`."""
    return _max_pool(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 1)


def max_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window over the last two axes.

    `stride` is the window's size unless given. With `return_indices` also where each was found, as its number in the
    plane of the last axes.
    """
    return _max_pool(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 2)


def max_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window over the last three axes; see `max_pool2d`."""
    return _max_pool(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 3)


def _max_pool(
    input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool, indices: bool, rank: int
) -> Any:
    _check_rank(input, rank)
    size = per_axis(kernel_size, rank)
    window = (
        size,
        size if _is_none(stride) else per_axis(stride, rank),
        per_axis(padding, rank),
        per_axis(dilation, rank),
    )
    z = call(kernels.max_pool, input, *window, ceil_mode)
    if not indices:
        return z
    data = input._data if isinstance(input, Variable) else input
    return z, Tensor.wrap(_places(data, *window, ceil_mode))


def _places(x: Any, size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool) -> Any:
    """Where the largest element of each window stands in the plane of the last axes, counted in C order."""
    choice = kernels.max_place(x, size, stride, padding, dilation, ceil_mode)
    rank = len(size)
    counts = choice.shape[-rank:]
    inside = np.unravel_index(choice.astype(np.int64), size)
    place = np.zeros(choice.shape, np.int64)
    for axis, length in enumerate(x.shape[-rank:]):
        start = np.arange(counts[axis]) * stride[axis] - padding[axis]
        start = np.reshape(start, [-1 if k == axis else 1 for k in range(rank)])
        place = place * length + start + inside[axis] * dilation[axis]
    return place


def avg_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """The mean of each window over the last axis; see `avg_pool2d`."""
    return _avg_pool(input, kernel_size, stride, padding, ceil_mode, count_include_pad, None, 1)


@named("AvgPool2DBackward0")
def avg_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of each window over the last two axes.

    Zeros of the padding count unless `count_include_pad` is False; `divisor_override` is divided by instead.
    """
    return _avg_pool(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, 2)


@named("AvgPool3DBackward0")
def avg_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of each window over the last three axes; see `avg_pool2d`."""
    return _avg_pool(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, 3)


def _avg_pool(
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None,
    rank: int,
) -> Any:
    _check_rank(input, rank)
    size = per_axis(kernel_size, rank)
    steps = size if _is_none(stride) else per_axis(stride, rank)
    paddings = per_axis(padding, rank)
    z = call(kernels.window_sum, input, size, steps, paddings, ceil_mode)
    if divisor is not None:
        return z / divisor
    if not ceil_mode and (count_include_pad or not any(paddings)):
        return z / math.prod(size)
    sizes = kernels.window_sizes(tuple(input.shape[-rank:]), size, steps, paddings, ceil_mode, count_include_pad)
    return z / like_input(sizes, input)


def lp_pool1d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """The root of the sum of powers of each window over the last axis; see `lp_pool2d`."""
    return _lp_pool(input, norm_type, kernel_size, stride, ceil_mode, 1)


def lp_pool2d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """The `norm_type`-th root of the sum of the `norm_type`-th powers of each window; 0 where that sum is negative."""
    return _lp_pool(input, norm_type, kernel_size, stride, ceil_mode, 2)


def lp_pool3d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """As `lp_pool2d`, over the last three axes."""
    return _lp_pool(input, norm_type, kernel_size, stride, ceil_mode, 3)


def _lp_pool(input: Any, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool, rank: int) -> Any:
    _check_rank(input, rank)
    size = per_axis(kernel_size, rank)
    steps = size if _is_none(stride) else per_axis(stride, rank)
    total = call(kernels.window_sum, input**norm_type, size, steps, (0,) * rank, ceil_mode)
    return call(kernels.relu, total) ** (1.0 / norm_type)


def adaptive_avg_pool1d(input: Any, output_size: Any) -> Any:
    """The mean of `output_size` windows that divide the last axis as evenly as can be."""
    return _adaptive_avg_pool(input, output_size, 1)


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """The mean of windows that divide the last two axes as evenly as can be.

    `output_size` is a number or a pair; None keeps the length of that axis.
    """
    return _adaptive_avg_pool(input, output_size, 2)


def adaptive_avg_pool3d(input: Any, output_size: Any) -> Any:
    """The mean of windows that divide the last three axes as evenly as can be; see `adaptive_avg_pool2d`."""
    return _adaptive_avg_pool(input, output_size, 3)


def _adaptive_avg_pool(input: Any, output_size: Any, rank: int) -> Any:
    """Along each axis the means are a product with a matrix of weights."""
    _check_rank(input, rank)
    z = input
    for axis, (length, count) in enumerate(zip(input.shape[-rank:], adaptive_counts(input, output_size, rank))):
        if count == length:
            continue
        weights = np.zeros((length, count))
        for k, (start, stop) in enumerate(adaptive_windows(length, count)):
            weights[start:stop, k] = 1.0 / (stop - start)
        moved = call(np.moveaxis, z, axis - rank, -1)
        z = call(np.moveaxis, call(np.matmul, moved, like_input(weights, input)), -1, axis - rank)
    return z


def adaptive_max_pool1d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest element of `output_size` windows that divide the last axis as evenly as can be."""
    return _adaptive_max_pool(input, output_size, return_indices, 1)


@named("AdaptiveMaxPool2DBackward0")
def adaptive_max_pool2d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest element of windows that divide the last two axes as evenly as can be.

    `output_size` is a number or a pair; None keeps the length of that axis. With `return_indices` also where each was
    found, as its number in the plane of the last axes.
    """
    return _adaptive_max_pool(input, output_size, return_indices, 2)


@named("AdaptiveMaxPool3DBackward0")
def adaptive_max_pool3d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest element of windows that divide the last three axes as evenly as can be; see `adaptive_max_pool2d`."""
    return _adaptive_max_pool(input, output_size, return_indices, 3)


def _adaptive_max_pool(input: Any, output_size: Any, indices: bool, rank: int) -> Any:
    """Windows are read by index, short ones with their last element repeated, and reduced at once."""
    _check_rank(input, rank)
    counts = adaptive_counts(input, output_size, rank)
    lead = input.ndim - rank
    z = input
    for axis, (length, count) in enumerate(zip(input.shape[-rank:], counts), lead):
        windows = adaptive_windows(length, count)
        widest = max(stop - start for start, stop in windows)
        places = np.array([[min(start + k, stop - 1) for k in range(widest)] for start, stop in windows])
        z = call(np.moveaxis, call(np.take, z, places, axis=axis), axis + 1, -1)
    flat = call(np.reshape, z, (*input.shape[:lead], *counts, -1))
    size = (flat.shape[-1],)
    found = call(kernels.max_pool, flat, size, size, (0,), (1,))[..., 0]
    if not indices:
        return found
    numbers = np.broadcast_to(np.arange(math.prod(input.shape[lead:])).reshape(input.shape[lead:]), input.shape)
    return found, Tensor.wrap(_numbers_of_largest(plain(input), numbers, counts, lead))


def _numbers_of_largest(x: Any, numbers: Any, counts: tuple[int, ...], lead: int) -> Any:
    """The number, among `numbers`, of the largest element of each window."""
    out = np.empty((*x.shape[:lead], *counts), np.int64)
    windows = [adaptive_windows(length, count) for length, count in zip(x.shape[lead:], counts)]
    for place in np.ndindex(*counts):
        part = (..., *[slice(*bounds[k]) for bounds, k in zip(windows, place)])
        rows, names = (np.reshape(v[part], (*x.shape[:lead], -1)) for v in (x, numbers))
        out[(..., *place)] = np.take_along_axis(names, np.argmax(rows, -1)[..., None], -1)[..., 0]
    return out


def adaptive_counts(input: Any, output_size: Any, rank: int) -> tuple[int, ...]:
    """The number of windows on each axis."""
    given = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * rank
    if len(given) != rank:
        raise ShapeMismatch(
            f"output_size {tuple(given)} does not have {rank} numbers",
            "Give one number for each axis that is pooled, or a single number for all.",
        )
    return tuple([n if count is None else int(count) for n, count in zip(input.shape[-rank:], given)])


def adaptive_windows(length: int, count: int) -> list[tuple[int, int]]:
    """Start and end of `count` windows that cover an axis; neighbours overlap where `length` is not a multiple."""
    return [(k * length // count, -(-(k + 1) * length // count)) for k in range(count)]


def _is_none(stride: Any) -> bool:
    """Whether a stride is left out; PyTorch takes empty brackets for that too."""
    return stride is None or isinstance(stride, (tuple, list)) and not stride


def _check_rank(input: Any, rank: int) -> None:
    if np.ndim(input) not in (rank + 1, rank + 2):
        raise ShapeMismatch(
            f"pooling over {rank} axes takes an input of {rank + 2} axes, or of {rank + 1} without a batch; this one"
            f" has shape {tuple(input.shape)}",
            "Add or remove axes with unsqueeze or squeeze.",
        )


def like_input(constant: np.ndarray, input: Any) -> Any:
    """A constant in the dtype and the library of the input."""
    data = input._data if isinstance(input, Variable) else input
    return constant.astype(data.dtype) if isinstance(data, np.ndarray) else np.asarray(constant, data.dtype, like=data)
