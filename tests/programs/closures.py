"""Closures over active and inactive values, lambdas, nested functions, functions as arguments and results."""

import functools

import numpy as np
from catalogue import program


@program(lambda: (0.7,))
def nested_function(x):
    def g(y):
        return y * y + 1.0

    return g(x) * g(2.0 * x)


@program(lambda: (0.7,))
def closure_over_active(x):
    a = np.sin(x)

    def g(y):
        return a * y + x

    return g(x) + g(a)


@program(lambda: (0.7, 3), lambda: (0.7, 0))
def closure_in_loop(x, n):
    scale = x * x

    def step(y):
        return np.cos(scale * y) + y

    y = x
    for _ in range(n):
        y = step(y)
    return y


@program(lambda: (0.7,), note="a closure sees the value at the time of its call")
def late_binding(x):
    a = x

    def g():
        return a * a

    first = g()
    a = x * 3.0
    return first + g()


@program(lambda: (0.7,))
def lambda_local(x):
    f = lambda t: t**3 + x  # noqa: E731
    return f(x) * f(1.0)


@program(lambda: (0.7,))
def lambdas_on_one_line(x):
    f, g = lambda t: t * t * x, lambda t: np.sin(t)
    return f(g(x)) + g(f(x))


def apply_twice(f, x):
    return f(f(x))


@program(lambda: (0.7,))
def function_as_argument(x):
    return apply_twice(lambda t: t * t + 0.1, x) + apply_twice(np.sin, x)


@program(lambda: (0.7,))
def active_closure_as_argument(x):
    a = x * 2.0
    return apply_twice(lambda t: a * t + x, 1.0)


def make_power(n):
    def power(x):
        result = 1.0
        for _ in range(n):
            result = result * x
        return result

    return power


@program(lambda: (0.7,))
def function_returned(x):
    cube = make_power(3)
    return cube(x) + make_power(2)(x)


def make_line(slope, intercept):
    return lambda t: slope * t + intercept


@program(lambda: (0.7, 0.2), wrt=(0, 1))
def active_closure_returned(a, b):
    line = make_line(a * b, b)
    return line(1.0) * line(a)


program(lambda: (0.7,), name="closure_itself")(make_power(4))
program(lambda: (0.7,), name="closure_over_array")(
    (lambda weights: lambda x: np.sum(weights * x**2))(np.array([1.0, 2.0]))
)
program(lambda: (1.3,), name="lambda_itself")(lambda x: x * x + np.sin(x))
program(lambda: (0.3, 0.4), wrt=(0, 1), name="lambda_two_arguments")(lambda a, b: a * b**2)
program(lambda: (0.7,), name="partial_itself")(functools.partial(make_line(2.0, 3.0)))


def scaled_power(scale, x, exponent=2.0):
    return scale * x**exponent


program(lambda: (0.7,), name="partial_of_function")(functools.partial(scaled_power, 3.0, exponent=1.5))


class Spring:
    """A spring with a cubic term."""

    def __init__(self, stiffness, cubic):
        self.stiffness = stiffness
        self.cubic = cubic

    def force(self, x):
        return -self.stiffness * x - self.cubic * x**3

    def energy(self, x):
        return 0.5 * self.stiffness * x * x + 0.25 * self.cubic * x**4

    def work(self, x):
        return self.energy(x) - self.force(x) * x

    def __call__(self, x):
        return self.energy(x) * 2.0

    @staticmethod
    def unit(x):
        return x * x

    @classmethod
    def standard(cls, x):
        return cls(2.0, x).energy(1.5)


program(lambda: (0.7,), name="bound_method")(Spring(2.0, 0.3).energy)
program(lambda: (0.7,), name="method_calls_methods")(Spring(2.0, 0.3).work)
program(lambda: (0.7,), name="callable_object")(Spring(2.0, 0.3))
program(lambda: (0.7,), name="static_method")(Spring.unit)

SPRING = Spring(1.5, 0.2)


@program(lambda: (0.7,))
def method_of_global_object(x):
    return SPRING.energy(x) + SPRING(x) + SPRING.stiffness * x


@program(lambda: (0.7, 0.2), wrt=(0, 1), may_refuse=True, note="an object made from active values")
def object_from_active_values(k, c):
    spring = Spring(k * 2.0, c)
    return spring.energy(1.5) + spring.force(0.5)


@program(lambda: (0.7,), may_refuse=True, note="a class method makes an object from the active value")
def class_method(x):
    return Spring.standard(x)


@program(lambda: (0.7,), may_refuse=True, note="nonlocal changes a captured variable")
def nonlocal_counter(x):
    total = 0.0

    def add(v):
        nonlocal total
        total = total + v * x

    add(x)
    add(2.0)
    return total * x


@program(lambda: (0.7,), note="default of a nested function is an active value")
def active_default(x):
    def g(t, a=x * x):
        return t * a

    return g(2.0) + g(x, 3.0)


@program(lambda: (0.7,), note="the argument's name is used inside for something else")
def shadowed_in_nested(x):
    def g(x):
        x = x * 2.0
        return x

    y = g(x * x)
    return y * x


@program(lambda: (np.linspace(0.1, 0.9, 4),))
def map_and_lambda(x):
    return sum(map(lambda v: v * v, x))


def euler(rhs, y, n, h):
    for k in range(n):
        y = y + h * rhs(k * h, y)
    return y


@program(lambda: (np.array([1.0, 0.5]), 0.8), wrt=(0, 1))
def integrator_with_closure(y0, stiffness):
    def rhs(t, y):
        return np.array([y[1], -stiffness * y[0] + np.sin(t)])

    return np.sum(euler(rhs, y0, 5, 0.1) ** 2)


def compose(*functions):
    def composed(x):
        for f in functions:
            x = f(x)
        return x

    return composed


@program(lambda: (0.7,), may_refuse=True)
def composition(x):
    return compose(np.sin, lambda t: t * x, np.exp)(x)


@program(lambda: (0.7, 3), note="two levels of nesting")
def nested_twice(x, n):
    a = x * 1.5

    def outer(y):
        b = a * y

        def inner(z):
            return z * b + a

        return inner(y) + inner(x)

    total = 0.0
    for k in range(n):
        total += outer(x + k)
    return total


def scaled_by(a):
    def apply(v):
        return a * v

    return apply


def applied_twice(operator, v):
    r = v - operator(v)
    return r - operator(r) ** 2


@program(lambda: (0.3, np.array([1.0, 0.4])), wrt=(0, 1), note="the function is made where it is handed over")
def made_for_a_call(c, b):
    def solve(operator, v):
        return v - operator(v)

    return np.sum(solve(scaled_by(c), b) * applied_twice(scaled_by(c * c), b))


@program(lambda: (np.array([0.7, 1.3, 0.4]),), note="what a function that calls itself puts into a list around it")
def visits_and_collects(x):
    found = []

    def visit(i, depth=0):
        if depth > 2:
            return depth
        found.append(x[i % 3] * depth)
        return visit(i + 1, depth + 1) + visit(i + 2, depth + 1)

    n = visit(0)
    return sum(v * k for k, v in enumerate(found)) * n


@program(lambda: (np.array([0.7, 1.3, 0.4]),), note="the same with an array, a dict, and a call for its effect")
def visits_and_stores(x):
    u = np.zeros(3)
    squares = {}
    seen = []

    def store(i):
        if i > 2:
            return 0
        u[i] = x[i] ** 2
        squares[i] = x[i] * u[i]
        return store(i + 1) + 1

    def look(i):
        if i < 3:
            seen.append(x[i])
            look(i + 1)

    n = store(0)
    look(0)
    return np.sum(u) * n + sum(squares.values()) * seen[0] * seen[2]


@program(lambda: (np.array([0.7, 1.3, 0.4]),), note="caches made where the program runs")
def caches_by_calls(x):
    square = functools.cache(lambda i: x[i] ** 2)
    cube = functools.lru_cache(8)(lambda i: x[i] ** 3)
    return square(0) * cube(1) + square(0)
