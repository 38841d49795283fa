"""Rules of the operations that move, copy or drop elements without changing them."""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    flatten,
    inverse_permutation,
    item,
    numeric,
    stated_order,
    unbroadcast,
)
from runtime.primitives.registry import attribute, call, forward, inactive, method, reverse, samples, transpose, view
from runtime.primitives.sampling import normal

inactive(inverse_permutation, stated_order)


# Reshaping. The order of elements is C or stated; `stated_order` refuses the orders that follow memory layout.


@reverse(np.reshape, wrt="a")
def reshape(z_bar, z, a, shape):
    return np.reshape(z_bar, np.shape(a))


@forward(np.reshape, wrt="a")
def reshape_forward(a_dot, z, a, shape):
    return np.reshape(a_dot, shape)


@reverse(np.reshape, wrt="a")
def reshape_ordered(z_bar, z, a, shape, order="C"):
    return np.reshape(z_bar, np.shape(a), stated_order(order))


@forward(np.reshape, wrt="a")
def reshape_ordered_forward(a_dot, z, a, shape, order="C"):
    return np.reshape(a_dot, shape, stated_order(order))


view(np.reshape, of="a")
method("reshape", np.reshape)
samples(
    np.reshape,
    lambda: [
        call(normal(2, 3), (3, 2)),
        call(normal(2, 3), -1),
        call(normal(6).astype(np.float32), (2, -1)),
        call(normal(2, 3), (3, 2), order="F"),
        call(normal(2, 3).T, (6, 1), order="C"),
        call(normal(0, 3), (3, 0)),
        call(2.5, (1, 1)),
    ],
)


@reverse(np.ravel, wrt="a")
def ravel(z_bar, z, a):
    return np.reshape(z_bar, np.shape(a))


@forward(np.ravel, wrt="a")
def ravel_forward(a_dot, z, a):
    return np.ravel(a_dot)


@reverse(np.ravel, wrt="a")
def ravel_ordered(z_bar, z, a, order="C"):
    return np.reshape(z_bar, np.shape(a), stated_order(order))


@forward(np.ravel, wrt="a")
def ravel_ordered_forward(a_dot, z, a, order="C"):
    return np.ravel(a_dot, stated_order(order))


view(np.ravel, of="a")
method("ravel", np.ravel)
samples(
    np.ravel,
    lambda: [call(normal(2, 3)), call(normal(2, 3), order="F"), call(1.5), call(normal(2, 0)), call(normal(2, 3).T)],
)


@transpose(flatten, wrt="a")
def flatten_a(z_bar, z, a):
    return np.reshape(z_bar, np.shape(a))


@transpose(flatten, wrt="a")
def flatten_ordered(z_bar, z, a, order="C"):
    return np.reshape(z_bar, np.shape(a), stated_order(order))


method("flatten", flatten)
samples(flatten, lambda: [call(normal(2, 3)), call(normal(3, 2).T), call(normal(2, 3), "F")])


@transpose(item, wrt="a")
def item_a(z_bar, z, a):
    return unbroadcast(np.reshape(z_bar, np.shape(a)), a)


method("item", item)
samples(item, lambda: [call(normal(1, 1)), call(normal())])


@transpose(numeric, wrt="x")
def numeric_x(z_bar, z, x):
    return z_bar


view(numeric, of="x")
samples(numeric, lambda: [call(normal(2, 3)), call(normal())])


# Axes.


@transpose(np.transpose, wrt="a")
def transpose_all(z_bar, z, a):
    return np.transpose(z_bar)


@transpose(np.transpose, wrt="a")
def transpose_axes(z_bar, z, a, axes):
    return np.transpose(z_bar, inverse_permutation(axes))


view(np.transpose, of="a")
method("transpose", np.transpose)
attribute("T", np.transpose)
samples(
    np.transpose,
    lambda: [
        call(normal(2, 3)),
        call(normal(2, 3, 4), (1, 2, 0)),
        call(normal(2, 3, 4), axes=(-1, 0, 1)),
        call(normal(3)),
    ],
)


@transpose(np.matrix_transpose, wrt="x")
def matrix_transpose(z_bar, z, x):
    return np.matrix_transpose(z_bar)


@transpose(np.linalg.matrix_transpose, wrt="x")
def linalg_matrix_transpose(z_bar, z, x):
    return np.matrix_transpose(z_bar)


view(np.matrix_transpose, of="x")
view(np.linalg.matrix_transpose, of="x")
attribute("mT", np.matrix_transpose)
samples(np.matrix_transpose, lambda: [call(normal(2, 3)), call(normal(2, 3, 4))])
samples(np.linalg.matrix_transpose, lambda: [call(normal(2, 3, 4))])


@transpose(np.swapaxes, wrt="a")
def swapaxes(z_bar, z, a, axis1, axis2):
    return np.swapaxes(z_bar, axis1, axis2)


view(np.swapaxes, of="a")
method("swapaxes", np.swapaxes)
samples(np.swapaxes, lambda: [call(normal(2, 3, 4), 0, 2), call(normal(2, 3, 4), axis1=-1, axis2=-2)])


@transpose(np.moveaxis, wrt="a")
def moveaxis(z_bar, z, a, source, destination):
    return np.moveaxis(z_bar, destination, source)


view(np.moveaxis, of="a")
samples(np.moveaxis, lambda: [call(normal(2, 3, 4), 0, -1), call(normal(2, 3, 4), source=(0, 1), destination=(-1, 0))])


@transpose(np.squeeze, wrt="a")
def squeeze(z_bar, z, a, axis=None):
    return unbroadcast(np.reshape(z_bar, np.shape(a)), a)


view(np.squeeze, of="a")
method("squeeze", np.squeeze)
samples(
    np.squeeze,
    lambda: [call(normal(1, 3, 1)), call(normal(1, 3, 1), axis=-1), call(normal(1, 3, 1), (0, 2)), call(normal(1))],
)


@transpose(np.expand_dims, wrt="a")
def expand_dims(z_bar, z, a, axis):
    return np.reshape(z_bar, np.shape(a))


view(np.expand_dims, of="a")
samples(np.expand_dims, lambda: [call(normal(3), 0), call(normal(2, 3), axis=(0, -1)), call(1.5, 0)])


@transpose(np.atleast_1d, wrt="arys")
def atleast_1d(z_bar, z, arys):
    return np.reshape(z_bar, np.shape(arys))


@transpose(np.atleast_2d, wrt="arys")
def atleast_2d(z_bar, z, arys):
    return np.reshape(z_bar, np.shape(arys))


@transpose(np.atleast_3d, wrt="arys")
def atleast_3d(z_bar, z, arys):
    return np.reshape(z_bar, np.shape(arys))


for _function in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    view(_function, of="arys")
    samples(_function, lambda: [call(1.5), call(normal(3)), call(normal(2, 3)), call(normal(2, 3, 4))])


@transpose(np.broadcast_to, wrt="array")
def broadcast_to(z_bar, z, array, shape):
    return unbroadcast(z_bar, array)


view(np.broadcast_to, of="array")
samples(
    np.broadcast_to,
    lambda: [
        call(normal(3), (2, 3)),
        call(normal(2, 1), (4, 2, 3)),
        call(1.5, (2, 2)),
        call(normal(1), 3),
        call(normal(1, 3), (0, 3)),
    ],
)


# Order of elements.


@transpose(np.flip, wrt="m")
def flip(z_bar, z, m, axis=None):
    return np.flip(z_bar, axis)


@transpose(np.fliplr, wrt="m")
def fliplr(z_bar, z, m):
    return np.fliplr(z_bar)


@transpose(np.flipud, wrt="m")
def flipud(z_bar, z, m):
    return np.flipud(z_bar)


view(np.flip, of="m")
view(np.fliplr, of="m")
view(np.flipud, of="m")
samples(np.flip, lambda: [call(normal(3)), call(normal(2, 3), 1), call(normal(2, 3, 4), axis=(0, -1)), call(normal(0))])
samples(np.fliplr, lambda: [call(normal(2, 3))])
samples(np.flipud, lambda: [call(normal(2, 3)), call(normal(4))])


@transpose(np.roll, wrt="a")
def roll(z_bar, z, a, shift, axis=None):
    return np.roll(z_bar, np.negative(shift), axis)


samples(
    np.roll,
    lambda: [
        call(normal(5), 2),
        call(normal(2, 3), -4),
        call(normal(2, 3), 1, axis=1),
        call(normal(3, 4), (1, -1), (0, 1)),
        call(normal(0), 1),
    ],
)


@transpose(np.rot90, wrt="m")
def rot90(z_bar, z, m, k=1, axes=(0, 1)):
    return np.rot90(z_bar, -k, axes)


view(np.rot90, of="m")
samples(np.rot90, lambda: [call(normal(2, 3)), call(normal(2, 3), 2), call(normal(2, 3, 4), k=3, axes=(1, 2))])
