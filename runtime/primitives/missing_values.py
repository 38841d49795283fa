"""Rules of the reductions that leave out what is NaN: each is the plain reduction of the elements that are there.

An element that is NaN has the cotangent 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels import count, deviation, divide_or_zero, freedom, product_of_others, share_of_ties, spread
from runtime.primitives.registry import call, forward, reverse, samples
from runtime.primitives.sampling import normal

_function: Any
_MISSING = np.array([[1.0, np.nan, 0.3], [2.0, 3.0, -0.4]])


@reverse(np.nanmean, wrt="a")
def nanmean(z_bar, z, a, axis=None, *, keepdims=False):
    known = np.logical_not(np.isnan(a))
    return np.where(known, spread(z_bar / count(a, axis, known, keepdims), a, axis, keepdims), 0.0)


@forward(np.nanmean, wrt="a")
def nanmean_tangent(a_dot, z, a, axis=None, *, keepdims=False):
    known = np.logical_not(np.isnan(a))
    return np.sum(np.where(known, a_dot, 0.0), axis=axis, keepdims=keepdims) / count(a, axis, known, keepdims)


@reverse(np.nanmax, wrt="a")
@reverse(np.nanmin, wrt="a")
def nan_extreme(z_bar, z, a, axis=None, *, keepdims=False):
    known = np.logical_not(np.isnan(a))
    return spread(z_bar, a, axis, keepdims) * share_of_ties(a, z, axis, keepdims, None, known)


@forward(np.nanmax, wrt="a")
@forward(np.nanmin, wrt="a")
def nan_extreme_tangent(a_dot, z, a, axis=None, *, keepdims=False):
    known = np.logical_not(np.isnan(a))
    return np.sum(share_of_ties(a, z, axis, keepdims, None, known) * a_dot, axis=axis, keepdims=keepdims)


@reverse(np.nanvar, wrt="a")
def nanvar(z_bar, z, a, axis=None, *, ddof=0, keepdims=False):
    known = np.logical_not(np.isnan(a))
    share = spread(2.0 * z_bar / freedom(a, ddof, axis, known, keepdims), a, axis, keepdims)
    return share * deviation(np.where(known, a, 0.0), axis, known)


@forward(np.nanvar, wrt="a")
def nanvar_tangent(a_dot, z, a, axis=None, *, ddof=0, keepdims=False):
    known = np.logical_not(np.isnan(a))
    moment = np.sum(2.0 * deviation(np.where(known, a, 0.0), axis, known) * a_dot, axis=axis, keepdims=keepdims)
    return moment / freedom(a, ddof, axis, known, keepdims)


@reverse(np.nanstd, wrt="a")
def nanstd(z_bar, z, a, axis=None, *, ddof=0, keepdims=False):
    known = np.logical_not(np.isnan(a))
    share = divide_or_zero(z_bar, z) / freedom(a, ddof, axis, known, keepdims)
    return spread(share, a, axis, keepdims) * deviation(np.where(known, a, 0.0), axis, known)


@forward(np.nanstd, wrt="a")
def nanstd_tangent(a_dot, z, a, axis=None, *, ddof=0, keepdims=False):
    known = np.logical_not(np.isnan(a))
    moment = np.sum(deviation(np.where(known, a, 0.0), axis, known) * a_dot, axis=axis, keepdims=keepdims)
    return divide_or_zero(moment / freedom(a, ddof, axis, known, keepdims), z)


@reverse(np.nanprod, wrt="a")
def nanprod(z_bar, z, a, axis=None, *, keepdims=False):
    missing = np.isnan(a)
    others = product_of_others(np.where(missing, 1.0, a), axis)
    return np.where(missing, 0.0, spread(z_bar, a, axis, keepdims) * others)


@forward(np.nanprod, wrt="a")
def nanprod_tangent(a_dot, z, a, axis=None, *, keepdims=False):
    missing = np.isnan(a)
    others = product_of_others(np.where(missing, 1.0, a), axis)
    return np.sum(np.where(missing, 0.0, others * a_dot), axis=axis, keepdims=keepdims)


@reverse(np.nancumsum, wrt="a")
def nancumsum(z_bar, z, a, axis=None):
    total = np.flip(np.cumsum(np.flip(z_bar, axis), axis=axis), axis)
    return np.where(np.isnan(a), 0.0, np.reshape(total, np.shape(a)))


@forward(np.nancumsum, wrt="a")
def nancumsum_tangent(a_dot, z, a, axis=None):
    return np.cumsum(np.where(np.isnan(a), 0.0, a_dot), axis=axis)


def _rows():
    return [
        call(normal(4)),
        call(normal(2, 3)),
        call(normal(2, 3), 0),
        call(normal(2, 3), axis=-1),
        call(normal(2, 3, dtype=np.float32), axis=0),
        call(_MISSING, axis=1, note="edge: no differences of NaN"),
    ]


def _kept_rows():
    return [
        call(normal(2, 3), axis=1, keepdims=True),
        call(normal(2, 3, 4), axis=(0, -1)),
        call(
            np.array([[1.0, np.nan, 0.3], [2.0, 3.0, -0.4]]), axis=0, keepdims=True, note="edge: no differences of NaN"
        ),
    ]


for _function in (np.nanmean, np.nanmax, np.nanmin, np.nanvar, np.nanstd, np.nanprod, np.nancumsum):
    samples(_function, _rows)
for _function in (np.nanmean, np.nanmax, np.nanmin, np.nanvar, np.nanstd, np.nanprod):
    samples(_function, _kept_rows)
for _function in (np.nanvar, np.nanstd):
    samples(_function, lambda: [call(normal(2, 4), axis=1, ddof=1), call(normal(2, 4), ddof=1, keepdims=True)])
for _function in (np.nanmax, np.nanmin):
    samples(_function, lambda: [call(np.array([1.0, 3.0, np.nan, 3.0, 1.0]), note="kink: two tie")])
