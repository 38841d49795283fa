"""Layers that find their input's size in their first call, and then are ordinary ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import SourceADError
from runtime.nn.convolution import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from runtime.nn.linear import Linear
from runtime.nn.module import Module
from runtime.nn.normalization import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
)
from runtime.nn.parameter import Parameter


class UninitializedParameter(Parameter):
    """A parameter whose shape is not known yet; an optimizer may hold it, for it stays the same object."""

    __slots__ = ()

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(None, requires_grad)

    def __repr__(self) -> str:
        return "<UninitializedParameter>"

    def __deepcopy__(self, memo: dict[int, Any]) -> UninitializedParameter:
        found = memo[id(self)] = type(self)(self.requires_grad)
        return found

    def become(self, known: Parameter) -> None:
        """Take the values of a parameter whose shape is known, and be an ordinary one from now on."""
        self.data = known.data
        self.__class__ = Parameter  # type: ignore[assignment]


class _Lazy(Module):
    """A layer that is made of class `settled` in the first call; until then its tables have empty parameters."""

    settled: Any
    # The argument of `settled` that the input tells, and the axis that tells it.
    unknown: str
    axis = 1
    # The parameters whose shape depends on it.
    waiting: tuple[str, ...] = ("weight", "bias")
    _made_of: tuple[tuple[Any, ...], dict[str, Any], Any]

    def _wait(self, first: tuple[Any, ...], options: dict[str, Any], trial: int = 1) -> None:
        super().__init__()
        known: Any = self.settled(trial, *first, **options)
        # Not a child: only what is printed, and what is made again with the size that is told.
        object.__setattr__(self, "_made_of", (first, options, known))
        for name, parameter in known._parameters.items():
            lazy = parameter is not None and name in self.waiting
            self.register_parameter(name, UninitializedParameter() if lazy else parameter)
        for name, buffer in known._buffers.items():
            self.register_buffer(name, buffer)
        for name, value in vars(known).items():
            if name not in self.__dict__:
                object.__setattr__(self, name, value)
        for module in (self, known):
            object.__setattr__(module, self.unknown, 0)

    def extra_repr(self) -> str:
        """What is known of the layer, as printed."""
        return self._made_of[2].extra_repr()

    def has_uninitialized_params(self) -> bool:
        """Whether the layer was not called yet."""
        return any(isinstance(parameter, UninitializedParameter) for parameter in self._parameters.values())

    def initialize_parameters(self, input: Any) -> None:
        """Find out the size from an input, draw the first values, and be an ordinary layer from now on.

        Raises SourceADError for an input that has not the axis that tells the size.
        """
        if np.ndim(input) < 2 and self.axis > 0:
            raise SourceADError(
                f"{type(self).__name__} cannot tell {self.unknown} from an input of shape {tuple(input.shape)}",
                "Call it with a batch first.",
            )
        size = input.shape[self.axis if self.axis < 0 else self._channels(input)]
        first, options, _ = self._made_of
        known: Any = self.settled(size, *first, **options)
        for name, parameter in known._parameters.items():
            mine = self._parameters[name]
            if isinstance(mine, UninitializedParameter):
                mine.become(parameter)
        for name, buffer in known._buffers.items():
            self._buffers[name] = buffer
        object.__setattr__(self, self.unknown, size)
        object.__delattr__(self, "_made_of")
        self.__class__ = self.settled  # type: ignore[assignment]

    def _channels(self, input: Any) -> int:
        """The axis of the channels, which is the first one of an input without a batch."""
        rank = getattr(self.settled, "rank", None)
        return 0 if rank is not None and np.ndim(input) == rank + 1 else self.axis

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.initialize_parameters(args[0])
        return self(*args, **kwargs)


class LazyLinear(_Lazy):
    """`Linear` with `in_features` told by the first input."""

    settled, unknown, axis = Linear, "in_features", -1

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        self._wait((out_features,), dict(bias=bias, dtype=dtype))


class _LazyConvolution(_Lazy):
    unknown = "in_channels"

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, **options: Any) -> None:
        # After stride, padding and dilation, or padding of the output, come the groups.
        groups = options.get("groups", args[3] if len(args) > 3 else 1)
        self._wait((out_channels, kernel_size, *args), options, groups)


class LazyConv1d(_LazyConvolution):
    """`Conv1d` with `in_channels` told by the first input."""

    settled = Conv1d


class LazyConv2d(_LazyConvolution):
    """`Conv2d` with `in_channels` told by the first input."""

    settled = Conv2d


class LazyConv3d(_LazyConvolution):
    """`Conv3d` with `in_channels` told by the first input."""

    settled = Conv3d


class LazyConvTranspose1d(_LazyConvolution):
    """`ConvTranspose1d` with `in_channels` told by the first input."""

    settled = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvolution):
    """`ConvTranspose2d` with `in_channels` told by the first input."""

    settled = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvolution):
    """`ConvTranspose3d` with `in_channels` told by the first input."""

    settled = ConvTranspose3d


class _LazyNorm(_Lazy):
    unknown = "num_features"

    def __init__(self, *args: Any, **options: Any) -> None:
        self._wait(args, options)


class LazyBatchNorm1d(_LazyNorm):
    """`BatchNorm1d` with `num_features` told by the first input."""

    settled = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm):
    """`BatchNorm2d` with `num_features` told by the first input."""

    settled = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm):
    """`BatchNorm3d` with `num_features` told by the first input."""

    settled = BatchNorm3d


class _LazyInstanceNorm(_LazyNorm):
    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(eps, momentum, affine, track_running_stats, device, dtype)


class LazyInstanceNorm1d(_LazyInstanceNorm):
    """`InstanceNorm1d` with `num_features` told by the first input."""

    settled = InstanceNorm1d


class LazyInstanceNorm2d(_LazyInstanceNorm):
    """`InstanceNorm2d` with `num_features` told by the first input."""

    settled = InstanceNorm2d


class LazyInstanceNorm3d(_LazyInstanceNorm):
    """`InstanceNorm3d` with `num_features` told by the first input."""

    settled = InstanceNorm3d
