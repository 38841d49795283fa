"""Sums of exponentials of `scipy.special`, told in terms of others."""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from runtime import kernels
from runtime.primitives.registry import define


@define(sp.logsumexp)
def logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False):
    """The logarithm of a sum of exponentials."""
    if b is not None:
        top = np.max(a, axis=axis, keepdims=True)
        total = np.sum(b * np.exp(a - top), axis=axis, keepdims=True)
        made = np.log(np.abs(total) if return_sign else total) + top
        if return_sign:
            return (made, np.sign(total)) if keepdims else (np.squeeze(made, axis), np.squeeze(np.sign(total), axis))
        return made if keepdims else np.squeeze(made, axis=axis)
    if return_sign:
        made = kernels.logsumexp(a, axis, keepdims)
        return made, np.ones_like(made)
    return kernels.logsumexp(a, axis, keepdims)


@define(sp.softmax)
def softmax(x, axis=None):
    """Exponentials divided by their sum."""
    top = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return top / np.sum(top, axis=axis, keepdims=True)


@define(sp.log_softmax)
def log_softmax(x, axis=None):
    """The logarithm of `softmax`."""
    return x - kernels.logsumexp(x, axis, True)
