"""for loops: over ranges, arrays, lists, enumerate, zip, reversed; carried values and bounds known at run time."""

import numpy as np
from catalogue import program


@program(lambda: (1.1, 4), lambda: (1.1, 0), lambda: (1.1, 1))
def repeated_multiplication(x, n):
    y = 1.0
    for i in range(n):
        y = y * x
    return y


@program(lambda: (0.3, 5), lambda: (0.3, 0))
def logistic_map(x, n):
    for _ in range(n):
        x = 3.2 * x * (1.0 - x)
    return x


@program(lambda: (0.5, 3), lambda: (0.5, 0), note="a value made before a loop of run-time length and used after it")
def used_after_loop(x, n):
    a = np.sin(x)
    y = x
    for i in range(n):
        y = y * a + i
    return y * a


@program(lambda: (0.5, 3), lambda: (0.5, 0), note="overwritten in the loop, then used")
def overwritten_before_loop(x, n):
    a = x * x
    s = 0.0
    for i in range(n):
        s = s + a * x
        a = np.cos(a)
    a = a * s
    return a + s


@program(lambda: (np.linspace(0.1, 0.9, 5),), lambda: (np.zeros(0),), note="an empty array gives no iteration")
def over_array(x):
    total = 0.0
    for v in x:
        total += v * v * v
    return total


@program(lambda: (np.linspace(0.1, 0.9, 6).reshape(3, 2),))
def over_rows(m):
    total = 0.0
    for row in m:
        total = total + np.dot(row, row) ** 2
    return total


@program(lambda: (0.7,))
def over_list_of_constants(x):
    total = 0.0
    for c in [1.0, -2.0, 0.5]:
        total = total * x + c
    return total


@program(lambda: (0.7, (2.0, 3.0)), lambda: (0.7, ()), wrt=(0, 1))
def over_tuple_argument(x, coefficients):
    total = 0.0
    for c in coefficients:
        total = total * x + c
    return total


@program(lambda: (np.linspace(0.1, 0.9, 5),))
def enumerated(x):
    total = 0.0
    for i, v in enumerate(x):
        total += (i + 1) * np.sin(v)
    return total


@program(lambda: (np.linspace(0.1, 0.9, 4),))
def enumerated_from(x):
    total = 0.0
    for i, v in enumerate(x, start=2):
        total += v**i
    return total


@program(lambda: (np.linspace(0.1, 0.9, 5), np.linspace(1.0, 2.0, 5)), wrt=(0, 1))
def zipped(x, y):
    total = 0.0
    for a, b in zip(x, y):
        total += a / b
    return total


@program(lambda: (np.linspace(0.1, 0.9, 5), np.linspace(1.0, 2.0, 3)), wrt=(0, 1), note="zip stops at the shorter")
def zipped_shorter(x, y):
    total = 1.0
    for i, (a, b) in enumerate(zip(x, y)):
        total = total * (a + b) + i
    return total


@program(lambda: (np.linspace(0.1, 0.9, 5), 0.8), wrt=(0, 1))
def reversed_horner(c, x):
    y = 0.0
    for a in reversed(c):
        y = y * x + a
    return y


@program(lambda: (np.linspace(0.1, 0.9, 5), 0.8), wrt=(0, 1))
def reversed_range(c, x):
    y = 0.0
    for i in reversed(range(len(c))):
        y = y * x + c[i]
    return y


@program(lambda: (np.linspace(0.1, 0.9, 8), 8), lambda: (np.linspace(0.1, 0.3, 8), 8), lambda: (np.ones(1), 1))
def reversed_range_left_early(x, n):
    acc = 0.5
    for i in reversed(range(1, n, 2)):
        if acc > 1.0:
            break
        acc = acc * x[i] + np.sin(x[i])
    return acc * x[0]


@program(
    lambda: (np.linspace(0.1, 0.9, 6), 6, False),
    lambda: (np.linspace(0.1, 0.2, 6), 6, True),
    note="the bounds change in the loop, and the inner one is left by return",
)
def reversed_triangular(x, n, steep):
    acc = 0.0
    for i in reversed(range(n)):
        for j in reversed(range(i)):
            acc = acc * x[i] + np.sin(x[j])
            if acc > 2.0 and steep:
                return acc
        n = 3
        acc = acc + sum([x[k] * k for k in reversed(range(n))])
    return acc


@program(lambda: (np.linspace(0.1, 0.9, 7),))
def stepped_range(x):
    s = 0.0
    for i in range(1, 7, 2):
        s += x[i] * x[i - 1]
    for i in range(6, 0, -3):
        s *= x[i] + 1.0
    return s


@program(lambda: (0.4, 3), lambda: (0.4, 0), note="inner bound depends on the outer counter")
def triangular(x, n):
    total = 0.0
    for i in range(n):
        p = 1.0
        for j in range(i + 1):
            p = p * (x + j)
        total += p
    return total


@program(lambda: (np.linspace(0.1, 1.2, 6).reshape(2, 3), np.linspace(-1.0, 1.0, 12).reshape(3, 4)), wrt=(0, 1))
def matrix_product_by_loops(a, b):
    n, k = a.shape
    m = b.shape[1]
    c = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            s = 0.0
            for l in range(k):
                s += a[i, l] * b[l, j]
            c[i, j] = s
    return np.sum(c * c)


@program(lambda: (0.9, 4), lambda: (0.9, 1), note="the loop variable used after the loop")
def counter_after_loop(x, n):
    y = x
    for i in range(n):
        y = np.sin(y)
    return y * (i + 1)


@program(lambda: (np.array([0.2, 0.5, 0.7]),), note="the active loop variable used after the loop")
def element_after_loop(x):
    s = 0.0
    for v in x:
        s += v
    return s * v


@program(lambda: (0.9, 4), lambda: (0.9, 0), note="the bound is changed in the body")
def bound_changed(x, n):
    for i in range(n):
        x = x * 1.1 + 0.1
        n = 1
    return x * n


@program(lambda: (0.9, 4), note="the loop variable is overwritten in the body")
def counter_overwritten(x, n):
    y = 0.0
    for i in range(n):
        i = i * 2
        y += x**i
    return y


@program(lambda: (0.9, 0.2, 5), lambda: (0.9, 0.2, 0), wrt=(0, 1))
def fibonacci_swap(a, b, n):
    for _ in range(n):
        a, b = b, a + b * b * 0.1
    return a * b


@program(lambda: (0.5, 6), note="branches inside a loop, by counter")
def alternating(x, n):
    s = 0.0
    for k in range(n):
        if k % 2 == 0:
            s += x**k
        else:
            s -= np.sin(s) * x
    return s


@program(lambda: (np.array([0.5, -0.3, 1.2, -2.0]),), note="branches inside a loop, by active value")
def signed_parts(x):
    up = 0.0
    down = 1.0
    for v in x:
        if v > 0:
            up = up + v * down
        else:
            down = down * v
    return up + down


@program(lambda: (np.linspace(0.2, 1.0, 3), 3), lambda: (np.linspace(0.2, 1.0, 3), 0))
def array_carried(x, n):
    y = x
    for i in range(n):
        y = np.sin(y) + x * y
    return np.sum(y)


@program(lambda: (0.4, 0.3, 3, 2), lambda: (0.4, 0.3, 0, 2), lambda: (0.4, 0.3, 2, 0), wrt=(0, 1))
def loops_in_sequence(a, b, n, m):
    s = a
    for i in range(n):
        s = s * b
    t = s
    for j in range(m):
        t = t + s * a
        s = s * t
    return s + t


@program(lambda: (0.4, 2, 3), lambda: (0.4, 2, 0), lambda: (0.4, 0, 3))
def nested_carried(x, n, m):
    y = x
    for i in range(n):
        z = y * x
        for j in range(m):
            z = np.sin(z) + y
            y = y * z
        y = y + z
    return y


@program(lambda: (np.linspace(0.3, 0.9, 4), 5), note="a list of arrays argument", wrt=0)
def growing_polynomial(x, degree):
    powers = np.ones_like(x)
    total = np.zeros_like(x)
    for d in range(degree):
        total = total + powers / (d + 1)
        powers = powers * x
    return np.sum(total)


@program(lambda: ([np.array([0.1, 0.2]), np.array([0.5])],))
def over_list_argument(parts):
    total = 0.0
    for p in parts:
        total = total + np.sum(p**2) * (1.0 + total)
    return total


@program(lambda: ({"a": 0.5, "b": np.array([1.0, 2.0])},))
def over_dict_items(params):
    total = 0.0
    for key, value in params.items():
        if key == "a":
            total += 2.0 * value
        else:
            total += np.sum(value**2)
    return total


@program(lambda: (0.7, 3), note="first use of a variable depends on the iteration")
def previous_value(x, n):
    previous = None
    total = 0.0
    for i in range(n):
        current = np.sin(x + i)
        if previous is not None:
            total += current * previous
        previous = current
    return total


@program(lambda: (1.3, 25), note="long enough that a wrong order of the tape shows")
def continued_fraction(x, n):
    y = x
    for k in range(n):
        y = x + 1.0 / (y + k)
    return y


@program(lambda: (0.3,), note="a float step computed from the counter")
def trapezoid(x):
    n = 8
    h = x / n
    s = 0.5 * (np.exp(0.0) + np.exp(-x * x))
    for i in range(1, n):
        t = i * h
        s = s + np.exp(-t * t)
    return s * h
