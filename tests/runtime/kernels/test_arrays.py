"""Kernels that copy before a change do so for every kind of array, not only NumPy's."""

import numpy as np
import pytest

import runtime
from runtime.kernels import add_at, saved, take_out
from runtime.kernels.arrays import is_array


@pytest.mark.parametrize("make", [np.array, lambda x: runtime.tensor(np.array(x))])
def test_arrays_of_every_library_are_copied(make):
    u = make([1.0, 2.0, 3.0])
    kept, part, number = saved(u), take_out(u[:2]), take_out(u[0])
    u[:] = 0.0
    assert np.array_equal(kept, [1.0, 2.0, 3.0]) and np.array_equal(part, [1.0, 2.0]) and float(number) == 1.0
    add_at(u, np.array([1, 1]), make([1.0, 1.0]))
    assert np.array_equal(u, [0.0, 2.0, 0.0])


def test_numbers_are_no_arrays():
    assert not any(map(is_array, (1.0, 2, True, np.float64(1.0), "text", [1.0], None)))
    assert is_array(np.zeros(())) and is_array(runtime.tensor(1.0))
