"""What a rule reads of its arguments, found in its text."""

import numpy as np

from runtime.kernels import unbroadcast, unconcatenate, unstack
from runtime.reads import SHAPE, VALUE, ignores_value, reads


def by_value(z_bar, z, x, y):
    return z_bar * np.cos(x)


def by_shape(z_bar, z, x, y):
    return np.reshape(z_bar, x.shape) + unbroadcast(z_bar, y) + np.zeros_like(z)


def both(z_bar, z, x):
    c = np.shape(x)
    return np.broadcast_to(z_bar, c) * x


def by_kernel(z_bar, z, arrays, axis=0):
    return unstack(z_bar, arrays, axis)


def test_readings():
    assert reads(by_value) == {"z_bar": VALUE, "x": VALUE}
    assert reads(by_shape) == {"z_bar": VALUE, "x": SHAPE, "y": SHAPE, "z": SHAPE}
    assert reads(both)["x"] == VALUE


def test_a_kernels_own_text_says_what_it_reads():
    assert reads(by_kernel)["arrays"] == SHAPE
    assert reads(unconcatenate)["g"] == VALUE


def test_a_rule_without_source_reads_everything():
    names = {}
    exec("def made(z_bar, z, x): return z_bar", names)
    assert reads(names["made"]) == {"z_bar": VALUE, "z": VALUE, "x": VALUE}


def test_arguments_without_a_rule():
    assert ignores_value(unstack, 1) and ignores_value(np.full_like, 0)
    assert not ignores_value(np.sum, 1)
