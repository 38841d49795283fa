"""Kernels of forward mode: tangents keep the structure, the shape and the memory of their values."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from runtime.errors import CotangentMismatch, DerivativeLost, NotDifferentiable
from runtime.kernels import (
    blank_tangent,
    formed,
    joined,
    matched,
    record_tangent,
    stretched,
    view_alike,
    zero_tangent,
)

Pair = namedtuple("Pair", "first second")


@dataclass
class Point:
    x: float
    y: np.ndarray


TREE = {"a": (1.5, [np.ones(2), 3]), "b": Pair(2.0, "north"), "c": Point(1.0, np.ones(2)), "d": None}


def test_zero_and_back():
    zero = zero_tangent(TREE)
    assert zero["a"][1][1] == 0.0 and zero["b"].second == 0.0 and zero["d"] == 0.0
    assert isinstance(zero["c"], SimpleNamespace)
    back = formed(zero, TREE)
    assert type(back["a"]) is tuple and type(back["b"]) is Pair and type(back["c"]) is Point
    np.testing.assert_array_equal(back["c"].y, np.zeros(2))


def test_zero_of_integers_is_floating():
    assert zero_tangent(np.arange(3)).dtype == float
    with pytest.raises(DerivativeLost, match="int"):
        blank_tangent(np.arange(3))
    assert blank_tangent([1, 2]) == [0.0, 0.0]


def test_stretched():
    small = np.array([1.0, 2.0])
    np.testing.assert_array_equal(stretched(small, np.zeros((3, 2))), np.tile(small, (3, 1)))
    assert stretched(small, np.zeros(2)) is small
    assert stretched(1.0, np.zeros(2, np.float32)).dtype == np.float32
    stretched(1.0, np.zeros(2))[0] = 5.0
    with pytest.raises(CotangentMismatch):
        stretched([1.0], [1.0, 2.0])


def test_joined():
    assert joined([1.0], (2.0, 3.0), [4.0, 5.0, 6.0]) == [1.0, 2.0, 3.0]
    np.testing.assert_array_equal(joined([1.0, 2.0], np.ones(2), np.zeros(2)), [2.0, 3.0])


def test_records():
    made = record_tangent(Point(1.0, np.ones(2)), x=4.0)
    assert made.x == 4.0 and np.all(made.y == 0.0)
    assert record_tangent(Pair(1.0, 2.0), second=3.0) == Pair(0.0, 3.0)


def test_matched():
    x = np.asfortranarray(np.ones((2, 3), np.float32))
    dot = matched(np.arange(6.0).reshape(2, 3), x)
    assert dot.dtype == np.float32 and dot.strides == x.strides and dot[1, 2] == 5.0
    assert matched(np.float32(2.0), 1.0) == 2.0
    assert matched({"a": (1.0, 0.0)}, {"a": (2.0, np.ones(2))})["a"][1].shape == (2,)
    assert matched([0.0, 1.0], (3, 1.5)) == [0.0, 1.0]


@pytest.mark.parametrize(
    "dot, x, error",
    [
        (1.0, np.ones(2), CotangentMismatch),
        (np.ones(2), 1.0, CotangentMismatch),
        ([1.0], (1.0, 2.0), CotangentMismatch),
        ({"b": 1.0}, {"a": 1.0}, CotangentMismatch),
        (1.0, Point(1.0, np.ones(2)), CotangentMismatch),
        (1j, 1.0, CotangentMismatch),
        (1.0, 2, NotDifferentiable),
        (1.0, "north", NotDifferentiable),
        ("north", 2, NotDifferentiable),
    ],
)
def test_what_does_not_match(dot, x, error):
    with pytest.raises(error):
        matched(dot, x)


def test_views_alike():
    x, dot = np.ones((2, 3)), np.zeros((2, 3))
    z_dot = dot.ravel()
    assert view_alike(z_dot, dot, x.ravel(), x) is z_dot
    assert not np.shares_memory(view_alike(z_dot, dot, x.ravel().copy(), x), dot)
    copied = z_dot.copy()
    assert view_alike(copied, dot, x.ravel(), x) is copied
