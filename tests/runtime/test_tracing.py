"""Functions traced by `vjp`: what is reached, what stays as in the plain program, what is refused."""

import copy
import functools
import math
import threading
from math import exp

import numpy as np
import pytest

import runtime
from runtime import tracing
from runtime.errors import DerivativeLost

RATE = 0.5
TABLE = np.array([1.0, 2.0, 3.0])
calls = 0


def derivative(f, *args):
    return runtime.vjp(f, *args)[1](1.0)[0]


def check(f, x, *args):
    value, pullback = runtime.vjp(f, x, *args)
    assert value == f(x, *args)
    numeric = (f(x + 1e-6, *args) - f(x - 1e-6, *args)) / 2e-6
    assert pullback(1.0)[0] == pytest.approx(numeric, rel=1e-7)


def helper(x):
    return math.sin(x) * exp(-x)


def decorated(f):
    @functools.wraps(f)
    def wrapper(*args):
        return f(*args) * math.sqrt(args[0])

    return wrapper


@decorated
def wrapped(x):
    return math.log(x)


class Spring:
    factor = 2.0

    def __init__(self, stiffness):
        self.stiffness = math.sqrt(stiffness)

    def __call__(self, x):
        return self.energy(x) + math.cos(x)

    def energy(self, x):
        return 0.5 * self.stiffness * x * x

    @property
    def rate(self):
        return self.stiffness * 2.0

    @staticmethod
    def cube(x):
        return math.pow(x, 3.0)

    @classmethod
    def scaled(cls, x):
        return cls.factor * math.exp(x)


class Damped(Spring):
    def energy(self, x):
        return super().energy(x) * math.exp(-x)


SPRING = Spring(3.0)


def test_math_and_helpers():
    check(lambda x: helper(x) + helper(2.0 * x) + math.hypot(x, 1.0), 0.7)


def test_decorated_functions_and_partials():
    check(lambda x: wrapped(x) + functools.partial(math.pow, 2.0)(x), 0.7)


def test_objects_methods_properties_and_inheritance():
    check(lambda x: SPRING(x) + Spring.cube(x) + Spring.scaled(x) + Damped(x)(x) + Damped(2.0).rate * x, 0.7)


def test_constructor_with_a_traced_argument():
    check(lambda x: Spring(x).energy(1.5), 0.7)


def test_nested_functions_closures_and_recursion():
    def f(x):
        def power(n):
            return 1.0 if n == 0 else math.sin(x) * power(n - 1)

        offsets = [lambda y, k=k: math.exp(y) * k for k in range(3)]
        return power(3) + offsets[2](x) + offsets[1](x)

    check(f, 0.7)


def test_several_lambdas_on_one_line():
    pair = (lambda x: math.sin(x), lambda x: math.cos(x))
    check(lambda x: pair[0](x) * pair[1](x), 0.7)


def test_functions_that_builtins_call():
    def f(x):
        total = sum(map(lambda t: math.exp(t), [x, 2.0 * x])) + max(map(math.tanh, [x, -x]))
        total += functools.reduce(lambda a, b: a + math.sin(b), [x, x, x])
        low = min([x, 2.0 * x], key=lambda t: math.cos(t))
        return total + low + sum(math.sqrt(t) for t in [x, 3.0 * x])

    check(f, 0.7)


def test_filling_arrays():
    def f(x):
        u, v = np.zeros(4), np.empty((2, 2))
        for i in range(4):
            u[i] = math.sin(x * i)
        v[0, :] = u[:2]
        v[1, :] = u[2:] * x
        w = v.copy()
        w += np.full((2, 2), x)
        row = w[0]
        row *= 2.0
        return np.sum(w * v) + np.array([x, 2.0 * x]) @ np.array([1.0, x])

    check(f, 0.7)


def test_values_that_were_kept_are_safe_from_later_writes():
    def f(x):
        u = np.ones(3) * x
        for _ in range(3):
            v = np.sin(u) * u
            u[1:] += u[:-1] * v[1:]
            u *= v
        return np.sum(u)

    check(f, 0.7)


def test_numbers_are_rebound_and_arrays_are_shared():
    def f(x):
        a = b = x
        a += 1.0
        u = np.array([x, x])
        v = u
        v += a
        first = u[0]
        first *= 10.0
        return a * b + np.sum(u) + first

    check(f, 0.7)


def test_types_are_as_in_the_plain_program():
    def f(x, u):
        assert isinstance(x, float) and not isinstance(x, np.ndarray)
        assert isinstance(u, np.ndarray) and isinstance(u[0], np.float64) and isinstance(u.sum(), float)
        assert u.shape == (2,) and u.size == 2 and u.ndim == 1 and u.dtype == np.float64 and len(u) == 2
        assert str(x) == "0.7" and f"{x:.2f}" == "0.70" and x.is_integer() is False
        assert (x > 0.5) is True and x in {0.7}
        assert range(int(x * 10.0)) == range(7) and round(x) == 1 and math.floor(x) == 0
        return x * u[1] + copy.deepcopy(u)[0] + copy.copy(x)

    assert runtime.vjp(f, 0.7, np.ones(2))[1](1.0)[0] == 2.0


def test_globals_are_shared():
    def f(x):
        global calls
        calls += 1
        return x * RATE * TABLE[1] + np.sum(TABLE * x)

    before = calls
    assert derivative(f, 1.0) == 7.0 and calls == before + 1


def test_an_array_from_outside_is_never_written_with_a_derivative():
    def f(x):
        TABLE[0] = x
        return TABLE[0] * 2.0

    def through_a_dict(x):
        store = holder.get("u")
        store[0] = x
        return holder["u"][0]

    holder = {"u": np.zeros(2)}
    for function in (f, through_a_dict):
        with pytest.raises(DerivativeLost):
            runtime.vjp(function, 1.0)
    assert TABLE[0] == 1.0 and holder["u"][0] == 0.0


def test_functions_without_source_run_as_they_are():
    names = {"math": math, "np": np}
    exec("def smooth(x): return np.sin(x) * x\ndef lost(x): return math.sin(x)", names)
    check(names["smooth"], 0.7)
    with pytest.raises(DerivativeLost):
        runtime.vjp(names["lost"], 0.7)


def test_the_plain_function_is_untouched():
    code = helper.__code__
    derivative(helper, 0.7)
    assert helper.__code__ is code and helper(0.7) == math.sin(0.7) * exp(-0.7)
    assert not tracing.is_tracing()


def test_a_function_made_inside_works_outside():
    made = []

    def f(x):
        made.append(lambda y: np.zeros(2) + math.sin(y))
        return x

    derivative(f, 1.0)
    assert type(made[0](0.5)) is np.ndarray


def test_generators_try_with_and_walrus():
    def f(x):
        def values():
            for k in range(3):
                yield math.sin(x * k)

        total = 0.0
        for v in values():
            try:
                total += 1.0 / (v - v) if (n := total) > 100.0 else v * n + v
            except ZeroDivisionError:
                total -= 1.0
        with np.errstate(all="ignore"):
            return total + math.exp(x)

    check(f, 0.7)


def test_what_would_lose_the_derivative_is_refused():
    lose = [
        lambda x: float(str(x).__len__()) + np.random.default_rng(0).normal(loc=x),
        lambda x: x.as_integer_ratio()[0] / 2.0,
        lambda x: np.array([x]).tobytes()[0] * 1.0,
        lambda x: np.frexp(x)[0],
        lambda x: np.array([(x, 1)], dtype=[("a", float), ("b", int)])["a"][0],
        lambda x: np.random.default_rng(0).shuffle(np.array([[x, 1.0], [2.0, x]])),
    ]
    for function in lose:
        with pytest.raises(DerivativeLost):
            runtime.vjp(function, 0.7)


def test_threads_trace_separately():
    found = {}

    def work(k):
        found[k] = derivative(lambda x: math.sin(x) * k, 0.5)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: pytest.approx(k * math.cos(0.5)) for k in range(6)}


def test_an_error_of_the_function_passes_through():
    def f(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        runtime.vjp(f, 1.0)
    assert not tracing.is_tracing()
