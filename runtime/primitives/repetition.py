"""Rules of the operations that copy elements: tiling, repeating, padding."""

from __future__ import annotations

import numpy as np

from runtime.kernels import copying_mode, one_value, unpad, unrepeat, untile, zeros_like
from runtime.primitives.registry import call, forward, inactive, method, reverse, samples, transpose, view
from runtime.primitives.sampling import normal

inactive(copying_mode, one_value)


@transpose(np.tile, wrt="A")
def tile(z_bar, z, A, reps):
    return untile(z_bar, A, reps)


@transpose(untile, wrt="g")
def untile_g(z_bar, z, g, a, reps):
    return np.tile(z_bar, reps)


samples(
    np.tile,
    lambda: [
        call(normal(3), 2),
        call(normal(2, 3), (2, 1, 2)),
        call(normal(2, 1, 3), (2, 2)),
        call(1.5, 3),
        call(normal(2), 0),
    ],
)
samples(untile, lambda: [call(normal(6), normal(3), 2), call(normal(2, 4), normal(2), (2, 2))])


@transpose(np.repeat, wrt="a")
def repeat(z_bar, z, a, repeats, axis=None):
    return unrepeat(z_bar, a, repeats, axis)


@transpose(unrepeat, wrt="g")
def unrepeat_g(z_bar, z, g, a, repeats, axis=None):
    return np.repeat(z_bar, repeats, axis)


method("repeat", np.repeat)
samples(
    np.repeat,
    lambda: [
        call(normal(3), 2),
        call(normal(2, 3), 2),
        call(normal(2, 3), 2, axis=-1),
        call(normal(2, 3), [1, 0, 3], 1),
        call(normal(2, 2), [0, 2, 1, 1]),
        call(1.5, 3),
        call(normal(2, 3), 0, 0),
    ],
)
samples(unrepeat, lambda: [call(normal(6), normal(3), 2), call(normal(2, 4), normal(2, 3), [1, 0, 3], 1)])


@reverse(np.pad, wrt="array")
def pad(z_bar, z, array, pad_width, mode="constant"):
    return unpad(z_bar, array, pad_width, mode)


@forward(np.pad, wrt="array")
def pad_forward(array_dot, z, array, pad_width, mode="constant"):
    return np.pad(array_dot, pad_width, copying_mode(mode))


@reverse(np.pad, wrt="array")
def pad_around(z_bar, z, array, pad_width, mode="constant", *, constant_values=0):
    return unpad(z_bar, array, pad_width, mode)


@forward(np.pad, wrt="array")
def pad_around_forward(array_dot, z, array, pad_width, mode="constant", *, constant_values=0):
    return np.pad(array_dot, pad_width, copying_mode(mode))


@reverse(np.pad, wrt="constant_values")
def pad_values(z_bar, z, array, pad_width, mode="constant", *, constant_values=0):
    return np.sum(z_bar) - np.sum(unpad(z_bar, array, pad_width, mode)) + one_value(constant_values)


@forward(np.pad, wrt="constant_values")
def pad_values_forward(constant_values_dot, z, array, pad_width, mode="constant", *, constant_values=0):
    return np.pad(zeros_like(array), pad_width, constant_values=constant_values_dot + one_value(constant_values))


@transpose(unpad, wrt="g")
def unpad_g(z_bar, z, g, a, pad_width, mode="constant"):
    return np.pad(z_bar, pad_width, mode)


view(unpad, of="g")
samples(
    np.pad,
    lambda: [
        call(normal(3), 2),
        call(normal(2, 3), ((1, 0), (2, 1))),
        call(normal(2, 3), (1, 2), "constant", constant_values=5.0),
        call(normal(3), ((2, 0),), constant_values=0, wrt=("array",)),
        call(normal(3), (2, 1), mode="edge"),
        call(normal(4), (2, 3), mode="reflect"),
        call(normal(2, 3), 3, mode="symmetric"),
        call(normal(3), 4, "wrap"),
    ],
)
samples(unpad, lambda: [call(normal(5), normal(2), (2, 1)), call(normal(6), normal(3), (2, 1), "edge")])
