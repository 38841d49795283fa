"""List, dict, tuple and generator comprehensions."""

import numpy as np
from catalogue import program


def row(n=5):
    return np.linspace(0.2, 1.0, n)


@program(lambda: (row(),), lambda: (np.zeros(0),))
def squares_summed(x):
    return sum([v * v for v in x])


@program(lambda: (row(),))
def np_sum_of_list(x):
    return np.sum([np.sin(v) for v in x])


@program(lambda: (row(),), scalar=False)
def np_array_of_list(x):
    return np.array([x[i] * x[i - 1] for i in range(len(x))])


@program(lambda: (0.7, 4), scalar=False)
def np_stack_of_list(x, n):
    return np.stack([np.array([x**k, np.sin(k * x)]) for k in range(n)])


@program(lambda: (np.array([0.5, -0.4, 1.2]),))
def filtered(x):
    return sum([v**3 for v in x if v > 0])


@program(lambda: (np.array([0.5, -0.4, 1.2]),))
def conditional_element(x):
    return sum([v * v if v > 0 else np.exp(v) for v in x])


@program(lambda: (row(3), row(4)), wrt=(0, 1))
def two_loops(a, b):
    return sum([p * q**2 for p in a for q in b])


@program(lambda: (row(3),))
def triangular_loops(a):
    return sum([a[i] * a[j] for i in range(3) for j in range(i)])


@program(lambda: (0.7, 3))
def nested_lists(x, n):
    m = np.array([[x ** (i + j) for j in range(n)] for i in range(n)])
    return np.sum(m * m)


@program(lambda: (row(),))
def generator_summed(x):
    return sum(v * v for v in x) + max(v for v in x) + sum(i * v for i, v in enumerate(x))


@program(lambda: (0.7, 0.3), wrt=(0, 1))
def dict_comprehension(a, b):
    d = {k: a**k * b for k in range(4)}
    return d[2] * d[3] + sum(d.values())


@program(lambda: ({"u": 0.5, "v": np.array([1.0, 2.0])},), scalar=False)
def map_over_tree(params):
    return {k: p * 2.0 - 0.1 * p**2 for k, p in params.items()}


@program(lambda: (row(),))
def zipped(x):
    return sum([a * b for a, b in zip(x[1:], x[:-1])]) + len([1 for _ in x])


@program(lambda: ([row(2), row(3)],))
def over_list_of_arrays(parts):
    return sum([np.sum(p**2) * (i + 1) for i, p in enumerate(parts)])


@program(lambda: (0.7,), note="the loop variable of a comprehension does not leak")
def no_leak(x):
    k = x * 3.0
    v = [k * 2 for k in (x, x * x)]
    return k * v[0] + v[1]


@program(lambda: (row(),))
def tuple_of_generator(x):
    first, *others = tuple(v * v for v in x)
    return first * others[-1]


@program(lambda: (row(),))
def calls_inside(x):
    def g(v, k):
        return v**k

    return sum([g(v, k) for k, v in enumerate(x)])


@program(lambda: (row(),), may_refuse=True)
def set_comprehension_of_indices(x):
    keep = {i % 3 for i in range(5)}
    return sum([x[i] ** 2 for i in sorted(keep)])


@program(lambda: (row(),), may_refuse=True)
def any_and_all(x):
    if any(v > 0.9 for v in x) and all([v > 0.0 for v in x]):
        return np.sum(x**2)
    return np.sum(x)


@program(lambda: (np.array([0.3, -0.4]), 0.7), wrt=(0, 1), scalar=False, note="the result is a dict that nobody reads")
def entries_scaled_in_a_comprehension(x, p):
    pairs = {"k": x, "l": p}
    return {key: e * p for key, e in pairs.items()}


@program(lambda: (np.array([0.3, -0.4]), 0.7), wrt=(0, 1))
def entries_listed_in_a_comprehension(x, p):
    pairs = {"k": x, "l": p}
    listed = [e * p for key, e in pairs.items()]
    return np.sum(listed[0]) * listed[1]
