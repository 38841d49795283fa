"""Rules of fully connected layers."""

from __future__ import annotations

import numpy as np

from runtime.kernels import linear, outer_sum, unbroadcast
from runtime.primitives.registry import call, forward, reverse, samples, transpose
from runtime.primitives.sampling import normal


@reverse(linear, wrt="x")
def linear_x(z_bar, z, x, weight, bias=None):
    return np.matmul(z_bar, weight)


@reverse(linear, wrt="weight")
def linear_weight(z_bar, z, x, weight, bias=None):
    return outer_sum(z_bar, x)


@reverse(linear, wrt="bias")
def linear_bias(z_bar, z, x, weight, bias=None):
    return unbroadcast(z_bar, bias)


@forward(linear, wrt="x")
def linear_x_forward(x_dot, z, x, weight, bias=None):
    return linear(x_dot, weight)


@forward(linear, wrt="weight")
def linear_weight_forward(weight_dot, z, x, weight, bias=None):
    return linear(x, weight_dot)


@forward(linear, wrt="bias")
def linear_bias_forward(bias_dot, z, x, weight, bias=None):
    return np.broadcast_to(bias_dot, np.shape(z))


@transpose(outer_sum, wrt="g")
def outer_sum_g(z_bar, z, g, x):
    return linear(x, z_bar)


@transpose(outer_sum, wrt="x")
def outer_sum_x(z_bar, z, g, x):
    return np.matmul(g, z_bar)


samples(
    linear,
    lambda: [
        call(normal(4, 3), normal(2, 3)),
        call(normal(4, 3), normal(2, 3), normal(2)),
        call(normal(3), normal(2, 3), normal(2)),
        call(normal(5, 4, 3), normal(2, 3), normal(2)),
        call(normal(4, 3, dtype=np.float32), normal(2, 3, dtype=np.float32), normal(2, dtype=np.float32)),
        call(normal(0, 3), normal(2, 3), normal(2)),
        call(normal(4, 3), normal(2, 3), bias=normal(2)),
    ],
)
samples(
    outer_sum,
    lambda: [
        call(normal(4, 2), normal(4, 3)),
        call(normal(2), normal(3)),
        call(normal(5, 4, 2), normal(5, 4, 3)),
        call(normal(0, 2), normal(0, 3)),
    ],
)
