"""Rules of windows as columns."""

from __future__ import annotations

import numpy as np

from runtime.kernels import fold_windows, unfold_windows
from runtime.primitives.registry import call, samples, transpose
from runtime.primitives.sampling import normal


@transpose(unfold_windows, wrt="x")
def unfold_windows_x(z_bar, z, x, size, stride, padding, dilation):
    return fold_windows(z_bar, np.shape(x)[2:], size, stride, padding, dilation)


@transpose(fold_windows, wrt="g")
def fold_windows_g(z_bar, z, g, lengths, size, stride, padding, dilation):
    return unfold_windows(z_bar, size, stride, padding, dilation)


samples(
    unfold_windows,
    lambda: [
        call(normal(2, 3, 5, 4), (2, 3), (1, 1), (0, 0), (1, 1)),
        call(normal(1, 2, 5, 6), (2, 2), (2, 3), (1, 0), (2, 1)),
        call(normal(2, 1, 4, dtype=np.float32), (2,), (2,), (0,), (1,)),
    ],
)
samples(
    fold_windows,
    lambda: [
        call(normal(2, 18, 8), (5, 4), (2, 3), (1, 1), (0, 0), (1, 1)),
        call(normal(1, 8, 6), (5, 6), (2, 2), (2, 3), (1, 0), (2, 1)),
    ],
)
