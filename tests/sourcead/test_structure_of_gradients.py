"""Gradients have the structure of their arguments: whatever the fields are called, whatever the name comes to mean."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from typing import NamedTuple

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


def stacked(arrays):
    return np.sum(np.stack(arrays) @ np.ones(2)) + np.concatenate(arrays)[1] ** 2


def test_lists_that_become_arrays_have_lists_for_gradients():
    found = sourcead.grad(stacked)([np.array([0.5, 0.7]), np.array([1.0, 2.0])])
    assert type(found) is list and np.allclose(found, [[1.0, 2.4], [1.0, 1.0]])
    found = sourcead.grad(lambda numbers: np.sum(np.array(numbers) ** 2))([0.5, 0.7])
    assert type(found) is list and found == [1.0, 1.4]


# Second derivatives, where cotangents have a structure


@dataclass
class Weights:
    scale: float
    each: list


def singular_values(x):
    return np.sum(np.linalg.svd(x.reshape(2, 2)).S ** 3)


def eigenvalues(x):
    a = x.reshape(2, 2)
    return np.sum(np.linalg.eigh(a + a.T).eigenvalues ** 3)


def triangular_factor(x):
    return np.sum(np.linalg.qr(x.reshape(2, 2)).R ** 2 * np.arange(4.0).reshape(2, 2))


def entries_changed_under_their_object(x):
    p = Weights(x[0], [x[1], x[2], x[3]])
    for i, w in enumerate(p.each):
        p.each[i] = w * p.scale
        p.scale = p.scale + p.each[i]
    return p.scale * sum(p.each)


TWICE = [singular_values, eigenvalues, triangular_factor, entries_changed_under_their_object]


@pytest.mark.parametrize("f", TWICE, ids=lambda f: f.__name__)
def test_second_derivatives_by_names_of_parts(f):
    x, d = np.array([0.3, 0.7, -0.4, 0.9]), np.array([0.2, -0.5, 1.0, 0.3])
    df = sourcead.grad(f)
    expected = (df(x + 1e-6 * d) - df(x - 1e-6 * d)) / 2e-6
    assert np.allclose(sourcead.hvp(f)(x, d), expected, rtol=1e-6, atol=1e-7)
    assert np.allclose(sourcead.adjoint(df)(x, d), expected, rtol=1e-6, atol=1e-7)


def of_an_object_that_is_given(p, x):
    for i, w in enumerate(p.each):
        p.each[i] = w * p.scale
        p.scale = p.scale + p.each[i]
    return p.scale * sum(p.each) * x


def stepped(p, step):
    new = {
        k: (v - 0.1 * step[k] if not isinstance(v, list) else [a - b for a, b in zip(v, step[k])]) for k, v in p.items()
    }
    return np.sum(new["w"][0] ** 2) * new["s"]


def test_second_derivatives_of_given_structures():
    p = Weights(0.5, [0.1, 0.2, 0.3])
    found = sourcead.hvp(of_an_object_that_is_given)(p, 0.7, Weights(1.0, [0.0, 0.5, 0.0]))
    moved = [
        sourcead.grad(of_an_object_that_is_given)(Weights(0.5 + h, [0.1, 0.2 + 0.5 * h, 0.3]), 0.7)
        for h in (1e-6, -1e-6)
    ]
    assert found.scale == pytest.approx((moved[0].scale - moved[1].scale) / 2e-6, rel=1e-6)
    state, step = {"w": [np.array([0.5, 0.7])], "s": 0.3}, {"w": [np.array([0.1, 0.2])], "s": 0.4}
    df = sourcead.grad(stepped)
    found = sourcead.adjoint(df)(state, step, {"w": [np.zeros(2)], "s": 1.0})
    moved = [df({**state, "s": 0.3 + h}, step) for h in (1e-6, -1e-6)]
    assert np.allclose(found["w"][0], (moved[0]["w"][0] - moved[1]["w"][0]) / 2e-6, rtol=1e-6)


class Spring:
    def __init__(self, stiffness, rest):
        self.stiffness, self.rest = stiffness, rest


def energy(spring: Spring, x):
    return 0.5 * spring.stiffness * np.sum((x - spring.rest) ** 2)


def test_a_pullback_gives_the_cotangent_of_an_object():
    spring, x = Spring(2.0, np.array([0.5, 0.1])), np.array([1.0, 2.0])
    spring_bar, x_bar = sourcead.vjp(energy, spring, x)[1](1.0)
    assert np.isclose(spring_bar.stiffness, 0.5 * np.sum((x - spring.rest) ** 2))
    assert np.allclose(spring_bar.rest, -2.0 * (x - spring.rest)) and np.allclose(x_bar, 2.0 * (x - spring.rest))
    (listed_bar,) = sourcead.vjp(lambda springs: energy(springs[0], 1.0), [spring])[1](1.0)
    assert np.allclose(listed_bar[0].rest, -2.0 * (1.0 - spring.rest))


class Couple(NamedTuple):
    a: object
    b: object


def changed_beside_its_name(y, p):
    pair = Couple(y, b=p)
    v, w = pair
    w = pair.b
    v[0] -= p
    if p:
        return np.sum(np.sin(v))
    return w


def test_tangents_of_cotangents_of_named_tuples_have_the_names():
    gradient = sourcead.grad(changed_beside_its_name, (0, 1))
    y, p, h = np.array([0.3, -0.5]), 0.7, 1e-6
    direction = np.array([1.0, 0.5]), 2.0
    more = gradient(y + h * direction[0], p + h * direction[1])
    less = gradient(y - h * direction[0], p - h * direction[1])
    _, (of_y, of_p) = sourcead.tangent(gradient, (0, 1))(y, p, *direction)
    np.testing.assert_allclose(of_y, (more[0] - less[0]) / (2 * h), rtol=1e-6)
    np.testing.assert_allclose(of_p, (more[1] - less[1]) / (2 * h), rtol=1e-6)


@pytest.mark.parametrize("keys", [(0, 1), ("a", "b")])
def test_an_entry_that_is_replaced_has_zeros_of_its_own_shape(keys):
    kept, replaced = keys

    def f(s, y):
        s[replaced] = y[0]
        return np.sum(s[kept] * s[replaced])

    entries = [np.array([0.3, -0.7]), np.array([[1.0, 2.0]])]
    given = entries if kept == 0 else dict(zip(keys, entries))
    bar = sourcead.grad(f)(given, np.array([2.0, 3.0]))
    np.testing.assert_array_equal(bar[kept], [2.0, 2.0])
    np.testing.assert_array_equal(bar[replaced], [[0.0, 0.0]])
