"""Rules of joining arrays, splitting them, and building them from nested lists.

The tangent or cotangent of a list is a list in which the float 0.0 may stand for any zero; `filled` writes it out.
"""

from __future__ import annotations

import numpy as np

from runtime.kernels import (
    carried,
    filled,
    fresh,
    unarray,
    unbroadcast,
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

inactive(fresh)


@transpose(filled, wrt="g")
def filled_g(z_bar, z, g, x):
    return z_bar


view(filled, of="g")
samples(filled, lambda: [call([normal(2), normal(3)], [normal(2), normal(3)]), call(normal(2), normal(2))])


# Joining.


@reverse(np.concatenate, wrt="arrays")
def concatenate(z_bar, z, arrays, axis=0):
    return unconcatenate(z_bar, arrays, axis)


@forward(np.concatenate, wrt="arrays")
def concatenate_forward(arrays_dot, z, arrays, axis=0):
    return np.concatenate(filled(arrays_dot, arrays), axis)


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
    ],
)
samples(unconcatenate, lambda: [call(normal(5), [normal(2), normal(3)]), call(normal(5), [normal(2, 2), 1.0], None)])


@reverse(np.stack, wrt="arrays")
def stack(z_bar, z, arrays, axis=0):
    return unstack(z_bar, arrays, axis)


@forward(np.stack, wrt="arrays")
def stack_forward(arrays_dot, z, arrays, axis=0):
    return np.stack(filled(arrays_dot, arrays), axis)


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
    ],
)
samples(unstack, lambda: [call(normal(2, 3), [normal(3), normal(3)]), call(normal(2, 3), [normal(2)] * 3, 1)])


@reverse(np.vstack, wrt="tup")
def vstack(z_bar, z, tup):
    return unvstack(z_bar, tup)


@forward(np.vstack, wrt="tup")
def vstack_forward(tup_dot, z, tup):
    return np.vstack(filled(tup_dot, tup))


@transpose(unvstack, wrt="g")
def unvstack_g(z_bar, z, g, arrays):
    return np.vstack(filled(z_bar, arrays))


@reverse(np.hstack, wrt="tup")
def hstack(z_bar, z, tup):
    return unhstack(z_bar, tup)


@forward(np.hstack, wrt="tup")
def hstack_forward(tup_dot, z, tup):
    return np.hstack(filled(tup_dot, tup))


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
samples(np.vstack, lambda: [call([normal(3), normal(2, 3)]), call((1.5, 2.5))])
samples(np.hstack, lambda: [call([normal(3), normal(2)]), call((normal(2, 1), normal(2, 3))), call([1.5, normal(2)])])
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


# Arrays from nested lists, tuples and numbers.


@reverse(np.array, wrt="object")
def array(z_bar, z, object):
    return unarray(z_bar, object)


@forward(np.array, wrt="object")
def array_forward(object_dot, z, object):
    return np.array(filled(object_dot, object))


@reverse(np.array, wrt="object")
def array_cast(z_bar, z, object, dtype=None, *, copy=True):
    return unarray(carried(z_bar, z), object, copy)


@forward(np.array, wrt="object")
def array_cast_forward(object_dot, z, object, dtype=None, *, copy=True):
    return carried(np.array(filled(object_dot, object), copy=fresh(copy)), z)


@reverse(np.asarray, wrt="a")
def asarray(z_bar, z, a):
    return unarray(z_bar, a)


@forward(np.asarray, wrt="a")
def asarray_forward(a_dot, z, a):
    return np.asarray(filled(a_dot, a))


@reverse(np.asarray, wrt="a")
def asarray_cast(z_bar, z, a, dtype=None):
    return unarray(carried(z_bar, z), a)


@forward(np.asarray, wrt="a")
def asarray_cast_forward(a_dot, z, a, dtype=None):
    return carried(np.asarray(filled(a_dot, a)), z)


@reverse(np.ascontiguousarray, wrt="a")
def ascontiguousarray(z_bar, z, a, dtype=None):
    return unarray(carried(np.reshape(z_bar, np.shape(a)), z), a)


@forward(np.ascontiguousarray, wrt="a")
def ascontiguousarray_forward(a_dot, z, a, dtype=None):
    return carried(np.asarray(filled(a_dot, a)), z)


@reverse(np.asfortranarray, wrt="a")
def asfortranarray(z_bar, z, a, dtype=None):
    return unarray(carried(z_bar, z), a)


@forward(np.asfortranarray, wrt="a")
def asfortranarray_forward(a_dot, z, a, dtype=None):
    return carried(np.asarray(filled(a_dot, a)), z)


@transpose(unarray, wrt="g")
def unarray_g(z_bar, z, g, x, copy=True):
    return np.array(filled(z_bar, x))


@transpose(carried, wrt="g")
def carried_g(z_bar, z, g, like):
    return unbroadcast(carried(z_bar, like), g)


for _function in (np.asarray, np.ascontiguousarray, np.asfortranarray):
    view(_function, of="a")
    samples(
        _function, lambda: [call(normal(2, 3)), call([normal(2), normal(2, seed=1)]), call(normal(2), dtype=np.float32)]
    )
view(unarray, of="g")
samples(
    np.array,
    lambda: [
        call([1.5, 2.5]),
        call([[1.5, 2.5], (3.5, 4.5)]),
        call([normal(2), normal(2, seed=1)]),
        call(normal(2, 3)),
        call(1.5),
        call([normal(2), [1.5, 2.5]], dtype=float),
        call(normal(3), np.float32, copy=True),
        call([]),
    ],
)
samples(unarray, lambda: [call(normal(2, 2), [normal(2), [1.0, 2.0]])])
samples(carried, lambda: [call(normal(3), normal(2, 3)), call(1.5, normal(2)), call(normal(3), np.arange(3))])
