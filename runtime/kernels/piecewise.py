"""Functions made of pieces, with PyTorch's choice where the pieces meet, and the modulus of complex numbers.

On a bound `clamp` has slope 1 in its argument and 0 in the bound; `relu` has slope 0 at 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels.elementwise import divide_or_zero

# For so many elements NumPy's clip is sooner done than its maximum with a number, which is not vectorized.
_MANY = 1024


def relu(x: Any) -> Any:
    """`x` where it is above 0, elsewhere 0; NaN stays NaN."""
    if type(x) is np.ndarray and x.size > _MANY and x.dtype.kind == "f":
        return np.clip(x, 0.0, np.inf)
    return np.maximum(x, 0)


def clamp(x: Any, low: Any = None, high: Any = None) -> Any:
    """`x` raised to `low` and then lowered to `high`; a bound may be None. Where the bounds cross, `high` counts."""
    if type(x) is np.ndarray and x.size > _MANY and x.dtype.kind == "f" and type(low) is type(high) is float:
        return np.clip(x, low, high)
    raised = x if low is None else np.maximum(x, low)
    return raised if high is None else np.minimum(raised, high)


def inside(x: Any, low: Any = None, high: Any = None) -> Any:
    """Where `x` lies between the bounds, or on one: the derivative of `clamp` in `x`."""
    above = True if low is None else np.greater_equal(x, low)
    return np.logical_and(above, True if high is None else np.less_equal(x, high))


def raised_to(x: Any, low: Any, high: Any = None) -> Any:
    """Where `clamp(x, low, high)` is `low`: its derivative in `low`."""
    below = np.less(x, low)
    return below if high is None else np.logical_and(below, np.less(low, high))


def lowered_to(x: Any, low: Any, high: Any) -> Any:
    """Where `clamp(x, low, high)` is `high`: its derivative in `high`."""
    above = np.greater(x, high)
    return above if low is None else np.logical_or(above, np.less(high, low))


def still(value: Any, x: Any, y: Any = 0.0) -> Any:
    """`value`, which was computed from `x` and `y` and does not vary with them, such as a rounding."""
    return value


def modulus(x: Any) -> Any:
    """The length of complex numbers, `np.abs`."""
    return np.absolute(x)


def toward(x: Any, length: Any) -> Any:
    """`conj(x) / length`, and 0 where the length is 0: how the length changes with `x`."""
    return divide_or_zero(np.conjugate(x), length)
