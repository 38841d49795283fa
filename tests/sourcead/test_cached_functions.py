"""Functions behind a cache that do more than to compute: they run as often as in Python, or there is an error."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

import runtime
import sourcead
from runtime.computing import only_computes
from runtime.errors import SharedArray, SourceADError

WEIGHTS = [1.0, 2.0]
KEPT = []


class Scale:
    def __init__(self):
        self.n = 1.0

    def up(self, y):
        self.n += 1.0
        return y * self.n


@functools.cache
def printed(y):
    print("once")
    return y * 2


@functools.cache
def counted(y):
    KEPT.append(1)
    return y * 2 * len(KEPT)


def tick(y):
    KEPT.append(1)
    return y * len(KEPT)


def halves(x):
    @functools.cache
    def g(y, k):
        if k == 0:
            return y
        return g(y * 0.5, k - 1) + g(y * 0.5, k - 1) * np.sin(y)

    return g(x, 4)


def own_list(x):
    @functools.lru_cache(maxsize=None)
    def g(y, k=1):
        t = [y]
        t.append(y * k)
        return t[1] * math.sin(t[0])

    return g(x * 1.0) + g(x * 1.0, k=1) + g(x * 1.0) + g(x * 1.0)


def reads_arrays(x):
    w = np.array([1.0, 2.0])

    @functools.cache
    def g(y):
        return np.sum(w) * y + WEIGHTS[0]

    return g(x * 1.0) * g(x * 1.0)


def of_a_constant(x):
    @functools.cache
    def g(y):
        return y * x

    return g(x * 1.0) * g(1.3)


def through_another(x):
    def h(y):
        return [y * y for k in range(3)][1]

    @functools.cache
    def g(y):
        return h(y)

    return g(x * 1.0) * g(x * 1.0) * g(2.0) * g(2.0)


def fresh_draws(x):
    @functools.cache
    def g(y):
        return y * np.random.default_rng(4).normal()

    return g(x * 1.0) * g(x * 1.0)


def of_numbers(x):
    seen = []

    @functools.cache
    def g(k):
        seen.append(x)
        return x * k

    return g(2) + g(2) + g(3) + len(seen) * x


def appends(x):
    n = []

    @functools.cache
    def g(y):
        n.append(y)
        return y * y

    return (g(x * 1.0) + g(x * 1.0)) * len(n)


def counts(x):
    n = 0.0

    @functools.cache
    def g(y):
        nonlocal n
        n += 1.0
        return y * y

    return (g(x * 1.0) + g(x * 1.0)) * n


def writes(x):
    w = np.array([1.0, 2.0])

    @functools.cache
    def g(y):
        w[0] += y
        return y

    return g(x * 1.0) * g(x * 1.0) * w[0]


def draws(x):
    r = np.random.default_rng(0)

    @functools.cache
    def g(y):
        return y * r.normal()

    return g(x * 1.0) * g(x * 1.0)


def prints(x):
    return printed(x * 1.0) * printed(x * 1.0)


def counts_outside(x):
    KEPT.clear()
    counted.cache_clear()
    return counted(x * 1.0) * counted(x * 1.0)


def by_an_inner_function(x):
    kept = []

    def h(y):
        kept.append(1)
        return y * len(kept)

    @functools.cache
    def g(y):
        return h(y)

    return g(x * 1.0) * g(x * 1.0)


def by_a_function_of_the_module(x):
    KEPT.clear()

    @functools.cache
    def g(y):
        return tick(y)

    return g(x * 1.0) * g(x * 1.0)


def by_a_method(x):
    s = Scale()

    @functools.cache
    def g(y):
        return s.up(y)

    return g(x * 1.0) * g(x * 1.0)


def a_bound_method(x):
    s = Scale()
    g = functools.cache(s.up)
    return g(x * 1.0) * g(x * 1.0)


COMPUTING = (halves, own_list, reads_arrays, of_a_constant, through_another, fresh_draws)
ACTING = (
    appends, counts, writes, draws, prints, counts_outside, by_an_inner_function, by_a_function_of_the_module,
    by_a_method, a_bound_method,
)  # fmt: skip
DYNAMIC = pytest.mark.parametrize("dynamic", ["auto", "always"])


@DYNAMIC
@pytest.mark.parametrize("f", COMPUTING, ids=lambda f: f.__name__)
def test_a_cache_around_what_only_computes_changes_nothing(f, dynamic):
    h = 1e-6
    slope = (f(1.3 + h) - f(1.3 - h)) / (2 * h)
    assert sourcead.grad(f, dynamic=dynamic)(1.3) == pytest.approx(slope, rel=1e-6)


@DYNAMIC
@pytest.mark.parametrize("f", ACTING, ids=lambda f: f.__name__)
def test_equal_values_of_different_derivatives_are_refused_where_the_function_does_more(f, dynamic):
    with pytest.raises(SourceADError, match="is cached, does more than to compute|changes an argument in place"):
        sourcead.grad(f, dynamic=dynamic)(1.3)


def test_what_is_asked_of_numbers_runs_once_on_the_graph():
    assert sourcead.grad(of_numbers, dynamic="always")(1.3) == pytest.approx(9.0)
    with pytest.raises(SharedArray, match="changes an argument in place(?s:.*)always"):
        sourcead.grad(of_numbers)(1.3)


def test_values_that_differ_may_do_more():
    def f(x):
        kept = []

        @functools.cache
        def g(y):
            kept.append(y)
            return y * y

        a = x * 2.0
        return (g(a) + g(x) + g(a) + g(x)) * len(kept)

    assert sourcead.grad(f, dynamic="always")(1.3) == pytest.approx(2 * 2 * 5 * 2 * 1.3)


@functools.cache
def squared(t):
    return (t * t).sum()


def test_a_tensor_is_a_key_by_what_it_is():
    value, pullback = runtime.vjp(lambda t: squared(t) * 2.0, runtime.tensor([1.0, 2.0]))
    assert float(value) == 10.0
    assert np.asarray(pullback(runtime.tensor(1.0))[0]) == pytest.approx([4.0, 8.0])


def _sorted_in_place(w):
    def g(y):
        w.sort()
        return y

    return g


def _given_out(w):
    def g(y):
        np.add(w, y, out=w)
        return y

    return g


def _added_to(w):
    def g(y):
        v = w
        v += y
        return v[0]

    return g


def _deleted_from(w):
    def g(y):
        del w[0]
        return y

    return g


def _reads(w):
    def g(y):
        return y * w.sum() + len(w) + w[0]

    return g


def _reads_itself(w):
    def g(y):
        return y if y < 0 else g(y - 1) * math.sin(w.T[0])

    return g


@pytest.mark.parametrize("make", [_sorted_in_place, _given_out, _added_to, _deleted_from])
def test_changes_of_what_is_around_are_seen_in_the_code(make):
    assert not only_computes(make(np.ones(3)))


@pytest.mark.parametrize("make", [_reads, _reads_itself])
def test_reading_is_no_change(make):
    assert only_computes(make(np.ones(3)))


@pytest.mark.parametrize("function", [print, KEPT.append, np.random.default_rng(0).normal, Scale().up, open, np.copyto])
def test_these_do_more(function):
    assert not only_computes(function)


@pytest.mark.parametrize("function", [np.sum, math.sin, len, np.sort, np.linalg.solve, functools.cache(np.exp)])
def test_these_compute(function):
    assert only_computes(function)
