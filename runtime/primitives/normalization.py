"""Rules of standardisation, which batch, layer, group and instance normalisation share."""

from __future__ import annotations

import numpy as np

from runtime.kernels import standardize, standardize_slope
from runtime.primitives.registry import call, forward, reverse, samples
from runtime.primitives.sampling import normal


@reverse(standardize, wrt="x")
def standardize_x(z_bar, z, x, axis, eps):
    return standardize_slope(z_bar, z, np.sqrt(np.var(x, axis=axis, keepdims=True) + eps), axis)


@forward(standardize, wrt="x")
def standardize_x_forward(x_dot, z, x, axis, eps):
    return standardize_slope(x_dot, z, np.sqrt(np.var(x, axis=axis, keepdims=True) + eps), axis)


@reverse(standardize_slope, wrt="g")
def standardize_slope_g(z_bar, z_out, g, z, deviation, axis):
    return standardize_slope(z_bar, z, deviation, axis)


@forward(standardize_slope, wrt="g")
def standardize_slope_g_forward(g_dot, z_out, g, z, deviation, axis):
    return standardize_slope(g_dot, z, deviation, axis)


@reverse(standardize_slope, wrt="z")
def standardize_slope_z(z_bar, z_out, g, z, deviation, axis):
    s = z_bar / deviation
    return -s * np.mean(g * z, axis=axis, keepdims=True) - g * np.mean(s * z, axis=axis, keepdims=True)


@forward(standardize_slope, wrt="z")
def standardize_slope_z_forward(z_dot, z_out, g, z, deviation, axis):
    turned = z_dot * np.mean(g * z, axis=axis, keepdims=True) + z * np.mean(g * z_dot, axis=axis, keepdims=True)
    return -turned / deviation


@reverse(standardize_slope, wrt="deviation")
def standardize_slope_deviation(z_bar, z_out, g, z, deviation, axis):
    return -np.sum(z_bar * z_out, axis=axis, keepdims=True) / deviation


@forward(standardize_slope, wrt="deviation")
def standardize_slope_deviation_forward(deviation_dot, z_out, g, z, deviation, axis):
    return -z_out * deviation_dot / deviation


samples(
    standardize,
    lambda: [
        call(normal(4, 3), (0,), 1e-5),
        call(normal(4, 3, 2), (0, 2), 0.1),
        call(normal(4, 3, 2), (-1,), 1e-5),
        call(normal(4, 3, dtype=np.float32), (1,), 1e-3),
        call(np.ones((2, 3)), (1,), 1e-2, note="edge: no deviation at all"),
    ],
)
samples(
    standardize_slope,
    lambda: [
        call(normal(4, 3), normal(4, 3, seed=1), 1.0 + normal(1, 3) ** 2, (0,)),
        call(normal(4, 3, 2), normal(4, 3, 2, seed=1), 1.0 + normal(1, 3, 1) ** 2, (0, 2)),
    ],
)
