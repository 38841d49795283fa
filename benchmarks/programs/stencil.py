"""The heat equation as in-place stencil updates: 1000 points, 200 steps.

With respect to the initial state the update is linear and its adjoint saves nothing; with respect to the
conductivity it saves the second difference of every step.
"""

from __future__ import annotations

import numpy as np

from benchmarks.programs.program import Program


def heat(u0, c, n):
    u = u0.copy()
    for _ in range(n):
        u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


def heat_state_hand(u0, c, n):
    u = u0.copy()
    for _ in range(n):
        u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    # return np.sum(u * u)
    u_bar = 2.0 * u
    for _ in range(n):
        # u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        s_bar = c * u_bar[1:-1]
        u_bar[2:] += s_bar
        u_bar[1:-1] -= 2.0 * s_bar
        u_bar[:-2] += s_bar
    return u_bar


def heat_both_hand(u0, c, n):
    u = u0.copy()
    s_tape = []
    for _ in range(n):
        s = u[2:] - 2.0 * u[1:-1] + u[:-2]
        s_tape.append(s)
        u[1:-1] += c * s
    # return np.sum(u * u)
    u_bar = 2.0 * u
    c_bar = 0.0
    for _ in range(n):
        # u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        c_bar += np.sum(u_bar[1:-1] * s_tape.pop())
        s_bar = c * u_bar[1:-1]
        u_bar[2:] += s_bar
        u_bar[1:-1] -= 2.0 * s_bar
        u_bar[:-2] += s_bar
    return u_bar, c_bar


def arguments() -> tuple[np.ndarray, float, int]:
    return np.random.default_rng(3).standard_normal(1000), 0.2, 200


PROGRAMS = [
    Program("heat stencil, state", "array", heat, heat_state_hand, (0,), arguments),
    Program("heat stencil, state and conductivity", "array", heat, heat_both_hand, (0, 1), arguments),
]
