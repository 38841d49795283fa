"""User functions calling each other: several levels, several results, recursion, calls in loops and branches."""

import functools

import numpy as np
from catalogue import program


def square(x):
    return x * x


def affine(x, a, b=1.0):
    """A linear function."""
    return a * x + b


def polar(x, y):
    r = np.sqrt(x * x + y * y)
    t = np.arctan2(y, x)
    return r, t


def safe_log(x):
    if x <= 0.0:
        return 0.0
    return np.log(x)


def iterate(x, n):
    for i in range(n):
        x = affine(np.sin(x), 1.1, b=0.1 * i)
    return x


def summary(x):
    return {"mean": np.mean(x), "power": np.mean(square(x))}


@program(lambda: (0.7,))
def one_call(x):
    return square(x) + square(square(x))


@program(lambda: (0.7, 1.3), wrt=(0, 1))
def keyword_call(x, a):
    return affine(x, a) * affine(a=x, x=a) + affine(x, b=x, a=2.0)


@program(lambda: (0.7, 1.3), lambda: (-0.7, 1.3), wrt=(0, 1))
def several_results(x, y):
    r, t = polar(x, y)
    both = polar(r, t)
    return r * t + both[0] - both[1] ** 2


@program(lambda: (np.array([0.5, -1.0, 2.0]),))
def call_with_branches(x):
    total = 0.0
    for v in x:
        total += safe_log(v) * v + safe_log(v * v)
    return total


@program(lambda: (0.4, 3), lambda: (0.4, 0))
def calls_with_loops(x, n):
    y = iterate(x, n)
    return iterate(y * x, n + 1) + y


@program(lambda: (np.array([0.5, -1.0, 2.0]),))
def callee_returns_dict(x):
    s = summary(x)
    return s["power"] - s["mean"] ** 2


@program(lambda: (0.4,), note="the result is not used")
def callee_result_ignored(x):
    square(x)
    return x * 3.0


@program(lambda: (0.4,), note="one of two results is not used")
def one_result_unused(x):
    r, _ = polar(x, 2.0)
    return r * x


@program(lambda: (0.4,), note="an inactive argument first, active later")
def same_callee_active_and_not(x):
    c = square(3.0)
    return square(x) * c + affine(2.0, x) + affine(x, 2.0)


def factorial_like(x, n):
    if n == 0:
        return 1.0
    return x * factorial_like(x + 1.0, n - 1)


@program(lambda: (0.4, 4), lambda: (0.4, 0))
def recursion(x, n):
    return factorial_like(x, n)


@program(lambda: (0.6, 5), lambda: (0.6, 1))
def recursive_itself(x, n):
    if n <= 1:
        return x
    return recursive_itself(x, n - 1) * x + recursive_itself(x, n - 2) * 0.5


def even_part(x, n):
    if n == 0:
        return x
    return odd_part(x * x, n - 1) + x


def odd_part(x, n):
    if n == 0:
        return np.sin(x)
    return even_part(x + 0.1, n - 1) * x


@program(lambda: (0.6, 4), lambda: (0.6, 3))
def mutual_recursion(x, n):
    return even_part(x, n)


def tree_sum(node):
    value, children = node
    total = np.tanh(value)
    for child in children:
        total = total + value * tree_sum(child)
    return total


@program(lambda: ((0.5, [(0.2, []), (0.9, [(1.5, []), (0.1, [])])]),))
def recursion_over_a_tree(node):
    return tree_sum(node)


def divide_and_conquer(x):
    n = len(x)
    if n == 1:
        return x[0]
    left = divide_and_conquer(x[: n // 2])
    right = divide_and_conquer(x[n // 2 :])
    return left * right + np.sin(left)


@program(lambda: (np.linspace(0.3, 0.9, 7),), lambda: (np.array([0.5]),))
def recursion_over_halves(x):
    return divide_and_conquer(x)


@functools.lru_cache(maxsize=None)
def binomial(n, k):
    if k == 0 or k == n:
        return 1
    return binomial(n - 1, k - 1) + binomial(n - 1, k)


@program(lambda: (0.3, 5))
def inactive_cached_function(x, n):
    total = 0.0
    for k in range(n + 1):
        total += binomial(n, k) * x**k / (k + 1)
    return total


def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) * 2.0

    return wrapper


@traced
def doubled_cube(x):
    return x**3


@program(lambda: (0.3,), may_refuse=True, note="a wrapper around the callee has an effect on the value")
def decorated_callee(x):
    return doubled_cube(x) + x


@program(lambda: (0.3,))
@traced
def decorated_itself(x):
    return np.sin(x)


def level_three(x, scale):
    return np.exp(-x * scale)


def level_two(x, scale):
    y = level_three(x, scale)
    for k in range(2):
        y = y + level_three(y, scale * (k + 1))
    return y


def level_one(x, scale):
    if scale > 0.5:
        return level_two(x, scale) ** 2
    return level_two(x * 2.0, scale)


@program(lambda: (np.array([0.1, 0.5]), 0.4), lambda: (np.array([0.1, 0.5]), 0.9), wrt=(0, 1))
def several_levels(x, scale):
    return np.sum(level_one(x, scale) * level_three(x, 1.0))


@program(lambda: (0.3,), note="the callee has the same names for other things")
def shadowed_names(x):
    a = x * 2.0
    r = affine(a, x, a * x)
    b = affine(r, b=a, a=r)
    x = b * r
    return x * a


def append_square(out, v):
    out.append(v * v)


@program(lambda: (np.array([0.3, 0.8]),), may_refuse=True, note="the callee changes the caller's list")
def callee_appends(x):
    out = []
    for v in x:
        append_square(out, v)
    return out[0] * out[1]


@program(lambda: (0.3,), note="a method of a list of functions chosen at run time")
def functions_in_a_list(x):
    for f in [np.sin, square, np.exp]:
        x = f(x) + 0.1
    return x


@program(lambda: (0.3, "square"), lambda: (0.3, "sin"))
def functions_in_a_dict(x, name):
    table = {"square": square, "sin": np.sin}
    return table[name](x) * x


def overwrites(a, b):
    a[1] = b[0] * 2.0


@program(
    lambda: (np.array([0.3, -0.4, 0.5]), np.array([0.7, 1.2, 0.2])),
    note="nobody reads what the callee changes",
    may_refuse=True,
)
def callee_changes_what_stands_in_a_display(x, y):
    overwrites(*(y, y))
    overwrites(**{"a": np.asarray(y), "b": x})
    overwrites((y, x)[0].reshape(3), y)
    return np.sum(x)


@program(lambda: (np.array([0.3, -0.4, 0.5]), np.array([0.7, 1.2, 0.2])), wrt=(0, 1), note="named while it is given")
def callee_changes_what_is_named_in_the_call(x, y):
    y = y * 1.0
    overwrites(**{"a": (w := x * y), "b": y})
    return np.sum(w * x)
