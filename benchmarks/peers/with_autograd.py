"""HIPS autograd: the same source with `autograd.numpy` for NumPy, rewritten where it writes into arrays."""

from __future__ import annotations

import types

import autograd
import autograd.numpy as anp

from benchmarks.peers.contender import Contender, as_given, version_of
from benchmarks.programs import catalogue, element_loops, stencil
from benchmarks.programs.program import Program


def heat(u0, c, n):
    u = u0
    for _ in range(n):
        u = anp.concatenate([u[:1], u[1:-1] + c * (u[2:] - 2.0 * u[1:-1] + u[:-2]), u[-1:]])
    return anp.sum(u * u)


def fill(x):
    y = []
    for i in range(len(x)):
        y.append(x[i] * x[i])
    return anp.sum(anp.array(y))


def recurrence(x):
    y = [x[0]]
    for i in range(1, len(x)):
        y.append(0.5 * y[i - 1] * y[i - 1] + x[i])
    return anp.sum(anp.array(y))


REWRITTEN = {stencil.heat: heat, element_loops.fill: fill, element_loops.recurrence: recurrence}


def over_autograd_numpy(loss):
    """The same function, its names `np` and `math` meaning `autograd.numpy`."""
    return types.FunctionType(loss.__code__, {**loss.__globals__, "np": anp, "math": anp}, loss.__name__)


def transform(program: Program):
    loss = REWRITTEN.get(program.loss) or over_autograd_numpy(program.loss)
    return autograd.grad(loss, program.asked)


REFUSED = "rewritten without writing into arrays, which autograd refuses"
NOTES = {p.name: REFUSED for p in (*catalogue.PROGRAMS, *element_loops.programs(1)) if p.loss in REWRITTEN}
CONTENDER = Contender("autograd", version_of("autograd"), transform, as_given, NOTES)
