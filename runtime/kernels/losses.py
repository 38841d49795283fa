"""Losses of single numbers that need care at the ends of their domain."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# Below this a logarithm counts as this, and above it slopes are those of the logarithm, as in PyTorch.
_LEAST_LOG = -100.0
_LEAST_SPREAD = 1e-12


def clipped_log(x: Any) -> Any:
    """`max(log(x), -100)`: a probability of 0 costs much, but not infinitely much."""
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(x), _LEAST_LOG)


def clipped_log_slope(x: Any) -> Any:
    """The derivative of `clipped_log`: `1 / x`, and 0 where the logarithm is clipped."""
    clipped = x <= np.exp(_LEAST_LOG)
    return np.where(clipped, 0.0, 1.0 / np.where(clipped, 1.0, x))


def binary_losses(p: Any, t: Any, reduction: str = "none") -> Any:
    """Cross-entropy of probabilities `p` with targets `t`: `-(t * log(p) + (1 - t) * log(1 - p))`, logs clipped."""
    return reduce_losses(-(t * clipped_log(p) + (1.0 - t) * clipped_log(1.0 - p)), None, reduction)


def logit_losses(x: Any, t: Any, reduction: str = "none") -> Any:
    """Cross-entropy of the probabilities `sigmoid(x)` with targets `t`, stable in both tails."""
    return reduce_losses((1.0 - t) * x + np.logaddexp(0.0, np.negative(x)), None, reduction)


def squared_losses(x: Any, y: Any, reduction: str = "none") -> Any:
    """The squared differences, which may broadcast."""
    return reduce_losses(np.square(np.subtract(x, y)), None, reduction)


def reduce_losses(rows: Any, shares: Any = None, reduction: str = "mean") -> Any:
    """Losses themselves ("none"), their sum or their mean, all with weights if `shares` are given.

    The mean is over the weights. A loss with the weight 0 does not count, whatever it is.
    """
    if shares is not None:
        rows = np.where(np.equal(shares, 0), 0.0, rows) * shares
    if reduction == "none":
        return rows
    total = np.sum(rows)
    return total if reduction == "sum" else total / total_share(rows, shares)


def share_losses(g: Any, rows: Any, shares: Any = None, reduction: str = "mean") -> Any:
    """Transpose of `reduce_losses`; of `rows` only the shape is read."""
    if reduction == "mean":
        g = g / total_share(rows, shares)
    g = np.broadcast_to(g, np.shape(rows))
    return g if shares is None else np.where(np.equal(shares, 0), 0.0, g * shares)


def total_share(rows: Any, shares: Any) -> Any:
    """What the mean divides by: the sum of the weights, or the number of losses. Without any the mean is NaN."""
    total = float(np.size(rows) if shares is None else np.sum(shares))
    return total if total else math.nan


def binary_spread(p: Any) -> Any:
    """`p * (1 - p)`, at least 1e-12: what the slope of `binary_losses` is divided by."""
    return np.maximum(p * (1.0 - p), _LEAST_SPREAD)


def binary_spread_slope(p: Any) -> Any:
    """The derivative of `binary_spread`: `1 - 2 * p`, and 0 where it is held at its least."""
    return np.where(p * (1.0 - p) > _LEAST_SPREAD, 1.0 - 2.0 * p, 0.0)
