"""Rules of `scipy.special` for factorials, binomial coefficients and hypergeometric functions, of real arguments.

Numbers of choices are given by the gamma function between whole numbers, and have slopes there. Formulas: Abramowitz
and Stegun, chapters 6, 13 and 15, and the NIST Digital Library of Mathematical Functions, section 5.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.special as sp

from runtime.primitives.registry import call, define, partial, samples
from runtime.primitives.sampling import unary_rows


@partial(sp.factorial, wrt="n")
def factorial_n(z, n):
    return np.where(n < 0.0, 0.0, z * sp.psi(n + 1.0))


@partial(sp.binom, wrt="n")
def binom_n(z, n, k):
    return z * (sp.psi(n + 1.0) - sp.psi(n - k + 1.0))


@partial(sp.binom, wrt="k")
def binom_k(z, n, k):
    return z * (sp.psi(n - k + 1.0) - sp.psi(k + 1.0))


# Zero where more are chosen than there are.


@partial(sp.comb, wrt="N")
def comb_n(z, N, k):
    return np.where(z == 0.0, 0.0, z * (sp.psi(N + 1.0) - sp.psi(N - k + 1.0)))


@partial(sp.comb, wrt="k")
def comb_k(z, N, k):
    return np.where(z == 0.0, 0.0, z * (sp.psi(N - k + 1.0) - sp.psi(k + 1.0)))


@partial(sp.perm, wrt="N")
def perm_n(z, N, k):
    return np.where(z == 0.0, 0.0, z * (sp.psi(N + 1.0) - sp.psi(N - k + 1.0)))


@partial(sp.perm, wrt="k")
def perm_k(z, N, k):
    return np.where(z == 0.0, 0.0, z * sp.psi(N - k + 1.0))


@partial(sp.poch, wrt="a")
def poch_a(z, a, m):
    return z * (sp.psi(a + m) - sp.psi(a))


@partial(sp.poch, wrt="m")
def poch_m(z, a, m):
    return z * sp.psi(a + m)


@partial(sp.loggamma, wrt="x")
def loggamma_x(z, x):
    return sp.psi(x)


@define(sp.multigammaln)
def multigammaln(a, d):
    """The logarithm of the multivariate gamma function."""
    steps = 0.5 * np.arange(d)
    terms = sp.gammaln(np.expand_dims(a, -1) - steps)
    return 0.25 * d * (d - 1) * math.log(math.pi) + np.sum(terms, axis=-1)


@partial(sp.hyp0f1, wrt="x")
def hyp0f1_x(z, v, x):
    return sp.hyp0f1(v + 1.0, x) / v


@partial(sp.hyp1f1, wrt="x")
def hyp1f1_x(z, a, b, x):
    return a / b * sp.hyp1f1(a + 1.0, b + 1.0, x)


@partial(sp.hyp2f1, wrt="x")
def hyp2f1_x(z, a, b, c, x):
    return a * b / c * sp.hyp2f1(a + 1.0, b + 1.0, c + 1.0, x)


@partial(sp.exprel, wrt="x")
def exprel_x(z, x):
    return 0.5 * sp.hyp1f1(2.0, 3.0, x)


samples(sp.factorial, unary_rows(0.3, 3.7))
samples(sp.loggamma, unary_rows(0.3, 3.7))
samples(sp.exprel, unary_rows(-1.9, 2.1))
for _function in (sp.comb, sp.perm, sp.binom):
    samples(_function, lambda: [call(np.array([4.2, 5.5]), np.array([1.3, 2.4])), call(4.5, 2.0)])
samples(sp.poch, lambda: [call(np.array([1.2, 2.5]), np.array([1.3, 0.4])), call(1.5, 2.0)])
samples(sp.hyp0f1, lambda: [call(1.5, np.array([0.4, -1.5]), wrt=("x",))])
samples(sp.hyp1f1, lambda: [call(1.5, 2.5, np.array([0.4, -1.5]), wrt=("x",))])
samples(sp.hyp2f1, lambda: [call(1.5, 0.5, 2.5, np.array([0.4, -0.5]), wrt=("x",))])
