"""PyTorch on the CPU, one thread, double precision: each program with the operations of a PyTorch user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.peers.contender import Contender, version_of
from benchmarks.programs import logistic_regression, mlp, rosenbrock, scalar_loops, stencil, vector_loops
from benchmarks.programs.program import Program

torch.set_num_threads(1)


def mlp_loss(W1, b1, W2, b2, X, y):
    h = torch.tanh(X @ W1 + b1)
    return torch.nn.functional.mse_loss(h @ W2 + b2, y)


def logistic_regression_loss(w, b, X, y, penalty):
    margin = y * (X @ w + b)
    return torch.nn.functional.softplus(-margin).mean() + penalty * torch.sum(w * w)


def sliced(x):
    return torch.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def heat(u0, c, n):
    u = u0.clone()
    for _ in range(n):
        u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return torch.sum(u * u)


def pendulum(angle, speed, damping, n):
    step = 0.01
    for _ in range(n):
        acceleration = -damping * speed - 9.81 * torch.sin(angle)
        angle = angle + step * speed
        speed = speed + step * acceleration
    return angle * angle + speed * speed


def lorenz(state, sigma, rho, beta, n):
    for _ in range(n):
        x, y, z = state
        velocity = torch.stack([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        state = state + 0.005 * velocity
    return torch.sum(state * state)


def recurrent(W, U, b, inputs, target):
    h = torch.zeros_like(b)
    for x in inputs:
        h = torch.tanh(W @ h + U @ x + b)
    return torch.sum((h - target) ** 2)


WRITTEN: dict[Callable[..., Any], Callable[..., Any]] = {
    mlp.loss: mlp_loss,
    logistic_regression.loss: logistic_regression_loss,
    rosenbrock.sliced: sliced,
    rosenbrock.looped: rosenbrock.looped,
    stencil.heat: heat,
    scalar_loops.logistic_map: scalar_loops.logistic_map,
    scalar_loops.pendulum: pendulum,
    vector_loops.lorenz: lorenz,
    vector_loops.recurrent: recurrent,
}


def prepare(program: Program, arguments):
    """Arrays and floats become double-precision tensors; those asked for track gradients, ints stay ints."""
    tensors: list[Any] = [a if isinstance(a, int) else torch.tensor(np.asarray(a)) for a in arguments]
    for position in program.wrt:
        tensors[position].requires_grad_()
    return tuple(tensors)


def transform(program: Program):
    loss = WRITTEN[program.loss]

    def gradient(*arguments):
        gradients = torch.autograd.grad(loss(*arguments), [arguments[position] for position in program.wrt])
        return gradients if len(program.wrt) > 1 else gradients[0]

    return gradient


CONTENDER = Contender("torch", version_of("torch"), transform, prepare)
