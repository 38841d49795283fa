"""Normalisation as Modules."""

from __future__ import annotations

from typing import Any

from runtime.creation import ones, tensor, zeros
from runtime.errors import ShapeMismatch
from runtime.nn import functional
from runtime.nn.module import Module
from runtime.nn.parameter import Parameter


class _Running(Module):
    """Channels' weight and bias, and running mean and variance."""

    ranks: tuple[int, ...]

    def _set(
        self, num_features: int, eps: float, momentum: Any, affine: bool, track: bool, bias: bool, dtype: Any
    ) -> None:
        Module.__init__(self)
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track
        self.register_parameter("weight", Parameter(ones(num_features, dtype=dtype)) if affine else None)
        self.register_parameter("bias", Parameter(zeros(num_features, dtype=dtype)) if affine and bias else None)
        self.register_buffer("running_mean", zeros(num_features, dtype=dtype) if track else None)
        self.register_buffer("running_var", ones(num_features, dtype=dtype) if track else None)
        self.register_buffer("num_batches_tracked", tensor(0) if track else None)

    def reset_running_stats(self) -> None:
        """Forget the running mean and variance."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Set weight and bias to 1 and 0, and forget the running statistics."""
        self.reset_running_stats()
        if self.affine:
            self.weight.data.fill_(1)
            if self.bias is not None:
                self.bias.data.zero_()

    def _check(self, input: Any) -> None:
        if input.ndim not in self.ranks:
            wanted = " or ".join(f"{rank}D" for rank in self.ranks)
            raise ShapeMismatch(
                f"expected {wanted} input (got {input.ndim}D input)",
                "Use the layer for as many axes as the input has, or reshape the input.",
            )

    def extra_repr(self) -> str:
        """The options, as printed."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine},"
            f" bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_Running):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        self._set(num_features, eps, momentum, affine, track_running_stats, bias, dtype)

    def forward(self, input: Any) -> Any:
        """The result, of the input's shape."""
        self._check(input)
        step = self._step()
        of_batch = self.training or self.running_mean is None
        keeps = self.training and self.track_running_stats
        return functional.batch_norm(
            input,
            self.running_mean if keeps or not of_batch else None,
            self.running_var if keeps or not of_batch else None,
            self.weight,
            self.bias,
            of_batch,
            step,
            self.eps,
        )

    def _step(self) -> float:
        """Counts the batch; returns how far the running statistics move. A momentum of None averages all batches."""
        if self.training and self.track_running_stats:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:
                return 1.0 / float(self.num_batches_tracked.item())
        return 0.0 if self.momentum is None else self.momentum


class BatchNorm1d(_BatchNorm):
    """Each channel of an input (batch, channels) or (batch, channels, length) standardised over the batch."""

    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Each channel of an input (batch, channels, height, width) standardised over the batch and the plane."""

    ranks = (4,)


class BatchNorm3d(_BatchNorm):
    """Each channel of an input (batch, channels, depth, height, width) standardised over all else."""

    ranks = (5,)


class _InstanceNorm(_Running):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        self._set(num_features, eps, momentum, affine, track_running_stats, bias, dtype)

    def forward(self, input: Any) -> Any:
        """The result, of the input's shape."""
        self._check(input)
        lone = input.ndim == min(self.ranks)
        own = self.training or not self.track_running_stats
        z = functional.instance_norm(
            input[None] if lone else input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            own,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return z[0] if lone else z


class InstanceNorm1d(_InstanceNorm):
    """Each channel of each sample (channels, length) standardised over its own elements."""

    ranks = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Each channel of each sample (channels, height, width) standardised over its own elements."""

    ranks = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Each channel of each sample (channels, depth, height, width) standardised over its own elements."""

    ranks = (4, 5)


class LayerNorm(Module):
    """Each sample standardised over its last axes, whose lengths are `normalized_shape`."""

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        shape = self.normalized_shape
        self.register_parameter("weight", Parameter(ones(*shape, dtype=dtype)) if elementwise_affine else None)
        self.register_parameter("bias", Parameter(zeros(*shape, dtype=dtype)) if elementwise_affine and bias else None)

    def forward(self, input: Any) -> Any:
        """The result, of the input's shape."""
        return functional.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The options, as printed."""
        text = f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        return f"{text}, bias={self.bias is not None}"


class RMSNorm(Module):
    """Each sample divided by the root of its mean square over its last axes."""

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        shape = self.normalized_shape
        self.register_parameter("weight", Parameter(ones(*shape, dtype=dtype)) if elementwise_affine else None)

    def forward(self, input: Any) -> Any:
        """The result, of the input's shape."""
        return functional.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The options, as printed."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """Each group of channels of each sample standardised."""

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        self.register_parameter("weight", Parameter(ones(num_channels, dtype=dtype)) if affine else None)
        self.register_parameter("bias", Parameter(zeros(num_channels, dtype=dtype)) if affine and bias else None)

    def forward(self, input: Any) -> Any:
        """The result, of the input's shape."""
        return functional.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The options, as printed."""
        text = f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"
        return f"{text}, bias={self.bias is not None}"
