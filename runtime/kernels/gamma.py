"""Logarithms of the gamma function and modified Bessel functions on arrays, without SciPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.kernels.special import BERNOULLI

_SHIFT = 8
_SERIES_BELOW = 25.0


def lgamma(x: Any) -> Any:
    """`log(|gamma(x)|)`; infinite at 0 and the negative integers.

    Method: Stirling's series (Abramowitz and Stegun, 6.1.41) at `x + 8` and the recurrence back; the reflection 6.1.17
    on the left of 1/2.
    """
    given = np.asarray(x)
    kind = given.dtype if given.dtype.kind == "f" else np.dtype(np.float64)
    v = given.astype(np.float64)
    with np.errstate(all="ignore"):
        right = np.where(v < 0.5, 1.0 - v, v)
        far = right + _SHIFT
        series = sum(b / (2 * k * (2 * k - 1) * far ** (2 * k - 1)) for k, b in enumerate(BERNOULLI, start=1))
        value = (far - 0.5) * np.log(far) - far + 0.5 * math.log(2.0 * math.pi) + series
        for k in range(_SHIFT):
            value = value - np.log(right + k)
        value = np.where(np.isinf(right), right, value)
        mirrored = math.log(math.pi) - np.log(np.abs(np.sin(math.pi * np.fmod(v, 2.0)))) - value
        found = np.where(v < 0.5, mirrored, value)
    pole = (v <= 0.0) & (v == np.floor(v))
    return np.where(pole | np.isinf(v), np.inf, found).astype(kind)[()]


def bessel_i(n: int, x: Any) -> Any:
    """The modified Bessel function of the first kind of integer order `n`."""
    v = np.asarray(x)
    with np.errstate(over="ignore"):
        return (scaled_bessel_i(n, x) * np.exp(np.abs(v)))[()]


def scaled_bessel_i(n: int, x: Any) -> Any:
    """`exp(-|x|)` times `bessel_i(n, x)`, which does not overflow.

    Method: the power series (Abramowitz and Stegun, 9.6.10), whose terms have one sign, and far out the asymptotic
    series 9.7.1.
    """
    given = np.asarray(x)
    kind = given.dtype if given.dtype.kind == "f" else np.dtype(np.float64)
    n = abs(n)
    size = np.abs(given.astype(np.float64))
    near = np.minimum(size, _SERIES_BELOW)
    term = (near / 2.0) ** n / math.factorial(n)
    series = term
    for k in range(1, 80):
        term = term * (near / 2.0) ** 2 / (k * (k + n))
        series = series + term
    far = np.maximum(size, _SERIES_BELOW)
    term = tail = np.ones_like(far)
    for k in range(1, 30):
        term = -term * (4.0 * n * n - (2 * k - 1) ** 2) / (8.0 * k * far)
        tail = tail + term
    found = np.where(size < _SERIES_BELOW, series * np.exp(-near), tail / np.sqrt(2.0 * math.pi * far))
    return (np.where((given < 0) & (n % 2 == 1), -found, found)).astype(kind)[()]
