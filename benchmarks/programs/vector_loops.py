"""Loops of 1000 steps on small vectors: a three-dimensional ODE, and a recurrent cell of eight units."""

from __future__ import annotations

import numpy as np

from benchmarks.programs.program import Program


def lorenz(state, sigma, rho, beta, n):
    for _ in range(n):
        x, y, z = state
        velocity = np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        state = state + 0.005 * velocity
    return np.sum(state * state)


def lorenz_hand(state, sigma, rho, beta, n):
    state_tape = []
    for _ in range(n):
        state_tape.append(state)
        x, y, z = state
        velocity = np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        state = state + 0.005 * velocity
    # return np.sum(state * state)
    state_bar = 2.0 * state
    sigma_bar = 0.0
    rho_bar = 0.0
    beta_bar = 0.0
    for _ in range(n):
        x, y, z = state_tape.pop()
        # state = state + 0.005 * velocity
        p, q, r = 0.005 * state_bar
        # velocity = np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        sigma_bar += (y - x) * p
        rho_bar += x * q
        beta_bar -= z * r
        s = sigma * p
        # x, y, z = state
        state_bar = state_bar + np.array([(rho - z) * q - s + y * r, s - q + x * r, -x * q - beta * r])
    return state_bar, sigma_bar, rho_bar, beta_bar


def recurrent(W, U, b, inputs, target):
    h = np.zeros(b.shape)
    for x in inputs:
        h = np.tanh(W @ h + U @ x + b)
    return np.sum((h - target) ** 2)


def recurrent_hand(W, U, b, inputs, target):
    h = np.zeros(b.shape)
    h_tape = []
    for x in inputs:
        h_tape.append(h)
        h = np.tanh(W @ h + U @ x + b)
    # return np.sum((h - target) ** 2)
    h_bar = 2.0 * (h - target)
    W_bar = np.zeros_like(W)
    U_bar = np.zeros_like(U)
    b_bar = np.zeros_like(b)
    for x in reversed(inputs):
        # h = np.tanh(W @ h + U @ x + b)
        a_bar = h_bar * (1.0 - h * h)
        h = h_tape.pop()
        b_bar += a_bar
        U_bar += np.outer(a_bar, x)
        W_bar += np.outer(a_bar, h)
        h_bar = W.T @ a_bar
    return W_bar, U_bar, b_bar


def lorenz_arguments() -> tuple[np.ndarray, float, float, float, int]:
    return np.array([1.0, 2.0, 20.0]), 10.0, 28.0, 8.0 / 3.0, 1000


def recurrent_arguments() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(2)
    W = rng.standard_normal((8, 8)) / np.sqrt(8.0)
    U = 0.5 * rng.standard_normal((8, 4))
    return W, U, 0.1 * rng.standard_normal(8), rng.standard_normal((1000, 4)), rng.standard_normal(8)


PROGRAMS = [
    Program("Lorenz system, 1000 steps", "loop", lorenz, lorenz_hand, (0, 1, 2, 3), lorenz_arguments),
    Program("recurrent cell of 8, 1000 steps", "loop", recurrent, recurrent_hand, (0, 1, 2), recurrent_arguments),
]
