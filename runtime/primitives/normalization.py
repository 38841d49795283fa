"""Rules of standardisation, which batch, layer, group and instance normalisation share."""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    affine,
    along_channels,
    channel_product,
    channel_sum,
    count,
    deviation_by,
    standardize,
    standardize_slope,
)
from runtime.primitives.registry import call, forward, reverse, samples, transpose
from runtime.primitives.sampling import normal


@reverse(standardize, wrt="x")
def standardize_x(z_bar, z, x, axis, eps):
    return standardize_slope(z_bar, z, deviation_by(x, z, axis, eps), axis)


@forward(standardize, wrt="x")
def standardize_x_forward(x_dot, z, x, axis, eps):
    return standardize_slope(x_dot, z, deviation_by(x, z, axis, eps), axis)


# By d**2 = c * d + eps, for the deviation d and the mean c of x * z.


@reverse(deviation_by, wrt="x")
def deviation_by_x(z_bar, z_out, x, z, axis, eps):
    return z_bar * (z_out * z_out / (z_out * z_out + eps)) / count(x, axis) * z


@reverse(deviation_by, wrt="z")
def deviation_by_z(z_bar, z_out, x, z, axis, eps):
    return z_bar * (z_out * z_out / (z_out * z_out + eps)) / count(x, axis) * x


@forward(deviation_by, wrt="x")
def deviation_by_x_forward(x_dot, z_out, x, z, axis, eps):
    return z_out * z_out / (z_out * z_out + eps) * np.mean(z * x_dot, axis=axis, keepdims=True)


@forward(deviation_by, wrt="z")
def deviation_by_z_forward(z_dot, z_out, x, z, axis, eps):
    return z_out * z_out / (z_out * z_out + eps) * np.mean(x * z_dot, axis=axis, keepdims=True)


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


@reverse(affine, wrt="z")
def affine_z(z_bar, z_out, z, weight, bias, tail=0):
    return z_bar * np.reshape(weight, (*np.shape(weight), *[1] * tail))


@forward(affine, wrt="z")
def affine_z_forward(z_dot, z_out, z, weight, bias, tail=0):
    return z_dot * np.reshape(weight, (*np.shape(weight), *[1] * tail))


@reverse(affine, wrt="weight")
def affine_weight(z_bar, z_out, z, weight, bias, tail=0):
    return channel_product(z_bar, z, weight, tail)


@forward(affine, wrt="weight")
def affine_weight_forward(weight_dot, z_out, z, weight, bias, tail=0):
    return z * along_channels(weight_dot, z, tail)


@reverse(affine, wrt="bias")
def affine_bias(z_bar, z_out, z, weight, bias, tail=0):
    return channel_sum(z_bar, bias, tail)


@forward(affine, wrt="bias")
def affine_bias_forward(bias_dot, z_out, z, weight, bias, tail=0):
    return along_channels(bias_dot, z, tail)


@transpose(channel_product, wrt="g")
def channel_product_g(z_bar, z_out, g, z, weight, tail=0):
    return z * along_channels(z_bar, g, tail)


@transpose(channel_product, wrt="z")
def channel_product_z(z_bar, z_out, g, z, weight, tail=0):
    return g * along_channels(z_bar, z, tail)


@transpose(channel_sum, wrt="g")
def channel_sum_g(z_bar, z_out, g, bias, tail=0):
    return along_channels(z_bar, g, tail)


@transpose(along_channels, wrt="g")
def along_channels_g(z_bar, z_out, g, z, tail=0):
    return channel_sum(z_bar, g, tail)


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
samples(
    deviation_by,
    lambda: [
        call(normal(4, 3), normal(4, 3, seed=1), (0,), 0.1),
        call(normal(4, 3, 2), normal(4, 3, 2, seed=1), (0, 2), 0.1),
        call(normal(4, 3), normal(4, 3, seed=1), (-1,), 0.1),
    ],
)
samples(
    affine,
    lambda: [
        call(normal(4, 3), normal(3), normal(3, seed=1)),
        call(normal(4, 3, 2), normal(3), normal(3, seed=1), 1),
        call(normal(2, 4, 3), normal(4, 3), normal(4, 3, seed=1)),
        call(normal(4, 3, dtype=np.float32), normal(3, dtype=np.float32), normal(3, dtype=np.float32)),
        call(normal(0, 3), normal(3), normal(3, seed=1)),
    ],
)
samples(
    channel_product,
    lambda: [
        call(normal(4, 3), normal(4, 3, seed=1), normal(3)),
        call(normal(4, 3, 2, 2), normal(4, 3, 2, 2, seed=1), normal(3), 2),
        call(normal(2, 4, 3), normal(2, 4, 3, seed=1), normal(4, 3)),
    ],
)
samples(channel_sum, lambda: [call(normal(4, 3), normal(3)), call(normal(4, 3, 2, 2), normal(3), 2)])
samples(along_channels, lambda: [call(normal(3), normal(4, 3)), call(normal(3), normal(4, 3, 2, 2), 2)])
