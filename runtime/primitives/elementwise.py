"""Rules of arithmetic, powers, exponentials and logarithms, element by element.

Conventions at the edges: sqrt'(0) and cbrt'(0) are infinite; the derivative of `x ** 0` is 0, also at 0, and that of
`0 ** y` in `y` is 0 for `y >= 0`; where both operands of logaddexp are the same infinity they share evenly.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.kernels import logistic_share, power_log, scaled_power, xlogy
from runtime.primitives.registry import call, partial, samples
from runtime.primitives.sampling import binary_rows, normal, unary_rows

_function: Any

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
