"""The error function and its relatives on arrays, without SciPy.

Method: Chebyshev interpolation, of erf(x) / x in x^2 below 1, and of exp(x^2) erfc(x) in (x - c) / (x + c) above
(J. L. Schonfelder, Math. Comp. 32, 1978). The coefficients are found at the first use, from `math.erf` and, far out,
from the continued fraction of erfc (Abramowitz and Stegun, 7.1.14).
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

_CENTRE = 3.75
_ROOT_PI = math.sqrt(math.pi)


def _scaled_erfc(x: float) -> float:
    """`exp(x * x) * erfc(x)` of one number that is not below 0."""
    if x < 2.0:
        return math.exp(x * x) * math.erfc(x)
    tail = 0.0
    for k in range(120, 0, -1):
        tail = 0.5 * k / (x + tail)
    return 1.0 / (_ROOT_PI * (x + tail))


@functools.cache
def _coefficients(far: bool, exact: bool) -> np.ndarray:
    """Chebyshev coefficients, as many as single precision needs or all."""

    def near_value(t: float) -> float:
        x = math.sqrt((t + 1.0) / 2.0)
        return math.erf(x) / x

    def far_value(t: float) -> float:
        return _scaled_erfc(_CENTRE * (1.0 + t) / (1.0 - t))

    value = far_value if far else near_value
    found = np.polynomial.chebyshev.chebinterpolate(np.vectorize(value, otypes=[float]), 60 if far else 24)
    limit = 1e-17 if exact else 1e-10
    return found[: int(np.flatnonzero(np.abs(found) > limit * np.abs(found[0]))[-1]) + 1]


def _split(x: Any) -> tuple[np.ndarray, np.dtype, bool]:
    given = np.asarray(x)
    kind = given.dtype if given.dtype.kind == "f" else np.dtype(np.float64)
    return given.astype(np.float64), kind, kind == np.float64


def _near(x: np.ndarray, exact: bool) -> np.ndarray:
    return x * np.polynomial.chebyshev.chebval(2.0 * x * x - 1.0, _coefficients(False, exact))


def _far(x: np.ndarray, exact: bool) -> np.ndarray:
    """`exp(x * x) * erfc(x)` for numbers that are not below 0."""
    with np.errstate(invalid="ignore"):
        t = np.where(np.isinf(x), 1.0, (x - _CENTRE) / (x + _CENTRE))
    # At infinity the interpolated value is 0 to rounding.
    return np.where(t == 1.0, 0.0, np.polynomial.chebyshev.chebval(t, _coefficients(True, exact)))


def _gauss(x: np.ndarray) -> np.ndarray:
    """`exp(-x * x)` with the rounding error of the square taken back: the leading part squares exactly."""
    lead = x.astype(np.float32).astype(np.float64)
    with np.errstate(invalid="ignore", under="ignore"):
        return np.where(np.isinf(x), 0.0, np.exp(-lead * lead) * np.exp((lead - x) * (lead + x)))


def erf(x: Any) -> Any:
    """`2 / sqrt(pi)` times the integral of `exp(-t * t)` from 0 to `x`."""
    v, kind, exact = _split(x)
    size = np.abs(v)
    found = _near(np.minimum(size, 1.0), exact)
    if np.any(size > 1.0):
        # From 6 on the result is 1 to rounding.
        large = np.clip(size, 1.0, 6.0)
        found = np.where(size > 1.0, 1.0 - _gauss(large) * _far(large, exact), found)
    return np.where(np.isnan(v), v, np.copysign(found, v)).astype(kind)[()]


def erfc(x: Any) -> Any:
    """`1 - erf(x)`, exact also far out."""
    v, kind, exact = _split(x)
    size = np.abs(v)
    tail = _gauss(size) * _far(size, exact)
    found = np.where(size < 1.0, 1.0 - _near(np.clip(v, -1.0, 1.0), exact), np.where(v < 0.0, 2.0 - tail, tail))
    return np.where(np.isnan(v), v, found).astype(kind)[()]


def erfcx(x: Any) -> Any:
    """`exp(x * x) * erfc(x)`, which neither overflows nor vanishes far out on the right."""
    v, kind, exact = _split(x)
    size = np.abs(v)
    right = _far(size, exact)
    with np.errstate(over="ignore"):
        found = np.where(v < 0.0, 2.0 * np.exp(v * v) - right, right)
    return np.where(np.isnan(v), v, found).astype(kind)[()]


def erfinv(y: Any) -> Any:
    """The `x` with `erf(x) == y`; infinite at -1 and 1, NaN beyond.

    Method: an approximation by S. Winitzki (2008), then two steps of Halley's method.
    """
    v, kind, _ = _split(y)
    inside = np.abs(v) < 1.0
    u = np.where(inside, v, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log1p(-u * u)
        half = 2.0 / (math.pi * 0.147) + 0.5 * log
        x = np.copysign(np.sqrt(np.sqrt(half * half - log / 0.147) - half), u)
    for _ in range(3):
        # The residual from the side that does not cancel.
        rest = np.where(np.abs(u) < 0.5, erf(x) - u, np.copysign(1.0 - np.abs(u) - erfc(np.abs(x)), u))
        step = rest * (0.5 * _ROOT_PI) / np.maximum(_gauss(x), 1e-300)
        x = x - step / (1.0 + x * step)
    edge = np.where(np.abs(v) == 1.0, np.copysign(np.inf, v), np.nan)
    return np.where(inside, x, edge).astype(kind)[()]
