"""`np.copyto(u[0], e)` writes into the array that a list holds; it puts no new entry into the list."""

from __future__ import annotations

import numpy as np
import pytest

import sourcead

X, Y, P = np.array([1.0, 2.0, 0.5, 0.7]), np.array([0.4, 0.3, 1.2, -0.5]), 1.3


def copied_into_a_list(x, y, p):
    u = [y]
    np.copyto(u[0], 0.3)
    return y[0] * p


def copied_within_a_block(x, y, p):
    u = [y]
    with np.errstate():
        np.copyto(u[0], x * p)
    return y[0] * p


def copied_into_a_dict(x, y, p):
    u = {"k": y}
    if p > 0:
        np.copyto(u["k"], x)
    return np.sum(y * y) * p


def copied_into_a_row(x, y, p):
    m = np.outer(x, y)
    np.copyto(m[1], x * p)
    return np.sum(m * m)


def the_greatest(x, y, p):
    z = max([y], key=id)
    z.sort()
    return y[0] * p


def the_only_one(x, y, p):
    z = [y].pop()
    z[0] = 0.3
    return y[0] * p


def kept_by_an_object(x, y, p):
    u = x * p
    w = slice_of(u)
    for e in (v for v in w.held):
        u[0] += 0.1
    return w.held[0] * p + u[1]


class slice_of:
    def __init__(self, held):
        self.held = held


PROGRAMS = [
    copied_into_a_list, copied_within_a_block, copied_into_a_dict, copied_into_a_row, the_greatest, the_only_one,
]  # fmt: skip


@pytest.mark.parametrize("wrt", [(2,), (0, 2), (0, 1, 2)])
@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_the_array_is_written(f, wrt):
    steps = [np.array([0.3, -0.2, 0.7, 0.4]), np.array([0.1, 0.5, -0.3, 0.2]), 0.6]

    def moved(h):
        return [a + h * s if k in wrt else np.copy(a) for k, (a, s) in enumerate(zip((X, Y, P), steps))]

    h = 1e-6
    slope = (f(*moved(h)) - f(*moved(-h))) / (2 * h)
    y = Y.copy()
    try:
        bars = sourcead.grad(f, wrt)(X.copy(), y, P)
    except sourcead.SourceADError:
        # What no derivative is asked for may not be written under two names.
        bars = sourcead.grad(f, wrt, dynamic="always")(X.copy(), y, P)
    assert np.array_equal(y, Y)
    assert sum(np.sum(bar * steps[k]) for bar, k in zip(bars, wrt)) == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_an_object_that_keeps_what_it_is_made_of_shares_it():
    for dynamic in ("auto", "always"):
        try:
            found = sourcead.grad(kept_by_an_object, (2,), dynamic=dynamic)(X, Y, P)
        except sourcead.SourceADError:
            continue
        h = 1e-6
        slope = (kept_by_an_object(X, Y, P + h) - kept_by_an_object(X, Y, P - h)) / (2 * h)
        assert found == pytest.approx((slope,), rel=1e-6)
