"""Rules of the product in which a zero absorbs: linear in both factors, but for the infinities that a zero hides."""

from __future__ import annotations

import numpy as np

from runtime.kernels import absorb
from runtime.primitives.registry import call, partial, samples
from runtime.primitives.sampling import normal


@partial(absorb, wrt="g")
def absorb_g(z, g, factor):
    return np.where(np.logical_or(np.not_equal(g, 0), np.isfinite(factor)), factor, 0.0)


@partial(absorb, wrt="factor")
def absorb_factor(z, g, factor):
    return g


samples(
    absorb,
    lambda: [
        call(normal(3), normal(3, seed=1)),
        call(normal(2, 3), normal(3, seed=1)),
        call(1.5, 2.5),
        call(normal(3, dtype=np.float32), normal(3, seed=1, dtype=np.float32)),
        call(np.array([0.0, 1.5]), np.array([2.0, 0.5]), note="a zero"),
    ],
)
