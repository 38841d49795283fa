"""Rules of products of vectors: outer, inner over one axis, cross, convolution."""

from __future__ import annotations

import numpy as np

from runtime.kernels import convolve_left, correlate_left, correlate_right, cross_left, unbroadcast
from runtime.primitives.registry import Call, call, samples, transpose
from runtime.primitives.sampling import normal


@transpose(np.outer, wrt="a")
def outer_a(z_bar, z, a, b):
    return unbroadcast(np.reshape(np.dot(z_bar, np.ravel(b)), np.shape(a)), a)


@transpose(np.outer, wrt="b")
def outer_b(z_bar, z, a, b):
    return unbroadcast(np.reshape(np.dot(np.ravel(a), z_bar), np.shape(b)), b)


@transpose(np.vdot, wrt="a")
def vdot_a(z_bar, z, a, b):
    return unbroadcast(np.reshape(np.conj(z_bar * np.ravel(b)), np.shape(a)), a)


@transpose(np.vdot, wrt="b")
def vdot_b(z_bar, z, a, b):
    return unbroadcast(np.reshape(z_bar * np.conj(np.ravel(a)), np.shape(b)), b)


@transpose(np.vecdot, wrt="x1")
def vecdot_x1(z_bar, z, x1, x2):
    return unbroadcast(np.conj(np.expand_dims(z_bar, -1) * x2), x1)


@transpose(np.vecdot, wrt="x2")
def vecdot_x2(z_bar, z, x1, x2):
    return unbroadcast(np.expand_dims(z_bar, -1) * np.conj(x1), x2)


samples(
    np.outer,
    lambda: [
        call(normal(3), normal(2)),
        call(normal(2, 2), normal(3)),
        call(1.5, normal(2)),
        call(normal(0), normal(2)),
        call(normal(2, dtype=np.float32), normal(3)),
    ],
)
samples(
    np.vdot,
    lambda: [
        call(normal(3), normal(3, seed=1)),
        call(normal(2, 3), normal(6)),
        call(1.5, 2.5),
        call(normal(2, dtype=np.float32), normal(2)),
    ],
)
samples(np.vecdot, lambda: [call(normal(2, 3), normal(2, 3, seed=1)), call(normal(3), normal(4, 2, 3))])


@transpose(np.cross, wrt="a")
def cross_a(z_bar, z, a, b, *, axis=-1):
    return cross_left(z_bar, a, b, axis)


@transpose(np.cross, wrt="b")
def cross_b(z_bar, z, a, b, *, axis=-1):
    return -cross_left(z_bar, b, a, axis)


@transpose(cross_left, wrt="g")
def cross_left_g(z_bar, z, g, x, y, axis=-1):
    return np.cross(z_bar, y, axis=axis)


@transpose(cross_left, wrt="y")
def cross_left_y(z_bar, z, g, x, y, axis=-1):
    return -cross_left(g, y, z_bar, axis)


samples(
    np.cross,
    lambda: [
        call(normal(3), normal(3, seed=1)),
        call(normal(4, 3), normal(3)),
        call(normal(3), normal(2, 4, 3)),
        call(normal(3, 4), normal(3, 4, seed=1), axis=0),
    ],
)
samples(
    cross_left,
    lambda: [
        call(normal(4, 3), normal(3), normal(4, 3)),
        call(normal(3, 4), normal(3, 4), normal(3, 4), 0),
    ],
)


@transpose(np.convolve, wrt="a")
def convolve_a(z_bar, z, a, v, mode="full"):
    return convolve_left(z_bar, a, v, mode)


@transpose(np.convolve, wrt="v")
def convolve_v(z_bar, z, a, v, mode="full"):
    return convolve_left(z_bar, v, a, mode)


@transpose(convolve_left, wrt="g")
def convolve_left_g(z_bar, z, g, x, y, mode="full"):
    return np.convolve(z_bar, y, mode)


@transpose(convolve_left, wrt="y")
def convolve_left_y(z_bar, z, g, x, y, mode="full"):
    return convolve_left(g, y, z_bar, mode)


def _filter_rows() -> list[Call]:
    pairs = [(5, 3), (3, 5), (4, 4), (6, 2), (2, 6), (1, 3), (3, 1)]
    return [call(normal(n), normal(m), mode) for n, m in pairs for mode in ("full", "same", "valid")]


samples(np.convolve, _filter_rows)
samples(
    np.convolve,
    lambda: [
        call(normal(5, dtype=np.float32), normal(3, dtype=np.float32)),
        call(normal(4), normal(2)),
    ],
)
samples(convolve_left, lambda: [call(normal(7), normal(5), normal(3)), call(normal(5), normal(3), normal(5), "same")])


@transpose(np.correlate, wrt="a")
def correlate_a(z_bar, z, a, v, mode="valid"):
    return correlate_left(z_bar, a, v, mode)


@transpose(np.correlate, wrt="v")
def correlate_v(z_bar, z, a, v, mode="valid"):
    return correlate_right(z_bar, a, v, mode)


@transpose(correlate_left, wrt="g")
def correlate_left_g(z_bar, z, g, x, y, mode="valid"):
    return np.correlate(z_bar, y, mode)


@transpose(correlate_left, wrt="y")
def correlate_left_y(z_bar, z, g, x, y, mode="valid"):
    return correlate_right(g, z_bar, y, mode)


@transpose(correlate_right, wrt="g")
def correlate_right_g(z_bar, z, g, x, y, mode="valid"):
    return np.correlate(x, z_bar, mode)


@transpose(correlate_right, wrt="x")
def correlate_right_x(z_bar, z, g, x, y, mode="valid"):
    return correlate_left(g, x, z_bar, mode)


samples(np.correlate, _filter_rows)
samples(np.correlate, lambda: [call(normal(5), normal(3))])
samples(correlate_left, lambda: [call(normal(3), normal(5), normal(3)), call(normal(6), normal(2), normal(6), "same")])
samples(correlate_right, lambda: [call(normal(3), normal(5), normal(3)), call(normal(6), normal(2), normal(6), "same")])

transpose(np.linalg.outer, wrt="a")(outer_a)
transpose(np.linalg.outer, wrt="b")(outer_b)
transpose(np.linalg.vecdot, wrt="x1")(vecdot_x1)
transpose(np.linalg.vecdot, wrt="x2")(vecdot_x2)
transpose(np.linalg.cross, wrt="a")(cross_a)
transpose(np.linalg.cross, wrt="b")(cross_b)
samples(np.linalg.outer, lambda: [call(normal(3), normal(2))])
samples(np.linalg.vecdot, lambda: [call(normal(2, 3), normal(3))])
samples(np.linalg.cross, lambda: [call(normal(2, 3), normal(3)), call(normal(3, 2), normal(3, 2, seed=1), axis=0)])
