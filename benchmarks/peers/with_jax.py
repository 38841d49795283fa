"""JAX on the CPU, double precision: `jit` of the gradient, loops as `lax.fori_loop` or `lax.scan`."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from benchmarks.peers.contender import Contender, version_of
from benchmarks.programs import catalogue, logistic_regression, mlp, rosenbrock, scalar_loops, stencil, vector_loops
from benchmarks.programs.program import Program

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_enable_async_dispatch", False)


def mlp_loss(W1, b1, W2, b2, X, y):
    h = jnp.tanh(X @ W1 + b1)
    return jnp.mean((h @ W2 + b2 - y) ** 2)


def logistic_regression_loss(w, b, X, y, penalty):
    margin = y * (X @ w + b)
    return jnp.mean(jnp.logaddexp(0.0, -margin)) + penalty * jnp.sum(w * w)


def sliced(x):
    return jnp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def looped(x):
    def step(i, total):
        return total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2

    return lax.fori_loop(0, len(x) - 1, step, 0.0)


def heat(u0, c, n):
    def step(_, u):
        return u.at[1:-1].add(c * (u[2:] - 2.0 * u[1:-1] + u[:-2]))

    u = lax.fori_loop(0, n, step, u0)
    return jnp.sum(u * u)


def logistic_map(r, x, n):
    def step(_, carry):
        x, total = carry
        x = r * x * (1.0 - x)
        return x, total + x * x

    return lax.fori_loop(0, n, step, (x, 0.0))[1] / n


def pendulum(angle, speed, damping, n):
    def step(_, carry):
        angle, speed = carry
        acceleration = -damping * speed - 9.81 * jnp.sin(angle)
        return angle + 0.01 * speed, speed + 0.01 * acceleration

    angle, speed = lax.fori_loop(0, n, step, (angle, speed))
    return angle * angle + speed * speed


def lorenz(state, sigma, rho, beta, n):
    def step(_, state):
        x, y, z = state
        return state + 0.005 * jnp.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])

    state = lax.fori_loop(0, n, step, state)
    return jnp.sum(state * state)


def recurrent(W, U, b, inputs, target):
    def step(h, x):
        return jnp.tanh(W @ h + U @ x + b), None

    h, _ = lax.scan(step, jnp.zeros_like(b), inputs)
    return jnp.sum((h - target) ** 2)


WRITTEN = {
    mlp.loss: mlp_loss,
    logistic_regression.loss: logistic_regression_loss,
    rosenbrock.sliced: sliced,
    rosenbrock.looped: looped,
    stencil.heat: heat,
    scalar_loops.logistic_map: logistic_map,
    scalar_loops.pendulum: pendulum,
    vector_loops.lorenz: lorenz,
    vector_loops.recurrent: recurrent,
}


def prepare(program: Program, arguments):
    """Arrays and floats become device arrays; ints stay ints, since a loop count must be known when compiling."""
    return tuple(a if isinstance(a, int) else jnp.asarray(a) for a in arguments)


def compiled_gradient(loss, program: Program):
    """`jit` of the gradient of `loss` in the arguments that `program` asks for; a call waits for its result."""
    counts = tuple(position for position, a in enumerate(program.arguments()) if isinstance(a, int))
    compiled = jax.jit(jax.grad(loss, argnums=program.asked), static_argnums=counts)

    def gradient(*arguments):
        return jax.block_until_ready(compiled(*arguments))

    return gradient


def transform(program: Program):
    return compiled_gradient(WRITTEN[program.loss], program)


LOOPS = (rosenbrock.looped, stencil.heat, *(p.loss for p in catalogue.PROGRAMS if p.group == "loop"))
NOTES = {p.name: "loop rewritten with `lax`, compiled" for p in catalogue.PROGRAMS if p.loss in LOOPS}
CONTENDER = Contender("jax", version_of("jax"), transform, prepare, NOTES)
