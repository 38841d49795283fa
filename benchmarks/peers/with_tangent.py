"""Tangent (`tangent-ad`): the same source, rewritten where it has no gradient for a spelling."""

from __future__ import annotations

import numpy as np
import tangent

from benchmarks.peers.contender import Contender, as_given, version_of
from benchmarks.programs import catalogue, scalar_loops, stencil, vector_loops
from benchmarks.programs.program import Program


def heat(u0, c, n):
    u = u0 * 1.0
    for _ in range(n):
        u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


def pendulum(angle, speed, damping, n):
    step = 0.01
    for _ in range(n):
        acceleration = -damping * speed - 9.81 * np.sin(angle)
        angle = angle + step * speed
        speed = speed + step * acceleration
    return angle * angle + speed * speed


def recurrent(W, U, b, inputs, target):
    h = np.zeros_like(b)
    for x in inputs:
        h = np.tanh(np.dot(W, h) + np.dot(U, x) + b)
    return np.sum((h - target) ** 2)


REWRITTEN = {
    stencil.heat: (heat, "`u0 * 1.0` for `u0.copy()`, for which it has no gradient"),
    scalar_loops.pendulum: (pendulum, "`np.sin` for `math.sin`"),
    vector_loops.recurrent: (recurrent, "`np.zeros_like(b)` for `np.zeros(b.shape)`, `np.dot` for `@`"),
}


def transform(program: Program):
    loss, _ = REWRITTEN.get(program.loss, (program.loss, ""))
    return tangent.grad(loss, wrt=program.wrt)


NOTES = {p.name: REWRITTEN[p.loss][1] for p in catalogue.PROGRAMS if p.loss in REWRITTEN}
CONTENDER = Contender("tangent", version_of("tangent-ad"), transform, as_given, NOTES)
