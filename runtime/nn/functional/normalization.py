"""Normalisation: batch, layer, group and instance, one kernel over different axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime import kernels
from runtime.errors import ShapeMismatch
from runtime.kernels.normalization import mean_over, mean_product
from runtime.lifting import call
from runtime.modes import no_grad
from runtime.nn.functional.losses import plain
from runtime.operation import tracked
from runtime.operations.titles import named


@named("NativeBatchNormBackward0")
def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Each channel (axis 1) standardised over all other axes, then times `weight` plus `bias`.

    In training the batch's own mean and variance are used, and the running ones move toward them by `momentum`, in
    place; otherwise the running ones are used. Source: Ioffe and Szegedy 2015.
    """
    axes = (0, *range(2, input.ndim))
    for what in (running_mean, running_var, weight, bias):
        if what is not None and np.size(plain(what)) != input.shape[1]:
            raise ShapeMismatch(
                f"batch_norm has {np.size(plain(what))} channels, but the input has {input.shape[1]} in its shape"
                f" {tuple(input.shape)}",
                "Give the layer as many channels as the second axis of its input has.",
            )
    if training:
        data = plain(input)
        count = data.size // max(data.shape[1], 1)
        if count <= 1:
            raise ShapeMismatch(
                f"expected more than 1 value per channel when training, got shape {data.shape}",
                "Give a larger batch, or call eval() first to use the running statistics.",
            )
        z = call(kernels.standardize, input, axes, eps)
        if running_mean is not None:
            _move(running_mean, mean_over(data, axes).reshape(-1), momentum)
        if running_var is not None:
            # The mean of x * z is the variance divided by the deviation.
            variance = mean_product(data, plain(z), axes) * kernels.deviation_by(data, plain(z), axes, eps)
            _move(running_var, variance.reshape(-1) * (count / (count - 1)), momentum)
        return _scaled(z, weight, bias, 1)
    if running_mean is None or running_var is None:
        raise ValueError("batch_norm needs running statistics when it is not training")
    # Constants in most cases, and then arrays, which go with values of every kind.
    mean, variance = (x if tracked(x) else plain(x) for x in (running_mean, running_var))
    scale = 1.0 / call(np.sqrt, variance + eps)
    scale = scale if weight is None else scale * weight
    shift = -mean * scale
    return _scaled(input, scale, shift if bias is None else shift + bias, 1)


def _move(running: Any, value: np.ndarray, momentum: float) -> None:
    with no_grad():
        running[...] = (1.0 - momentum) * plain(running) + momentum * value


def instance_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Each channel of each sample standardised over its own elements, then times `weight` plus `bias`.

    Running statistics are means over the batch. Source: Ulyanov, Vedaldi and Lempitsky 2016.
    """
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    axes = tuple(range(2, input.ndim))
    data = plain(input)
    if math.prod(data.shape[2:]) <= 1:
        raise ShapeMismatch(
            f"expected more than 1 spatial element when training, got shape {data.shape}",
            "Give larger pictures, or call eval() first to use the running statistics.",
        )
    if running_mean is not None:
        _move(running_mean, np.mean(data, axis=(0, *axes)), momentum)
    if running_var is not None:
        _move(running_var, np.mean(np.var(data, axis=axes, ddof=1), axis=0), momentum)
    return _scaled(call(kernels.standardize, input, axes, eps), weight, bias, 1)


@named("NativeLayerNormBackward0")
def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """Each sample standardised over the last axes, whose lengths are `normalized_shape`, then `* weight + bias`.

    Source: Ba, Kiros and Hinton 2016.
    """
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not shape or tuple(input.shape[-len(shape) :]) != shape:
        raise ShapeMismatch(
            f"given normalized_shape={list(shape)}, expected input with shape [*, {shape}], got {tuple(input.shape)}",
            "Make normalized_shape the last lengths of the input, or reshape the input.",
        )
    z = call(kernels.standardize, input, tuple(range(-len(shape), 0)), eps)
    if weight is not None and bias is not None:
        return call(kernels.affine, z, weight, bias)
    z = z if weight is None else z * weight
    return z if bias is None else z + bias


@named("NativeGroupNormBackward0")
def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """Each group of channels of each sample standardised, then times `weight` plus `bias`, one a channel.

    Source: Wu and He 2018.
    """
    shape = tuple(input.shape)
    if len(shape) < 2 or shape[1] % num_groups:
        raise ShapeMismatch(
            f"the channels of an input of shape {shape} cannot be divided into {num_groups} groups",
            "Choose a number of groups that divides the number of channels.",
        )
    grouped = call(np.reshape, input, (shape[0], num_groups, math.prod(shape[1:]) // num_groups))
    z = call(np.reshape, call(kernels.standardize, grouped, (2,), eps), shape)
    return _scaled(z, weight, bias, 1)


def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None) -> Any:
    """Each sample divided by the root of its mean square over the last axes. Source: Zhang and Sennrich 2019."""
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if eps is None:
        eps = float(np.finfo(plain(input).dtype).eps)
    square = call(np.mean, input * input, axis=tuple(range(-len(shape), 0)), keepdims=True)
    z = input / call(np.sqrt, square + eps)
    return z if weight is None else z * weight


def _scaled(z: Any, weight: Any, bias: Any, axis: int) -> Any:
    """`z * weight + bias`, with one weight and bias for each place on `axis`."""
    if weight is not None and bias is not None and weight.ndim == bias.ndim == 1:
        return call(kernels.affine, z, weight, bias, z.ndim - axis - 1)
    tail = (1,) * (z.ndim - axis - 1)
    z = z if weight is None else z * call(np.reshape, weight, (-1, *tail))
    return z if bias is None else z + call(np.reshape, bias, (-1, *tail))
