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
