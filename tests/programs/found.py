"""The smallest programs that showed what random programs found, one of each cause."""

# ruff: noqa: F841

import functools

import numpy as np
from catalogue import program


def number_and_row():
    return 0.8, np.array([0.7, 1.3, 0.4])


@program(number_and_row, wrt=(0, 1), note="the loop carries no derivative, its exit meets one that does")
def returns_a_constant_from_a_loop(p, x):
    for k in range(3):
        if k > 4:
            return 2.0
    return p * np.sum(x)


@program(number_and_row, wrt=1)
def returns_an_argument_held_fixed_from_a_loop(p, x):
    for _ in range(0):
        return p
    return np.sum(x * x)


@program(number_and_row, wrt=(0, 1), second=False, note="the pullback of the region holds the array that is changed")
def changes_one_of_the_results_of_a_region(p, x):
    try:
        p = p * 1.5
    except ZeroDivisionError:
        x = x * 2.0
    u = np.cos(x[0])
    x[1] = 0.5
    return u + p


@program(number_and_row, wrt=(0, 1))
def changes_a_number_in_a_region(p, x):
    z = np.tanh(p)
    kept = z
    try:
        z -= 0.5
    finally:
        z *= p
    return z * kept * np.sum(x)


@program(number_and_row, wrt=(0, 1), scalar=False)
def changes_an_argument_that_is_a_number_in_a_region(p, x):
    try:
        p += 0.7
    except ZeroDivisionError:
        p += x[0]
    held = p
    p = np.max(4)
    return held * x


@program(number_and_row, wrt=0)
def changes_in_a_region_what_carries_nothing(p, x):
    v = np.arange(4.0)
    w = v
    try:
        v[2] *= 1.7
    except ZeroDivisionError:
        w = v
    return p * p * v[2] * w[1]


@program(number_and_row, wrt=(0, 1))
def passes_by_keyword_to_a_function_in_a_region(p, x):
    def scaled(a, *, b):
        return a * b

    try:
        p = scaled(b=p, a=p)
    except ZeroDivisionError:
        a = 2.0
        p = a
    return p * np.sum(x)


def first_of(a, b):
    return a


@program(number_and_row, wrt=0, note="the call gives the array another name")
def changes_what_a_call_gives_back(p, x):
    q = p * x[2]
    held = first_of(b=q, a=x)
    held[2] *= p
    return q * np.sum(x)


def doubles_first(a, b):
    b[0] *= a


@program(number_and_row, wrt=0, note="the function that changes the array is one made by `partial`")
def changes_through_a_partial_function(p, x):
    functools.partial(doubles_first, p)(x)
    return np.sum(x[:2] * x[:2])


@program(number_and_row, wrt=0)
def changes_what_an_out_argument_gives_back(p, x):
    w = np.add(x, 1.0, out=x)
    w[1] *= p
    return np.sum(x * x)
