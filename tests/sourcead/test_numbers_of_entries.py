"""`a, b = v` in a derivative asks what Python asks: as many entries as names, and entries by place."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

import sourcead
from sourcead.errors import NotDifferentiable

Pair = namedtuple("Pair", "first second")


class Turned:
    """Gives its entries in another order than their places."""

    def __init__(self, *entries):
        self.entries = entries

    def __iter__(self):
        return reversed(self.entries)

    def __getitem__(self, place):
        return self.entries[place]


def product(v):
    a, b = v
    return a * b * b


def of_a_result(v):
    a, b = np.exp(v)
    return a * b


def nested(p):
    (a, b), c = p
    return a * b * c * c


def partly(v):
    _, b = v
    return b * b


def starred(v):
    a, *rest, c = v
    return a * c * c + sum(rest)


def chosen(p, k):
    a, b = p[k]
    return a * b


def turned(x, pair):
    a, b = pair
    return x * a + x * x * b


def swapped(v, p):
    v, w = p
    p, v = v, w
    return p * v * v


@pytest.mark.parametrize("v", [[2.0, 3.0], (2.0, 3.0), np.array([2.0, 3.0]), Pair(2.0, 3.0)], ids=repr)
def test_entries_by_place(v):
    gradient = sourcead.grad(product)(v)
    assert type(gradient) is type(v)
    assert list(gradient) == [9.0, 12.0]


@pytest.mark.parametrize(
    "function, v",
    [
        (product, [2.0, 3.0, 4.0]),
        (product, [2.0]),
        (product, np.arange(3.0)),
        (of_a_result, np.arange(3.0)),
        (partly, [1.0, 2.0, 3.0]),
        (nested, ((1.0, 2.0, 3.0), 4.0)),
        (nested, ((1.0, 2.0), 4.0, 5.0)),
        (starred, [2.0]),
    ],
)
def test_another_number_of_entries_is_an_error_as_in_python(function, v):
    with pytest.raises(ValueError) as plain:
        function(v)
    ones = np.ones_like(v) if isinstance(v, np.ndarray) else v
    for derivative in (sourcead.grad(function), lambda v: sourcead.jvp(function, (v,), (ones,))):
        with pytest.raises(ValueError) as found:
            derivative(v)
        assert str(found.value).split(",")[0] == str(plain.value).split(",")[0]


@pytest.mark.parametrize("given", [{0: 2.0, 1: 3.0}, {"a": 2.0, "b": 3.0}], ids=repr)
@pytest.mark.parametrize("function", [product, partly])
def test_a_dict_is_refused(function, given):
    with pytest.raises(NotDifferentiable, match="a dict is unpacked.*(?s:.*)values"):
        sourcead.grad(function)(given)
    with pytest.raises(NotDifferentiable, match="a dict is unpacked"):
        sourcead.jvp(function, (given,), (given,))


def test_a_dict_in_what_is_given_is_refused():
    with pytest.raises(NotDifferentiable, match="a dict is unpacked"):
        sourcead.grad(nested)(({0: 2.0, 1: 3.0}, 4.0))
    with pytest.raises(NotDifferentiable, match="a dict is unpacked"):
        sourcead.grad(chosen)([{0: 2.0, 1: 3.0}], 0)
    assert sourcead.grad(chosen)([(2.0, 3.0)], 0) == [(3.0, 2.0)]


@pytest.mark.parametrize(
    "pair", [{3: 0, 5: 1}, Turned(3.0, 5.0), {0: 1.0, 1: 2.0}, "no"], ids=lambda p: type(p).__name__
)
def test_what_carries_no_derivative_is_unpacked_as_python_does(pair):
    if isinstance(pair, str):
        with pytest.raises(TypeError):
            sourcead.grad(turned)(2.0, pair)
        return
    a, b = pair
    assert sourcead.grad(turned)(2.0, pair) == a + 4.0 * b


def test_names_that_are_unpacked_from_themselves():
    assert sourcead.grad(swapped, wrt="p")(1.0, [2.0, 3.0]) == [9.0, 12.0]


def test_the_text_unpacks_as_the_user_does():
    text = sourcead.grad(nested).source
    assert "(a, b), c = p" in text
    tangent = sourcead.tangent(nested).source
    assert "(a, b), c = p" in tangent


@pytest.mark.parametrize("v", [[2.0, 3.0], np.array([2.0, 3.0])], ids=repr)
def test_second_derivatives(v):
    gradient = sourcead.grad(product)
    seed = [1.0, -2.0] if isinstance(v, list) else np.array([1.0, -2.0])
    _, found = sourcead.jvp(gradient, (v,), (seed,))
    np.testing.assert_allclose(found, [6.0 * -2.0, 6.0 * 1.0 + 4.0 * -2.0])
    with pytest.raises(ValueError, match="too many values"):
        sourcead.jvp(gradient, ([*v, 1.0],), ([*v, 1.0],))


def with_numbers_behind(x, y):
    x += np.array([*y[:2], 1.5, 0.1])
    return np.sum(x * x)


def test_entries_before_two_numbers_of_a_display():
    x, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([5.0, 6.0, 7.0])
    of_x, of_y = sourcead.grad(with_numbers_behind, (0, 1))(x, y)
    np.testing.assert_allclose(of_x, [12.0, 16.0, 9.0, 8.2])
    np.testing.assert_allclose(of_y, [12.0, 16.0, 0.0])
