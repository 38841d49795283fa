"""Arithmetic of polynomials, given by their coefficients, the highest power first."""

from __future__ import annotations

import numpy as np

from runtime.kernels.places import kept_places
from runtime.primitives.registry import define


def _raised(p, count):
    """The coefficients with zeros in front, `count` in all."""
    return np.concatenate([np.zeros(count - np.size(p)), p])


@define(np.polyadd)
def polyadd(a1, a2):
    """The sum of two polynomials."""
    p, q = np.atleast_1d(a1), np.atleast_1d(a2)
    count = max(np.size(p), np.size(q))
    return _raised(p, count) + _raised(q, count)


@define(np.polysub)
def polysub(a1, a2):
    """The difference of two polynomials."""
    p, q = np.atleast_1d(a1), np.atleast_1d(a2)
    count = max(np.size(p), np.size(q))
    return _raised(p, count) - _raised(q, count)


@define(np.polymul)
def polymul(a1, a2):
    """The product of two polynomials."""
    p, q = np.atleast_1d(a1), np.atleast_1d(a2)
    return np.convolve(np.take(p, kept_places(p, "f")), np.take(q, kept_places(q, "f")))


@define(np.polyder)
def polyder(p, m=1):
    """The derivative of order `m`."""
    made = np.copy(p)
    for _ in range(m):
        made = made[:-1] * np.arange(np.size(made) - 1, 0, -1)
    return made


@define(np.polyint)
def polyint(p, m=1, k=None):
    """The integral of order `m`, with the constants `k`."""
    made = np.copy(p)
    for j in range(m):
        constant = 0.0 if k is None else k if np.ndim(k) == 0 else k[j]
        made = np.append(made / np.arange(np.size(made), 0, -1), constant)
    return made


@define(np.vander)
def vander(x, N=None, increasing=False):  # noqa: N803 (NumPy's name)
    """The powers of each element in a row."""
    count = np.size(x) if N is None else N
    powers = np.arange(count) if increasing else np.arange(count - 1, -1, -1)
    return np.expand_dims(x, -1) ** powers


@define(np.polyfit)
def polyfit(x, y, deg):
    """The polynomial of degree `deg` that is nearest to the points."""
    powers = np.expand_dims(x, -1) ** np.arange(deg, -1, -1)
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    fitted = np.matmul(np.linalg.pinv(powers / scale), y)
    return fitted / (scale if np.ndim(y) == 1 else np.expand_dims(scale, -1))
