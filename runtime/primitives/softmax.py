"""Rules of softmax, its logarithm, and cross-entropy with class numbers."""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    class_losses,
    class_slopes,
    log_softmax,
    reduce_losses,
    share_losses,
    softmax,
    softmax_slope,
)
from runtime.primitives.registry import call, forward, reverse, samples
from runtime.primitives.sampling import normal


@reverse(softmax, wrt="x")
def softmax_x(z_bar, z, x, axis=-1):
    return softmax_slope(z_bar, z, axis)


@forward(softmax, wrt="x")
def softmax_x_forward(x_dot, z, x, axis=-1):
    return softmax_slope(x_dot, z, axis)


@reverse(log_softmax, wrt="x")
def log_softmax_x(z_bar, z, x, axis=-1):
    return z_bar - np.exp(z) * np.sum(z_bar, axis=axis, keepdims=True)


@forward(log_softmax, wrt="x")
def log_softmax_x_forward(x_dot, z, x, axis=-1):
    return x_dot - np.sum(np.exp(z) * x_dot, axis=axis, keepdims=True)


@reverse(softmax_slope, wrt="g")
def softmax_slope_g(z_bar, z_out, g, z, axis=-1):
    return softmax_slope(z_bar, z, axis)


@forward(softmax_slope, wrt="g")
def softmax_slope_g_forward(g_dot, z_out, g, z, axis=-1):
    return softmax_slope(g_dot, z, axis)


@reverse(softmax_slope, wrt="z")
def softmax_slope_z(z_bar, z_out, g, z, axis=-1):
    mean = np.sum(g * z, axis=axis, keepdims=True)
    return z_bar * (g - mean) - g * np.sum(z_bar * z, axis=axis, keepdims=True)


@forward(softmax_slope, wrt="z")
def softmax_slope_z_forward(z_dot, z_out, g, z, axis=-1):
    mean = np.sum(g * z, axis=axis, keepdims=True)
    return z_dot * (g - mean) - z * np.sum(g * z_dot, axis=axis, keepdims=True)


@reverse(class_losses, wrt="scores")
def class_losses_scores(z_bar, z, scores, labels):
    return class_slopes(z_bar, scores, labels)


@reverse(class_losses, wrt="scores")
def class_losses_reduced(z_bar, z, scores, labels, shares=None, reduction="none"):
    return class_slopes(share_losses(z_bar, labels, shares, reduction), scores, labels)


@forward(class_losses, wrt="scores")
def class_losses_scores_forward(scores_dot, z, scores, labels, shares=None, reduction="none"):
    slopes = class_slopes(np.ones_like(labels, dtype=float), scores, labels)
    return reduce_losses(np.sum(scores_dot * slopes, axis=-1), shares, reduction)


@reverse(class_slopes, wrt="g")
def class_slopes_g(z_bar, z, g, scores, labels):
    return np.sum(z_bar * class_slopes(np.ones_like(g), scores, labels), axis=-1)


@forward(class_slopes, wrt="g")
def class_slopes_g_forward(g_dot, z, g, scores, labels):
    return class_slopes(g_dot, scores, labels)


@reverse(class_slopes, wrt="scores")
def class_slopes_scores(z_bar, z, g, scores, labels):
    return softmax_slope(z_bar * np.expand_dims(g, -1), softmax(scores))


@forward(class_slopes, wrt="scores")
def class_slopes_scores_forward(scores_dot, z, g, scores, labels):
    return np.expand_dims(g, -1) * softmax_slope(scores_dot, softmax(scores))


_LABELS = np.array([1, 0, 3, 2, 2])

for _function in (softmax, log_softmax):
    samples(
        _function,
        lambda: [
            call(normal(4)),
            call(normal(2, 3), 0),
            call(normal(2, 3, 4), axis=1),
            call(normal(2, 3, dtype=np.float32)),
            call(normal(2, 3, 4), -1),
            call(np.array([1000.0, -1000.0, 999.0])),
            call(normal(0, 3)),
        ],
    )
samples(softmax, lambda: [call(np.array([0.5, -np.inf, 1.0]), note="edge: a score that is left out")])
samples(
    softmax_slope,
    lambda: [call(normal(3), normal(3, seed=1)), call(normal(2, 3), normal(2, 3, seed=1), 0)],
)
samples(
    class_losses,
    lambda: [
        call(normal(5, 4), _LABELS),
        call(normal(5, 1, 4), _LABELS[:, None]),
        call(normal(4), np.array(2)),
        call(normal(5, 4, dtype=np.float32), _LABELS),
        call(1000.0 * normal(5, 4), _LABELS),
        call(normal(0, 4), _LABELS[:0]),
        call(normal(5, 4), _LABELS, None, "mean"),
        call(normal(5, 4), _LABELS, np.array([1.0, 0.0, 2.0, 0.5, 1.0]), "mean"),
        call(normal(5, 4, dtype=np.float32), _LABELS, None, "sum"),
    ],
)
samples(
    class_slopes,
    lambda: [call(normal(5), normal(5, 4), _LABELS), call(normal(2, 1), normal(2, 1, 4), _LABELS[:2, None])],
)
