"""Convolution over one, two or three axes, and its transpose."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime import kernels
from runtime.errors import ShapeMismatch
from runtime.kernels.windows import per_axis
from runtime.lifting import call


def conv1d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Cross-correlation of `input`, shape (batch, channels, length) or (channels, length), with `weight`, shape
    (out, channels / groups, size)."""
    return _convolve(input, weight, bias, stride, padding, dilation, groups, 1)


def conv2d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Cross-correlation of `input`, shape (batch, channels, height, width) or without batch, with `weight`, shape
    (out, channels / groups, height, width).

    `padding` is a number, a pair, "valid" or "same"; the others are a number or a pair.
    """
    return _convolve(input, weight, bias, stride, padding, dilation, groups, 2)


def conv3d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Cross-correlation over the last three axes; shapes as in `conv2d` with one axis more."""
    return _convolve(input, weight, bias, stride, padding, dilation, groups, 3)


def _convolve(
    input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int, rank: int
) -> Any:
    batched = _batched(input, rank)
    if isinstance(padding, str):
        batched, padding = _padded(batched, weight, stride, padding, dilation, rank)
    z = call(
        kernels.convolution, batched, weight, bias,
        per_axis(stride, rank), per_axis(padding, rank), per_axis(dilation, rank), groups,
    )  # fmt: skip
    return z if np.ndim(input) == rank + 2 else z[0]


def _batched(input: Any, rank: int) -> Any:
    """The input with a batch axis."""
    if input.ndim == rank + 2:
        return input
    if input.ndim != rank + 1:
        raise ShapeMismatch(
            f"convolution over {rank} axes takes an input of {rank + 2} axes, or of {rank + 1} without a batch;"
            f" this one has shape {tuple(input.shape)}",
            "Add or remove axes with unsqueeze or squeeze.",
        )
    return input[None]


def _padded(input: Any, weight: Any, stride: Any, padding: str, dilation: Any, rank: int) -> tuple[Any, Any]:
    """The input and the padding that "valid" or "same" stand for; an odd zero is put at the ends of the axes."""
    if padding == "valid":
        return input, 0
    if padding != "same":
        raise ValueError(f"padding is a number, numbers, 'valid' or 'same', not {padding!r}")
    if any(step != 1 for step in per_axis(stride, rank)):
        raise ValueError("padding='same' is not supported for strided convolutions")
    totals = [d * (k - 1) for k, d in zip(weight.shape[2:], per_axis(dilation, rank))]
    if any(total % 2 for total in totals):
        input = call(np.pad, input, [(0, 0), (0, 0), *[(0, total % 2) for total in totals]])
    return input, tuple([total // 2 for total in totals])


def conv_transpose1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """The transpose of `conv1d` in its input; `weight` has shape (channels, out / groups, size)."""
    return _transposed(input, weight, bias, stride, padding, output_padding, groups, dilation, 1)


def conv_transpose2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """The transpose of `conv2d` in its input; `weight` has shape (channels, out / groups, height, width)."""
    return _transposed(input, weight, bias, stride, padding, output_padding, groups, dilation, 2)


def conv_transpose3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """The transpose of `conv3d` in its input; shapes as in `conv_transpose2d` with one axis more."""
    return _transposed(input, weight, bias, stride, padding, output_padding, groups, dilation, 3)


def _transposed(
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
    rank: int,
) -> Any:
    batched = _batched(input, rank)
    strides, paddings, extras, dilations = (
        per_axis(value, rank) for value in (stride, padding, output_padding, dilation)
    )
    if any(extra >= max(s, d) for extra, s, d in zip(extras, strides, dilations)):
        raise ShapeMismatch(
            "output_padding must be smaller than either stride or dilation", "Choose a smaller output_padding."
        )
    lengths = tuple([
        (n - 1) * s - 2 * p + d * (k - 1) + extra + 1
        for n, k, s, p, d, extra in zip(batched.shape[2:], weight.shape[2:], strides, paddings, dilations, extras)
    ])  # fmt: skip
    if all(extra < s for extra, s in zip(extras, strides)):
        z = call(kernels.convolution_input, batched, weight, lengths, strides, paddings, dilations, groups)
    else:
        # More borders than a step: all that the windows reach, and then the piece that is wanted, with zeros behind it.
        reached = tuple([n + 2 * p - extra for n, p, extra in zip(lengths, paddings, extras)])
        z = call(kernels.convolution_input, batched, weight, reached, strides, (0,) * rank, dilations, groups)
        behind = [(0, max(0, p + n - have)) for p, n, have in zip(paddings, lengths, reached)]
        z = call(np.pad, z, [(0, 0), (0, 0), *behind])
        z = z[(slice(None), slice(None), *[slice(p, p + n) for p, n in zip(paddings, lengths)])]
    if bias is not None:
        z = z + call(np.reshape, bias, (-1, *(1,) * rank))
    return z if np.ndim(input) == rank + 2 else z[0]
