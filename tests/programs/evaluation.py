"""The order of evaluation: what one argument of a call does, the arguments behind it see, and no other."""

from __future__ import annotations

import dataclasses

import numpy as np
from catalogue import program


class Pair:
    def __init__(self, a, b=1.0):
        self.a = a
        self.b = b


@dataclasses.dataclass
class Weighed:
    a: object
    b: object

    def __post_init__(self):
        self.c = np.sum(self.a) * self.b


def both():
    return np.array([0.5, 1.2, 0.4, 0.9]), np.array([0.3, 0.7, -0.4, 0.2])


def doubles(y):
    y[1] = y[0] * 2.0
    return np.sum(y)


def product(a, b=2.0, *rest, k=1.0):
    return np.sum(a) * b * k + sum(np.sum(r) for r in rest)


def options(a, b=2.0, **named):
    return np.sum(a) * b * np.sum(named["z"])


# The second argument, `y`, carries a derivative or carries none.


@program(both, both, wrt=0)
def keyword_argument_changes_a_constant(x, y):
    pair = Pair(a=y * y + 1.0, b=doubles(y))
    return np.sum(pair.a) * pair.b * x[0]


@program(both, wrt=(0, 1))
def keyword_argument_changes_a_variable(x, y):
    y = y * 1.0
    pair = Pair(a=y * y + 1.0, b=doubles(*(y,)))
    return np.sum(pair.a) * pair.b * x[0]


@program(both, wrt=0)
def keywords_in_another_order(x, y):
    return product(b=doubles(y), a=y * y) * x[0] + product(y, y[1], y * 1.0, k=doubles(y)) * x[1]


@program(both, wrt=(0, 1))
def options_taken_together(x, y):
    y = y * 1.0
    return options(y * y, z=y * x, b=doubles(y)) * x[0]


@program(both, wrt=(0, 1))
def options_and_a_name_that_moves_on(x, y):
    return options(y, z=y * x, b=np.sum(y := y * 2.0)) * x[0] + np.sum(y)


@program(both, wrt=(0, 1))
def fields_and_a_name_that_moves_on(x, y):
    weighed = Weighed(y, np.sum(y := y * 2.0))
    return weighed.c * x[0] + np.sum(y)


@program(both, wrt=0, may_refuse=True)
def display_of_a_dict(x, y):
    found = {y[1]: 1.0, doubles(y): y[1], y[1] + 5.0: y[0]}
    return sum(found.values()) * x[0]


@program(both, wrt=0)
def starred_elements(x, y):
    return np.sum([*y, doubles(y), *y]) * np.sum(np.clip(y * 2.0, a_min=y[0], a_max=doubles(y))) * x[0]
