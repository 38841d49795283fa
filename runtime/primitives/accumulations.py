"""Rules of logarithms of sums of exponentials, whole and running."""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    backward_recurrence,
    carry_over,
    exp_share,
    forward_recurrence,
    logcumsumexp,
    logsumexp,
    shift_left,
    shift_right,
    spread,
)
from runtime.primitives.registry import call, forward, partial, reverse, samples
from runtime.primitives.sampling import binary_rows, normal


@reverse(logsumexp, wrt="a")
def logsumexp_reverse(z_bar, z, a, axis=None, keepdims=False):
    return spread(z_bar, a, axis, keepdims) * exp_share(a, spread(z, a, axis, keepdims))


@forward(logsumexp, wrt="a")
def logsumexp_forward(a_dot, z, a, axis=None, keepdims=False):
    return np.sum(exp_share(a, spread(z, a, axis, keepdims)) * a_dot, axis=axis, keepdims=keepdims)


@partial(exp_share, wrt="a")
def exp_share_a(share, a, z):
    return share


@partial(exp_share, wrt="z")
def exp_share_z(share, a, z):
    return -share


# z[k] = log(exp(z[k - 1]) + exp(a[k])), so z_dot[k] = carry[k] z_dot[k - 1] + share[k] a_dot[k].


@reverse(logcumsumexp, wrt="a")
def logcumsumexp_reverse(z_bar, z, a, axis):
    return exp_share(a, z) * backward_recurrence(carry_over(z, axis), z_bar, axis)


@forward(logcumsumexp, wrt="a")
def logcumsumexp_forward(a_dot, z, a, axis):
    return forward_recurrence(carry_over(z, axis), exp_share(a, z) * a_dot, axis)


@reverse(carry_over, wrt="z")
def carry_over_reverse(c_bar, c, z, axis):
    return shift_left(c_bar * c, axis) - c_bar * c


@forward(carry_over, wrt="z")
def carry_over_forward(z_dot, c, z, axis):
    return c * (shift_right(z_dot, 0.0, axis) - z_dot)


samples(
    logsumexp,
    lambda: [
        call(normal(4)),
        call(normal(2, 3), 1),
        call(normal(2, 3), 0, True),
        call(normal(2, 3, 4), (0, -1)),
        call(normal(3, dtype=np.float32), -1),
        call(np.array([1000.0, 1000.5, -1000.0]), 0),
        call(np.array([-np.inf, 0.5, 1.0]), 0, note="edge: an infinite term"),
    ],
)
samples(exp_share, binary_rows())
for _function in (logcumsumexp, carry_over):
    samples(_function, lambda: [call(normal(4), 0), call(normal(2, 3), -1), call(normal(2, 3, 2), 1)])
samples(logcumsumexp, lambda: [call(np.array([800.0, 801.0, -800.0]), 0), call(normal(3, dtype=np.float32), 0)])
