"""Activations of neural networks that are several functions in one, and their slopes.

Sources: Hendrycks and Gimpel 2016 (gelu), Elfwing, Uchibe and Doya 2017 (silu), Dugas et al. 2001 (softplus), Maas,
Hannun and Ng 2013 (leaky).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.kernels.error_function import normal_share
from runtime.kernels.sigmoids import sigmoid

_DENSITY_AT_0 = 1.0 / math.sqrt(2.0 * math.pi)


def gelu(x: Any) -> Any:
    """`x` times the normal distribution function of it."""
    return x * normal_share(x)[0]


def gelu_slope(x: Any) -> Any:
    """The derivative of `gelu`: the normal distribution function, plus `x` times the density."""
    share, bell = normal_share(x)
    return share + x * bell * _DENSITY_AT_0


def gelu_bend(x: Any) -> Any:
    """The derivative of `gelu_slope`: `(2 - x**2)` times the normal density."""
    square = x * x
    return (2.0 - square) * np.exp(-0.5 * square) * _DENSITY_AT_0


def silu(x: Any) -> Any:
    """`x * sigmoid(x)`."""
    s = sigmoid(x)
    s *= x
    return s


def silu_slope(x: Any) -> Any:
    """The derivative of `silu`."""
    s = sigmoid(x)
    slope = 1.0 - s
    slope *= x
    slope += 1.0
    slope *= s
    return slope


def silu_bend(x: Any) -> Any:
    """The derivative of `silu_slope`."""
    s = sigmoid(x)
    return s * (1.0 - s) * (2.0 + x * (1.0 - 2.0 * s))


def softplus(x: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """`log(1 + exp(beta * x)) / beta`; `x` itself where `beta * x` is above the threshold."""
    t = x * beta
    far = np.greater(t, threshold)
    bent = np.log1p(np.exp(np.minimum(t, threshold))) / beta
    return np.where(far, x, bent) if np.any(far) else bent


def softplus_slope(x: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """The derivative of `softplus`: `sigmoid(beta * x)`, and 1 above the threshold."""
    t = x * beta
    far = np.greater(t, threshold)
    slope = sigmoid(t)
    return np.where(far, 1.0, slope).astype(slope.dtype) if np.any(far) else slope


def leaky(x: Any, slope: float = 0.01) -> Any:
    """`x` where it is above 0, `slope * x` elsewhere."""
    return np.maximum(x, x * slope) if slope <= 1.0 else np.minimum(x, x * slope)


def leaky_slope(x: Any, slope: float = 0.01) -> Any:
    """The derivative of `leaky`: 1 where `x` is above 0, elsewhere `slope`."""
    share = np.greater(x, 0).astype(getattr(x, "dtype", np.float64))
    return share * (1.0 - slope) + slope
