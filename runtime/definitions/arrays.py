"""Splitting numbers, spacing them, and statistics of rows."""

from __future__ import annotations

import math

import numpy as np

from runtime.errors import NotDifferentiable
from runtime.primitives.registry import define


@define(np.divmod)
def divmod(x1, x2):  # noqa: A001 (NumPy's name)
    """Whole quotient and remainder."""
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


@define(math.modf)
@define(np.modf)
def modf(x):
    """The part behind the point, and the part before it."""
    whole = np.trunc(x)
    return x - whole, whole


@define(np.ndenumerate)
def ndenumerate(arr):
    """Indices, and what is there when it is asked for."""
    entries = np.asarray(arr)
    for place in np.ndindex(np.shape(entries)):
        yield place, entries[place]


@define(np.logspace)
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    """Powers of `base` whose exponents are evenly spaced."""
    return _typed(np.power(base, _spaced(start, stop, num, endpoint, axis)), dtype)


@define(np.geomspace)
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """Numbers whose quotients are equal."""
    sign = np.sign(np.real(start))
    return _typed(sign * np.exp(_spaced(np.log(sign * start), np.log(sign * stop), num, endpoint, axis)), dtype)


def _typed(made, dtype):
    """Raises NotDifferentiable for whole numbers, where the last digit of a float decides what it is cut to."""
    if dtype is None:
        return made
    if np.dtype(dtype).kind not in "fc":
        raise NotDifferentiable("numbers cut to integers have no derivative", "Leave dtype out, or use stop_gradient.")
    return made.astype(dtype)


def _spaced(start, stop, num, endpoint, axis):
    shares = np.arange(num) / max(num - 1 if endpoint else num, 1)
    rank = max(np.ndim(start), np.ndim(stop))
    made = start + np.reshape(shares, (-1,) + (1,) * rank) * (stop - start)
    return np.moveaxis(made, 0, axis) if rank else made


@define(np.cov)
def cov(m, y=None, rowvar=True, bias=False, ddof=None):
    """Covariances of the rows."""
    rows = np.atleast_2d(m)
    if not rowvar and np.shape(rows)[0] != 1:
        rows = np.transpose(rows)
    if y is not None:
        more = np.atleast_2d(y)
        if not rowvar and np.shape(more)[0] != 1:
            more = np.transpose(more)
        rows = np.concatenate([rows, more], axis=0)
    free = ddof if ddof is not None else 0 if bias else 1
    centred = rows - np.mean(rows, axis=1, keepdims=True)
    return np.squeeze(np.matmul(centred, np.transpose(centred)) / (np.shape(rows)[1] - free))


@define(np.corrcoef)
def corrcoef(x, y=None, rowvar=True):
    """Correlations of the rows."""
    found = np.cov(x, y, rowvar)
    if np.ndim(found) == 0:
        return found / found
    spread = np.sqrt(np.diagonal(found))
    return found / spread[:, None] / spread[None, :]
