"""Rules of sums, means, extremes and deviations.

Conventions: elements that tie for a maximum share evenly; a standard deviation of 0 has slope 0, a subgradient.
The plain form of each rule, for a call with the array only, stands first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels import (
    cast_cotangent,
    cast_tangent,
    count,
    deviation,
    divide_or_zero,
    freedom,
    share_of_ties,
    spread,
    unbroadcast,
)
from runtime.primitives.registry import call, forward, inactive, method, reverse, samples, transpose
from runtime.primitives.sampling import normal

_function: Any

inactive(count, freedom, share_of_ties)


@transpose(spread, wrt="g")
def spread_transpose(z_bar, z, g, a, axis=None, keepdims=False):
    return unbroadcast(np.sum(z_bar, axis=axis, keepdims=keepdims), g)


# Sums and means


@reverse(np.sum, wrt="a")
def sum_all(z_bar, z, a):
    return np.full_like(a, z_bar)


@reverse(np.sum, wrt="a")
def sum_along(z_bar, z, a, axis=None, *, keepdims=False):
    return spread(z_bar, a, axis, keepdims)


@reverse(np.sum, wrt="a")
def sum_some(z_bar, z, a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True):
    return cast_cotangent(np.where(where, spread(z_bar, a, axis, keepdims), 0.0), a, dtype)


@reverse(np.sum, wrt="initial")
def sum_initial(z_bar, z, a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True):
    return cast_cotangent(unbroadcast(z_bar, initial), initial, dtype)


@forward(np.sum, wrt="a")
def sum_all_tangent(a_dot, z, a):
    return np.sum(a_dot)


@forward(np.sum, wrt="a")
def sum_along_tangent(a_dot, z, a, axis=None, *, keepdims=False):
    return np.sum(a_dot, axis=axis, keepdims=keepdims)


@forward(np.sum, wrt="a")
def sum_some_tangent(a_dot, z, a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True):
    return np.sum(cast_tangent(a_dot, dtype), axis=axis, keepdims=keepdims, where=where)


@forward(np.sum, wrt="initial")
def sum_initial_tangent(initial_dot, z, a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True):
    return np.broadcast_to(cast_tangent(initial_dot, dtype), np.shape(z))


@reverse(np.nansum, wrt="a")
def nansum(z_bar, z, a, axis=None, *, keepdims=False):
    return np.where(np.isnan(a), 0.0, spread(z_bar, a, axis, keepdims))


@forward(np.nansum, wrt="a")
def nansum_tangent(a_dot, z, a, axis=None, *, keepdims=False):
    return np.sum(np.where(np.isnan(a), 0.0, a_dot), axis=axis, keepdims=keepdims)


@reverse(np.mean, wrt="a")
def mean_all(z_bar, z, a):
    return np.full_like(a, z_bar / np.size(a))


@reverse(np.mean, wrt="a")
def mean_along(z_bar, z, a, axis=None, *, keepdims=False):
    return spread(z_bar / count(a, axis), a, axis, keepdims)


@reverse(np.mean, wrt="a")
def mean_some(z_bar, z, a, axis=None, dtype=None, *, keepdims=False, where=True):
    share = spread(z_bar / count(a, axis, where, keepdims), a, axis, keepdims)
    return cast_cotangent(np.where(where, share, 0.0), a, dtype)


@forward(np.mean, wrt="a")
def mean_all_tangent(a_dot, z, a):
    return np.mean(a_dot)


@forward(np.mean, wrt="a")
def mean_some_tangent(a_dot, z, a, axis=None, dtype=None, *, keepdims=False, where=True):
    return np.mean(cast_tangent(a_dot, dtype), axis=axis, keepdims=keepdims, where=where)


# Extremes


@reverse(np.max, wrt="a")
@reverse(np.min, wrt="a")
@reverse(np.amax, wrt="a")
@reverse(np.amin, wrt="a")
def extreme_all(z_bar, z, a):
    return z_bar * share_of_ties(a, z)


@reverse(np.max, wrt="a")
@reverse(np.min, wrt="a")
@reverse(np.amax, wrt="a")
@reverse(np.amin, wrt="a")
def extreme_along(z_bar, z, a, axis=None, *, keepdims=False):
    return spread(z_bar, a, axis, keepdims) * share_of_ties(a, z, axis, keepdims)


@reverse(np.max, wrt="a")
@reverse(np.min, wrt="a")
@reverse(np.amax, wrt="a")
@reverse(np.amin, wrt="a")
def extreme_some(z_bar, z, a, axis=None, *, keepdims=False, initial=None, where=True):
    return spread(z_bar, a, axis, keepdims) * share_of_ties(a, z, axis, keepdims, initial, where)


@forward(np.max, wrt="a")
@forward(np.min, wrt="a")
@forward(np.amax, wrt="a")
@forward(np.amin, wrt="a")
def extreme_some_tangent(a_dot, z, a, axis=None, *, keepdims=False, initial=None, where=True):
    return np.sum(share_of_ties(a, z, axis, keepdims, initial, where) * a_dot, axis=axis, keepdims=keepdims)


@reverse(np.max, wrt="initial")
@reverse(np.min, wrt="initial")
@reverse(np.amax, wrt="initial")
@reverse(np.amin, wrt="initial")
def extreme_initial(z_bar, z, a, axis=None, *, keepdims=False, initial, where=True):
    shares = np.sum(share_of_ties(a, z, axis, keepdims, initial, where), axis=axis, keepdims=keepdims)
    return unbroadcast(z_bar * (1.0 - shares), initial)


@forward(np.max, wrt="initial")
@forward(np.min, wrt="initial")
@forward(np.amax, wrt="initial")
@forward(np.amin, wrt="initial")
def extreme_initial_tangent(initial_dot, z, a, axis=None, *, keepdims=False, initial, where=True):
    shares = np.sum(share_of_ties(a, z, axis, keepdims, initial, where), axis=axis, keepdims=keepdims)
    return initial_dot * (1.0 - shares)


@reverse(np.ptp, wrt="a")
def ptp(z_bar, z, a, axis=None, *, keepdims=False):
    high = share_of_ties(a, np.max(a, axis=axis, keepdims=keepdims), axis, keepdims)
    low = share_of_ties(a, np.min(a, axis=axis, keepdims=keepdims), axis, keepdims)
    return spread(z_bar, a, axis, keepdims) * (high - low)


@forward(np.ptp, wrt="a")
def ptp_tangent(a_dot, z, a, axis=None, *, keepdims=False):
    high = share_of_ties(a, np.max(a, axis=axis, keepdims=keepdims), axis, keepdims)
    low = share_of_ties(a, np.min(a, axis=axis, keepdims=keepdims), axis, keepdims)
    return np.sum((high - low) * a_dot, axis=axis, keepdims=keepdims)


# Variance and standard deviation


@transpose(deviation, wrt="a")
def deviation_transpose(z_bar, z, a, axis=None, where=True):
    return deviation(z_bar, axis, where)


@reverse(np.var, wrt="a")
def var_all(z_bar, z, a):
    return 2.0 * z_bar / np.size(a) * deviation(a)


@reverse(np.var, wrt="a")
def var_some(z_bar, z, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    share = spread(2.0 * z_bar / freedom(a, ddof, axis, where, keepdims), a, axis, keepdims)
    return cast_cotangent(share * deviation(a, axis, where), a, dtype)


@reverse(np.var, wrt="a")
def var_corrected(z_bar, z, a, axis=None, dtype=None, *, correction, keepdims=False, where=True):
    share = spread(2.0 * z_bar / freedom(a, correction, axis, where, keepdims), a, axis, keepdims)
    return cast_cotangent(share * deviation(a, axis, where), a, dtype)


@forward(np.var, wrt="a")
def var_some_tangent(a_dot, z, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    moment = np.sum(2.0 * deviation(a, axis, where) * cast_tangent(a_dot, dtype), axis=axis, keepdims=keepdims)
    return moment / freedom(a, ddof, axis, where, keepdims)


@forward(np.var, wrt="a")
def var_corrected_tangent(a_dot, z, a, axis=None, dtype=None, *, correction, keepdims=False, where=True):
    moment = np.sum(2.0 * deviation(a, axis, where) * cast_tangent(a_dot, dtype), axis=axis, keepdims=keepdims)
    return moment / freedom(a, correction, axis, where, keepdims)


@reverse(np.std, wrt="a")
def std_all(z_bar, z, a):
    return divide_or_zero(z_bar, z * np.size(a)) * deviation(a)


@reverse(np.std, wrt="a")
def std_some(z_bar, z, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    share = divide_or_zero(z_bar, z) / freedom(a, ddof, axis, where, keepdims)
    return cast_cotangent(spread(share, a, axis, keepdims) * deviation(a, axis, where), a, dtype)


@reverse(np.std, wrt="a")
def std_corrected(z_bar, z, a, axis=None, dtype=None, *, correction, keepdims=False, where=True):
    share = divide_or_zero(z_bar, z) / freedom(a, correction, axis, where, keepdims)
    return cast_cotangent(spread(share, a, axis, keepdims) * deviation(a, axis, where), a, dtype)


@forward(np.std, wrt="a")
def std_some_tangent(a_dot, z, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    moment = np.sum(deviation(a, axis, where) * cast_tangent(a_dot, dtype), axis=axis, keepdims=keepdims)
    return divide_or_zero(moment / freedom(a, ddof, axis, where, keepdims), z)


@forward(np.std, wrt="a")
def std_corrected_tangent(a_dot, z, a, axis=None, dtype=None, *, correction, keepdims=False, where=True):
    moment = np.sum(deviation(a, axis, where) * cast_tangent(a_dot, dtype), axis=axis, keepdims=keepdims)
    return divide_or_zero(moment / freedom(a, correction, axis, where, keepdims), z)


def _rows():
    return [
        call(normal(4)),
        call(normal(2, 3)),
        call(normal()),
        call(3.0),
        call(normal(2, 3, dtype=np.float32)),
        call(normal(2, 3, dtype=np.float32), axis=0),
        call(normal(2, 3), 0),
        call(normal(2, 3), -1),
        call(normal(2, 3), axis=1, keepdims=True),
        call(normal(2, 3), axis=None, keepdims=True),
        call(normal(2, 3, 4), axis=(0, -1)),
        call(normal(2, 3, 4), axis=(2, 0), keepdims=True),
        call(normal(2, 3), axis=()),
        call(normal(2, 0), axis=0),
    ]


_MASK = np.array([[True, False, True, True], [False, True, True, True]])


def _masked_rows():
    return [
        call(normal(2, 4), where=_MASK),
        call(normal(2, 4), axis=1, where=_MASK),
        call(normal(2, 4), axis=0, keepdims=True, where=_MASK[0] | True),
        call(normal(3, 2, 4), axis=(0, 2), where=_MASK, keepdims=True),
        call(normal(2, 4, dtype=np.float32), axis=1, where=_MASK),
    ]


def _typed_rows():
    return [
        call(normal(2, 3, dtype=np.float32), dtype=np.float64),
        call(normal(2, 3, dtype=np.float32), 0, np.float64, keepdims=True),
        call(normal(2, 3), axis=1, dtype=np.float32),
    ]


for _name, _function in (
    ("sum", np.sum),
    ("mean", np.mean),
    ("max", np.max),
    ("min", np.min),
    ("var", np.var),
    ("std", np.std),
):
    method(_name, _function)
for _function in (np.sum, np.nansum, np.mean, np.max, np.min, np.amax, np.amin, np.ptp, np.var, np.std):
    samples(_function, _rows)
for _function in (np.sum, np.mean, np.var, np.std):
    samples(_function, _masked_rows)
    samples(_function, _typed_rows)
for _function in (np.sum, np.mean):
    samples(_function, lambda: [call(normal(3) + 1j * normal(3, seed=1))])
for _function in (np.sum, np.nansum):
    samples(_function, lambda: [call(normal(0)), call(normal(2, 0), axis=1)])
samples(
    np.sum,
    lambda: [
        call(normal(2, 3), initial=2.0),
        call(normal(2, 3), axis=0, initial=2.0, keepdims=True),
        call(normal(2, 4), axis=1, initial=2.0, where=_MASK),
        call(normal(2, 3), dtype=int, wrt=("a",), note="edge: constant between integers"),
    ],
)
samples(np.nansum, lambda: [call(np.array([[1.0, np.nan], [2.0, 3.0]]), axis=0, note="edge: no differences of NaN")])
for _function in (np.max, np.min, np.amax, np.amin):
    samples(
        _function,
        lambda: [
            call(normal(2, 3), initial=0.1),
            call(normal(2, 3), axis=0, initial=-5.0),
            call(normal(2, 3), axis=0, initial=5.0, keepdims=True),
            call(normal(2, 4), axis=1, initial=0.0, where=_MASK),
            call(normal(0, 3), axis=0, initial=0.0),
            call(np.array([1.0, 3.0]), initial=3.0, note="kink: one ties with `initial`"),
            call(np.array([1.0, 3.0, 3.0]), note="kink: two tie"),
            call(np.array([[2.0, 2.0, 2.0], [1.0, 2.0, 3.0]]), axis=1, note="edge: three tie"),
            call(np.array([1.0, np.nan, 3.0]), note="edge: no differences of NaN"),
        ],
    )
for _function in (np.var, np.std):
    samples(
        _function,
        lambda: [
            call(normal(2, 3), ddof=1),
            call(normal(2, 3), axis=1, ddof=1.5, keepdims=True),
            call(normal(2, 3), axis=1, correction=1),
            call(normal(2, 4), axis=1, ddof=1, where=_MASK),
        ],
    )
samples(np.std, lambda: [call(np.full(3, 2.0), note="edge: a cone at deviation 0")])
samples(
    spread,
    lambda: [
        call(1.5, normal(2, 3), wrt=("g",)),
        call(normal(3), normal(2, 3), 0, wrt=("g",)),
        call(normal(2, 1), normal(2, 3), -1, True, wrt=("g",)),
        call(normal(3, dtype=np.float32), normal(2, 3), 0, wrt=("g",)),
    ],
)
samples(deviation, lambda: [call(normal(4)), call(normal(2, 3), 1), call(normal(2, 4), 1, _MASK), call(2.0)])
