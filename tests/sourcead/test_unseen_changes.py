"""Methods and functions that change what they are given, called within regions of the dynamic graph."""

import math

import numpy as np
import pytest

import sourcead
from sourcead.errors import SharedArray

X = np.array([0.3, 0.7, -0.4, 0.9])


class Held:
    def __init__(self, a):
        self.a = a

    def doubled(self):
        self.a *= 2.0
        return 3.0

    def grown(self, by):
        self.a = self.a * by
        return np.sum(self.a)

    def total(self):
        return np.sum(self.a**2)


def guarded_change(x, by):
    held = Held(x * 1.0)
    try:
        u = held.grown(by)
    except ZeroDivisionError:
        u = 0.0
    return held.total() * u


def guarded_change_for_its_effect(x, by):
    held = Held(x * 1.0)
    try:
        held.grown(by)
    except ZeroDivisionError:
        pass
    return np.sum(held.a**2)


def guarded_change_of_the_argument(x, by):
    held = Held(x)
    try:
        held.doubled()
    except ZeroDivisionError:
        pass
    return np.sum(x * x) * by


@pytest.mark.parametrize("f", [guarded_change, guarded_change_for_its_effect, guarded_change_of_the_argument])
def test_methods_that_change_their_object_within_a_region(f):
    given = X.copy()
    slope = (f(X * 1.0, 0.5 + 1e-6) - f(X * 1.0, 0.5 - 1e-6)) / 2e-6
    assert np.isclose(sourcead.grad(f, (0, 1))(given, 0.5)[1], slope)
    assert np.isclose(sourcead.tangent(f, 1)(given, 0.5, 1.0)[1], slope)
    assert np.array_equal(given, X)


def changes_by_a_method(x, held):
    y = x * 1.0
    t = held.halves(y)
    return np.sum(y * y) * t


def changes_by_a_function_of_a_list(x, halves):
    y = x * 1.0
    t = sum(map(halves, [y]))
    return np.sum(y * y) * t


def changes_the_object(x, held):
    t = held.grown(x[0])
    return held.total() * t


def changes_what_takes_another_object(x):
    held = Held(x)
    t = held.doubled()
    held = t
    return np.sum(x * x)


class Halving:
    def halves(self, y):
        y *= 0.5
        return 1.0


def changes_what_an_adjoint_reads(x, held):
    y = np.ones(4)
    z = x * y
    held.halves(y)
    return np.sum(z)


def changes_in_a_loop_what_adjoints_read(x, halves):
    y = np.ones(4)
    total = 0.0
    for _ in range(3):
        total += np.sum(x * y)
        halves(y)
    return total


def changes_what_is_given_by_keyword(x, held):
    y = np.ones(4)
    z = x * y
    held.halves(y=y)
    return np.sum(z)


def changes_by_a_comprehension(x, halves):
    rows = np.ones((2, 4))
    total = np.sum(x * rows)
    counts = [halves(row) for row in rows]
    return total * sum(counts)


def scaled_within(a, b):
    b.doubled()


def changes_through_a_function(x):
    y = np.ones(4)
    z = x * y
    scaled_within(y, Held(y))
    return np.sum(z)


@pytest.mark.parametrize(
    ("f", "others"),
    [
        (changes_by_a_method, lambda: (Halving(),)),
        (changes_by_a_function_of_a_list, lambda: (Halving().halves,)),
        (changes_the_object, lambda: (Held(np.ones(3)),)),
        (changes_what_takes_another_object, tuple),
        (changes_what_an_adjoint_reads, lambda: (Halving(),)),
        (changes_in_a_loop_what_adjoints_read, lambda: (Halving().halves,)),
        (changes_what_is_given_by_keyword, lambda: (Halving(),)),
        (changes_by_a_comprehension, lambda: (Halving().halves,)),
        (changes_through_a_function, tuple),
    ],
)
def test_what_is_changed_where_no_text_tells_is_refused(f, others):
    given = X.copy()
    for call in (lambda: sourcead.grad(f)(given, *others()), lambda: sourcead.tangent(f)(given, *others(), X)):
        with pytest.raises(SharedArray, match="changes an argument in place"):
            call()
        assert np.array_equal(given, X)
    slope = (f(X + 1e-6, *others()) - f(X - 1e-6, *others())) / 2e-6
    assert np.isclose(np.sum(sourcead.grad(f, dynamic="always")(given, *others())), slope)


@sourcead.dynamic
def by_numbers(y):
    return math.sin(float(y[0])) * np.array([y[0], y[1]])[1]


def test_numbers_are_traced_within_a_dynamic_function():
    expected = [math.cos(X[0]) * X[1], math.sin(X[0]), *(0.0 * X[2:])]
    np.testing.assert_allclose(sourcead.grad(lambda x: by_numbers(x * 1.0))(X), expected)


def adds_to_a_set(x, seen):
    seen.add(len(seen) + 5)
    return x * len(seen) * x


def adds_bytes(x, text):
    text.extend(b"ab")
    return x * len(text) * x


def counts_up(x, places):
    try:
        places[0] += 1
    except ZeroDivisionError:
        return x
    return x * x * places[0]


class Tagged:
    def __init__(self):
        self.tags = set()


def tags(x, held):
    held.tags.add(len(held.tags))
    return x * x * len(held.tags)


@pytest.mark.parametrize("mode", ["auto", "always"])
@pytest.mark.parametrize(
    ("f", "given", "factor"),
    [
        (adds_to_a_set, lambda: {1, 2}, 3),
        (adds_bytes, lambda: bytearray(b"a"), 3),
        (counts_up, lambda: np.array([2, 3]), 3),
        (tags, Tagged, 1),
    ],
)
def test_what_carries_no_derivative_is_changed_on_a_copy(f, given, factor, mode):
    argument = given()
    assert sourcead.value_and_grad(f, dynamic=mode)(2.0, argument) == (4.0 * factor, 4.0 * factor)
    assert sourcead.jvp(lambda x: f(x, given()), (2.0,), (1.0,), dynamic=mode) == (4.0 * factor, 4.0 * factor)
    assert sourcead.hvp(f, dynamic=mode)(2.0, argument, 1.0) == 2.0 * factor
    if isinstance(argument, Tagged):
        assert argument.tags == set()
    else:
        assert np.array_equal(argument, given())


def test_a_function_that_adds_to_a_set_it_is_given_is_refused():
    def f(x, seen, note):
        return x * note(seen) * len(seen)

    def note(seen):
        seen.add(7)
        return 2.0

    with pytest.raises(SharedArray):
        sourcead.grad(f)(1.5, {1}, note)


def test_two_views_of_whole_numbers_one_of_which_is_changed():
    def f(x, places):
        first, second = places[:2], places[1:]
        try:
            first[1] = 7
        except ZeroDivisionError:
            return x
        return x * second[0]

    def whole(x, first, second):
        first[1] = 7
        return x * second[0]

    assert sourcead.value_and_grad(f)(2.0, np.array([1, 2, 3])) == (14.0, 7.0)
    places = np.array([1, 2, 3])
    with pytest.raises(SharedArray):
        sourcead.grad(whole, dynamic="always")(2.0, places[:2], places[1:])


class Recorder:
    def __init__(self):
        self.values = []
        self.calls = 0

    def __call__(self, value):
        self.calls += 1
        self.values.append(value)
        return value


class Counter:
    calls = 0

    def __call__(self, value):
        self.calls += 1
        return value * value


def kept_by_a_method(x):
    kept = []
    [f(x[0]) for f in (kept.append,)]
    return kept[0] ** 2


def kept_by_an_object(x):
    recorder = Recorder()
    y = [f(x[0]) for f in (recorder, np.sin)]
    return recorder.values[0] * y[1]


def kept_by_a_function_chosen_at_run_time(x):
    kept = []
    nothing = {"keep": kept.append}["keep"](x[0])
    return kept[0] ** 2 * (2.0 if nothing is None else 1.0)


@pytest.mark.parametrize("f", [kept_by_a_method, kept_by_an_object, kept_by_a_function_chosen_at_run_time])
def test_what_a_function_keeps_of_its_arguments_is_not_lost(f):
    for run in (sourcead.grad(f), lambda x: sourcead.tangent(f)(x, np.ones_like(x))):
        with pytest.raises(SharedArray, match="keeps something of its arguments") as caught:
            run(X)
        assert caught.value.origin.file == __file__
    slopes = sourcead.grad(f, dynamic="always")(X)
    step = np.array([1e-6, 0.0, 0.0, 0.0])
    assert math.isclose(slopes[0], (f(X + step) - f(X - step)) / 2e-6, rel_tol=1e-6)


def test_a_function_may_count_its_calls():
    def f(x):
        return sum(g(x[0]) for g in (Counter(), np.sin))

    assert math.isclose(sourcead.grad(f)(X)[0], 2.0 * X[0] + math.cos(X[0]))


f_in_the_module = np.zeros(3)


def test_a_local_name_of_a_function_may_be_that_of_an_array_of_the_module():
    def f(x):
        return sum(f_in_the_module(x[0]) for f_in_the_module in (np.sin, np.cos))

    assert math.isclose(sourcead.tangent(f)(X, np.ones(4))[1], math.cos(X[0]) - math.sin(X[0]))
