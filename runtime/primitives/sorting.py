"""Rules of sorting, and of what sorted or neighbouring elements make: medians, differences, interpolation.

Equal elements keep their order, so that the first of them stands for the smaller place. A point on a knot of
`np.interp` has the slope on its right.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels import (
    interval,
    interval_share,
    interval_slope,
    median_weights,
    spread,
    unbroadcast,
    undiff,
    untake,
)
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose, view
from runtime.primitives.sampling import normal

_function: Any

inactive(median_weights, interval)

# Sorting


@reverse(np.sort, wrt="a")
def sort(z_bar, z, a, axis=-1, kind=None, *, stable=None):
    places = np.argsort(np.argsort(a, axis=axis, kind="stable"), axis=axis)
    return np.reshape(np.take_along_axis(z_bar, places, axis), np.shape(a))


@forward(np.sort, wrt="a")
def sort_tangent(a_dot, z, a, axis=-1, kind=None, *, stable=None):
    return np.take_along_axis(a_dot, np.argsort(a, axis=axis, kind="stable"), axis)


@reverse(np.median, wrt="a")
def median(z_bar, z, a, axis=None, *, keepdims=False):
    return spread(z_bar, a, axis, keepdims) * median_weights(a, axis)


@forward(np.median, wrt="a")
def median_tangent(a_dot, z, a, axis=None, *, keepdims=False):
    return np.sum(median_weights(a, axis) * a_dot, axis=axis, keepdims=keepdims)


# Neighbours


@transpose(np.diff, wrt="a")
def diff(z_bar, z, a, n=1, axis=-1):
    return undiff(z_bar, a, n, axis)


@transpose(undiff, wrt="g")
def undiff_transpose(z_bar, z, g, a, n=1, axis=-1):
    return np.diff(z_bar, n, axis)


# With n=0 the result is the array itself.
view(np.diff, of="a")
view(undiff, of="g")


# Interpolation: z = fp[k] + share * (fp[k + 1] - fp[k]). The keywords `left`, `right` and `period` are not accepted.


@reverse(np.interp, wrt="x")
def interp_x(z_bar, z, x, xp, fp):
    k = interval(x, xp)
    rise = np.take(fp, k + 1) - np.take(fp, k)
    return unbroadcast(z_bar * (rise * interval_slope(x, xp)), x)


@forward(np.interp, wrt="x")
def interp_x_tangent(x_dot, z, x, xp, fp):
    k = interval(x, xp)
    rise = np.take(fp, k + 1) - np.take(fp, k)
    return x_dot * (rise * interval_slope(x, xp))


@reverse(np.interp, wrt="xp")
def interp_xp(z_bar, z, x, xp, fp):
    k = interval(x, xp)
    share = interval_share(x, xp)
    g = z_bar * ((np.take(fp, k + 1) - np.take(fp, k)) * interval_slope(x, xp))
    return unbroadcast(-untake(g * (1.0 - share), k, xp) - untake(g * share, k + 1, xp), xp)


@forward(np.interp, wrt="xp")
def interp_xp_tangent(xp_dot, z, x, xp, fp):
    k = interval(x, xp)
    share = interval_share(x, xp)
    move = (1.0 - share) * np.take(xp_dot, k) + share * np.take(xp_dot, k + 1)
    return -move * ((np.take(fp, k + 1) - np.take(fp, k)) * interval_slope(x, xp))


@reverse(np.interp, wrt="fp")
def interp_fp(z_bar, z, x, xp, fp):
    k = interval(x, xp)
    share = interval_share(x, xp)
    return unbroadcast(untake(z_bar * (1.0 - share), k, fp) + untake(z_bar * share, k + 1, fp), fp)


@forward(np.interp, wrt="fp")
def interp_fp_tangent(fp_dot, z, x, xp, fp):
    return np.interp(x, xp, fp_dot)


@reverse(interval_share, wrt="x")
def interval_share_x(z_bar, z, x, xp):
    return unbroadcast(z_bar * interval_slope(x, xp), x)


@forward(interval_share, wrt="x")
def interval_share_x_tangent(x_dot, z, x, xp):
    return x_dot * interval_slope(x, xp)


@reverse(interval_share, wrt="xp")
def interval_share_xp(z_bar, z, x, xp):
    k = interval(x, xp)
    g = z_bar * interval_slope(x, xp)
    return unbroadcast(-untake(g * (1.0 - z), k, xp) - untake(g * z, k + 1, xp), xp)


@forward(interval_share, wrt="xp")
def interval_share_xp_tangent(xp_dot, z, x, xp):
    k = interval(x, xp)
    return -((1.0 - z) * np.take(xp_dot, k) + z * np.take(xp_dot, k + 1)) * interval_slope(x, xp)


# Constant in `x` within each interval, so only the knots have a rule, and a zero stands for `x`.


@reverse(interval_slope, wrt="x")
def interval_slope_x(z_bar, z, x, xp):
    return np.zeros_like(x)


@forward(interval_slope, wrt="x")
def interval_slope_x_tangent(x_dot, z, x, xp):
    return np.zeros_like(z)


@reverse(interval_slope, wrt="xp")
def interval_slope_xp(z_bar, z, x, xp):
    k = interval(x, xp)
    g = z_bar * z * z
    return unbroadcast(untake(g, k, xp) - untake(g, k + 1, xp), xp)


@forward(interval_slope, wrt="xp")
def interval_slope_xp_tangent(xp_dot, z, x, xp):
    k = interval(x, xp)
    return z * z * (np.take(xp_dot, k) - np.take(xp_dot, k + 1))


samples(
    np.sort,
    lambda: [
        call(normal(5)),
        call(normal(3, 4)),
        call(normal(3, 4), axis=0),
        call(normal(3, 4), axis=None),
        call(normal(4), -1, "heapsort"),
        call(normal(4), stable=True),
        call(normal(4, dtype=np.float32)),
        call(normal(2, 0)),
        call(np.array([2.0, 1.0, 2.0]), note="edge: two tie"),
    ],
)
samples(
    np.median,
    lambda: [
        call(normal(5)),
        call(normal(4)),
        call(normal(3, 4), axis=0),
        call(normal(2, 3, 4), axis=(0, -1), keepdims=True),
        call(normal(5, dtype=np.float32)),
        call(3.0),
        call(np.array([2.0, 2.0, 1.0, 2.0]), note="edge: three tie"),
    ],
)
samples(
    np.diff,
    lambda: [
        call(normal(5)),
        call(normal(3, 4), axis=0),
        call(normal(3, 4), 2, -1),
        call(normal(3, 4), n=3, axis=0),
        call(normal(4, dtype=np.float32)),
        call(normal(0)),
        call(normal(2, 3), 0),
    ],
)
samples(
    undiff,
    lambda: [
        call(normal(4), normal(5), wrt=("g",)),
        call(normal(2, 4), normal(4, 4), 2, 0, wrt=("g",)),
        call(normal(2, 3), normal(2, 3), 0, wrt=("g",)),
    ],
)
_KNOTS = np.array([0.0, 0.5, 0.7, 2.0])
samples(
    np.interp,
    lambda: [
        call(normal(4), _KNOTS, normal(4, seed=1)),
        call(np.linspace(-1.0, 3.0, 7), _KNOTS, normal(4, seed=1)),
        call(0.6, _KNOTS, normal(4)),
        call(np.abs(normal(2, 3)), _KNOTS, normal(4)),
        call(np.array([0.5]), _KNOTS, normal(4), note="edge: on a knot"),
        call(normal(3, dtype=np.float32), _KNOTS, normal(4, dtype=np.float32)),
        call(np.zeros(0), _KNOTS, normal(4)),
    ],
)
for _function in (interval_share, interval_slope):
    samples(_function, lambda: [call(np.linspace(-0.9, 3.0, 7), _KNOTS), call(0.6, _KNOTS), call(normal(2, 3), _KNOTS)])
