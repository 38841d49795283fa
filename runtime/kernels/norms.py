"""Slopes of norms of vectors and matrices, with the subgradient 0 where a norm is 0."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import NotDifferentiable, SourceADError
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

    At the kinks: sign(0) = 0, and what ties for the largest or smallest shares evenly: entries, sums, singular values.
    """
    order = _vector_order(np.ndim(x), ord, axis)
    if order is None:
        return _of_last_axes(_matrix_slope, x, ord, axis)
    if np.isinf(order):
        return np.sign(x) * share_of_ties(np.abs(x), z, axis, keepdims)
    return norm_slope_part(x, spread(z, x, axis, keepdims), ord, axis)


def norm_slope_part(x: Any, n: Any, ord: Any = None, axis: Any = None, i: int = 0, j: int = 0) -> Any:
    """The slope `sign(x) (|x| / n)^(ord - 1)`, differentiated `i` times by `x` and `j` times by `n`, which broadcast.

    0 where `n` is 0, and where `x` is 0 and the power is negative: the subgradient at a zero entry. 0 for a norm of
    matrices that is none of their entries.
    """
    order = _vector_order(np.ndim(x), ord, axis)
    ratio = direction(np.asarray(x), n)
    if order is None or np.isinf(order):
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


def spectral_bend(v: Any, x: Any, ord: Any = None, axis: Any = None) -> Any:
    """How the slope of a norm made of singular values changes as `x` changes by `v`; 0 for every other norm.

    Linear in `v`, and its own transpose. The changes of singular vectors follow J. Townsend (2016).
    """
    if not _is_spectral(np.ndim(x), ord, axis):
        return np.zeros_like(x)
    return _of_last_axes(_bend, x, ord, axis, v)


def spectral_bend_slope(x: Any, ord: Any = None, axis: Any = None) -> Any:
    """The derivative of `spectral_bend` by `x` where it is 0. Raises NotDifferentiable for norms of singular values."""
    if _is_spectral(np.ndim(x), ord, axis):
        raise NotDifferentiable(
            f"the matrix norm ord={ord!r} has no third derivative here",
            "Write it with np.linalg.svd(a, compute_uv=False), which has them all.",
        )
    return np.zeros_like(x)


def order_of_moduli(ord: Any, dimensions: int, axis: Any = None) -> Any:
    """`ord`, where that norm of an array is the norm of its moduli. Raises SourceADError for singular values."""
    if _is_spectral(dimensions, ord, axis):
        raise SourceADError(
            f"the norm ord={ord!r} of complex matrices, or in a program of complex numbers, has no derivative here",
            "Use the Frobenius norm, or take real matrices through a function of their own.",
        )
    return ord


def _vector_order(dimensions: int, ord: Any, axis: Any) -> float | None:
    """The order of a norm of the entries; None for a norm of matrices that is none."""
    over = dimensions if axis is None else np.size(axis)
    if ord is None or (over == 2 and ord in ("fro", "f")):
        return 2.0
    return float(ord) if over == 1 else None


def _is_spectral(dimensions: int, ord: Any, axis: Any) -> bool:
    return _vector_order(dimensions, ord, axis) is None and ord in ("nuc", 2, -2)


def _of_last_axes(function: Any, x: Any, ord: Any, axis: Any, *others: Any) -> Any:
    """`function` of arrays whose matrices are in the last two axes, for arrays that have them in the axes `axis`."""
    places = tuple(range(np.ndim(x))) if axis is None else axis
    moved = [np.moveaxis(a, places, (-2, -1)) for a in (x, *others)]
    return np.moveaxis(function(moved[0], ord, *moved[1:]), (-2, -1), places)


def _matrix_slope(x: Any, ord: Any) -> Any:
    if ord in ("nuc", 2, -2):
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        return np.matmul(u * np.expand_dims(_shares(s, ord), -2), vh)
    sums = np.sum(np.abs(x), axis=-2 if ord in (1, -1) else -1, keepdims=True)
    extreme = np.max if ord > 0 else np.min
    both = extreme(sums, axis=(-2, -1), keepdims=True)
    return np.sign(x) * share_of_ties(sums, both, (-2, -1), True)


def _shares(s: Any, ord: Any) -> Any:
    """How much each singular value adds to the norm when it grows."""
    if ord == "nuc":
        return np.sign(s)
    return np.sign(s) * share_of_ties(s, s[..., :1] if ord == 2 else s[..., -1:], -1, True)


def _bend(x: Any, ord: Any, v: Any) -> Any:
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    ut, right = np.matrix_transpose(u), np.matrix_transpose(vh)
    row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)
    w = _shares(s, ord)
    inner = np.matmul(np.matmul(ut, v), right)
    turned = np.matrix_transpose(inner)
    bent = (inner * row + column * turned) * np.expand_dims(w, -2) - (column * inner + turned * row) * np.expand_dims(
        w, -1
    )
    middle = divide_or_zero(bent, row * row - column * column)
    weights = divide_or_zero(w, s)
    beside_left = np.matmul(v, right) - np.matmul(u, inner)
    beside_right = np.matmul(ut, v) - np.matmul(inner, vh)
    left = np.matmul(u, middle) + beside_left * np.expand_dims(weights, -2)
    return np.matmul(left, vh) + np.matmul(u * np.expand_dims(weights, -2), beside_right)
