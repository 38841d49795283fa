"""Rules of the factorisations of symmetric matrices.

NumPy reads the lower triangle only, and so does the derivative: the cotangent of the matrix is lower triangular, an
entry beside the diagonal counting for its mirror image too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels import (
    filled,
    half_lower,
    lower_part,
    mirrored,
    over_gaps,
)
from runtime.primitives.registry import Call, call, forward, reverse, samples, transpose
from runtime.primitives.sampling import normal


@reverse(np.linalg.cholesky, wrt="a")
def cholesky(z_bar, z, a):
    inverse = np.linalg.inv(z)
    middle = half_lower(np.matmul(np.matrix_transpose(z), z_bar))
    return lower_part(np.matmul(np.matmul(np.matrix_transpose(inverse), middle), inverse))


@forward(np.linalg.cholesky, wrt="a")
def cholesky_forward(a_dot, z, a):
    inverse = np.linalg.inv(z)
    return np.matmul(z, half_lower(np.matmul(np.matmul(inverse, mirrored(a_dot)), np.matrix_transpose(inverse))))


@transpose(half_lower, wrt="m")
def half_lower_m(z_bar, z, m):
    return half_lower(z_bar)


@transpose(lower_part, wrt="m")
def lower_part_m(z_bar, z, m):
    return mirrored(z_bar)


@transpose(mirrored, wrt="m")
def mirrored_m(z_bar, z, m):
    return lower_part(z_bar)


@reverse(np.linalg.eigh, wrt="a")
def eigh(z_bar, z, a):
    w_bar, v_bar = filled(z_bar, z)[0], filled(z_bar, z)[1]
    turned = over_gaps(np.matmul(np.matrix_transpose(z[1]), v_bar), z[0])
    stretched = z[1] * np.expand_dims(w_bar, -2)
    return lower_part(np.matmul(np.matmul(z[1], turned) + stretched, np.matrix_transpose(z[1])))


@forward(np.linalg.eigh, wrt="a")
def eigh_forward(a_dot, z, a):
    inner = np.matmul(np.matmul(np.matrix_transpose(z[1]), mirrored(a_dot)), z[1])
    return [np.diagonal(inner, 0, -2, -1), np.matmul(z[1], over_gaps(inner, z[0]))]


@reverse(np.linalg.eigvalsh, wrt="a")
def eigvalsh(z_bar, z, a):
    v = np.linalg.eigh(a)[1]
    return lower_part(np.matmul(v * np.expand_dims(z_bar, -2), np.matrix_transpose(v)))


@forward(np.linalg.eigvalsh, wrt="a")
def eigvalsh_forward(a_dot, z, a):
    v = np.linalg.eigh(a)[1]
    return np.sum(v * np.matmul(mirrored(a_dot), v), axis=-2)


@reverse(over_gaps, wrt="k")
def over_gaps_k(z_bar, z, k, w):
    return over_gaps(z_bar, w)


@forward(over_gaps, wrt="k")
def over_gaps_k_forward(k_dot, z, k, w):
    return over_gaps(k_dot, w)


@reverse(over_gaps, wrt="w")
def over_gaps_w(z_bar, z, k, w):
    change = z_bar * over_gaps(z, w)
    return np.sum(change, axis=-1) - np.sum(change, axis=-2)


@forward(over_gaps, wrt="w")
def over_gaps_w_forward(w_dot, z, k, w):
    return over_gaps(z, w) * (np.expand_dims(w_dot, -1) - np.expand_dims(w_dot, -2))


def _positive(*shape: int, dtype: Any = float) -> Any:
    """Symmetric positive definite matrices."""
    a = normal(*shape, dtype=dtype)
    return np.matmul(a, np.matrix_transpose(a)) + np.eye(shape[-1], dtype=dtype)


def _symmetric_rows() -> list[Call]:
    unread = np.triu(normal(3, 3), 1)
    return [call(_positive(3, 3)), call(_positive(2, 3, 3)), call(_positive(3, 3) + unread)]


for _function in (np.linalg.cholesky, np.linalg.eigh, np.linalg.eigvalsh):
    samples(_function, _symmetric_rows)
for _kernel in (half_lower, lower_part, mirrored):
    samples(_kernel, lambda: [call(normal(3, 3)), call(normal(2, 3, 3))])
samples(over_gaps, lambda: [call(normal(3, 3), normal(3)), call(normal(2, 3, 3), normal(2, 3))])
