"""Straight-line code: arithmetic, NumPy calls, broadcasting, names used again."""

import numpy as np
from catalogue import program

GRAVITY = 9.81


def points(n=5, lo=0.2, hi=1.4):
    return np.linspace(lo, hi, n)


@program(lambda: (1.3,), lambda: (-0.4,), lambda: (np.float64(0.7),))
def polynomial(x):
    return 3.0 * x**3 - 2.0 * x**2 + x - 7.0


@program(lambda: (0.8, 1.7), wrt=(0, 1))
def quotient(a, b):
    return (a * b - 1.0) / (a + b)


@program(lambda: (2.5,))
def identity(x):
    return x


@program(lambda: (points(),), scalar=False)
def identity_array(x):
    return x


@program(lambda: (2.5,), lambda: (points(),))
def constant_result(x):
    return 4.0


@program(lambda: (points(), 3.0), wrt=(0, 1), note="the gradient of the unused argument is zero")
def unused_argument(x, y):
    return np.sum(x * x)


@program(lambda: (points(3), points(3) + 1.0), wrt=1, note="asked only for the second argument")
def second_argument(a, b):
    return np.dot(a, np.log(b))


@program(lambda: (points(), 0.3), wrt=("scale", "x"), note="wrt by name, out of order")
def by_name(x, scale):
    return np.sum(np.exp(-scale * x))


@program(lambda: (0.9,))
def reused_name(x):
    x = x * x
    x = np.sin(x) + x
    x = x * x
    return x


@program(lambda: (0.9, 0.4), wrt=(0, 1))
def swapped(a, b):
    a, b = b, a + b
    a, b = b, a * b
    return a - 2.0 * b


@program(lambda: (0.9, 0.4, -1.2), wrt=(0, 1, 2))
def rotated(a, b, c):
    a, b, c = b, c, a * b
    a, b, c = b, c, a * b
    return a * 1.0 + b * 2.0 + c * 3.0


@program(lambda: (1.2,))
def chained_assignment(x):
    a = b = x * x
    a = a + 1.0
    return a * b


@program(lambda: (0.5,))
def same_argument_twice(x):
    y = x * x
    return y * y + y / y


@program(lambda: (points(4), np.array(0.7)), wrt=(0, 1))
def zero_dimensional(x, s):
    return np.sum(s * x) + s * s


@program(lambda: (np.array(0.3),))
def zero_dimensional_alone(x):
    return np.exp(x) * x


@program(
    lambda: (np.ones((3, 1)) * 0.5, np.linspace(0.1, 0.9, 4)),
    lambda: (np.linspace(0.1, 0.9, 3).reshape(3, 1), np.linspace(0.1, 2.0, 12).reshape(3, 4)),
    lambda: (0.4, np.linspace(0.1, 2.0, 12).reshape(3, 4)),
    lambda: (np.linspace(0.1, 0.9, 4), 0.6),
    wrt=(0, 1),
)
def broadcasting(a, b):
    return np.sum(np.tanh(a * b + a) - b / (1.0 + a * a))


@program(
    lambda: (np.linspace(0.1, 1.2, 6).reshape(2, 3), np.linspace(-1.0, 1.0, 2)),
    scalar=False,
    wrt=(0, 1),
)
def broadcast_result(a, b):
    return a * b[:, None] + 1.0


@program(lambda: (np.zeros((0, 3)),), lambda: (np.zeros(0),))
def zero_size(x):
    return np.sum(np.exp(x)) + 1.0


@program(lambda: (points(6).astype(np.float32), np.float32(0.5)), wrt=(0, 1), note="float32 stays float32")
def single_precision(x, s):
    return np.sum(np.sin(s * x) * 2.0 + x / 3)


@program(lambda: (points(),))
def module_constant(x):
    return np.sum(GRAVITY * x * x / 2.0)


@program(lambda: (points(),))
def numpy_constant(x):
    return np.sum(np.cos(np.pi * x) * np.e)


@program(
    lambda: (np.linspace(0.1, 1.2, 6).reshape(2, 3), np.linspace(-1.0, 1.0, 3), np.array([0.3, 0.9])),
    wrt=(0, 1),
)
def linear_layer(w, x, y):
    return np.mean((np.tanh(w @ x) - y) ** 2)


@program(
    lambda: (
        np.linspace(-0.6, 0.7, 12).reshape(4, 3),
        np.linspace(-0.1, 0.2, 3),
        np.linspace(0.9, -0.5, 6).reshape(3, 2),
        np.array([0.1, -0.1]),
        np.linspace(-1.0, 1.0, 20).reshape(5, 4),
        np.linspace(0.0, 1.0, 10).reshape(5, 2),
    ),
    wrt=(0, 1, 2, 3),
)
def perceptron(W1, b1, W2, b2, X, y):
    h = np.tanh(X @ W1 + b1)
    o = h @ W2 + b2
    return np.mean((o - y) ** 2)


@program(lambda: (np.linspace(-1.0, 2.0, 8).reshape(4, 2), np.array([0, 1, 1, 0])))
def softmax_cross_entropy(scores, labels):
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    logp = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(labels)), labels])


@program(lambda: (points(7),))
def standardised_skewness(x):
    z = (x - np.mean(x)) / np.std(x)
    return np.mean(z**3) + np.var(x)


@program(lambda: (points(4) + 0.3, np.linspace(0.5, 2.0, 4)), wrt=(0, 1))
def powers(x, p):
    return np.sum(x**p + x**2 + 2.0**x + x**-1.5 + x**0.5)


@program(lambda: (5.3, 2.0), lambda: (-5.3, 2.0), wrt=(0, 1))
def floor_and_remainder(a, b):
    return a % b + (a // b) * a * 0.1


@program(lambda: (points(4),))
def unary(x):
    return np.sum(-x + (+x) * 2.0 - (-(x * x)))


@program(lambda: (np.array([-0.7, 0.4, 1.5]),))
def absolute(x):
    return np.sum(abs(x) * x) + np.sum(np.abs(x))


@program(lambda: (np.linspace(0.4, 1.5, 9).reshape(3, 3) + 2.0 * np.eye(3), np.array([1.0, -1.0, 0.5])), wrt=(0, 1))
def solve_and_determinant(a, b):
    sign, logdet = np.linalg.slogdet(a)
    return np.sum(np.linalg.solve(a, b) ** 2) + logdet + np.sum(np.linalg.inv(a)) * 0.1


@program(lambda: (np.linspace(0.4, 1.5, 9).reshape(3, 3), np.array([1.0, -1.0, 0.5])), wrt=(0, 1))
def quadratic_form(a, x):
    return x @ a @ x + np.trace(a) * np.linalg.norm(x)


@program(lambda: (np.linspace(0.4, 1.5, 6).reshape(2, 3), np.linspace(-0.4, 1.1, 12).reshape(3, 4)), wrt=(0, 1))
def einsum_contraction(a, b):
    return np.sum(np.einsum("ij,jk->ik", a, b) ** 2) + np.einsum("ij,ij->", a, a)


@program(lambda: (points(4), points(3)), wrt=(0, 1))
def joined(a, b):
    c = np.concatenate([a, b, a])
    d = np.stack([a, a * a])
    return np.sum(c**2) + np.sum(d[0] * d[1]) + np.sum(np.hstack((b, b * a[0])) ** 3)


@program(lambda: (np.array([0.3, -1.2, 2.0, 0.9]),))
def sorted_weights(x):
    return np.sum(np.sort(x) * np.arange(4.0)) + np.max(x) * np.min(x)


@program(lambda: (np.linspace(0.1, 0.9, 5),), scalar=False)
def cumulative(x):
    return np.cumsum(x * x) / np.arange(1.0, 6.0)


@program(lambda: (points(5),))
def integer_detour(x):
    k = np.argmax(x)
    n = len(x) + x.size + x.ndim + x.shape[0]
    return x[k] * n


@program(lambda: (points(4),), note="a value computed and never used")
def dead_code(x):
    y = np.exp(x)
    z = y * 3.0
    z = x * 2.0
    return np.sum(z)


@program(lambda: (0.37,), note="the derivative goes through a Python int times a float")
def integer_factors(x):
    n = 3
    return n * x + x / n + n**x + x**n
