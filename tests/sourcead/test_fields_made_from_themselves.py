"""Fields that a class makes from what they were: `self.scale = self.scale * 2.0` in its `__init__`."""

import dataclasses

import numpy as np
import oracle
import pytest

import sourcead

X = np.array([0.5, 0.3, 0.8])


class Normed:
    def __init__(self, v):
        self.v = v
        self.v = self.v * 2.0
        self.first = self.last = self.v[0]
        self.first = self.first * self.last
        self.last = self.first + self.last

    def total(self):
        return self.first * self.v[1] + self.last


class Wrapped:
    def __init__(self, inner):
        self.inner = inner
        self.inner = self.inner.inner if hasattr(self.inner, "inner") else self.inner
        self.total = self.inner.total() * 2.0


@dataclasses.dataclass
class Started:
    v: np.ndarray
    time: float = 0.0

    def __post_init__(self):
        self.time = self.time + self.v[0]


def normed(x):
    return Normed(x).total()


def wrapped(x):
    outer = Wrapped(Wrapped(Normed(x)))
    return outer.total * outer.inner.first


def started(x):
    made = Started(x * 1.0)
    return made.time * made.time + made.v[1]


@pytest.mark.parametrize("f", [normed, wrapped, started])
def test_a_field_made_from_itself(f):
    expected = oracle.gradient(f, X)
    assert np.allclose(sourcead.grad(f)(X), expected)
    assert np.isclose(sourcead.tangent(f)(X, np.ones(3))[1], expected.sum())
