"""Convolution as Modules."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.creation import zeros
from runtime.kernels.windows import per_axis
from runtime.lifting import call
from runtime.nn import functional, init
from runtime.nn.module import Module
from runtime.nn.parameter import Parameter

# The names of PyTorch's ways of padding, as `np.pad` calls them.
_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


class _Convolution(Module):
    """What all convolutions have: a weight that starts uniform in +-1 / sqrt(fan_in), and perhaps a bias."""

    rank: int
    function: Callable[..., Any]
    transposed = False

    def _set(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        dtype: Any,
    ) -> None:
        Module.__init__(self)
        if in_channels % groups or out_channels % groups:
            raise ValueError("in_channels and out_channels must be divisible by groups")
        if padding_mode not in _MODES:
            raise ValueError(f"padding_mode must be one of {list(_MODES)}, but got {padding_mode!r}")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = per_axis(kernel_size, self.rank)
        self.stride = per_axis(stride, self.rank)
        self.padding = padding if isinstance(padding, str) else per_axis(padding, self.rank)
        self.dilation = per_axis(dilation, self.rank)
        self.groups = groups
        self.padding_mode = padding_mode
        if self.padding == "same" and any(step != 1 for step in self.stride):
            raise ValueError("padding='same' is not supported for strided convolutions")
        channels = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        shape = (channels[0], channels[1] // groups, *self.kernel_size)
        self.weight = Parameter(zeros(*shape, dtype=dtype))
        self.bias: Parameter | None
        if bias:
            self.bias = Parameter(zeros(out_channels, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the first values again."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5.0))
        if self.bias is not None:
            fan_in, _ = init.fans(self.weight)
            bound = 1.0 / math.sqrt(fan_in) if fan_in else 0.0
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        """Sizes, and the options that are not the usual ones, as printed."""
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        zero, one = (0,) * self.rank, (1,) * self.rank
        text += f", padding={self.padding}" if self.padding != zero else ""
        text += f", dilation={self.dilation}" if self.dilation != one else ""
        text += f", output_padding={self.output_padding}" if getattr(self, "output_padding", zero) != zero else ""
        text += f", groups={self.groups}" if self.groups != 1 else ""
        text += ", bias=False" if self.bias is None else ""
        return text + (f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else "")


class _Forward(_Convolution):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        self._set(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, dtype)

    def forward(self, input: Any) -> Any:
        """The result, shape (batch, out_channels, ...)."""
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input = call(np.pad, input, self._widths(input), _MODES[self.padding_mode])
            padding = 0
        return type(self).function(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def _widths(self, input: Any) -> list[tuple[int, int]]:
        """How much is put before and after each axis; of an odd number the larger part comes after."""
        if self.padding == "valid":
            totals = [0] * self.rank
        elif self.padding == "same":
            totals = [d * (k - 1) for k, d in zip(self.kernel_size, self.dilation)]
        else:
            totals = [2 * n for n in per_axis(self.padding, self.rank)]
        return [(0, 0)] * (input.ndim - self.rank) + [(total // 2, total - total // 2) for total in totals]


class Conv1d(_Forward):
    """Convolution over the last axis of an input (batch, channels, length); see `Conv2d`."""

    rank = 1
    function = staticmethod(functional.conv1d)


class Conv2d(_Forward):
    """Convolution over the last two axes of an input (batch, channels, height, width), with or without batch.

    The weight has shape (out_channels, in_channels / groups, *kernel_size). `padding` is a number, a pair, "valid" or
    "same"; `padding_mode` is "zeros", "reflect", "replicate" or "circular".
    """

    rank = 2
    function = staticmethod(functional.conv2d)


class Conv3d(_Forward):
    """Convolution over the last three axes of an input (batch, channels, depth, height, width); see `Conv2d`."""

    rank = 3
    function = staticmethod(functional.conv3d)


class _Transposed(_Convolution):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f"only 'zeros' padding mode is supported for {type(self).__name__}")
        self._set(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, dtype)
        self.output_padding = per_axis(output_padding, self.rank)

    def forward(self, input: Any, output_size: Any = None) -> Any:
        """The result, shape (batch, out_channels, ...); `output_size` says which of the possible lengths is meant."""
        extra = self.output_padding if output_size is None else self._missing(input, list(output_size))
        return type(self).function(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )

    def _missing(self, input: Any, wanted: list[int]) -> tuple[int, ...]:
        least = [
            (n - 1) * s - 2 * p + d * (k - 1) + 1
            for n, s, p, d, k in zip(
                input.shape[-self.rank :],
                self.stride,
                per_axis(self.padding, self.rank),
                self.dilation,
                self.kernel_size,
            )
        ]
        extra = tuple([n - m for n, m in zip(wanted[-self.rank :], least)])
        if any(not 0 <= n < s for n, s in zip(extra, self.stride)):
            top = [m + s - 1 for m, s in zip(least, self.stride)]
            raise ValueError(f"requested an output size of {wanted}, but valid sizes range from {least} to {top}")
        return extra


class ConvTranspose1d(_Transposed):
    """The transpose of `Conv1d` in its input; the weight has shape (in_channels, out_channels / groups, size)."""

    rank = 1
    function = staticmethod(functional.conv_transpose1d)


class ConvTranspose2d(_Transposed):
    """The transpose of `Conv2d` in its input; the weight has shape (in_channels, out_channels / groups, *size)."""

    rank = 2
    function = staticmethod(functional.conv_transpose2d)


class ConvTranspose3d(_Transposed):
    """The transpose of `Conv3d` in its input; the weight has shape (in_channels, out_channels / groups, *size)."""

    rank = 3
    function = staticmethod(functional.conv_transpose3d)
