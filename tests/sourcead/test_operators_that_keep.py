"""Objects whose operators and comparisons keep what they are given, and what is read from them afterwards."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

import sourcead
from sourcead.errors import DerivativeLost


class Kept:
    def __init__(self):
        self.value = 0.0

    def __contains__(self, value):
        self.value = value
        return 1

    def __lt__(self, value):
        self.value = value
        return True

    def __eq__(self, value):
        self.value = value
        return True

    def __add__(self, value):
        self.value = value
        return self

    def __getitem__(self, value):
        self.value = value
        return self

    def __matmul__(self, value):
        self.value = value
        return self

    def __call__(self, value):
        self.value = value


@contextlib.contextmanager
def doubled(value):
    yield value * 2


OUTSIDE = Kept()


def contains(x):
    kept = Kept()
    found = x[0] in kept
    return kept.value * x[1] * (2.0 if found is True else 1.0)


def contains_not(x):
    kept = Kept()
    if x[0] not in kept:
        return x[0]
    return kept.value * x[1]


def less(x):
    kept = Kept()
    if kept < x[0]:
        return kept.value * x[1]
    return x[0]


def equal(x):
    kept = Kept()
    kept == x[0]  # noqa: B015
    return kept.value * x[1]


def plus(x):
    kept = Kept()
    kept + x[0]
    return kept.value * x[1]


def item(x):
    kept = Kept()
    kept[x[0]]
    return kept.value * x[1]


def matmul(x):
    kept = Kept()
    kept @ x[0]
    return kept.value * x[1]


def called(x):
    kept = Kept()
    kept(x[0])
    return kept.value * x[1]


def outside(x):
    OUTSIDE < x[0]  # noqa: B015
    return OUTSIDE.value * x[1]


def given_to_an_entry(x, manager=doubled):
    d = {}
    with manager(x[0]) as d["a"]:
        pass
    return d["a"] * x[1]


def less_in_a_region(x):
    kept = Kept()
    try:
        kept < x[0]  # noqa: B015
    except ValueError:
        pass
    return kept.value * x[1]


def made_in_a_region(x):
    try:
        kept = Kept()
        kept(x[0])
    except ValueError:
        pass
    return kept.value * x[1]


def several_in_a_region(x):
    kept = Kept()
    try:
        kept(x[1])
        kept + x[1]
        kept[x[0]]
    except ValueError:
        pass
    return kept.value * x[1]


def entries_in_a_region(x):
    d = {}
    try:
        for d["a"] in x:
            pass
    except ValueError:
        pass
    return d["a"] * x[1]


def of_an_argument(x, kept):
    kept < x[0]  # noqa: B015
    return kept.value * x[1]


def in_an_argument(x, kept):
    if x[0] in kept:
        return kept.value * x[1]
    return x[0]


def matmul_of_an_argument(x, kept):
    kept @ x[0]
    return kept.value * x[1]


MADE = [
    contains, contains_not, less, equal, plus, item, matmul, called, outside, given_to_an_entry, less_in_a_region,
    made_in_a_region, several_in_a_region, entries_in_a_region,
]  # fmt: skip


@pytest.mark.parametrize("f", MADE, ids=lambda f: f.__name__)
def test_what_an_operator_keeps_carries_its_derivative(f):
    x, h = np.array([1.5, 2.0]), 1e-6
    expected = [(f(x + step) - f(x - step)) / (2 * h) for step in h * np.eye(2)]
    for derivative in (sourcead.grad(f), sourcead.grad(f, dynamic="always")):
        np.testing.assert_allclose(derivative(x), expected, rtol=1e-6)
    np.testing.assert_allclose(sourcead.jvp(f, (x,), (np.array([1.0, -2.0]),))[1], expected @ np.array([1.0, -2.0]))


@pytest.mark.parametrize("f", [of_an_argument, in_an_argument, matmul_of_an_argument], ids=lambda f: f.__name__)
def test_an_argument_of_unknown_class_is_refused(f):
    x = np.array([1.5, 2.0])
    with pytest.raises(DerivativeLost, match="a Kept"):
        sourcead.grad(f)(x, Kept())
    with pytest.raises(DerivativeLost, match="a Kept"):
        sourcead.tangent(f)(x, Kept(), np.ones(2))


def limited(x, limit):
    total = 0.0
    for value in x:
        if value > limit:
            total += value * value * limit
    return total


def test_plain_limits_are_compared_as_ever():
    np.testing.assert_allclose(sourcead.grad(limited)(np.array([1.5, 2.0]), 1.75), [0.0, 7.0])
