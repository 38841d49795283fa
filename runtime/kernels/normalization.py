"""Standardisation: the mean taken off and the deviation divided out, over some axes."""

from __future__ import annotations

from typing import Any

import numpy as np


def standardize(x: Any, axis: tuple[int, ...], eps: float) -> Any:
    """`(x - mean) / sqrt(variance + eps)`, mean and variance taken over the axes `axis`."""
    z = x - np.mean(x, axis=axis, keepdims=True)
    z /= np.sqrt(np.mean(np.square(z), axis=axis, keepdims=True) + eps)
    return z


def standardize_slope(g: Any, z: Any, deviation: Any, axis: tuple[int, ...]) -> Any:
    """The derivative of `z = standardize(x)` in the direction `g`, which is its own transpose.

    `deviation` is `sqrt(variance + eps)`. Source: Ioffe and Szegedy 2015, section 3, collected.
    """
    out = g - np.mean(g, axis=axis, keepdims=True)
    out -= z * np.mean(g * z, axis=axis, keepdims=True)
    out /= deviation
    return out
