"""Convolution and pooling against loops over windows, and against SciPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from runtime.errors import ShapeMismatch
from runtime.kernels import convolution, convolution_input, max_place, max_pool, window_sizes, window_sum
from runtime.kernels.windows import window_count

RNG = np.random.default_rng(0)


def by_loops(x, w, stride, padding, dilation, groups):
    """Convolution as its definition says."""
    rank = w.ndim - 2
    x = np.pad(x, [(0, 0), (0, 0), *[(p, p) for p in padding]])
    counts = [(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(x.shape[2:], w.shape[2:], stride, dilation)]
    z = np.zeros((x.shape[0], w.shape[0], *counts))
    each, channels = w.shape[0] // groups, w.shape[1]
    for sample, out in itertools.product(range(x.shape[0]), range(w.shape[0])):
        first = out // each * channels
        for place in itertools.product(*map(range, counts)):
            for channel in range(channels):
                for offset in itertools.product(*map(range, w.shape[2:])):
                    at = tuple(place[k] * stride[k] + offset[k] * dilation[k] for k in range(rank))
                    z[(sample, out, *place)] += x[(sample, first + channel, *at)] * w[(out, channel, *offset)]
    return z


@pytest.mark.parametrize(
    "shape, weight, stride, padding, dilation, groups",
    [
        ((2, 3, 7), (4, 3, 3), (2,), (1,), (1,), 1),
        ((2, 4, 5, 6), (6, 2, 3, 2), (1, 2), (1, 0), (2, 1), 2),
        ((1, 2, 4, 4), (2, 1, 3, 3), (1, 1), (1, 1), (1, 1), 2),
        ((1, 2, 3, 4, 3), (2, 2, 2, 2, 2), (1, 1, 2), (0, 1, 1), (1, 2, 1), 1),
    ],
)
def test_convolution_is_its_definition(shape, weight, stride, padding, dilation, groups):
    x, w = RNG.standard_normal(shape), RNG.standard_normal(weight)
    found = convolution(x, w, None, stride, padding, dilation, groups)
    np.testing.assert_allclose(found, by_loops(x, w, stride, padding, dilation, groups), rtol=1e-12)
    # The transpose: both sides of <conv(x), g> = <x, conv_input(g)>.
    g = RNG.standard_normal(found.shape)
    back = convolution_input(g, w, shape[2:], stride, padding, dilation, groups)
    np.testing.assert_allclose(np.sum(found * g), np.sum(back * x), rtol=1e-10)


def test_convolution_is_scipy_s_correlation():
    signal = pytest.importorskip("scipy.signal")
    x, w = RNG.standard_normal((6, 5)), RNG.standard_normal((3, 2))
    want = signal.correlate2d(x, w, mode="valid")
    np.testing.assert_allclose(convolution(x[None, None], w[None, None])[0, 0], want, rtol=1e-12)


def test_a_batch_larger_than_the_buffer_is_taken_in_pieces():
    x, w = RNG.standard_normal((9, 8, 40, 40)), RNG.standard_normal((2, 8, 3, 3))
    whole = convolution(x, w)
    np.testing.assert_allclose(whole[7], convolution(x[7:8], w)[0], rtol=1e-12)


def test_pooling_is_its_definition():
    x = RNG.integers(0, 5, (2, 5, 6)).astype(float)
    size, stride, padding = (3, 2), (2, 1), (1, 1)
    padded = np.pad(x, [(0, 0), (1, 1), (1, 1)], constant_values=-np.inf)
    found, places = max_pool(x, size, stride, padding, (1, 1)), max_place(x, size, stride, padding, (1, 1))
    sums = window_sum(x, size, stride, padding)
    for k, i, j in np.ndindex(found.shape):
        window = padded[k, 2 * i : 2 * i + 3, j : j + 2]
        assert found[k, i, j] == window.max() and places[k, i, j] == window.argmax()
        assert sums[k, i, j] == window[np.isfinite(window)].sum()


def test_windows_count_what_they_hold():
    np.testing.assert_array_equal(window_sizes((5,), (3,), (2,), (1,), False, True), [3, 3, 3])
    np.testing.assert_array_equal(window_sizes((5,), (3,), (2,), (1,), False, False), [2, 3, 2])
    np.testing.assert_array_equal(window_sizes((6,), (3,), (2,), (0,), True, True), [3, 3, 2])
    assert window_count(6, 3, 2, 0, 1) == 2 and window_count(6, 3, 2, 0, 1, ceil_mode=True) == 3


def test_shapes_that_do_not_fit_are_refused():
    x = np.ones((1, 2, 4, 4))
    for w, options, reason in (
        (np.ones((1, 3, 2, 2)), {}, "3 channels"),
        (np.ones((1, 2, 5, 2)), {}, "does not fit"),
        (np.ones((3, 1, 2, 2)), dict(groups=2), "groups=2"),
        (np.ones((1, 2, 2)), {}, "3 axes"),
        (np.ones((1, 2, 2, 2)), dict(stride=(1, 1, 1)), "3 numbers"),
        (np.ones((1, 2, 2, 2)), dict(stride=0), "positive"),
    ):
        with pytest.raises(ShapeMismatch, match=reason):
            convolution(x, w, **options)
    with pytest.raises(ShapeMismatch, match="nothing but padding"):
        max_pool(x, (2, 2), (1, 1), (2, 0), (1, 1))
