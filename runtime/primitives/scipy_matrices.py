"""Rules of `scipy.linalg` for functions of matrices, equations of Sylvester, and banded systems.

A function of a block matrix [[A, E], [0, A]] has its derivative along E in the corner. Sources: N. J. Higham 2008,
"Functions of Matrices", theorem 3.6; M. B. Giles 2008 for linear systems.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from runtime.kernels.banded import banded_outer, banded_product, banded_transposed
from runtime.kernels.pivots import exchanges, order_after, row_order
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose
from runtime.primitives.sampling import normal

_function: Any

inactive(row_order, exchanges, order_after)

# Functions of matrices


@reverse(scipy.linalg.expm, wrt="A")
def expm(z_bar, z, A):
    at = np.matrix_transpose(A)
    upper = np.concatenate([at, z_bar], axis=-1)
    lower = np.concatenate([np.zeros_like(at), at], axis=-1)
    return scipy.linalg.expm(np.concatenate([upper, lower], axis=-2))[..., : A.shape[-1], A.shape[-1] :]


@forward(scipy.linalg.expm, wrt="A")
def expm_forward(A_dot, z, A):
    upper = np.concatenate([A, A_dot], axis=-1)
    lower = np.concatenate([np.zeros_like(A), A], axis=-1)
    return scipy.linalg.expm(np.concatenate([upper, lower], axis=-2))[..., : A.shape[-1], A.shape[-1] :]


@reverse(scipy.linalg.logm, wrt="A")
def logm(z_bar, z, A):
    at = np.matrix_transpose(A)
    upper = np.concatenate([at, z_bar], axis=-1)
    lower = np.concatenate([np.zeros_like(at), at], axis=-1)
    return scipy.linalg.logm(np.concatenate([upper, lower], axis=-2))[..., : A.shape[-1], A.shape[-1] :]


@forward(scipy.linalg.logm, wrt="A")
def logm_forward(A_dot, z, A):
    upper = np.concatenate([A, A_dot], axis=-1)
    lower = np.concatenate([np.zeros_like(A), A], axis=-1)
    return scipy.linalg.logm(np.concatenate([upper, lower], axis=-2))[..., : A.shape[-1], A.shape[-1] :]


@reverse(scipy.linalg.sqrtm, wrt="A")
def sqrtm(z_bar, z, A):
    return scipy.linalg.solve_sylvester(np.transpose(z), np.transpose(z), z_bar)


@forward(scipy.linalg.sqrtm, wrt="A")
def sqrtm_forward(A_dot, z, A):
    return scipy.linalg.solve_sylvester(z, z, A_dot)


# a z + z b = q


@reverse(scipy.linalg.solve_sylvester, wrt="a")
def sylvester_a(z_bar, z, a, b, q):
    return -np.matmul(scipy.linalg.solve_sylvester(np.transpose(a), np.transpose(b), z_bar), np.transpose(z))


@reverse(scipy.linalg.solve_sylvester, wrt="b")
def sylvester_b(z_bar, z, a, b, q):
    return -np.matmul(np.transpose(z), scipy.linalg.solve_sylvester(np.transpose(a), np.transpose(b), z_bar))


@reverse(scipy.linalg.solve_sylvester, wrt="q")
def sylvester_q(z_bar, z, a, b, q):
    return scipy.linalg.solve_sylvester(np.transpose(a), np.transpose(b), z_bar)


@forward(scipy.linalg.solve_sylvester, wrt="a")
def sylvester_a_forward(a_dot, z, a, b, q):
    return -scipy.linalg.solve_sylvester(a, b, np.matmul(a_dot, z))


@forward(scipy.linalg.solve_sylvester, wrt="b")
def sylvester_b_forward(b_dot, z, a, b, q):
    return -scipy.linalg.solve_sylvester(a, b, np.matmul(z, b_dot))


@forward(scipy.linalg.solve_sylvester, wrt="q")
def sylvester_q_forward(q_dot, z, a, b, q):
    return scipy.linalg.solve_sylvester(a, b, q_dot)


# Banded systems


@reverse(scipy.linalg.solve_banded, wrt="ab")
def banded_ab(z_bar, z, l_and_u, ab, b, *, check_finite=True):
    turned = banded_transposed(ab, l_and_u[0], l_and_u[1])
    w = scipy.linalg.solve_banded((l_and_u[1], l_and_u[0]), turned, z_bar)
    return -banded_outer(w, z, l_and_u[0], l_and_u[1])


@reverse(scipy.linalg.solve_banded, wrt="b")
def banded_b(z_bar, z, l_and_u, ab, b, *, check_finite=True):
    turned = banded_transposed(ab, l_and_u[0], l_and_u[1])
    return scipy.linalg.solve_banded((l_and_u[1], l_and_u[0]), turned, z_bar)


@forward(scipy.linalg.solve_banded, wrt="ab")
def banded_ab_forward(ab_dot, z, l_and_u, ab, b, *, check_finite=True):
    return -scipy.linalg.solve_banded(l_and_u, ab, banded_product(ab_dot, z, l_and_u[0], l_and_u[1]))


@forward(scipy.linalg.solve_banded, wrt="b")
def banded_b_forward(b_dot, z, l_and_u, ab, b, *, check_finite=True):
    return scipy.linalg.solve_banded(l_and_u, ab, b_dot)


@transpose(banded_transposed, wrt="ab")
def banded_transposed_ab(z_bar, z, ab, lower, upper):
    return banded_transposed(z_bar, upper, lower)


@transpose(banded_product, wrt="ab")
def banded_product_ab(z_bar, z, ab, x, lower, upper):
    return banded_outer(z_bar, x, lower, upper)


@transpose(banded_product, wrt="x")
def banded_product_x(z_bar, z, ab, x, lower, upper):
    return banded_product(banded_transposed(ab, lower, upper), z_bar, upper, lower)


@transpose(banded_outer, wrt="w")
def banded_outer_w(z_bar, z, w, x, lower, upper):
    return banded_product(z_bar, x, lower, upper)


@transpose(banded_outer, wrt="x")
def banded_outer_x(z_bar, z, w, x, lower, upper):
    return banded_product(banded_transposed(z_bar, lower, upper), w, upper, lower)


def _positive(n: int) -> Any:
    a = normal(n, n)
    return np.matmul(a, np.transpose(a)) + np.eye(n)


def _bands(lower: int, upper: int, n: int) -> Any:
    ab = normal(lower + upper + 1, n)
    ab[upper] += 5.0
    return ab


samples(scipy.linalg.expm, lambda: [call(normal(3, 3)), call(normal(2, 2, 2))])
for _function in (scipy.linalg.logm, scipy.linalg.sqrtm):
    samples(_function, lambda: [call(_positive(3)), call(_positive(2))])
samples(
    scipy.linalg.solve_sylvester,
    lambda: [call(_positive(3), _positive(2), normal(3, 2)), call(_positive(2), _positive(2), normal(2, 2))],
)
samples(
    scipy.linalg.solve_banded,
    lambda: [
        call((1, 1), _bands(1, 1, 4), normal(4)),
        call((2, 1), _bands(2, 1, 5), normal(5, 2)),
        call((0, 1), _bands(0, 1, 3), normal(3)),
        call((1, 1), _bands(1, 1, 4), normal(4), check_finite=False),
    ],
)
samples(banded_transposed, lambda: [call(normal(4, 5), 2, 1), call(normal(2, 3), 0, 1)])
samples(
    banded_product,
    lambda: [
        call(normal(4, 5), normal(5), 2, 1),
        call(normal(3, 4), normal(4, 2), 1, 1),
        call(normal(3, 1), normal(1), 1, 1),
    ],
)
samples(
    banded_outer, lambda: [call(normal(5), normal(5, seed=1), 2, 1), call(normal(4, 2), normal(4, 2, seed=1), 1, 1)]
)
