"""Functions defined inside that are passed on by name, put into containers, or kept while what they read changes."""

import functools

import numpy as np
import pytest
from numpy.testing import assert_allclose

import sourcead


class Layer:
    def __init__(self, weight, act=np.tanh):
        self.weight = weight
        self.act = act


def as_a_key(x):
    def length(name):
        return -len(name)

    names = sorted(["a", "bbb", "cc"], key=length)
    return sum(x * len(name) * k for k, name in enumerate(names))


def as_a_key_that_calls_another(x):
    def twice(k):
        return 2 * k

    def key(k):
        """The order."""
        return -twice(k)

    ks = [3, 1, 2]
    ks.sort(key=key)
    return x**2 * ks[0]


def mapped(x):
    def square(k):
        return k * k

    w = list(map(square, [1, 2, 3]))
    return x * w[2]


def in_a_dict(x):
    def square(k):
        return k * k

    table = dict(s=square, c=np.cos)
    y = 0.0
    for name in ("s", "c"):
        y += table[name](x)
    return y


def chosen(x):
    def square(k):
        return k * k

    op = square if x > 0 else np.cos
    return op(x)


def in_an_object(x):
    layer = Layer(x, act=lambda z: z)
    return layer.weight**2


def of_more_than_an_expression(x):
    def key(k):
        if k > 2:
            return 0
        return k

    return x * sorted([1, 2, 3], key=key)[0]


def kept_in_a_dict(x):
    scale = 2
    table = {"s": lambda k: k * scale}
    scale = 3
    return x * table["s"](3)


def kept_by_an_iterator(x):
    s = 1
    products = map(lambda k: s * k, [1, 2, 3])
    s = 2
    return x * sum(products)


def used_up_while_it_changes(x):
    level = 1
    for _ in range(3):
        order = sorted([1, 2, 3], key=lambda k: abs(k - level))
        level += 1
        x = x * order[0]
    return x * x


def maker(a):
    def g(z):
        if z > 0:
            return a * z * z
        return -a * z

    return g


def short_maker(a):
    return lambda z: np.exp(-((z / a) ** 2))


def both(f, g):
    parts = [f, g]
    return lambda z: sum(part(z) for part in parts)


def composed(f, g):
    return lambda v: g(f(v))


class Powers:
    def __init__(self, a):
        self.a = a

    def second(self, v):
        return self.a * v * v

    def third(self, v):
        return self.a * v**3


def made_functions_in_a_list(x):
    gs = [maker(x * k) for k in range(3)]
    hs = [short_maker(x), short_maker(2.0)]
    return sum(g(k + 0.5) for k, g in enumerate(gs)) + sum(h(x) for h in hs)


def made_of_two(x):
    return both(short_maker(x), short_maker(2.0))(x + 1.0)


def made_one_by_one(x):
    gs = []
    for k in range(3):
        gs.append(maker(x * k))
    return sum(g(k + 0.5) for k, g in enumerate(gs))


def made_by_reduce(x):
    h = functools.reduce(composed, [maker(x), np.sin, maker(2.0)])
    return h(x)


def made_under_two_names(x):
    g = h = maker(x)
    return g(x) + h(1.0)


def methods_in_a_dict(x):
    p = Powers(x)
    table = {"second": p.second, "third": p.third}
    return sum(power(x) for power in table.values())


def method_chosen(x):
    p = Powers(x)
    op = p.second if x > 0 else p.third
    return op(x)


def array_that_a_kept_function_reads(x):
    w = np.array([2.0, 3.0])
    table = {"s": lambda k: k * w}
    y = x * x * table["s"](3)
    w[0] = 5
    y = y * table["s"](3)
    w += 1
    return y @ table["s"](3)


def counter(x):
    total = [0.0]

    def add(v):
        total[0] += v * x
        return total[0]

    def get():
        return total[0]

    return add, get


def table_of(x):
    return {"f": lambda v: v * x, "g": np.sin}


def two_made_at_once(x):
    add, get = counter(x)
    for k in range(3):
        add(k * x)
    return get()


def taken_from_what_is_made(x):
    fs = [table_of(x * k)["f"] for k in (1.0, 2.0)]
    return sum(f(x) for f in fs)


PROGRAMS = [
    two_made_at_once,
    taken_from_what_is_made,
    made_functions_in_a_list,
    made_of_two,
    made_one_by_one,
    made_by_reduce,
    made_under_two_names,
    methods_in_a_dict,
    method_chosen,
    array_that_a_kept_function_reads,
    as_a_key,
    as_a_key_that_calls_another,
    mapped,
    in_a_dict,
    chosen,
    in_an_object,
    of_more_than_an_expression,
    kept_in_a_dict,
    kept_by_an_iterator,
    used_up_while_it_changes,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_value_and_derivatives(f):
    x, h = 0.7, 1e-5
    value, gradient = sourcead.value_and_grad(f)(x)
    slope = (f(x + h) - f(x - h)) / (2 * h)
    assert_allclose(value, f(x), rtol=1e-14)
    assert_allclose(gradient, slope, rtol=1e-8)
    assert_allclose(sourcead.jvp(f, (x,), (1.0,))[1], slope, rtol=1e-8)
    assert_allclose(sourcead.grad(f, dynamic="always")(x), slope, rtol=1e-8)
    curvature = (sourcead.grad(f)(x + h) - sourcead.grad(f)(x - h)) / (2 * h)
    assert_allclose(sourcead.hvp(f)(x, 1.0), curvature, rtol=1e-7, atol=1e-9)


def test_a_function_of_one_expression_is_written_as_a_lambda():
    assert "key=lambda name: -len(name)" in sourcead.grad(as_a_key).source
    assert "runtime.vjp" not in sourcead.grad(used_up_while_it_changes).source


def without_use(a, b):
    a = b  # noqa: F841


def names_of_two_scopes(y, p):
    without_use(y, p)
    z = 0.5
    for g in [lambda a: a, lambda a: a * 3.0]:
        z = g(z)
    a = y * y
    a = a * p
    parts = [a for a in (5.0, 6.0)]
    scaled = (lambda b, c=a: b * c)(2.0)
    return z * p * parts[1] + a + scaled


def test_a_lambda_and_a_comprehension_keep_their_own_names():
    y, p, h = 2.0, 3.0, 1e-6
    expected = [
        (names_of_two_scopes(y + h, p) - names_of_two_scopes(y - h, p)) / (2 * h),
        (names_of_two_scopes(y, p + h) - names_of_two_scopes(y, p - h)) / (2 * h),
    ]
    assert sourcead.grad(names_of_two_scopes, (0, 1))(y, p) == pytest.approx(tuple(expected), rel=1e-7)
