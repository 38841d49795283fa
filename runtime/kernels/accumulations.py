"""Logarithms of sums of exponentials, of all elements along an axis and running, without overflow on the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels.recurrences import shift_right


def logsumexp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """`log(sum(exp(a)))` along `axis`; minus infinity of nothing."""
    if np.size(a) == 0:
        with np.errstate(divide="ignore"):
            return np.log(np.sum(np.exp(a), axis=axis, keepdims=keepdims))
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):
        z = np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True)) + top
    return z if keepdims else np.squeeze(z, axis=axis)


def exp_share(a: Any, z: Any) -> Any:
    """`exp(a - z)`, and 0 where `a` is minus infinity: the part of `a` in `z = logsumexp(a)`, which broadcasts."""
    return np.exp(np.where(np.isneginf(a), a, a - np.where(np.isfinite(z), z, 0)))


def logcumsumexp(a: Any, axis: int) -> Any:
    """`log(cumsum(exp(a)))` along `axis`."""
    return np.logaddexp.accumulate(a, axis=axis) if np.ndim(a) else np.asarray(a)


def carry_over(z: Any, axis: int) -> Any:
    """How much of `z = logcumsumexp(a)` one step before goes into `z`: `exp(z[k - 1] - z[k])`, and 0 at the start."""
    return exp_share(shift_right(z, -np.inf, axis), z)
