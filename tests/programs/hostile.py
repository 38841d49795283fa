"""Programs that once had a wrong derivative, each as small as it could be made."""

import numpy as np
from catalogue import program


def vector():
    return np.array([0.3, -0.7, 1.1, 0.5])


def matrix():
    return np.array([[0.3, 0.4, 0.5], [0.6, 0.7, 0.9]])


@program(lambda: (vector(),), note="the cotangent of a store into an array that is then summed")
def store_reads_its_array(x):
    y = x * x
    y[0] = 2.0 * y[1]
    return np.sum(y)


@program(lambda: (vector(), matrix()), wrt=(0, 1), note="a number stored into a column")
def number_into_column(x, m):
    m[:, 0] = np.sum(x)
    return np.sum(m * m)


@program(lambda: (vector(),), note="an appended value that reads the list")
def append_reads_its_list(x):
    t = [x[0], x[1]]
    t.append(np.tanh(t[-1]))
    return t[-1]


@program(lambda: (vector(),), note="`y * 1.0` is a copy")
def copies_by_arithmetic(x):
    y = x * 1.0
    kept = []
    for _ in range(3):
        kept.append(y * 1.0)
        y *= x
    return np.sum(kept[0] * kept[1] * kept[2])


@program(lambda: (vector(),), note="the loop reads a copy of what it changes")
def loop_over_copy(x):
    y = x * 1.0
    for e in y * 1.0:
        y[1] -= e * y[0]
    return np.sum(np.sin(y))


@program(lambda: (vector(),), may_refuse=True, note="another name for the argument that is changed")
def argument_alias(x):
    v = x
    x *= 2
    return np.sum(v * v)


@program(lambda: (matrix(),), may_refuse=True, note="a row is read after its matrix has changed")
def row_of_changed_matrix(m):
    row = m[1]
    m += m
    return np.sum(row * row)


@program(lambda: (matrix(),), may_refuse=True)
def transpose_of_changed_matrix(m):
    v = m.T
    m *= 2.0
    return np.sum(v * v)


@program(lambda: (matrix(),), may_refuse=True, note="changed in the other branch")
def view_of_matrix_changed_in_branch(m):
    u = m[:, :1]
    if m[0, 0] > 9:
        pass
    else:
        m -= m
    return np.sum(np.sin(u)) + np.sum(m)


@program(lambda: (vector(),), may_refuse=True, note="an array in a dict, changed through the dict")
def changed_through_dict(x):
    z = x * 1.0
    d = {"a": z}
    d["a"] *= 3.0
    return np.sum(z * d["a"])


@program(lambda: (vector(),), may_refuse=True, note="one list entry twice")
def one_object_twice(x):
    rows = [np.zeros(2)] * 2
    rows[0][1] = x[0]
    return rows[1][1] * x[1]


@program(lambda: (vector(),), may_refuse=True)
def one_array_twice(x):
    z = x * 1.0
    rows = [z] * 2
    rows[0] *= x
    return np.sum(rows[1] * rows[0])


@program(lambda: (vector(), matrix()), note="broadcasting behind a change in place")
def maximum_with_element(x, m):
    m *= m
    u = np.maximum(m[0, 0], x)
    v = u[1]
    return np.sum(v) * np.mean(u * u)


@program(lambda: (vector(),), lambda: (-vector(),), note="a while loop that some rounds skip")
def while_after_continue(x):
    for _ in range(3):
        if x[0] > 0:
            continue
        n = 0
        while n < 3 and x[1] > -1:
            n += 1
            x = x * np.sin(x)
    return np.sum(x)


@program(lambda: (vector(), 0.5), note="gathered elements, read before they change")
def gathered_before_change(x, s):
    u = x[[1, 1]]
    x[1] = s
    return np.sum(np.sin(u)) + np.sum(x)


@program(lambda: (vector(), 0.5))
def masked_before_change(x, s):
    u = x[x > 0]
    x[0] = s
    return np.sum(np.sin(u)) + np.sum(x)


@program(lambda: (vector(), vector() + 1.0), wrt=(0, 1), note="a view changed in place reads its old self")
def view_times_element(x, y):
    v = x[:2]
    v *= y[2]
    return np.sum(np.sin(v)) + v[0]


@program(lambda: (vector(), vector() + 1.0), wrt=(0, 1))
def view_times_choice(x, y):
    v = x[:2]
    v *= np.where(y[:2] > 0.4, v, v)
    return np.sum(np.sin(v))


@program(lambda: (vector() + 1.0,), may_refuse=True)
def view_less_its_size(m):
    u = m[1:3]
    u -= abs(u)
    return np.sum(u) + np.sum(m)


@program(lambda: (np.array([0.3, 0.8, 0.4]), 0.7), note="the value is taken before the reverse sweep")
def value_through_alias(x, p):
    x[1:] += np.abs(x[:2] * p + 1.0)
    w = x
    return np.mean(w * w)


@program(lambda: (vector(),), may_refuse=True, note="an array of integers rounds what is stored")
def stored_into_integers(x):
    y = np.zeros(2, dtype=int)
    y[0] = x[0] * 3
    return x[1] * y[0] + x[0]


@program(lambda: (vector(), 3), note="`k` is an integer: the fill must not take its dtype")
def integer_factor(x, k):
    return np.mean(np.exp(k * np.sum(x)))


def shares(a, b):
    return (a[1] / (2.5 + np.cos(a[-1]))) * (b / (2.5 + np.cos(b))) + 1.0


@program(lambda: (vector(), 0.4), note="what a callee keeps of an argument that is changed afterwards")
def argument_changed_after_call(x, p):
    p += np.sum(shares(x[::-1], x))
    x[np.array([False, True, True, False])] = p + 1.0
    return p**2


weights = np.arange(1.0, 4.0)


def named_like_a_global(weights, n):
    if n > 2:
        weights = weights * weights
    else:
        weights = weights + 1.0
    return np.sin(weights)


@program(lambda: (np.array([0.7, 1.3, 0.4]),), note="a parameter with the name of a global that is read elsewhere")
def parameter_named_like_a_global(x):
    return np.sum(weights * named_like_a_global(x, 3) * weights)


def keyword_named_like_a_global(a, *, weights=2.0):
    if weights > 2:
        a = a * a * weights
    else:
        a = a + 1.0
    return np.sin(a) * weights


@program(lambda: (np.array([0.7, 1.3, 0.4]),), note="the same of a keyword")
def keyword_parameter_named_like_a_global(x):
    return np.sum(weights * keyword_named_like_a_global(x, weights=x[0] + 3.0) * weights)


@program(lambda: (np.array([0.7, 1.3, 0.4]),), note="a branch that changes the flag that it asks for")
def branch_changes_its_own_flag(x):
    going = True
    total = 0.0
    for v in x:
        if going:
            going = bool(v < 1)
        if going:
            total = total + v * v
    return total


@program(lambda: (np.array([0.7, 1.3, 0.4]),), note="a loop over places of a list that gets shorter")
def loop_takes_from_its_list(x):
    v = [x[0], x[1] * x[1], x[2] * x[0]]
    total = 0.0
    for _ in range(len(v)):
        total = total * 0.5 + v.pop()
    return total


@program(lambda: (np.array([0.7, 1.3, 0.4]),), note="pairs of places are variables before they are a tuple")
def pairs_kept_whole(x):
    total = 0.0
    for pair in zip(x, x * 2):
        total = total + pair[0] * pair[1]
    return total


@program(lambda: (1.3,))
def unpacked_into_what_is_unpacked(x):
    p = [x, x * x]
    p[1], q = p
    return 2.0 * p[1] + 3.0 * q


@program(lambda: (matrix(),), note="a variable with the name of a parameter of the rule")
def operands_named_like_the_rules_parameters(z):
    k = 2.0 * z.T
    z_bar = np.einsum("ij,jk", z, k)
    return np.sum(np.sin(np.einsum("ij,jk", z_bar, z)) * np.einsum("ij,ij->ij", z, z))
