"""Iterators that are consumed at once, orderings, and what is done with them."""

# ruff: noqa: B905, C400, C419, E731, F841
import itertools
import operator
from functools import reduce

import numpy as np
from catalogue import program


def row():
    return (np.array([0.7, 1.3, 0.4]),)


@program(row)
def sorted_key(x):
    s = sorted([v * v for v in x], key=lambda v: -v)
    return s[0] + 2 * s[1] + 3 * s[2]


@program(row)
def sorted_rev(x):
    s = sorted((v * v for v in x), reverse=True)
    return s[0] + 2 * s[1] + 3 * s[2]


@program(row)
def sorted_pairs(x):
    s = sorted([(v, i) for i, v in enumerate(x)], key=lambda p: p[1], reverse=True)
    return s[0][0] + 2 * s[1][0] + 3 * s[2][0]


@program(row)
def max_key(x):
    return max(x, key=lambda v: -v) ** 2


@program(row)
def min_default(x):
    return min([v for v in x if v > 100], default=x[0]) ** 2


@program(row)
def max_tuple_key(x):
    i, v = max(enumerate(x), key=lambda p: p[1])
    return v * v + i


@program(row)
def any_all(x):
    if any(v > 1 for v in x) and not all(v > 1 for v in x):
        return np.sum(x * x)
    return np.sum(x)


@program(row)
def tuple_gen(x):
    t = tuple(v * v for v in x)
    return t[0] * t[1]


@program(row)
def set_comp(x):
    s = {int(v * 10) for v in x}
    return len(s) * np.sum(x * x)


@program(row)
def set_comp_active(x):
    s = {v * v for v in x}
    return sum(s)


@program(row)
def join(x):
    s = ",".join(f"{v:.2f}" for v in x)
    return np.sum(x) * len(s)


@program(row)
def reduce2(x):
    return reduce(lambda a, b: a * b, x)


@program(row)
def reduce3(x):
    return reduce(operator.mul, [v * v for v in x], 1.0)


@program(row)
def map_filter(x):
    return sum(map(lambda v: v * v, filter(lambda v: v > 0.5, x)))


@program(row)
def filter_list(x):
    ys = list(filter(lambda v: v > 0.5, [v * v for v in x]))
    return ys[0] * len(ys)


@program(row)
def filter_none(x):
    return sum(filter(None, x * x))


@program(row)
def map_two(x):
    return sum(map(operator.mul, x, x[::-1] ** 2))


@program(row)
def zip_strict(x):
    return sum(a * b for a, b in zip(x, x**2, strict=True))


@program(row)
def zip_star(x):
    pairs = [(v, v * v) for v in x]
    a, b = zip(*pairs)
    return a[0] * b[1] + a[2]


@program(row)
def chain(x):
    return sum(v * v for v in itertools.chain(x, [x[0] * x[1]]))


@program(row)
def chain_for(x):
    total = 0.0
    for v in itertools.chain(x, 2 * x):
        total = total * 0.5 + v * v
    return total


@program(row)
def chain_from(x):
    return sum(itertools.chain.from_iterable([[v, v * v] for v in x]))


@program(row)
def product(x):
    return sum(a * b**2 for a, b in itertools.product(x, x))


@program(row)
def product_repeat(x):
    return sum(a * b * c for a, b, c in itertools.product(x, repeat=3))


@program(row)
def combinations(x):
    return sum(a * b for a, b in itertools.combinations(x, 2))


@program(row)
def permutations(x):
    return sum(a * b**2 for a, b in itertools.permutations(x, 2))


@program(row)
def accumulate(x):
    return sum(v * v for v in itertools.accumulate(x))


@program(row)
def accumulate_f(x):
    return sum(v for v in itertools.accumulate(x, lambda a, b: a * b, initial=2.0))


@program(row)
def pairwise(x):
    return sum(a * b * b for a, b in itertools.pairwise(x))


@program(row)
def islice(x):
    return sum(v * v for v in itertools.islice(x, 1, None))


@program(row)
def repeat(x):
    return sum(v * v for v in itertools.repeat(x[0], 4))


@program(row)
def zip_longest(x):
    return sum(a * b for a, b in itertools.zip_longest(x, x[:2] ** 2, fillvalue=1.0))


@program(row)
def starmap(x):
    return sum(itertools.starmap(lambda a, b: a * b, [(v, v + 1) for v in x]))


@program(row)
def takewhile(x):
    return sum(v * v for v in itertools.takewhile(lambda v: v < 1, x))


@program(row)
def dropwhile(x):
    return sum(v * v for v in itertools.dropwhile(lambda v: v < 1, x))


@program(row)
def count_zip(x):
    return sum(v * i for v, i in zip(x, itertools.count(1)))


@program(row)
def cycle_zip(x):
    return sum(v * i for v, i in zip(x, itertools.cycle([1.0, -2.0])))


@program(row)
def groupby(x):
    return sum(sum(g) ** 2 for k, g in itertools.groupby(x, key=lambda v: v > 0.5))


def g_of_starred_call(a, b, c=1.0):
    return a * b + c


@program(row)
def starred_call(x):
    args = (x[0], x[1])
    return g_of_starred_call(*args, **{"c": x[2]}) + g_of_starred_call(*x)


@program(row)
def starred_max(x):
    return max(*x) * min(*x)


@program(row)
def assert_raise(x):
    assert x[0] > 0, f"bad {x[0]}"
    if x[0] > 100:
        raise ValueError(f"too big {x}")
    return np.sum(x * x)


@program(row)
def lambda_default(x):
    g = lambda v, k=x[0]: v * k
    return np.sum(g(x))


@program(row)
def walrus_comp(x):
    ys = [w * w for v in x if (w := v * 2) > 1]
    return sum(ys) + w


@program(row)
def chained_star(x):
    a = b, *c = x * x
    return a[0] * b + c[0] * c[1]


@program(row)
def counts_outside(x):
    total = 0.0

    def add(v):
        nonlocal total
        total += v * v

    for v in x:
        add(v)
    return total


@program(row)
def chosen(x):
    table = {"a": np.sin, "b": np.cos}
    k = "a" if x[0] > 0.5 else "b"
    g = table[k]
    return np.sum(g(x))


def sq_of_chosen_user(v):
    return v * v


def cu_of_chosen_user(v):
    return v**3


TABLE_CHOSEN_USER = [sq_of_chosen_user, cu_of_chosen_user]


@program(row)
def chosen_user(x):
    total = 0.0
    for g in TABLE_CHOSEN_USER:
        total = total + np.sum(g(x))
    return total


def sq_of_chosen_cond(v):
    return v * v


def cu_of_chosen_cond(v):
    return v**3


@program(row)
def chosen_cond(x):
    g = sq_of_chosen_cond if x[0] > 0 else cu_of_chosen_cond
    return np.sum(g(x))


@program(row)
def fstring_float(x):
    s = f"{x[0]:.3f}"
    return np.sum(x * x) * len(s)


@program(row)
def bytes_(x):
    b = b"abc" + bytes([1, 2])
    return np.sum(x * x) * len(b)


@program(row)
def chained_cmp(x):
    if 0 < x[0] < 1 <= x[1]:
        return np.sum(x * x)
    return np.sum(x)


@program(row)
def while_else(x):
    k = 0
    while k < 3:
        k += 1
    else:
        return np.sum(x * x)
    return 0.0


@program(row)
def ellipsis_matmul(x):
    y = x[..., None] @ x[None, :]
    return np.sum(y**2)


@program(row)
def sum_start_lists(x):
    xs = sum([[v, v * v] for v in x], [])
    return xs[0] * xs[3]


@program(row)
def index_enumerate_start(x):
    return sum(i * v for i, v in enumerate(reversed(x), start=2))


@program(row)
def iter_next(x):
    it = iter(x)
    a = next(it)
    return a * sum(it)


@program(row)
def next_gen_default(x):
    v = next((v for v in x if v > 1), x[0])
    return v * v


@program(row)
def slice_obj(x):
    s = slice(0, 2)
    return np.sum(x[s] ** 2)


@program(row)
def recursion_inner(x):
    def go(v, n):
        return v if n == 0 else go(np.sin(v), n - 1)

    return np.sum(go(x, 3))


@program(row)
def zip_pair(x):
    total = 0.0
    for p in zip(x, x * 2):
        total = total + p[0] * p[1]
    return total


@program(row)
def flag_test(x):
    going = True
    total = 0.0
    for v in x:
        if going:
            going = bool(v < 1)
        if going:
            total = total + v * v
    return total


@program(row, may_refuse=True)
def zip_iter_pairs(x):
    it = iter([1.0, 2.0, 3.0, 4.0])
    total = 0.0
    for a, b in zip(it, it):
        total = total + a * b * x[0] * x[1]
    return total


@program(row)
def map_kept_twice(x):
    m = map(lambda v: v * v, x)
    a = list(m)
    b = list(m)
    return sum(a) + len(b)


@program(row)
def gen_late(x):
    k = 1.0
    total = 0.0
    for v in (w * k for w in x):
        total = total + v
        k = k + 1.0
    return total


@program(row)
def chain_body_changes(x):
    u = x * 1.0
    total = 0.0
    for v in itertools.chain(u, u):
        total = total + v
        u[2] = u[2] * 2.0
    return total
