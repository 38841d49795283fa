"""Rules of the orthogonal polynomials of `scipy.special`, by the point where they are evaluated.

Each derivative is a polynomial of a neighbouring family. Formulas: Abramowitz and Stegun, section 22.8 and 22.5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from runtime.primitives.registry import call, partial, samples

_function: Any


@partial(sp.eval_legendre, wrt="x")
def eval_legendre_x(z, n, x):
    return sp.eval_gegenbauer(n - 1, 1.5, x)


@partial(sp.eval_chebyt, wrt="x")
def eval_chebyt_x(z, n, x):
    return n * sp.eval_chebyu(n - 1, x)


@partial(sp.eval_chebyu, wrt="x")
def eval_chebyu_x(z, n, x):
    return 2.0 * sp.eval_gegenbauer(n - 1, 2.0, x)


@partial(sp.eval_gegenbauer, wrt="x")
def eval_gegenbauer_x(z, n, alpha, x):
    return 2.0 * alpha * sp.eval_gegenbauer(n - 1, alpha + 1.0, x)


@partial(sp.eval_jacobi, wrt="x")
def eval_jacobi_x(z, n, alpha, beta, x):
    return 0.5 * (n + alpha + beta + 1.0) * sp.eval_jacobi(n - 1, alpha + 1.0, beta + 1.0, x)


@partial(sp.eval_laguerre, wrt="x")
def eval_laguerre_x(z, n, x):
    return -sp.eval_genlaguerre(n - 1, 1.0, x)


@partial(sp.eval_genlaguerre, wrt="x")
def eval_genlaguerre_x(z, n, alpha, x):
    return -sp.eval_genlaguerre(n - 1, alpha + 1.0, x)


# There is no polynomial of degree -1: SciPy gives NaN for it.


@partial(sp.eval_hermite, wrt="x")
def eval_hermite_x(z, n, x):
    return 2.0 * n * sp.eval_hermite(np.maximum(n - 1, 0), x)


@partial(sp.eval_hermitenorm, wrt="x")
def eval_hermitenorm_x(z, n, x):
    return n * sp.eval_hermitenorm(np.maximum(n - 1, 0), x)


for _function in (
    sp.eval_legendre, sp.eval_chebyt, sp.eval_chebyu, sp.eval_laguerre, sp.eval_hermite, sp.eval_hermitenorm,
):  # fmt: skip
    samples(_function, lambda: [call(k, np.array([-0.4, 0.7]), wrt=("x",)) for k in (0, 1, 3)])
for _function in (sp.eval_gegenbauer, sp.eval_genlaguerre):
    samples(_function, lambda: [call(k, 1.5, np.array([-0.4, 0.7]), wrt=("x",)) for k in (0, 1, 3)])
samples(sp.eval_jacobi, lambda: [call(k, 1.5, 0.5, np.array([-0.4, 0.7]), wrt=("x",)) for k in (0, 1, 3)])
