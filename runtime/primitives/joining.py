"""Rules of joining arrays and of splitting them.

The tangent or cotangent of a list is a list in which the float 0.0 may stand for any zero; `filled` writes it out.
"""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    carried,
    concatenated,
    filled,
    layer_at,
    piece_at,
    scatter,
    stacked,
    uncolumn_stack,
    unconcatenate,
    undstack,
    unhstack,
    unsplit,
    unstack,
    unvstack,
    zeros_like,
)
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose, view
from runtime.primitives.sampling import normal


@transpose(filled, wrt="g")
def filled_g(z_bar, z, g, x):
    return z_bar


view(filled, of="g")
samples(filled, lambda: [call([normal(2), normal(3)], [normal(2), normal(3)]), call(normal(2), normal(2))])


# Joining. Where every array is an argument by itself, each has its own place in the result.

inactive(piece_at, layer_at)


@reverse(concatenated, wrt="*arrays")
def concatenated_arrays(z_bar, z, k, axis, *arrays):
    return z_bar[piece_at(k, axis, arrays)]


@forward(concatenated, wrt="*arrays")
def concatenated_arrays_forward(array_dot, z, k, axis, *arrays):
    return scatter(array_dot, piece_at(k, axis, arrays), z)


@reverse(stacked, wrt="*arrays")
def stacked_arrays(z_bar, z, k, axis, *arrays):
    return z_bar[layer_at(k, axis, z_bar)]


@forward(stacked, wrt="*arrays")
def stacked_arrays_forward(array_dot, z, k, axis, *arrays):
    return scatter(array_dot, layer_at(k, axis, z), z)


samples(
    concatenated,
    lambda: [
        call(0, normal(2), normal(3)),
        call(1, normal(2, 3), normal(2, 1), normal(2, 2)),
        call(-2, normal(2, 3), normal(4, 3)),
        call(0, normal(2, dtype=np.float32), normal(3, dtype=np.float32)),
    ],
)
samples(
    stacked,
    lambda: [
        call(0, normal(2), normal(2, seed=1)),
        call(-1, normal(2, 3), normal(2, 3, seed=1), normal(2, 3, seed=2)),
        call(1, normal(2, 3), normal(2, 3, seed=1)),
        call(0, normal(), normal(seed=1)),
    ],
)


@reverse(np.concatenate, wrt="arrays")
def concatenate(z_bar, z, arrays, axis=0):
    return unconcatenate(z_bar, arrays, axis)


@forward(np.concatenate, wrt="arrays")
def concatenate_forward(arrays_dot, z, arrays, axis=0):
    return np.concatenate(filled(arrays_dot, arrays), axis)


@reverse(np.concatenate, wrt="arrays")
def concatenate_cast(z_bar, z, arrays, axis=0, *, dtype=None, casting="same_kind"):
    return unconcatenate(carried(z_bar, z), arrays, axis)


@forward(np.concatenate, wrt="arrays")
def concatenate_cast_forward(arrays_dot, z, arrays, axis=0, *, dtype=None, casting="same_kind"):
    return carried(np.concatenate(filled(arrays_dot, arrays), axis), z)


@transpose(unconcatenate, wrt="g")
def unconcatenate_g(z_bar, z, g, arrays, axis=0):
    return np.concatenate(filled(z_bar, arrays), axis)


view(unconcatenate, of="g")
samples(
    np.concatenate,
    lambda: [
        call([normal(2), normal(3)]),
        call((normal(2, 3), normal(2, 1)), axis=1),
        call([normal(2, 3), normal(4, 3)], -2),
        call([normal(2, 3), normal(2), 1.5], axis=None),
        call([normal(0, 2), normal(1, 2)]),
        call(normal(2, 3, 4), axis=1),
        call([normal(2, dtype=np.float32), normal(3, dtype=np.float32)]),
        call([normal(2, dtype=np.float32), normal(3)]),
        call([normal(2, dtype=np.float32), normal(3)], dtype=np.float32),
        call([normal(2), normal(3)], 0, dtype=int, casting="unsafe", note="edge: constant between integers"),
    ],
)
samples(unconcatenate, lambda: [call(normal(5), [normal(2), normal(3)]), call(normal(5), [normal(2, 2), 1.0], None)])


@reverse(np.stack, wrt="arrays")
def stack(z_bar, z, arrays, axis=0):
    return unstack(z_bar, arrays, axis)


@forward(np.stack, wrt="arrays")
def stack_forward(arrays_dot, z, arrays, axis=0):
    return np.stack(filled(arrays_dot, arrays), axis)


@reverse(np.stack, wrt="arrays")
def stack_cast(z_bar, z, arrays, axis=0, *, dtype=None, casting="same_kind"):
    return unstack(carried(z_bar, z), arrays, axis)


@forward(np.stack, wrt="arrays")
def stack_cast_forward(arrays_dot, z, arrays, axis=0, *, dtype=None, casting="same_kind"):
    return carried(np.stack(filled(arrays_dot, arrays), axis), z)


@transpose(unstack, wrt="g")
def unstack_g(z_bar, z, g, arrays, axis=0):
    return np.stack(filled(z_bar, arrays), axis)


view(unstack, of="g")
samples(
    np.stack,
    lambda: [
        call([normal(2), normal(2, seed=1)]),
        call((normal(2, 3), normal(2, 3, seed=1)), axis=-1),
        call([1.5, 2.5]),
        call(normal(2, 3), 1),
        call([normal(2, dtype=np.float32), normal(2, dtype=np.float32)], -1, dtype=np.float64),
    ],
)
samples(unstack, lambda: [call(normal(2, 3), [normal(3), normal(3)]), call(normal(2, 3), [normal(2)] * 3, 1)])


@reverse(np.vstack, wrt="tup")
def vstack(z_bar, z, tup):
    return unvstack(z_bar, tup)


@forward(np.vstack, wrt="tup")
def vstack_forward(tup_dot, z, tup):
    return np.vstack(filled(tup_dot, tup))


@reverse(np.vstack, wrt="tup")
def vstack_cast(z_bar, z, tup, *, dtype=None, casting="same_kind"):
    return unvstack(carried(z_bar, z), tup)


@forward(np.vstack, wrt="tup")
def vstack_cast_forward(tup_dot, z, tup, *, dtype=None, casting="same_kind"):
    return carried(np.vstack(filled(tup_dot, tup)), z)


@transpose(unvstack, wrt="g")
def unvstack_g(z_bar, z, g, arrays):
    return np.vstack(filled(z_bar, arrays))


@reverse(np.hstack, wrt="tup")
def hstack(z_bar, z, tup):
    return unhstack(z_bar, tup)


@forward(np.hstack, wrt="tup")
def hstack_forward(tup_dot, z, tup):
    return np.hstack(filled(tup_dot, tup))


@reverse(np.hstack, wrt="tup")
def hstack_cast(z_bar, z, tup, *, dtype=None, casting="same_kind"):
    return unhstack(carried(z_bar, z), tup)


@forward(np.hstack, wrt="tup")
def hstack_cast_forward(tup_dot, z, tup, *, dtype=None, casting="same_kind"):
    return carried(np.hstack(filled(tup_dot, tup)), z)


@transpose(unhstack, wrt="g")
def unhstack_g(z_bar, z, g, arrays):
    return np.hstack(filled(z_bar, arrays))


@reverse(np.dstack, wrt="tup")
def dstack(z_bar, z, tup):
    return undstack(z_bar, tup)


@forward(np.dstack, wrt="tup")
def dstack_forward(tup_dot, z, tup):
    return np.dstack(filled(tup_dot, tup))


@transpose(undstack, wrt="g")
def undstack_g(z_bar, z, g, arrays):
    return np.dstack(filled(z_bar, arrays))


@reverse(np.column_stack, wrt="tup")
def column_stack(z_bar, z, tup):
    return uncolumn_stack(z_bar, tup)


@forward(np.column_stack, wrt="tup")
def column_stack_forward(tup_dot, z, tup):
    return np.column_stack(filled(tup_dot, tup))


@transpose(uncolumn_stack, wrt="g")
def uncolumn_stack_g(z_bar, z, g, arrays):
    return np.column_stack(filled(z_bar, arrays))


for _kernel in (unvstack, unhstack, undstack, uncolumn_stack):
    view(_kernel, of="g")
samples(np.vstack, lambda: [call([normal(3), normal(2, 3)]), call((1.5, 2.5)), call([normal(3)] * 2, dtype=np.float32)])
samples(np.hstack, lambda: [call([normal(3), normal(2)]), call((normal(2, 1), normal(2, 3))), call([1.5, normal(2)])])
samples(np.hstack, lambda: [call([normal(3), normal(2)], dtype=np.float32, casting="same_kind")])
samples(np.dstack, lambda: [call([normal(3), normal(3, seed=1)]), call([normal(2, 3, 1), normal(2, 3)])])
samples(np.column_stack, lambda: [call([normal(3), normal(3, 2)]), call((normal(2), normal(2, seed=1)))])
samples(unvstack, lambda: [call(normal(3, 3), [normal(3), normal(2, 3)])])
samples(unhstack, lambda: [call(normal(2, 4), [normal(2, 1), normal(2, 3)])])
samples(undstack, lambda: [call(normal(2, 3, 2), [normal(2, 3, 1), normal(2, 3)])])
samples(uncolumn_stack, lambda: [call(normal(3, 3), [normal(3), normal(3, 2)])])


@reverse(np.append, wrt="arr")
def append_arr(z_bar, z, arr, values, axis=None):
    return unconcatenate(z_bar, [arr, values], axis)[0]


@reverse(np.append, wrt="values")
def append_values(z_bar, z, arr, values, axis=None):
    return unconcatenate(z_bar, [arr, values], axis)[1]


@forward(np.append, wrt="arr")
def append_arr_forward(arr_dot, z, arr, values, axis=None):
    return np.append(arr_dot, zeros_like(values), axis)


@forward(np.append, wrt="values")
def append_values_forward(values_dot, z, arr, values, axis=None):
    return np.append(zeros_like(arr), values_dot, axis)


samples(
    np.append, lambda: [call(normal(3), 1.5), call(normal(2, 2), normal(3)), call(normal(2, 2), normal(1, 2), axis=0)]
)


# Splitting. The result is a list of views, and so is its cotangent.


@transpose(np.split, wrt="ary")
def split(z_bar, z, ary, indices_or_sections, axis=0):
    return unsplit(z_bar, z, ary, axis)


@transpose(np.array_split, wrt="ary")
def array_split(z_bar, z, ary, indices_or_sections, axis=0):
    return unsplit(z_bar, z, ary, axis)


@transpose(np.vsplit, wrt="ary")
def vsplit(z_bar, z, ary, indices_or_sections):
    return unsplit(z_bar, z, ary, 0)


@transpose(np.hsplit, wrt="ary")
def hsplit(z_bar, z, ary, indices_or_sections):
    return unsplit(z_bar, z, ary, np.minimum(1, np.ndim(ary) - 1))


@transpose(np.dsplit, wrt="ary")
def dsplit(z_bar, z, ary, indices_or_sections):
    return unsplit(z_bar, z, ary, 2)


@transpose(unsplit, wrt="g")
def unsplit_g(z_bar, z, g, pieces, a, axis=0):
    return unconcatenate(z_bar, pieces, axis)


for _function in (np.split, np.array_split, np.vsplit, np.hsplit, np.dsplit):
    view(_function, of="ary")
samples(
    np.split,
    lambda: [call(normal(6), 3), call(normal(4, 3), [1, 2], axis=1), call(normal(5), [2, 2, 4]), call(normal(4), [-1])],
)
samples(np.array_split, lambda: [call(normal(7), 3), call(normal(2, 5), 2, -1)])
samples(np.vsplit, lambda: [call(normal(4, 2), 2)])
samples(np.hsplit, lambda: [call(normal(2, 4), [1, 3]), call(normal(4), 2)])
samples(np.dsplit, lambda: [call(normal(2, 2, 4), 2)])
samples(unsplit, lambda: [call([normal(2), normal(3)], [normal(2), normal(3)], normal(5))])
