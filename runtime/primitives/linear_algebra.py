"""Rules of inverses, solutions of linear equations and determinants."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels import (
    cofactor,
    cofactor_along,
    columns_apply,
    columns_outer,
    real_matrix,
    solve_like,
    unbroadcast,
    zeros_like,
)
from runtime.primitives.registry import call, forward, reverse, samples, transpose, view
from runtime.primitives.sampling import normal

# Inverses and linear equations.


@reverse(np.linalg.inv, wrt="a")
def inv(z_bar, z, a):
    return -np.matmul(np.matmul(np.matrix_transpose(z), z_bar), np.matrix_transpose(z))


@forward(np.linalg.inv, wrt="a")
def inv_forward(a_dot, z, a):
    return -np.matmul(np.matmul(z, a_dot), z)


@reverse(np.linalg.solve, wrt="a")
def solve_a(z_bar, z, a, b):
    return unbroadcast(-columns_outer(solve_like(np.matrix_transpose(a), z_bar, b), z, b), a)


@forward(np.linalg.solve, wrt="a")
def solve_a_forward(a_dot, z, a, b):
    return -solve_like(a, columns_apply(a_dot, z, b), b)


@reverse(np.linalg.solve, wrt="b")
def solve_b(z_bar, z, a, b):
    return unbroadcast(solve_like(np.matrix_transpose(a), z_bar, b), b)


@forward(np.linalg.solve, wrt="b")
def solve_b_forward(b_dot, z, a, b):
    return np.linalg.solve(a, b_dot)


@reverse(solve_like, wrt="a")
def solve_like_a(z_bar, z, a, g, b):
    return unbroadcast(-columns_outer(solve_like(np.matrix_transpose(a), z_bar, b), z, b), a)


@forward(solve_like, wrt="a")
def solve_like_a_forward(a_dot, z, a, g, b):
    return -solve_like(a, columns_apply(a_dot, z, b), b)


@reverse(solve_like, wrt="g")
def solve_like_g(z_bar, z, a, g, b):
    return unbroadcast(solve_like(np.matrix_transpose(a), z_bar, b), g)


@forward(solve_like, wrt="g")
def solve_like_g_forward(g_dot, z, a, g, b):
    return solve_like(a, g_dot, b)


@transpose(columns_outer, wrt="w")
def columns_outer_w(z_bar, z, w, v, b):
    return unbroadcast(columns_apply(z_bar, v, b), w)


@transpose(columns_outer, wrt="v")
def columns_outer_v(z_bar, z, w, v, b):
    return unbroadcast(columns_apply(np.matrix_transpose(z_bar), w, b), v)


@transpose(columns_apply, wrt="m")
def columns_apply_m(z_bar, z, m, v, b):
    return unbroadcast(columns_outer(z_bar, v, b), m)


@transpose(columns_apply, wrt="v")
def columns_apply_v(z_bar, z, m, v, b):
    return unbroadcast(columns_apply(np.matrix_transpose(m), z_bar, b), v)


def _regular(*shape: int, seed: int = 0, dtype: Any = float) -> Any:
    """Matrices far from singular."""
    return normal(*shape, seed=seed, dtype=dtype) + 3.0 * np.eye(shape[-1], dtype=dtype)


samples(np.linalg.inv, lambda: [call(_regular(3, 3)), call(_regular(2, 3, 3)), call(_regular(2, 2, dtype=np.float32))])
samples(
    np.linalg.solve,
    lambda: [
        call(_regular(3, 3), normal(3)),
        call(_regular(3, 3), normal(3, 2)),
        call(_regular(4, 3, 3), normal(3)),
        call(_regular(4, 3, 3), normal(3, 2)),
        call(_regular(3, 3), normal(4, 3, 2)),
        call(_regular(4, 3, 3), normal(4, 3, 1)),
        call(_regular(2, 2, dtype=np.float32), normal(2, dtype=np.float32)),
        call(_regular(2, 2, dtype=np.float32), normal(2)),
    ],
)
samples(
    solve_like,
    lambda: [call(_regular(4, 3, 3), normal(4, 3), normal(3)), call(_regular(3, 3), normal(3, 2), normal(3, 2))],
)
samples(
    columns_outer,
    lambda: [call(normal(4, 3), normal(4, 3, seed=1), normal(3)), call(normal(3, 2), normal(4, 3, 2), normal(3, 2))],
)
samples(
    columns_apply,
    lambda: [call(normal(3, 3), normal(4, 3), normal(3)), call(normal(4, 3, 3), normal(3, 2), normal(3, 2))],
)


# Determinants. The cofactors are right at singular matrices too, to the second order; the third needs an inverse.


@reverse(np.linalg.det, wrt="a")
def det(z_bar, z, a):
    return unbroadcast(np.expand_dims(z_bar, (-2, -1)) * cofactor(a), a)


@forward(np.linalg.det, wrt="a")
def det_forward(a_dot, z, a):
    return np.sum(cofactor(a) * a_dot, axis=(-2, -1))


@reverse(cofactor, wrt="a")
def cofactor_a(z_bar, z, a):
    return cofactor_along(a, z_bar)


@forward(cofactor, wrt="a")
def cofactor_a_forward(a_dot, z, a):
    return cofactor_along(a, a_dot)


@reverse(cofactor_along, wrt="d")
def cofactor_along_d(z_bar, z, a, d):
    return cofactor_along(a, z_bar)


@forward(cofactor_along, wrt="d")
def cofactor_along_d_forward(d_dot, z, a, d):
    return cofactor_along(a, d_dot)


@reverse(cofactor_along, wrt="a")
def cofactor_along_a(z_bar, z, a, d):
    b = np.linalg.inv(a)
    p, q = np.matmul(b, d), np.matmul(b, z_bar)
    p_trace, q_trace = np.trace(p, 0, -2, -1), np.trace(q, 0, -2, -1)
    both = p_trace * q_trace - np.trace(np.matmul(p, q), 0, -2, -1)
    mixed = np.matmul(p, q) + np.matmul(q, p)
    one = np.expand_dims(q_trace, (-2, -1)) * p + np.expand_dims(p_trace, (-2, -1)) * q
    whole = np.expand_dims(both, (-2, -1)) * b + np.matmul(mixed - one, b)
    return np.expand_dims(np.linalg.det(a), (-2, -1)) * np.matrix_transpose(whole)


@forward(cofactor_along, wrt="a")
def cofactor_along_a_forward(a_dot, z, a, d):
    b = np.linalg.inv(a)
    p, q = np.matmul(b, d), np.matmul(b, a_dot)
    p_trace, q_trace = np.trace(p, 0, -2, -1), np.trace(q, 0, -2, -1)
    both = p_trace * q_trace - np.trace(np.matmul(p, q), 0, -2, -1)
    mixed = np.matmul(p, q) + np.matmul(q, p)
    one = np.expand_dims(q_trace, (-2, -1)) * p + np.expand_dims(p_trace, (-2, -1)) * q
    whole = np.expand_dims(both, (-2, -1)) * b + np.matmul(mixed - one, b)
    return np.expand_dims(np.linalg.det(a), (-2, -1)) * np.matrix_transpose(whole)


@reverse(np.linalg.slogdet, wrt="a")
def slogdet(z_bar, z, a):
    return unbroadcast(np.expand_dims(z_bar[1], (-2, -1)) * np.matrix_transpose(np.linalg.inv(real_matrix(a))), a)


@forward(np.linalg.slogdet, wrt="a")
def slogdet_forward(a_dot, z, a):
    return [zeros_like(z[0]), np.sum(np.matrix_transpose(np.linalg.inv(real_matrix(a))) * a_dot, axis=(-2, -1))]


@transpose(real_matrix, wrt="a")
def real_matrix_a(z_bar, z, a):
    return z_bar


view(real_matrix, of="a")


def _singular() -> Any:
    return np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.5, -1.0]])


samples(
    np.linalg.det,
    lambda: [
        call(normal(3, 3)),
        call(normal(2, 3, 3)),
        call(_singular()),
        call(np.zeros((2, 2))),
        call(normal(1, 1)),
        call(normal(0, 0)),
        call(normal(3, 3, dtype=np.float32)),
    ],
)
samples(cofactor, lambda: [call(normal(3, 3)), call(_singular()), call(normal(2, 2, 2))])
samples(
    cofactor_along,
    lambda: [
        call(normal(3, 3), normal(3, 3, seed=1)),
        call(normal(2, 4, 4), normal(2, 4, 4, seed=1)),
    ],
)
samples(np.linalg.slogdet, lambda: [call(_regular(3, 3)), call(-_regular(3, 3)), call(_regular(2, 3, 3))])
samples(real_matrix, lambda: [call(normal(2, 2))])
