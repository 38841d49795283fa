"""Rules of trigonometric and hyperbolic functions, of angles and lengths, element by element.

Conventions at the origin: hypot has slope 0, a subgradient; arctan2 has no slope and gives NaN.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.kernels import divide_or_zero, sinc_derivative
from runtime.primitives.registry import call, partial, samples
from runtime.primitives.sampling import binary_rows, normal, unary_rows

_function: Any


@partial(np.sin, wrt="x")
def sin(z, x):
    return np.cos(x)


@partial(np.cos, wrt="x")
def cos(z, x):
    return -np.sin(x)


@partial(np.tan, wrt="x")
def tan(z, x):
    return 1.0 + z * z


@partial(np.arcsin, wrt="x")
def arcsin(z, x):
    return 1.0 / np.sqrt((1.0 - x) * (1.0 + x))


@partial(np.arccos, wrt="x")
def arccos(z, x):
    return -1.0 / np.sqrt((1.0 - x) * (1.0 + x))


@partial(np.arctan, wrt="x")
def arctan(z, x):
    return 1.0 / (1.0 + x * x)


@partial(np.arctan2, wrt="y")
def arctan2_y(z, y, x):
    r = np.hypot(y, x)
    return x / r / r


@partial(np.arctan2, wrt="x")
def arctan2_x(z, y, x):
    r = np.hypot(y, x)
    return -(y / r) / r


@partial(np.hypot, wrt="x")
def hypot_x(z, x, y):
    return divide_or_zero(x, z)


@partial(np.hypot, wrt="y")
def hypot_y(z, x, y):
    return divide_or_zero(y, z)


@partial(divide_or_zero, wrt="x")
def divide_or_zero_x(z, x, y):
    return divide_or_zero(1.0, y)


@partial(divide_or_zero, wrt="y")
def divide_or_zero_y(z, x, y):
    return -divide_or_zero(z, y)


@partial(np.sinh, wrt="x")
def sinh(z, x):
    return np.cosh(x)


@partial(np.cosh, wrt="x")
def cosh(z, x):
    return np.sinh(x)


@partial(np.tanh, wrt="x")
def tanh(z, x):
    return 1.0 - z * z


@partial(np.arcsinh, wrt="x")
def arcsinh(z, x):
    return 1.0 / np.sqrt(x * x + 1.0)


@partial(np.arccosh, wrt="x")
def arccosh(z, x):
    return 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0))


@partial(np.arctanh, wrt="x")
def arctanh(z, x):
    return 1.0 / ((1.0 - x) * (1.0 + x))


@partial(np.deg2rad, wrt="x")
@partial(np.radians, wrt="x")
def deg2rad(z, x):
    return math.pi / 180.0


@partial(np.rad2deg, wrt="x")
@partial(np.degrees, wrt="x")
def rad2deg(z, x):
    return 180.0 / math.pi


@partial(np.sinc, wrt="x")
def sinc(z, x):
    return sinc_derivative(x, 1)


@partial(sinc_derivative, wrt="x")
def sinc_derivative_x(z, x, order):
    return sinc_derivative(x, order + 1)


for _function in (np.sin, np.cos, np.tan, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh):
    samples(_function, unary_rows(-1.4, 1.4))
for _function in (np.arcsin, np.arccos, np.arctanh):
    samples(_function, unary_rows(-0.9, 0.9))
for _function in (np.deg2rad, np.radians, np.rad2deg, np.degrees, np.sinc):
    samples(_function, unary_rows(-3.0, 3.0))
samples(np.arccosh, unary_rows(1.1, 3.0))
samples(np.arctan2, binary_rows())
samples(np.hypot, binary_rows())
samples(divide_or_zero, binary_rows(0.5, 2.0))
samples(np.hypot, lambda: [call(np.array([0.0, 3.0]), np.array([0.0, 4.0]), note="edge: a cone at the origin")])
samples(np.tan, lambda: [call(normal(3) + 0.5j)])
samples(np.arccosh, lambda: [call(np.array([0.5 + 0.5j, -2.0 + 1.0j]))])
samples(np.sinc, lambda: [call(np.array([0.0, 1e-3, 1.0, -2.0, 5.5]))])
samples(sinc_derivative, lambda: [call(np.array([0.0, 1e-3, 0.9, 1.1, -2.5]), k) for k in (1, 2, 3, 4)])
