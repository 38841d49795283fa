"""JAX on the loop as it stands: tracing unrolls it, and the compiler gets every step. Only its start is measured."""

from __future__ import annotations

import types

import jax.numpy as jnp

from benchmarks.peers.contender import Contender, version_of
from benchmarks.peers.with_jax import compiled_gradient, prepare
from benchmarks.programs.program import Program


def over_jax_numpy(loss):
    """The same function, its names `np` and `math` meaning `jax.numpy`."""
    return types.FunctionType(loss.__code__, {**loss.__globals__, "np": jnp, "math": jnp}, loss.__name__)


def transform(program: Program):
    return compiled_gradient(over_jax_numpy(program.loss), program)


CONTENDER = Contender("jax, plain loop", version_of("jax"), transform, prepare)
