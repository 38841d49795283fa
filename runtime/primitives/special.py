"""Rules of the error function, the gamma function and Bessel functions on arrays."""

from __future__ import annotations

import math

import numpy as np

from runtime.kernels import bessel_i, erf, erfc, erfcx, erfinv, lgamma, polygamma, real_sign, scaled_bessel_i
from runtime.primitives.registry import call, partial, samples
from runtime.primitives.sampling import unary_rows


@partial(erf, wrt="x")
def erf_x(z, x):
    return (2.0 / math.sqrt(math.pi)) * np.exp(-(x * x))


@partial(erfc, wrt="x")
def erfc_x(z, x):
    return (-2.0 / math.sqrt(math.pi)) * np.exp(-(x * x))


@partial(erfcx, wrt="x")
def erfcx_x(z, x):
    return 2.0 * x * z - 2.0 / math.sqrt(math.pi)


@partial(erfinv, wrt="y")
def erfinv_y(z, y):
    return (0.5 * math.sqrt(math.pi)) * np.exp(z * z)


@partial(lgamma, wrt="x")
def lgamma_x(z, x):
    return polygamma(0, x)


@partial(bessel_i, wrt="x")
def bessel_i_x(z, n, x):
    return 0.5 * (bessel_i(n - 1, x) + bessel_i(n + 1, x))


@partial(scaled_bessel_i, wrt="x")
def scaled_bessel_i_x(z, n, x):
    return 0.5 * (scaled_bessel_i(n - 1, x) + scaled_bessel_i(n + 1, x)) - real_sign(x) * z


@partial(np.i0, wrt="x")
def i0_x(z, x):
    return bessel_i(1, x)


samples(np.i0, lambda: [call(np.array([-3.0, 0.4, 1.5])), call(np.array([[-1.0, 0.5], [3.0, 24.0]]))])
for _function in (erf, erfc, erfcx):
    samples(_function, unary_rows())
    samples(_function, lambda: [call(np.array([-3.5, -1.1, -0.9, 0.0, 0.9, 1.1, 5.0, 8.0]))])
samples(erfinv, unary_rows(-0.95, 0.95))
samples(lgamma, unary_rows(0.1, 3.0))
samples(lgamma, lambda: [call(np.array([-2.5, -0.3, 0.3, 40.0]))])
samples(polygamma, lambda: [call(2, np.array([0.4, 1.5, 30.0])), call(0, np.array([-2.4, -0.3, 5.0]))])
for _bessel in (bessel_i, scaled_bessel_i):
    samples(_bessel, lambda: [call(0, np.array([-3.0, 0.4, 1.5])), call(1, np.array([[-1.0, 0.5], [3.0, 24.0]]))])
    samples(_bessel, lambda: [call(2, np.array([1.5, 0.25], np.float32)), call(1, 1.5)])
