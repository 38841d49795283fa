"""Three programs for each kind of wrong gradient that users of other tools have reported.

`note` says what the kind is.
"""

import functools
import math
import operator

import numpy as np
from catalogue import program


def row():
    return (np.array([0.35, 0.82, -0.43, 1.3]),)


@program(row, note="made before a loop, read after it")
def before_the_loop_first(x):
    s = np.sin(x)
    n = int(abs(x[0]) * 3) + 2
    for _ in range(n):
        x = x * 0.9
    return np.sum(s * x)


@program(row, note="made before a loop, read after it")
def before_the_loop_second(x):
    s = x**2
    k = 0
    acc = 0.0
    while k < len(x):
        acc += x[k]
        k += 1
    return acc * np.sum(s)


@program(row, note="made before a loop, read after it")
def before_the_loop_third(x):
    c = np.exp(x[0])
    d = c * 2
    n = len(x)
    for i in range(n):
        if i == 2:
            continue
        for j in range(i):
            d = d + x[j]
    return c * d


@program(row, note="the saved, not the present, state of an array")
def saved_state_first(x):
    u = x.copy()
    y = u**2
    u[:] = 0.0
    u += x
    return np.sum(y * u)


@program(row, note="the saved, not the present, state of an array")
def saved_state_second(x):
    u = np.array(x)
    out = 0.0
    for i in range(3):
        out += np.sum(np.sin(u))
        u *= 1.1
        u[i] = u[i + 1] ** 2
    return out + np.sum(u**3)


@program(row, note="the saved, not the present, state of an array")
def saved_state_third(x):
    u = x * 1.0
    v = u
    w = np.exp(v)
    u -= 1.0
    return np.sum(w * v)


@program(row, note="saves and restores in pairs")
def paired_saves_first(x):
    y = x[0]
    for i in range(3):
        if x[i] > 0:
            t = y
            y = y * x[i]
        else:
            t = x[i]
        y = y + t * t
    return y


@program(row, note="saves and restores in pairs")
def paired_saves_second(x):
    y = x[0]
    i = 0
    while True:
        y = y * x[i % 4] + 1
        i += 1
        if i > 5:
            break
        if y > 1.0:
            y = y / 2
            continue
        y = y * y
    return y


@program(row, note="saves and restores in pairs")
def paired_saves_third(x):

    def g(a):
        for v in x:
            if v > a:
                return v * a
            a = a + v
        return a * a

    return g(x[1]) + g(g(x[0]))


@program(row, note="functions without text of their own")
def without_text_first(x):
    return functools.reduce(np.multiply, [x[0], x[1], x[2]])


@program(row, note="functions without text of their own")
def without_text_second(x):
    return sum(map(math.exp, x))


@program(row, note="functions without text of their own")
def without_text_third(x):
    return operator.methodcaller("sum")(x * x) + operator.itemgetter(1)(x) ** 2


@program(row, note="branches")
def branch_first(x):
    y = 0.0
    if x[0] > 0:
        y = x[0]
    elif x[1] > 0:
        y = x[1] ** 2
    if y > 0.1:
        y = y * x[2]
    else:
        x = x * 2
    return y + np.sum(x)


@program(row, note="branches")
def branch_second(x):
    return (x[0] if x[1] > 0 else x[2]) * (x[3] ** 2 if x[0] < 0 else math.sin(x[3])) + (x[0] and x[1]) + (x[2] or x[3])


@program(row, note="branches")
def branch_third(x):
    z = x
    if len(x) > 2:
        z = z[1:]
        if z[0] > 5:
            return z[0]
    for v in z:
        if v < 0:
            z = z + v
    return np.sum(z * z)


@program(row, note="views")
def view_first(x):
    u = x.copy()
    v = u.reshape(2, 2).T
    v[0] *= 3
    u[1:] += u[:-1]
    return np.sum(v**2)


@program(row, note="views")
def view_second(x):
    u = np.zeros((3, 4))
    r = u[1]
    r += x
    d = u.T[2]
    d[:] = x[:3]
    u.ravel()[5] = x[0] ** 2
    return np.sum(u**3)


@program(row, note="views")
def view_third(x):
    u = np.array(x)
    a, b = np.split(u, 2)
    a[:] = a * b
    b -= a
    s = u[::-1]
    s[0] = s[1] * x[2]
    return np.sum(u * np.arange(4))


@program(row, note="what writes into plain arrays")
def plain_array_first(x):
    buf = np.zeros(4)
    np.copyto(buf, x)
    return np.sum(buf**2)


@program(row, note="what writes into plain arrays")
def plain_array_second(x):
    buf = np.empty(4)
    buf.fill(x[0])
    buf[1:3] = x[:2]
    return np.sum(buf**2)


@program(row, note="what writes into plain arrays")
def plain_array_third(x):
    b = np.zeros((2, 2))
    b.reshape(-1)[:] = x
    return np.sum(b**3)


@program(row, note="no NaN from what is not chosen")
def not_chosen_first(x):
    m = x > 0
    return np.sum(np.where(m, np.sqrt(np.where(m, x, 1.0)), 0.0))


@program(row, note="no NaN from what is not chosen")
def not_chosen_second(x):
    y = np.zeros(4)
    m = x > 0
    y[m] = np.log(x[m])
    return np.sum(y * x)


@program(row, note="no NaN from what is not chosen")
def not_chosen_third(x):
    return np.sum(np.log(np.where(x > 0, x, 1.0)) * (x > 0) / np.where(x > 0, x, np.inf))


@program(row, note="products and norms at zero")
def at_zero_first(x):
    return np.prod(np.array([x[0], 0.0, x[1]]) * x[:3]) + np.prod(x)


@program(row, note="products and norms at zero")
def at_zero_second(x):
    return np.linalg.norm(x - x) + np.linalg.norm(x)


@program(row, note="products and norms at zero")
def at_zero_third(x):
    return np.sum(np.cumprod(x * np.array([1, 0, 1, 1])))


@program(row, note="whole numbers")
def whole_numbers_first(x):
    return np.sum(np.arange(4) ** 2 * x) + x.astype(int).sum() * x[0]


@program(row, note="whole numbers")
def whole_numbers_second(x):
    k = np.array([1, 2, 3, 4])
    k = k * x
    return np.sum(k**2)


@program(row, note="whole numbers")
def whole_numbers_third(x):
    return np.sum(x // 1) * x[0] + np.sum(x % 1 * np.int64(2))


@program(row, note="places given twice")
def places_twice_first(x):
    return np.sum(x[[0, 0, 1]] * x[[1, 0, 0]])


@program(row, note="places given twice")
def places_twice_second(x):
    z = np.zeros(2)
    z[[0, 0, 1]] += x[:3]
    np.add.at(z, [1, 1], x[1:3])
    return np.sum(z**2)


@program(row, note="places given twice")
def places_twice_third(x):
    i = np.array([[0, 1], [1, 1]])
    y = np.take(x, i)
    y[i > 0] = x[0]
    return np.sum(y**3 * x[i])


@program(row, note="products with batch axes")
def batched_product_first(x):
    A = x.reshape(1, 2, 2)
    B = np.stack([A[0], A[0].T, 2 * A[0]])
    return np.sum((A @ B) ** 2) + np.sum((B @ x[:2]) ** 2) + np.sum((x[:2] @ B) ** 3)


@program(row, note="products with batch axes")
def batched_product_second(x):
    return np.sum(np.matmul(x.reshape(2, 1, 1, 2), x.reshape(1, 2, 2, 1)) ** 3)


@program(row, note="products with batch axes")
def batched_product_third(x):
    return np.sum(
        np.einsum("bij,jk->bik", np.stack([x.reshape(2, 2)] * 3) * np.arange(3)[:, None, None], x.reshape(2, 2)) ** 2
    )


def twice(f):

    @functools.wraps(f)
    def g(*a):
        return 2 * f(*a)

    return g


def tag(n):

    def d(f):

        def g(v, **k):
            return f(v * n, **k) + n

        return g

    return d


@twice
@tag(3)
def deco(v):
    return v**2


@program(row, note="functions with decorators")
def decorated_first(x):
    return np.sum(deco(x))


class K:
    @staticmethod
    @twice
    def s(v):
        return np.sin(v)

    @classmethod
    def c(cls, v):
        return cls.s(v) * v

    @property
    def w(self):
        return 3.0


@program(row, note="functions with decorators")
def decorated_second(x):
    return np.sum(K.c(x)) * K().w


@program(row, note="functions with decorators")
def decorated_third(x):

    @functools.lru_cache
    def g(i):
        return x[i] ** 2

    @twice
    def h(v):
        return v * g(1)

    return h(x[0]) + g(1)


@program(row, note="arguments that are overwritten")
def overwritten_argument_first(x):
    x += 1.0
    x[0] *= 2
    return np.sum(x**2)


@program(row, note="arguments that are overwritten")
def overwritten_argument_second(x):
    x.sort()
    x.reshape(2, 2)[0] = 0.0
    return np.sum(x * np.arange(4))


@program(row, note="arguments that are overwritten")
def overwritten_argument_third(x):
    np.multiply(x, x, out=x)
    y = x
    y[1:] -= y[:-1].copy()
    return np.sum(y)


@program(row, note="out= and where=")
def out_and_where_first(x):
    o = np.ones(4)
    np.exp(x, out=o)
    np.add(o, x, o)
    return np.sum(np.sum(o.reshape(2, 2), axis=0) ** 2)


@program(row, note="out= and where=")
def out_and_where_second(x):
    o = np.zeros(4)
    np.multiply(x, x, out=o)
    np.maximum(o, 0.3, out=o)
    return o.sum()


@program(row, note="out= and where=")
def out_and_where_third(x):
    return np.sum(x, where=np.array([True, False, True, True])) ** 2 + np.mean(x, where=x > 0)
