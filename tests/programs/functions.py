"""Functions as values: partial of partial, bound methods passed on, decorated callees, tables of functions."""

import functools

import numpy as np
from catalogue import program


def affine(a, b, x, power=1.0):
    return (a * x + b) ** power


@program(lambda: (0.7,))
def partial_inside(x):
    square = functools.partial(affine, x, power=2.0)
    line = functools.partial(square, 0.5)
    return line(x) * square(1.0, 2.0)


LINE = functools.partial(affine, 2.0, power=3.0)


@program(lambda: (0.7,))
def partial_of_the_module(x):
    return LINE(0.5, x) + LINE(x, 0.1, power=2.0)


@program(lambda: (0.7,))
def partial_of_a_ufunc(x):
    power = functools.partial(np.power, 2.0)
    return power(x) * x


class Oscillator:
    """Has methods that are passed on as functions."""

    def __init__(self, stiffness):
        self.stiffness = stiffness

    def rate(self, t, y):
        return np.array([y[1], -self.stiffness * y[0] + np.sin(t)])

    def scaled(self, x):
        return self.stiffness * x


def euler(rate, y, n, h):
    for k in range(n):
        y = y + h * rate(k * h, y)
    return y


@program(lambda: (np.array([1.0, 0.5]), 0.8), wrt=(0, 1))
def bound_method_passed_on(y, stiffness):
    return np.sum(euler(Oscillator(stiffness).rate, y, 4, 0.1) ** 2)


@program(lambda: (0.7,))
def bound_method_kept(x):
    scale = Oscillator(x * x).scaled
    return scale(2.0) * scale(x)


def doubled(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return 2.0 * function(*args, **kwargs)

    return wrapper


@doubled
def cube(x):
    return x**3


class Decorated:
    def __init__(self, x):
        self.x = x

    @doubled
    def value(self):
        return self.x * self.x

    @functools.lru_cache(maxsize=None)  # noqa: B019
    def cached(self):
        return self.x**3


@program(lambda: (0.7,))
def decorated_callee(x):
    return cube(x) + cube(cube(x))


@program(lambda: (0.7,))
def decorated_method(x):
    return Decorated(x).value() + x


@functools.lru_cache(maxsize=None)
def cached_square(x):
    return x * x


@program(lambda: (0.7,))
def cached_callee(x):
    return cached_square(x) * x


@program(lambda: (0.7,))
def decorated_inside(x):
    @doubled
    def inner(y):
        return y * x

    return inner(x) + inner(1.0)


def twice(function):
    return lambda x: function(function(x))


@program(lambda: (0.7,))
def functions_of_functions(x):
    quadruple = twice(lambda t: t * x + 1.0)
    return quadruple(x) + twice(np.sin)(x)


@program(lambda: (0.7,), may_refuse=True)
def list_of_functions(x):
    for f in [np.sin, cube, lambda t: t * x]:
        x = f(x) + 0.1
    return x


@program(lambda: (0.7, "cube"), lambda: (0.7, "sin"))
def dict_of_functions(x, name):
    table = {"cube": cube, "sin": np.sin}
    return table[name](x) * x


@program(lambda: (0.7, True), lambda: (0.7, False))
def chosen_function(x, sharp):
    f = np.sin if sharp else cube
    return f(x) * x


def takes_from(a, b):
    np.subtract.at(b, 1, a[0])


def applied(g, *rest, **named):
    return g(*rest, **named)


@program(
    lambda: (np.array([0.3, -0.4]), np.array([0.7, 1.2])),
    wrt=1,
    note="a function that is given changes an array",
)
def function_that_is_given_changes_an_array(x, y):
    x = x * 1.0
    applied(takes_from, y, x)
    return np.sum(x * x)
