"""Rules of `scipy.special`, loaded when a function of it is first met. The arguments that have rules are those that
derivatives are known for in terms of the same functions; orders of Bessel functions and shapes of distributions have
none.

Formulas: Abramowitz and Stegun, chapters 5 to 11 and 17, and the NIST Digital Library of Mathematical Functions.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from runtime import kernels
from runtime.primitives.registry import call, inactive, partial, samples
from runtime.primitives.sampling import binary_rows, unary_rows

_function: Any
_ROOT_PI = math.sqrt(math.pi)
_ROOT_TWO_PI = math.sqrt(2.0 * math.pi)

inactive(sp.factorial2, sp.round, sp.gammasgn)

# Logistic functions


@partial(sp.expit, wrt="x")
def expit_x(z, x):
    return z * sp.expit(-x)


@partial(sp.log_expit, wrt="x")
def log_expit_x(z, x):
    return sp.expit(-x)


@partial(sp.logit, wrt="x")
def logit_x(z, x):
    return 1.0 / (x * (1.0 - x))


# The error function and the normal distribution


@partial(sp.erf, wrt="x")
def erf_x(z, x):
    return (2.0 / _ROOT_PI) * np.exp(-(x * x))


@partial(sp.erfc, wrt="x")
def erfc_x(z, x):
    return (-2.0 / _ROOT_PI) * np.exp(-(x * x))


@partial(sp.erfcx, wrt="x")
def erfcx_x(z, x):
    return 2.0 * x * z - 2.0 / _ROOT_PI


@partial(sp.erfi, wrt="x")
def erfi_x(z, x):
    return (2.0 / _ROOT_PI) * np.exp(x * x)


@partial(sp.dawsn, wrt="x")
def dawsn_x(z, x):
    return 1.0 - 2.0 * x * z


@partial(sp.erfinv, wrt="y")
def erfinv_y(z, y):
    return (0.5 * _ROOT_PI) * np.exp(z * z)


@partial(sp.erfcinv, wrt="y")
def erfcinv_y(z, y):
    return (-0.5 * _ROOT_PI) * np.exp(z * z)


@partial(sp.ndtr, wrt="x")
def ndtr_x(z, x):
    return np.exp(-0.5 * x * x) / _ROOT_TWO_PI


@partial(sp.log_ndtr, wrt="x")
def log_ndtr_x(z, x):
    return np.exp(-0.5 * x * x - z) / _ROOT_TWO_PI


@partial(sp.ndtri, wrt="y")
def ndtri_y(z, y):
    return _ROOT_TWO_PI * np.exp(0.5 * z * z)


# The gamma function


@partial(sp.gamma, wrt="x")
def gamma_x(z, x):
    return z * sp.psi(x)


@partial(sp.rgamma, wrt="x")
def rgamma_x(z, x):
    return -z * sp.psi(x)


@partial(sp.gammaln, wrt="x")
def gammaln_x(z, x):
    return sp.psi(x)


@partial(sp.psi, wrt="x")
def psi_x(z, x):
    return sp.polygamma(1, x)


@partial(sp.polygamma, wrt="x")
def polygamma_x(z, n, x):
    return sp.polygamma(n + 1, x)


@partial(sp.beta, wrt="a")
def beta_a(z, a, b):
    return z * (sp.psi(a) - sp.psi(a + b))


@partial(sp.beta, wrt="b")
def beta_b(z, a, b):
    return z * (sp.psi(b) - sp.psi(a + b))


@partial(sp.betaln, wrt="a")
def betaln_a(z, a, b):
    return sp.psi(a) - sp.psi(a + b)


@partial(sp.betaln, wrt="b")
def betaln_b(z, a, b):
    return sp.psi(b) - sp.psi(a + b)


@partial(sp.gammainc, wrt="x")
def gammainc_x(z, a, x):
    return np.exp(sp.xlogy(a - 1.0, x) - x - sp.gammaln(a))


@partial(sp.gammaincc, wrt="x")
def gammaincc_x(z, a, x):
    return -np.exp(sp.xlogy(a - 1.0, x) - x - sp.gammaln(a))


@partial(sp.betainc, wrt="x")
def betainc_x(z, a, b, x):
    return np.exp(sp.xlogy(a - 1.0, x) + sp.xlog1py(b - 1.0, -x) - sp.betaln(a, b))


# Logarithms with a factor, and entropies


@partial(sp.xlogy, wrt="x")
def xlogy_x(z, x, y):
    return np.where(np.logical_and(x == 0.0, y == 0.0), 0.0, np.log(y))


@partial(sp.xlogy, wrt="y")
def xlogy_y(z, x, y):
    return kernels.divide_or_zero(x, y)


@partial(sp.xlog1py, wrt="x")
def xlog1py_x(z, x, y):
    return np.log1p(y)


@partial(sp.xlog1py, wrt="y")
def xlog1py_y(z, x, y):
    return x / (1.0 + y)


@partial(sp.entr, wrt="x")
def entr_x(z, x):
    return -1.0 - np.log(x)


@partial(sp.rel_entr, wrt="x")
def rel_entr_x(z, x, y):
    return np.log(x / y) + 1.0


@partial(sp.rel_entr, wrt="y")
def rel_entr_y(z, x, y):
    return -x / y


@partial(sp.kl_div, wrt="x")
def kl_div_x(z, x, y):
    return np.log(x / y)


@partial(sp.kl_div, wrt="y")
def kl_div_y(z, x, y):
    return 1.0 - x / y


@partial(sp.boxcox, wrt="x")
def boxcox_x(z, x, lmbda):
    return np.power(x, lmbda - 1.0)


@partial(sp.inv_boxcox, wrt="y")
def inv_boxcox_y(z, y, lmbda):
    return np.power(z, 1.0 - lmbda)


@partial(sp.pseudo_huber, wrt="r")
def pseudo_huber_r(z, delta, r):
    return r / np.sqrt(1.0 + (r / delta) ** 2)


@partial(sp.huber, wrt="r")
def huber_r(z, delta, r):
    return np.clip(r, -delta, delta)


# Exponentials and integrals of them


@partial(sp.exp10, wrt="x")
def exp10_x(z, x):
    return math.log(10.0) * z


@partial(sp.expi, wrt="x")
def expi_x(z, x):
    return np.exp(x) / x


@partial(sp.exp1, wrt="x")
def exp1_x(z, x):
    return -np.exp(-x) / x


@partial(sp.expn, wrt="x")
def expn_x(z, n, x):
    return -sp.expn(n - 1, x)


@partial(sp.spence, wrt="x")
def spence_x(z, x):
    return np.log(x) / (1.0 - x)


# Elliptic integrals


@partial(sp.ellipk, wrt="m")
def ellipk_m(z, m):
    return (sp.ellipe(m) - (1.0 - m) * z) / (2.0 * m * (1.0 - m))


@partial(sp.ellipe, wrt="m")
def ellipe_m(z, m):
    return (z - sp.ellipk(m)) / (2.0 * m)


for _function in (sp.expit, sp.log_expit, sp.erf, sp.erfc, sp.erfi, sp.dawsn, sp.ndtr, sp.log_ndtr):
    samples(_function, unary_rows())
samples(sp.exp10, unary_rows(-1.9, 2.1))
for _function in (sp.logit, sp.ndtri, sp.erfcinv, sp.ellipk, sp.ellipe, sp.entr):
    samples(_function, unary_rows(0.1, 0.9))
samples(sp.erfinv, unary_rows(-0.9, 0.9))
for _function in (
    sp.erfcx, sp.gamma, sp.rgamma, sp.gammaln, sp.psi, sp.expi, sp.exp1,
):  # fmt: skip
    samples(_function, unary_rows(0.3, 2.7))
samples(sp.spence, unary_rows(0.2, 0.9))
for _function in (sp.beta, sp.betaln, sp.xlogy, sp.xlog1py, sp.rel_entr, sp.kl_div):
    samples(_function, binary_rows(0.3, 2.5))
samples(sp.polygamma, lambda: [call(1, np.array([0.4, 1.5]), wrt=("x",)), call(2, np.array([[2.5]]), wrt=("x",))])
for _function in (sp.gammainc, sp.gammaincc):
    samples(_function, lambda: [call(1.5, np.array([0.4, 2.5]), wrt=("x",)), call(2.0, 1.3, wrt=("x",))])
samples(sp.betainc, lambda: [call(1.5, 2.0, np.array([0.2, 0.7]), wrt=("x",))])
samples(sp.expn, lambda: [call(2, np.array([0.4, 2.5]), wrt=("x",)), call(3, 1.3, wrt=("x",))])
samples(sp.boxcox, lambda: [call(np.array([0.4, 2.5]), 0.5, wrt=("x",)), call(1.3, 0.0, wrt=("x",))])
samples(sp.inv_boxcox, lambda: [call(np.array([0.4, 1.5]), 0.5, wrt=("y",)), call(0.3, 0.0, wrt=("y",))])
for _function in (sp.huber, sp.pseudo_huber):
    samples(_function, lambda: [call(1.0, np.array([-2.5, 0.4, 1.7]), wrt=("r",)), call(0.7, 0.3, wrt=("r",))])
