"""Generator functions, consumed at once or kept."""

# ruff: noqa: B905, C400, C419, E731, F841

import numpy as np
from catalogue import program


def row():
    return (np.array([0.7, 1.3, 0.4]),)


def gen_of_gen_for(x):
    for v in x:
        yield v * v


@program(row)
def gen_for(x):
    total = 0.0
    for v in gen_of_gen_for(x):
        total = total * 0.3 + v
    return total


def gen_of_gen_sum(x):
    y = 1.0
    for v in x:
        y = y * v
        yield y
    yield 2.0 * y


@program(row)
def gen_sum(x):
    return sum(gen_of_gen_sum(x)) + max(list(gen_of_gen_sum(x)))


def inner_of_gen_from(x):
    for v in x:
        yield v * v


def gen_of_gen_from(x):
    yield x[0]
    yield from inner_of_gen_from(x)


@program(row)
def gen_from(x):
    return sum(gen_of_gen_from(x))


def gen_of_gen_break(x):
    k = 0
    while True:
        yield x[k % 3] * k
        k += 1


@program(row)
def gen_break(x):
    total = 0.0
    for v in gen_of_gen_break(x):
        if total > 5:
            break
        total = total + v * v
    return total


def walk_of_gen_recursive(t):
    if isinstance(t, list):
        for s in t:
            yield from walk_of_gen_recursive(s)
    else:
        yield t


@program(row)
def gen_recursive(x):
    return sum(v * v for v in walk_of_gen_recursive([x[0], [x[1], [x[2]]]]))


def gen_of_gen_next(x):
    for v in x:
        yield v * v


@program(row)
def gen_next(x):
    it = gen_of_gen_next(x)
    a = next(it)
    b = next(it)
    return a * b


@program(row)
def gen_inner(x):
    def pairs():
        for i in range(len(x) - 1):
            yield x[i], x[i + 1]

    return sum(a * b for a, b in pairs())
