"""What runs on the dynamic graph within emitted programs: exceptions, iterators, code chosen or made at run time."""

# ruff: noqa: F821, F841

import contextlib
import itertools

import numpy as np
from catalogue import program


def row():
    return (np.array([0.7, 1.3, 0.4]),)


def settle(y):
    if y[0] > 1.5:
        raise ArithmeticError("too large")
    return y * 1.5


@program(row, lambda: (np.array([0.1, 0.5]),))
def handled(x):
    y = np.exp(x)
    try:
        z = settle(y)
    except ArithmeticError:
        z = y * y
    return np.sum(z)


@program(row, lambda: (np.array([0.1, 0.5]),))
def returns_from_within(x):
    y = np.exp(x)
    try:
        return np.sum(settle(y))
    except ArithmeticError as error:
        y = y * len(str(error))
    return np.sum(np.sin(y))


@program(row)
def goes_on_from_within(x):
    total = 0.0
    for v in x:
        try:
            if v > 1:
                raise ValueError
            w = v * v
        except ValueError:
            continue
        else:
            total = total + w
        finally:
            total = total * 1.5
    return total


@program(row)
def leaves_a_loop_from_within(x):
    known = {0: x[0] * x[1], 1: x[1]}
    total = 0.0
    k = 0
    while True:
        try:
            total = total + known[k] ** 2
        except KeyError:
            break
        k += 1
    return total * k


@program(row)
def returned_value_raises(x):
    found = x[2]
    try:
        return settle(x * 10.0)[0]
    except ArithmeticError:
        found = found * x[0]
    return found


@program(row)
def changes_an_array_in_place(x):
    u = x * 2.0
    try:
        u[0] = x[1] * x[2]
        u[1:] *= 3.0
        raise KeyError
    except KeyError:
        u[2] = u[0] * u[1]
    return np.sum(u * u)


@program(row, may_refuse=True)
def changes_an_array_with_a_view(x):
    u = x * 2.0
    v = u[1:]
    try:
        u[1] = x[1] * x[2]
    except KeyError:
        pass
    return np.sum(v)


@program(row, may_refuse=True)
def reads_a_view_of_what_it_changes(x):
    u = x * 2.0
    v = u[1:]
    try:
        u[1] = x[1] * x[2]
        w = v[0] * 3.0
    except KeyError:
        w = 0.0
    return w + u[2]


@program(row)
def fills_a_list(x):
    out = []
    for v in x:
        try:
            out.append(1.0 / v)
        except ZeroDivisionError:
            out.append(v)
    return sum(out)


@program(row, may_refuse=True)
def fills_a_list_known_by_two_names(x):
    out = [x[0]]
    also = out
    try:
        out.append(x[1] * x[2])
    except ValueError:
        pass
    return also[1] * also[0] + len(out)


@program(row)
def nothing_carried_is_changed(x):
    weights = np.ones(3)
    y = x * weights
    try:
        weights += 1.0
        k = int("2" if x[0] > 0 else "x")
    except ValueError:
        k = 3
    return np.sum(y * weights) * k


@program(row)
def names_bound_on_one_path(x):
    total = 0.0
    for i in range(3):
        try:
            if i > 0:
                total = total + before * x[i]
            before = x[i] * (i + 1)
        except ValueError:
            pass
    return total


@program(row)
def in_a_callee(x):
    def safe(v):
        try:
            return np.log(v - 0.5)
        except TypeError:
            return v

    return np.sum(safe(x + 1.0)) + safe(x[0] + 3.0)


@program(row)
def calls_a_function_defined_inside(x):
    scale = x[1]

    def power(v, k=2):
        return scale * v**k

    try:
        y = power(x[0]) + power(x[2], 3)
    except OverflowError:
        y = scale
    return y


@program(row)
def suppressed(x):
    y = x * 2.0
    with contextlib.suppress(ValueError):
        y = np.sin(x)
        raise ValueError
    return np.sum(y * y)


@program(row)
def groups_of_exceptions(x):
    try:
        y = settle(x * 5.0)
    except* ArithmeticError:
        y = x**3
    return np.sum(y)


@program(row)
def sets_of_values(x):
    seen = {v * v for v in (x[0], x[1], x[0])}
    return sum(seen) + len(seen)


@program(row)
def iterator_kept(x):
    it = iter(x * x)
    first = next(it)
    return first * sum(it)


@program(row)
def grouped(x):
    return sum(sum(g) ** 2 for _, g in itertools.groupby(x, key=lambda v: v > 0.5))


@program(row)
def evaluated_text(x):
    y = x * x
    return np.sum(eval("y * 3.0"))


@program(row)
def executed_text(x):
    names = {"x": x, "np": np}
    exec("y = np.sum(x * x)", names)
    return names["y"] * x[0]


@program(row)
def chosen_at_run_time(x):
    table = {"sin": np.sin, "cos": np.cos}
    total = 0.0
    for name in ("sin", "cos", "sin"):
        total = total + np.sum(table[name](x * total + x))
    return total


@program(row)
def changed_by_a_function_defined_inside(x):
    u = x * 1.0

    def bump(k):
        u[k] = u[k] * x[1]

    try:
        bump(0)
        bump(1)
    except IndexError:
        pass
    return np.sum(u * u)


@program(row)
def one_list_twice_in_another(x):
    a = [x[0], x[1]]
    b = [a, a]
    try:
        b[0].append(x[2] * x[2])
    except ValueError:
        pass
    return sum(b[1]) * len(a)


@program(row)
def an_element_known_by_a_name(x):
    rows = [x * 1.0, x * 2.0]
    r = rows[0]
    try:
        rows[0][1] = x[0] * x[2]
    except ValueError:
        pass
    return np.sum(r * r) + np.sum(rows[1])


@program(row)
def elements_changed_in_a_loop(x):
    rows = [x * 1.0, x * 2.0]
    for r in rows:
        try:
            r[0] = x[1] * x[2]
        except ValueError:
            pass
    return np.sum(rows[0]) + np.sum(rows[1] * rows[1])


@program(row)
def a_dict_known_by_two_names(x):
    d = {"a": x[0]}
    e = d
    try:
        d["b"] = x[1] * x[2]
    except ValueError:
        pass
    return sum(e.values()) * len(e)


@program(row)
def nested_results(x):
    try:
        a, b = x[0] * x[1], (x[1], x[2] * x[2])
    except ValueError:
        a, b = x[0], (x[1], x[2])
    return a * b[0] + b[1]


def descend(v, n):
    try:
        if n == 0:
            raise StopIteration
        return descend(v * 1.5, n - 1)
    except StopIteration:
        return v * v


@program(row)
def in_a_function_that_calls_itself(x):
    return np.sum(descend(x, 3))


@program(row)
def within_each_other(x):
    total = 0.0
    try:
        for v in x:
            try:
                if v > 1:
                    raise KeyError
                total = total + v * v
            except KeyError:
                total = total * v
                raise ValueError from None
    except ValueError:
        total = total + x[2] ** 3
    return total


@program(row, second=False, note="the numbers would be drawn again")
def draws_once_and_in_order(x):
    rng = np.random.default_rng(3)
    try:
        y = x * rng.normal(size=3)
    except ValueError:
        y = x
    z = x * rng.normal(size=3)
    return np.sum(y * z)


def with_its_own_region(a, b):
    try:
        a = a * 2.0
    except ValueError:
        b = a
    return a * b


def with_a_parameter_of_that_name(region, b):
    b = b * region
    return region * b


@program(row, note="regions of two functions, and a variable that has the name of one")
def regions_of_several_functions(x):
    try:
        y = x * 1.5
    except ValueError:
        y = x
    return np.sum(with_its_own_region(x, y) * with_a_parameter_of_that_name(y, x))


class Branch:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right


@program(lambda: (np.array([0.4, 0.9, -0.3, 0.2, 1.0]),), note="fields that are None")
def tree_of_objects(w):
    def build(i):
        if i >= len(w):
            return None
        return Branch(w[i], build(2 * i + 1), build(2 * i + 2))

    def evaluate(branch, depth):
        if branch is None:
            return 0.1
        inner = evaluate(branch.left, depth + 1)
        return np.tanh(branch.value * inner + depth) + np.sin(branch.value) * evaluate(branch.right, depth + 1)

    return evaluate(build(0), 0)
