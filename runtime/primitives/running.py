"""Rules of products and of running sums and products, right also where factors are 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels import (
    as_rows,
    backward_recurrence,
    cast_cotangent,
    cast_tangent,
    forward_recurrence,
    from_rows,
    product_of_others,
    shift_left,
    shift_right,
    spread,
    unbroadcast,
)
from runtime.primitives.registry import call, forward, method, reverse, samples, transpose
from runtime.primitives.sampling import normal

_function: Any

# Products


@reverse(np.prod, wrt="a")
def prod_all(z_bar, z, a):
    return z_bar * product_of_others(a)


@reverse(np.prod, wrt="a")
def prod_along(z_bar, z, a, axis=None, *, keepdims=False):
    return spread(z_bar, a, axis, keepdims) * product_of_others(a, axis)


@reverse(np.prod, wrt="a")
def prod_some(z_bar, z, a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True):
    others = initial * product_of_others(np.where(where, a, 1.0), axis)
    return cast_cotangent(np.where(where, spread(z_bar, a, axis, keepdims) * others, 0.0), a, dtype)


@forward(np.prod, wrt="a")
def prod_along_tangent(a_dot, z, a, axis=None, *, keepdims=False):
    return np.sum(product_of_others(a, axis) * a_dot, axis=axis, keepdims=keepdims)


@forward(np.prod, wrt="a")
def prod_some_tangent(a_dot, z, a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True):
    others = initial * product_of_others(np.where(where, a, 1.0), axis)
    return np.sum(others * cast_tangent(a_dot, dtype), axis=axis, keepdims=keepdims, where=where)


@reverse(np.prod, wrt="initial")
def prod_initial(z_bar, z, a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True):
    rest = np.prod(a, axis=axis, keepdims=keepdims, where=where)
    return cast_cotangent(unbroadcast(z_bar * rest, initial), initial, dtype)


@forward(np.prod, wrt="initial")
def prod_initial_tangent(initial_dot, z, a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True):
    return cast_tangent(initial_dot * np.prod(a, axis=axis, keepdims=keepdims, where=where), dtype)


# The second derivative of a product is symmetric, so tangent and transpose of the first are one expression.


@reverse(product_of_others, wrt="a")
def product_of_others_reverse(z_bar, z, a, axis=None):
    rows = as_rows(a, axis)
    g = as_rows(z_bar, axis)
    before = shift_right(np.cumprod(rows, axis=-1), 1.0)
    after = np.flip(shift_right(np.cumprod(np.flip(rows, -1), axis=-1), 1.0), -1)
    from_before = before * backward_recurrence(rows, shift_left(g * after))
    from_after = after * forward_recurrence(shift_right(rows, 0.0), shift_right(g * before, 0.0))
    return from_rows(from_before + from_after, a, axis)


@forward(product_of_others, wrt="a")
def product_of_others_forward(a_dot, z, a, axis=None):
    rows = as_rows(a, axis)
    g = as_rows(a_dot, axis)
    before = shift_right(np.cumprod(rows, axis=-1), 1.0)
    after = np.flip(shift_right(np.cumprod(np.flip(rows, -1), axis=-1), 1.0), -1)
    from_before = before * backward_recurrence(rows, shift_left(g * after))
    from_after = after * forward_recurrence(shift_right(rows, 0.0), shift_right(g * before, 0.0))
    return from_rows(from_before + from_after, a, axis)


@transpose(as_rows, wrt="a")
def as_rows_transpose(z_bar, z, a, axis=None):
    return from_rows(z_bar, a, axis)


@transpose(from_rows, wrt="rows")
def from_rows_transpose(z_bar, z, rows, a, axis=None):
    return as_rows(z_bar, axis)


# Running sums and products


@reverse(np.cumsum, wrt="a")
def cumsum_along(z_bar, z, a, axis=None):
    return np.reshape(np.flip(np.cumsum(np.flip(z_bar, axis), axis=axis), axis), np.shape(a))


@reverse(np.cumsum, wrt="a")
def cumsum_typed(z_bar, z, a, axis=None, dtype=None):
    total = np.flip(np.cumsum(np.flip(z_bar, axis), axis=axis), axis)
    return cast_cotangent(np.reshape(total, np.shape(a)), a, dtype)


@forward(np.cumsum, wrt="a")
def cumsum_tangent(a_dot, z, a, axis=None, dtype=None):
    return np.cumsum(cast_tangent(a_dot, dtype), axis=axis)


@reverse(np.cumprod, wrt="a")
def cumprod_along(z_bar, z, a, axis=None):
    share = backward_recurrence(np.reshape(a, np.shape(z)), z_bar, axis)
    return np.reshape(share * shift_right(z, 1.0, axis), np.shape(a))


@reverse(np.cumprod, wrt="a")
def cumprod_typed(z_bar, z, a, axis=None, dtype=None):
    share = backward_recurrence(np.reshape(a, np.shape(z)), z_bar, axis)
    return cast_cotangent(np.reshape(share * shift_right(z, 1.0, axis), np.shape(a)), a, dtype)


@forward(np.cumprod, wrt="a")
def cumprod_tangent(a_dot, z, a, axis=None, dtype=None):
    source = np.reshape(cast_tangent(a_dot, dtype), np.shape(z)) * shift_right(z, 1.0, axis)
    return forward_recurrence(np.reshape(a, np.shape(z)), source, axis)


# The recurrences that they obey


@reverse(forward_recurrence, wrt="c")
def forward_recurrence_c(z_bar, z, c, b, axis=-1):
    return backward_recurrence(c, z_bar, axis) * shift_right(z, 0.0, axis)


@reverse(forward_recurrence, wrt="b")
def forward_recurrence_b(z_bar, z, c, b, axis=-1):
    return backward_recurrence(c, z_bar, axis)


@forward(forward_recurrence, wrt="c")
def forward_recurrence_c_tangent(c_dot, z, c, b, axis=-1):
    return forward_recurrence(c, c_dot * shift_right(z, 0.0, axis), axis)


@forward(forward_recurrence, wrt="b")
def forward_recurrence_b_tangent(b_dot, z, c, b, axis=-1):
    return forward_recurrence(c, b_dot, axis)


@reverse(backward_recurrence, wrt="c")
def backward_recurrence_c(z_bar, z, c, b, axis=-1):
    return shift_right(forward_recurrence(c, z_bar, axis), 0.0, axis) * z


@reverse(backward_recurrence, wrt="b")
def backward_recurrence_b(z_bar, z, c, b, axis=-1):
    return forward_recurrence(c, z_bar, axis)


@forward(backward_recurrence, wrt="c")
def backward_recurrence_c_tangent(c_dot, z, c, b, axis=-1):
    return backward_recurrence(c, shift_left(c_dot * z, axis), axis)


@forward(backward_recurrence, wrt="b")
def backward_recurrence_b_tangent(b_dot, z, c, b, axis=-1):
    return backward_recurrence(c, b_dot, axis)


@reverse(shift_right, wrt="x")
def shift_right_reverse(z_bar, z, x, fill, axis=-1):
    return shift_left(z_bar, axis)


@forward(shift_right, wrt="x")
def shift_right_forward(x_dot, z, x, fill, axis=-1):
    return shift_right(x_dot, 0.0, axis)


@transpose(shift_left, wrt="x")
def shift_left_transpose(z_bar, z, x, axis=-1):
    return shift_right(z_bar, 0.0, axis)


def _zeros_at(*places: int):
    a = normal(2, 3) + 2.0
    a.flat[list(places)] = 0.0
    return a


def _rows():
    return [
        call(normal(4)),
        call(normal(2, 3)),
        call(normal()),
        call(3.0),
        call(_zeros_at(1)),
        call(_zeros_at(1, 4)),
        call(_zeros_at(0, 1, 3), axis=1),
        call(normal(2, 3), -1),
        call(normal(2, 3), axis=0),
        call(normal(2, 3, dtype=np.float32), axis=0),
        call(normal(3, dtype=np.float32)),
        call(normal(3, dtype=np.float32), dtype=np.float64),
        call(normal(2, 3), axis=1, dtype=np.float32),
        call(normal(0)),
        call(normal(2, 0), axis=0),
        call(normal(3) + 1j * normal(3, seed=1)),
    ]


for _name, _function in (("prod", np.prod), ("cumsum", np.cumsum), ("cumprod", np.cumprod)):
    method(_name, _function)
    samples(_function, _rows)
samples(
    np.prod,
    lambda: [
        call(normal(2, 3), axis=1, keepdims=True),
        call(normal(2, 3, 2), axis=(0, -1)),
        call(normal(2, 3, 2), axis=(2, 0), keepdims=True),
        call(normal(2, 3), axis=()),
        call(normal(2, 3), axis=0, initial=2.0),
        call(normal(2, 3), (0, 1), initial=2.0, keepdims=True, where=np.array([True, False, True])),
        call(normal(2, 3), axis=0, where=np.array([True, False, True])),
        call(_zeros_at(1), axis=1, where=np.array([True, False, True]), keepdims=True),
        call(normal(2, 3, dtype=np.float32), where=np.array([True, False, True])),
    ],
)
for _function in (np.cumsum, np.cumprod):
    samples(_function, lambda: [call(normal(2, 3), axis=None), call(normal(2, 3, 2), 1)])
samples(
    product_of_others, lambda: [call(normal(4)), call(_zeros_at(1, 4), 1), call(normal(2, 3, 2), (2, 0)), call(2.0)]
)
samples(as_rows, lambda: [call(normal(2, 3, 4), (2, 0)), call(normal(2, 3)), call(normal(2, 3), 0), call(2.0)])
samples(from_rows, lambda: [call(normal(3, 8), normal(2, 3, 4), (2, 0), wrt=("rows",))])
for _function in (forward_recurrence, backward_recurrence):
    samples(_function, lambda: [call(normal(5), normal(5, seed=1)), call(normal(2, 3), normal(2, 3, seed=1), 0)])
    samples(_function, lambda: [call(normal(2, 0), normal(2, 0)), call(normal(3), normal(3, seed=1), None)])
samples(shift_right, lambda: [call(normal(2, 3), 1.0, wrt=("x",)), call(normal(3, 2), 0.0, 0, wrt=("x",))])
samples(shift_left, lambda: [call(normal(2, 3)), call(normal(3, 2), 0), call(normal(2, 0))])
