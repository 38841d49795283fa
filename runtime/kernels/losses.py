"""Losses of single numbers that need care at the ends of their domain."""

from __future__ import annotations

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


def binary_losses(p: Any, t: Any) -> Any:
    """Cross-entropy of probabilities `p` with targets `t`: `-(t * log(p) + (1 - t) * log(1 - p))`, logs clipped."""
    return -(t * clipped_log(p) + (1.0 - t) * clipped_log(1.0 - p))


def binary_spread(p: Any) -> Any:
    """`p * (1 - p)`, at least 1e-12: what the slope of `binary_losses` is divided by."""
    return np.maximum(p * (1.0 - p), _LEAST_SPREAD)


def binary_spread_slope(p: Any) -> Any:
    """The derivative of `binary_spread`: `1 - 2 * p`, and 0 where it is held at its least."""
    return np.where(p * (1.0 - p) > _LEAST_SPREAD, 1.0 - 2.0 * p, 0.0)
