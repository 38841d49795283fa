"""Complex numbers that come to a program for real numbers as data: other arguments, closures, parts of containers."""

from __future__ import annotations

import types

import numpy as np
import pytest

import sourcead

X = np.array([0.3, 0.7, -0.4])
REAL = np.array([1.0, 2.0, 3.0])
COMPLEX = np.array([1.0 + 2.0j, 2.0, 3.0j])
SCALE = 2.0


def weighted(x, k):
    return np.sum(x * k)


def in_a_branch(x, k):
    if x[0] > 0.0:
        return np.sum(x * k)
    return np.sum(x)


def summed_in_a_loop(x, k):
    total = 0.0
    for i in range(3):
        total = total + x[i] * k[i]
    return total


def of_an_entry(x, k):
    return np.sum(x * {"k": k}["k"]) ** 2


def by_a_name_between(x, k):
    doubled = k * 2.0
    return np.sum(x * x) * np.sum(doubled)


def scaled_mean(x, k):
    return x.mean() * k[0]


def changed_in_place(x, k):
    y = x * 1.0
    y *= k
    return np.sum(y)


def inner(x, k):
    return np.tanh(x) * k + np.cos(x)


def by_a_callee(x, k):
    return np.sum(inner(x, k) * x)


PROGRAMS = [
    weighted,
    in_a_branch,
    summed_in_a_loop,
    of_an_entry,
    by_a_name_between,
    scaled_mean,
    changed_in_place,
    by_a_callee,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("make", [sourcead.grad, sourcead.value_and_grad], ids=lambda f: f.__name__)
def test_complex_arguments_are_refused(make, f):
    df = make(f)
    assert np.all(np.isfinite(df(X, REAL)[-1]))
    with pytest.raises(sourcead.SourceADError, match="complex") as caught:
        df(X, COMPLEX)
    assert caught.value.cure


def test_complex_numbers_in_containers_and_objects():
    df = sourcead.grad(lambda x, d: np.sum(x * d["k"]))
    assert np.array_equal(df(X, {"k": REAL}), REAL)
    with pytest.raises(sourcead.NotDifferentiable, match="`d` is complex"):
        df(X, {"k": COMPLEX})
    owner = types.SimpleNamespace(k=REAL)
    dg = sourcead.grad(lambda x, owner: np.sum(x * owner.k))
    assert np.array_equal(dg(X, owner), REAL)
    owner.k = COMPLEX
    with pytest.raises(sourcead.NotDifferentiable, match="`owner` is complex"):
        dg(X, owner)


def test_data_that_becomes_complex(monkeypatch):
    k = 1.0

    def scaled(x):
        return np.sum(x * SCALE) * k

    df = sourcead.grad(scaled)
    assert np.array_equal(df(X), np.full(3, 2.0))
    k = 1.0j
    with pytest.raises(sourcead.NotDifferentiable, match="complex"):
        df(X)
    k = 1.0
    monkeypatch.setitem(globals(), "SCALE", 2.0j)
    with pytest.raises(sourcead.NotDifferentiable, match="complex"):
        df(X)


def test_what_has_no_part_in_the_result_may_be_complex():
    df = sourcead.grad(lambda x, k: np.sum(x * np.abs(k)) * len(k))
    assert np.allclose(df(X, COMPLEX), 3.0 * np.abs(COMPLEX))
