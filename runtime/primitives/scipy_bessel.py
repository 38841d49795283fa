"""Rules of the Bessel functions and the zeta function of `scipy.special`, by their argument; orders have no rule.

Formulas: Abramowitz and Stegun, chapter 9, and the NIST Digital Library of Mathematical Functions, chapters 10 and 25.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from runtime.primitives.registry import call, partial, samples
from runtime.primitives.sampling import unary_rows

_function: Any


@partial(sp.jv, wrt="x")
def jv_x(z, v, x):
    return 0.5 * (sp.jv(v - 1.0, x) - sp.jv(v + 1.0, x))


@partial(sp.yv, wrt="x")
def yv_x(z, v, x):
    return 0.5 * (sp.yv(v - 1.0, x) - sp.yv(v + 1.0, x))


@partial(sp.iv, wrt="x")
def iv_x(z, v, x):
    return 0.5 * (sp.iv(v - 1.0, x) + sp.iv(v + 1.0, x))


@partial(sp.kv, wrt="x")
def kv_x(z, v, x):
    return -0.5 * (sp.kv(v - 1.0, x) + sp.kv(v + 1.0, x))


@partial(sp.j0, wrt="x")
def j0_x(z, x):
    return -sp.j1(x)


@partial(sp.j1, wrt="x")
def j1_x(z, x):
    return 0.5 * (sp.j0(x) - sp.jv(2.0, x))


@partial(sp.y0, wrt="x")
def y0_x(z, x):
    return -sp.y1(x)


@partial(sp.y1, wrt="x")
def y1_x(z, x):
    return 0.5 * (sp.y0(x) - sp.yv(2.0, x))


@partial(sp.i0, wrt="x")
def i0_x(z, x):
    return sp.i1(x)


@partial(sp.i1, wrt="x")
def i1_x(z, x):
    return 0.5 * (sp.i0(x) + sp.iv(2.0, x))


@partial(sp.i0e, wrt="x")
def i0e_x(z, x):
    return sp.i1e(x) - np.sign(x) * z


@partial(sp.i1e, wrt="x")
def i1e_x(z, x):
    return 0.5 * (sp.i0e(x) + sp.ive(2.0, x)) - np.sign(x) * z


@partial(sp.ive, wrt="x")
def ive_x(z, v, x):
    return 0.5 * (sp.ive(v - 1.0, x) + sp.ive(v + 1.0, x)) - np.sign(x) * z


@partial(sp.k0, wrt="x")
def k0_x(z, x):
    return -sp.k1(x)


@partial(sp.k1, wrt="x")
def k1_x(z, x):
    return -0.5 * (sp.k0(x) + sp.kv(2.0, x))


@partial(sp.k0e, wrt="x")
def k0e_x(z, x):
    return z - sp.k1e(x)


@partial(sp.k1e, wrt="x")
def k1e_x(z, x):
    return z - 0.5 * (sp.k0e(x) + sp.kve(2.0, x))


@partial(sp.kve, wrt="x")
def kve_x(z, v, x):
    return z - 0.5 * (sp.kve(v - 1.0, x) + sp.kve(v + 1.0, x))


# Zeta functions


@partial(sp.zeta, wrt="q")
def zeta_q(z, x, q):
    return -x * sp.zeta(x + 1.0, q)


for _function in (sp.j0, sp.j1, sp.i0, sp.i1):
    samples(_function, unary_rows(-1.9, 2.1))
for _function in (sp.y0, sp.y1, sp.i0e, sp.i1e, sp.k0, sp.k1, sp.k0e, sp.k1e):
    samples(_function, unary_rows(0.3, 2.7))
for _function in (sp.jv, sp.yv, sp.iv, sp.kv, sp.ive, sp.kve):
    samples(_function, lambda: [call(1.5, np.array([0.4, 2.5]), wrt=("x",)), call(2.0, 1.3, wrt=("x",))])
samples(sp.zeta, lambda: [call(2.5, np.array([0.4, 2.5]), wrt=("q",)), call(3.0, 1.3, wrt=("q",))])
