"""Models that are fitted: clusters, hidden states, networks, time series, optimisers unrolled."""

import numpy as np
from catalogue import program


@program(
    lambda: (
        np.array([[0.0, 0.1], [0.2, -0.1], [1.0, 1.1], [0.9, 0.8], [0.5, 0.4]]),
        np.array([[0.1, 0.0], [0.8, 0.9]]),
    ),
    wrt=(0, 1),
)
def soft_k_means(points, centres):
    for _ in range(3):
        distance = np.sum((points[:, None, :] - centres[None, :, :]) ** 2, axis=2)
        weight = np.exp(-4.0 * distance)
        weight = weight / weight.sum(axis=1, keepdims=True)
        centres = (weight.T @ points) / weight.sum(axis=0)[:, None]
    return np.sum(centres[0] * centres[1])


@program(
    lambda: (
        np.array([[0.2, -0.1], [0.4, 0.3]]),
        np.array([[0.1, 0.5, -0.2], [0.3, -0.4, 0.2]]),
        [0, 2, 1, 1, 0],
    ),
    wrt=(0, 1),
)
def hidden_markov_forward(transition, emission, observed):
    T = np.exp(transition)
    T = T / T.sum(axis=1, keepdims=True)
    E = np.exp(emission)
    E = E / E.sum(axis=1, keepdims=True)
    alpha = 0.5 * E[:, observed[0]]
    loglik = 0.0
    for o in observed[1:]:
        s = np.sum(alpha)
        loglik += np.log(s)
        alpha = (alpha / s) @ T * E[:, o]
    return loglik + np.log(np.sum(alpha))


def network(hidden=3, inputs=2):
    rng = np.random.default_rng(5)
    return {
        "Wx": 0.5 * rng.standard_normal((hidden, inputs)),
        "Wh": 0.5 * rng.standard_normal((hidden, hidden)),
        "b": np.zeros(hidden),
        "out": rng.standard_normal(hidden),
    }


@program(lambda: (network(), np.linspace(-1.0, 1.0, 8).reshape(4, 2), np.linspace(0.0, 1.0, 4)))
def recurrent_network(params, xs, targets):
    h = np.zeros(params["b"].shape)
    loss = 0.0
    for x, target in zip(xs, targets):
        h = np.tanh(params["Wx"] @ x + params["Wh"] @ h + params["b"])
        loss += (params["out"] @ h - target) ** 2
    return loss / len(xs)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


@program(
    lambda: (
        np.random.default_rng(6).standard_normal((8, 4)) * 0.4,
        np.zeros(8),
        np.linspace(-1.0, 1.0, 8).reshape(4, 2),
    ),
    wrt=(0, 1, 2),
)
def long_short_term_memory(W, b, xs):
    n = 2
    h = np.zeros(n)
    c = np.zeros(n)
    outputs = []
    for x in xs:
        z = W @ np.concatenate([x, h]) + b
        i, f, o, g = sigmoid(z[:n]), sigmoid(z[n : 2 * n]), sigmoid(z[2 * n : 3 * n]), np.tanh(z[3 * n :])
        c = f * c + i * g
        h = o * np.tanh(c)
        outputs.append(h)
    return np.mean(np.stack(outputs) ** 2)


@program(lambda: (np.linspace(-1.0, 1.0, 25).reshape(5, 5), np.linspace(0.1, 0.9, 9).reshape(3, 3)), wrt=(0, 1))
def convolution_by_loops(image, kernel):
    h, w = kernel.shape
    rows = image.shape[0] - h + 1
    columns = image.shape[1] - w + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = np.sum(image[i : i + h, j : j + w] * kernel)
    out = np.maximum(out, 0.05)
    return np.sum(out**2)


@program(lambda: (np.array([1.0, 2.0, 1.5]), 0.3), wrt=(0, 1))
def gradient_descent_unrolled(target, rate):
    x = np.zeros(3)
    m = np.zeros(3)
    for k in range(6):
        g = 2.0 * (x - target) * np.array([1.0, 0.5, 2.0])
        m = 0.9 * m + g
        x = x - rate * 0.2 * m
    return np.sum((x - target) ** 2)


@program(lambda: (np.array([0.2, 0.9, 0.4, 0.6]), 0.3), wrt=(0, 1))
def exponential_smoothing(y, alpha):
    level = y[0]
    error = 0.0
    for v in y[1:]:
        e = v - level
        error += e * e
        level += alpha * e
    return error


@program(lambda: (0.3, 0.5, np.array([0.1, -0.3, 0.2, 0.05])), wrt=(0, 1, 2))
def garch_likelihood(a, b, returns):
    variance = 0.05
    total = 0.0
    for r in returns:
        total += np.log(variance) + r * r / variance
        variance = 0.01 + a * r * r + b * variance
    return 0.5 * total


@program(lambda: (np.linspace(-0.5, 0.5, 12).reshape(4, 3), 2), note="single-head attention with a causal mask")
def attention(x, heads):
    n, d = x.shape
    scores = x @ x.T / np.sqrt(d)
    mask = np.tril(np.ones((n, n))) == 1.0
    scores = np.where(mask, scores, -1e9)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return np.sum((weights @ x) ** 2) * heads
