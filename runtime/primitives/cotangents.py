"""Rules of the arithmetic of cotangents, which every emitted gradient uses and the next order differentiates."""

from __future__ import annotations

import numpy as np

from runtime.kernels import carried, unbroadcast, zeros_like
from runtime.primitives.registry import call, inactive, samples, transpose, view
from runtime.primitives.sampling import normal

inactive(zeros_like)


@transpose(unbroadcast, wrt="g")
def unbroadcast_g(z_bar, z, g, x):
    return carried(z_bar, g)


view(unbroadcast, of="g")
samples(
    unbroadcast,
    lambda: [
        call(normal(2, 3), normal(3)),
        call(normal(2, 3), normal(2, 1)),
        call(normal(2, 3), 1.5),
        call(normal(4, 2, 3), normal(1, 3)),
        call(normal(3), normal(3)),
        call(normal(2, 3, dtype=np.float32), normal(3, dtype=np.float32)),
        call(1.5, normal(3)),
    ],
)
