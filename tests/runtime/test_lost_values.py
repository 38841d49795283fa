"""What a traced function reads from elsewhere, and what nobody can look into: right or refused, never a silent zero."""

from __future__ import annotations

import collections
import functools

import numpy as np
import pytest

import runtime
from runtime.errors import DerivativeLost
from runtime.kernels import private

X = np.array([0.7, 1.3])


class Stack(list):
    """A list that counts its runs of `append`."""

    def append(self, value):
        super().append(2.0 * value)


class Pair(tuple):
    def __new__(cls, a, b):
        return tuple.__new__(cls, (a * a, b))


def gradient(f, *primals):
    value, pullback = runtime.vjp(f, *primals)
    return pullback(1.0)


def test_a_value_that_an_earlier_run_has_left_is_refused():
    kept = {}

    def f(x):
        if "square" not in kept:
            kept["square"] = x[0] ** 2
        return kept["square"] * x[1]

    np.testing.assert_allclose(gradient(f, X)[0], [2.0 * 0.7 * 1.3, 0.49])
    with pytest.raises(DerivativeLost, match="another call"):
        gradient(f, X)
    with pytest.raises(DerivativeLost, match="another call"):
        runtime.jvp(f, (X,), (np.ones(2),))
    kept.clear()
    np.testing.assert_allclose(runtime.jvp(f, (X,), (np.ones(2),))[1], 2.0 * 0.7 * 1.3 + 0.49)


def test_a_derivative_at_a_constant_inside_is_no_such_value():
    def f(x):
        slope = runtime.vjp(lambda c: np.sin(c) * c, 0.5)[1](1.0)[0]
        return np.sum(x * slope)

    slope = 0.5 * np.cos(0.5) + np.sin(0.5)
    np.testing.assert_allclose(gradient(f, X)[0], [slope, slope])


def test_a_traced_number_is_no_key_of_a_dict():
    kept = {0.7: 0.49}

    def f(x):
        return (kept[x[0]] if x[0] in kept else x[0] ** 2) * x[1]

    with pytest.raises(DerivativeLost, match="key of a dict"):
        gradient(f, X)


def test_sets_of_traced_numbers():
    def f(x):
        chosen = {x[0], x[1], x[0]}
        chosen.add(x[1])
        doubled = {2.0 * v for v in chosen}
        return sum(chosen) * x[0] + sum(doubled) if x[0] in chosen and 3.0 not in chosen else 0.0

    np.testing.assert_allclose(gradient(f, X)[0], [2.0 * 0.7 + 1.3 + 2.0, 0.7 + 2.0])


def test_a_function_of_a_cache_is_run_again():
    @functools.lru_cache(maxsize=None)
    def square(v):
        return v * v

    square(0.7)
    np.testing.assert_allclose(gradient(lambda x: square(x[0]) * x[1], X)[0], [2.0 * 0.7 * 1.3, 0.49])


@pytest.mark.parametrize("held", [lambda v: iter([v]), lambda v: (e for e in [v])], ids=["iterator", "generator"])
def test_the_cotangent_of_what_cannot_be_looked_into_is_no_zero(held):
    given = held(3.0)
    lost = runtime.vjp(lambda it, x: next(it) * x, given, 2.0)[1](1.0)[0]
    assert (lost + 0.0) is lost
    for use in (lambda: lost * 2.0, lambda: lost + 1.0, lambda: lost[0], lambda: np.sin(lost), lambda: lost.field):
        with pytest.raises(DerivativeLost, match="cannot look into"):
            use()


def test_what_cannot_be_looked_into_does_not_move():
    with pytest.raises(DerivativeLost, match="cannot look into"):
        runtime.jvp(lambda it: next(it), (iter([3.0]),), (1.0,))


@pytest.mark.parametrize("made", [lambda v: Stack([v]), lambda v: collections.deque([v])], ids=["list", "deque"])
def test_containers_of_their_own_class_have_a_cotangent_of_it(made):
    bar = gradient(lambda held: held[0] ** 2, made(0.7))[0]
    assert type(bar) is type(made(0.0))
    np.testing.assert_allclose(bar[0], 1.4)


def test_no_code_of_a_class_runs_where_its_objects_are_taken_apart():
    bar = gradient(lambda pair: pair[0] * pair[1], Pair(2.0, 3.0))[0]
    assert type(bar) is Pair and tuple(bar) == (3.0, 4.0)
    copied = private(Stack([X]))
    assert type(copied) is Stack and copied[0] is not X and len(copied) == 1
    assert tuple(private(Pair(2.0, 3.0))) == (4.0, 3.0)
    ordered = private(collections.OrderedDict(a=X))
    assert type(ordered) is collections.OrderedDict and ordered["a"] is not X
    assert private(collections.defaultdict(list, a=[X])).default_factory is list


def test_the_value_may_be_added_to_before_the_pullback_is_called():
    value, pullback = runtime.vjp(lambda x: [x[0] * x[1]], X)
    value.append(1.0)
    np.testing.assert_allclose(pullback([1.0])[0], X[::-1])
