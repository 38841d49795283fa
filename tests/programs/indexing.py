"""Reading by index: numbers, slices, steps, ellipsis, new axes, integer arrays with repeats, boolean masks."""

import numpy as np
from catalogue import program

TABLE = np.linspace(-1.0, 1.0, 24)


def cube():
    return np.linspace(0.1, 2.4, 24).reshape(2, 3, 4)


def row(n=6):
    return np.linspace(0.2, 1.4, n)


@program(lambda: (row(),))
def single_elements(x):
    return x[0] * x[1] + x[-1] ** 2 - x[2] / x[-2]


@program(lambda: (row(),))
def slices(x):
    return np.sum(x[1:] * x[:-1]) + np.sum(x[::2] ** 2) + np.sum(x[::-1] * x) + np.sum(x[-3:-1])


@program(lambda: (row(),), lambda: (row(2),))
def second_difference(u):
    return np.sum((u[2:] - 2.0 * u[1:-1] + u[:-2]) ** 2) + u[0]


@program(lambda: (row(3),), note="a slice beyond the end is empty")
def empty_slice(x):
    return np.sum(x[5:] ** 2) + x[0]


@program(lambda: (cube(),))
def tuples_of_indices(x):
    return x[0, 1, 2] * x[1, 2, 3] + np.sum(x[:, 1, ::2] ** 2) + np.sum(x[1, :, -1])


@program(lambda: (cube(),))
def ellipsis_and_newaxis(x):
    a = x[..., 0]
    b = x[1, ...]
    c = x[:, None, 0, :]
    d = x[np.newaxis, ..., 1:3]
    return np.sum(a * a) + np.sum(b) * 0.5 + np.sum(c**3) + np.sum(d * 2.0)


@program(lambda: (cube(),))
def chained_subscripts(x):
    return x[0][1][2] ** 2 + np.sum(x[1][1:][0] * 3.0)


@program(lambda: (row(), np.array([0, 2, 2, 5, 0])), note="repeated indices add up")
def gather_repeats(x, index):
    return np.sum(x[index] ** 2)


@program(lambda: (row(), [1, 1, -1]))
def gather_list(x, index):
    return np.sum(np.sin(x[index]))


@program(lambda: (cube(), np.array([[0, 1], [1, 1]]), np.array([2, 0])))
def gather_pairs(x, i, j):
    return np.sum(x[i, j] ** 2) + np.sum(x[:, j, 1] ** 3) + np.sum(x[0, j][:, 1:])


@program(lambda: (np.array([0.5, -1.0, 2.0, -0.3]),))
def boolean_mask(x):
    return np.sum(x[x > 0] ** 2) - np.sum(np.exp(x[x < 0]))


@program(lambda: (np.linspace(-1.0, 1.0, 12).reshape(3, 4), np.array([True, False, True])))
def mask_of_rows(x, keep):
    return np.sum(x[keep] ** 2) + np.sum(x[keep, 1:3])


@program(lambda: (np.linspace(-1.0, 1.2, 5),), scalar=False, note="a result whose size depends on the values")
def mask_result(x):
    return x[x > -0.6] * 2.0


@program(lambda: (np.array([0.4, 0.1, 0.9]),), note="indices computed from active values")
def argsort_gather(x):
    order = np.argsort(x)
    return np.sum(x[order] * np.array([1.0, 2.0, 3.0]))


@program(lambda: (np.linspace(0.0, 1.0, 6), 0.33), wrt=(0, 1))
def linear_interpolation(table, t):
    position = t * (len(table) - 1)
    k = int(np.floor(position))
    w = position - k
    return (1.0 - w) * table[k] + w * table[k + 1]


@program(lambda: (0.2,), note="an inactive table from the module")
def constant_table(x):
    total = 0.0
    for k in range(0, 24, 5):
        total += TABLE[k] * x**k
    return total


@program(lambda: (np.linspace(0.1, 0.9, 5),))
def neighbours_by_counter(x):
    n = len(x)
    s = 0.0
    for i in range(n):
        s += x[i] * x[(i + 1) % n] - x[i - 1] ** 3
    return s


@program(lambda: (np.linspace(0.1, 1.2, 12).reshape(6, 2),))
def path_length(p):
    total = 0.0
    for i in range(len(p) - 1):
        total += np.sqrt(np.sum((p[i + 1] - p[i]) ** 2))
    return total


@program(lambda: (np.linspace(0.1, 1.2, 12).reshape(3, 4),))
def rows_and_columns(m):
    s = 0.0
    for i in range(m.shape[0]):
        s += np.prod(m[i])
    for j in range(m.shape[1]):
        s += np.max(m[:, j]) * np.min(m[:, j])
    return s


@program(lambda: (np.linspace(0.1, 1.2, 9).reshape(3, 3),))
def diagonal_by_index(m):
    k = np.arange(3)
    return np.sum(m[k, k] ** 2) + np.sum(np.diag(m)) + np.sum(np.triu(m)[0]) * m[2, 0]


@program(lambda: (np.linspace(0.1, 1.2, 6), slice(1, 4)))
def slice_argument(x, part):
    return np.sum(x[part] ** 2)


@program(lambda: (np.linspace(0.1, 1.2, 4), np.array([[0, 3], [3, 3], [1, 0]])), scalar=False)
def embedding(x, index):
    return x[index] * np.array([1.0, 2.0])


@program(lambda: (np.zeros((0,)), np.zeros(0, dtype=int)))
def gather_nothing(x, index):
    return np.sum(x[index]) * 2.0


@program(lambda: (np.array([0.3, 0.7, 0.1]),))
def index_of_largest(x):
    i = int(np.argmax(x))
    j = int(np.argmin(x))
    return x[i] ** 2 - x[j] ** 3
