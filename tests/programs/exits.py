"""break, continue, else of loops; early and several returns, also from inside loops and nested loops."""

import numpy as np
from catalogue import program


@program(lambda: (np.array([0.5, 0.8, -0.1, 2.0]),), lambda: (np.array([0.5, 0.8]),), lambda: (np.array([-1.0]),))
def break_at_negative(x):
    s = 1.0
    for v in x:
        if v < 0:
            break
        s = s * v
    return s


@program(lambda: (np.array([0.5, 0.8, -0.1, 2.0]),), lambda: (np.array([-0.5]),))
def continue_at_negative(x):
    s = 1.0
    for v in x:
        if v < 0:
            continue
        s = s * v
    return s


@program(lambda: (np.array([0.5, 0.8, -0.1, 2.0]),), lambda: (np.array([0.5, 0.8]),), lambda: (np.zeros(0),))
def for_else(x):
    s = 1.0
    for v in x:
        if v < 0:
            s = s * v * v
            break
        s = s * v + 1
    else:
        s = np.sin(s)
    return s


@program(lambda: (np.array([0.5, -0.1, 2.0]),), lambda: (np.array([0.5, 0.8]),))
def return_in_loop(x):
    s = 0.0
    for i, v in enumerate(x):
        if v < 0:
            return s * v + i
        s = s + v * v
    return s


@program(
    lambda: (np.array([[0.5, 0.2], [0.7, 1.9]]), 1.0),
    lambda: (np.array([[0.5, 0.2], [0.7, 0.9]]), 1.0),
    lambda: (np.array([[1.5, 0.2], [0.7, 0.9]]), 1.0),
    wrt=(0, 1),
)
def return_in_nested_loop(m, limit):
    s = 0.5
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            if m[i, j] > limit:
                return s * m[i, j] * limit
            s = s + m[i, j] ** 2
        s = s * 1.1
    return s


@program(lambda: (0.7, 5), lambda: (0.1, 5), lambda: (0.7, 0))
def break_and_continue(x, n):
    y = x
    for i in range(n):
        y = y + x
        if i == 1:
            continue
        y = y * 1.2
        if y > 2.0:
            break
        y = y - 0.1 * x * x
    return y


@program(lambda: (0.7, 4), lambda: (1.7, 4))
def break_from_inner(x, n):
    total = 0.0
    for i in range(n):
        p = 1.0
        for j in range(n):
            p = p * x
            if p > 3.0:
                break
            if p < 0.3:
                break
        total += p * (j + 1)
        if total > 20.0:
            break
    return total


@program(lambda: (0.7, 4), note="continue in the outer loop after an inner one")
def continue_outer(x, n):
    total = x
    for i in range(n):
        for j in range(i):
            total = total * x
        if i % 2:
            continue
        total = total + np.exp(x * i)
    return total


@program(lambda: (0.5,), lambda: (1.5,), lambda: (2.5,), lambda: (3.5,))
def many_returns(x):
    if x < 1.0:
        return x
    y = x * x
    if x < 2.0:
        return y
    y = y * x
    if x < 3.0:
        return y
    else:
        return y * x


@program(lambda: (0.5, 3), lambda: (2.5, 3))
def return_from_while(x, n):
    i = 0
    while i < n:
        x = x * x
        if x > 5.0:
            return x
        i += 1
    return -x


@program(lambda: (np.array([3.0, 1.0, 2.0]),), lambda: (np.array([3.0, 1.0, -2.0]),))
def search_and_return_tuple_part(x):
    best = x[0]
    where = 0
    for i in range(1, len(x)):
        if x[i] < best:
            best = x[i]
            where = i
    return best * (where + 1) + x[where] ** 2


@program(lambda: (0.2, 6), note="break guarded by the counter and the value")
def break_before_use(x, n):
    y = x
    last = x
    for i in range(n):
        last = y
        if i == 3:
            break
        y = y * x + 1.0
    return last * y


@program(lambda: (np.array([0.1, 0.4, 0.3]),), scalar=False, note="different expressions returned as an array")
def array_or_early_array(x):
    out = np.zeros(3)
    for i in range(3):
        if i == 2:
            return out + x
        out[i] = x[i] ** 2
    return out


@program(lambda: (1.5,), lambda: (0.5,), note="statements after a return are never reached")
def unreachable(x):
    if x > 1:
        return x * 2
        x = x * 100.0
    return x * 3


@program(lambda: (0.9, 4), note="two levels left by a flag")
def two_levels_by_flag(x, n):
    found = False
    s = x
    for i in range(n):
        for j in range(n):
            s = s + x * (i + j)
            if s > 6.0:
                found = True
                break
        if found:
            break
        s = s * 1.01
    return s


@program(lambda: (0.9,), lambda: (-0.9,), note="returns inside while True inside for")
def return_deep(x):
    for k in range(3):
        y = x + k
        while True:
            y = y * 0.5
            if y > 1.2:
                return y * x
            if y < 0.4:
                break
    return y * 7.0


@program(lambda: (0.3, 5), note="try in vain: else of a for whose break never comes")
def else_always(x, n):
    for i in range(n):
        x = x + 0.1 * x * x
        if i > 100:
            break
    else:
        return x * 2.0
    return x


@program(lambda: (0.4,), lambda: (1.4,), note="None is returned for no value, then replaced")
def returns_none_in_callee(x):
    y = maybe(x)
    if y is None:
        return x
    return y * x


def maybe(x):
    if x < 1.0:
        return None
    return x * x


@program(lambda: (np.array([0.3, 0.7, -0.4, 0.9]), 0.8), note="a loop with an `else` inside a branch")
def loop_with_else_in_a_branch(x, y):
    x = x * 1.0
    if y > 0.0:
        for _ in range(1, 4):
            pass
        else:
            x += x
    return np.sum(x * x)


@program(
    lambda: (np.array([0.3, 0.7, -0.4, 0.9]), 0.8),
    lambda: (np.array([0.3, 0.1, -0.4, 0.2]), 0.8),
    note="loops with `break`, `continue` and `else` inside branches and `with`",
)
def exits_of_loops_in_branches(x, y):
    x = x * 1.0
    for _ in range(2):
        if y > 0.0:
            for i in range(4):
                if x[i] > 0.5:
                    break
                x[2] *= 3.0
                if i > 5:
                    continue
                x[3] += 0.1 * x[i]
            else:
                x[1] *= 7.0
            with np.errstate(all="ignore"):
                for i in range(4):
                    if x[i] > 0.5:
                        continue
                    x[2] *= 3.0
                else:
                    x[1] *= 2.0
    return np.sum(x * y * x)
