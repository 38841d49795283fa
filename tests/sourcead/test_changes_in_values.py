"""Calls that change what carries a derivative, and stand where a value is asked for."""

import bisect
import collections
import functools
import heapq
import operator
import random

import numpy as np
import pytest
from numpy.testing import assert_allclose

import sourcead

W = np.array([1.0, 3.0])
X = np.array([0.5, 0.3])
DIRECTION = np.array([1.0, -2.0])


def writes(v):
    v[0] = 2.0
    return 3


def sorted_by_its_method(x):
    b = x * 1.0
    _ = b.sort()
    return np.sum(b * W)


def sorted_in_a_comprehension(x):
    b = x * 1.0
    _ = [z.sort() for z in [b]]
    return np.sum(b * W)


def filled_by_a_lambda(x):
    b = x * 1.0
    fill = lambda z: z.fill(2.0)
    _ = fill(b)
    return np.sum(b * W) + x[0]


def filled_by_a_lambda_as_a_statement(x):
    b = x * 1.0
    fill = lambda z: z.fill(2.0)
    fill(b)
    return np.sum(b * W) + x[0]


def sorted_in_a_test(x):
    b = x * 1.0
    if b.sort() is None:
        pass
    return np.sum(b * W)


def sorted_while_printing(x):
    b = x * 1.0
    print(b.sort(), end="")
    return np.sum(b * W)


def sorted_in_an_update(x):
    b = x * 1.0
    b += 0 if b.sort() is None else 1
    return np.sum(b * W)


def appended_while_printing(x):
    b = [x[0], x[1]]
    print(b.append(x[0] ** 2), end="")
    return b[0] + 3.0 * b[2]


def appended_in_an_assertion(x):
    b = [x[0], x[1]]
    assert b.append(x[0] ** 2) is None
    return b[0] + 3.0 * b[2]


def appended_or_not(x):
    b = [x[0], x[1]]
    if b.append(x[0] ** 2) or b:
        pass
    return b[0] + 3.0 * b[2]


def popped_in_a_size(x):
    stack = [x, x * x]
    pair = (stack, x**3)
    n = np.size(stack.pop())
    return n * np.sum(pair[1])


def popped_in_a_loop_through_a_dict(x):
    stack = []
    for k in range(3):
        stack.append(x * k)
    d = {"a": stack, "b": x * x}
    n = len(d["a"].pop())
    d["a"].append(np.ones(3))
    return np.sum(d["b"]) * n


def popped_by_key_in_a_test(x):
    q = {"k": x[0], "l": x[1]}
    if q.pop("k") > 100:
        pass
    return sum(q.values()) * len(q)


def set_by_default_in_a_choice(x):
    q = {"k": x[0], "l": x[1]}
    n = 3 if q.setdefault("m", x[0] * 2) > 0 else 1
    return sum(q.values()) * len(q) * n


def set_by_the_operator(x):
    b = x * 1.0
    _ = b.__setitem__(0, 2.0 * x[1])
    return np.sum(b * W)


def updated_by_the_operator(x):
    b = x * 1.0
    _ = (lambda z: z.__imul__(2.0))(b)
    return np.sum(b * W)


def updated_by_the_operators_function(x):
    b = x * 1.0
    _ = operator.iadd(b, x[1] ** 2)
    return np.sum(b * W)


def copied_over(x):
    b = x * 1.0
    _ = np.copyto(b, x[::-1] ** 2)
    return np.sum(b * W)


def added_at(x):
    b = x * 1.0
    _ = np.add.at(b, [0, 0], x[1])
    return np.sum(b * W)


def pushed_on_a_heap(x):
    b = [x[0], x[1]]
    _ = heapq.heappush(b, x[0] * x[1])
    return b[0] + 3 * b[1] + 5 * b[2]


def inserted_in_order(x):
    b = [x[1], x[0]]
    _ = bisect.insort(b, x[0] * x[1])
    return b[0] + 3 * b[1] + 5 * b[2]


def shuffled(x):
    b = [x[1], x[0]]
    _ = random.Random(1).shuffle(b)
    return b[0] + 3 * b[1]


def turned(x):
    q = collections.deque([x[0]])
    _ = q.append(x[1])
    _ = q.rotate(1)
    return q[0] + 3 * q[1]


def counted_by_what_writes(x):
    b = x * 1.0
    n = len(range(writes(b)))
    return np.sum(b * W) + x[0] * n


def indexed_by_what_writes(x):
    b = x * 1.0
    b[writes(b) - 3] += x[1]
    return np.sum(b * W)


def taken_out_of_itself(x):
    s = [x * 2.0]
    for k in range(3):
        s = [x * k, s]
    while isinstance(s, list):
        s = s.pop()
    return np.sum(s) * np.sum(x)


def made_anew_after_it_grew(x):
    v = [x for _ in range(2)]
    for r in (x**2, x**3):
        v.extend([r, r])
        v = [r for _ in range(2)]
    return np.sum(v[0] * v[1])


PROGRAMS = [
    sorted_by_its_method, sorted_in_a_comprehension, filled_by_a_lambda, filled_by_a_lambda_as_a_statement,
    sorted_in_a_test, sorted_while_printing, sorted_in_an_update, appended_while_printing, appended_in_an_assertion,
    appended_or_not, popped_in_a_size, popped_in_a_loop_through_a_dict, popped_by_key_in_a_test,
    set_by_default_in_a_choice, set_by_the_operator, updated_by_the_operator, updated_by_the_operators_function,
    copied_over, added_at, pushed_on_a_heap, inserted_in_order, shuffled, turned, counted_by_what_writes,
    indexed_by_what_writes, taken_out_of_itself, made_anew_after_it_grew,
]  # fmt: skip


def slope(f):
    """The gradient by central differences."""
    step = 1e-6
    return np.array([(f(X + step * e) - f(X - step * e)) / (2 * step) for e in np.eye(2)])


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dynamic", ["auto", "always"])
def test_the_change_is_seen(f, dynamic):
    value, x_bar = sourcead.value_and_grad(f, dynamic=dynamic)(X)
    assert_allclose(value, f(X))
    assert_allclose(x_bar, slope(f), atol=1e-7)
    value, dot = sourcead.tangent(f, dynamic=dynamic)(X, DIRECTION)
    assert_allclose(value, f(X))
    assert_allclose(dot, slope(f) @ DIRECTION, atol=1e-7)


@pytest.mark.parametrize(
    "write",
    [
        lambda b: list.append(b, b[0]),
        lambda b: np.ndarray.__setitem__(b, 0, 2.0),
        lambda b: b.partition(1),
        lambda b: b.put([0], 3.0),
    ],
)
def test_what_has_no_derivative_there_is_refused(write):
    def f(x):
        b = x * 1.0
        _ = write(b)
        return np.sum(b * W)

    with pytest.raises(sourcead.SourceADError):
        sourcead.grad(f)(X)


def updated_by_itself(y):
    y *= y
    assert isinstance(y, np.ndarray)
    return y


def test_an_update_by_itself_of_a_variable_that_the_text_asks_about():
    found = sourcead.adjoint(updated_by_itself)(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(found, [2.0, 8.0, 18.0])


def changes_a_number_while_there_is_none(a, b):
    n = 0
    while n:
        if b:
            continue
        a *= a


def given_by_a_partial(a, b):
    yield functools.partial(changes_a_number_while_there_is_none, 1.5)(0.5)


def of_a_loop_that_goes_on(x, y):
    x += y
    list(given_by_a_partial(x, x))
    return np.sum(x * y)


def test_a_loop_of_continue_alone_has_a_place():
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    of_x, of_y = sourcead.grad(of_a_loop_that_goes_on, (0, 1))(x, y)
    np.testing.assert_allclose(of_x, y)
    np.testing.assert_allclose(of_y, x + 2 * y)
