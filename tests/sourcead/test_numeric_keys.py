"""Dicts whose keys are numbers: years, tenors, levels. The keys enter the arithmetic and carry no derivative."""

import numpy as np
import oracle
import pytest

import sourcead


def weighted(d):
    return sum(k * v for k, v in d.items())


def over_the_dict(d):
    total = 0.0
    for k in d:
        total += k * d[k] ** 2
    return total


def by_keys(d):
    return sum(k * d[k] for k in d.keys())


def sorted_keys(d):
    return sum(k * d[k] for k in sorted(d))


def list_of_keys(d):
    return np.sum(np.array(list(d)) * np.array(list(d.values())))


def greatest_key(d):
    return max(d) * d[1] + sum(d) * d[2]


def changed_while_it_lasts(d):
    d[3] = d[1] * d[2]
    return sum(k * d[k] ** 2 for k in d)


def discounted(x):
    rates = {0.5: x[0], 1.0: x[1], 2.5: x[0] * x[1]}
    return sum(np.exp(-t * r) for t, r in sorted(rates.items()))


def made_by_a_comprehension(x):
    d = {i: v**2 for i, v in enumerate(x)}
    d.update({1: d[0] * d[1]})
    return sum(k * v for k, v in d.items())


def first_popped(x):
    d = {1: x[0], 2: x[1]}
    k, v = d.popitem()
    return k * v * d[1]


GIVEN = {1: 0.3, 2: 0.7}
DICTS = [weighted, over_the_dict, by_keys, sorted_keys, list_of_keys, greatest_key, changed_while_it_lasts]
ARRAYS = [discounted, made_by_a_comprehension, first_popped]


@pytest.mark.parametrize("f", DICTS, ids=lambda f: f.__name__)
def test_of_a_dict_that_is_given(f):
    direction = {1: 0.5, 2: -1.1}
    expected = oracle.directional(f, dict(GIVEN), direction, 1.0)
    assert sourcead.tangent(f)(dict(GIVEN), direction)[1] == pytest.approx(expected.value, rel=1e-7)
    for dynamic in ("auto", "always"):
        try:
            found = sourcead.grad(f, dynamic=dynamic)(dict(GIVEN))
        except sourcead.CotangentMismatch as error:
            assert "keys()" in error.cure
        else:
            assert oracle.inner(found, direction) == pytest.approx(expected.value, rel=1e-7)


@pytest.mark.parametrize("f", ARRAYS, ids=lambda f: f.__name__)
def test_of_a_dict_made_inside(f):
    x, direction = np.array([0.3, 0.7]), np.array([0.5, -1.1])
    expected = oracle.gradient(f, x)
    assert np.allclose(sourcead.grad(f)(x), expected, rtol=1e-6)
    assert sourcead.tangent(f)(x, direction)[1] == pytest.approx(expected @ direction, rel=1e-6)
    curved = oracle.directional(sourcead.grad(f), x, direction, direction)
    assert sourcead.hvp(f)(x, direction) @ direction == pytest.approx(curved.value, rel=1e-6)
