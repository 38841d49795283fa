"""Writing by index and augmented assignment: slices, elements, masks; overwritten values; aliases."""

import numpy as np
from catalogue import program


def row(n=5):
    return np.linspace(0.2, 1.0, n)


@program(lambda: (row(),), lambda: (np.zeros(0),))
def fill_by_element(x):
    y = np.zeros_like(x)
    for i in range(len(x)):
        y[i] = x[i] ** 2 * (i + 1)
    return np.sum(y * y)


@program(lambda: (row(),), scalar=False)
def fill_and_return(x):
    y = np.empty(len(x))
    for i in range(len(x)):
        y[i] = np.sin(x[i]) * x[-1]
    return y


@program(lambda: (row(),))
def running_sum_in_place(x):
    y = x.copy()
    for i in range(1, len(y)):
        y[i] += y[i - 1]
    return np.sum(y**2)


@program(lambda: (row(),), note="each element overwritten by a nonlinear function of itself")
def running_product_in_place(x):
    y = np.array(x)
    for i in range(1, len(y)):
        y[i] = y[i] * y[i - 1] + y[i] ** 2
    return np.sum(y)


@program(lambda: (row(7), 0.2, 3), lambda: (row(7), 0.2, 0), wrt=(0, 1))
def heat_in_place(u0, c, n):
    u = u0.copy()
    for t in range(n):
        u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


@program(lambda: (row(7), 3), note="nonlinear in-place update: old values are needed")
def burgers_in_place(u0, n):
    u = u0.copy()
    for t in range(n):
        u[1:-1] -= 0.1 * u[1:-1] * (u[2:] - u[:-2])
        u[0] = u[-2]
        u[-1] = u[1]
    return np.sum(u**2)


@program(lambda: (row(),))
def augmented_array(x):
    y = x * 2.0
    y += x
    y *= x
    y -= 0.5 * y
    y /= 1.0 + x
    y **= 2
    return np.sum(y)


@program(lambda: (0.7,))
def augmented_scalar(x):
    y = x
    y += x
    y *= y
    y -= 0.3
    y /= x
    y **= 2
    y %= 10.0
    return y


@program(lambda: (np.linspace(0.3, 1.2, 12).reshape(3, 4),))
def augmented_slices(m):
    a = m.copy()
    a[0] *= a[1]
    a[:, 1] += a[:, 2] ** 2
    a[1:, ::2] /= 2.0 + a[:-1, ::2]
    a[-1, -1] -= a[0, 0]
    return np.sum(a * m)


@program(lambda: (row(), np.array([0, 2, 0])), note="a[index] += e counts a repeated index once")
def fancy_augmented(x, index):
    y = x.copy()
    y[index] += x[:3] * 2.0
    return np.sum(y * y)


@program(lambda: (row(), np.array([3, 1])))
def fancy_store(x, index):
    y = x * x
    y[index] = x[:2] * 5.0
    return np.sum(y * y)


@program(lambda: (np.array([0.5, -1.0, 2.0]),))
def mask_store(x):
    y = x * x * x
    y[x < 0] = 0.0
    y[y > 5.0] *= 0.1
    return np.sum(y)


@program(lambda: (np.array([0.5, -1.0, 2.0, -0.2]),))
def mask_store_active(x):
    y = np.ones(4)
    m = x > 0
    y[m] = x[m] ** 2
    y[~m] = np.exp(x[~m])
    return np.prod(y)


@program(lambda: (row(), 0.5), wrt=(0, 1), note="one number stored into many places")
def broadcast_store(x, s):
    y = np.zeros((3, 5))
    y[:] = x
    y[1] = s
    y[:, 2] = s * s
    return np.sum(y**2 * np.arange(15.0).reshape(3, 5))


@program(lambda: (0.5,))
def scalar_into_array(x):
    y = np.zeros(3)
    y[0] = x
    y[1] = y[0] * x
    y[2] = y[1] * y[0]
    return y[2] + np.sum(y)


@program(lambda: (0.5,), note="an element written twice: the first value has no effect")
def written_twice(x):
    y = np.zeros(2)
    y[0] = x * 100.0
    y[0] = x**2
    y[1] = x
    y[1] = 3.0
    return np.sum(y)


@program(lambda: (row(),), note="the argument itself is changed in place: the caller's array is not to change")
def changes_its_argument(x):
    x[0] = x[1] * x[2]
    x *= 2.0
    return np.sum(x**2)


@program(lambda: (row(),), may_refuse=True, note="two names for one array")
def alias_augmented(x):
    y = x
    y += 1.0
    return np.sum(x * y)


@program(lambda: (row(),), may_refuse=True)
def alias_of_local(x):
    a = x * 2.0
    b = a
    b[0] = a[1] * a[2]
    a[1] *= 3.0
    return np.sum(a * b)


@program(lambda: (row(),), may_refuse=True, note="a slice is a view: writing into it writes the array")
def view_written(x):
    a = x.copy()
    v = a[1:4]
    v *= x[0]
    v[0] = 7.0 * x[1]
    return np.sum(a * a)


@program(lambda: (row(),), may_refuse=True, note="the array is written while a view of it lives on")
def view_read_later(x):
    a = x * x
    v = a[:2]
    a[0] = x[4] * 3.0
    return np.sum(v * v) + np.sum(a)


@program(lambda: (row(6),), may_refuse=True, note="reshape and .T are views too")
def reshaped_view_written(x):
    a = x * 1.0
    m = a.reshape(2, 3)
    m[1] *= m[0]
    t = m.T
    t[0, 0] = 2.0 * x[5]
    return np.sum(a**2)


@program(lambda: (row(6),), may_refuse=True, note="rows of a matrix given by the loop are views")
def rows_written(x):
    m = x.reshape(2, 3) * 2.0
    for r in m:
        r *= r[0]
    return np.sum(m)


@program(lambda: (np.array(0.5),), may_refuse=True, note="a 0-d array is changed in place where a float is rebound")
def zero_dimensional_augmented(x):
    y = x * 1.0
    z = y
    z += 2.0
    return y * z


@program(lambda: (np.array(0.5),), may_refuse=True)
def zero_dimensional_alias(x):
    y = x.copy()
    z = y
    y += x
    y *= 3.0
    return y * z


@program(lambda: (0.5,), lambda: (np.float64(0.5),), note="a number is not changed in place")
def scalar_alias(x):
    y = x
    y += 1.0
    return x * y


@program(lambda: (row(), 3), lambda: (row(), 0))
def double_buffer(x, n):
    a = x.copy()
    b = np.zeros_like(a)
    for k in range(n):
        b[0] = a[0]
        b[-1] = a[-1]
        b[1:-1] = 0.5 * (a[2:] + a[:-2]) * a[1:-1]
        a, b = b, a
    return np.sum(a * a)


@program(lambda: (row(), 3), lambda: (row(), 0), note="the tape must hold copies: the array is written later")
def history_of_changed_array(x, n):
    u = x.copy()
    total = 0.0
    for k in range(n):
        total = total + np.sum(np.sin(u) * x)
        u *= 1.1
        u[k] += total
    return total


@program(lambda: (row(), True), lambda: (row(), False))
def store_in_branch(x, square):
    y = x.copy()
    if square:
        y[1:3] = y[1:3] ** 2
    else:
        y[0] = y[1] * y[2]
    return np.sum(y**3)


@program(lambda: (np.linspace(0.1, 0.9, 9).reshape(3, 3),))
def swap_rows(m):
    a = m.copy()
    a[[0, 2]] = a[[2, 0]]
    a[1] = a[0] * a[1]
    return np.sum(a * np.arange(9.0).reshape(3, 3))


@program(lambda: (np.linspace(0.1, 0.9, 4),))
def swap_elements(x):
    y = x.copy()
    y[0], y[3] = y[3], y[0]
    y[1], y[2] = y[2] * y[0], y[1] ** 2
    return np.sum(y * np.array([1.0, 2.0, 3.0, 4.0]))


@program(lambda: (np.linspace(0.1, 0.9, 4).astype(np.float32),))
def single_precision_store(x):
    y = np.zeros(4, dtype=x.dtype)
    for i in range(4):
        y[i] = x[i] * x[i - 1]
    y += x
    return np.sum(y * y)


@program(lambda: (np.linspace(0.1, 0.9, 4),), note="out= writes into an array", may_refuse=True)
def out_argument(x):
    y = np.empty_like(x)
    np.multiply(x, x, out=y)
    np.add(y, x, out=y)
    return np.sum(y**2)


@program(lambda: (row(4),), note="np.add.at adds at repeated indices", may_refuse=True)
def add_at(x):
    y = np.zeros(3)
    np.add.at(y, np.array([0, 2, 2, 0]), x)
    return np.sum(y**3)


@program(lambda: (np.array([0.5, 1.5]),), may_refuse=True, note="an active value stored as an integer is cut off")
def stored_as_integer(x):
    y = np.zeros(2, dtype=int)
    y[0] = x[0] * 3
    return y[0] + x[1] ** 2


@program(lambda: (row(),), may_refuse=True)
def fill_method(x):
    y = x * x
    y.fill(2.0)
    y[0] = x[1]
    return np.sum(y * x)


@program(lambda: (np.array([0.4, 0.1, 0.7]),), may_refuse=True, note="x.sort() sorts in place")
def sort_method(x):
    y = x.copy()
    y.sort()
    return np.sum(y * np.array([1.0, 10.0, 100.0]))


@program(lambda: (row(),), note="an array held in a list is written through the list", may_refuse=True)
def write_through_list(x):
    a = x * 2.0
    box = [a]
    box[0][1] = x[0] ** 2
    box[0] *= 3.0
    return np.sum(a * a)


def double_in_place(a, k):
    a[k] *= 2.0
    a[k + 1] = a[k] * a[k + 1]


@program(lambda: (row(),), may_refuse=True, note="the callee writes into the caller's array")
def callee_writes(x):
    y = x.copy()
    double_in_place(y, 0)
    double_in_place(y, 2)
    return np.sum(y * y)


@program(lambda: (row(),), note="a ring of slices of one array on both sides")
def overlapping_slices(x):
    y = x.copy()
    y[1:] = y[:-1] * 2.0
    y[:-1] += y[1:]
    return np.sum(y**2)
