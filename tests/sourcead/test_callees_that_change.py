"""Functions that change what they are given by a way that their text alone does not tell."""

import functools
from typing import NamedTuple

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


def set_first(a, b):
    try:
        b[0] = 0.7
    except ZeroDivisionError:
        pass
    return 1.5


def squared_on_the_way(a, b):
    a *= a
    yield b


def put_in_a_dict(v):
    d = {}
    d["a"] = v
    d["a"] += 2.0


def put_in_an_object(v):
    w = Box(v, 0.1)
    w.scale(2.0)


def a_partial_in_a_region(x):
    b = x * 1.0
    c = b
    p = functools.partial(set_first, 1.0)(b)
    return np.sum(c) * p + x[0]


def a_generator_given_an_entry(x):
    y = x * 1.0
    for _ in range(2):
        v = [0.3, y]
        list(squared_on_the_way(v[1], 0.5))
    return np.sum(y)


def a_lambda_in_a_region(x):
    b = x * 1.0
    g = lambda v: v.sort()
    try:
        g(b)
    except ZeroDivisionError:
        pass
    return np.sum(b * W)


def a_local_function_in_a_region(x):
    b = x * 1.0

    def g(v):
        c = v
        c += 2.0 * x

    try:
        g(b)
    except ZeroDivisionError:
        pass
    return np.sum(b * W)


def a_function_in_a_region(x):
    b = x * 1.0
    try:
        put_in_a_dict(b)
    except ZeroDivisionError:
        pass
    return np.sum(b * b * W)


def an_object_in_a_region(x):
    b = x * 1.0
    try:
        put_in_an_object(b)
    except ZeroDivisionError:
        pass
    return np.sum(b * b * W)


def text_in_a_region(x):
    b = x * 1.0
    try:
        eval("b.sort()")
    except ValueError:
        pass
    return np.sum(b * b * W)


REGIONS = [
    a_partial_in_a_region, a_generator_given_an_entry, a_lambda_in_a_region, a_local_function_in_a_region,
    a_function_in_a_region, an_object_in_a_region, text_in_a_region,
]  # fmt: skip


@pytest.mark.parametrize("f", REGIONS, ids=lambda f: f.__name__)
def test_what_a_region_changes_by_another_name_is_seen_or_refused(f):
    for dynamic in ("auto", "always"):
        try:
            value, x_bar = sourcead.value_and_grad(f, dynamic=dynamic)(X)
            assert_allclose(value, f(X))
            assert_allclose(x_bar, slope(f), atol=1e-7)
            assert_allclose(sourcead.tangent(f, dynamic=dynamic)(X, DIRECTION)[1], slope(f) @ DIRECTION, atol=1e-7)
        except sourcead.SharedArray:
            assert dynamic == "auto"


def moved(a, b):
    b.scale(0.5)


def test_a_call_that_no_derivative_goes_through_leaves_the_callers_array_alone():
    def f(x, y):
        _ = moved(b=Box(x, 0.5), a=y)
        return y

    x, y = X.copy(), X.copy()
    for wrt in (0, 1, (0, 1)):
        with pytest.raises(sourcead.SourceADError):
            sourcead.adjoint(f, wrt)(x, y, np.ones(2))
        assert_allclose(x, X, rtol=0, atol=0)


class Couple(NamedTuple):
    a: object
    b: object


def test_a_check_keeps_what_it_reads():
    def f(x, m):
        u = np.sum(Couple(x, b=0.1)[0])
        for r in m:
            u += r
        return 0.1

    assert_allclose(sourcead.grad(f, 1)(X, X), [0.0, 0.0])


def test_a_lambda_in_a_region_keeps_the_names_of_its_parameters():
    def f(x):
        same = lambda a: a
        try:
            x += 0.5
        except ZeroDivisionError:
            pass
        p = same(a=0.5)
        return 2.0 * np.sum(x) * p

    assert_allclose(sourcead.grad(f)(X), [1.0, 1.0])


def test_what_is_taken_out_of_a_view_is_copied_before_the_view_changes():
    def f(m):
        x = m[1]
        x[1:3] *= x[1]
        return np.sum(np.sin(x))

    df = sourcead.grad(f)
    m, m_dot = np.linspace(0.1, 0.9, 8).reshape(2, 4), np.linspace(-1.0, 1.0, 8).reshape(2, 4)
    step = 1e-6
    m_bar, dot = sourcead.tangent(df)(m, m_dot)
    assert_allclose(m_bar, df(m))
    assert_allclose(dot, (df(m + step * m_dot) - df(m - step * m_dot)) / (2 * step), atol=1e-8)
