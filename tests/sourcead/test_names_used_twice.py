"""Names of counters and of lambdas' parameters that stand for something else elsewhere; lists that are joined."""

from __future__ import annotations

import numpy as np
import pytest

import sourcead

W = np.array([1.0, 2.0, 3.0])


def counter_then_array(m, p):
    for k in range(4):
        pass
    k = m
    k *= p
    return np.sum(m)


def counter_given_away_inside(m, p):
    for k in range(2):
        w = k
        k = m
        k *= p
    return np.sum(m) * w


def counted_by_enumerate(m, p):
    for k, e in enumerate(m):
        pass
    k = m
    k *= p
    return np.sum(m) * e


def counter_then_places(m, p):
    for k in range(2):
        m[k] *= 2.0
    k = [0, 0, 1]
    y = m[k][1]
    z = m[k]
    z[0] = y * 3.0
    return np.sum(z * W) * np.sum(m) * p


def passed_on(a, b):
    z = [3.0, 2.0]
    t = [(lambda a: a * 3.0)(e) for e in z]
    u = sum(map(lambda b, a=2.0: a + b, z))
    return t[1] * a + b * u


def parameter_of_a_lambda(m, p):
    m = m * 1.0
    m += passed_on(m, 0.7)
    return np.sum(m * m) * p


def _joined(a):
    z = [a] + [1.0]
    z[0][1] = 0.5


def _repeated(a):
    for e in (a,) * 2:
        e[1] = 0.5


def _of_names(a):
    z, y = [a], [1.0]
    w = z + y
    w[0][1] = 0.5


def by_joining(m, p):
    _joined(m)
    return p * m[1]


def by_repeating(m, p):
    _repeated(m)
    return p * m[1]


def by_names(m, p):
    _of_names(m)
    return p * m[1]


M, P = np.array([0.5, 0.3]), 1.7
CHANGED = [counter_then_array, counter_given_away_inside, counted_by_enumerate]
KEPT = [counter_then_places, parameter_of_a_lambda, by_joining, by_names]


def _slopes(f):
    steps = 1e-6 * np.eye(3)
    return [(f(M + e[:2], P + e[2]) - f(M - e[:2], P - e[2])) / 2e-6 for e in steps]


@pytest.mark.parametrize("f", [*CHANGED, *KEPT], ids=lambda f: f.__name__)
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_by_all_arguments(f, dynamic):
    m = M.copy()
    value, (m_bar, p_bar) = sourcead.value_and_grad(f, (0, 1), dynamic=dynamic)(m, P)
    assert value == pytest.approx(f(M.copy(), P))
    np.testing.assert_allclose([*m_bar, p_bar], _slopes(f), rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal(m, M)


@pytest.mark.parametrize("f", [*KEPT, by_repeating], ids=lambda f: f.__name__)
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_where_the_array_carries_no_derivative(f, dynamic):
    m = M.copy()
    value, bar = sourcead.value_and_grad(f, 1, dynamic=dynamic)(m, P)
    assert value == pytest.approx(f(M.copy(), P))
    assert bar == pytest.approx(_slopes(f)[2])
    np.testing.assert_array_equal(m, M)
