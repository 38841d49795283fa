"""Functions that change what they are given by a way that their text alone does not tell."""

import functools

import numpy as np
import pytest
from numpy.testing import assert_allclose

import sourcead

W = np.array([1.0, 3.0])
X = np.array([0.5, 0.3])
DIRECTION = np.array([1.0, -2.0])


class Base:
    def __init__(self, a, b=None):
        self.a = a


class Box(Base):
    def scale(self, k):
        self.a *= k

    def __call__(self, k):
        self.a *= k

    def __iadd__(self, k):
        self.a += k
        return self

    def __add__(self, k):
        self.a += k
        return self

    @property
    def peek(self):
        self.a *= 2.0
        return 1.0


class Changing:
    def __init__(self, a):
        self.a = a
        a += 1.0


def same(v):
    return v


def halved(v, n):
    if n == 0:
        return 0.0
    v *= 0.5
    return np.sum(v) * halved(v, n - 1) + np.sum(v)


def by_recursion(b):
    return halved(b, 3)


def by_turns(b, n=3):
    if n == 0:
        return 0.0
    return other(b, n - 1) + np.sum(b)


def other(b, n):
    b *= 2.0
    return by_turns(b, n)


def by_a_method(b):
    w = Box(a=b, b=0.5)
    w.scale(3.0)
    return 0.5


def by_making_an_object(b):
    Changing(b)
    return 0.5


def by_calling_an_object(b):
    w = Box(b)
    w(3.0)
    return 0.5


def by_an_update(b):
    w = Box(b)
    w += 3.0
    return 0.5


def by_an_operator(b):
    w = Box(b)
    _ = w + 3.0
    return 0.5


def by_a_property(b):
    w = Box(b)
    return 0.5 * w.peek


def by_an_object_in_a_list(b):
    for w in [Box(b)]:
        w(2.0)
    return 0.5


def by_a_partial(b):
    return functools.partial(halved, b)(2)


def by_a_lambda_in_map(b):
    for _ in map(lambda z: z.sort(), [b]):
        pass
    return 0.5


def by_an_iterator(b):
    it = iter([b])
    c = next(it)
    c *= 2.0
    return 0.5


def by_a_walrus(b):
    if (c := b) is not None:
        c *= 2.0
    return 0.5


def by_a_dict(b):
    d = {}
    d["k"] = b
    d["k"] *= 2.0
    return 0.5


def by_a_list(b):
    d = []
    d.append(b)
    d[0] *= 2.0
    return 0.5


def by_a_joined_list(b):
    d = []
    d += [b]
    c = d[0]
    c *= 2.0
    return 0.5


def by_an_entry(b):
    d = [None]
    d[0], _ = b, 1
    c = d[0]
    c *= 2.0
    return 0.5


def by_a_field(b):
    w = Box(None)
    w.a = b
    w(2.0)
    return 0.5


def by_a_field_set_by_name(b):
    w = Box(None)
    setattr(w, "a", b)
    w(2.0)
    return 0.5


def by_what_a_function_gives_back(b):
    c = same(b)
    c *= 2.0
    return 0.5


CHANGING = [
    by_recursion, by_turns, by_a_method, by_making_an_object, by_calling_an_object, by_an_update, by_an_operator,
    by_a_property, by_an_object_in_a_list, by_a_partial, by_a_lambda_in_map, by_an_iterator, by_a_walrus, by_a_dict,
    by_a_list, by_a_joined_list, by_an_entry, by_a_field, by_a_field_set_by_name, by_what_a_function_gives_back,
]  # fmt: skip


def program(g):
    def f(x):
        a = x * 1.0
        r = g(a)
        return r * np.sum(x) + np.sum(a * a * W)

    return f


def slope(f):
    """The gradient by central differences."""
    step = 1e-6
    return np.array([(f(X + step * e) - f(X - step * e)) / (2 * step) for e in np.eye(2)])


@pytest.mark.parametrize("g", CHANGING, ids=lambda g: g.__name__)
def test_the_caller_sees_the_change_or_is_told(g):
    f = program(g)
    for dynamic in ("auto", "always"):
        try:
            value, x_bar = sourcead.value_and_grad(f, dynamic=dynamic)(X)
            assert_allclose(value, f(X))
            assert_allclose(x_bar, slope(f), atol=1e-7)
            value, dot = sourcead.tangent(f, dynamic=dynamic)(X, DIRECTION)
            assert_allclose(value, f(X))
            assert_allclose(dot, slope(f) @ DIRECTION, atol=1e-7)
        except sourcead.SharedArray:
            assert dynamic == "auto"


@pytest.mark.parametrize("g", [by_recursion, by_turns, by_an_operator, by_a_walrus, by_an_entry])
def test_it_is_right_without_asking(g):
    f = program(g)
    assert_allclose(sourcead.grad(f)(X), slope(f), atol=1e-7)


@pytest.mark.parametrize("g", CHANGING, ids=lambda g: g.__name__)
def test_the_callers_own_array_stays(g):
    x = X.copy()
    for dynamic in ("auto", "always"):
        try:
            sourcead.value_and_grad(program(g), dynamic=dynamic)(x)
            sourcead.value_and_grad(g, dynamic=dynamic)(x)
            sourcead.vjp(g, x, dynamic=dynamic)
        except sourcead.SharedArray:
            pass
        assert_allclose(x, X, rtol=0, atol=0)


def known_only_after_a_region(x):
    b = x * 1.0
    it = iter([b])
    c = next(it)
    c *= 2.0
    return np.sum(b * W)


def known_only_after_try(x):
    b = x * 1.0
    try:
        c = b.T if b.size else int("a")
    except ValueError:
        c = 1.0
    c *= 2.0
    return np.sum(b * W)


def known_only_after_eval(x):
    b = x * 1.0
    c = eval("b")
    c *= 2.0
    return np.sum(b * W)


def the_first_that_fits(x):
    b = x * 1.0
    c = next((v for v in [b] if v.size), None)
    c *= 2.0
    return np.sum(b * W)


@pytest.mark.parametrize(
    "f", [known_only_after_a_region, known_only_after_try, known_only_after_eval, the_first_that_fits]
)
def test_an_update_of_what_a_region_gives_is_seen(f):
    value, x_bar = sourcead.value_and_grad(f)(X)
    assert_allclose(value, f(X))
    assert_allclose(x_bar, slope(f), atol=1e-7)
    assert_allclose(sourcead.tangent(f)(X, DIRECTION)[1], slope(f) @ DIRECTION, atol=1e-7)
