"""The logistic function and what is made of it, without overflow in either tail."""

from __future__ import annotations

from typing import Any

import numpy as np


def sigmoid(x: Any) -> Any:
    """`1 / (1 + exp(-x))`, from the exponential that is below 1."""
    small = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1.0, small) / (1.0 + small)


def log_sigmoid(x: Any) -> Any:
    """`log(sigmoid(x))`, exact in both tails."""
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))
