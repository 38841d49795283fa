"""Partial derivatives that need a condition: one kernel each, so that a rule stays one plain line.

Every kernel broadcasts like a ufunc, keeps float32, and takes Python floats by a short way, because loops over
single numbers call it once an iteration.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import DerivativeLost, NotDifferentiable


def as_array(x: Any) -> Any:
    """`x` itself where it is an array of any library or a NumPy scalar, else a NumPy array."""
    return x if hasattr(x, "dtype") else np.asarray(x)


def _refuse_complex(x: Any, name: str, cure: str) -> None:
    if np.result_type(x).kind == "c":
        raise NotDifferentiable(f"{name} of a complex value has no complex derivative", cure)


def real_sign(x: Any) -> Any:
    """-1, 0 or 1: the derivative of `abs(x)`, which at the kink is taken as 0.

    Raises NotDifferentiable for complex `x`, where the modulus has no complex derivative.
    """
    if isinstance(x, float):
        return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x - x
    _refuse_complex(x, "abs", "Write np.sqrt(np.real(x) ** 2 + np.imag(x) ** 2).")
    return np.sign(x)


def zero_slope(x: Any) -> float:
    """0.0, the derivative of `np.sign(x)`; raises NotDifferentiable for complex `x`, whose sign is not constant."""
    if not isinstance(x, float):
        _refuse_complex(x, "np.sign", "Write x / np.sqrt(np.real(x) ** 2 + np.imag(x) ** 2).")
    return 0.0


def scaled_power(c: Any, x: Any, y: Any) -> Any:
    """`c * x ** y`, and 0 where `c` is 0.

    With `c = y` and the exponent `y - 1` it is the derivative of `x ** y` in `x`: the zero keeps 0 * 0 ** -1, which
    is NaN, out of the derivative of `x ** 0` at 0. Elsewhere a zero base gives infinities, not ZeroDivisionError.
    """
    if isinstance(x, float) and isinstance(c, (float, int)) and isinstance(y, (float, int)) and x != 0.0:
        return c * x**y if c else 0.0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        power = c * np.power(x, y)
    silent = np.equal(c, 0)
    return np.where(silent, 0.0, power) if np.any(silent) else power


def power_log(x: Any, y: Any) -> Any:
    """`x ** y * log(x)`, the derivative of `x ** y` in `y`; 0 where `x` is 0 and `y >= 0`, NaN where `x < 0`.

    0 also for whole numbers `y`, which do not vary: on a tape they stand beside what does.
    """
    if isinstance(x, float) and isinstance(y, float) and x > 0.0:
        return x**y * math.log(x)
    if np.result_type(y).kind in "biu":
        return np.zeros(np.broadcast_shapes(np.shape(x), np.shape(y)))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log = np.log(x)
        slope = np.power(x, y) * (float(log) if type(x) in (int, float) else log)
    still = np.logical_and(np.equal(x, 0), np.greater_equal(np.real(y), 0))
    return np.where(still, 0.0, slope) if np.any(still) else slope


def xlogy(c: Any, x: Any) -> Any:
    """`c * log(x)`, and 0 where `c` is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        product = c * np.log(x)
    silent = np.equal(c, 0)
    return np.where(silent, 0.0, product) if np.any(silent) else product


def divide_or_zero(x: Any, y: Any) -> Any:
    """`x / y`, and 0 where `y` is 0: the subgradient of a length or a deviation at the point where it vanishes."""
    if isinstance(x, float) and isinstance(y, float):
        return x / y if y else 0.0
    missing = np.equal(y, 0)
    if np.any(missing):
        return np.where(missing, 0.0, np.divide(x, np.where(missing, 1.0, y)))
    return np.divide(x, y)


def logistic_share(x: Any, y: Any) -> Any:
    """`exp(x) / (exp(x) + exp(y))`, the derivative of `logaddexp(x, y)` in `x`; equal infinities share evenly."""
    with np.errstate(invalid="ignore", over="ignore"):
        share = 1.0 / (1.0 + np.exp(np.subtract(y, x)))
    if not np.isnan(np.sum(share)):
        return share
    return np.where(np.logical_and(np.equal(x, y), np.isinf(x)), 0.5, share)


def taken_from(x: Any, y: Any, z: Any) -> Any:
    """How much of `z = maximum(x, y)` (or `minimum`, `fmax`, `fmin`) is `x`: 1, 0, or 1/2 where both tie.

    A NaN result counts as taken from the operand that is NaN. The result has the dtype of `z`.
    """
    if isinstance(x, float) and isinstance(y, float) and x == x and y == y:
        return 0.5 if x == y else 1.0 if x == z else 0.0
    from_x, from_y = np.equal(x, z), np.equal(y, z)
    share = from_x.astype(np.result_type(z))
    undecided = np.equal(from_x, from_y)
    if undecided.any():
        from_x = np.logical_or(from_x, np.logical_and(np.not_equal(z, z), np.not_equal(x, x)))
        from_y = np.logical_or(from_y, np.logical_and(np.not_equal(z, z), np.not_equal(y, y)))
        share = np.where(np.logical_and(from_x, from_y), 0.5, from_x.astype(share.dtype))
    return share


def clip_share(a: Any, low: Any, high: Any) -> Any:
    """The derivative of `np.clip(a, low, high)` in `a`, which is that of `minimum(maximum(a, low), high)`.

    1 inside, 0 outside, 1/2 on a bound; a bound may be None.
    """
    raised = a if low is None else np.maximum(a, low)
    share = 1.0 if low is None else taken_from(a, low, raised)
    return share if high is None else share * taken_from(raised, high, np.minimum(raised, high))


def clip_low_share(a: Any, low: Any, high: Any) -> Any:
    """The derivative of `np.clip(a, low, high)` in `low`."""
    raised = np.maximum(a, low)
    share = taken_from(low, a, raised)
    return share if high is None else share * taken_from(raised, high, np.minimum(raised, high))


def clip_high_share(a: Any, low: Any, high: Any) -> Any:
    """The derivative of `np.clip(a, low, high)` in `high`."""
    raised = a if low is None else np.maximum(a, low)
    return taken_from(high, raised, np.minimum(raised, high))


def sinc_derivative(x: Any, order: int) -> Any:
    """The derivative of `np.sinc(x) = sin(pi x) / (pi x)` of the given order, which is at least 1.

    Method: differentiating x sinc(x) = sin(pi x) / pi gives x f[k] + k f[k-1] = pi**(k-1) sin(pi x + k pi / 2), used
    away from 0; near 0, where that cancels, the power series of sinc.
    """
    x = np.asarray(x, dtype=np.result_type(x, np.float32) if hasattr(x, "dtype") else None)
    near = np.abs(x) < 1.0
    far_x = np.where(near, 1.0, x)
    far = np.sinc(far_x)
    for k in range(1, order + 1):
        far = (math.pi ** (k - 1) * np.sin(math.pi * far_x + k * math.pi / 2) - k * far) / far_x
    near_x = np.where(near, x, 0.0)
    series = np.zeros_like(far)
    for j in range(order // 2 + 24, (order + 1) // 2 - 1, -1):
        factor = (-1) ** j * math.pi ** (2 * j) / ((2 * j + 1) * math.factorial(2 * j - order))
        series = series * near_x * near_x + factor
    return np.where(near, series * near_x if order % 2 else series, far)[()]


def from_real(g: Any, x: Any) -> Any:
    """Transpose of `np.real(x)`: `g` in the dtype of `x`."""
    dtype = np.result_type(x)
    return as_array(g).astype(dtype)[()] if dtype.kind == "c" else g


def from_imag(g: Any, x: Any) -> Any:
    """Transpose of `np.imag(x)` in the pairing Re(x_bar * x_dot): `-1j * g`, and zeros for real `x`."""
    return -1j * from_real(g, x) if np.result_type(x).kind == "c" else np.zeros_like(g)


def astype(x: Any, dtype: Any) -> Any:
    """`x.astype(dtype)` as a function."""
    return as_array(x).astype(dtype)


def absorb(g: Any, factor: Any) -> Any:
    """`g * factor`, and 0 where `g` is 0, whatever the factor is: infinity and NaN too."""
    if type(g) is float and type(factor) is float:
        return 0.0 if g == 0.0 else g * factor
    with np.errstate(invalid="ignore"):
        product = np.multiply(g, factor)
    return np.where(np.equal(g, 0), np.zeros_like(product), product)[()]


def varies(dtype: Any) -> bool:
    """Whether values of a dtype vary smoothly. Raises DerivativeLost for objects and text, which lead out of arrays."""
    kind = np.dtype(dtype).kind
    if kind in "OSUV":
        raise DerivativeLost(
            f"values that carry a derivative become elements of type {np.dtype(dtype)}, and the derivative is lost",
            "Keep them in an array of floats, or in a list.",
        )
    return kind in "fc"


def cast_tangent(x_dot: Any, dtype: Any) -> Any:
    """Forward derivative of a cast to `dtype`: the tangent cast alike, or zeros where `dtype` cannot vary smoothly.

    `dtype` None is no cast.
    """
    if dtype is None:
        return x_dot
    if not varies(dtype):
        return np.zeros_like(x_dot)
    tangent = as_array(x_dot)
    return (tangent.real if np.dtype(dtype).kind == "f" else tangent).astype(dtype)[()]


def cast_cotangent(g: Any, x: Any, dtype: Any) -> Any:
    """Transpose of a cast of `x` to `dtype`: `g` in the dtype of `x`, or zeros where `dtype` cannot vary smoothly.

    `dtype` None is no cast.
    """
    if dtype is None:
        return g
    own = np.result_type(x)
    if not varies(dtype) or own.kind not in "fc":
        return np.zeros(np.shape(g), own if own.kind in "fc" else np.float64)[()]
    cotangent = as_array(g)
    return (cotangent.real if own.kind == "f" else cotangent).astype(own)[()]
