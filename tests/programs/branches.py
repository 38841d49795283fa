"""if / elif / else: both ways taken, values born in branches, branches on arrays and on options."""

import numpy as np
from catalogue import program


@program(lambda: (1.5,), lambda: (-0.5,))
def two_ways(x):
    if x > 0.0:
        y = x * x
    else:
        y = np.exp(x)
    return 3.0 * y


@program(lambda: (-2.0,), lambda: (0.4,), lambda: (1.7,), lambda: (9.0,))
def four_ways(x):
    if x < -1.0:
        y = x * x
    elif x < 1.0:
        y = np.sin(x)
    elif x < 5.0:
        y = np.log(x)
    else:
        y = 1.0 / x
    return y * x


@program(lambda: (1.5, 0.2), lambda: (-0.5, 0.2), wrt=(0, 1))
def no_else(x, bonus):
    y = x * 2.0
    if x > 0.0:
        y = y * y + bonus
    return y


@program(lambda: (1.5,), lambda: (-0.5,), note="a variable overwritten in a branch that its own adjoint needs")
def overwritten_in_branch(x):
    y = np.exp(x)
    if y > 1.0:
        y = y * y
        y = np.sin(y)
    z = y * x
    y = 2.0
    return z * y


@program(lambda: (0.3, -0.2), lambda: (-0.3, -0.2), lambda: (0.3, 0.2), lambda: (-0.3, 0.2), wrt=(0, 1))
def nested_branches(a, b):
    if a > 0:
        if b > 0:
            r = a * b
        else:
            r = a - b * b
    else:
        r = a
        if b > 0:
            r = r * np.exp(b)
    return r * r


@program(lambda: (1.2, 0.4), lambda: (0.2, 0.4), wrt=(0, 1), note="branches exchange their variables")
def swap_in_branch(a, b):
    if a > b:
        a, b = b, a
    return a * a + 3.0 * b


@program(lambda: (0.7, True), lambda: (0.7, False))
def option(x, squared):
    y = x + 1
    if squared:
        y = y**2
    return np.log(y)


@program(lambda: (0.7, "sin"), lambda: (0.7, "exp"), lambda: (0.7, "none"))
def named_option(x, kind):
    if kind == "sin":
        return np.sin(x)
    elif kind == "exp":
        return np.exp(x)
    return x


@program(lambda: (0.7, None), lambda: (0.7, 2.0))
def optional_value(x, weight):
    if weight is None:
        weight = x
    return weight * x


@program(lambda: (0.7,), lambda: (-0.7,))
def early_return(x):
    if x < 0:
        return x * x
    y = np.sqrt(x)
    return y * 3.0


@program(lambda: (0.1,), lambda: (3.0,), lambda: (-3.0,))
def huber(r):
    delta = 1.0
    if abs(r) <= delta:
        return 0.5 * r * r
    return delta * (abs(r) - 0.5 * delta)


@program(lambda: (np.array([0.3, 0.8, -0.5]),), lambda: (np.array([-0.3, -0.8, 0.5]),))
def branch_on_sum(x):
    s = np.sum(x)
    if s > 0:
        y = x * s
    else:
        y = x / (s * s)
    return np.sum(y * y)


@program(lambda: (np.array([0.3, 0.8]),), lambda: (np.array([-0.3, 0.8]),))
def branch_on_all(x):
    if np.all(x > 0):
        return np.sum(np.log(x))
    if np.any(x > 0.5) and not x[0] > 0:
        return x[1] ** 3
    return 0.0


@program(lambda: (0.5, 2.0), lambda: (2.5, 2.0), wrt=(0, 1), note="different variables in each branch")
def different_names(x, y):
    if x < y:
        lower = x
        upper = y * 2
    else:
        upper = x
        lower = y * 3
    return upper / lower


@program(lambda: (0.5,), lambda: (1.5,), note="one branch gives an inactive value")
def constant_branch(x):
    if x > 1.0:
        y = 2.0
    else:
        y = x * 4.0
    return y + x


@program(lambda: (0.5,), lambda: (1.5,))
def pass_branch(x):
    if x > 1.0:
        pass
    else:
        x = x * x
    return x + 1.0


@program(lambda: (np.array([0.5, -1.0, 2.0]),))
def where_elementwise(x):
    return np.sum(np.where(x > 0.0, x * x, np.exp(x)))


@program(lambda: (np.array([0.5, -1.0, 2.0]),))
def clipped(x):
    return np.sum(np.clip(x, -0.5, 1.5) * x) + np.sum(np.maximum(x, 0.1) ** 2) + np.sum(np.minimum(x, 0.2))


@program(lambda: (0.5, np.array([1.0, 2.0])), lambda: (-0.5, np.array([1.0, 2.0])), wrt=(0, 1), scalar=False)
def branch_gives_array(s, x):
    if s > 0:
        out = s * x
    else:
        out = np.zeros(2)
        out[0] = x[1] * s
    return out


@program(lambda: (np.array([1.0, 2.0]),), lambda: (2.0,), note="a branch on the kind of the argument")
def branch_on_type(x):
    if isinstance(x, np.ndarray):
        return np.sum(x * x)
    return x**3


@program(lambda: (0.0,), lambda: (1.2,), smooth=True, note="sin(x)/x with its own limit")
def guarded_division(x):
    if abs(x) < 1e-3:
        return 1.0 - x * x / 6.0
    return np.sin(x) / x


@program(lambda: (0.2, 1), lambda: (0.2, 2), lambda: (0.2, 7))
def match_by_number(x, k):
    if k == 1:
        coefficient = 2.0
    elif k in (2, 3):
        coefficient = x
    else:
        coefficient = x * x
    return coefficient * x


@program(
    lambda: (np.array([0.4, -0.2]), np.array([[0.3, 0.5], [0.1, -0.2], [0.2, 0.6]])),
    lambda: (np.array([-0.4, 0.2]), np.array([[0.3, 0.5], [0.1, -0.2], [0.2, 0.6]])),
    wrt=(0, 1),
)
def value_of_another_shape(w, m):
    """On one way a narrower value takes the place of a product: the cotangent is zero there, whatever its shape."""
    made = w * m
    if np.sum(made) > 0.0:
        made = w * w
    return np.sum(made)


@program(
    lambda: (np.array([[0.3, 0.4], [0.5, -0.2]]), np.array([0.7, 1.2])),
    wrt=(0, 1),
    scalar=False,
    note="where the branch is not taken, the number zero stands for the cotangent of a product of two shapes",
)
def column_times_row_in_one_branch(m, x):
    m = m[:, :1] * x
    if np.mean(x) > 5.0:
        return m
    return x
