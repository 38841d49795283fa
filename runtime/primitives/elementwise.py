"""Rules of the smooth elementwise functions: arithmetic, powers, exponentials, trigonometry.

Conventions at the edges: sqrt'(0) and cbrt'(0) are infinite; the derivative of `x ** 0` is 0, also at 0, and that of
`0 ** y` in `y` is 0 for `y >= 0`; hypot has slope 0 at the origin, a subgradient; arctan2 has none there and gives NaN.
"""

from __future__ import annotations

import math

import numpy as np

from runtime.kernels import divide_or_zero, logistic_share, power_log, scaled_power, sinc_derivative, xlogy
from runtime.primitives.registry import call, partial, samples
from runtime.primitives.sampling import binary_rows, normal, unary_rows

# Arithmetic


@partial(np.add, wrt="x")
def add_x(z, x, y):
    return 1.0


@partial(np.add, wrt="y")
def add_y(z, x, y):
    return 1.0


@partial(np.subtract, wrt="x")
def subtract_x(z, x, y):
    return 1.0


@partial(np.subtract, wrt="y")
def subtract_y(z, x, y):
    return -1.0


@partial(np.multiply, wrt="x")
def multiply_x(z, x, y):
    return y


@partial(np.multiply, wrt="y")
def multiply_y(z, x, y):
    return x


@partial(np.divide, wrt="x")
def divide_x(z, x, y):
    return 1.0 / y


@partial(np.divide, wrt="y")
def divide_y(z, x, y):
    # Not x / (y * y): the square would underflow first.
    return -(x / y) / y


@partial(np.negative, wrt="x")
def negative(z, x):
    return -1.0


@partial(np.positive, wrt="x")
def positive(z, x):
    return 1.0


@partial(np.reciprocal, wrt="x")
def reciprocal(z, x):
    return -z * z


@partial(np.square, wrt="x")
def square(z, x):
    return 2.0 * x


@partial(np.sqrt, wrt="x")
def sqrt(z, x):
    return 0.5 / z


@partial(np.cbrt, wrt="x")
def cbrt(z, x):
    return 1.0 / (3.0 * z * z)


for _function in (np.add, np.subtract, np.multiply):
    samples(_function, binary_rows())
samples(np.divide, binary_rows(0.5, 2.0))
for _function in (np.negative, np.positive, np.square):
    samples(_function, unary_rows())
for _function in (np.reciprocal, np.sqrt, np.cbrt):
    samples(_function, unary_rows(0.1, 3.0))
samples(np.multiply, lambda: [call(normal(3) + 1j * normal(3, seed=1), normal(3, seed=2) - 1j)])
samples(np.multiply, lambda: [call(normal(3), normal(2, 3, seed=2) - 1j)])
samples(np.divide, lambda: [call(normal(3) + 1j, normal(3, seed=2) - 1j)])
samples(np.sqrt, lambda: [call(np.array([0.0, 1.0]), note="edge: the slope at 0 is infinite")])

# Powers. A constant exponent gets its own plain text from the compiler; these hold for all.


@partial(np.power, wrt="x")
def power_x(z, x, y):
    return scaled_power(y, x, y - 1)


@partial(np.power, wrt="y")
def power_y(z, x, y):
    return power_log(x, y)


@partial(np.float_power, wrt="x")
def float_power_x(z, x, y):
    return scaled_power(y, x, y - 1)


@partial(np.float_power, wrt="y")
def float_power_y(z, x, y):
    return power_log(x, y)


@partial(scaled_power, wrt="c")
def scaled_power_c(z, c, x, y):
    return scaled_power(1.0, x, y)


@partial(scaled_power, wrt="x")
def scaled_power_x(z, c, x, y):
    return scaled_power(c * y, x, y - 1)


@partial(scaled_power, wrt="y")
def scaled_power_y(z, c, x, y):
    return c * power_log(x, y)


@partial(power_log, wrt="x")
def power_log_x(z, x, y):
    return xlogy(scaled_power(y, x, y - 1), x) + scaled_power(1.0, x, y - 1)


@partial(power_log, wrt="y")
def power_log_y(z, x, y):
    return xlogy(z, x)


@partial(xlogy, wrt="c")
def xlogy_c(z, c, x):
    return np.log(x)


@partial(xlogy, wrt="x")
def xlogy_x(z, c, x):
    return scaled_power(c, x, -1.0)


samples(np.power, binary_rows(0.3, 3.0))
samples(np.float_power, binary_rows(0.3, 3.0))
samples(power_log, binary_rows(0.3, 3.0))
samples(xlogy, binary_rows(0.3, 3.0))
samples(
    np.power,
    lambda: [
        call(normal(4), 2),
        call(normal(4), 3.0),
        call(normal(2, 3), np.array([0, 1, 2])),
        call(-1.5, -2),
        call(np.array([0.0, 0.0, 2.0, -1.0]), np.array([2, 1, 0, 0])),
        call(np.array([0.0, 1.0]), 0.0, wrt=("x",)),
        call(0.0, np.array([1.0, 2.5]), wrt=("y",)),
        call(np.array([0.0, -2.0]), 1.0, wrt=("x",)),
        call(2, normal(3)),
        call(normal(3, dtype=np.float32), 2),
        call(normal(3) + 1j, 2.5),
    ],
)
samples(
    scaled_power,
    lambda: [
        call(normal(3), np.array([0.5, 1.0, 2.0]), normal(2, 3)),
        call(normal(2, 1), np.array([0.5, 1.0, 2.0]), 2),
        call(1.5, 2.0, 3.0),
        call(np.array([0.0, 1.0]), np.array([2.0, 3.0]), 2.0),
    ],
)

# Exponentials and logarithms


@partial(np.exp, wrt="x")
def exp(z, x):
    return z


@partial(np.exp2, wrt="x")
def exp2(z, x):
    return z * math.log(2.0)


@partial(np.expm1, wrt="x")
def expm1(z, x):
    return np.exp(x)


@partial(np.log, wrt="x")
def log(z, x):
    return 1.0 / x


@partial(np.log2, wrt="x")
def log2(z, x):
    return 1.0 / (x * math.log(2.0))


@partial(np.log10, wrt="x")
def log10(z, x):
    return 1.0 / (x * math.log(10.0))


@partial(np.log1p, wrt="x")
def log1p(z, x):
    return 1.0 / (1.0 + x)


@partial(np.logaddexp, wrt="x")
def logaddexp_x(z, x, y):
    return logistic_share(x, y)


@partial(np.logaddexp, wrt="y")
def logaddexp_y(z, x, y):
    return logistic_share(y, x)


@partial(np.logaddexp2, wrt="x")
def logaddexp2_x(z, x, y):
    return logistic_share(x * math.log(2.0), y * math.log(2.0))


@partial(np.logaddexp2, wrt="y")
def logaddexp2_y(z, x, y):
    return logistic_share(y * math.log(2.0), x * math.log(2.0))


@partial(logistic_share, wrt="x")
def logistic_share_x(z, x, y):
    return z * (1.0 - z)


@partial(logistic_share, wrt="y")
def logistic_share_y(z, x, y):
    return z * (z - 1.0)


for _function in (np.exp, np.exp2, np.expm1):
    samples(_function, unary_rows())
for _function in (np.log, np.log2, np.log10, np.log1p):
    samples(_function, unary_rows(0.1, 3.0))
for _function in (np.logaddexp, np.logaddexp2, logistic_share):
    samples(_function, binary_rows())
samples(np.exp, lambda: [call(normal(3) + 1j * normal(3, seed=1))])
samples(np.logaddexp, lambda: [call(np.array([1000.0, -1000.0, 0.0]), np.array([-1000.0, 1.0, 0.0]))])
_EDGES = "edge: both are infinite"
samples(np.logaddexp, lambda: [call(np.array([-np.inf, np.inf]), np.array([-np.inf, np.inf]), note=_EDGES)])

# Trigonometric and hyperbolic functions


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
