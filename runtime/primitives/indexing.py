"""Rules of reading elements by index. Reading is linear; its transpose adds up at the places that were read."""

from __future__ import annotations

import operator

import numpy as np

from runtime.kernels import scatter, untake, untake_along_axis
from runtime.kernels.places import all_places
from runtime.primitives.registry import call, inactive, method, samples, transpose, view
from runtime.primitives.sampling import normal

inactive(np.flatnonzero)


@transpose(operator.getitem, wrt="x")
def getitem(z_bar, z, x, index):
    return scatter(z_bar, index, x)


@transpose(scatter, wrt="g")
def scatter_g(z_bar, z, g, index, x):
    return z_bar[index]


view(operator.getitem, of="x")
samples(
    operator.getitem,
    lambda: [
        call(normal(4), 1),
        call(normal(4), -1),
        call(normal(4), slice(None, None, -2)),
        call(normal(3, 4), (1, slice(1, 3))),
        call(normal(3, 4), (slice(None), None, -1)),
        call(normal(2, 3, 4), (Ellipsis, 0)),
        call(normal(3, 4), [0, 2, 2]),
        call(normal(3, 4), (np.array([0, 2, 2]), np.array([1, 1, 1])), note="repeated indices"),
        call(normal(3, 4), (np.array([[0], [2]]), [1, 3])),
        call(normal(3, 4), (slice(None), np.array([[0, 0], [3, 0]]))),
        call(normal(3, 4), np.array([True, False, True])),
        call(normal(3, 4), normal(3, 4) > 0.0),
        call(normal(3, 4), (np.array([True, False, True]), 2)),
        call(normal(3), []),
        call(normal(3), True),
        call(normal(), ()),
        call(normal(0, 3), slice(1, 5)),
        call(normal(4, dtype=np.float32), np.int64(2)),
        call([1.5, 2.5, 3.5], 1),
        call((normal(2), [normal(3), 2.5]), 1),
        call([1.5, 2.5, 3.5], slice(1, None)),
        call({"a": normal(2), "b": 1.5}, "a"),
    ],
)
samples(
    scatter,
    lambda: [
        call(normal(3), np.array([0, 2, 2]), normal(4)),
        call(normal(4), 1, normal(3, 4)),
        call(1.5, 1, [1.0, 2.0]),
    ],
)


@transpose(np.take, wrt="a")
def take(z_bar, z, a, indices, axis=None):
    return untake(z_bar, indices, a, axis)


@transpose(np.take, wrt="a")
def take_mode(z_bar, z, a, indices, axis=None, *, mode="raise"):
    return untake(z_bar, indices, a, axis, mode)


@transpose(untake, wrt="g")
def untake_g(z_bar, z, g, indices, a, axis=None, mode="raise"):
    return np.take(z_bar, indices, axis, mode=mode)


method("take", np.take)
samples(
    np.take,
    lambda: [
        call(normal(4), 2),
        call(normal(3, 4), [0, -1, 0]),
        call(normal(3, 4), np.array([[1, 1], [3, -4]]), axis=1),
        call(normal(3, 4), 1, -2),
        call(normal(4), [5, -6, 3], mode="wrap"),
        call(normal(4), [5, -6, 3], axis=0, mode="clip"),
        call(normal(4), np.zeros(0, dtype=int)),
        call(1.5, [0, 0]),
    ],
)
samples(untake, lambda: [call(normal(3), [0, 2, 0], normal(4)), call(normal(2, 3), [1, 1], normal(4, 3), 0)])


@transpose(np.take_along_axis, wrt="arr")
def take_along_axis(z_bar, z, arr, indices, axis=-1):
    return untake_along_axis(z_bar, indices, arr, axis)


@transpose(untake_along_axis, wrt="g")
def untake_along_axis_g(z_bar, z, g, indices, a, axis=-1):
    return np.take_along_axis(z_bar, indices, axis)


samples(
    np.take_along_axis,
    lambda: [
        call(normal(2, 3), np.array([[0, 0], [2, -1]]), axis=1),
        call(normal(2, 3), np.array([[1, 0, 1]]), 0),
        call(normal(2, 3), np.array([5, 0, 0]), None),
    ],
)
samples(untake_along_axis, lambda: [call(normal(2, 2), np.array([[0, 0], [2, 1]]), normal(2, 3), 1)])


@transpose(np.compress, wrt="a")
def compress(z_bar, z, condition, a, axis=None):
    return untake(z_bar, np.flatnonzero(condition), a, axis)


@transpose(np.extract, wrt="arr")
def extract(z_bar, z, condition, arr):
    return untake(z_bar, np.flatnonzero(condition), arr)


samples(
    np.compress,
    lambda: [call([True, False, True], normal(3, 4), axis=0), call(np.array([False, True, True]), normal(2, 2))],
)
samples(np.extract, lambda: [call(normal(2, 3) > 0.0, normal(2, 3))])


@transpose(np.delete, wrt="arr")
def delete(z_bar, z, arr, obj, axis=None):
    return untake(z_bar, np.delete(all_places(arr, axis), obj), arr, axis)


samples(
    np.delete,
    lambda: [call(normal(5), [1, -1]), call(normal(3, 4), slice(0, 3, 2), axis=1), call(normal(2, 3), 4)],
)
