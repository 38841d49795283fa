"""Forward mode: what is written, and that tangents are right, whatever stretches, branches, loops or is written into.

The programs of the catalogue run through forward mode too, in tests/sourcead/test_programs.py.
"""

from __future__ import annotations

import copy
import inspect
import math
from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import oracle
import pytest

from sourcead import api
from sourcead.errors import CotangentMismatch, DerivativeLost, NoRule, NotDifferentiable, SourceADError

Pair = namedtuple("Pair", "first second")


@dataclass
class Particle:
    position: np.ndarray
    mass: float = 2.0


def v(*shape, seed=0):
    """Numbers between 0.3 and 1.7."""
    return 1.0 + 0.7 * np.tanh(np.random.default_rng([seed, *shape]).standard_normal(shape))


def pushed(f, args, wrt, direction):
    """Value and tangent from the emitted function; tangents go behind, or by name behind defaults."""
    forward = api.tangent(f, wrt)
    names = [n for n in inspect.signature(forward).parameters if n not in inspect.signature(f).parameters]
    return forward(*args, **dict(zip(names, direction)))


def check(f, *args, wrt=(0,)):
    """The tangent along a random direction is that of numeric differences, in the structure and shape of the value."""
    rng = np.random.default_rng(5)
    x = tuple(args[k] for k in wrt)
    direction = oracle.random_like(x, rng)

    def along(x):
        given = list(copy.deepcopy(args))
        for place, value in zip(wrt, x):
            given[place] = copy.deepcopy(value)
        return f(*given)

    value = along(x)
    cotangent = oracle.random_like(value, rng)
    before = copy.deepcopy((args, direction))
    found, dot = pushed(f, args, wrt, direction)
    for kept, original in zip(oracle.leaves((args, direction)), oracle.leaves(before), strict=True):
        np.testing.assert_array_equal(kept, original)
    for a, b in zip(oracle.leaves(found), oracle.leaves(value), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    for a, b in zip(oracle.leaves(dot), oracle.leaves(value), strict=True):
        assert np.shape(a) == np.shape(b)
    expected = oracle.directional(along, x, direction, cotangent)
    assert abs(oracle.inner(dot, cotangent) - expected.value) <= expected.error + 1e-9 * (1.0 + abs(expected.value))


# What is written


def root(a):
    x = a
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


def layer(W, b, X):
    h = np.tanh(X @ W + b)
    return np.sum(h * h)


def heat(u0, c, n):
    u = u0 * 1.0
    for t in range(n):
        u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


def fill(x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = math.exp(x[i])
    return out


def huber(r, delta):
    if abs(r) <= delta:
        return 0.5 * r * r
    return delta * (abs(r) - 0.5 * delta)


WRITTEN = [
    (
        root,
        0,
        '''
        def root_tangent(a, a_dot):
            """Value and tangent of root in the direction a_dot."""
            a_dot = matched(a_dot, a)
            x_dot = a_dot
            x = a
            while abs(x * x - a) > 1e-12:
                x_dot = 0.5 * (x_dot + (a_dot / x - x_dot * (a / x / x)))
                x = 0.5 * (x + a / x)
            return x, x_dot
        ''',
    ),
    (
        layer,
        (0, 1),
        '''
        def layer_tangent(W, b, X, W_dot, b_dot):
            """Value and tangent of layer in the direction W_dot, b_dot."""
            W_dot = matched(W_dot, W)
            b_dot = matched(b_dot, b)
            require_plain("X", X)
            h = np.tanh(X @ W + b)
            h_dot = (X @ W_dot + b_dot) * (1.0 - h * h)
            return np.sum(h * h), np.sum(2.0 * (h_dot * h))
        ''',
    ),
    (
        fill,
        0,
        '''
        def fill_tangent(x, x_dot):
            """Value and tangent of fill in the direction x_dot."""
            x_dot = matched(x_dot, x)
            out = np.zeros(len(x))
            out_dot = np.zeros_like(out)
            for i in range(len(x)):
                t2 = math.exp(x[i])
                out_dot[i] = x_dot[i] * t2
                out[i] = t2
            return out, out_dot
        ''',
    ),
    (
        huber,
        0,
        '''
        def huber_tangent(r, delta, r_dot):
            """Value and tangent of huber in the direction r_dot."""
            r_dot = matched(r_dot, r)
            require_plain("delta", delta)
            if abs(r) <= delta:
                t = 0.5 * r
                result_dot = 0.5 * r_dot * r + r_dot * t
                result = t * r
            else:
                result_dot = r_dot * real_sign(r) * delta
                result = delta * (abs(r) - 0.5 * delta)
            return result, result_dot
        ''',
    ),
]


@pytest.mark.parametrize("f, wrt, text", WRITTEN, ids=[f.__name__ for f, _, _ in WRITTEN])
def test_written(f, wrt, text):
    source = api.tangent(f, wrt).source
    assert source[source.index("def ") :].strip() == inspect.cleandoc(text)


def test_root():
    value, dot = api.tangent(root)(2.0, 1.0)
    np.testing.assert_allclose((value, dot), (math.sqrt(2.0), 0.5 / math.sqrt(2.0)))


def test_what_does_not_vary_has_no_tangent():
    source = api.tangent(heat, "u0").source
    assert "c_dot" not in source and "n_dot" not in source


# Shapes: a tangent has the shape of its value


def add_larger(x, y):
    z = x + y
    return np.sum(z)


def subtract_from_larger(x, y):
    z = y - x
    return z


def chain_of_larger(x, y, w):
    z = np.sin(x) + y
    z = z - w
    return z


def loose_into_product(x, y, w):
    return np.sum((x + y) * w)


def rebound_between(x, y):
    t = x + y
    y = y[0]
    z = t * y
    return np.sum(z)


def maximum_of_larger(x, y):
    return np.maximum(x, y) + np.where(y > 1.0, x, y)


def remainder_larger(x, y):
    return (x + 3.0) % y


def scalar_grows(x, y):
    total = 0.0
    total += x
    total += y
    return total


def number_becomes_array(x, y):
    total = 1.0
    for k in range(3):
        total = total * x + y
    return total


def grows_in_loop(x, y):
    z = x
    for k in range(2):
        z = z + y
    return np.sum(z, axis=0)


def element_of_list_grows(x, y):
    parts = [x, 2.0 * x]
    parts[0] += y
    return np.sum(parts[0]) + parts[1]


def stored_into_list(x, y):
    parts = [y, y]
    parts[1] = x + y
    return np.sum(parts[1])


SHAPES = [
    (add_larger, (0.7, v(3)), (0,)),
    (add_larger, (v(3), v(2, 3)), (0,)),
    (add_larger, (v(3), v(2, 3)), (1,)),
    (add_larger, (v(2, 1), v(1, 3)), (0, 1)),
    (subtract_from_larger, (v(3), v(2, 3)), (0,)),
    (subtract_from_larger, (0.3, v(4)), (0,)),
    (chain_of_larger, (0.3, v(4), v(2, 4)), (0,)),
    (chain_of_larger, (v(4), 0.3, v(2, 1)), (0,)),
    (loose_into_product, (0.3, v(4), 2.0), (0,)),
    (loose_into_product, (0.3, v(4), v(2, 4)), (0,)),
    (loose_into_product, (v(4), v(2, 1), 0.3), (0, 2)),
    (rebound_between, (0.3, v(4, 3)), (0,)),
    (maximum_of_larger, (0.9, v(2, 3)), (0,)),
    (maximum_of_larger, (v(3), v(2, 3, seed=1)), (0, 1)),
    (remainder_larger, (0.5, v(3)), (0,)),
    (scalar_grows, (0.5, v(3)), (0,)),
    (scalar_grows, (0.5, v(3)), (1,)),
    (scalar_grows, (v(3), 0.5), (1,)),
    (number_becomes_array, (0.5, v(3)), (0,)),
    (number_becomes_array, (v(3), 0.5), (1,)),
    (grows_in_loop, (v(3), v(2, 3)), (0,)),
    (grows_in_loop, (v(3), v(2, 3)), (1,)),
    (element_of_list_grows, (0.4, v(3)), (0,)),
    (stored_into_list, (0.4, v(3)), (0,)),
]


@pytest.mark.parametrize("f, args, wrt", SHAPES, ids=[f"{f.__name__}-{k}" for k, (f, _, _) in enumerate(SHAPES)])
def test_shapes(f, args, wrt):
    check(f, *args, wrt=wrt)


# Ways through the program


def one_way_varies(x, c):
    if x[0] > c:
        y = x * x
    else:
        y = np.ones(3)
    return np.sum(y, axis=0) + np.sum(y.T @ y)


def inner_branch(x, c):
    y = c
    if x > 0.0:
        y = y * x
        if x > 0.5:
            y = 2.0
    return y * x + y


def array_only_in_loop(x, n):
    y = np.ones(3)
    for k in range(n):
        y = y * x
    return y.reshape(3, 1) + 0.0


def becomes_constant(x, n):
    y = x
    total = 0.0
    for k in range(n):
        total += y * x
        y = 1.0 if k % 2 else x
    return total + y


def first_that_exceeds(x, c):
    found = None
    for value in x:
        if value * value > c:
            found = value
            break
    return 0.0 if found is None else found * 3.0


def defined_on_one_way(x, n):
    for k in range(n):
        if k == 0:
            best = x * 2.0
        if k > 0:
            best = best * x + 1.0
    return best


def raises(x):
    if x < 0.0:
        y = 1.0
        raise ValueError("negative")
    else:
        y = x * x
    return y


def newton(a):
    x = 1.0
    for _ in range(50):
        step = (x * x - a) / (2.0 * x)
        x -= step
        if abs(step) < 1e-14:
            break
    return x


def swapped(x, n):
    a, b = x, x * x
    for k in range(n):
        a, b = b, np.sin(a) + b
    return a * b


def collatz(x):
    n = 0
    while x > 1.0 and n < 20:
        x = 0.5 * x if n % 2 else 0.75 * x + 0.1
        n += 1
    return x * n


WAYS = [
    (one_way_varies, (v(3), 0.0)),
    (one_way_varies, (v(3), 9.0)),
    (inner_branch, (0.3, 2.0)),
    (inner_branch, (0.7, 2.0)),
    (inner_branch, (-0.7, 2.0)),
    (array_only_in_loop, (0.4, 0)),
    (array_only_in_loop, (0.4, 2)),
    (becomes_constant, (0.4, 1)),
    (becomes_constant, (0.4, 4)),
    (first_that_exceeds, (v(5), 1.0)),
    (first_that_exceeds, (v(5), 9.0)),
    (defined_on_one_way, (0.4, 3)),
    (raises, (0.4,)),
    (root, (2.3,)),
    (newton, (2.3,)),
    (swapped, (0.4, 5)),
    (collatz, (9.7,)),
    (huber, (0.3, 1.0)),
    (huber, (3.0, 1.0)),
]


@pytest.mark.parametrize("f, args", WAYS, ids=[f"{f.__name__}-{k}" for k, (f, _) in enumerate(WAYS)])
def test_ways(f, args):
    check(f, *args)


# Changes in place


def copied_then_written(x):
    y = x + 0.0
    y[0] = 5.0
    z = np.positive(x)
    z[1] += x[0]
    z *= x
    z /= 2.0 * x + y
    return np.sum(x * x) + np.sum(y * z)


def argument_written(x):
    x[0] = x[1] * x[2]
    x *= x
    x -= 1.0
    x **= 3
    return x


def running(x):
    y = np.zeros(len(x) + 1)
    for i in range(len(x)):
        y[i + 1] = 0.5 * y[i] + x[i] * y[i] + x[i]
    return y


def masked(x, y):
    y = y * 2.0
    y[y > 2.0] = 0.0
    y[[0, 0, 1]] += x
    return y


def rows(m, a):
    out = np.zeros((3, 2))
    for i in range(3):
        out[i] = m[i] * a
        out[i, 1] = a
    return out


def overwritten_by_constant(x):
    y = x * x
    y[:] = 1.0
    y[1] = x[0]
    return y


def stack(x):
    items = [x, x * x]
    items.append(3.0)
    last = items.pop()
    items.append(items[0] * last)
    items += [x]
    return items[2] * items[3] + len(items)


def table(x):
    d = {"a": x, "b": 2.0}
    d["c"] = d["a"] * d["b"]
    d["a"] += 1.0
    total = 0.0
    for key in d:
        total += d[key] ** 2
    return {"total": total, "parts": (d["c"], [x, 1.5])}


def grouped(x):
    sums = {}
    for i in range(len(x)):
        sums[i % 2] = sums.get(i % 2, 0.5) + x[i] * x[i]
    return sums[0] * sums[1]


def reshaped_then_written(x, m):
    y = x.ravel()
    y = y * 1.0
    z = (m.T * 1.0).ravel()
    z[0] = 4.0
    w = m.T.ravel()
    w[1] = y[0]
    return np.sum(y * z) + np.sum(w * w)


def lists_and_arrays(x, w):
    t = [x, x * x]
    return np.add(t, w) + np.negative([x, x]) + np.multiply(w, t)


PLACES = [
    (reshaped_then_written, (v(2, 3), v(2, 3, seed=1)), (0, 1)),
    (reshaped_then_written, (v(2, 3), np.asfortranarray(v(2, 3, seed=1))), (0, 1)),
    (lists_and_arrays, (0.6, v(2)), (0,)),
    (lists_and_arrays, (0.6, v(2)), (0, 1)),
    (copied_then_written, (v(4),), (0,)),
    (argument_written, (v(3),), (0,)),
    (heat, (v(8), 0.1, 4), (0,)),
    (heat, (v(8), 0.1, 4), (1,)),
    (heat, (v(8), 0.1, 4), (0, 1)),
    (fill, (v(4),), (0,)),
    (running, (v(4),), (0,)),
    (masked, (v(3), v(4)), (0,)),
    (masked, (v(3), v(4)), (0, 1)),
    (rows, (v(3, 2), 0.6), (0, 1)),
    (rows, (v(3, 2), 0.6), (1,)),
    (overwritten_by_constant, (v(3),), (0,)),
    (stack, (0.6,), (0,)),
    (table, (0.6,), (0,)),
    (grouped, (v(5),), (0,)),
]


@pytest.mark.parametrize("f, args, wrt", PLACES, ids=[f"{f.__name__}-{k}" for k, (f, _, _) in enumerate(PLACES)])
def test_changes_in_place(f, args, wrt):
    check(f, *args, wrt=wrt)


# Operations, containers and calls


def products(a, b):
    return np.trace(a @ b.T) + np.sum(np.einsum("ij,kj->ik", a, b)) + np.sum(np.outer(a[0], b[1]))


def joined(x, c):
    y = np.concatenate([x, c, x[::-1] * 2.0])
    z = np.stack([x, c])
    return y, z.sum(axis=0), np.array([x[0], 1.0])


def inverse(a, b):
    return np.linalg.solve(a, b) + np.linalg.inv(a) @ b + np.linalg.det(a)


def powers(x):
    return x**3 + x**-1 + x**0.5 + x**1 + x**0 + 2.0**x + x**x


def records(x):
    p = Particle(x * x)
    q = Pair(p.position[0], second=3.0)
    return p, q, q.first * p.mass + q[1]


def trees(params, x):
    (w, b), scale = params["layer"], params["scale"]
    return np.tanh(x @ w + b) * scale


def unpacked(x):
    a, *rest, b = x
    return a * b + sum(rest) * rest[0]


def lists_joined(x):
    t = (x, 2.0) + (x * x,)
    u = [x] * 2 + [1.0]
    return t[0] * t[1] * t[2] + u[1] * u[2]


def power_by_recursion(x, n):
    if n == 0:
        return 1.0
    if n % 2:
        return x * power_by_recursion(x, n - 1)
    half = power_by_recursion(x, n // 2)
    return half * half


def even(x, n):
    value = x * 1.0
    for k in range(n):
        value = value * x + k
    return value


def scaled(x, *, by=2.0):
    y = x * by
    y = y + np.sin(y)
    return y


def counted(x, n):
    k = 0
    for i in range(n):
        k += 1 if x > 0.1 * i else 0
    return k


def calls(x, n):
    return even(x, n) + scaled(x) * scaled(n * 1.0, by=x) + counted(x, n) * x


def default_arguments(x, scale=3.0, *rest):
    return x * scale + len(rest)


def closure_over(x):
    def inner(y):
        return y * x

    return inner(x) + (lambda z: z * x)(2.0)


OPERATIONS = [
    (products, (v(2, 3), v(4, 3)), (0, 1)),
    (joined, (v(3), v(3, seed=2)), (0,)),
    (inverse, (v(3, 3) + 3.0 * np.eye(3), v(3)), (0, 1)),
    (powers, (v(3),), (0,)),
    (records, (v(3),), (0,)),
    (trees, ({"layer": (v(3, 2), v(2)), "scale": 0.3}, v(4, 3)), (0, 1)),
    (unpacked, (v(5),), (0,)),
    (unpacked, ([0.3, 0.5, 0.8],), (0,)),
    (lists_joined, (0.7,), (0,)),
    (power_by_recursion, (0.7, 11), (0,)),
    (calls, (0.7, 3), (0,)),
    (default_arguments, (0.7,), (0,)),
    (closure_over, (0.7,), (0,)),
]


@pytest.mark.parametrize("f, args, wrt", OPERATIONS, ids=[f"{row[0].__name__}-{k}" for k, row in enumerate(OPERATIONS)])
def test_operations(f, args, wrt):
    check(f, *args, wrt=wrt)


def test_recursion_writes_one_function():
    source = api.tangent(power_by_recursion).source
    assert source.count("def power_by_recursion_tangent") == 2  # the one asked for checks its tangent


def test_single_precision_stays():
    x = v(3).astype(np.float32)
    value, dot = api.tangent(powers)(x, np.ones(3))
    assert value.dtype == dot.dtype == np.float32


def test_second_order():
    """Forward over forward."""

    def cubed(x):
        return np.sum(x**3)

    first = api.tangent(cubed)
    x, u, w = v(3), v(3, seed=1), v(3, seed=2)
    _, (_, found) = api.tangent(first, "x")(x, u, w)
    np.testing.assert_allclose(found, np.sum(6.0 * x * u * w))


def test_linear_in_the_direction():
    """Reverse over forward: the cotangent of the direction is the gradient."""
    forward = api.tangent(layer, "W")
    W, b, X, dot = v(3, 2), v(2), v(4, 3), v(3, 2, seed=1)
    bar = api.adjoint(forward, "W_dot")(W, b, X, dot, (0.0, 1.0))
    np.testing.assert_allclose(bar, api.grad(layer, "W")(W, b, X))


# What is refused


@pytest.mark.parametrize(
    "args, dot, error",
    [
        ((v(3),), 1.0, CotangentMismatch),
        ((v(3),), v(2), CotangentMismatch),
        ((v(3),), v(3) * 1j, CotangentMismatch),
        ((v(3),), "north", CotangentMismatch),
        (([1.0, 2.0],), [1.0], CotangentMismatch),
        ((3,), 1.0, NotDifferentiable),
        ((np.arange(3),), np.ones(3), NotDifferentiable),
    ],
)
def test_tangents_that_do_not_fit(args, dot, error):
    with pytest.raises(error):
        api.tangent(lambda x: x)(*args, dot)


def test_zero_stands_for_any_part():
    _, dot = api.tangent(lambda tree: tree["a"] * tree["b"][0])({"a": 2.0, "b": [v(3)]}, {"a": 0.0, "b": 0.0})
    np.testing.assert_array_equal(dot, np.zeros(3))


def test_integers_do_not_take_tangents():
    def f(x):
        y = np.zeros(3, dtype=int)
        y[0] = x
        return y[0] * 1.0

    with pytest.raises(DerivativeLost, match="int"):
        api.tangent(f)(2.5, 1.0)


def test_writing_functions_are_right_or_refused():
    def f(x):
        y = np.zeros(3)
        np.add.at(y, [0, 0, 1], x)
        return np.sum(y * y)

    def g(x):
        y = np.zeros(3)
        np.multiply(x, 2.0, out=y)
        return np.sum(y * y)

    for function in (f, g):
        try:
            check(function, v(3))
        except NoRule as error:
            assert error.origin is not None and error.cure


@dataclass
class Doubled:
    mass: float

    def __post_init__(self):
        self.mass *= 2.0


@dataclass(frozen=True)
class Fixed:
    mass: float
    weight: float = 0.0

    def __post_init__(self):
        object.__setattr__(self, "weight", 9.81 * self.mass)


def test_records_that_compute():
    def f(x):
        return Doubled(x).mass

    def g(x):
        return Fixed(x).weight

    assert api.tangent(f)(0.5, 1.0) == (1.0, 2.0)
    with pytest.raises(SourceADError, match="frozen"):
        api.tangent(g, dynamic="never")
    np.testing.assert_allclose(api.tangent(g)(0.5, 1.0), (9.81 * 0.5, 9.81))


def test_no_rule_and_no_source():
    with pytest.raises(SourceADError):
        api.tangent(lambda x: x.undiscovered(2.0), dynamic="never")(1.0, 1.0)
