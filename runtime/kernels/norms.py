"""Slopes of vector norms, with the subgradient 0 where a norm is 0."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import SourceADError
from runtime.kernels.elementwise import divide_or_zero
from runtime.kernels.reductions import share_of_ties, spread


def direction(x: Any, n: Any) -> Any:
    """`x / n`, and 0 where `n` is 0: the derivative of the Euclidean norm `n`. Raises SourceADError for complex `x`."""
    if np.iscomplexobj(x):
        raise SourceADError(
            "the norm of complex values has no derivative here", "Use np.sqrt(np.sum(np.real(x * np.conj(x))))."
        )
    return divide_or_zero(x, n)


def norm_slope(x: Any, z: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """Derivative of `z = np.linalg.norm(x, ord, axis, keepdims)` by each entry of `x`.

    At the kinks: sign(0) = 0, and entries that tie for the largest or smallest share evenly. Raises SourceADError
    for the norms of matrices that are not norms of their entries.
    """
    order = _vector_order(x, ord, axis)
    if np.isinf(order):
        return np.sign(x) * share_of_ties(np.abs(x), z, axis, keepdims)
    return norm_slope_part(x, spread(z, x, axis, keepdims), ord, axis)


def norm_slope_part(x: Any, n: Any, ord: Any = None, axis: Any = None, i: int = 0, j: int = 0) -> Any:
    """The slope `sign(x) (|x| / n)^(ord - 1)`, differentiated `i` times by `x` and `j` times by `n`, which broadcast.

    0 where `n` is 0, and where `x` is 0 and the power is negative: the subgradient at a zero entry.
    """
    order = _vector_order(x, ord, axis)
    ratio = direction(np.asarray(x), n)
    if np.isinf(order):
        return np.zeros_like(ratio)
    scale = 0.0 if order == 0.0 else 1.0
    scale *= math.prod(order - 1.0 - t for t in range(i)) * math.prod(1.0 - order - t for t in range(j))
    power = _power(np.abs(ratio), order - 1.0 - i)
    signed = power if i % 2 else np.sign(ratio) * power
    for _ in range(i + j):
        signed = divide_or_zero(signed, n)
    return scale * signed


def _power(ratio: Any, exponent: float) -> Any:
    if exponent == 0.0:
        return np.ones_like(ratio)
    zero = np.equal(ratio, 0)
    return np.where(zero, 0.0, np.where(zero, 1.0, ratio) ** exponent)


def _vector_order(x: Any, ord: Any, axis: Any) -> float:
    over = np.ndim(x) if axis is None else np.size(axis)
    if ord is None or (over == 2 and ord in ("fro", "f")):
        return 2.0
    if over != 1:
        raise SourceADError(
            f"the matrix norm ord={ord!r} has no derivative here",
            "Use the Frobenius norm, or np.linalg.svd(a, compute_uv=False) with a reduction.",
        )
    return float(ord)
