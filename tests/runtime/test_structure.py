"""Nested containers taken apart and put together."""

from collections import OrderedDict, namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

from runtime.errors import CotangentMismatch
from runtime.structure import flatten, is_inexact, match

Point = namedtuple("Point", "x y")


@dataclass(frozen=True)
class Frozen:
    a: float
    rest: list


@dataclass
class Checked:
    a: float

    def __post_init__(self):
        if not isinstance(self.a, float):
            raise TypeError("a float, please")
        self.double = 2.0 * self.a


TREES = [
    1.0,
    (1.0, [2.0, (3.0,)]),
    {"b": 1.0, "a": {"c": 2.0}},
    OrderedDict(z=1.0, y=2.0),
    Point(1.0, Point(2.0, None)),
    Frozen(1.0, [2.0, {"k": 3.0}]),
    [],
    {2: 1.0, "mixed": 2.0},
    (None, "text", 3),
]


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_round_trip(tree):
    leaves, rebuild = flatten(tree)
    again = rebuild(leaves)
    assert again == tree and type(again) is type(tree)
    assert rebuild([(leaf,) for leaf in leaves]) != tree or not leaves


def test_a_dataclass_is_put_together_without_its_init_and_with_all_its_attributes():
    leaves, rebuild = flatten(Checked(1.5))
    assert leaves == [1.5, 3.0]
    other = rebuild(["p", "q"])
    assert type(other) is Checked and (other.a, other.double) == ("p", "q")


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_cotangents_come_in_the_order_of_leaves(tree):
    leaves, rebuild = flatten(tree)
    numbered = rebuild(list(range(len(leaves))))
    assert match(tree, numbered) == list(range(len(leaves)))
    assert match(tree, 0.0) == [0.0] * len(leaves)


def test_cotangents_of_another_structure():
    for tree, cotangent in [((1.0, 2.0), (1.0,)), ([1.0], 1.0), ({"a": 1.0}, {"b": 1.0}), (Frozen(1.0, []), 1.0)]:
        with pytest.raises(CotangentMismatch):
            match(tree, cotangent)


def test_what_is_inexact():
    assert all(map(is_inexact, [1.0, 1j, np.float32(1.0), np.zeros(2), np.zeros(2, complex)]))
    assert not any(map(is_inexact, [1, True, "a", None, np.zeros(2, int), np.int64(1), np.array(["a"])]))
