"""Rules of sorting, and of what sorted or neighbouring elements make: medians, differences, integrals, interpolation.

Equal elements keep their order, so that the first of them stands for the smaller place. A point on a knot of
`np.interp` has the slope on its right.
"""

from __future__ import annotations

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
    untrapezoid,
)
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose
from runtime.primitives.sampling import normal

inactive(median_weights, interval, interval_share, interval_slope)

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


@transpose(np.trapezoid, wrt="y")
def trapezoid(z_bar, z, y, x=None, dx=1.0, axis=-1):
    return untrapezoid(z_bar, y, x, dx, axis)


@transpose(untrapezoid, wrt="g")
def untrapezoid_transpose(z_bar, z, g, y, x=None, dx=1.0, axis=-1):
    return unbroadcast(np.trapezoid(z_bar, x, dx, axis), g)


# Interpolation. The knots `xp` have no rule, and `left`, `right` and `period` are not accepted.


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


@reverse(np.interp, wrt="fp")
def interp_fp(z_bar, z, x, xp, fp):
    k = interval(x, xp)
    share = interval_share(x, xp)
    return unbroadcast(untake(z_bar * (1.0 - share), k, fp) + untake(z_bar * share, k + 1, fp), fp)


@forward(np.interp, wrt="fp")
def interp_fp_tangent(fp_dot, z, x, xp, fp):
    return np.interp(x, xp, fp_dot)


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
        call(normal(3), 0),
        call(normal(4, dtype=np.float32)),
        call(normal(0)),
    ],
)
samples(undiff, lambda: [call(normal(4), normal(5), wrt=("g",)), call(normal(2, 4), normal(4, 4), 2, 0, wrt=("g",))])
_KNOTS = np.array([0.0, 0.5, 0.7, 2.0])
samples(
    np.trapezoid,
    lambda: [
        call(normal(4)),
        call(normal(4), dx=0.5),
        call(normal(3, 4), _KNOTS, wrt=("y",)),
        call(normal(4, 3), _KNOTS, axis=0, wrt=("y",)),
        call(normal(2, 4), np.cumsum(np.abs(normal(2, 4, seed=1)), axis=1), wrt=("y",)),
        call(normal(4, dtype=np.float32)),
        call(normal(1)),
        call(normal(3, 0)),
    ],
)
samples(untrapezoid, lambda: [call(normal(3), normal(3, 4), _KNOTS, wrt=("g",)), call(0.5, normal(4), wrt=("g",))])
samples(
    np.interp,
    lambda: [
        call(normal(4), _KNOTS, normal(4, seed=1), wrt=("x", "fp")),
        call(np.linspace(-1.0, 3.0, 7), _KNOTS, normal(4, seed=1), wrt=("x", "fp")),
        call(0.6, _KNOTS, normal(4), wrt=("x", "fp")),
        call(np.abs(normal(2, 3)), _KNOTS, normal(4), wrt=("x", "fp")),
        call(np.array([0.5]), _KNOTS, normal(4), wrt=("x", "fp"), note="edge: on a knot"),
        call(normal(3, dtype=np.float32), _KNOTS, normal(4, dtype=np.float32), wrt=("x", "fp")),
    ],
)
