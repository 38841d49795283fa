"""Rules of functions made of pieces: relu and clamp as PyTorch has them, and the modulus of complex numbers."""

from __future__ import annotations

import numpy as np

from runtime.kernels import clamp, inside, lowered_to, modulus, raised_to, relu, still, toward
from runtime.primitives.registry import call, forward, inactive, partial, reverse, samples
from runtime.primitives.sampling import normal, unary_rows

inactive(inside, raised_to, lowered_to)


@partial(relu, wrt="x")
def relu_x(z, x):
    return np.greater(z, 0)


@partial(clamp, wrt="x")
def clamp_x(z, x, low=None, high=None):
    return inside(x, low, high)


@partial(clamp, wrt="low")
def clamp_low(z, x, low=None, high=None):
    return raised_to(x, low, high)


@partial(clamp, wrt="high")
def clamp_high(z, x, low=None, high=None):
    return lowered_to(x, low, high)


samples(relu, unary_rows())
samples(relu, lambda: [call(np.array([0.0, 1.0, -1.0]), note="edge: a kink")])
samples(
    clamp,
    lambda: [
        call(normal(2, 3), -0.5, 0.5),
        call(normal(2, 3), -0.5),
        call(normal(2, 3), None, 0.5),
        call(normal(2, 3), high=normal(3, seed=1)),
        call(normal(2, 3), normal(3, seed=1) - 1.0, normal(2, 1, seed=2) + 1.0),
        call(normal(3), 0.5, -0.5),
        call(normal(3, dtype=np.float32), -0.5, 0.5),
        call(0.3, -0.5, 0.1),
        call(normal(0, 3), 0.0, 1.0),
        call(np.array([0.5, 0.2]), -0.5, 0.5, wrt=("x",), note="edge: on the upper bound"),
    ],
)


# The derivative of a rounding is 0, and PyTorch's graph says so instead of ending.


@reverse(still, wrt="x")
def still_x(z_bar, z, value, x, y=0.0):
    return np.zeros_like(x)


@forward(still, wrt="x")
def still_x_forward(x_dot, z, value, x, y=0.0):
    return np.zeros_like(z)


@reverse(still, wrt="y")
def still_y(z_bar, z, value, x, y=0.0):
    return np.zeros_like(y)


@forward(still, wrt="y")
def still_y_forward(y_dot, z, value, x, y=0.0):
    return np.zeros_like(z)


samples(
    still,
    lambda: [
        call(np.floor(normal(3)), normal(3), wrt=("x",)),
        call(np.floor(normal(2, 3)), normal(3), normal(2, 1), wrt=("x", "y")),
    ],
)


# In the pairing Re(x_bar * x_dot).


@reverse(modulus, wrt="x")
def modulus_reverse(z_bar, z, x):
    return z_bar * toward(x, z)


@forward(modulus, wrt="x")
def modulus_forward(x_dot, z, x):
    return np.real(toward(x, z) * x_dot)


@reverse(toward, wrt="x")
def toward_x(z_bar, z, x, length):
    return np.conjugate(z_bar) * toward(np.ones_like(x), length)


@forward(toward, wrt="x")
def toward_x_forward(x_dot, z, x, length):
    return toward(x_dot, length)


@reverse(toward, wrt="length")
def toward_length(z_bar, z, x, length):
    return -np.real(z_bar * z * toward(np.ones_like(x), length))


@forward(toward, wrt="length")
def toward_length_forward(length_dot, z, x, length):
    return -z * length_dot * toward(np.ones_like(x), length)


samples(modulus, lambda: [call(normal(3) + 1j * normal(3, seed=1)), call(np.asarray(1j * normal(3), np.complex64))])
samples(modulus, lambda: [call(np.array([0.0, 3.0 + 4.0j]), note="edge: a cone at the origin"), call(1.0 + 2.0j)])
samples(toward, lambda: [call(normal(3) + 1j * normal(3, seed=1), np.abs(normal(3, seed=2)) + 0.5)])
