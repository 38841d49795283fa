"""The logistic function and what is made of it, without overflow in either tail."""

from __future__ import annotations

from typing import Any

import numpy as np


def sigmoid(x: Any) -> Any:
    """`1 / (1 + exp(-x))`, exact in both tails; where the exponential overflows the result is 0, without a warning."""
    t = np.negative(x)
    with np.errstate(over="ignore"):
        if type(t) is not np.ndarray or t.dtype.kind != "f":
            return 1.0 / (1.0 + np.exp(t))
        np.exp(t, out=t)
    t += 1.0
    return np.divide(1.0, t, out=t)


def log_sigmoid(x: Any) -> Any:
    """`log(sigmoid(x))`, exact in both tails."""
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))
