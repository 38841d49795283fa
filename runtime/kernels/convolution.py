"""Convolution over one or more axes, and its transposes, as matrix products of unfolded windows.

x has shape (batch, channels, *lengths), weight (out, channels / groups, *size), the result (batch, out, *counts). As
usual in networks it is a cross-correlation: the weight is not turned around.

The three kernels are bilinear and each other's transposes. Windows are unfolded for as many samples at a time as fit
into a buffer that the processor's cache holds; then one matrix product a sample gives its result in place.
Source: Chellapilla, Puri and Simard 2006, section 3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from runtime.errors import ShapeMismatch
from runtime.kernels import depthwise
from runtime.kernels.windows import offsets, padded, per_axis, span, window_count

# Bytes of unfolded windows in work at once.
_BUFFER = 1 << 20


class _Plan(NamedTuple):
    """The numbers of one convolution, `groups` taken out of the channels."""

    batch: int
    groups: int
    channels: int
    outputs: int
    size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    lengths: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def window(self) -> int:
        """Elements of a window, all channels of a group together."""
        return self.channels * math.prod(self.size)

    @property
    def positions(self) -> int:
        """Number of windows in a sample."""
        return math.prod(self.counts)

    @property
    def covered(self) -> tuple[int, ...]:
        """Lengths of the padded axes as far as windows reach."""
        return span(self.counts, self.size, self.stride, self.dilation)

    def is_depthwise(self, *operands: Any) -> bool:
        """Whether every channel is convolved by itself, with windows one step apart, in real plain arrays."""
        if self.channels != 1 or self.outputs != 1 or self.groups == 1 or any(step != 1 for step in self.stride):
            return False
        return self.batch > 0 and all(type(x) is np.ndarray and x.dtype.kind == "f" for x in operands)

    def pieces(self, item: int) -> Iterator[slice]:
        """Slices of the batch whose unfolded windows fit into the buffer, with elements of `item` bytes."""
        each = max(1, self.groups * self.window * self.positions * item)
        step = max(1, _BUFFER // each)
        return (slice(start, min(start + step, self.batch)) for start in range(0, self.batch, step))


def _plan(
    x_shape: Any, weight_shape: Any, stride: Any, padding: Any, dilation: Any, groups: int, name: str = "convolution"
) -> _Plan:
    rank = len(weight_shape) - 2
    if len(x_shape) != rank + 2:
        raise ShapeMismatch(
            f"{name} with a weight of shape {tuple(weight_shape)} takes an input of {rank + 2} axes (batch, channels"
            f" and {rank} to slide over); the input has shape {tuple(x_shape)}",
            "Give the input these axes with reshape or unsqueeze.",
        )
    if groups < 1 or weight_shape[0] % groups or x_shape[1] != weight_shape[1] * groups:
        raise ShapeMismatch(
            f"given groups={groups} and a weight of shape {tuple(weight_shape)}, {name} takes an input with"
            f" {weight_shape[1] * groups} channels; the input has shape {tuple(x_shape)}",
            "Give an input with so many channels, or a weight that fits those that it has.",
        )
    size = tuple(weight_shape[2:])
    strides, paddings, dilations = (per_axis(value, rank) for value in (stride, padding, dilation))
    lengths = tuple(x_shape[2:])
    counts = tuple([window_count(*numbers) for numbers in zip(lengths, size, strides, paddings, dilations)])
    return _Plan(
        x_shape[0], groups, weight_shape[1], weight_shape[0] // groups, size, strides, paddings, dilations, lengths,
        counts,
    )  # fmt: skip


def convolution(
    x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """The cross-correlation of `x` with `weight`, plus `bias` of shape (out,).

    `stride`, `padding` (zeros on both sides) and `dilation` are numbers or tuples with one for each axis. Raises
    ShapeMismatch for shapes that do not fit.
    """
    plan = _plan(np.shape(x), np.shape(weight), stride, padding, dilation, groups)
    if plan.is_depthwise(x, weight):
        kernel = np.reshape(weight, (groups, -1))
        whole = padded(x, plan.padding, plan.covered)
        sums = depthwise.convolved(whole, kernel, plan.size, plan.dilation, plan.counts)
        return np.ascontiguousarray(sums) if bias is None else sums + np.reshape(bias, (-1, *[1] * len(plan.size)))
    dtype = np.result_type(x, weight)
    shape = (plan.batch, groups, plan.outputs, plan.positions)
    z = np.empty_like(x, shape=shape, dtype=dtype)
    matrices = np.reshape(weight, (groups, plan.outputs, plan.window))
    for piece, columns in _unfolded(x, plan):
        np.matmul(matrices, columns, out=z[piece])
    if bias is not None:
        z += np.reshape(bias, (groups, plan.outputs, 1))
    return np.reshape(z, (plan.batch, groups * plan.outputs, *plan.counts))


def _unfolded(x: Any, plan: _Plan) -> Iterator[tuple[slice, Any]]:
    """For each piece of the batch its windows, shape (samples, groups, window, positions), in a buffer used again."""
    x = padded(x, plan.padding, plan.covered)
    rank = len(plan.size)
    grouped = np.reshape(x, (plan.batch, plan.groups, plan.channels, *plan.covered))
    reach = tuple([d * (k - 1) + 1 for k, d in zip(plan.size, plan.dilation)])
    windows: Any = np.lib.stride_tricks.sliding_window_view(grouped, reach, axis=tuple(range(-rank, 0)))
    steps = [slice(None, None, s) for s in plan.stride] + [slice(None, None, d) for d in plan.dilation]
    windows = windows[(..., *steps)]
    # From (..., channels, *counts, *size) to (..., channels, *size, *counts).
    order = (0, 1, 2, *range(3 + rank, 3 + 2 * rank), *range(3, 3 + rank))
    windows = np.transpose(windows, order)
    buffer = None
    for piece in plan.pieces(x.itemsize):
        part = windows[piece]
        if buffer is None:
            buffer = np.empty_like(x, shape=part.shape)
        columns = buffer[: len(part)]
        columns[...] = part
        yield piece, np.reshape(columns, (len(part), plan.groups, plan.window, plan.positions))


def convolution_input(
    g: Any, weight: Any, lengths: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Transpose of `convolution` in `x`, whose axes had the given `lengths`: also called transposed convolution."""
    shape = (np.shape(g)[0], np.shape(weight)[1] * groups, *lengths)
    plan = _plan(shape, np.shape(weight), stride, padding, dilation, groups)
    _check(g, plan)
    borders = tuple([d * (k - 1) - p for k, d, p in zip(plan.size, plan.dilation, plan.padding)])
    if plan.is_depthwise(g, weight) and min(borders) >= 0:
        # Windows one step apart are their own transpose, turned around.
        turned = np.flip(weight, tuple(range(2, np.ndim(weight))))
        return convolution(g, turned, None, plan.stride, borders, plan.dilation, groups)
    dtype = np.result_type(g, weight)
    ends = tuple([max(n, p + length) for n, p, length in zip(plan.covered, plan.padding, plan.lengths)])
    out: Any = np.zeros_like(g, shape=(plan.batch, groups, plan.channels, *ends), dtype=dtype)
    matrices = np.swapaxes(np.reshape(weight, (groups, plan.outputs, plan.window)), -1, -2)
    rows = np.reshape(g, (plan.batch, groups, plan.outputs, plan.positions))
    inside = tuple([slice(0, n) for n in plan.covered])
    for piece in plan.pieces(dtype.itemsize):
        columns = np.matmul(matrices, rows[piece])
        columns = np.reshape(columns, (len(columns), groups, plan.channels, math.prod(plan.size), *plan.counts))
        target = out[piece][(..., *inside)]
        for k, place in enumerate(offsets(plan.counts, plan.size, plan.stride, plan.dilation)):
            target[place] += columns[:, :, :, k]
    middle = tuple([slice(p, p + length) for p, length in zip(plan.padding, plan.lengths)])
    return np.reshape(out[(..., *middle)], shape)


def convolution_weight(
    g: Any, x: Any, size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Transpose of `convolution` in `weight`, whose windows had the given `size`."""
    shape = (np.shape(g)[1], np.shape(x)[1] // groups, *size)
    plan = _plan(np.shape(x), shape, stride, padding, dilation, groups)
    _check(g, plan)
    if plan.is_depthwise(g, x):
        moves = depthwise.shifts(plan.size, plan.dilation, plan.covered)
        return np.reshape(depthwise.correlated(g, padded(x, plan.padding, plan.covered), moves), shape)
    dtype = np.result_type(g, x)
    rows = np.reshape(g, (plan.batch, groups, plan.outputs, plan.positions))
    total = np.zeros_like(g, shape=(groups, plan.outputs, plan.window), dtype=dtype)
    for piece, columns in _unfolded(x, plan):
        products = np.matmul(rows[piece], np.swapaxes(columns, -1, -2))
        total += products[0] if len(products) == 1 else np.sum(products, axis=0)
    return np.reshape(total, shape)


def _check(g: Any, plan: _Plan) -> None:
    wanted = (plan.batch, plan.groups * plan.outputs, *plan.counts)
    if np.shape(g) != wanted:
        raise ShapeMismatch(
            f"the result of this convolution has shape {wanted}, but was given as {np.shape(g)}",
            "Give the cotangent the shape of the result.",
        )


def per_channel(v: Any, x: Any) -> Any:
    """`v`, which has one number a channel, in the shape of `x`, whose second axis are the channels."""
    return np.broadcast_to(np.reshape(v, (-1, *(1,) * (np.ndim(x) - 2))), np.shape(x))


def over_channels(g: Any) -> Any:
    """The sum of each channel of `g`, whose second axis are the channels."""
    return np.sum(g, axis=(0, *range(2, np.ndim(g))))
