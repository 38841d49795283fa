"""Mean squared error of a network with one hidden layer, at three sizes."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.programs.program import Program


def loss(W1, b1, W2, b2, X, y):
    h = np.tanh(X @ W1 + b1)
    o = h @ W2 + b2
    return np.mean((o - y) ** 2)


def hand(W1, b1, W2, b2, X, y):
    h = np.tanh(X @ W1 + b1)
    o = h @ W2 + b2
    # return np.mean((o - y) ** 2)
    o_bar = 2.0 * (o - y) / o.size
    # o = h @ W2 + b2
    h_bar = o_bar @ W2.T
    W2_bar = h.T @ o_bar
    b2_bar = o_bar.sum(axis=0)
    # h = np.tanh(X @ W1 + b1)
    a_bar = h_bar * (1.0 - h * h)
    W1_bar = X.T @ a_bar
    b1_bar = a_bar.sum(axis=0)
    return W1_bar, b1_bar, W2_bar, b2_bar


def arguments(batch: int, inputs: int, hidden: int, outputs: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    W1 = rng.standard_normal((inputs, hidden)) / np.sqrt(inputs)
    W2 = rng.standard_normal((hidden, outputs)) / np.sqrt(hidden)
    b1 = 0.1 * rng.standard_normal(hidden)
    b2 = 0.1 * rng.standard_normal(outputs)
    return W1, b1, W2, b2, rng.standard_normal((batch, inputs)), rng.standard_normal((batch, outputs))


def _program(*sizes: int) -> Program:
    batch, inputs, hidden, outputs = sizes
    name = f"MLP {inputs}-{hidden}-{outputs}, batch {batch}"
    return Program(name, "array", loss, hand, (0, 1, 2, 3), partial(arguments, *sizes))


PROGRAMS = [_program(32, 8, 16, 1), _program(128, 64, 128, 10), _program(512, 256, 512, 10)]
