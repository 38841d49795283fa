"""Rules of the distribution functions of `scipy.special` and of their inverses, by their last argument.

The slope of a distribution function is its density, that of an inverse is one over the density where it leads.
Source: N. L. Johnson, S. Kotz, N. Balakrishnan 1994, "Continuous Univariate Distributions"; D. B. Owen 1956.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from runtime.primitives.registry import call, partial, samples

_function: Any
_ROOT_TWO = math.sqrt(2.0)
_ROOT_TWO_PI = math.sqrt(2.0 * math.pi)


@partial(sp.chdtr, wrt="x")
def chdtr_x(z, v, x):
    return 0.5 * np.exp(sp.xlogy(0.5 * v - 1.0, 0.5 * x) - 0.5 * x - sp.gammaln(0.5 * v))


@partial(sp.chdtrc, wrt="x")
def chdtrc_x(z, v, x):
    return -0.5 * np.exp(sp.xlogy(0.5 * v - 1.0, 0.5 * x) - 0.5 * x - sp.gammaln(0.5 * v))


@partial(sp.stdtr, wrt="t")
def stdtr_t(z, df, t):
    tail = 0.5 * (df + 1.0) * np.log1p(t * t / df)
    return np.exp(sp.gammaln(0.5 * df + 0.5) - sp.gammaln(0.5 * df) - tail) / np.sqrt(math.pi * df)


@partial(sp.stdtrit, wrt="p")
def stdtrit_p(z, df, p):
    tail = 0.5 * (df + 1.0) * np.log1p(z * z / df)
    return np.sqrt(math.pi * df) * np.exp(sp.gammaln(0.5 * df) - sp.gammaln(0.5 * df + 0.5) + tail)


@partial(sp.gammaincinv, wrt="y")
def gammaincinv_y(z, a, y):
    return np.exp(sp.gammaln(a) + z - sp.xlogy(a - 1.0, z))


@partial(sp.gammainccinv, wrt="y")
def gammainccinv_y(z, a, y):
    return -np.exp(sp.gammaln(a) + z - sp.xlogy(a - 1.0, z))


@partial(sp.betaincinv, wrt="y")
def betaincinv_y(z, a, b, y):
    return np.exp(sp.betaln(a, b) - sp.xlogy(a - 1.0, z) - sp.xlog1py(b - 1.0, -z))


@partial(sp.owens_t, wrt="h")
def owens_t_h(z, h, a):
    return -0.5 * np.exp(-0.5 * h * h) * sp.erf(a * h / _ROOT_TWO) / _ROOT_TWO_PI


@partial(sp.owens_t, wrt="a")
def owens_t_a(z, h, a):
    return np.exp(-0.5 * h * h * (1.0 + a * a)) / (2.0 * math.pi * (1.0 + a * a))


for _function in (sp.chdtr, sp.chdtrc):
    samples(_function, lambda: [call(2.5, np.array([0.4, 3.5]), wrt=("x",)), call(3.0, 1.2, wrt=("x",))])
samples(sp.stdtr, lambda: [call(2.5, np.array([-0.4, 1.5]), wrt=("t",)), call(3.0, 1.2, wrt=("t",))])
samples(sp.stdtrit, lambda: [call(2.5, np.array([0.2, 0.7]), wrt=("p",)), call(3.0, 0.6, wrt=("p",))])
for _function in (sp.gammaincinv, sp.gammainccinv):
    samples(_function, lambda: [call(1.5, np.array([0.2, 0.7]), wrt=("y",)), call(2.0, 0.4, wrt=("y",))])
samples(sp.betaincinv, lambda: [call(1.5, 2.5, np.array([0.2, 0.7]), wrt=("y",))])
samples(sp.owens_t, lambda: [call(np.array([0.4, -1.5]), np.array([0.7, 1.2])), call(0.4, 0.3)])
