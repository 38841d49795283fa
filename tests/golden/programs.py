"""The programs whose derivatives are kept as golden files, written as users write."""

import numpy as np

import sourcead


def mlp_loss(W1, b1, W2, b2, X, y):
    h = np.tanh(X @ W1 + b1)
    o = h @ W2 + b2
    return np.mean((o - y) ** 2)


def root(a):
    x = a
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


def energy(u0, c, n):
    u = u0.copy()
    for t in range(n):
        u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


def length(p):
    n = len(p)
    seg = np.zeros(n - 1)
    for i in range(n - 1):
        seg[i] = np.sqrt(np.sum((p[i + 1] - p[i]) ** 2))
    return seg.sum()


def huber(r, delta):
    if abs(r) <= delta:
        return 0.5 * r * r
    return delta * (abs(r) - 0.5 * delta)


def fit(theta, x, y, delta):
    total = 0.0
    for i in range(len(x)):
        total += huber(y[i] - theta[0] - theta[1] * x[i], delta)
    return total


@sourcead.dynamic
def settle(y):
    try:
        if np.min(y) < 0.1:
            raise ArithmeticError("too small to settle")
        return np.sqrt(y)
    except ArithmeticError:
        return 2.0 * y


def settled(x):
    y = np.exp(x)
    z = settle(y)
    return np.sum(z * z)


def logistic_loss(w, b, X, y, l2):
    z = X @ w + b
    losses = np.logaddexp(0.0, z) - y * z
    return np.mean(losses) + 0.5 * l2 * np.sum(w**2)


def rnn_loss(Wx, Wh, b, xs, target):
    h = np.zeros(len(b))
    loss = 0.0
    for x, t in zip(xs, target):
        h = np.tanh(Wx @ x + Wh @ h + b)
        loss += np.sum((h - t) ** 2)
    return loss / len(xs)


def first_passage(x, rates, level):
    for r in rates:
        x = x + r * np.sin(x)
        if x > level:
            return x * x
    return x


def smoothness(p, dt):
    steps = []
    q = p
    for _ in range(4):
        q = q + dt * np.cos(q)
        steps.append(q)
    return sum(np.sum((b - a) ** 2) for a, b in zip(steps[:-1], steps[1:]))


def ridge(params, X, y):
    pred = X @ params["w"] + params["b"]
    return np.mean((pred - y) ** 2) + 0.1 * np.sum(params["w"] ** 2)


def gaussian_nll(mu, log_sigma, data):
    z = (data - mu) / np.exp(log_sigma)
    return np.sum(0.5 * z**2 + log_sigma)


def softmax(x, temperature):
    e = np.exp((x - np.max(x)) / temperature)
    return e / np.sum(e)


def pendulum(theta, omega, n):
    for _ in range(n):
        omega = omega - 0.05 * np.sin(theta)
        theta = theta + 0.05 * omega
    return theta
