"""A parameter of a function defined inside has a value from the start, as one of a function of the module has."""

from __future__ import annotations

import numpy as np
import pytest

import sourcead
from sourcead.errors import SourceADError


def rebound_in_a_region(x, y, p):
    def chosen(v, x):
        try:
            pass
        except ZeroDivisionError:
            v = x
        return v

    return np.sum(chosen(y, x)) * p


def changed_after_a_region(x, y, p):
    def chosen(v, x):
        try:
            pass
        except ZeroDivisionError:
            v = x
        return v

    v = y * 1.0
    u = chosen(v, x)
    u[...] = np.multiply(u, y)
    return np.sum(v) * p


def rebound_in_a_loop(x, y, p):
    def chosen(v, x):
        for k in range(2):
            try:
                v = v * x[k]
            except ZeroDivisionError:
                v = x
        return v

    return np.sum(chosen(y, x)) * p


def changed_in_a_region(x, y, p):
    def filled(v, x):
        try:
            v[0] = x[1]
        except ZeroDivisionError:
            v[0] = x[0]
        return x[0] * p

    u = y * p
    w = u
    return filled(u, x) * np.sum(w)


def changed_by_a_call(x, y, p):
    def filled(v, k):
        np.put(v, [0], 0.3)
        return k

    u = np.arange(3.0)
    w = u
    k = filled(u, p)
    return np.sum(w * x) * k


def grown(x, y, p):
    def kept(v, e):
        try:
            v.append(e)
        except ZeroDivisionError:
            v.clear()
        return len(v)

    v = [x]
    w = v
    n = kept(v, y)
    return np.sum(w[-1] * w[0]) * n * p


PROGRAMS = [
    rebound_in_a_region, changed_after_a_region, rebound_in_a_loop, changed_in_a_region, changed_by_a_call, grown,
]  # fmt: skip
X, Y, P = np.array([0.7, -0.4, 1.1]), np.array([1.0, 2.0, 3.0]), 1.3
STEPS = np.array([0.3, -0.2, 0.7]), np.array([0.1, 0.5, -0.3]), 0.6


@pytest.mark.parametrize("wrt", [(0, 1), (2,), (0, 1, 2)])
@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_it_is_right_or_refused(f, wrt):
    def moved(h):
        return [a + h * s if k in wrt else np.copy(a) for k, (a, s) in enumerate(zip((X, Y, P), STEPS))]

    h = 1e-6
    slope = (f(*moved(h)) - f(*moved(-h))) / (2 * h)
    right = 0
    for dynamic in ("auto", "always"):
        try:
            bars = sourcead.grad(f, wrt, dynamic=dynamic)(X.copy(), Y.copy(), P)
        except SourceADError:
            continue
        assert sum(np.sum(bar * STEPS[k]) for bar, k in zip(bars, wrt)) == pytest.approx(slope, rel=1e-6, abs=1e-9)
        right += 1
    assert right
