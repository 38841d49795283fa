"""Rosenbrock's function of 10000 variables on slices, and of 1000 variables element by element."""

from __future__ import annotations

import numpy as np

from benchmarks.programs.program import Program


def sliced(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def sliced_hand(x):
    t_bar = 200.0 * (x[1:] - x[:-1] ** 2)
    # return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)
    x_bar = np.zeros_like(x)
    x_bar[1:] = t_bar
    x_bar[:-1] -= 2.0 * t_bar * x[:-1]
    x_bar[:-1] -= 2.0 * (1.0 - x[:-1])
    return x_bar


def looped(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def looped_hand(x):
    x_bar = np.zeros_like(x)
    for i in range(len(x) - 1):
        # total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
        t_bar = 200.0 * (x[i + 1] - x[i] ** 2)
        x_bar[i + 1] += t_bar
        x_bar[i] -= 2.0 * t_bar * x[i] + 2.0 * (1.0 - x[i])
    return x_bar


def arguments(n: int) -> tuple[np.ndarray]:
    return (np.random.default_rng(4).standard_normal(n),)


PROGRAMS = [
    Program("Rosenbrock, sliced, n = 10000", "array", sliced, sliced_hand, (0,), lambda: arguments(10000)),
    Program("Rosenbrock, looped, n = 1000", "loop", looped, looped_hand, (0,), lambda: arguments(1000)),
]
