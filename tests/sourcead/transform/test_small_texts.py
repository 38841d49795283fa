"""What a careful reader of emitted text would not have written, by the smallest program that had it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

import sourcead


def square(x):
    for _ in range(2):
        x = x * x
    return x


class Pair(NamedTuple):
    first: float
    second: np.ndarray


def squares(x):
    total = 0.0
    for k in range(len(x)):
        total += square(x[k])
    return total


def test_names_in_loops_are_not_numbered_for_what_was_thrown_away():
    text = sourcead.grad(squares).source
    assert "_tape2" not in text and "_tape_tape" not in text and "_tapes.append(" in text


def test_literal_slopes_are_floats():
    for f in (lambda x: 2 * x, lambda x: 3 * float(x) + 1, lambda x: x * 4 * 2):
        assert type(sourcead.grad(f)(1.5)) is float


def test_fields_of_named_tuples_have_an_emitted_form():
    def f(x):
        pair = Pair(2.0 * x[0], x**2)
        other = pair._replace(first=pair.first * 3.0)
        return other.first * np.sum(other.second) + pair.first

    x = np.array([0.3, 0.7])
    expected = [(f(x + e) - f(x - e)) / 2e-6 for e in 1e-6 * np.eye(2)]
    np.testing.assert_allclose(sourcead.grad(f, dynamic="never")(x), expected, rtol=1e-7)
