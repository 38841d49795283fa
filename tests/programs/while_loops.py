"""while loops: conditions on active values, on counters, on both; zero iterations; several exits."""

import numpy as np
from catalogue import program


@program(lambda: (2.0,), lambda: (9.0,))
def heron(a):
    x = a
    while abs(x * x - a) > 1e-13 * a:
        x = 0.5 * (x + a / x)
    return x


@program(lambda: (1.2, 4), lambda: (1.2, 0))
def counted(x, n):
    i = 0
    y = x
    while i < n:
        y = y * x + i
        i += 1
    return y


@program(lambda: (1.2, 4), lambda: (1.2, 0))
def counted_down(x, n):
    y = 1.0
    while n:
        y = y * x
        n = n - 1
    return y


@program(lambda: (5.3,), lambda: (0.4,))
def halve_until_small(x):
    k = 0
    while x > 1.0:
        x = x / 2.0
        k = k + 1
    return x * x + k


@program(lambda: (0.3, 2.0), lambda: (3.3, 2.0), wrt=(0, 1))
def grow_until(x, limit):
    y = x
    while y < limit:
        y = y * 1.5 + 0.1 * x
    return y / limit


@program(lambda: (0.3,))
def while_true_break(x):
    y = x
    n = 0
    while True:
        y = np.sin(y) + 0.5
        n += 1
        if n > 5:
            break
        y = y * 0.9
    return y


@program(lambda: (0.3,), lambda: (4.0,))
def while_true_return(x):
    y = x
    while True:
        if y > 3.0:
            return y * x
        y = y * y + 1.0


@program(lambda: (3.7,), note="two conditions")
def two_conditions(x):
    n = 0
    y = x
    while y > 0.5 and n < 10:
        y = y * 0.7
        n += 1
    return y * n


@program(lambda: (1.4,), lambda: (-0.5,))
def while_with_else(x):
    y = x
    while y < 5.0:
        y = y * 2.0
        if y < 0.0:
            break
    else:
        y = y + x
    return y * y


@program(lambda: (0.8, 3), lambda: (0.8, 0))
def nested_while(x, n):
    i = 0
    total = 0.0
    while i < n:
        j = 0
        p = x
        while j < i:
            p = p * x
            j += 1
        total += p
        i += 1
    return total


@program(lambda: (np.array([3.0, 4.0]),), lambda: (np.array([0.3, 0.4]),))
def scale_into_ball(x):
    while np.sqrt(np.sum(x * x)) > 1.0:
        x = x * 0.6
    return np.sum(x * np.array([1.0, 2.0]))


@program(lambda: (np.array([0.1, 0.5, 0.9, 0.2]),))
def pointer(x):
    i = 0
    s = 1.0
    while i < len(x) - 1:
        if x[i] < x[i + 1]:
            s = s * (x[i + 1] - x[i])
            i += 1
        else:
            s = s + x[i]
            i += 2
    return s


@program(lambda: (0.6,))
def series_until_small(x):
    term = x
    total = x
    k = 1
    while abs(term) > 1e-14:
        term = -term * x * x / ((2 * k) * (2 * k + 1))
        total = total + term
        k += 1
    return total


@program(lambda: (2.0, 7), note="square and multiply, the counter halves")
def fast_power(x, n):
    result = 1.0
    while n > 0:
        if n % 2 == 1:
            result = result * x
        x = x * x
        n = n // 2
    return result


@program(lambda: (0.6, 0.5), wrt=(0, 1))
def arithmetic_geometric_mean(a, b):
    while abs(a - b) > 1e-14:
        a, b = 0.5 * (a + b), np.sqrt(a * b)
    return a


@program(lambda: (2.5,), note="walrus in the condition")
def walrus_condition(x):
    y = x
    while (z := y * 0.5) > 0.3:
        y = z + 0.05
    return y + z


@program(lambda: (0.45,), note="the condition changes several variables that live on")
def carried_flag(x):
    done = False
    y = x
    z = 1.0
    while not done:
        y = y + x * z
        z = z * y
        done = y > 2.0
    return y * z
