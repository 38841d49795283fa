"""Lists and dicts that grow or shrink while a loop goes through them, under another name or in what it calls."""

import numpy as np
import pytest

import sourcead
from sourcead.errors import NotDifferentiable


def under_another_name(x):
    xs = [x, x * x]
    ys = xs
    total = 0.0
    for v in xs:
        if len(ys) < 5:
            ys.append(v * 2)
        total = total * 0.5 + v * v
    return total


def pushed(values, v):
    if len(values) < 6:
        values.append(v)


def in_what_it_calls(x):
    xs = [x, x * x]
    total = 0.0
    for v in xs:
        total = total * 0.5 + v * v
        pushed(xs, v * 2)
    return total


def within_a_dict(x):
    d = {"a": [x, x * x]}
    rows = d["a"]
    total = 0.0
    for v in d["a"]:
        total = total * 0.5 + v * v
        if len(rows) < 5:
            rows.append(v)
    return total


def shrinks(x):
    xs = [x, x * x, 2 * x, 3 * x]
    total = 0.0
    for i, v in enumerate(xs):
        total = total * 0.5 + v * v * i
        del xs[-1]
    return total


def by_an_update(x):
    xs = [x, x * x]
    total = 0.0
    for v in xs:
        total = total * 0.5 + v * v
        if len(xs) < 6:
            xs += [v]
    return total


GROWING = [under_another_name, in_what_it_calls, within_a_dict, shrinks, by_an_update]


@pytest.mark.parametrize("f", GROWING)
def test_it_is_found_when_the_derivative_runs(f):
    for made in (sourcead.grad(f), lambda x: sourcead.tangent(f)(x, 1.0)):
        with pytest.raises(NotDifferentiable, match="after a round of the loop that goes through it"):
            made(0.8)


@pytest.mark.parametrize("f", GROWING)
def test_the_dynamic_graph_goes_on_as_python_does(f):
    value, slope = sourcead.value_and_grad(f, dynamic="always")(0.8)
    assert value == f(0.8)
    assert slope == pytest.approx((f(0.8 + 1e-6) - f(0.8 - 1e-6)) / 2e-6, rel=1e-6)


def test_a_dict_that_shrinks_is_refused_as_python_does():
    def f(x):
        d = {"a": x, "b": x * x}
        for k, v in d.items():
            x = x * v
            d.pop(k)
        return x

    with pytest.raises(RuntimeError):
        f(0.8)
    with pytest.raises(NotDifferentiable):
        sourcead.grad(f)(0.8)


def test_a_loop_that_is_left_after_the_change_is_no_matter():
    def f(x, bound):
        xs = [x, x * x, 3 * x]
        ys = xs
        for v in xs:
            if v > bound:
                ys.append(v * x)
                break
        return sum(xs) * len(xs)

    assert sourcead.grad(f)(2.0, 3.0) == pytest.approx(4 * (1 + 4 + 3 + 12))
    assert sourcead.grad(f)(2.0, 9.0) == pytest.approx(3 * (1 + 4 + 3))


def test_an_array_added_to_a_list_makes_an_array_of_it():
    def f(x, more):
        xs = [1.0, 2.0]
        xs += more
        total = 0.0
        for v in xs:
            total = total * x + v
        return total

    assert sourcead.grad(f)(2.0, [3.0]) == 4.0 + 2.0
    assert sourcead.grad(f, dynamic="always")(2.0, np.array([3.0, 4.0])) == 4.0
    with pytest.raises(NotDifferentiable, match="makes an array of the list"):
        sourcead.grad(f)(2.0, np.array([3.0, 4.0]))


def test_a_list_of_numbers_times_an_array():
    def f(x):
        weights = [1.0, 2.0]
        return np.sum((weights * x) ** 2)

    np.testing.assert_allclose(sourcead.grad(f)(np.array([1.5, 2.0])), [3.0, 16.0])


def test_a_list_of_values_times_an_array_is_refused():
    def f(x, times):
        return sum([x, 2.0 * x] * times)

    assert sourcead.grad(f)(1.5, 3) == 9.0
    with pytest.raises(NotDifferentiable, match="a list is multiplied by a number or an array"):
        sourcead.grad(f)(1.5, np.array([3, 2]))
