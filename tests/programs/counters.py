"""What a loop reads before its first round, and changes while it runs."""

# ruff: noqa: B905, B007, PLR1704
import itertools

import numpy as np
from catalogue import program


def row():
    return (np.array([0.7, 1.3, 0.4]),)


def number():
    return (0.8,)


@program(row)
def enumerate_start_that_changes(x):
    first = 1
    total = 0.0
    for i, v in enumerate(x, first):
        first = first + 5
        total = total + v * v * i
    return total * first


@program(row)
def enumerate_start_in_a_dict(x):
    counts = {"first": 1}
    total = 0.0
    for i, v in enumerate(x, counts["first"]):
        counts["first"] += 3
        total = total + v * v * i
    return total * counts["first"]


@program(row)
def enumerate_start_that_the_loop_counts(x):
    i = 1
    total = 0.0
    for i, v in enumerate(x, i):
        total = total + v * v * i
    return total * i


@program(row)
def enumerate_start_that_a_function_changes(x):
    first = 1
    total = 0.0

    def advance():
        nonlocal first
        first += 2

    for i, v in enumerate(x, first):
        advance()
        total = total + v * v * i
    return total * first


@program(row)
def count_from_what_changes(x):
    first = 1
    total = 0.0
    for i, v in zip(itertools.count(first, first + 1), x):
        first = first + 5
        total = total + v * v * i
    return total * first


@program(row)
def repeat_of_what_changes(x):
    kept = x[0]
    total = 0.0
    for a, v in zip(itertools.repeat(kept), x):
        kept = kept * v
        total = total + v * a
    return total * kept


@program(number)
def counts_with_the_name_of_its_bound(x):
    n = 3
    for n in range(n):
        x = x + n * x
    return x * n


@program(number)
def counts_with_the_name_of_its_bounds(x):
    i = 1
    for k in range(2):
        for i in reversed(range(i, i + 3)):
            x = x + i * x * x
    return x * i * k


@program(number, note="`cycle` keeps the elements as it first gave them")
def cycle_of_a_list_that_changes(x):
    xs = [x, x * x]
    total = 0.0
    for i, v in zip(range(6), itertools.cycle(xs)):
        xs[i % 2] = total
        total = total * 0.5 + v * i
    return total


@program(number, note="a store under a new key makes a dict longer")
def asks_the_length_of_a_dict_that_it_adds_to(x):
    d = {0: x, 1: x * x}
    if len(d) == 2:
        x = x * d[0]
        d[5] = x
    else:
        x = x * x * x
    for i in range(len(d)):
        x = x + i * d[0]
        d[i + 10] = x
    return x * d[10] * len(d)


@program(lambda: (0.8, {0: 2.0, 1: 3.0}))
def asks_the_length_of_a_given_dict_that_it_adds_to(x, d):
    if len(d) == 2:
        x = x * d[0]
        d[5] = 1.0
    else:
        x = x * x
    for i in range(len(d)):
        x = x * d[0]
        d.setdefault(i + 7, 1.0)
    return x * x * len(d)


@program(number, note="the dynamic graph goes on through what is new")
def counts_through_a_list_that_grows(x):
    xs = [x, x * x]
    total = 0.0
    for i, v in enumerate(xs):
        if len(xs) < 5:
            xs.append(v * 2)
        total = total * 0.5 + v * i * v
    return total


@program(number, note="a list of lists, of which others grow")
def other_lists_grow(x):
    held = {"a": [x, x * x], "b": []}
    out = []
    for v in held["a"]:
        held["b"].append(v * x)
        out.append(v)
    for i, v in enumerate(out):
        if v > 0.7:
            out.append(v * x)
            break
        held["b"].append(v)
    return sum(held["b"]) * sum(out) * i
