"""Rules of quadrature by trapezoids, of polynomials, and of weighted averages."""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    moments,
    slope_coefficients,
    slope_coefficients_back,
    spread,
    trapezoid_left,
    trapezoid_right,
    unbroadcast,
    weights_along,
    weights_along_back,
)
from runtime.primitives.registry import call, forward, partial, reverse, samples, transpose
from runtime.primitives.sampling import normal

# Trapezoids: bilinear in heights and places


@transpose(np.trapezoid, wrt="y")
def trapezoid_y(z_bar, z, y, x=None, dx=1.0, axis=-1):
    return trapezoid_left(z_bar, y, x, dx, axis)


@transpose(np.trapezoid, wrt="x")
def trapezoid_x(z_bar, z, y, x, dx=1.0, axis=-1):
    return trapezoid_right(z_bar, y, x, axis)


@transpose(np.trapezoid, wrt="dx")
def trapezoid_dx(z_bar, z, y, *, dx=1.0, axis=-1):
    return unbroadcast(z_bar * np.trapezoid(y, axis=axis), dx)


@transpose(trapezoid_left, wrt="g")
def trapezoid_left_g(z_bar, z, g, y, x=None, dx=1.0, axis=-1):
    return np.trapezoid(z_bar, x, dx, axis)


@transpose(trapezoid_left, wrt="x")
def trapezoid_left_x(z_bar, z, g, y, x, dx=1.0, axis=-1):
    return trapezoid_right(g, z_bar, x, axis)


@transpose(trapezoid_left, wrt="dx")
def trapezoid_left_dx(z_bar, z, g, y, x=None, dx=1.0, axis=-1):
    return unbroadcast(np.asarray(np.sum(g * np.trapezoid(z_bar, axis=axis))), dx)


@transpose(trapezoid_right, wrt="g")
def trapezoid_right_g(z_bar, z, g, y, x, axis=-1):
    return np.trapezoid(y, z_bar, axis=axis)


@transpose(trapezoid_right, wrt="y")
def trapezoid_right_y(z_bar, z, g, y, x, axis=-1):
    return trapezoid_left(g, y, z_bar, 1.0, axis)


# Angles without jumps: whole turns are added


@partial(np.unwrap, wrt="p")
def unwrap_p(z, p, discont=None, axis=-1, *, period=6.283185307179586):
    return 1.0


samples(np.unwrap, lambda: [call(np.array([0.1, 3.0, -3.0, 0.4])), call(3.0 * normal(2, 4), axis=0)])


# Polynomials: linear in the coefficients


@reverse(np.polyval, wrt="p")
def polyval_p(z_bar, z, p, x):
    return moments(z_bar, p, x)


@forward(np.polyval, wrt="p")
def polyval_p_tangent(p_dot, z, p, x):
    return np.polyval(p_dot, x)


@reverse(np.polyval, wrt="x")
def polyval_x(z_bar, z, p, x):
    return unbroadcast(z_bar * np.polyval(slope_coefficients(p), x), x)


@forward(np.polyval, wrt="x")
def polyval_x_tangent(x_dot, z, p, x):
    return x_dot * np.polyval(slope_coefficients(p), x)


@transpose(slope_coefficients, wrt="p")
def slope_coefficients_transpose(z_bar, z, p):
    return slope_coefficients_back(z_bar, p)


@transpose(slope_coefficients_back, wrt="g")
def slope_coefficients_back_transpose(z_bar, z, g, p):
    return slope_coefficients(z_bar)


@reverse(moments, wrt="g")
def moments_g(z_bar, z, g, p, x):
    return unbroadcast(np.polyval(z_bar, x), g)


@forward(moments, wrt="g")
def moments_g_tangent(g_dot, z, g, p, x):
    return moments(g_dot, p, x)


@reverse(moments, wrt="x")
def moments_x(z_bar, z, g, p, x):
    return unbroadcast(g * np.polyval(slope_coefficients(z_bar), x), x)


@forward(moments, wrt="x")
def moments_x_tangent(x_dot, z, g, p, x):
    return slope_coefficients_back(moments(g * x_dot, slope_coefficients(p), x), p)


# Averages


@reverse(np.average, wrt="a")
def average_all(z_bar, z, a):
    return np.full_like(a, z_bar / np.size(a))


@reverse(np.average, wrt="a")
def average_weighted(z_bar, z, a, axis=None, weights=None, *, keepdims=False):
    share = weights_along(weights, a, axis)
    return spread(z_bar / np.sum(share, axis=axis, keepdims=keepdims), a, axis, keepdims) * share


@forward(np.average, wrt="a")
def average_tangent(a_dot, z, a, axis=None, weights=None, *, keepdims=False):
    return np.average(a_dot, axis=axis, weights=weights, keepdims=keepdims)


@reverse(np.average, wrt="weights")
def average_weights(z_bar, z, a, axis=None, weights=None, *, keepdims=False):
    total = np.sum(weights_along(weights, a, axis), axis=axis, keepdims=keepdims)
    gain = spread(z_bar / total, a, axis, keepdims) * (a - spread(z, a, axis, keepdims))
    return weights_along_back(gain, weights, axis)


@forward(np.average, wrt="weights")
def average_weights_tangent(weights_dot, z, a, axis=None, weights=None, *, keepdims=False):
    share_dot = weights_along(weights_dot, a, axis)
    total = np.sum(weights_along(weights, a, axis), axis=axis, keepdims=keepdims)
    return np.sum(share_dot * (a - spread(z, a, axis, keepdims)), axis=axis, keepdims=keepdims) / total


@transpose(weights_along, wrt="weights")
def weights_along_transpose(z_bar, z, weights, a, axis=None):
    return weights_along_back(z_bar, weights, axis)


@transpose(weights_along_back, wrt="g")
def weights_along_back_transpose(z_bar, z, g, weights, axis=None):
    return weights_along(z_bar, g, axis)


# Counts: the weights of a bin add up


@transpose(np.bincount, wrt="weights")
def bincount_weights(z_bar, z, x, weights, minlength=0):
    return unbroadcast(np.take(z_bar, x), weights)


_PLACES = np.array([0.0, 0.4, 1.0, 1.7, 1.9])

samples(
    np.trapezoid,
    lambda: [
        call(normal(5)),
        call(normal(3, 5), axis=0),
        call(normal(5), _PLACES, wrt=("y", "x")),
        call(normal(3, 5), _PLACES, wrt=("y", "x")),
        call(normal(5, 3), _PLACES, axis=0, wrt=("y", "x")),
        call(normal(3, 5), normal(3, 5, seed=1), wrt=("y", "x")),
        call(normal(5), dx=0.3, wrt=("y", "dx")),
        call(normal(5, 2), dx=0.3, axis=0, wrt=("y", "dx")),
        call(normal(5, dtype=np.float32)),
        call(normal(1)),
    ],
)
samples(
    trapezoid_left,
    lambda: [
        call(np.array(0.7), normal(5), wrt=("g",)),
        call(normal(3), normal(3, 5), _PLACES, wrt=("g", "x")),
        call(normal(3), normal(5, 3), None, 0.3, 0, wrt=("g", "dx")),
    ],
)
samples(
    trapezoid_right,
    lambda: [
        call(normal(3), normal(3, 5), _PLACES, wrt=("g", "y")),
        call(normal(3), normal(5, 3), _PLACES, 0, wrt=("g", "y")),
        call(normal(3), normal(3, 5), normal(3, 5, seed=1), wrt=("g", "y")),
    ],
)
samples(
    np.polyval,
    lambda: [
        call(normal(4), normal(5, seed=1)),
        call(normal(4), normal(2, 3, seed=1)),
        call(normal(3), 0.7),
        call(normal(1), normal(3)),
        call(normal(3, dtype=np.float32), normal(2, dtype=np.float32)),
    ],
)
samples(slope_coefficients, lambda: [call(normal(4)), call(normal(1))])
samples(slope_coefficients_back, lambda: [call(normal(3), normal(4), wrt=("g",))])
samples(moments, lambda: [call(normal(5), normal(4), normal(5, seed=1), wrt=("g", "x"))])
samples(
    np.average,
    lambda: [
        call(normal(4)),
        call(normal(2, 3), axis=0),
        call(normal(2, 3), axis=1, keepdims=True),
        call(normal(4), weights=1.5 + np.tanh(normal(4, seed=1)), wrt=("a", "weights")),
        call(normal(2, 3), 1, 1.5 + np.tanh(normal(3, seed=1)), wrt=("a", "weights")),
        call(normal(2, 3), axis=0, weights=1.5 + np.tanh(normal(2, 3, seed=1)), keepdims=True, wrt=("a", "weights")),
        call(normal(2, 3, dtype=np.float32), axis=0),
    ],
)
samples(weights_along, lambda: [call(normal(3), normal(2, 3), 1, wrt=("weights",)), call(normal(2, 3), normal(2, 3))])
samples(weights_along_back, lambda: [call(normal(2, 3), normal(3), 1, wrt=("g",))])
samples(
    np.bincount,
    lambda: [
        call(np.array([0, 2, 0, 3]), normal(4), wrt=("weights",)),
        call(np.array([0, 1, 1]), normal(3), minlength=5, wrt=("weights",)),
    ],
)
