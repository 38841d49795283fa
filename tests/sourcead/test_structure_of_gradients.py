"""Gradients have the structure of their arguments: whatever the fields are called, whatever the name comes to mean."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass

import numpy as np
import pytest

import sourcead

X = np.array([0.3, 0.7, -0.4])


@dataclass
class State:
    """A temperature and a pressure."""

    T: float
    p: float


class Number:
    def __init__(self, real, imag):
        self.real = real
        self.imag = imag


def of_a_state(s):
    return s.T**2 * s.p


def of_an_annotated_state(s: State):
    return s.T**2


def of_a_changed_state(s):
    s.T = s.T * 2.0
    return s.T * s.p


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (of_a_state, State(0.42, 0.09)),
        (of_an_annotated_state, State(0.6, 0.0)),
        (of_a_changed_state, State(1.4, 0.6)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_fields_with_the_names_of_operations_on_arrays(f, expected):
    found = sourcead.grad(f)(State(0.3, 0.7))
    assert (found.T, found.p) == pytest.approx((expected.T, expected.p))
    _, dot = sourcead.tangent(f)(State(0.3, 0.7), State(1.0, -2.0))
    assert dot == pytest.approx(expected.T - 2.0 * expected.p)
    slope = sourcead.hvp(f)(State(0.3, 0.7), State(1.0, -2.0))
    moved = [sourcead.grad(f)(State(0.3 + h, 0.7 - 2.0 * h)) for h in (1e-6, -1e-6)]
    assert slope.T == pytest.approx((moved[0].T - moved[1].T) / 2e-6, rel=1e-6)


def test_an_object_of_which_only_such_a_field_is_read_is_refused():
    with pytest.raises(sourcead.SourceADError, match="was not known ahead of time"):
        sourcead.grad(lambda s: s.T**2)(State(0.3, 0.7))


def made_inside(x):
    s = State(x[0], x[1])
    return s.T**2 * s.p


def made_in_a_list(x):
    return sum(s.T * s.p for s in [State(v, 2.0 * v) for v in x])


def made_of_a_class(x):
    z = Number(x[0], x[1])
    return z.real * z.imag


def test_such_fields_of_objects_made_inside():
    assert np.allclose(sourcead.grad(made_inside)(X), [0.42, 0.09, 0.0])
    assert np.allclose(sourcead.grad(made_in_a_list)(X), 4.0 * X)
    assert np.allclose(sourcead.grad(made_of_a_class)(X), [0.7, 0.3, 0.0])


def along_a_linked_list(t):
    total = 0.0
    while t is not None:
        v, t = t
        total = total * v + v
    return total


def into_a_dict(d):
    for key in ("a", "b"):
        d = d[key]
    return d**2


def shorter_and_shorter(numbers):
    total = 0.0
    while numbers:
        total = total + numbers[0] ** 2
        numbers = numbers[1:]
    return total


def test_the_name_of_an_argument_is_given_to_its_parts():
    assert sourcead.grad(along_a_linked_list)((0.3, (0.5, None))) == (0.5, (1.3, None))
    assert sourcead.grad(into_a_dict)({"a": {"b": 0.3, "c": 0.2}}) == {"a": {"b": 0.6, "c": 0.0}}
    assert sourcead.grad(shorter_and_shorter)([0.3, 0.7]) == [0.6, 1.4]


@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_dicts_of_other_classes(dynamic):
    df = sourcead.grad(lambda d: d["a"] ** 2 * d["b"], dynamic=dynamic)
    found = df(OrderedDict(b=1.5, a=0.5))
    assert type(found) is OrderedDict and list(found.items()) == [("b", 0.25), ("a", 1.5)]
    found = df(defaultdict(float, a=0.5, b=1.5))
    assert type(found) is defaultdict and found.default_factory is float and found == {"a": 1.5, "b": 0.25}
