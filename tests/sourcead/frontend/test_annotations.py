"""Annotations are read where they say something, and stand in nobody's way where they name what does not exist."""

import importlib.util
import sys

import numpy as np
import pytest

import sourcead
from sourcead.frontend.annotations import annotations_of

MODULE = """
import dataclasses
import numpy as np


@dataclasses.dataclass
class Spring:
    stiffness: float

    @property
    def softness(self):
        return 1.0 / self.stiffness


@dataclasses.dataclass
class Pair:
    first: Spring
    other: Missing


def energy(spring: Spring, x: Missing, *rest: Missing, unit: Missing = 1.0) -> Missing:
    return np.sum(x * x) * spring.softness * unit


def both(pair: Pair, x):
    return pair.first.softness * np.sum(x)
"""


@pytest.fixture(params=["as text", "as they are"])
def module(request, tmp_path):
    if request.param == "as they are" and sys.version_info < (3, 14):
        pytest.skip("before Python 3.14 such a module cannot be imported")
    head = "from __future__ import annotations\n" if request.param == "as text" else ""
    file = tmp_path / "annotated.py"
    file.write_text(head + MODULE)
    spec = importlib.util.spec_from_file_location("annotated", file)
    made = importlib.util.module_from_spec(spec)
    sys.modules["annotated"] = made
    spec.loader.exec_module(made)
    yield made
    del sys.modules["annotated"]


def test_names_that_do_not_exist_stand_in_nobodys_way(module):
    x = np.array([0.5, -2.0])
    spring = module.Spring(4.0)
    np.testing.assert_allclose(sourcead.grad(module.energy, wrt="x")(spring, x), 2 * x / 4.0)
    assert sourcead.grad(module.energy)(spring, x).stiffness == pytest.approx(-np.sum(x * x) / 16.0)
    value, tangent = sourcead.jvp(module.energy, (spring, x), (module.Spring(0.0), np.ones(2)))
    assert value == pytest.approx(4.25 / 4) and tangent == pytest.approx(np.sum(2 * x) / 4.0)
    np.testing.assert_allclose(sourcead.grad(module.energy, wrt="x", dynamic="always")(spring, x), 2 * x / 4.0)
    sourcead.check_grads(module.energy, (spring, x))


def test_the_class_of_a_field_is_known_beside_one_that_is_not(module):
    pair = module.Pair(module.Spring(4.0), None)
    np.testing.assert_allclose(sourcead.grad(module.both, wrt="x")(pair, np.ones(3)), np.full(3, 0.25))


def test_annotations_are_those_of_the_class_itself(module):
    assert set(annotations_of(module.Pair)) == {"first", "other"}
    assert annotations_of(type("Heir", (module.Pair,), {})) == {}
