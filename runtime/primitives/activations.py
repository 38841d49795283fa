"""Rules of activations."""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    gelu,
    gelu_bend,
    gelu_slope,
    leaky,
    leaky_slope,
    silu,
    silu_bend,
    silu_slope,
    softplus,
    softplus_slope,
)
from runtime.primitives.registry import call, inactive, partial, samples
from runtime.primitives.sampling import normal, unary_rows

inactive(leaky_slope)


@partial(gelu, wrt="x")
def gelu_x(z, x):
    return gelu_slope(x)


@partial(gelu_slope, wrt="x")
def gelu_slope_x(z, x):
    return gelu_bend(x)


@partial(gelu_bend, wrt="x")
def gelu_bend_x(z, x):
    return -x * z - 2.0 * x * np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi)


@partial(silu, wrt="x")
def silu_x(z, x):
    return silu_slope(x)


@partial(silu_slope, wrt="x")
def silu_slope_x(z, x):
    return silu_bend(x)


@partial(silu_bend, wrt="x")
def silu_bend_x(z, x):
    # By s' = s - s**2, for the slope s' of the sigmoid and its two derivatives.
    t = np.tanh(0.5 * x)
    return 0.25 * (1.0 - t * t) * (-3.0 * t + 0.5 * x * (3.0 * t * t - 1.0))


@partial(softplus, wrt="x")
def softplus_x(z, x, beta=1.0, threshold=20.0):
    return softplus_slope(x, beta, threshold)


@partial(softplus_slope, wrt="x")
def softplus_slope_x(z, x, beta=1.0, threshold=20.0):
    return beta * z * (1.0 - z)


@partial(leaky, wrt="x")
def leaky_x(z, x, slope=0.01):
    return leaky_slope(x, slope)


for _function in (gelu, gelu_slope, gelu_bend, silu, silu_slope, silu_bend):
    samples(_function, unary_rows())
    samples(_function, lambda: [call(np.array([-6.0, -2.5, -0.5, 0.0, 0.5, 2.5, 6.0]))])
for _function in (softplus, softplus_slope):
    samples(_function, unary_rows())
    samples(_function, lambda: [call(normal(2, 3), 2.0), call(np.array([-30.0, 0.5, 19.0, 30.0]))])
    samples(_function, lambda: [call(np.array([0.5, 3.0]), 1.5, 2.0)])
samples(leaky, unary_rows())
samples(leaky, lambda: [call(normal(2, 3), 0.3), call(normal(2, 3), 1.5), call(normal(2, 3), -0.5)])
