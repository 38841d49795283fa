"""Small programs, one construct each: what a tool of this kind is tried with first.

They cover what the public test corpus of Tangent covers without TensorFlow (van Merrienboer, Moldovan and Wiltschko,
"Tangent: Automatic differentiation using source-code transformation for dynamically typed array programming", 2018).
"""

import numpy as np
from catalogue import program


def one(value):
    return program(lambda: (value,))


def two(first, second):
    return program(lambda: (first, second), wrt=(0, 1))


def three(first, second, third):
    return program(lambda: (first, second, third), wrt=(0, 1, 2))


def vector(*values):
    return program(lambda: (np.array(values),))


# One operator


@one(1.3)
def given_back(s):
    return s


@one(1.3)
def negated(s):
    return -s


@one(1.3)
def renamed(s):
    t = s
    return t


@one(1.3)
def plus_one(s):
    return s + 1


@one(1.3)
def four_added_before(s):
    return 4.0 + s


@one(1.3)
def doubled_by_adding(s):
    return s + s


@one(1.3)
def four_taken_away(s):
    return s - 4.0


@one(1.3)
def taken_from_four(s):
    return 4.0 - s


@one(1.3)
def taken_from_itself(s):
    return s - s


@one(1.3)
def times_four(s):
    return s * 4.0


@one(1.3)
def four_times(s):
    return 4.0 * s


@one(1.3)
def times_itself(s):
    return s * s


@one(1.3)
def over_four(s):
    return s / 4.0


@one(1.3)
def four_over(s):
    return 4.0 / s


@one(1.3)
def over_itself(s):
    return s / s


@one(1.3)
def cubed_by_products(s):
    return s * s * s


@one(1.3)
def cubed_by_power(s):
    return s**3


@one(1.3)
def product_by_function(s):
    return np.multiply(s, 4.0)


@two(1.3, 0.4)
def product_of_two(s, t):
    return s * t


@two(1.3, 0.4)
def sum_of_two(s, t):
    return s + t


@three(1.3, 0.4, -2.0)
def line(slope, place, offset):
    return slope * place + offset


@three(1.3, 0.4, -2.0)
def line_in_steps(slope, place, offset):
    rise = slope * place
    height = rise + offset
    return height


@three(1.3, 0.4, -2.0)
def line_overwritten(slope, place, offset):
    height = slope * place
    height = height + offset
    return height


@one(1.3)
def a_name_that_looks_like_a_cotangent(s):
    s_bar = s * s
    return s_bar


@program(lambda: (1.3,), scalar=False)
def two_results(s):
    return 5 * s, s


# Overwriting


@one(1.3)
def argument_overwritten(s):
    s = s * 4.0
    return s


@one(1.3)
def copy_overwritten(s):
    t = s
    t = t * 4.0
    return t


@one(1.3)
def first_value_of_no_use(s):
    t = s
    t = s * s
    u = t * t
    v = u * u
    return v


@one(1.3)
def squared_in_place(s):
    t = s * s
    t *= t
    return t


@one(1.3)
def fourth_power_in_two_steps(s):
    s = s * s
    t = s * s
    return t


@vector(0.3, 0.7, -0.2)
def array_becomes_its_sum(v):
    v = np.sum(v)
    v = v * v
    return v


# Branches


@one(1.3)
def either_way_overwritten(s):
    if s > 0:
        s = s * 4.0
    else:
        s = s * 5.0
    return s


@one(-1.3)
def the_middle_of_three_ways(s):
    if s > 0:
        s = s * 4.0
    elif s < 0:
        s = s * 5.0
    else:
        s = s * 6.0
    return s


@one(1.3)
def a_branch_in_a_branch(s):
    if s > 0:
        if s < 9:
            s = s * s
    else:
        s = 4.0 * s
    return s


@one(1.3)
def both_ways_in_a_branch(s):
    if s > 0:
        s = s * 4.0
        if s < 9:
            s = s * s
        else:
            s = s * 5.0
    return s


@one(0.9)
def tests_that_are_computed(s):
    if s * s / 4.0 > 0:
        t = 4.0
    else:
        t = 5.0
    s = s * t
    if s < t - s * t:
        s = s * s
    elif s > t + 4.0 * s:
        if s / 5.0 < 0:
            s = s / t
        else:
            s = s * t
    else:
        s = -s
    return s


@one(1.3)
def one_branch_after_another(s):
    if s > 0:
        s = s * s
    s = s + s
    if s < 0:
        s = 4.0 * s
    return s


@two(1.3, 0.4)
def a_branch_on_two(s, t):
    if s > t:
        s = s * s
    else:
        s = s * t
    return s


@one(-1.3)
def root_of_the_size(s):
    if s >= 0:
        root = np.sqrt(s)
    else:
        root = np.sqrt(-s)
    return root


@two(1.3, 2.2)
def power_of_the_size(s, p):
    if s >= 0:
        s = s**p
    else:
        s = (-s) ** p
    return s


# Loops


@program(lambda: (1.1, 3))
def one_loop_after_another(s, n):
    for k in range(n):
        s = s * s
    s = 5.0 * s
    for k in range(n + 1):
        s = s * 4.0
    return s


@program(lambda: (1.1, 3))
def a_branch_then_a_loop(s, n):
    if s > 0:
        s = s * s
    s = 5.0 * s
    for k in range(n):
        s = s * s
    return s


@program(lambda: (1.1, 3))
def a_loop_then_a_branch(s, n):
    for k in range(n):
        s = s * s
    s = 5.0 * s
    if s > 0:
        s = s * s
    return s


@one(1.3)
def product_from_one(s):
    total = 1
    for k in range(4):
        total = total * s
    return total


@one(1.3)
def product_from_itself(s):
    total = s
    for k in range(4 - 1):
        total = total * s
    return total


@one(1.1)
def squared_three_times(s):
    for k in range(3):
        s = s * s
    return s


@program(lambda: (1.1, 4), lambda: (1.1, 0))
def squared_n_times(s, n):
    for k in range(n):
        s = s * s
    return s


@one(1.7)
def squared_while_small(s):
    for k in range(4):
        if s < 10:
            s = s * s
    return s


@one(1.2)
def looped_if_small(s):
    if s < 10:
        for k in range(3):
            s = s * s
    return s


@one(1.05)
def loop_in_a_loop(s):
    for i in range(2):
        for j in range(2):
            s = s * s
    return s


@one(1.1)
def cubed_in_a_loop(s):
    for k in range(3):
        s = s * s * s
    return s


@one(1.3)
def halved_until_small(s):
    while np.abs(s) > 0.2:
        s = s * 0.5
    return s


# Functions of NumPy


@one(0.4)
def exponential(s):
    return np.exp(s)


@one(0.4)
def exponential_twice(s):
    return np.exp(np.exp(s))


@one(0.4)
def cosine(s):
    return np.cos(s)


@one(0.4)
def sine(s):
    return np.sin(s)


@one(0.4)
def tangent_of_angle(s):
    return np.tan(s)


@one(0.4)
def hyperbolic_cosine(s):
    return np.cosh(s)


@one(0.4)
def hyperbolic_sine(s):
    return np.sinh(s)


@one(0.4)
def hyperbolic_tangent(s):
    return np.tanh(s)


@one(0.4)
def inverse_cosine(s):
    return np.arccos(s)


@one(0.4)
def inverse_sine(s):
    return np.arcsin(s)


@one(0.4)
def inverse_tangent(s):
    return np.arctan(s)


@two(0.4, -0.7)
def angle_of_a_point(s, t):
    return np.arctan2(s, t)


@program(lambda: (0.4, 0.7), wrt=(0, 1), scalar=False)
def polar_coordinates(s, t):
    radius = np.sqrt(s**2.0 + t**2.0)
    angle = np.arctan2(t, s)
    return radius, angle


@vector(0.4, -0.7, 1.1)
def total_by_elements(v):
    total = 0.0
    for e in v:
        total += e
    return total


@vector(0.3, 0.7, -0.2)
def total_of_a_vector(v):
    return np.sum(v)


@vector(0.3, 0.7, -0.2)
def total_of_a_copy(v):
    return np.sum(np.array(v))


@vector(0.3, 0.7, -0.2)
def mean_of_a_vector(v):
    return np.mean(v)


@program(lambda: (np.array([[2.0, 0.3, 0.1], [0.2, 1.5, -0.4], [0.0, 0.6, 1.1]]),))
def determinant(m):
    return np.linalg.det(m)


@program(lambda: (np.array([[0.2, -0.7], [1.1, 0.4]]), np.array([1.0, 0.0]), np.array([0.3, -0.5]), 0.1), wrt=(0, 2, 3))
def two_classes(features, label, W, b):
    score = np.dot(features, W) + b
    chance = 0.5 * (np.tanh(score) + 1)
    likelihood = chance * label + (1 - chance) * (1 - label)
    return -np.sum(np.log(likelihood))


@program(
    lambda: (
        np.array([[0.2, -0.7]]),
        np.array([[0.5, 0.1, -0.3]]),
        0.1 * np.arange(9.0).reshape(3, 3),
        0.2 * np.ones((2, 3)),
        np.array([0.1, 0.2, 0.3]),
    ),
    wrt=(0, 1, 2, 3, 4),
)
def one_recurrent_step(x, h, U, W, b):
    y = np.dot(x, W)
    y = y + np.dot(h, U)
    y = y + b
    y = np.tanh(y)
    return np.sum(y)


# Calls


def _product(s, t):
    return s * t


def _sum(s, t):
    return s + t


def _times(s, t):
    return _product(s, t)


@two(1.3, 0.4)
def a_call(s, t):
    return _product(s, t)


@two(1.3, 0.4)
def a_call_of_a_caller(s, t):
    return _times(s, t)


@three(1.3, 0.4, -2.0)
def a_call_in_a_call(slope, place, offset):
    return _sum(_product(slope, place), offset)


@two(1.3, 0.4)
def a_call_either_way(s, t):
    if s > t:
        u = _product(s, t)
    else:
        u = _product(t, s)
    return u


@program(lambda: (1.1, 3))
def a_call_in_a_loop(s, n):
    for k in range(n):
        s = _product(s, s)
    return s


@program(lambda: (1.1, 3))
def a_function_inside(s, n):
    def scaled(s, n):
        return s * n

    for k in range(n):
        s = scaled(s, s)
    return s


@one(1.1)
def chain_of_calls(s):
    t = _product(s, s)
    u = _product(t, t)
    v = _product(u, u)
    return v


# Containers and places


@one(1.3)
def sum_of_a_list(s):
    items = [1, s * s, 2]
    return np.sum(items)


@vector(0.3, 0.7, -0.2)
def sum_of_a_list_of_places(v):
    items = [1, v[0] * v[1] * v[2], 5]
    return np.sum(items)


@one(1.3)
def places_of_a_list(s):
    items = [1.0, s, 5.0]
    return items[0] * items[1]


@vector(0.3, 0.7, -0.2)
def product_of_places(v):
    first = v[0]
    second = v[1]
    return first * second


@vector(0.3, 0.7, -0.2)
def product_put_into_a_place(v):
    first = v[0]
    second = v[1]
    v[0] = first * second
    return np.sum(v)


@vector(0.3, 0.7, -0.2)
def place_overwritten_after_use(v):
    squares = v**2.0
    v[0] = squares[1] * squares[2]
    return np.sum(v * squares)


@program(lambda: ((1.3, 0.4, -2.0),))
def line_of_a_tuple(packed):
    slope, place, offset = packed
    return slope * place + offset


@program(lambda: ((1.3, 0.4, -2.0),))
def first_of_a_tuple(packed):
    first, second, third = packed
    return first


@program(lambda: (1.3, 0.4, -2.0, 1), wrt=(0, 1, 2))
def packed_and_picked(s, t, u, k):
    packed = s, t, u
    return packed[k]


@program(lambda: ({"slope": 1.3, "place": 0.4, "offset": -2.0},))
def line_of_a_dict(values):
    return values["slope"] * values["place"] + values["offset"]


def _line_of(values):
    return values["slope"] * values["place"] + values["offset"]


@program(lambda: ((1.3, 0.4, -2.0),))
def dict_made_for_a_call(packed):
    slope, place, offset = packed
    return _line_of(dict(slope=slope, place=place, offset=offset))


@program(lambda: ({"outer": {"left": 1.3, "right": 0.4}},))
def dict_in_a_dict(values):
    return values["outer"]["left"] * values["outer"]["right"]


@vector(0.3, 0.7, -0.2)
def sum_of_a_comprehension(v):
    return np.sum([entry * 4 for entry in v])


@one(1.3)
def number_as_a_vector(s):
    return np.sum(np.atleast_1d(s) ** 2)


@vector(0.3, 0.7, -0.2)
def vector_as_a_matrix(v):
    return np.sum(np.atleast_2d(v) ** 2)


@vector(0.3, 0.7, -0.2)
def vector_as_a_block(v):
    return np.sum(np.atleast_3d(v) ** 2)


@vector(0.3, 0.7, -0.2)
def copied_place_by_place(v):
    made = np.zeros_like(v)
    for k in range(len(v)):
        made[k] = v[k]
    return np.sum(made)


@vector(0.3, 0.7, -0.2)
def rows_filled_with_numbers(v):
    rows = np.zeros((len(v), 3))
    for k in range(len(rows)):
        rows[k] = v[k]
    return np.sum(rows)


@vector(0.3, 0.7, -0.2)
def all_but_the_first(v):
    return np.sum(v[1:])


@vector(0.3, 0.7, -0.2)
def every_other_as_a_column(v):
    return np.sum(v[::2, np.newaxis])


@program(lambda: (0.1 * np.arange(6.0).reshape(3, 2), 0.3 * np.ones((2, 3))), wrt=(0, 1))
def recurrent_rows(inputs, W):
    state = np.zeros((4, 3))
    for k in range(3):
        state[k + 1] = np.dot(inputs[k], W) + state[k]
    return np.sum(state[1:])


@one(1.3)
def pushed_and_popped(s):
    stack = []
    t = s * s
    stack.append(s)
    back = stack.pop()
    u = t * back
    u = u * back
    return u


@one(1.3)
def pushed_and_popped_for_nothing(s):
    stack = []
    t = s * s
    stack.append(t)
    t = stack.pop()
    return s


@one(1.3)
def number_that_becomes_a_list(s):
    stack = []
    t = s
    stack.append(t)
    t = [s]
    t = stack.pop()
    return s
