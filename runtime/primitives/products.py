"""Rules of matrix and tensor products: bilinear, one cotangent kernel for each factor.

The cotangent of a factor reads the value of the other factor and only the shape of its own.
"""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    dot_left,
    dot_right,
    inner_left,
    inner_right,
    kron_left,
    kron_right,
    matmul_left,
    matmul_right,
    tensordot_left,
    tensordot_right,
)
from runtime.primitives.registry import Call, call, method, samples, transpose
from runtime.primitives.sampling import normal


@transpose(np.matmul, wrt="x1")
def matmul_x1(z_bar, z, x1, x2):
    return matmul_left(z_bar, x1, x2)


@transpose(np.matmul, wrt="x2")
def matmul_x2(z_bar, z, x1, x2):
    return matmul_right(z_bar, x1, x2)


@transpose(matmul_left, wrt="g")
def matmul_left_g(z_bar, z, g, x, y):
    return np.broadcast_to(z_bar @ y, np.shape(g))


@transpose(matmul_left, wrt="y")
def matmul_left_y(z_bar, z, g, x, y):
    return matmul_right(g, z_bar, y)


@transpose(matmul_right, wrt="g")
def matmul_right_g(z_bar, z, g, x, y):
    return np.broadcast_to(x @ z_bar, np.shape(g))


@transpose(matmul_right, wrt="x")
def matmul_right_x(z_bar, z, g, x, y):
    return matmul_left(g, x, z_bar)


@transpose(np.dot, wrt="a")
def dot_a(z_bar, z, a, b):
    return dot_left(z_bar, a, b)


@transpose(np.dot, wrt="b")
def dot_b(z_bar, z, a, b):
    return dot_right(z_bar, a, b)


@transpose(dot_left, wrt="g")
def dot_left_g(z_bar, z, g, x, y):
    return np.dot(z_bar, y)


@transpose(dot_left, wrt="y")
def dot_left_y(z_bar, z, g, x, y):
    return dot_right(g, z_bar, y)


@transpose(dot_right, wrt="g")
def dot_right_g(z_bar, z, g, x, y):
    return np.dot(x, z_bar)


@transpose(dot_right, wrt="x")
def dot_right_x(z_bar, z, g, x, y):
    return dot_left(g, x, z_bar)


@transpose(np.inner, wrt="a")
def inner_a(z_bar, z, a, b):
    return inner_left(z_bar, a, b)


@transpose(np.inner, wrt="b")
def inner_b(z_bar, z, a, b):
    return inner_right(z_bar, a, b)


@transpose(inner_left, wrt="g")
def inner_left_g(z_bar, z, g, x, y):
    return np.inner(z_bar, y)


@transpose(inner_left, wrt="y")
def inner_left_y(z_bar, z, g, x, y):
    return inner_right(g, z_bar, y)


@transpose(inner_right, wrt="g")
def inner_right_g(z_bar, z, g, x, y):
    return np.inner(x, z_bar)


@transpose(inner_right, wrt="x")
def inner_right_x(z_bar, z, g, x, y):
    return inner_left(g, x, z_bar)


@transpose(np.tensordot, wrt="a")
def tensordot_a(z_bar, z, a, b, axes=2):
    return tensordot_left(z_bar, a, b, axes)


@transpose(np.tensordot, wrt="b")
def tensordot_b(z_bar, z, a, b, axes=2):
    return tensordot_right(z_bar, a, b, axes)


@transpose(tensordot_left, wrt="g")
def tensordot_left_g(z_bar, z, g, x, y, axes=2):
    return np.tensordot(z_bar, y, axes)


@transpose(tensordot_left, wrt="y")
def tensordot_left_y(z_bar, z, g, x, y, axes=2):
    return tensordot_right(g, z_bar, y, axes)


@transpose(tensordot_right, wrt="g")
def tensordot_right_g(z_bar, z, g, x, y, axes=2):
    return np.tensordot(x, z_bar, axes)


@transpose(tensordot_right, wrt="x")
def tensordot_right_x(z_bar, z, g, x, y, axes=2):
    return tensordot_left(g, x, z_bar, axes)


@transpose(np.kron, wrt="a")
def kron_a(z_bar, z, a, b):
    return kron_left(z_bar, a, b)


@transpose(np.kron, wrt="b")
def kron_b(z_bar, z, a, b):
    return kron_right(z_bar, a, b)


@transpose(kron_left, wrt="g")
def kron_left_g(z_bar, z, g, x, y):
    return np.kron(z_bar, y)


@transpose(kron_left, wrt="y")
def kron_left_y(z_bar, z, g, x, y):
    return kron_right(g, z_bar, y)


@transpose(kron_right, wrt="g")
def kron_right_g(z_bar, z, g, x, y):
    return np.kron(x, z_bar)


@transpose(kron_right, wrt="x")
def kron_right_x(z_bar, z, g, x, y):
    return kron_left(g, x, z_bar)


def _matrix_rows() -> list[Call]:
    return [
        call(normal(2, 3), normal(3, 4)),
        call(normal(2, 3), normal(3)),
        call(normal(3), normal(3, 2)),
        call(normal(3), normal(3, seed=1)),
        call(normal(2, 3, dtype=np.float32), normal(3, dtype=np.float32)),
        call(normal(2, 3, dtype=np.float32), normal(3, 2)),
        call(normal(0, 3), normal(3, 2)),
        call(normal(2, 0), normal(0, 3)),
        call(normal(0), normal(0)),
        call(normal(3, 2).T, normal(4, 3).T, note="non-contiguous"),
    ]


def _scalar_rows() -> list[Call]:
    return [call(1.5, normal(2, 3)), call(normal(2, 3), 1.5), call(1.5, 2.5), call(normal(), normal(3))]


samples(np.matmul, _matrix_rows)
samples(
    np.matmul,
    lambda: [
        call(normal(5, 2, 3), normal(5, 3, 4)),
        call(normal(5, 2, 3), normal(3, 4)),
        call(normal(2, 3), normal(5, 3, 4)),
        call(normal(5, 1, 2, 3), normal(6, 3, 1)),
        call(normal(5, 2, 3), normal(3)),
        call(normal(3), normal(5, 3, 2)),
        call(normal(1, 2, 3), normal(5, 3, 2)),
        call(normal(2, 3).tolist(), normal(3, 2), wrt=("x2",)),
    ],
)
samples(np.dot, _matrix_rows)
samples(np.dot, _scalar_rows)
samples(
    np.dot,
    lambda: [
        call(normal(2, 5, 3), normal(4, 3, 2)),
        call(normal(2, 5, 3), normal(3)),
        call(normal(3), normal(4, 3, 2)),
        call(normal(5, 3), normal(4, 3, 2)),
        call([1.5, 2.5, 3.5], normal(3), wrt=("b",)),
    ],
)
samples(np.inner, _scalar_rows)
samples(
    np.inner,
    lambda: [
        call(normal(3), normal(3, seed=1)),
        call(normal(2, 3), normal(4, 3)),
        call(normal(2, 4, 3), normal(3)),
        call(normal(0), normal(0)),
    ],
)
samples(
    np.tensordot,
    lambda: [
        call(normal(2, 3, 4), normal(3, 4, 5)),
        call(normal(2, 3), normal(3, 4), 1),
        call(normal(2, 3), normal(4), axes=0),
        call(normal(2, 3, 4), normal(4, 5, 2), axes=([0, 2], [2, 0])),
        call(normal(2, 3, 4), normal(4, 5, 2), axes=((2, 0), (0, -1))),
        call(normal(2, 3), normal(3, 2), axes=(1, 0)),
        call(normal(2, 0), normal(0, 3), 1),
    ],
)
samples(
    np.kron,
    lambda: [
        call(normal(2, 3), normal(4, 2)),
        call(normal(2), normal(3)),
        call(normal(3), normal(2, 2)),
        call(normal(2, 1, 2), normal(3)),
        call(1.5, normal(2)),
    ],
)
for _left, _right, _x, _y, _z in (
    (matmul_left, matmul_right, (2, 3), (3, 4), (2, 4)),
    (matmul_left, matmul_right, (5, 2, 3), (3,), (5, 2)),
    (matmul_left, matmul_right, (3,), (5, 3, 2), (5, 2)),
    (matmul_left, matmul_right, (1, 2, 3), (5, 3, 2), (5, 2, 2)),
    (matmul_left, matmul_right, (2, 3), (3, 4), (6, 2, 4)),
    (matmul_left, matmul_right, (2, 3), (3, 1), (2, 5)),
    (matmul_left, matmul_right, (2, 3), (3,), (4, 2)),
    (matmul_left, matmul_right, (3,), (3,), (4,)),
    (dot_left, dot_right, (2, 5, 3), (4, 3, 2), (2, 5, 4, 2)),
    (dot_left, dot_right, (), (3,), (3,)),
    (inner_left, inner_right, (2, 3), (4, 3), (2, 4)),
    (tensordot_left, tensordot_right, (2, 3, 4), (3, 4, 5), (2, 5)),
    (kron_left, kron_right, (2, 3), (2,), (2, 6)),
):
    for _kernel in (_left, _right):
        samples(_kernel, lambda x=_x, y=_y, z=_z: [call(normal(*z), normal(*x), normal(*y))])  # type: ignore[misc]
samples(tensordot_left, lambda: [call(normal(3, 5), normal(2, 3, 4), normal(4, 5, 2), ([0, 2], [2, 0]))])
samples(tensordot_right, lambda: [call(normal(3, 5), normal(2, 3, 4), normal(4, 5, 2), ([0, 2], [2, 0]))])
method("dot", np.dot)

transpose(np.linalg.matmul, wrt="x1")(matmul_x1)
transpose(np.linalg.matmul, wrt="x2")(matmul_x2)
transpose(np.linalg.tensordot, wrt="a")(tensordot_a)
transpose(np.linalg.tensordot, wrt="b")(tensordot_b)
samples(np.linalg.matmul, lambda: [call(normal(5, 2, 3), normal(3, 4))])
samples(np.linalg.tensordot, lambda: [call(normal(2, 3), normal(3, 4), axes=1)])
