"""Convolution of every channel by itself: both ways give what the definition says."""

import itertools

import numpy as np
import pytest

from runtime.kernels import depthwise
from runtime.kernels.convolution import convolution

RANDOM = np.random.default_rng(0)
SHAPES = [
    ((7, 9), (3, 3), (1, 1)),
    ((7, 9), (2, 4), (2, 1)),
    ((9, 8), (3, 2), (1, 3)),
    ((1, 70), (1, 5), (1, 1)),
    ((4, 5, 6), (2, 3, 2), (1, 1, 2)),
    ((12,), (4,), (2,)),
]


def by_definition(x, weight, size, dilation, counts):
    z = np.zeros((*x.shape[:2], *counts))
    for number, place in enumerate(itertools.product(*[range(n) for n in size])):
        inside = tuple(slice(k * d, k * d + n) for k, d, n in zip(place, dilation, counts))
        z += weight[:, number].reshape(-1, *[1] * len(size)) * x[(slice(None), slice(None), *inside)]
    return z


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("plane, size, dilation", SHAPES)
def test_both_ways(plane, size, dilation, dtype):
    counts = tuple(n - d * (k - 1) for n, k, d in zip(plane, size, dilation))
    x = RANDOM.standard_normal((2, 3, *plane)).astype(dtype)
    weight = RANDOM.standard_normal((3, int(np.prod(size)))).astype(dtype)
    wanted = by_definition(x, weight, size, dilation, counts)
    moves = depthwise.shifts(size, dilation, plane)
    for found in (
        depthwise.convolved(x, weight, size, dilation, counts),
        depthwise.summed(x, weight, moves, counts),
    ):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, wanted, rtol=1e-4 if dtype == np.float32 else 1e-10, atol=1e-5)


@pytest.mark.parametrize("what", [np.inf, -np.inf, np.nan, 3e38])
def test_what_is_not_finite_stays_in_its_windows(what):
    x = np.ones((1, 2, 6, 7), np.float32)
    x[0, 1, 0, 0] = what
    weight = np.full((2, 1, 3, 3), 0.5, np.float32)
    z = convolution(x, weight, groups=2)
    touched = np.zeros(z.shape, bool)
    touched[0, 1, 0, 0] = True
    assert np.all(z[~touched] == 4.5)
    assert not np.any(z[touched] == 4.5)
    # A weight that is not finite reaches every window.
    weight[1, 0, 2, 2] = np.inf
    z = convolution(np.ones((1, 2, 6, 7), np.float32), weight, groups=2)
    assert np.all(z[:, 0] == 4.5) and np.all(np.isinf(z[:, 1]))
