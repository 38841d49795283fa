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


@program(number_and_row, wrt=(0, 1), note="the pullback of the region holds the array that is changed")
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


@program(number_and_row, wrt=(0, 1), note="NumPy's view is for reading only, and what it sees is changed")
def changes_what_a_diagonal_sees(p, x):
    y = np.array([0.3, 1.1]) * p
    m = np.concatenate([x, x[:1]])
    for _ in range(3):
        d = m.reshape(2, 2).diagonal()
        y *= d
        m[0], m[3] = (2.0, p)
    return np.sum(y)


@program(lambda: (np.array([[[1.3, 0.4], [0.2, 0.9]], [[0.7, 0.1], [0.5, 1.6]]]), np.array([2.0, 5.0])), wrt=(0, 1))
def determinants_of_a_stack(a, w):
    d = np.linalg.det(a)
    return np.sum(d * w) * np.sum(d)


@program(lambda: (np.array([[[1.3, 0.4]], [[0.7, 0.1]]]), np.array([2.0, 5.0])), wrt=(0, 1))
def traces_of_a_stack(a, w):
    t = np.trace(a)
    return np.sum(t * w) * np.sum(t)


def all_steps(a, n):
    steps = []
    for _ in range(n):
        steps.append(a)
        a = np.sin(a)
    return a, (a, steps)


@program(number_and_row, wrt=(0, 1), note="of the tuple within the tuple nothing is used")
def uses_one_result_of_two(p, x):
    last, rest = all_steps(x * p, 3)
    return np.sum(last * last)


@program(number_and_row, wrt=(0, 1))
def stores_a_list_that_grew_into_an_array(p, x):
    items = []
    for k in range(2):
        items.append(x[2] * p * k)
    y = x.copy()
    y[[1, 0]] = items
    y[:2] += [x[k] * p for k in range(2)]
    return np.sum(y * y)


@program(number_and_row, wrt=(0, 1))
def adds_differences_that_are_zero(p, x):
    return sum(e - e for e in x) + p * p


@program(number_and_row, wrt=(0, 1))
def changes_what_a_view_sees_in_a_loop(p, x):
    u = x[::2]
    for e in range(2):
        x[0] = np.sum(u * u) * p
    return np.mean(x * x)


@program(number_and_row, wrt=0, note="the region is the last thing that runs, and changes an argument held fixed")
def changes_an_argument_in_a_last_region(p, x):
    try:
        x[0] -= p
    except ZeroDivisionError:
        pass
    return p * p


@program(number_and_row, wrt=(0, 1), note="what `out` names is given back: two names of one array")
def changes_in_a_region_what_an_out_argument_gave_back(p, x):
    w = np.zeros(3)
    v = np.add(x, p, out=w)
    try:
        v[0] -= 0.5
    except ZeroDivisionError:
        pass
    return np.sum(w) * np.mean(v)


def rebinds_and_may_change(a, b):
    try:
        b = np.array(0.5)
    except ZeroDivisionError:
        b[0] -= a
    return 0.5


@program(number_and_row, wrt=(0, 1), note="the name has another object in the end: the one that was given is as it was")
def gives_a_region_what_it_rebinds(p, x):
    held = x
    total = rebinds_and_may_change(p, x)
    return np.sum(x * held) * total


@program(lambda: (np.linspace(0.3, 0.9, 3),), scalar=False, note="two negations are a copy, which one is not")
def negated_twice_beside_its_entries(m):
    return m[2] - m[1] - -m


@program(lambda: (np.ones(2), np.linspace(0.3, 0.9, 3), np.eye(3) + 0.1), scalar=False, wrt=(0, 1, 2))
def product_kept_in_a_list_round_by_round(x, y, m):
    u = [y, y]
    for _ in x:
        u[0] = np.transpose(m) @ np.ones(3)
    return u


def updated_under_a_manager(a, b):
    with np.errstate(all="ignore"):
        a += 4


@program(lambda: (np.linspace(0.3, 0.9, 3),), note="an update that carries nothing, in a statement that stands whole")
def calls_what_updates_under_a_manager(y):
    updated_under_a_manager(1.5, y)
    return np.sum(y * y)


@program(number_and_row, wrt=(0, 1), note="what is returned is the outer variable, not a result of the call's own")
def gives_back_the_outer_variable_it_sets(p, x):
    def reset(a):
        nonlocal p
        p = 0.8
        return p

    u = reset(p)
    return np.sum(x * x) * p + u


def gives_one_by_one(a, b):
    for e in a:
        yield e * 0.5


def gives_and_changes(a, b):
    for e in a:
        a[2] += b
        yield e


@program(number_and_row, note="nothing that the generator gives carries a derivative: its body is the loop's")
def draws_from_what_carries_nothing(p, x):
    total = 0.0
    for e in gives_one_by_one(x, p):
        total += e
    return p * total


@program(number_and_row, wrt=(0, 1), note="a generator that nobody reads does nothing")
def leaves_a_generator_alone(p, x):
    kept = gives_and_changes(x, p)
    return p * np.sum(x)


@program(lambda: (np.ones(2), np.linspace(0.3, 0.9, 3), 0.7), scalar=False, wrt=(0, 1, 2))
def puts_a_number_for_a_tuple(x, y, p):
    held = {"a": x, "b": (y, p), "c": 0.5}
    return dict(held, b=p)


def drops_a_name(a, b):
    count = 0
    while count < 2:
        count += 1
        u = 3.0
        z = u
        del z
        b += b


@program(number_and_row, note="a loop that stands whole drops a name that nothing else reads")
def calls_what_drops_a_name(p, x):
    drops_a_name(x, x)
    return p * np.sum(x)


@program(lambda: (np.ones(2), np.linspace(0.3, 0.9, 3), np.eye(2) + 0.3), wrt=(0, 1, 2))
def puts_a_tuple_for_an_array(x, y, m):
    held = {"a": x, "b": y, "c": "k"}
    held["b"] = (m, y)
    return np.sum(held["b"][0] * held["a"]) * np.sum(y)


def multiplies(k):
    def made(a):
        return a * k

    return made


@program(lambda: (0.8,), note="what the function is made of carries no derivative")
def calls_what_a_constant_makes(p):
    def makes(k):
        def made(a):
            return a * k * p

        return made

    first, second = makes(4.0), multiplies(3.0)
    third = multiplies(0.5)
    again = makes(2.0)
    return again(p) * third(p)


@program(
    lambda: (np.ones(3), np.linspace(0.3, 0.9, 3), np.eye(3) + 0.1), wrt=1, second=False, note="a row of constants"
)
def stacks_a_row_and_changes_it(x, y, m):
    v = np.stack([x, y, m[0]], axis=1)
    m[0] -= 0.5
    return np.sum(v * v) * m[0, 0]


@program(number_and_row, note="a loop that stands whole gives names to parts of parts")
def unpacks_parts_of_parts(p, x):
    for _ in range(2):
        (first, _), z = (x[-2:], x)
        z[1] *= 0.5
        (second, *rest), w = (x[-2:], x)
        w[1] += rest[0]
    return p * np.sum(x)


def products_and_factors(a, b):
    products = a * b
    return np.concatenate([products, a])


@program(
    lambda: (np.linspace(0.3, 0.9, 4), np.linspace(1.2, 0.5, 4)),
    wrt=(0, 1),
    note="a branch not taken leaves the number zero for the cotangent of an array",
)
def writes_a_result_in_a_branch_not_taken(y, m):
    w = products_and_factors(y, m)
    if m[0] > 0.0:
        return np.sum(w)
    u = np.add(y[0], m[0], out=w)
    u[1:] += u[:-1]
    return np.sum(w)


@program(lambda: (1.5,), note="what compares has a == of its own, which takes nothing else")
def sorts_by_a_function_of_two(x):
    ordered = sorted([x, 2.0, 0.5 * x], key=functools.cmp_to_key(lambda a, b: -1 if a < b else 1))
    return ordered[0] * ordered[1] * ordered[1]
