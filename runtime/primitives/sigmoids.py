"""Rules of the logistic function and its logarithm."""

from __future__ import annotations

import numpy as np

from runtime.kernels import log_sigmoid, sigmoid
from runtime.primitives.registry import call, partial, samples
from runtime.primitives.sampling import unary_rows


@partial(sigmoid, wrt="x")
def sigmoid_x(z, x):
    return z * (1.0 - z)


@partial(log_sigmoid, wrt="x")
def log_sigmoid_x(z, x):
    return sigmoid(-x)


for _function in (sigmoid, log_sigmoid):
    samples(_function, unary_rows())
    samples(_function, lambda: [call(np.array([-800.0, -1.0, 0.0, 2.0, 800.0]))])
