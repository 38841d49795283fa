"""`detect_anomaly`: the first cotangent that is not finite, the first value that is not a number."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import runtime
import sourcead
from runtime import autograd


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"):
        yield


def length(x):
    y = np.sqrt(np.sum(x * x))
    return 2.0 * y


def steps(x, n):
    best = np.inf
    for _ in range(n):
        x = x / (x - 1.0)
        best = min(best, np.sum(x))
    return np.sum(x) + best


def helper(x):
    total = 0.0
    for v in x:
        total = total + np.log(v)
    return total


def calls(x):
    return helper(x) * 2.0 + helper(x * x)


def caught(f, *args, transform=sourcead.grad):
    with pytest.raises(sourcead.NotFinite) as found, sourcead.detect_anomaly():
        transform(f)(*args)
    assert sys.gettrace() is None or "sourcead" not in repr(sys.gettrace())
    return found.value


def line_of(f, text):
    lines = open(f.__code__.co_filename, encoding="utf-8").read().splitlines()
    return next(k for k in range(f.__code__.co_firstlineno, len(lines) + 1) if text in lines[k - 1])


def test_a_cotangent():
    error = caught(length, np.zeros(2))
    assert error.origin.line == line_of(length, "np.sqrt")
    assert "a cotangent is nan" in error.fact and "x_bar[0]" in error.fact and "length_grad" in error.fact
    assert error.origin.text == "y = np.sqrt(np.sum(x * x))"
    assert isinstance(error, ArithmeticError)


def test_an_infinite_cotangent():
    error = caught(lambda x: np.cbrt(x), 0.0)
    assert "is inf" in error.fact


def test_a_value_that_is_not_a_number():
    error = caught(steps, np.array([2.0, 1.0]), 3)
    assert error.origin.line == line_of(steps, "x = x /")
    assert "a value is nan" in error.fact and "x[1]" in error.fact


def test_the_watch_sees_functions_that_are_called():
    error = caught(calls, np.array([1.0, 0.0]))
    assert error.origin.line == line_of(helper, "np.log")
    assert "a cotangent is inf" in error.fact


def test_derivatives_of_derivatives_name_the_users_line():
    # The gradient of x ** 1.5 is finite at zero, its own derivative is not.
    def power(x):
        y = x**1.5
        return y

    assert np.isfinite(sourcead.grad(power)(np.float64(0.0)))
    error = caught(sourcead.grad(power), np.float64(0.0))
    assert error.origin.text == "y = x**1.5" and error.origin.file == __file__


def test_tangents_are_watched():
    error = caught(
        lambda x, x_dot: sourcead.tangent(steps)(x, 3, x_dot), np.array([2.0, 1.0]), np.ones(2), transform=id_
    )
    assert "nan" in error.fact


def id_(f):
    return f


def test_right_programs_pass_unchanged():
    x = np.array([2.0, 0.5])
    plain = sourcead.grad(steps)(x, 3)
    with sourcead.detect_anomaly():
        watched = sourcead.grad(steps)(x, 3)
    np.testing.assert_array_equal(watched, plain)


def test_as_a_decorator():
    checked = sourcead.detect_anomaly()(sourcead.grad(length))
    np.testing.assert_allclose(checked(np.array([3.0, 4.0])), [1.2, 1.6])
    with pytest.raises(sourcead.NotFinite):
        checked(np.zeros(2))


def test_infinite_values_are_allowed_and_memory_not_yet_written():
    def masked(x):
        kept = np.empty(2)
        kept[0] = x[0] * 2.0
        kept[1] = x[1] * 3.0
        return np.max(np.where(np.array([True, False]), kept, -np.inf))

    with sourcead.detect_anomaly():
        np.testing.assert_array_equal(sourcead.grad(masked)(np.ones(2)), [2.0, 0.0])


def test_the_former_trace_function_comes_back():
    before = sys.gettrace()
    with sourcead.detect_anomaly():
        assert sys.gettrace() is not before
    assert sys.gettrace() is before


def test_the_dynamic_graph_is_watched_too():
    with pytest.raises(sourcead.SourceADError, match="NaN"), sourcead.detect_anomaly():
        sourcead.grad(length, dynamic="always")(np.zeros(2))
    assert not autograd.is_anomaly_enabled()


def rooted(v):
    return np.sqrt(v) * 2.0


def in_a_region(x):
    a = np.sum(x * x)
    b = np.sqrt(a)
    try:
        c = b / 2.0
    except ValueError:
        c = b
    return c * 3.0


def in_a_callee(x):
    total = 0.0
    for k in range(3):
        total = total + np.sum(rooted(x * k))
    return total


EVERYWHERE = {
    "reverse": lambda f: sourcead.grad(f)(np.zeros(2)),
    "forward": lambda f: sourcead.tangent(f)(np.zeros(2), np.ones(2)),
    "pullback": lambda f: sourcead.vjp(f, np.zeros(2))[1](1.0),
    "pushed": lambda f: sourcead.jvp(f, (np.zeros(2),), (np.ones(2),)),
    "second order": lambda f: sourcead.hvp(f)(np.zeros(2), np.ones(2)),
    "jacobian": lambda f: sourcead.jacobian(f)(np.zeros(2)),
    "dynamic": lambda f: sourcead.grad(f, dynamic="always")(np.zeros(2)),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("mode", EVERYWHERE)
@pytest.mark.parametrize("f", [in_a_region, in_a_callee], ids=lambda f: f.__name__)
def test_in_every_mode_one_after_the_other(f, mode):
    texts = ("np.sqrt(a)", "np.sqrt(v) * 2.0", "np.sum(x * x)", "rooted(x * k)")
    with sourcead.detect_anomaly():
        for _ in range(2):
            with pytest.raises((sourcead.NotFinite, runtime.SourceADError)) as caught:
                EVERYWHERE[mode](f)
            assert any(text in str(caught.value) for text in texts)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_value_that_is_put_on_a_tape_at_once():
    with sourcead.detect_anomaly(), pytest.raises(sourcead.NotFinite, match=r"a value is nan .*_tape_dot\[-1\]\[0\]"):
        sourcead.hvp(in_a_callee)(np.zeros(2), np.ones(2))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_value_that_is_returned_at_once():
    with sourcead.detect_anomaly(), pytest.raises(sourcead.NotFinite, match="what is returned"):
        sourcead.jacobian(lambda x: np.sqrt(x))(np.zeros(2))


class Held:
    def __init__(self, v):
        self.v = v

    def root(self):
        return np.sqrt(self.v)


def of_an_object(x):
    held = Held(x)
    return np.sum(held.root())


def twice(x):
    w = np.sqrt(x)
    return 2.0 * w


def of_a_callee(x):
    return twice(x[0]) + twice(x[1])


def test_cotangents_in_objects_are_looked_at():
    with np.errstate(all="ignore"), sourcead.detect_anomaly():
        with pytest.raises(sourcead.NotFinite, match=r"`\w*_bar\.v\[0\]`") as caught:
            sourcead.grad(of_an_object)(np.array([0.0, 1.0]))
    assert caught.value.origin.text == "return np.sqrt(self.v)"


def test_second_derivatives_name_the_statement_whose_derivative_they_are():
    with np.errstate(all="ignore"), sourcead.detect_anomaly():
        with pytest.raises(sourcead.NotFinite) as caught:
            sourcead.hessian(of_a_callee)(np.array([0.0, 1.0]))
    assert caught.value.origin.text == "w = np.sqrt(x)"
