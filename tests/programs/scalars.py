"""Plain Python numbers and the functions of `math`."""

import math
from math import exp, sqrt

import numpy as np
from catalogue import program


@program(lambda: (0.7,), lambda: (0.2,))
def trigonometry(x):
    return math.sin(x) * math.cos(x) + math.tan(x) + math.asin(x) - math.acos(x) + math.atan(x)


@program(lambda: (0.7, -0.4), lambda: (-0.7, 0.4), wrt=(0, 1))
def angles(y, x):
    return math.atan2(y, x) + math.hypot(x, y) * math.degrees(x) + math.radians(y)


@program(lambda: (1.7,))
def hyperbolic(x):
    return math.sinh(x) + math.cosh(x) * math.tanh(x) + math.asinh(x) + math.acosh(x) + math.atanh(x / 3.0)


@program(lambda: (1.7,))
def exponentials(x):
    return exp(-x) + math.expm1(x) * math.log1p(x) + math.log(x) + math.log2(x) * math.log10(x) + math.log(x, 3.0)


@program(lambda: (1.7, 0.6), wrt=(0, 1))
def roots_and_powers(x, y):
    return sqrt(x) * math.pow(x, y) + math.cbrt(x) + math.fabs(-x * y) + x**y


@program(lambda: (0.4,))
def special_functions(x):
    return math.erf(x) + math.erfc(x) ** 2 + math.gamma(x + 1.0) + math.lgamma(x + 2.0)


@program(lambda: (2.6,))
def integer_parts(x):
    return x * math.floor(x) + x * math.ceil(x) + math.trunc(x) * x + math.fmod(x, 1.1) + math.copysign(x, -1.0)


@program(lambda: (0.7,))
def inactive_math(x):
    n = math.factorial(4) + math.gcd(12, 18) + math.comb(5, 2) + math.isqrt(17)
    return x * n if math.isfinite(x) and not math.isnan(x) else 0.0


@program(lambda: (0.7,))
def constants(x):
    return math.pi * x + math.e**x + math.tau * 0.1 * x * x


@program(lambda: ([0.3, 0.4, 0.5],), may_refuse=True)
def sums_and_products(values):
    return math.fsum(values) * math.prod(values) + math.dist(values, [0.0, 0.0, 1.0])


@program(lambda: (0.7,), note="a NumPy number and a Python number mixed")
def mixed_numbers(x):
    a = np.float64(2.0) * x
    b = math.sin(a) + np.sin(a)
    return b * np.float64(x) + int(3) * x


@program(lambda: (np.array([0.3, 0.7]),), note="math functions of array elements")
def math_of_elements(x):
    total = 0.0
    for v in x:
        total += math.sqrt(v) * math.exp(-v)
    return total


@program(lambda: (np.float32(0.7),), note="a float32 number")
def single_precision_number(x):
    return x * x + np.sin(x)


@program(lambda: (0.8, 0.6, 2.0), wrt=(0, 1, 2))
def great_circle(lat, lon, radius):
    """The haversine distance to a fixed point."""
    lat0, lon0 = 0.3, 0.1
    h = math.sin((lat - lat0) / 2) ** 2 + math.cos(lat) * math.cos(lat0) * math.sin((lon - lon0) / 2) ** 2
    return 2.0 * radius * math.asin(math.sqrt(h))


@program(lambda: (np.array([0.7, -0.4, 1.1]),), note="a real value meets a complex one, and was made of complex ones")
def phase_of_the_size(a):
    z = a + 1j * a**2
    turned = np.exp(1j * np.abs(z))
    return np.real(turned[0] * np.conj(turned[1]) * z[2])
