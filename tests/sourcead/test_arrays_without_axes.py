"""Arrays without axes, as `np.where` of numbers gives, changed in place: their cotangents and tangents are arrays too.

The sum or product of two such arrays is a number in NumPy, which cannot be changed in place.
"""

from __future__ import annotations

import numpy as np
import pytest

import sourcead


def stored(x):
    y = np.where(True, x, 0.0)
    y[...] = 2 * x * x
    return y * x


def another_name(x):
    y = np.where(x > 0, x, x)
    z = y
    z += x * x
    return y * x


def out(x):
    y = np.where(x > 0, x, x)
    np.multiply(y, x, out=y)
    return y * x


def filled(x):
    y = np.where(x > 0, x, x)
    y.fill(x * x)
    return y * x


def in_a_list(x):
    y = np.where(x > 0, x, x)
    kept = [y]
    kept[0][()] = x * x
    return y * x


def added_at(x):
    y = np.where(x > 0, x, x)
    np.add.at(y, (), x * x)
    return y * x


def added(x):
    y = np.where(x > 0, x, x)
    y[...] += x * x
    return y * x


def copied_into(x):
    y = np.where(x > 0, x, x)
    np.copyto(y, x * x)
    return y * x


def made_of_one(x):
    y = np.array(x)
    y[...] = x * x
    z = y
    z *= 3
    return y * x


def seen_through_a_view(x):
    y = np.where(x > 0, x, x)
    z = np.reshape(y, (1,))
    z[0] = x * x
    return y * x


def in_a_loop(x):
    y = np.where(x > 0, x, x)
    for _ in range(2):
        z = y
        z *= x
    return y * x


def changed_and_chosen_again(x):
    b = x
    b += b
    p = b
    for _ in range(2):
        p = np.where(x > 0, p, p)
    return p * x


def of_a_region(x):
    y = np.array([x, 2 * x])
    try:
        y = y
        w = y * 1.0
    except ValueError:
        pass
    pair = (w, y)
    np.multiply(pair[0], y, out=pair[0])
    return np.sum(pair[0])


def of_a_loop_on_the_graph(x):
    a, b = np.array([x, 2 * x]), np.array([x, x])
    b[:] -= 0.5
    for _ in handed(b):
        b = b
        a = a
    np.multiply(a, b, out=a)
    return np.sum(a)


def handed(b):
    yield b


PROGRAMS = [
    stored, another_name, out, filled, in_a_list, added_at, added, copied_into, made_of_one, seen_through_a_view,
    in_a_loop, changed_and_chosen_again, of_a_region, of_a_loop_on_the_graph,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_every_mode(f):
    x, h = 1.5, 1e-4
    first = (f(x + h) - f(x - h)) / (2 * h)
    second = (f(x + h) - 2 * f(x) + f(x - h)) / h**2
    gradient = sourcead.grad(f)
    np.testing.assert_allclose(gradient(x), first, rtol=1e-6)
    np.testing.assert_allclose(sourcead.grad(f, dynamic="always")(x), first, rtol=1e-6)
    np.testing.assert_allclose(sourcead.jvp(f, (x,), (1.0,))[1], first, rtol=1e-6)
    np.testing.assert_allclose(sourcead.grad(gradient)(x), second, rtol=1e-5)
    np.testing.assert_allclose(sourcead.jvp(gradient, (x,), (1.0,))[1], second, rtol=1e-5)
