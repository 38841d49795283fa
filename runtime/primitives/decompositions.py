"""Rules of factorisations of general matrices: singular values, QR, LU, and of the pseudoinverse. All real.

The reverse rules follow M. B. Giles (2008) and J. Townsend (2016), that of the pseudoinverse G. H. Golub and V. Pereyra
(1973). They hold where singular values differ, and where the rank does not change.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels import (
    filled,
    mirrored,
    over_gaps,
    phase_free,
    skew_lower,
    tall,
    thin_svd,
    unbroadcast,
    undoing,
    unpivoted_lu,
)
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose, view
from runtime.primitives.sampling import normal

# Singular values


@reverse(thin_svd, wrt="a")
def thin_svd_a(z_bar, z, a):
    u_bar, s_bar, vh_bar = filled(z_bar, z)[0], filled(z_bar, z)[1], filled(z_bar, z)[2]
    u, s, vh = z[0], z[1], z[2]
    from_u = np.matmul(np.matrix_transpose(u), u_bar)
    from_v = np.matmul(vh, np.matrix_transpose(vh_bar))
    x = over_gaps(from_u - np.matrix_transpose(from_u), s * s)
    y = over_gaps(from_v - np.matrix_transpose(from_v), s * s)
    column, row = np.expand_dims(s, -1), np.expand_dims(s, -2)
    inner = x * row + y * column + np.expand_dims(s_bar, -1) * np.eye(s.shape[-1])
    left = (u_bar - np.matmul(u, from_u)) / row
    right = (vh_bar - np.matmul(np.matrix_transpose(from_v), vh)) / column
    return np.matmul(np.matmul(u, inner) + left, vh) + np.matmul(u, right)


@forward(thin_svd, wrt="a")
def thin_svd_a_forward(a_dot, z, a):
    u, s, vh = z[0], z[1], z[2]
    v = np.matrix_transpose(vh)
    p = np.matmul(np.matmul(np.matrix_transpose(u), a_dot), v)
    pt = np.matrix_transpose(p)
    column, row = np.expand_dims(s, -1), np.expand_dims(s, -2)
    turn_u = over_gaps(p * row + column * pt, s * s)
    turn_v = over_gaps(column * p + pt * row, s * s)
    u_dot = np.matmul(u, turn_u) + (np.matmul(a_dot, v) - np.matmul(u, p)) / row
    v_dot = np.matmul(v, turn_v) + (np.matmul(np.matrix_transpose(a_dot), u) - np.matmul(v, pt)) / row
    return [u_dot, np.diagonal(p, 0, -2, -1), np.matrix_transpose(v_dot)]


@reverse(np.linalg.svdvals, wrt="x")
def svdvals(z_bar, z, x):
    parts = thin_svd(x)
    return np.matmul(parts[0] * np.expand_dims(z_bar, -2), parts[2])


@forward(np.linalg.svdvals, wrt="x")
def svdvals_forward(x_dot, z, x):
    parts = thin_svd(x)
    return np.sum(parts[0] * np.matmul(x_dot, np.matrix_transpose(parts[2])), axis=-2)


# Eigenvectors of general matrices, of length 1; in the pairing Re(x_bar * x_dot).
# Source: Boeddeker et al. 2017, "On the computation of complex-valued gradients", section 4.


@reverse(np.linalg.eig, wrt="a")
def eig_a(z_bar, z, a):
    w_bar, v_bar = filled(z_bar, z)[0], filled(z_bar, z)[1]
    w, v = z[0], z[1]
    vt = np.matrix_transpose(v)
    t = phase_free(np.matmul(vt, v_bar))
    lengths = np.expand_dims(np.real(np.diagonal(t, 0, -2, -1)), -2)
    x = t - np.matmul(vt, np.conjugate(v)) * lengths
    inner = over_gaps(x, w) + np.expand_dims(w_bar, -1) * np.eye(w.shape[-1])
    return unbroadcast(np.linalg.solve(vt, np.matmul(inner, vt)), a)


@forward(np.linalg.eig, wrt="a")
def eig_a_forward(a_dot, z, a):
    w, v = z[0], z[1]
    p = np.linalg.solve(v, np.matmul(a_dot, v))
    turned = np.matmul(v, over_gaps(p, w))
    longer = np.expand_dims(np.real(np.sum(np.conjugate(v) * turned, axis=-2)), -2)
    return [np.diagonal(p, 0, -2, -1), turned - v * longer]


@transpose(phase_free, wrt="t")
def phase_free_t(z_bar, z, t):
    return z_bar


# QR, of matrices with at least as many rows as columns


@reverse(np.linalg.qr, wrt="a")
def qr(z_bar, z, a):
    q_bar, r_bar = filled(z_bar, z)[0], filled(z_bar, z)[1]
    q, r = z[0], tall(z[1])
    m = np.matmul(r, np.matrix_transpose(r_bar)) - np.matmul(np.matrix_transpose(q_bar), q)
    x = q_bar + np.matmul(q, mirrored(m))
    return np.matrix_transpose(np.linalg.solve(r, np.matrix_transpose(x)))


@forward(np.linalg.qr, wrt="a")
def qr_forward(a_dot, z, a):
    q, r = z[0], tall(z[1])
    b = np.matrix_transpose(np.linalg.solve(np.matrix_transpose(r), np.matrix_transpose(a_dot)))
    c = np.matmul(np.matrix_transpose(q), b)
    turn = skew_lower(c)
    return [np.matmul(q, turn) + b - np.matmul(q, c), np.matmul(c - turn, r)]


@transpose(skew_lower, wrt="m")
def skew_lower_m(z_bar, z, m):
    return np.tril(z_bar - np.matrix_transpose(z_bar), -1)


@transpose(tall, wrt="a")
def tall_a(z_bar, z, a):
    return z_bar


view(tall, of="a")

# LU


@reverse(unpivoted_lu, wrt="a")
def unpivoted_lu_a(z_bar, z, a):
    l_bar, u_bar = filled(z_bar, z)[0], filled(z_bar, z)[1]
    lt, ut = np.matrix_transpose(z[0]), np.matrix_transpose(z[1])
    inner = np.tril(np.matmul(lt, l_bar), -1) + np.triu(np.matmul(u_bar, ut))
    return np.matrix_transpose(np.linalg.solve(z[1], np.matrix_transpose(np.linalg.solve(lt, inner))))


@forward(unpivoted_lu, wrt="a")
def unpivoted_lu_a_forward(a_dot, z, a):
    half = np.linalg.solve(z[0], a_dot)
    m = np.matrix_transpose(np.linalg.solve(np.matrix_transpose(z[1]), np.matrix_transpose(half)))
    return [np.matmul(z[0], np.tril(m, -1)), np.matmul(np.triu(m), z[1])]


# Pseudoinverse

inactive(undoing)


@reverse(np.linalg.pinv, wrt="a")
def pinv(z_bar, z, a, rcond=None):
    zt, gt = np.matrix_transpose(z), np.matrix_transpose(z_bar)
    outer = np.matmul(gt, np.matmul(z, zt))
    inner = np.matmul(np.matmul(zt, z), gt)
    across = np.matmul(np.matmul(zt, z_bar), zt)
    of = a * undoing(a, z)
    return outer - np.matmul(of, np.matmul(z, outer)) + inner - np.matmul(np.matmul(inner, z), of) - across


@forward(np.linalg.pinv, wrt="a")
def pinv_forward(a_dot, z, a, rcond=None):
    zt, dt = np.matrix_transpose(z), np.matrix_transpose(a_dot)
    right = np.matmul(np.matmul(z, zt), dt)
    left = np.matmul(dt, np.matmul(zt, z))
    across = np.matmul(np.matmul(z, a_dot), z)
    of = a * undoing(a, z)
    return right - np.matmul(np.matmul(right, of), z) + left - np.matmul(z, np.matmul(of, left)) - across


def _regular(*shape: int, dtype: Any = float) -> Any:
    """Matrices far from losing rank."""
    return normal(*shape, dtype=dtype) + 3.0 * np.eye(*shape[-2:], dtype=dtype)


for _function in (thin_svd, np.linalg.svdvals, np.linalg.pinv):
    samples(_function, lambda: [call(_regular(3, 3)), call(_regular(4, 2)), call(_regular(2, 2, 3))])
samples(np.linalg.svdvals, lambda: [call(normal(3, 2, dtype=np.float32))])
samples(np.linalg.pinv, lambda: [call(_regular(3, 3), 1e-6), call(_regular(3, 2), rcond=1e-9)])
samples(np.linalg.qr, lambda: [call(_regular(3, 3)), call(normal(5, 3)), call(normal(2, 4, 2))])
samples(np.linalg.eig, lambda: [call(0.1 * normal(3, 3) + np.diag([1.0, 2.0, 3.5]))])
samples(phase_free, lambda: [call(normal(3, 3)), call(normal(2, 3, 3))])
samples(unpivoted_lu, lambda: [call(_regular(3, 3)), call(_regular(2, 3, 3))])
samples(skew_lower, lambda: [call(normal(3, 3)), call(normal(2, 3, 3))])
samples(tall, lambda: [call(normal(3, 2))])
