"""Rules of the elementary functions of `scipy.special`, of incomplete elliptic integrals, and of the inverses of w e^w.

Formulas: Abramowitz and Stegun, chapters 4 and 17; R. M. Corless et al. 1996, "On the Lambert W function".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from runtime.primitives.registry import call, partial, samples
from runtime.primitives.sampling import binary_rows, unary_rows

_function: Any
_DEGREE = math.pi / 180.0


@partial(sp.cbrt, wrt="x")
def cbrt_x(z, x):
    return 1.0 / (3.0 * z * z)


@partial(sp.exp2, wrt="x")
def exp2_x(z, x):
    return math.log(2.0) * z


@partial(sp.expm1, wrt="x")
def expm1_x(z, x):
    return z + 1.0


@partial(sp.log1p, wrt="x")
def log1p_x(z, x):
    return 1.0 / (1.0 + x)


@partial(sp.cosm1, wrt="x")
def cosm1_x(z, x):
    return -np.sin(x)


@partial(sp.sindg, wrt="x")
def sindg_x(z, x):
    return _DEGREE * sp.cosdg(x)


@partial(sp.cosdg, wrt="x")
def cosdg_x(z, x):
    return -_DEGREE * sp.sindg(x)


@partial(sp.tandg, wrt="x")
def tandg_x(z, x):
    return _DEGREE * (1.0 + z * z)


@partial(sp.powm1, wrt="x")
def powm1_x(z, x, y):
    return y * np.power(x, y - 1.0)


@partial(sp.powm1, wrt="y")
def powm1_y(z, x, y):
    return (z + 1.0) * np.log(x)


@partial(sp.boxcox1p, wrt="x")
def boxcox1p_x(z, x, lmbda):
    return np.power(1.0 + x, lmbda - 1.0)


@partial(sp.inv_boxcox1p, wrt="y")
def inv_boxcox1p_y(z, y, lmbda):
    return np.power(1.0 + z, 1.0 - lmbda)


@partial(sp.ellipkinc, wrt="phi")
def ellipkinc_phi(z, phi, m):
    return 1.0 / np.sqrt(1.0 - m * np.sin(phi) ** 2)


@partial(sp.ellipeinc, wrt="phi")
def ellipeinc_phi(z, phi, m):
    return np.sqrt(1.0 - m * np.sin(phi) ** 2)


@partial(sp.wrightomega, wrt="x")
def wrightomega_x(z, x):
    return z / (1.0 + z)


# Written without x, so that it holds at 0, too.


@partial(sp.lambertw, wrt="x")
def lambertw_x(z, x):
    return np.exp(-z) / (1.0 + z)


@partial(sp.lambertw, wrt="x")
def lambertw_branch(z, x, k):
    return np.exp(-z) / (1.0 + z)


for _function in (sp.cbrt, sp.log1p):
    samples(_function, unary_rows(0.3, 2.7))
for _function in (sp.exp2, sp.expm1, sp.cosm1, sp.sindg, sp.cosdg, sp.tandg, sp.wrightomega):
    samples(_function, unary_rows())
samples(sp.powm1, binary_rows(0.3, 2.5))
samples(sp.boxcox1p, lambda: [call(np.array([0.4, 2.5]), 0.5, wrt=("x",)), call(1.3, 0.0, wrt=("x",))])
samples(sp.inv_boxcox1p, lambda: [call(np.array([0.4, 1.5]), 0.5, wrt=("y",)), call(0.3, 0.0, wrt=("y",))])
for _function in (sp.ellipkinc, sp.ellipeinc):
    samples(_function, lambda: [call(np.array([0.4, 1.2]), 0.5, wrt=("phi",)), call(0.3, -0.7, wrt=("phi",))])
samples(sp.lambertw, lambda: [call(np.array([0.4 + 0.3j, 2.5 - 0.2j])), call(0.7 + 0.1j, 1, wrt=("x",))])
