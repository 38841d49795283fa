"""Rules of pooling. Of equal largest elements of a window the first takes the whole derivative."""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    max_place,
    max_pool,
    pick,
    unpick,
    window_counts,
    window_sizes,
    window_spread,
    window_sum,
)
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose
from runtime.primitives.sampling import normal

inactive(max_place, window_counts, window_sizes)


@reverse(max_pool, wrt="x")
def max_pool_x(z_bar, z, x, size, stride, padding, dilation, ceil_mode=False):
    choice = max_place(x, size, stride, padding, dilation, ceil_mode)
    return unpick(z_bar, choice, np.shape(x)[-len(size) :], size, stride, padding, dilation)


@forward(max_pool, wrt="x")
def max_pool_x_forward(x_dot, z, x, size, stride, padding, dilation, ceil_mode=False):
    return pick(x_dot, max_place(x, size, stride, padding, dilation, ceil_mode), size, stride, padding, dilation)


@transpose(pick, wrt="x")
def pick_x(z_bar, z, x, choice, size, stride, padding, dilation):
    return unpick(z_bar, choice, np.shape(x)[-len(size) :], size, stride, padding, dilation)


@transpose(unpick, wrt="g")
def unpick_g(z_bar, z, g, choice, lengths, size, stride, padding, dilation):
    return pick(z_bar, choice, size, stride, padding, dilation)


@transpose(window_sum, wrt="x")
def window_sum_x(z_bar, z, x, size, stride, padding, ceil_mode=False):
    return window_spread(z_bar, np.shape(x)[-len(size) :], size, stride, padding, ceil_mode)


@transpose(window_spread, wrt="g")
def window_spread_g(z_bar, z, g, lengths, size, stride, padding, ceil_mode=False):
    return window_sum(z_bar, size, stride, padding, ceil_mode)


_CHOICE = np.array([[[0, 3], [1, 2]], [[3, 3], [2, 0]]])

samples(
    max_pool,
    lambda: [
        call(normal(2, 3, 6), (2,), (2,), (0,), (1,)),
        call(normal(2, 3, 7), (3,), (2,), (1,), (2,)),
        call(normal(2, 3, 5, 6), (2, 3), (2, 1), (1, 0), (1, 2), True),
        call(normal(1, 2, 4, 4, dtype=np.float32), (2, 2), (2, 2), (0, 0), (1, 1)),
        call(normal(3, 5, 5), (3, 3), (1, 1), (1, 1), (1, 1)),
        call(normal(0, 2, 4), (2,), (2,), (0,), (1,)),
        call(np.ones((1, 4)), (2,), (2,), (0,), (1,), note="edge: ties go to the first"),
    ],
)
samples(
    pick,
    lambda: [
        call(normal(2, 4, 4), _CHOICE, (2, 2), (2, 2), (0, 0), (1, 1)),
        call(normal(2, 3, 4), _CHOICE, (2, 2), (2, 2), (1, 0), (2, 1)),
    ],
)
samples(
    unpick,
    lambda: [
        call(normal(2, 2, 2), _CHOICE, (4, 5), (2, 2), (2, 2), (0, 0), (1, 1)),
        call(normal(2, 2, 2), _CHOICE, (3, 4), (2, 2), (2, 2), (1, 0), (2, 1)),
    ],
)
samples(
    window_sum,
    lambda: [
        call(normal(2, 3, 6), (2,), (2,), (0,)),
        call(normal(2, 3, 5, 6), (2, 3), (2, 1), (1, 1), True),
        call(normal(2, 5, 6, dtype=np.float32), (3, 2), (3, 3), (0, 0)),
        call(normal(0, 2, 4), (2,), (2,), (0,)),
    ],
)
samples(
    window_spread,
    lambda: [
        call(normal(2, 3, 3), (6,), (2,), (2,), (0,)),
        call(normal(1, 3, 6), (5, 6), (2, 3), (2, 1), (1, 1), True),
    ],
)
