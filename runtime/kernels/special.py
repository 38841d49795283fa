"""What the derivatives of `math` and of Python's own functions need: the polygamma functions, and lists of summands."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import NotDifferentiable
from runtime.kernels.cotangent import unbroadcast

# Bernoulli numbers B[2], B[4], ... B[20].
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)
_ASYMPTOTIC_FROM = 10.0


def polygamma(n: int, x: Any) -> Any:
    """The derivative of order `n + 1` of log|gamma(x)|, a number or an array; `n = 0` is digamma. NaN at the poles.

    For arrays the value at a pole is the limit from the right, but of digamma only at 0.

    Method: Abramowitz and Stegun, the recurrence 6.4.6 up to `x >= 10 + n`, then the asymptotic series 6.3.18 and
    6.4.11; below 0 the reflection 6.4.7.
    """
    if isinstance(x, np.ndarray):
        return _polygamma_of_array(n, x)
    if x == math.inf:
        return x if n == 0 else 0.0
    if not math.isfinite(x) or x <= 0.0 and x == math.floor(x):
        return math.nan
    if x < 0.0:
        return (-1) ** n * polygamma(n, 1.0 - x) - float(_cotangent_derivative(n, x))
    sign = 1.0 if n % 2 else -1.0
    terms = []
    while x < _ASYMPTOTIC_FROM + n:
        terms.append(sign * math.factorial(n) / x ** (n + 1))
        x += 1.0
    if n == 0:
        terms += [math.log(x), -0.5 / x]
        terms += [-b / (2 * k * x ** (2 * k)) for k, b in enumerate(BERNOULLI, start=1)]
    else:
        terms += [sign * math.factorial(n - 1) / x**n, sign * math.factorial(n) / (2.0 * x ** (n + 1))]
        terms += [
            sign * b * math.factorial(2 * k + n - 1) / (math.factorial(2 * k) * x ** (2 * k + n))
            for k, b in enumerate(BERNOULLI, start=1)
        ]
    return math.fsum(terms)


def _polygamma_of_array(n: int, x: np.ndarray) -> np.ndarray:
    """`polygamma` by the same method, with as many steps of the recurrence for all elements."""
    v = x.astype(np.float64)
    sign = 1.0 if n % 2 else -1.0
    steps = int(_ASYMPTOTIC_FROM) + n
    with np.errstate(all="ignore"):
        right = np.where(v < 0.0, 1.0 - v, v)
        found = sum(sign * math.factorial(n) / (right + k) ** (n + 1) for k in range(steps))
        far = right + steps
        if n == 0:
            found += np.log(far) - 0.5 / far - sum(b / (2 * k * far ** (2 * k)) for k, b in enumerate(BERNOULLI, 1))
        else:
            found += sign * math.factorial(n - 1) / far**n + sign * math.factorial(n) / (2.0 * far ** (n + 1))
            for k, b in enumerate(BERNOULLI, 1):
                found += sign * b * math.factorial(2 * k + n - 1) / (math.factorial(2 * k) * far ** (2 * k + n))
        found = np.where(np.isposinf(v), v if n == 0 else 0.0, found)
        mirrored = (-1) ** n * found - _cotangent_derivative(n, v)
        found = np.where(v < 0.0, mirrored, found)
    pole = (v <= 0.0) & (v == np.floor(v))
    at_pole = np.where(v == 0.0, -np.inf, np.nan) if n == 0 else np.inf if n % 2 else -np.inf
    return np.where(pole, at_pole, found).astype(x.dtype if x.dtype.kind == "f" else np.float64)


def _cotangent_derivative(n: int, x: Any) -> Any:
    """The n-th derivative of pi cot(pi x), as a polynomial in c = cot(pi x), where c' = -pi (1 + c c)."""
    polynomial = np.polynomial.Polynomial([0.0, math.pi])
    for _ in range(n):
        polynomial = polynomial.deriv() * np.polynomial.Polynomial([-math.pi, 0.0, -math.pi])
    return polynomial(1.0 / np.tan(math.pi * np.fmod(x, 1.0)))


def each_summand(g: Any, items: Any) -> Any:
    """Transpose of Python's `sum(items)`: `g` for each item, as a list for a list or tuple, as an array for an array.

    Raises NotDifferentiable for a generator or another iterable that cannot be read twice.
    """
    if isinstance(items, (list, tuple)):
        return [unbroadcast(g, item) for item in items]
    if hasattr(items, "shape"):
        return np.broadcast_to(g, np.shape(items))
    raise NotDifferentiable(
        f"sum() over {type(items).__name__} has no derivative, because it can be read only once",
        "Make it a list first: sum([...]).",
    )


def one_array(items: Any) -> Any:
    """`np.asarray(items)`. Raises NotDifferentiable where the items are arrays of several shapes."""
    try:
        return np.asarray(items)
    except ValueError as error:
        raise NotDifferentiable(
            "numbers and arrays of several shapes are multiplied as the items of one list",
            "Multiply them by `*`, in a loop over the list.",
        ) from error


def listed(g: Any, items: Any) -> Any:
    """The rows of the array `g` as a list where `items` is a list or tuple, else `g` itself."""
    return list(g) if isinstance(items, (list, tuple)) else g
