"""Binary logistic regression with labels -1 and 1 and a quadratic penalty: 1000 rows, 20 columns."""

from __future__ import annotations

import numpy as np

from benchmarks.programs.program import Program


def loss(w, b, X, y, penalty):
    margin = y * (X @ w + b)
    return np.mean(np.logaddexp(0.0, -margin)) + penalty * np.sum(w * w)


def hand(w, b, X, y, penalty):
    margin = y * (X @ w + b)
    value = np.logaddexp(0.0, -margin)
    # return np.mean(np.logaddexp(0.0, -margin)) + penalty * np.sum(w * w)
    margin_bar = np.exp(-margin - value) * (-1.0 / value.size)
    w_bar = (2.0 * penalty) * w
    # margin = y * (X @ w + b)
    s_bar = y * margin_bar
    w_bar += X.T @ s_bar
    b_bar = np.sum(s_bar)
    return w_bar, b_bar


def textbook(w, b, X, y, penalty):
    s_bar = -y / ((1.0 + np.exp(y * (X @ w + b))) * y.size)
    return X.T @ s_bar + 2.0 * penalty * w, np.sum(s_bar)


def arguments() -> tuple[np.ndarray, float, np.ndarray, np.ndarray, float]:
    rng = np.random.default_rng(1)
    X = rng.standard_normal((1000, 20))
    y = np.where(X @ rng.standard_normal(20) + rng.standard_normal(1000) > 0.0, 1.0, -1.0)
    return 0.1 * rng.standard_normal(20), 0.2, X, y, 1e-2


PROGRAMS = [Program("logistic regression 1000x20", "array", loss, hand, (0, 1), arguments, textbook)]
