"""Losses. `reduction` is "mean", "sum", or "none" for one number an element or a row."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from runtime import kernels
from runtime.errors import ShapeMismatch, SourceADError, TypeMismatch
from runtime.lifting import call
from runtime.operation import tracked
from runtime.operations.titles import named
from runtime.variable import Variable


def reduced(losses: Any, reduction: str) -> Any:
    """The mean or sum of losses, or the losses themselves."""
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    raise _unknown(reduction)


def _known(reduction: str) -> str:
    if reduction not in ("mean", "sum", "none"):
        raise _unknown(reduction)
    return reduction


def _unknown(reduction: str) -> ValueError:
    return ValueError(f"{reduction} is not a valid value for reduction; it is 'mean', 'sum' or 'none'")


def mse_loss(input: Any, target: Any, reduction: str = "mean", weight: Any = None) -> Any:
    """The squared difference."""
    _notice_shapes(input, target)
    if weight is None:
        return call(kernels.squared_losses, input, target, _known(reduction))
    return reduced(call(kernels.squared_losses, input, target) * weight, reduction)


def l1_loss(input: Any, target: Any, reduction: str = "mean", weight: Any = None) -> Any:
    """The absolute difference; its slope at 0 is 0."""
    return reduced(_weighted(call(np.absolute, _difference(input, target)), weight), reduction)


@named("SmoothL1LossBackward0")
def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Any:
    """`0.5 * d**2 / beta` for differences below `beta`, `|d| - 0.5 * beta` above."""
    if beta < 0.0:
        raise ValueError(f"smooth_l1_loss does not support negative values for beta, this one is {beta}")
    if beta == 0.0:
        return l1_loss(input, target, reduction)
    return huber_loss(input, target, reduction, beta) / beta


@named("HuberLossBackward0")
def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None) -> Any:
    """`0.5 * d**2` for differences below `delta`, `delta * (|d| - 0.5 * delta)` above. Source: Huber 1964."""
    if delta <= 0.0:
        raise ValueError(f"huber_loss does not support non-positive values for delta, this one is {delta}")
    d = call(np.absolute, _difference(input, target))
    near = plain(d) < delta
    losses = call(np.where, near, 0.5 * d * d, delta * (d - 0.5 * delta))
    return reduced(_weighted(losses, weight), reduction)


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """Minus the log-probability that scores give to their targets.

    `input` has shape (classes,), (batch, classes) or (batch, classes, ...). `target` has class numbers, shaped as the
    input without its class axis, or probabilities, shaped as the input. `weight` has one number a class;
    targets equal to `ignore_index` do not count. The mean is over the weights of the targets.
    """
    if not 0.0 <= label_smoothing <= 1.0:
        raise ValueError(f"label_smoothing must be between 0.0 and 1.0, not {label_smoothing}")
    if target.shape == input.shape and plain(target).dtype.kind == "f":
        return _cross_entropy_of_probabilities(input, target, weight, reduction, label_smoothing)
    scores, labels, valid = _scores_and_labels(input, target, ignore_index)
    if not label_smoothing and not tracked(weight):
        shares = valid if weight is None else plain(weight)[labels] if valid is None else plain(weight)[labels] * valid
        if shares is not None:
            shares = shares.astype(plain(scores).dtype)
        return call(kernels.class_losses, scores, labels, shares, _known(reduction))
    losses = call(kernels.class_losses, scores, labels)
    if label_smoothing:
        logs = call(kernels.log_softmax, scores)
        spread = -(logs if weight is None else logs * weight).sum(-1)
        losses = losses if weight is None else losses * weight[labels]
        classes = np.shape(scores)[-1]
        losses = (1.0 - label_smoothing) * losses + label_smoothing / classes * spread
    elif weight is not None:
        losses = losses * weight[labels]
    return _mean_over_weights(losses, weight, labels, valid, reduction)


@named("NllLossBackward0")
def nll_loss(input: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: str = "mean") -> Any:
    """Minus the entry of the target's class in log-probabilities; shapes and the rest as in `cross_entropy`."""
    logs, labels, valid = _scores_and_labels(input, target, ignore_index)
    own = call(np.take_along_axis, logs, labels[..., None], axis=-1)[..., 0]
    losses = -own if weight is None else -own * weight[labels]
    return _mean_over_weights(losses, weight, labels, valid, reduction)


def _scores_and_labels(input: Any, target: Any, ignore_index: int) -> tuple[Any, Any, Any]:
    """Scores with the classes last, labels with 0 for ignored ones, and which labels count (None for all)."""
    scores = input if input.ndim <= 2 else call(np.moveaxis, input, 1, -1)
    labels = plain(target)
    if labels.dtype.kind not in "iu":
        raise TypeMismatch(f"class numbers are integers, these are {labels.dtype}", "Convert them with long().")
    if labels.shape != scores.shape[:-1]:
        raise ShapeMismatch(
            f"for scores of shape {tuple(input.shape)} the class numbers have shape {tuple(scores.shape[:-1])}, not"
            f" {labels.shape}",
            "Give one class number for each row of scores.",
        )
    if ignore_index < 0 and labels.size and labels.dtype == np.int64:
        # As unsigned numbers those below 0 are the largest: in most cases this one look says that all is well.
        if labels.view(np.uint64).max() < scores.shape[-1]:
            return scores, labels, None
    counted = labels != ignore_index
    valid = None if counted.all() else counted
    if valid is not None:
        labels = np.where(valid, labels, 0)
    if labels.size and (labels.min() < 0 or labels.max() >= scores.shape[-1]):
        wrong = labels.min() if labels.min() < 0 else labels.max()
        raise IndexError(f"target {wrong} is out of bounds for {scores.shape[-1]} classes")
    return scores, labels, valid


def _mean_over_weights(losses: Any, weight: Any, labels: Any, valid: Any, reduction: str) -> Any:
    if valid is not None:
        losses = call(np.where, valid, losses, 0.0)
    if reduction != "mean" or weight is None and valid is None:
        return reduced(losses, reduction)
    if weight is None:
        return losses.sum() / (float(np.sum(valid)) or math.nan)
    shares = weight[labels]
    return losses.sum() / (shares if valid is None else call(np.where, valid, shares, 0.0)).sum()


def _cross_entropy_of_probabilities(
    input: Any, target: Any, weight: Any, reduction: str, label_smoothing: float
) -> Any:
    axis = 0 if input.ndim == 1 else 1
    classes = input.shape[axis]
    if label_smoothing:
        target = target * (1.0 - label_smoothing) + label_smoothing / classes
    logs = call(kernels.log_softmax, input, axis)
    if weight is not None:
        logs = logs * call(np.reshape, weight, (-1, *(1,) * (input.ndim - axis - 1)))
    return reduced(-(logs * target).sum(axis), reduction)


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Any:
    """Cross-entropy of probabilities with targets from 0 to 1; logarithms count as -100 at least."""
    _same_shape(input, target)
    data = plain(input)
    if data.size and not (data.min() >= 0.0 and data.max() <= 1.0):
        raise SourceADError(
            "all elements of input should be between 0 and 1",
            "Use binary_cross_entropy_with_logits for scores, or sigmoid before this loss.",
        )
    if weight is None:
        return call(kernels.binary_losses, input, target, _known(reduction))
    return reduced(call(kernels.binary_losses, input, target) * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, reduction: str = "mean", pos_weight: Any = None
) -> Any:
    """Cross-entropy of the sigmoid of `input` with targets from 0 to 1, stable; `pos_weight` counts the targets."""
    _same_shape(input, target)
    if weight is None and pos_weight is None:
        return call(kernels.logit_losses, input, target, _known(reduction))
    scale = 1.0 if pos_weight is None else 1.0 + (pos_weight - 1.0) * target
    losses = (1.0 - target) * input + scale * call(np.logaddexp, 0.0, -input)
    return reduced(_weighted(losses, weight), reduction)


def kl_div(input: Any, target: Any, reduction: str = "mean", log_target: bool = False) -> Any:
    """`target * (log(target) - input)`, where `input` and, with `log_target`, `target` are log-probabilities.

    "batchmean" divides the sum by the length of the first axis, which is what the mathematics says.
    """
    if log_target:
        losses = call(np.exp, target) * (target - input)
    else:
        losses = call(kernels.xlogy, target, target) - target * input
    return losses.sum() / input.shape[0] if reduction == "batchmean" else reduced(losses, reduction)


def poisson_nll_loss(
    input: Any, target: Any, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: str = "mean"
) -> Any:
    """Minus the log-probability of counts under a Poisson distribution; `full` adds Stirling's term of the target."""
    if plain(input).dtype.kind in "biu":
        # Of the default type, not of NumPy's.
        input = input * 1.0
    if plain(target).dtype.kind in "biu":
        target = target * 1.0
    losses = call(np.exp, input) - target * input if log_input else input - target * call(np.log, input + eps)
    if full:
        large = plain(target) > 1
        t = call(np.where, large, target, 1.0)
        stirling = t * call(np.log, t) - t + 0.5 * call(np.log, 2.0 * math.pi * t)
        losses = losses + call(np.where, large, stirling, 0.0)
    return reduced(losses, reduction)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:
    """Minus the log-density of targets under normal distributions; variances below `eps` count as `eps`."""
    if np.any(plain(var) < 0):
        raise ValueError("var has negative entries")
    held = call(np.where, plain(var) < eps, eps, var)
    d = _difference(input, target)
    losses = 0.5 * (call(np.log, held) + d * d / held)
    return reduced(losses + 0.5 * math.log(2.0 * math.pi) if full else losses, reduction)


def plain(x: Any) -> Any:
    """The array under a Tensor, for what no derivative passes through."""
    return x._data if isinstance(x, Variable) else np.asarray(x)


def _difference(input: Any, target: Any) -> Any:
    _notice_shapes(input, target)
    return input - target


def _notice_shapes(input: Any, target: Any) -> None:
    """Warn where shapes differ: that they broadcast is seldom meant."""
    if np.shape(input) != np.shape(target):
        warnings.warn(
            f"a loss has a target of shape {np.shape(target)} for an input of shape {np.shape(input)}, and they"
            " broadcast. Make the shapes equal.",
            stacklevel=4,
        )


def _same_shape(input: Any, target: Any) -> None:
    if np.shape(input) != np.shape(target):
        raise ShapeMismatch(
            f"input and target have one shape, not {np.shape(input)} and {np.shape(target)}",
            "Reshape one of them to the shape of the other.",
        )


def _weighted(losses: Any, weight: Any) -> Any:
    return losses if weight is None else losses * weight
