"""Rules of losses of single numbers."""

from __future__ import annotations

import numpy as np

from runtime.kernels import binary_losses, binary_spread, binary_spread_slope, clipped_log, clipped_log_slope
from runtime.primitives.registry import call, partial, samples
from runtime.primitives.sampling import unary_rows


@partial(clipped_log, wrt="x")
def clipped_log_x(z, x):
    return clipped_log_slope(x)


@partial(clipped_log_slope, wrt="x")
def clipped_log_slope_x(z, x):
    return -z * z


@partial(binary_losses, wrt="p")
def binary_losses_p(z, p, t):
    return (p - t) / binary_spread(p)


@partial(binary_losses, wrt="t")
def binary_losses_t(z, p, t):
    return clipped_log(1.0 - p) - clipped_log(p)


@partial(binary_spread, wrt="p")
def binary_spread_p(z, p):
    return binary_spread_slope(p)


@partial(binary_spread_slope, wrt="p")
def binary_spread_slope_p(z, p):
    return np.where(p * (1.0 - p) > 1e-12, -2.0, 0.0)


samples(clipped_log, unary_rows(0.1, 3.0))
samples(clipped_log_slope, unary_rows(0.1, 3.0))
samples(binary_spread, unary_rows(0.1, 0.4))
samples(binary_spread_slope, unary_rows(0.1, 0.4))
samples(binary_spread_slope, lambda: [call(np.array([0.5, 0.25]))])
samples(
    binary_losses,
    lambda: [
        call(np.array([0.2, 0.7, 0.9]), np.array([0.0, 1.0, 0.5])),
        call(np.array([[0.2], [0.7]]), np.array([0.0, 1.0, 0.5])),
        call(np.array([0.2, 0.7], np.float32), np.array([0.0, 1.0], np.float32)),
        call(np.array([0.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.5]), note="edge: the logarithm is clipped"),
        call(np.zeros((0, 2)), np.zeros(2)),
    ],
)
