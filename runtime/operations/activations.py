"""The activations of neural networks, element by element, and softmax."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime import kernels, quick
from runtime.errors import SourceADError
from runtime.generator import stream_of
from runtime.operations import arithmetic, functions, reductions
from runtime.operations.calling import as_input, call, floating, ordered, typed
from runtime.operations.pieces import clamp
from runtime.operations.titles import named
from runtime.promotion import element_type
from runtime.tensor import Tensor


@quick.unary(kernels.relu, Tensor, kinds="f")
def relu(input: Any) -> Any:
    """The input where it is above 0, elsewhere 0. Its slope at 0 is 0."""
    return call(kernels.relu, ordered(as_input(input), "relu"))


@named("HardtanhBackward0")
def relu6(input: Any) -> Any:
    """The input held between 0 and 6, with slope 0 on the bounds."""
    x = as_input(input)
    inside = (x._data > 0) & (x._data < 6)
    return call(np.where, inside, x, np.clip(x._data, 0, 6))


@named("HardtanhBackward0")
def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """The input held between two values, with slope 0 on the bounds."""
    x = as_input(input)
    inside = (x._data > min_val) & (x._data < max_val)
    return call(np.where, inside, x, np.clip(x._data, min_val, max_val).astype(element_type(x)))


@quick.unary(kernels.sigmoid, Tensor)
def sigmoid(input: Any) -> Any:
    """`1 / (1 + exp(-input))`, without overflow."""
    return call(kernels.sigmoid, floating(input))


@quick.unary(kernels.log_sigmoid, Tensor)
def logsigmoid(input: Any) -> Any:
    """`log(sigmoid(input))`, exact in both tails."""
    return call(kernels.log_sigmoid, floating(input))


@quick.unary(kernels.silu, Tensor)
def silu(input: Any) -> Any:
    """`input * sigmoid(input)`."""
    return call(kernels.silu, floating(input))


@named("MishBackward0")
def mish(input: Any) -> Any:
    """`input * tanh(softplus(input))`."""
    return arithmetic.mul(input, functions.tanh(softplus(input)))


def gelu(input: Any, approximate: str = "none") -> Any:
    """The input times the normal distribution function of it, or its approximation by "tanh"."""
    x = floating(input)
    if approximate == "tanh":
        cube = arithmetic.mul(arithmetic.mul(x, x), x)
        bent = arithmetic.mul(arithmetic.add(x, cube, alpha=0.044715), math.sqrt(2.0 / math.pi))
        share = arithmetic.add(functions.tanh(bent), 1.0)
    elif approximate == "none":
        return call(kernels.gelu, x)
    else:
        raise ValueError(f"approximate argument must be either none or tanh, not {approximate!r}")
    return arithmetic.mul(arithmetic.mul(x, 0.5), share)


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """`log(1 + exp(beta * input)) / beta`, and the input itself where `beta * input` is above the threshold."""
    x = floating(input)
    if beta == 1.0 and threshold == 20.0:
        return call(kernels.softplus, x)
    return call(kernels.softplus, x, float(beta), float(threshold))


@named("EluBackward0")
def elu(input: Any, alpha: float = 1.0) -> Any:
    """The input above 0, `alpha * (exp(input) - 1)` below."""
    x = as_input(input)
    above = x._data > 0
    return call(np.where, above, x, arithmetic.mul(functions.expm1(call(np.where, above, 0.0, x)), alpha))


@named("CeluBackward0")
def celu(input: Any, alpha: float = 1.0) -> Any:
    """The input above 0, `alpha * (exp(input / alpha) - 1)` below."""
    x = as_input(input)
    above = x._data > 0
    below = functions.expm1(arithmetic.div(call(np.where, above, 0.0, x), alpha))
    return call(np.where, above, x, arithmetic.mul(below, alpha))


@named("EluBackward0")
def selu(input: Any) -> Any:
    """`elu` with the two constants that keep mean and variance (Klambauer et al., 2017)."""
    return arithmetic.mul(elu(input, 1.6732632423543772848170429916717), 1.0507009873554804934193349852946)


def leaky_relu(input: Any, negative_slope: float = 0.01) -> Any:
    """The input above 0, `negative_slope * input` elsewhere."""
    return call(kernels.leaky, floating(input), float(negative_slope))


@named("PreluKernelBackward0")
def prelu(input: Any, weight: Any) -> Any:
    """The input above 0, `weight * input` elsewhere, with one weight for all or one a channel (axis 1)."""
    x = as_input(input)
    if weight._data.size > 1 and x._data.ndim > 1:
        weight = call(np.reshape, weight, [-1 if k == 1 else 1 for k in range(x._data.ndim)])
    elif weight._data.ndim:
        weight = call(np.reshape, weight, ())
    return call(np.where, x._data > 0, x, arithmetic.mul(weight, x))


@named("RreluWithNoiseBackward0")
def rrelu(input: Any, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False) -> Any:
    """The input above 0, elsewhere times a slope: random between two bounds in training, else their mean."""
    x = as_input(input)
    if not training:
        return leaky_relu(x, (lower + upper) / 2)
    slopes = stream_of(None).uniform(lower, upper, x._data.shape).astype(element_type(x))
    return call(np.where, x._data > 0, x, arithmetic.mul(x, Tensor.wrap(slopes)))


@named("ThresholdBackward0")
def threshold(input: Any, threshold: float, value: float) -> Any:
    """The input above the threshold, `value` elsewhere."""
    x = as_input(input)
    return call(np.where, x._data > threshold, x, value)


def softsign(input: Any) -> Any:
    """`input / (1 + |input|)`."""
    return arithmetic.div(input, arithmetic.add(functions.abs(input), 1))


def tanhshrink(input: Any) -> Any:
    """`input - tanh(input)`."""
    return arithmetic.sub(input, functions.tanh(input))


@named("HardshrinkBackward0")
def hardshrink(input: Any, lambd: float = 0.5) -> Any:
    """The input, and 0 where it is between -lambd and lambd."""
    x = as_input(input)
    return call(np.where, (x._data >= -lambd) & (x._data <= lambd), 0.0, x)


@named("SoftshrinkBackward0")
def softshrink(input: Any, lambd: float = 0.5) -> Any:
    """The input moved toward 0 by `lambd`, and 0 where it would pass it."""
    x = as_input(input)
    moved = arithmetic.sub(x, Tensor.wrap(np.asarray(np.sign(x._data) * lambd, element_type(x))))
    return call(np.where, np.abs(x._data) > lambd, moved, 0.0)


@named("HardsigmoidBackward0")
def hardsigmoid(input: Any) -> Any:
    """0 below -3, 1 above 3, straight between."""
    x = as_input(input)
    inside = (x._data > -3) & (x._data < 3)
    line = arithmetic.add(arithmetic.mul(x, 1 / 6), 0.5)
    return call(np.where, inside, line, np.where(x._data > 0, 1.0, 0.0).astype(element_type(x)))


@named("HardswishBackward0")
def hardswish(input: Any) -> Any:
    """`input * hardsigmoid(input)`."""
    x = as_input(input)
    bent = arithmetic.mul(x, arithmetic.add(arithmetic.mul(x, 1 / 6), 0.5))
    return call(np.where, x._data <= -3, 0.0, call(np.where, x._data < 3, bent, x))


@named("GluBackward0")
def glu(input: Any, dim: int = -1) -> Any:
    """The first half of an axis times the sigmoid of the second."""
    x = as_input(input)
    n = x._data.shape[dim] // 2
    rows = call(np.moveaxis, x, dim, 0)
    return call(np.moveaxis, arithmetic.mul(rows[:n], sigmoid(rows[n:])), 0, dim)


def softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """`exp(input) / sum(exp(input))` along an axis, without overflow."""
    x = floating(input if dtype is None else typed(input, dtype))
    return call(kernels.softmax, x, dim if type(dim) is int else _axis(input, dim))


def softmin(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """The softmax of the input with its sign turned."""
    return softmax(arithmetic.neg(input), dim, dtype=dtype)


def log_softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """The logarithm of softmax, which does not underflow."""
    x = floating(input if dtype is None else typed(input, dtype))
    return call(kernels.log_softmax, x, dim if type(dim) is int else _axis(input, dim))


def _axis(input: Any, dim: int | None) -> int:
    """The axis of softmax that old programs leave out: the first of 0, 1 or 3 axes, the second of others."""
    if dim is not None:
        return int(dim)
    return 0 if input._data.ndim in (0, 1, 3) else 1


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """Divided by the norms of order `p` along an axis; norms below `eps` count as `eps`."""
    length = reductions.vector_norm(input, p, dim, True)
    return arithmetic.div(input, clamp(length, eps))


def gumbel_softmax(logits: Any, tau: float = 1.0, hard: bool = False, dim: int = -1) -> Any:
    """A random choice relaxed to softmax; `hard` gives the choice itself with the slopes of the relaxed one."""
    noise = stream_of(None).gumbel(size=logits._data.shape).astype(element_type(logits))
    soft = softmax(arithmetic.div(arithmetic.add(logits, Tensor.wrap(noise)), tau), dim)
    if not hard:
        return soft
    choice = (soft._data == soft._data.max(dim, keepdims=True)).astype(element_type(logits))
    return arithmetic.add(arithmetic.sub(Tensor.wrap(choice), soft.detach()), soft)


def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """1 at the place that each integer names along a new last axis, else 0."""
    labels = tensor._data
    if labels.size and labels.min() < 0:
        raise SourceADError("one_hot takes class numbers from 0, and some are below", "Check the labels.")
    count = int(labels.max(initial=-1)) + 1 if num_classes == -1 else num_classes
    return Tensor.wrap((labels[..., None] == np.arange(count)).astype(np.int64))
