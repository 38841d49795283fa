"""Rules of quantiles and percentiles.

Of equal elements the first stands for the smaller place; where a quantile falls on an element that element has all the
weight. The derivative is with respect to the data: `q` is held fixed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels import first_axes, last_axes, quantile_weights, spread
from runtime.primitives.registry import call, forward, inactive, reverse, samples
from runtime.primitives.sampling import normal

_function: Any

inactive(quantile_weights, first_axes, last_axes)


@reverse(np.quantile, wrt="a")
def quantile(z_bar, z, a, q, axis=None, *, method="linear", keepdims=False):
    weights = quantile_weights(a, q, axis, method)
    return np.sum(spread(z_bar, weights, last_axes(a, axis), keepdims) * weights, axis=first_axes(q))


@forward(np.quantile, wrt="a")
def quantile_tangent(a_dot, z, a, q, axis=None, *, method="linear", keepdims=False):
    return np.sum(quantile_weights(a, q, axis, method) * a_dot, axis=last_axes(a, axis), keepdims=keepdims)


@reverse(np.percentile, wrt="a")
def percentile(z_bar, z, a, q, axis=None, *, method="linear", keepdims=False):
    weights = quantile_weights(a, np.divide(q, 100.0), axis, method)
    return np.sum(spread(z_bar, weights, last_axes(a, axis), keepdims) * weights, axis=first_axes(q))


@forward(np.percentile, wrt="a")
def percentile_tangent(a_dot, z, a, q, axis=None, *, method="linear", keepdims=False):
    weights = quantile_weights(a, np.divide(q, 100.0), axis, method)
    return np.sum(weights * a_dot, axis=last_axes(a, axis), keepdims=keepdims)


@reverse(np.nanquantile, wrt="a")
def nanquantile(z_bar, z, a, q, axis=None, *, method="linear", keepdims=False):
    weights = quantile_weights(a, q, axis, method, True)
    return np.sum(spread(z_bar, weights, last_axes(a, axis), keepdims) * weights, axis=first_axes(q))


@forward(np.nanquantile, wrt="a")
def nanquantile_tangent(a_dot, z, a, q, axis=None, *, method="linear", keepdims=False):
    return np.sum(quantile_weights(a, q, axis, method, True) * a_dot, axis=last_axes(a, axis), keepdims=keepdims)


@reverse(np.nanpercentile, wrt="a")
def nanpercentile(z_bar, z, a, q, axis=None, *, method="linear", keepdims=False):
    weights = quantile_weights(a, np.divide(q, 100.0), axis, method, True)
    return np.sum(spread(z_bar, weights, last_axes(a, axis), keepdims) * weights, axis=first_axes(q))


@forward(np.nanpercentile, wrt="a")
def nanpercentile_tangent(a_dot, z, a, q, axis=None, *, method="linear", keepdims=False):
    weights = quantile_weights(a, np.divide(q, 100.0), axis, method, True)
    return np.sum(weights * a_dot, axis=last_axes(a, axis), keepdims=keepdims)


@reverse(np.nanmedian, wrt="a")
def nanmedian(z_bar, z, a, axis=None, *, keepdims=False):
    return spread(z_bar, a, axis, keepdims) * quantile_weights(a, 0.5, axis, "linear", True)


@forward(np.nanmedian, wrt="a")
def nanmedian_tangent(a_dot, z, a, axis=None, *, keepdims=False):
    return np.sum(quantile_weights(a, 0.5, axis, "linear", True) * a_dot, axis=axis, keepdims=keepdims)


_MISSING = np.array([[0.4, np.nan, 1.2, -0.3, 0.9], [np.nan, 0.1, np.nan, 0.8, -1.1], [0.7, 0.2, 1.6, -0.5, 0.3]])
for _function, _scale in ((np.quantile, 1.0), (np.percentile, 100.0), (np.nanquantile, 1.0), (np.nanpercentile, 100.0)):
    samples(
        _function,
        lambda scale=_scale: [  # type: ignore[misc]
            call(normal(7), 0.3 * scale, wrt=("a",)),
            call(normal(3, 4), 0.61 * scale, axis=1, wrt=("a",)),
            call(normal(3, 4), np.array([0.2, 0.7]) * scale, axis=0, wrt=("a",)),
            call(normal(3, 4), np.array([[0.2, 0.7], [0.0, 1.0]]) * scale, axis=-1, keepdims=True, wrt=("a",)),
            call(normal(3, 4, 2), 0.4 * scale, axis=(0, 2), wrt=("a",)),
            call(normal(6), 0.37 * scale, method="lower", wrt=("a",)),
            call(normal(6), 0.37 * scale, method="higher", wrt=("a",)),
            call(normal(6), 0.37 * scale, method="midpoint", wrt=("a",)),
            call(normal(6), 0.3 * scale, method="nearest", wrt=("a",)),
            call(normal(5, dtype=np.float32), 0.4 * scale, wrt=("a",)),
        ],
    )
samples(np.nanquantile, lambda: [call(_MISSING, 0.3, axis=1, wrt=("a",), note="edge: no differences of NaN")])
samples(np.nanpercentile, lambda: [call(_MISSING, [20.0, 70.0], 0, wrt=("a",), note="edge: no differences of NaN")])
samples(
    np.nanmedian,
    lambda: [
        call(normal(5)),
        call(normal(3, 4), axis=1),
        call(normal(3, 4), axis=0, keepdims=True),
        call(_MISSING, axis=1, note="edge: no differences of NaN"),
    ],
)
