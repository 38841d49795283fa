"""Loops that touch an array of n elements one by one: filling, reading, and a recurrence that needs its old values.

A gradient that makes an array of n zeros for every element read or written takes time and memory of order n^2.
"""

from __future__ import annotations

import numpy as np

from benchmarks.programs.program import Program


def read(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i] * x[i]
    return total


def read_hand(x):
    x_bar = np.zeros_like(x)
    for i in range(len(x)):
        # total += x[i] * x[i]
        x_bar[i] += 2.0 * x[i]
    return x_bar


def fill(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] * x[i]
    return np.sum(y)


def fill_hand(x):
    y_bar = np.ones(len(x))
    x_bar = np.zeros_like(x)
    for i in range(len(x)):
        # y[i] = x[i] * x[i]
        x_bar[i] += 2.0 * x[i] * y_bar[i]
        y_bar[i] = 0.0
    return x_bar


def recurrence(x):
    y = np.zeros(len(x))
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = 0.5 * y[i - 1] * y[i - 1] + x[i]
    return np.sum(y)


def recurrence_hand(x):
    y = np.zeros(len(x))
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = 0.5 * y[i - 1] * y[i - 1] + x[i]
    # return np.sum(y)
    y_bar = np.ones(len(x))
    x_bar = np.zeros_like(x)
    for i in reversed(range(1, len(x))):
        # y[i] = 0.5 * y[i - 1] * y[i - 1] + x[i]
        x_bar[i] += y_bar[i]
        y_bar[i - 1] += y[i - 1] * y_bar[i]
    # y[0] = x[0]
    x_bar[0] += y_bar[0]
    return x_bar


def programs(n: int) -> list[Program]:
    """The three loops over n elements."""

    def arguments() -> tuple[np.ndarray]:
        return (np.random.default_rng(6).uniform(-0.4, 0.4, n),)

    return [
        Program("read", "loop", read, read_hand, (0,), arguments),
        Program("fill", "loop", fill, fill_hand, (0,), arguments),
        Program("recurrence", "loop", recurrence, recurrence_hand, (0,), arguments),
    ]
