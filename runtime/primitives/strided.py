"""Rules of views with strides of their own."""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    add_strided,
    add_windows,
    as_strided,
    bind,
    sliding,
    strided_places,
    unbind,
    view_as_complex,
    view_as_real,
)
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose, view
from runtime.primitives.sampling import normal

inactive(strided_places)


@transpose(sliding, wrt="x")
def sliding_x(z_bar, z, x, axis, size, step):
    return add_windows(z_bar, x, axis, size, step)


@transpose(add_windows, wrt="g")
def add_windows_g(z_bar, z, g, x, axis, size, step):
    return sliding(z_bar, axis, size, step)


@transpose(as_strided, wrt="x")
def as_strided_x(z_bar, z, x, size, stride, offset):
    return add_strided(z_bar, x, size, stride, offset)


@transpose(add_strided, wrt="g")
def add_strided_g(z_bar, z, g, x, size, stride, offset):
    return np.reshape(z_bar, -1)[strided_places(size, stride, offset)]


@transpose(unbind, wrt="x")
def unbind_x(z_bar, z, x, axis):
    return bind(z_bar, z, axis)


@transpose(bind, wrt="g")
def bind_g(z_bar, z, g, pieces, axis):
    return unbind(z_bar, axis)


# Pairs of real numbers, in the pairing Re(x_bar * x_dot).


@reverse(view_as_real, wrt="z")
def view_as_real_z(z_bar, pairs, z):
    return np.conjugate(z_bar[..., 0] + 1j * z_bar[..., 1])


@forward(view_as_real, wrt="z")
def view_as_real_tangent(z_dot, pairs, z):
    return np.stack([np.real(z_dot), np.imag(z_dot)], -1)


@reverse(view_as_complex, wrt="x")
def view_as_complex_x(z_bar, z, x):
    return np.stack([np.real(z_bar), -np.imag(z_bar)], -1)


@forward(view_as_complex, wrt="x")
def view_as_complex_tangent(x_dot, z, x):
    return x_dot[..., 0] + 1j * x_dot[..., 1]


view(view_as_real, of="z")
for _function in (sliding, as_strided, unbind, view_as_complex):
    view(_function, of="x")
samples(sliding, lambda: [call(normal(5), 0, 2, 1), call(normal(3, 6), 1, 2, 3), call(normal(4, 2, 3), 0, 3, 1)])
samples(add_windows, lambda: [call(normal(4, 2), normal(5), 0, 2, 1), call(normal(3, 2, 2), normal(3, 6), 1, 2, 3)])
samples(
    as_strided,
    lambda: [
        call(normal(5), (3, 3), (1, 1), 0),
        call(normal(2, 3), (2, 2), (3, 1), 1),
        call(normal(4, dtype=np.float32), (2,), (2,), 0),
        call(normal(3), (2, 3), (0, 1), 0),
        call(normal(3), (0, 2), (1, 1), 0),
    ],
)
samples(add_strided, lambda: [call(normal(3, 3), normal(5), (3, 3), (1, 1), 0)])
samples(unbind, lambda: [call(normal(3, 2), 0), call(normal(2, 3), 1), call(normal(2), 0)])
samples(bind, lambda: [call([normal(2), normal(2, seed=1)], [normal(2), normal(2)], 0)])
samples(
    view_as_real, lambda: [call(normal(3) + 1j * normal(3, seed=1)), call(normal(2, 2) + 1j * normal(2, 2, seed=1))]
)
samples(view_as_complex, lambda: [call(normal(3, 2)), call(normal(2, 3, 2)), call(normal(2, dtype=np.float32))])
