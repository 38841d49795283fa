"""Rules of the functions of `math` that take numbers.

Partial derivatives are spelled with `math`, so that loops over single numbers stay fast. Where the derivative is
infinite they raise as `math` itself does: `math.sqrt` at 0 is a ZeroDivisionError. `math.modf` is told in terms of
others, and `math.frexp`, whose results are a share and an exponent, has no rule and is refused.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.kernels import divide_or_zero, polygamma, power_log, real_sign, scaled_power
from runtime.primitives.registry import call, partial, samples

_function: Any

# Powers, exponentials, logarithms


@partial(math.sqrt, wrt="x")
def sqrt(z, x):
    return 0.5 / z


@partial(math.cbrt, wrt="x")
def cbrt(z, x):
    return 1.0 / (3.0 * z * z)


@partial(math.pow, wrt="x")
def pow_x(z, x, y):
    return scaled_power(y, x, y - 1)


@partial(math.pow, wrt="y")
def pow_y(z, x, y):
    return power_log(x, y)


@partial(math.exp, wrt="x")
def exp(z, x):
    return z


@partial(math.exp2, wrt="x")
def exp2(z, x):
    return z * math.log(2.0)


@partial(math.expm1, wrt="x")
def expm1(z, x):
    return math.exp(x)


@partial(math.log, wrt="x")
def log(z, x):
    return 1.0 / x


@partial(math.log, wrt="x")
def log_to_base(z, x, base):
    return 1.0 / (x * math.log(base))


@partial(math.log, wrt="base")
def log_base(z, x, base):
    return -z / (base * math.log(base))


@partial(math.log2, wrt="x")
def log2(z, x):
    return 1.0 / (x * math.log(2.0))


@partial(math.log10, wrt="x")
def log10(z, x):
    return 1.0 / (x * math.log(10.0))


@partial(math.log1p, wrt="x")
def log1p(z, x):
    return 1.0 / (1.0 + x)


# Trigonometric and hyperbolic functions


@partial(math.sin, wrt="x")
def sin(z, x):
    return math.cos(x)


@partial(math.cos, wrt="x")
def cos(z, x):
    return -math.sin(x)


@partial(math.tan, wrt="x")
def tan(z, x):
    return 1.0 + z * z


@partial(math.asin, wrt="x")
def asin(z, x):
    return 1.0 / math.sqrt((1.0 - x) * (1.0 + x))


@partial(math.acos, wrt="x")
def acos(z, x):
    return -1.0 / math.sqrt((1.0 - x) * (1.0 + x))


@partial(math.atan, wrt="x")
def atan(z, x):
    return 1.0 / (1.0 + x * x)


@partial(math.atan2, wrt="y")
def atan2_y(z, y, x):
    r = math.hypot(y, x)
    return x / r / r


@partial(math.atan2, wrt="x")
def atan2_x(z, y, x):
    r = math.hypot(y, x)
    return -(y / r) / r


@partial(math.hypot, wrt="x")
def hypot_x(z, x, y):
    return divide_or_zero(x, z)


@partial(math.hypot, wrt="y")
def hypot_y(z, x, y):
    return divide_or_zero(y, z)


@partial(math.hypot, wrt="x")
def hypot3_x(z, x, y, w):
    return divide_or_zero(x, z)


@partial(math.hypot, wrt="y")
def hypot3_y(z, x, y, w):
    return divide_or_zero(y, z)


@partial(math.hypot, wrt="w")
def hypot3_w(z, x, y, w):
    return divide_or_zero(w, z)


@partial(math.sinh, wrt="x")
def sinh(z, x):
    return math.cosh(x)


@partial(math.cosh, wrt="x")
def cosh(z, x):
    return math.sinh(x)


@partial(math.tanh, wrt="x")
def tanh(z, x):
    return 1.0 - z * z


@partial(math.asinh, wrt="x")
def asinh(z, x):
    return 1.0 / math.hypot(x, 1.0)


@partial(math.acosh, wrt="x")
def acosh(z, x):
    return 1.0 / (math.sqrt(x - 1.0) * math.sqrt(x + 1.0))


@partial(math.atanh, wrt="x")
def atanh(z, x):
    return 1.0 / ((1.0 - x) * (1.0 + x))


@partial(math.radians, wrt="x")
def radians(z, x):
    return math.pi / 180.0


@partial(math.degrees, wrt="x")
def degrees(z, x):
    return 180.0 / math.pi


# Error and gamma functions


@partial(math.erf, wrt="x")
def erf(z, x):
    return 2.0 / math.sqrt(math.pi) * math.exp(-x * x)


@partial(math.erfc, wrt="x")
def erfc(z, x):
    return -2.0 / math.sqrt(math.pi) * math.exp(-x * x)


@partial(math.gamma, wrt="x")
def gamma(z, x):
    return z * polygamma(0, x)


@partial(math.lgamma, wrt="x")
def lgamma(z, x):
    return polygamma(0, x)


@partial(polygamma, wrt="x")
def polygamma_x(z, n, x):
    return polygamma(n + 1, x)


# Signs, remainders, casts


@partial(math.fabs, wrt="x")
def absolute(z, x):
    return real_sign(x)


@partial(math.copysign, wrt="x")
def copysign_x(z, x, y):
    return real_sign(x) * math.copysign(1.0, y)


@partial(math.copysign, wrt="y")
def copysign_y(z, x, y):
    return 0.0


@partial(math.fmod, wrt="x")
@partial(math.remainder, wrt="x")
def remainder_x(z, x, y):
    return 1.0


@partial(math.fmod, wrt="y")
@partial(math.remainder, wrt="y")
def remainder_y(z, x, y):
    return -round((x - z) / y)


@partial(math.ldexp, wrt="x")
def ldexp(z, x, i):
    return math.ldexp(1.0, i)


def _numbers(*points: float):
    return lambda: [call(x) for x in points] + [call(np.float64(points[0]))]


def _pairs(*points: tuple):
    return lambda: [call(*pair) for pair in points] + [call(*map(np.float64, points[0]))]


for _function in (math.sqrt, math.cbrt, math.log2, math.log10, math.log1p):
    samples(_function, _numbers(0.2, 1.0, 3.5))
samples(math.log, _numbers(0.2, 1.0, 3.5))
samples(math.log, _pairs((0.2, 3.0), (5.0, 0.5), (2.0, 10)))
for _function in (math.exp, math.exp2, math.expm1, math.sin, math.cos, math.tan, math.atan, math.sinh, math.cosh):
    samples(_function, _numbers(-1.2, 0.0, 0.7))
for _function in (math.tanh, math.asinh, math.radians, math.degrees, math.erf, math.erfc):
    samples(_function, _numbers(-1.2, 0.0, 0.7))
for _function in (math.asin, math.acos, math.atanh):
    samples(_function, _numbers(-0.8, 0.0, 0.3))
samples(math.acosh, _numbers(1.1, 4.0))
samples(math.gamma, _numbers(0.3, 1.0, 4.7, 20.5, -1.4))
samples(math.lgamma, _numbers(0.3, 1.0, 4.7, 20.5, -1.4))
samples(polygamma, lambda: [call(n, x) for n in range(4) for x in (0.3, 1.0, 8.5, 40.0, -2.6)])
samples(math.pow, _pairs((1.5, 2.5), (0.3, -1.0), (2.0, 0.0)))
samples(math.pow, lambda: [call(-1.5, 3), call(0.0, 2), call(0.0, 0), call(0.0, 1)])
for _function in (math.atan2, math.hypot):
    samples(_function, _pairs((1.0, 2.0), (-1.0, -0.5), (0.0, 2.0), (0.5, 0.0)))
samples(math.hypot, lambda: [call(1.0, -2.0, 3.0), call(0.0, 0.0, note="edge: a cone at the origin")])
samples(math.fabs, _numbers(-1.2, 0.0, 0.7))
samples(math.copysign, _pairs((1.0, -2.0), (-1.0, -0.5)))
samples(math.fmod, _pairs((5.3, 2.0), (-5.3, 2.0), (5.3, -2.0)))
samples(math.remainder, _pairs((5.3, 2.0), (-5.3, 2.0), (4.5, -2.0)))
samples(math.ldexp, lambda: [call(0.7, 3), call(-1.5, -2)])
