"""Rules of losses of single numbers."""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    binary_losses,
    binary_spread,
    binary_spread_slope,
    clipped_log,
    clipped_log_slope,
    logit_losses,
    reduce_losses,
    share_losses,
    sigmoid,
    squared_losses,
    unbroadcast,
)
from runtime.primitives.registry import call, forward, partial, reverse, samples, transpose, view
from runtime.primitives.sampling import normal, unary_rows


@partial(clipped_log, wrt="x")
def clipped_log_x(z, x):
    return clipped_log_slope(x)


@partial(clipped_log_slope, wrt="x")
def clipped_log_slope_x(z, x):
    return -z * z


@transpose(reduce_losses, wrt="rows")
def reduce_losses_rows(z_bar, z, rows, shares=None, reduction="mean"):
    return share_losses(z_bar, rows, shares, reduction)


@transpose(share_losses, wrt="g")
def share_losses_g(z_bar, z, g, rows, shares=None, reduction="mean"):
    return reduce_losses(z_bar, shares, reduction)


@reverse(squared_losses, wrt="x")
def squared_losses_x(z_bar, z, x, y, reduction="none"):
    d = x - y
    return unbroadcast(2.0 * d * share_losses(z_bar, d, None, reduction), x)


@reverse(squared_losses, wrt="y")
def squared_losses_y(z_bar, z, x, y, reduction="none"):
    d = y - x
    return unbroadcast(2.0 * d * share_losses(z_bar, d, None, reduction), y)


@forward(squared_losses, wrt="x")
def squared_losses_x_forward(x_dot, z, x, y, reduction="none"):
    return reduce_losses(2.0 * (x - y) * x_dot, None, reduction)


@forward(squared_losses, wrt="y")
def squared_losses_y_forward(y_dot, z, x, y, reduction="none"):
    return reduce_losses(2.0 * (y - x) * y_dot, None, reduction)


@reverse(binary_losses, wrt="p")
def binary_losses_p(z_bar, z, p, t, reduction="none"):
    slope = (p - t) / binary_spread(p)
    return unbroadcast(slope * share_losses(z_bar, slope, None, reduction), p)


@reverse(binary_losses, wrt="t")
def binary_losses_t(z_bar, z, p, t, reduction="none"):
    slope = clipped_log(1.0 - p) - clipped_log(p) + 0.0 * t
    return unbroadcast(slope * share_losses(z_bar, slope, None, reduction), t)


@forward(binary_losses, wrt="p")
def binary_losses_p_forward(p_dot, z, p, t, reduction="none"):
    return reduce_losses((p - t) / binary_spread(p) * p_dot, None, reduction)


@forward(binary_losses, wrt="t")
def binary_losses_t_forward(t_dot, z, p, t, reduction="none"):
    return reduce_losses((clipped_log(1.0 - p) - clipped_log(p)) * t_dot, None, reduction)


@reverse(logit_losses, wrt="x")
def logit_losses_x(z_bar, z, x, t, reduction="none"):
    slope = sigmoid(x) - t
    return unbroadcast(slope * share_losses(z_bar, slope, None, reduction), x)


@reverse(logit_losses, wrt="t")
def logit_losses_t(z_bar, z, x, t, reduction="none"):
    slope = -x + 0.0 * t
    return unbroadcast(slope * share_losses(z_bar, slope, None, reduction), t)


@forward(logit_losses, wrt="x")
def logit_losses_x_forward(x_dot, z, x, t, reduction="none"):
    return reduce_losses((sigmoid(x) - t) * x_dot, None, reduction)


@forward(logit_losses, wrt="t")
def logit_losses_t_forward(t_dot, z, x, t, reduction="none"):
    return reduce_losses(-x * t_dot, None, reduction)


@partial(binary_spread, wrt="p")
def binary_spread_p(z, p):
    return binary_spread_slope(p)


@partial(binary_spread_slope, wrt="p")
def binary_spread_slope_p(z, p):
    return np.where(p * (1.0 - p) > 1e-12, -2.0, 0.0)


samples(clipped_log, unary_rows(0.1, 3.0))
samples(clipped_log_slope, unary_rows(0.1, 3.0))
samples(binary_spread, unary_rows(0.1, 0.4))
samples(binary_spread_slope, unary_rows(0.1, 0.4))
samples(binary_spread_slope, lambda: [call(np.array([0.5, 0.25]))])
view(reduce_losses, of="rows")
samples(
    reduce_losses,
    lambda: [
        call(normal(4)),
        call(normal(2, 3), None, "sum"),
        call(normal(2, 3), np.array([1.0, 0.0, 2.0]), "mean"),
        call(normal(3, dtype=np.float32), np.array([1.0, 0.0, 2.0], np.float32), "none"),
        call(normal(0), None, "sum"),
    ],
)
view(share_losses, of="g")
samples(
    share_losses,
    lambda: [
        call(normal(), normal(2, 3)),
        call(normal(2, 3), normal(2, 3), None, "none"),
        call(normal(), normal(3), np.array([1.0, 0.0, 2.0]), "mean"),
    ],
)
for _function in (squared_losses, logit_losses):
    samples(
        _function,
        lambda: [
            call(normal(3), normal(3, seed=1)),
            call(normal(2, 3), normal(3), "mean"),
            call(normal(3), normal(2, 3), "sum"),
            call(normal(3, dtype=np.float32), normal(3, seed=1, dtype=np.float32), "mean"),
            call(normal(0, 2), normal(2), "sum"),
        ],
    )
samples(
    binary_losses,
    lambda: [
        call(np.array([0.2, 0.7, 0.9]), np.array([0.0, 1.0, 0.5])),
        call(np.array([[0.2], [0.7]]), np.array([0.0, 1.0, 0.5]), "mean"),
        call(np.array([0.2, 0.7], np.float32), np.array([0.0, 1.0], np.float32), "sum"),
        call(np.array([0.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.5]), note="edge: the logarithm is clipped"),
        call(np.zeros((0, 2)), np.zeros(2)),
    ],
)
