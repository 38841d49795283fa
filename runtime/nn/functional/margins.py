"""Losses that ask for a distance or a margin between scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime import kernels
from runtime.errors import ShapeMismatch
from runtime.lifting import call
from runtime.nn.functional.losses import plain, reduced
from runtime.operations.products import pairwise_distance
from runtime.operations.titles import named


def _above(x: Any) -> Any:
    """`x` where it is above 0, elsewhere 0, with slope 0 there."""
    return call(np.where, plain(x) > 0.0, x, 0.0)


def cosine_embedding_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean") -> Any:
    """`1 - cos` where the target is 1, `max(0, cos - margin)` where it is -1."""
    # The small number under the root is PyTorch's, and what keeps vectors of zeros from giving NaN.
    dim = input1.ndim - 1
    squares = [call(np.sum, x * x, axis=dim) + 1e-12 for x in (input1, input2)]
    cosine = call(np.sum, input1 * input2, axis=dim) / call(np.sqrt, squares[0] * squares[1])
    t = plain(target)
    losses = call(np.where, t == 1, 1.0 - cosine, call(np.where, t == -1, _above(cosine - margin), 0.0))
    return reduced(losses, reduction)


def margin_ranking_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean") -> Any:
    """`max(0, -target * (input1 - input2) + margin)`."""
    return reduced(_above(-target * (input1 - input2) + margin), reduction)


def hinge_embedding_loss(input: Any, target: Any, margin: float = 1.0, reduction: str = "mean") -> Any:
    """The input where the target is 1, `max(0, margin - input)` where it is -1."""
    t = plain(target)
    losses = call(np.where, t != -1, input, 0.0) + call(np.where, t != 1, _above(margin - input), 0.0)
    return reduced(losses, reduction)


@named("SoftMarginLossBackward0")
def soft_margin_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """`log(1 + exp(-target * input))`."""
    return reduced(call(np.logaddexp, 0.0, -target * input), reduction)


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """`max(0, |anchor - positive| - |anchor - negative| + margin)`; `swap` uses the nearer of both to the negative."""
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = call(np.minimum, far, pairwise_distance(positive, negative, p, eps))
    return reduced(_above(near - far + margin), reduction)


@named("MultiMarginLossBackward0")
def multi_margin_loss(
    input: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, reduction: str = "mean"
) -> Any:
    """The mean over all other classes of `max(0, margin - own score + other score) ** p`."""
    labels = plain(target)
    if input.ndim == 0:
        input = call(np.reshape, input, (1,))
    if input.ndim == 1 and labels.shape == (1,):
        labels = labels[0]
    if labels.shape != tuple(input.shape[:-1]):
        raise ShapeMismatch(
            f"scores of shape {tuple(input.shape)} do not go with class numbers {labels.shape}",
            "Give one class number for each row of scores.",
        )
    own = call(np.take_along_axis, input, labels[..., None], axis=-1)
    gaps = _above(margin - own + input)
    gaps = gaps if p == 1 else gaps * gaps
    if weight is not None:
        gaps = gaps * weight[labels][..., None]
    others = np.arange(input.shape[-1]) != labels[..., None]
    return reduced(call(np.sum, call(np.where, others, gaps, 0.0), axis=-1) / input.shape[-1], reduction)


def multilabel_soft_margin_loss(input: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Any:
    """The mean over classes of the cross-entropy of each class's own yes or no."""
    losses = call(kernels.logit_losses, input, target)
    return reduced(call(np.mean, losses if weight is None else losses * weight, axis=-1), reduction)


@named("MultilabelMarginLossBackward0")
def multilabel_margin_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """The mean over classes of `max(0, 1 - own score + other score)`, for each own class and each other one.

    A row of `target` has the numbers of a sample's own classes, up to the first -1.
    """
    scores = call(np.reshape, input, (1, -1)) if input.ndim < 2 else input
    labels = np.reshape(plain(target), scores.shape)
    own = np.logical_and.accumulate(labels >= 0, axis=1)
    rows = np.broadcast_to(np.arange(len(labels))[:, None], labels.shape)
    is_own = np.zeros(labels.shape, bool)
    is_own[rows[own], labels[own]] = True
    mine = call(np.take_along_axis, scores, np.where(own, labels, 0), axis=1)
    gaps = _above(1.0 - call(np.expand_dims, mine, 2) + call(np.expand_dims, scores, 1))
    counted = own[:, :, None] & ~is_own[:, None, :]
    losses = call(np.sum, call(np.where, counted, gaps, 0.0), axis=(1, 2)) / scores.shape[1]
    return reduced(losses[0] if input.ndim < 2 else losses, reduction)


def triplet_margin_with_distance_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    distance_function: Any = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """`triplet_margin_loss` with a distance of one's own."""
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = call(np.minimum, far, distance(positive, negative))
    return reduced(_above(near - far + margin), reduction)
