"""Small programs after what the tests of Tangent's successor add to its corpus, in our own words.

They cover what the public tests of tangent-ad 0.4 (the fork of Tangent that goes on, as it is on PyPI) try without
another array library: exits from loops, lists that grow, classes, comprehensions, integrators, calls of every kind.
"""

import functools

import numpy as np
from catalogue import program


def one(value):
    return program(lambda: (value,))


def vector(*values):
    return program(lambda: (np.array(values),))


# Exits


@vector(0.4, 1.2, 3.0, 0.5)
def added_until_large(v):
    total = 0.0
    for e in v:
        if total > 1.5:
            break
        total += e * e
    return total


@vector(0.4, -1.2, 3.0, -0.5)
def negatives_passed_over(v):
    total = 0.0
    for e in v:
        if e < 0.0:
            continue
        total = total * e + e
    return total


@one(1.1)
def doubled_until_large(s):
    steps = 0
    while True:
        s = s * 2.0
        steps += 1
        if s > 10.0:
            break
    return s * steps


@one(0.7)
def exits_of_two_loops(s):
    total = 0.0
    for i in range(4):
        for j in range(4):
            if j > i:
                break
            if (i + j) % 2:
                continue
            total += s ** (i + 1) * j
        if total > 6.0:
            break
    return total


@one(0.6)
def early_return_from_a_loop(s):
    t = 1.0
    for k in range(10):
        t = t * s + 0.3
        if t < 0.87:
            return t * t
    return t


@one(0.6)
def nothing_behind_the_break(s):
    for _ in range(3):
        s = s * s
        break
        s = s * 100.0
    else:
        s = 0.0
    return s


@vector(0.3, 0.9, 0.1, 0.5)
def found_or_else(v):
    for e in v:
        if e > 2.0:
            found = e
            break
    else:
        found = v[0] * v[-1]
    return found * found


# Lists and dicts


@vector(0.3, 0.7, -0.2)
def list_built_in_a_loop(v):
    kept = []
    for e in v:
        kept.append(e * e)
        kept.append(np.sin(e))
    return sum(kept)


@vector(0.3, 0.7, -0.2)
def list_begun_with_entries(v):
    kept = [v[0], 2.0]
    kept.append(v[1] * v[2])
    return kept[0] * kept[2] + kept[1]


@one(0.8)
def appended_and_popped_between(s):
    stack = [s]
    stack.append(s * s)
    t = stack.pop()
    stack.append(t * s)
    return stack[0] * stack[1]


@vector(0.3, 0.7, -0.2)
def stacked_rows_of_a_list(v):
    rows = [v * k for k in range(1, 4)]
    return np.sum(np.stack(rows) ** 2)


@vector(0.3, 0.7, -0.2)
def joined_parts_of_a_list(v):
    parts = []
    for k in range(3):
        parts.append(v[k:] * k)
    return np.sum(np.concatenate(parts) * v[0])


@one(0.8)
def values_of_a_dict_added(s):
    parts = {"a": s * s, "b": np.sin(s), "c": 2.0}
    return sum(parts.values()) * parts["a"]


@one(0.8)
def entry_or_what_stands_for_it(s):
    rates = {"slow": s * 0.5}
    return rates.get("slow", 1.0) * rates.get("fast", s)


@one(0.8)
def dict_over_keys(s):
    table = {k: s**k for k in range(1, 4)}
    total = 0.0
    for k in table:
        total += k * table[k]
    return total


@program(lambda: ({"w": np.array([0.3, -0.2]), "b": 0.1},))
def parameters_in_a_dict(parameters):
    return np.sum(np.tanh(parameters["w"] * 2.0 + parameters["b"])) + parameters["b"] ** 2


@program(lambda: (0.7, {"rate": 0.3}))
def dict_as_a_default(s, config={"rate": 0.5}):  # noqa: B006
    return s * s * config["rate"]


# Comprehensions and what goes through several things


@vector(0.3, 0.7, -0.2)
def chosen_in_a_comprehension(v):
    return sum([e * e for e in v if e > 0.0])


@vector(0.3, 0.7, -0.2)
def summed_by_a_generator(v):
    return sum(e * k for k, e in enumerate(v))


@program(lambda: (np.array([0.3, 0.7, -0.2]), np.array([1.0, 2.0, 3.0])), wrt=(0, 1))
def side_by_side(v, w):
    total = 0.0
    for a, b in zip(v, w):
        total += a * b * b
    return total


@vector(0.3, 0.7, -0.2)
def counted_from_one(v):
    total = 0.0
    for k, e in enumerate(v, 1):
        total += e**k
    return total


@one(0.7)
def steps_down(s):
    total = 0.0
    for k in range(7, 0, -2):
        total = total * s + k
    return total


# Functions and classes


@one(0.7)
def function_made_by_a_function(s):
    def times(rate):
        return lambda value: value * rate

    return times(3.0)(s) * times(s)(2.0)


@one(0.7)
def power_by_recursion(s):
    def power(value, n):
        return 1.0 if n == 0 else value * power(value, n - 1)

    return power(s, 4)


@one(0.7)
def arguments_by_star(s):
    def mean(*values):
        return sum(values) / len(values)

    return mean(s, s * s, 3.0)


@one(0.7)
def arguments_by_name(s):
    def line(value, *, rate=2.0, **rest):
        return rate * value + rest["offset"] * value**2

    return line(s, offset=s, rate=3.0)


@one(0.7)
def reduced_by_a_lambda(s):
    return functools.reduce(lambda a, b: a * b + s, [s, 2.0, s * s], 1.0)


class Scale:
    rate = 2.0

    def __init__(self, offset):
        self.offset = offset

    def __call__(self, value):
        return self.rate * value + self.offset

    @staticmethod
    def squared(value):
        return value * value

    @classmethod
    def plain(cls, value):
        return cls.rate * value

    @property
    def both(self):
        return self.rate + self.offset


class Shifted(Scale):
    rate = 3.0

    def __call__(self, value):
        return super().__call__(value) + self.plain(value)


@one(0.7)
def object_that_is_called(s):
    scale = Scale(s * s)
    return scale(s) * scale.both


@one(0.7)
def class_over_a_class(s):
    return Shifted(s)(s) * Scale.squared(s) + Shifted.plain(s)


@one(0.7)
def object_changed_in_a_loop(s):
    scale = Scale(0.0)
    for _ in range(3):
        scale.offset += scale(s)
    return scale.offset


# Conditions


@one(0.7)
def either_in_one_line(s):
    return s * 2.0 if s > 0.0 else s * s if s > -1.0 else -s


@one(0.7)
def within_bounds(s):
    return s * s if 0.0 < s < 1.0 else s


@one(0.7)
def not_that_and_not_this(s):
    return s * s * s if not (s < 0.0 or s > 2.0) else s


@one(-0.7)
def size_by_either(s):
    return max(s, -s) * min(s, 2.0)


@one(0.7)
def named_on_the_way(s):
    if (t := s * s) > 0.25:
        return t * s
    return t


@vector(0.3, 0.7, -0.2)
def one_of_the_places(v):
    return sum(v[k] ** 2 for k in range(len(v)) if k in (0, 2))


# Methods of numerics


@one(2.0)
def root_by_newton(s):
    x = s
    for _ in range(6):
        x = 0.5 * (x + s / x)
    return x


@program(lambda: (np.array([1.0, 0.2]), 0.8), wrt=(0, 1))
def pendulum_by_runge_kutta(start, stiffness):
    def rate(state):
        return np.array([state[1], -stiffness * np.sin(state[0])])

    state, step = start, 0.1
    for _ in range(5):
        first = rate(state)
        second = rate(state + 0.5 * step * first)
        third = rate(state + 0.5 * step * second)
        fourth = rate(state + step * third)
        state = state + step / 6.0 * (first + 2.0 * second + 2.0 * third + fourth)
    return np.sum(state**2)


@program(lambda: (np.array([[-0.1, 2.0], [-2.0, -0.1]]),))
def spiral_by_small_steps(A):
    state = np.array([2.0, 0.0])
    loss = 0.0
    for _ in range(6):
        state = state + 0.05 * (state**3 @ A)
        loss += np.sum(np.abs(state) ** 2)
    return loss


@program(lambda: (0.4 * np.ones((2, 3)), np.array([0.1, 0.2, 0.3]), 0.2 * np.ones((3, 1))), wrt=(0, 1, 2))
def network_of_two_layers(W, b, U):
    inputs = np.arange(8.0).reshape(4, 2) / 8.0
    hidden = np.tanh(inputs @ W + b)
    return np.mean((hidden @ U - 0.5) ** 2)


@vector(0.3, 0.7, -0.2)
def softmax_with_its_largest_taken_off(v):
    e = np.exp(v - np.max(v))
    p = e / np.sum(e)
    return -np.log(p[1])


@vector(0.3, 0.7, -0.2)
def entries_updated_in_place(v):
    w = np.zeros(5)
    w[1:4] += v * v
    w[0] -= v[2]
    w[-1] *= 3.0
    w[2] *= v[0]
    return np.sum(w * np.arange(5.0))


@vector(0.3, 0.7, -0.2, 0.4)
def rolled_turned_and_repeated(v):
    m = np.reshape(np.roll(v, 1) * np.flip(v), (2, 2))
    return np.sum(np.repeat(m, 2, axis=0) * np.tile(m, (2, 1)) * np.swapaxes(np.ones((2, 4)), 0, 1)[:, :1])


@vector(0.3, 0.7, 0.2, 0.4)
def running_totals_and_products(v):
    return np.sum(np.cumsum(v) * np.cumprod(v)) + np.sum(np.sort(v)[:2] * v[:2])


@vector(0.3, 0.7, -0.2)
def state_of_several_parts(v):
    position, speed, energy = v[0], v[1], 0.0
    for _ in range(4):
        position, speed = position + 0.1 * speed, speed - 0.1 * np.sin(position)
        energy = energy + position * position + v[2] * speed
    return energy


@vector(0.3, 0.7, -0.2)
def chained_names(v):
    a = b = v * v
    c = a
    b = b * 2.0
    return np.sum(a * b * c)


@one(0.7)
def text_made_on_the_way(s):
    label = f"{s:.2f} squared"
    assert label.endswith("squared"), f"{label} does not"
    return s * s * len(label)


@one(0.7)
def forgotten_on_the_way(s):
    t = s * s
    u = t * 2.0
    del t
    return u * s


@one(0.7)
def raised_where_it_is_not(s):
    if s < 0.0:
        raise ValueError(f"{s} is negative")
    return np.sqrt(s) * s


@one(0.7)
def tried_and_done_without(s):
    try:
        t = s / (s - s * 1.0 + 0.0 if s > 2.0 else 1.0)
    except ZeroDivisionError:
        t = 0.0
    return t * s
