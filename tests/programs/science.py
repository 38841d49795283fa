"""Programs of scientists, whole: solvers, estimators, simulations, as they are written for use."""

import functools
import itertools
from dataclasses import dataclass
from enum import Enum

import numpy as np
from catalogue import program


def drawn(*shape, seed=3):
    return np.random.default_rng(seed).normal(size=shape)


@program(lambda: (drawn(3, 3), drawn(3, 4, seed=4), [0, 2, 1, 3, 3]), wrt=(0, 1))
def hidden_markov_likelihood(transitions, emissions, observed):
    """The forward algorithm with scaling; rows are normalised from logits."""
    A = np.exp(transitions)
    A /= A.sum(axis=1, keepdims=True)
    B = np.exp(emissions) / np.exp(emissions).sum(1)[:, None]
    steps, n = len(observed), A.shape[0]
    alpha = np.zeros((steps, n))
    scale = np.zeros(steps)
    alpha[0] = B[:, observed[0]] / n
    scale[0] = alpha[0].sum()
    alpha[0] /= scale[0]
    for t in range(1, steps):
        for j in range(n):
            alpha[t, j] = alpha[t - 1].dot(A[:, j]) * B[j, observed[t]]
        scale[t] = alpha[t].sum()
        alpha[t] /= scale[t]
    return -np.log(scale).sum()


@program(lambda: (drawn(3, 4), 0.5), wrt=(0, 1))
def soft_time_warping(D, gamma):
    n, m = D.shape
    R = np.full((n + 1, m + 1), 1e3)
    R[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            z = np.array([R[i - 1, j], R[i, j - 1], R[i - 1, j - 1]])
            least = z.min()
            R[i, j] = D[i - 1, j - 1] + least - gamma * np.log(np.sum(np.exp(-(z - least) / gamma)))
    return R[n, m]


@program(lambda: (np.random.default_rng(4).uniform(0.0, 3.0, size=(5, 3)), 1.9))
def molecules_with_neighbour_lists(positions, cutoff):
    n = len(positions)
    near = [[] for _ in range(n)]
    for i in range(n):
        for j in range(i + 1, n):
            if np.linalg.norm(positions[i] - positions[j]) < cutoff:
                near[i].append(j)
    energy = 0.0
    forces = np.zeros_like(positions)
    for i, others in enumerate(near):
        for j in others:
            apart = positions[i] - positions[j]
            squared = (apart**2).sum()
            s6 = (1.0 / squared) ** 3
            energy += 4.0 * (s6**2 - s6)
            force = 24.0 * (2.0 * s6**2 - s6) / squared * apart
            forces[i] += force
            forces[j] -= force
    return 1e-2 * energy + 1e-4 * (forces**2).sum()


@program(lambda: (np.array([1.0, 0.2, 0.05, 1.1]), 7))
def option_by_simulation(p, seed):
    spot, volatility, rate, strike = p
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((50, 3))
    dt = 1.0 / 3.0
    price = np.full(50, spot)
    for k in range(3):
        price = price * np.exp((rate - 0.5 * volatility**2) * dt + volatility * np.sqrt(dt) * z[:, k])
    return np.exp(-rate) * np.maximum(price - strike, 0.0).mean()


@program(lambda: (np.array([0.5, 1.2]), drawn(6)), wrt=(0, 1))
def operator_without_a_matrix(c, b):
    def make_operator(a, d):
        def apply(v):
            out = (2.0 + a) * v
            out[1:] -= d * v[:-1]
            out[:-1] -= d * v[1:]
            return out

        return apply

    def solve(A, b, steps):
        x = np.zeros_like(b)
        r = b - A(x)
        p = r
        rs = r @ r
        for _ in range(steps):
            Ap = A(p)
            alpha = rs / (p @ Ap)
            x = x + alpha * p
            r = r - alpha * Ap
            new = r @ r
            p = r + new / rs * p
            rs = new
        return x

    return solve(make_operator(c[0] ** 2 + 1.0, c[1]), b, 4).sum()


@program(lambda: (np.array([1.0, -1.0, 0.5, 2.0]), np.array([0.3, 1.7, 2.9])), wrt=(0, 1))
def natural_spline(y, points):
    x = np.array([0.0, 1.0, 2.5, 3.0])
    n, h = len(x), np.diff(x)
    A, rhs = np.zeros((n, n)), np.zeros(n)
    A[0, 0] = A[-1, -1] = 1.0
    for i in range(1, n - 1):
        A[i, i - 1 : i + 2] = h[i - 1], 2.0 * (h[i - 1] + h[i]), h[i]
        rhs[i] = 6.0 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
    M = np.linalg.solve(A, rhs)
    total = 0.0
    for point in points:
        k = int(np.searchsorted(x, point)) - 1
        a, b = x[k + 1] - point, point - x[k]
        bent = (M[k] * a**3 + M[k + 1] * b**3) / (6.0 * h[k])
        total += bent + (y[k] / h[k] - M[k] * h[k] / 6.0) * a + (y[k + 1] / h[k] - M[k + 1] * h[k] / 6.0) * b
    return total


@program(lambda: (drawn(5), drawn(5, seed=4)))
def ranking_loss(scores, relevance):
    s = scores[np.argsort(-relevance)]
    loss = 0.0
    for i in range(len(s)):
        loss += np.log(np.sum(np.exp(s[i:]))) - s[i]
    ordered = np.sort(scores)
    return loss + np.quantile(scores, 0.3) ** 2 + ordered[-2] * ordered[0] + np.median(scores)


@program(lambda: (drawn(6), 0.4), wrt=(0, 1))
def burgers_equation(u0, viscosity):
    u = u0.copy()
    dx, dt = 1.0 / len(u), 0.002
    for _ in range(4):
        flux = 0.5 * u**2
        upwind = np.where(u > 0, flux, np.roll(flux, -1))
        curvature = np.roll(u, 1) - 2 * u + np.roll(u, -1)
        u = u - dt / dx * (upwind - np.roll(upwind, 1)) + viscosity * dt / dx**2 * curvature
    return (u**2).sum()


@program(lambda: (drawn(4, 4) + np.diag([0.0, 4.0, 3.0, 5.0]),))
def determinant_with_pivots(A):
    A = A.copy()
    n, sign = A.shape[0], 1.0
    for k in range(n):
        p = k + int(np.argmax(np.abs(A[k:, k])))
        if p != k:
            A[[k, p]] = A[[p, k]]
            sign = -sign
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            A[i, k + 1 :] -= A[i, k] * A[k, k + 1 :]
    return sign * np.prod(np.diag(A))


class Kind(Enum):
    SPRING = "spring"
    DAMPER = "damper"


@dataclass
class Element:
    kind: Kind
    coefficient: float
    nodes: tuple


@program(lambda: (np.array([1.0, 2.0, 0.5]), drawn(3)), wrt=(0, 1))
def network_of_elements(k, x):
    elements = [
        Element(Kind.SPRING, k[0], (0, 1)),
        Element(Kind.DAMPER, k[1], (1, 2)),
        Element(Kind.SPRING, k[2], (0, 2)),
    ]
    forces = np.zeros(3)
    energy = 0.0
    for element in elements:
        i, j = element.nodes
        d = x[j] - x[i]
        match element.kind:
            case Kind.SPRING:
                f = element.coefficient * d
                energy += 0.5 * element.coefficient * d * d
            case Kind.DAMPER:
                f = element.coefficient * np.tanh(d)
            case _:
                raise ValueError(element.kind)
        forces[i] += f
        forces[j] -= f
    return energy + forces @ forces


@program(lambda: (drawn(5), drawn(2, 5, seed=4)), wrt=(0, 1))
def quasi_newton_direction(gradient, S):
    Y = 1.5 * S + 0.1
    q = gradient.copy()
    rho = [1.0 / np.dot(y, s) for s, y in zip(S, Y)]
    alphas = []
    for s, y, r in reversed(list(zip(S, Y, rho))):
        alpha = r * np.dot(s, q)
        alphas.append(alpha)
        q -= alpha * y
    q *= np.dot(S[-1], Y[-1]) / np.dot(Y[-1], Y[-1])
    for s, y, r, alpha in zip(S, Y, rho, alphas[::-1]):
        q += s * (alpha - r * np.dot(y, q))
    return q @ gradient


@program(lambda: (drawn(4, 4),))
def best_path(E):
    """Viterbi: the best score, and the sum along the path that gives it."""
    steps, n = E.shape
    A = np.array([[0.1, 0.2, 0.3, 0.1]] * n)
    score = E[0].copy()
    came_from = np.zeros((steps, n), int)
    for t in range(1, steps):
        candidates = score[:, None] + A
        came_from[t] = candidates.argmax(0)
        score = candidates.max(0) + E[t]
    path = [int(score.argmax())]
    for t in range(steps - 1, 0, -1):
        path.append(int(came_from[t, path[-1]]))
    return score.max() + 0.1 * sum(E[t, s] for t, s in enumerate(path[::-1]))


@program(lambda: (drawn(6),))
def running_statistics(x):
    n, mean, squares, largest = 0, 0.0, 0.0, -np.inf
    variances = []
    for v in x:
        n += 1
        delta = v - mean
        mean += delta / n
        squares += delta * (v - mean)
        largest = max(largest, v)
        if n > 1:
            variances.append(squares / (n - 1))
    return mean**2 + variances[-1] + largest + np.median(variances)


@program(lambda: (drawn(3, 2), drawn(2, seed=4)), wrt=(0, 1))
def tree_on_a_stack(W, x):
    stack = [(0, x)]
    total = 0.0
    while stack:
        depth, v = stack.pop()
        if depth == 2:
            total += np.sum(v**2)
            continue
        stack.append((depth + 1, np.tanh(W[depth] * v)))
        stack.append((depth + 1, np.sin(v) + W[2]))
    return total


@program(lambda: (drawn(3, 2), drawn(3, 2, seed=4)), wrt=(0, 1))
def soft_edit_distance(a, b):
    @functools.lru_cache(None)
    def distance(i, j):
        if i == 0 or j == 0:
            return float(i + j)
        cost = np.sum((a[i - 1] - b[j - 1]) ** 2)
        ways = np.exp(-distance(i - 1, j) - 1), np.exp(-distance(i, j - 1) - 1), np.exp(-distance(i - 1, j - 1) - cost)
        return -np.log(sum(ways))

    return distance(3, 3)


@program(lambda: (np.random.default_rng(6).uniform(0.1, 0.9, (4, 4)),))
def neighbours_on_a_torus(grid):
    for _ in range(2):
        shifts = [(i, j) for i, j in itertools.product((-1, 0, 1), repeat=2) if (i, j) != (0, 0)]
        around = sum(np.roll(np.roll(grid, i, 0), j, 1) for i, j in shifts)
        grid = grid + 0.1 * (around / 8 - grid) * (grid > 0.2)
    return (grid**3).sum()


CONFIGURATION = {"model": {"activation": "tanh", "layers": [3, 4, 1]}, "decay": 0.01}
ACTIVATIONS = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0.0)}


@program(lambda: (0.4 * drawn(21), drawn(5, 3, seed=4)))
def layers_of_a_configuration(theta, X):
    """All weights in one vector; sizes and the activation are looked up."""
    k, h = 0, X
    sizes = CONFIGURATION["model"]["layers"]
    for rows, columns in zip(sizes[:-1], sizes[1:]):
        W = theta[k : k + rows * columns].reshape(rows, columns)
        k += rows * columns
        bias = theta[k : k + columns]
        k += columns
        h = h @ W + bias
        if columns != sizes[-1]:
            h = ACTIVATIONS[CONFIGURATION["model"]["activation"]](h)
    return np.mean(h**2) + CONFIGURATION["decay"] * np.sum(theta**2)
