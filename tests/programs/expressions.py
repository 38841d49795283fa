"""Conditional expressions, chained comparisons, and / or, walrus, is, in, and the order of evaluation."""

import numpy as np
from catalogue import program


@program(lambda: (1.5,), lambda: (-1.5,))
def conditional_expression(x):
    y = x * x if x > 0 else np.exp(x)
    return y + (x if y > 1 else 2.0 * x)


@program(lambda: (0.5,), lambda: (1.5,), lambda: (2.5,))
def nested_conditional(x):
    return x if x < 1 else x**2 if x < 2 else x**3


@program(lambda: (0.0, 1.0), lambda: (2.0, 1.0), wrt=1, note="the branch not taken would divide by zero")
def conditional_guards(a, b):
    return b * 2.0 if a == 0.0 else b / a


@program(lambda: (0.5,), lambda: (1.5,), lambda: (2.5,))
def chained_comparison(x):
    if 0.0 < x < 1.0:
        return x * x
    if 1.0 <= x <= 2.0 != x:
        return x**3
    return np.log(x)


@program(lambda: (0.5, 0.2), lambda: (-0.5, 0.2), lambda: (0.5, -0.2), wrt=(0, 1))
def and_or_conditions(a, b):
    if a > 0 and b > 0:
        return a * b
    if a < 0 or b > 5:
        return a - b
    if not (a > 0 and b < -1):
        return a * a
    return b


@program(lambda: (0.5, 0.2), lambda: (0.0, 0.2), wrt=1, note="`or` gives a value")
def or_value(a, b):
    y = a or b * b
    return y * b


@program(lambda: (0.5, 0.2), lambda: (0.0, 0.2), wrt=1, note="`and` gives a value")
def and_value(a, b):
    y = a and b * b
    return y * 2.0 + b


@program(lambda: (None, 0.2), lambda: (3.0, 0.2), wrt=1)
def or_default(scale, x):
    scale = scale or x * 2.0
    return scale * x


@program(lambda: (0.5, []), lambda: (0.5, [2.0]), note="short circuit protects the second operand")
def short_circuit(x, items):
    if items and items[0] > 1.0:
        return x * items[0]
    return x * x


@program(lambda: (0.5,), lambda: (2.5,))
def walrus(x):
    if (y := x * x) > 1.0:
        return y * 2.0
    return y + x


@program(lambda: (np.linspace(0.1, 0.9, 4),))
def walrus_in_expression(x):
    return (s := np.sum(x)) * np.sum(x * s) + s


@program(lambda: (0.5, 3), lambda: (0.5, 4))
def conditional_index(x, n):
    values = [x, x * x, x**3]
    return values[n if n < 3 else n % 3] + values[0 if n == 4 else 1]


@program(lambda: (np.array([0.5, 1.5]),), lambda: (np.array([1.5, 0.5]),))
def min_max_builtin(x):
    return max(x[0], x[1]) * 3.0 + min(x[0], 1.0) ** 2 + max(0.1, x[1], 0.2)


@program(lambda: ([0.5, 1.5, 0.7],))
def builtin_reductions(values):
    return sum(values) + max(values) * min(values) + abs(-values[0]) + pow(values[1], 2) + sum(values, 1.0)


@program(lambda: (2.4,), lambda: (-2.4,))
def rounding(x):
    return x * round(x) + x * int(x) + np.floor(x) * x - np.ceil(x)


@program(lambda: (0.4,), note="float() keeps the value and its derivative")
def float_call(x):
    return float(x) * 2.0 + float(x * x)


@program(lambda: (0.4,))
def divmod_and_pow(x):
    a, b = divmod(7.3 * x, 1.1)
    return a * x + b * b


@program(lambda: (0.4,))
def nested_calls(x):
    return np.exp(np.sin(np.log(1.0 + np.cos(x * np.tanh(x)))))


@program(lambda: (0.4, 0.3), wrt=(0, 1))
def long_expression(a, b):
    return a * (b + a * (b - a / (1.0 + b * b))) - (a - b) ** 2 / (a + b) + -a * -b


@program(lambda: (np.array([0.4, 0.3]),))
def identity_tests(x):
    return np.sum(x * x) if x is not None else 0.0


@program(lambda: (0.4, "b"), lambda: (0.4, "z"))
def membership(x, key):
    weights = {"a": 1.0, "b": x}
    return weights[key] * x if key in weights else -x


@program(lambda: (np.array([[0.4, 0.3], [0.2, 0.9]]),))
def comparison_as_number(x):
    return np.sum((x > 0.25) * x) + (x[0, 0] > 0.1) * x[1, 1] ** 2


@program(lambda: (0.4,), note="subexpressions computed twice")
def common_subexpressions(x):
    return np.sin(x * x) * np.cos(x * x) + np.sin(x * x)


@program(lambda: (0.4,), note="constants folded by hand or not at all")
def constant_expressions(x):
    return x * (2.0 * 3.0 - 1) + np.sqrt(2.0) * x**2 + (1 if True else 0) * x


@program(lambda: (np.array([0.4, 0.3, 0.2]), np.array([1.0, 0.0, 2.0])), wrt=0)
def bitwise_masks(x, y):
    mask = (y > 0.5) & ~(y > 1.5) | (y == 0.0)
    return np.sum(np.where(mask, x * x, -x))
