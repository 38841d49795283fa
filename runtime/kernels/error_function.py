"""The error function and its relatives on arrays, without SciPy.

Method: Chebyshev interpolation, of erf(x) / x in x^2 below 1, and of (1 + 2 x) exp(x^2) erfc(x) in (x - c) / (x + c)
above (M. M. Shepherd and J. G. Laframboise, Math. Comp. 36, 1981). The coefficients are found at the first use, from
`math.erf` and, far out, from the continued fraction of erfc (Abramowitz and Stegun, 7.1.14).
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
    for k in range(200, 0, -1):
        tail = 0.5 * k / (x + tail)
    return 1.0 / (_ROOT_PI * (x + tail))


@functools.cache
def _coefficients(far: bool, exact: bool) -> np.ndarray:
    """Chebyshev coefficients, as many as single precision needs or all."""

    def near_value(t: float) -> float:
        x = math.sqrt((t + 1.0) / 2.0)
        return math.erf(x) / x

    def far_value(t: float) -> float:
        x = _CENTRE * (1.0 + t) / (1.0 - t)
        return (1.0 + 2.0 * x) * _scaled_erfc(x)

    value = far_value if far else near_value
    count = 64 if far else 24
    angles = [math.pi * (j + 0.5) / count for j in range(count)]
    values = [value(math.cos(angle)) for angle in angles]
    sums = [math.fsum(v * math.cos(k * angle) for v, angle in zip(values, angles)) for k in range(count)]
    found = np.array(sums) * (2.0 / count)
    found[0] /= 2.0
    return found[: int(np.flatnonzero(np.abs(found) > (1e-17 if exact else 1e-9))[-1]) + 1]


def _floating(x: Any) -> np.ndarray:
    """Single precision is computed in single precision, all else in double."""
    given = np.asarray(x)
    return given if given.dtype in (np.float32, np.float64) else given.astype(np.float64)


def _answer(found: Any, x: Any) -> Any:
    """A result as half precision where the argument is that, as it is otherwise."""
    half = getattr(x, "dtype", None) == np.float16
    return (found.astype(np.float16) if half else found)[()]


def _series(t: np.ndarray, far: bool) -> np.ndarray:
    """The Chebyshev series at `t`, by Clenshaw's recurrence in three arrays."""
    coefficients = _coefficients(far, t.dtype == np.float64).astype(t.dtype)
    twice = t + t
    one, two, spare = np.zeros_like(t), np.zeros_like(t), np.empty_like(t)
    for c in coefficients[:0:-1]:
        np.multiply(twice, one, out=spare)
        spare -= two
        spare += c
        one, two, spare = spare, one, two
    return t * one - two + coefficients[0]


def _near(x: np.ndarray) -> np.ndarray:
    """`erf(x)` for numbers between -1 and 1."""
    return x * _series(2 * x * x - 1, False)


def _far(x: np.ndarray) -> np.ndarray:
    """`exp(x * x) * erfc(x)` for finite numbers that are not below 0."""
    return _series((x - _CENTRE) / (x + _CENTRE), True) / (1.0 + 2.0 * x)


def _gauss(x: np.ndarray) -> np.ndarray:
    """`exp(-x * x)` with the rounding error of the square taken back: the leading part squares exactly."""
    lead = x.astype(np.float16).astype(x.dtype) if x.dtype == np.float32 else x.astype(np.float32).astype(x.dtype)
    return np.exp(-lead * lead) * np.exp((lead - x) * (lead + x))


# Beyond these, erfc is 0 and the product of the exponential with its scaled form would be NaN.
_LAST = {np.dtype(np.float32): 11.0, np.dtype(np.float64): 28.0}


def erf(x: Any) -> Any:
    """`2 / sqrt(pi)` times the integral of `exp(-t * t)` from 0 to `x`."""
    v = _floating(x)
    found = _near(np.clip(v, -1.0, 1.0))
    outside = np.abs(v) > 1.0
    if np.any(outside):
        # From 6 on the result is 1 to rounding.
        large = np.minimum(np.abs(v[outside]), 6.0)
        found = np.asarray(found)
        found[outside] = np.copysign(1.0 - _gauss(large) * _far(large), v[outside])
    return _answer(found, x)


def erfc(x: Any) -> Any:
    """`1 - erf(x)`, exact also far out."""
    v = _floating(x)
    found = np.asarray(1.0 - _near(np.clip(v, -1.0, 1.0)))
    outside = np.abs(v) > 1.0
    large = np.minimum(np.abs(v[outside]), _LAST[v.dtype])
    tail = _gauss(large) * _far(large)
    found[outside] = np.where(v[outside] < 0.0, 2.0 - tail, tail)
    return _answer(found, x)


def erfcx(x: Any) -> Any:
    """`exp(x * x) * erfc(x)`, which neither overflows nor vanishes far out on the right."""
    v = _floating(x)
    size = np.abs(v)
    right = np.where(np.isinf(size), 0.0, _far(np.where(np.isinf(size), 1.0, size)))
    with np.errstate(over="ignore", divide="ignore"):
        return _answer(np.where(v < 0.0, 2.0 / _gauss(np.where(v < 0.0, np.maximum(v, -1e3), 0.0)) - right, right), x)


@functools.cache
def _powers() -> tuple[float, ...]:
    """The series of `_far` in single precision as a polynomial, highest power first."""
    return tuple(np.polynomial.chebyshev.cheb2poly(_coefficients(True, False))[::-1].tolist())


def normal_share(x: Any) -> tuple[Any, Any]:
    """The normal distribution function of `x`, and `exp(-x * x / 2)`."""
    v = _floating(x)
    bell = np.exp(v * v * -0.5)
    if v.dtype != np.float32:
        return _answer(0.5 * erfc(v * -math.sqrt(0.5)), x), _answer(bell, x)
    # In single precision one polynomial will do on both sides, and no element has to be looked at by itself.
    size = np.minimum(np.abs(v), 14.0) * math.sqrt(0.5)
    place = (size - _CENTRE) / (size + _CENTRE)
    first, *others = _powers()
    tail = np.full_like(place, first)
    for c in others:
        tail *= place
        tail += c
    size *= 2.0
    size += 1.0
    tail /= size
    tail *= bell
    tail *= 0.5
    right = np.greater(v, 0).astype(v.dtype)
    return right + tail * (1.0 - 2.0 * right), bell


def erfinv(y: Any) -> Any:
    """The `x` with `erf(x) == y`; infinite at -1 and 1, NaN beyond.

    Method: an approximation by S. Winitzki (2008), then steps of Halley's method, in double precision.
    """
    given = np.asarray(y)
    v = given.astype(np.float64)
    inside = np.abs(v) < 1.0
    u = np.where(inside, v, 0.0)
    log = np.log1p(-u * u)
    half = 2.0 / (math.pi * 0.147) + 0.5 * log
    x = np.copysign(np.sqrt(np.sqrt(half * half - log / 0.147) - half), u)
    for _ in range(3):
        # The residual from the side that does not cancel.
        rest = np.where(np.abs(u) < 0.5, erf(x) - u, np.sign(u) * (1.0 - np.abs(u) - erfc(np.abs(x))))
        step = rest * (0.5 * _ROOT_PI) / _gauss(x)
        x = x - step / (1.0 + x * step)
    edge = np.where(np.abs(v) == 1.0, np.copysign(np.inf, v), np.nan)
    return np.where(inside, x, edge).astype(given.dtype if given.dtype.kind == "f" else np.float64)[()]
