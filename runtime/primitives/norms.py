"""Rules of norms of vectors and matrices."""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    direction,
    divide_or_zero,
    norm_slope,
    norm_slope_part,
    order_of_moduli,
    spectral_bend,
    spectral_bend_slope,
    spread,
)
from runtime.primitives.registry import call, forward, inactive, partial, reverse, samples, transpose
from runtime.primitives.sampling import normal


@partial(direction, wrt="x")
def direction_x(z, x, n):
    return divide_or_zero(1.0, n)


@partial(direction, wrt="n")
def direction_n(z, x, n):
    return -divide_or_zero(z, n)


samples(
    direction,
    lambda: [
        call(normal(3), 2.5),
        call(normal(2, 3), np.exp(normal(2, 1))),
        call(1.5, 2.5),
        call(normal(3, dtype=np.float32), np.float32(1.5)),
    ],
)


@reverse(np.linalg.norm, wrt="x")
def norm(z_bar, z, x):
    return z_bar * direction(x, z)


@forward(np.linalg.norm, wrt="x")
def norm_forward(x_dot, z, x):
    return np.sum(x_dot * direction(x, z))


@reverse(np.linalg.norm, wrt="x")
def norm_over(z_bar, z, x, *, axis=None, keepdims=False):
    return spread(z_bar, x, axis, keepdims) * direction(x, spread(z, x, axis, keepdims))


@forward(np.linalg.norm, wrt="x")
def norm_over_forward(x_dot, z, x, *, axis=None, keepdims=False):
    return np.sum(x_dot * direction(x, spread(z, x, axis, keepdims)), axis=axis, keepdims=keepdims)


@reverse(np.linalg.norm, wrt="x")
def norm_ordered(z_bar, z, x, ord=None, axis=None, keepdims=False):
    return spread(z_bar, x, axis, keepdims) * norm_slope(x, z, ord, axis, keepdims)


@forward(np.linalg.norm, wrt="x")
def norm_ordered_forward(x_dot, z, x, ord=None, axis=None, keepdims=False):
    return np.sum(x_dot * norm_slope(x, z, ord, axis, keepdims), axis=axis, keepdims=keepdims)


reverse(np.linalg.vector_norm, wrt="x")(norm_over)
forward(np.linalg.vector_norm, wrt="x")(norm_over_forward)


@reverse(np.linalg.matrix_norm, wrt="x")
def matrix_norm(z_bar, z, x, *, keepdims=False):
    return spread(z_bar, x, (-2, -1), keepdims) * direction(x, spread(z, x, (-2, -1), keepdims))


@forward(np.linalg.matrix_norm, wrt="x")
def matrix_norm_forward(x_dot, z, x, *, keepdims=False):
    return np.sum(x_dot * direction(x, spread(z, x, (-2, -1), keepdims)), axis=(-2, -1), keepdims=keepdims)


@reverse(np.linalg.matrix_norm, wrt="x")
def matrix_norm_ordered(z_bar, z, x, *, keepdims=False, ord="fro"):
    return spread(z_bar, x, (-2, -1), keepdims) * norm_slope(x, z, ord, (-2, -1), keepdims)


@forward(np.linalg.matrix_norm, wrt="x")
def matrix_norm_ordered_forward(x_dot, z, x, *, keepdims=False, ord="fro"):
    return np.sum(x_dot * norm_slope(x, z, ord, (-2, -1), keepdims), axis=(-2, -1), keepdims=keepdims)


@reverse(norm_slope, wrt="x")
def norm_slope_x(z_bar, z_out, x, z, ord=None, axis=None, keepdims=False):
    part = norm_slope_part(x, spread(z, x, axis, keepdims), ord, axis, 1, 0)
    return z_bar * part + spectral_bend(z_bar, x, ord, axis)


@forward(norm_slope, wrt="x")
def norm_slope_x_forward(x_dot, z_out, x, z, ord=None, axis=None, keepdims=False):
    part = norm_slope_part(x, spread(z, x, axis, keepdims), ord, axis, 1, 0)
    return x_dot * part + spectral_bend(x_dot, x, ord, axis)


@reverse(norm_slope, wrt="z")
def norm_slope_z(z_bar, z_out, x, z, ord=None, axis=None, keepdims=False):
    return np.sum(
        z_bar * norm_slope_part(x, spread(z, x, axis, keepdims), ord, axis, 0, 1), axis=axis, keepdims=keepdims
    )


@forward(norm_slope, wrt="z")
def norm_slope_z_forward(z_dot, z_out, x, z, ord=None, axis=None, keepdims=False):
    return spread(z_dot, x, axis, keepdims) * norm_slope_part(x, spread(z, x, axis, keepdims), ord, axis, 0, 1)


@reverse(spectral_bend, wrt="v")
def spectral_bend_v(z_bar, z, v, x, ord=None, axis=None):
    return spectral_bend(z_bar, x, ord, axis)


@forward(spectral_bend, wrt="v")
def spectral_bend_v_forward(v_dot, z, v, x, ord=None, axis=None):
    return spectral_bend(v_dot, x, ord, axis)


@reverse(spectral_bend, wrt="x")
def spectral_bend_x(z_bar, z, v, x, ord=None, axis=None):
    return z_bar * spectral_bend_slope(x, ord, axis)


@forward(spectral_bend, wrt="x")
def spectral_bend_x_forward(x_dot, z, v, x, ord=None, axis=None):
    return x_dot * spectral_bend_slope(x, ord, axis)


inactive(spectral_bend_slope)


@transpose(order_of_moduli, wrt="ord")
def order_of_moduli_ord(z_bar, z, ord, dimensions, axis=None):
    return z_bar


samples(order_of_moduli, lambda: [call(2.5, 1), call(3.5, 2, 0)])


@partial(norm_slope_part, wrt="x")
def norm_slope_part_x(z, x, n, ord=None, axis=None, i=0, j=0):
    return norm_slope_part(x, n, ord, axis, i + 1, j)


@partial(norm_slope_part, wrt="n")
def norm_slope_part_n(z, x, n, ord=None, axis=None, i=0, j=0):
    return norm_slope_part(x, n, ord, axis, i, j + 1)


samples(
    np.linalg.norm,
    lambda: [
        call(normal(4)),
        call(normal(2, 3)),
        call(normal(3, dtype=np.float32)),
        call(normal(2, 3), axis=1),
        call(normal(2, 3), axis=-2, keepdims=True),
        call(normal(2, 3, 4), axis=(0, 2)),
        call(normal(2, 3), None, 1),
        call(normal(4), 2),
        call(normal(4), 1),
        call(normal(4), np.inf),
        call(normal(2, 3), -np.inf, axis=1),
        call(normal(4), 3, keepdims=True),
        call(normal(2, 3), 2.5, 0, True),
        call(normal(2, 3), "fro"),
        call(normal(2, 3, 4), "fro", axis=(1, 2)),
        call(normal(3, 4), 1),
        call(normal(3, 4), -1, keepdims=True),
        call(normal(2, 3, 4), np.inf, axis=(2, 0)),
        call(normal(3, 4), -np.inf),
        call(normal(3, 4), "nuc"),
        call(normal(4, 3), 2, (-2, -1), True),
        call(normal(2, 3, 4), 2, axis=(2, 0)),
        call(normal(3, 3, dtype=np.float32), -2),
        call(normal(0)),
    ],
)
samples(
    norm_slope,
    lambda: [call(normal(4), 2.5, 3), call(normal(2, 3), np.exp(normal(3)), 2, 0), call(normal(4), 2.5, 2.5)],
)
samples(
    norm_slope_part,
    lambda: [
        call(normal(4), np.exp(normal(4)), 3, None),
        call(normal(4), np.exp(normal(4)), 2, None, 1, 0),
        call(normal(4), np.exp(normal(4)), 2.5, None, 1, 1),
        call(normal(4), np.exp(normal(4)), 1, None),
    ],
)
samples(
    spectral_bend,
    lambda: [
        call(normal(3, 4), normal(3, 4), "nuc", wrt=("v",)),
        call(normal(2, 3, 4), normal(2, 3, 4), 2, (0, 2), wrt=("v",)),
        call(normal(3, 2), normal(3, 2), 1),
    ],
)
samples(np.linalg.vector_norm, lambda: [call(normal(2, 3)), call(normal(2, 3), axis=1, keepdims=True)])
samples(
    np.linalg.matrix_norm,
    lambda: [
        call(normal(2, 3)),
        call(normal(4, 2, 3)),
        call(normal(4, 2, 3), keepdims=True),
        call(normal(4, 2, 3), ord=2),
        call(normal(4, 2, 3), ord=-np.inf, keepdims=True),
    ],
)
