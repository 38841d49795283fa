"""Rules of making new arrays. What is made from shapes alone carries no derivative; a fill value does.

The tangent or cotangent of a list is a list in which the float 0.0 may stand for any zero; `filled` writes it out.
A cast to integers does not vary with what is cast: `carried` gives zeros there.
"""

from __future__ import annotations

import numpy as np

from runtime.kernels import carried, filled, fresh, unarray, unbroadcast, zeros_like
from runtime.primitives.registry import call, forward, inactive, reverse, samples, transpose, view
from runtime.primitives.sampling import normal

inactive(
    fresh,
    np.bool_,
    np.diag_indices,
    np.dtype,
    np.empty,
    np.empty_like,
    np.eye,
    np.identity,
    np.indices,
    np.ndim,
    np.ones,
    np.ones_like,
    np.shape,
    np.size,
    np.tri,
    np.tril_indices,
    np.tril_indices_from,
    np.triu_indices,
    np.triu_indices_from,
    np.unravel_index,
    np.ravel_multi_index,
    np.zeros,
    np.zeros_like,
)


@reverse(np.full, wrt="fill_value")
def full(z_bar, z, shape, fill_value, dtype=None):
    return unbroadcast(carried(z_bar, z), fill_value)


@forward(np.full, wrt="fill_value")
def full_forward(fill_value_dot, z, shape, fill_value, dtype=None):
    return carried(fill_value_dot, z)


samples(
    np.full, lambda: [call((2, 3), 1.5), call(3, normal(3)), call((2, 3), normal(2, 1), dtype=np.float32), call(0, 1.5)]
)


@reverse(np.full_like, wrt="fill_value")
def full_like(z_bar, z, a, fill_value, dtype=None, *, shape=None):
    return unbroadcast(carried(z_bar, z), fill_value)


@forward(np.full_like, wrt="fill_value")
def full_like_forward(fill_value_dot, z, a, fill_value, dtype=None, *, shape=None):
    return carried(fill_value_dot, z)


samples(
    np.full_like,
    lambda: [
        call(normal(2, 3), 1.5, wrt=("fill_value",)),
        call(normal(2, 3), normal(3), wrt=("fill_value",)),
        call(np.arange(3), 1.5, wrt=("fill_value",), note="a cast to integers does not vary"),
        call(np.arange(3), 1.5, dtype=float, wrt=("fill_value",)),
        call(normal(3), 1.5, shape=(2, 2), wrt=("fill_value",)),
    ],
)


@reverse(np.linspace, wrt="start")
def linspace_start(z_bar, z, start, stop, num=50, endpoint=True):
    return unbroadcast(np.tensordot(1.0 - np.linspace(0.0, 1.0, num, endpoint), z_bar, 1), start)


@reverse(np.linspace, wrt="stop")
def linspace_stop(z_bar, z, start, stop, num=50, endpoint=True):
    return unbroadcast(np.tensordot(np.linspace(0.0, 1.0, num, endpoint), z_bar, 1), stop)


@forward(np.linspace, wrt="start")
def linspace_start_forward(start_dot, z, start, stop, num=50, endpoint=True):
    return np.linspace(start_dot, zeros_like(stop), num, endpoint)


@forward(np.linspace, wrt="stop")
def linspace_stop_forward(stop_dot, z, start, stop, num=50, endpoint=True):
    return np.linspace(zeros_like(start), stop_dot, num, endpoint)


samples(
    np.linspace,
    lambda: [
        call(0.5, 2.5, 5),
        call(0.5, 2.5, num=4, endpoint=False),
        call(normal(2), 3.5, 4),
        call(normal(2, 1), normal(3), 2),
        call(0.5, 2.5, 1),
        call(0.5, 2.5, 0),
    ],
)


@transpose(np.diagflat, wrt="v")
def diagflat(z_bar, z, v, k=0):
    return np.reshape(np.diag(z_bar, k), np.shape(v))


samples(np.diagflat, lambda: [call(normal(2, 2)), call(normal(3), -1), call(1.5, k=1)])


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
@reverse(np.asanyarray, wrt="a")
def asarray(z_bar, z, a):
    return unarray(z_bar, a)


@forward(np.asarray, wrt="a")
@forward(np.asanyarray, wrt="a")
def asarray_forward(a_dot, z, a):
    return np.asarray(filled(a_dot, a))


@reverse(np.asarray, wrt="a")
@reverse(np.asanyarray, wrt="a")
def asarray_cast(z_bar, z, a, dtype=None):
    return unarray(carried(z_bar, z), a)


@forward(np.asarray, wrt="a")
@forward(np.asanyarray, wrt="a")
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


for _function in (np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray):
    view(_function, of="a")
    samples(
        _function, lambda: [call(normal(2, 3)), call([normal(2), normal(2, seed=1)]), call(normal(2), dtype=np.float32)]
    )
view(unarray, of="g")
view(carried, of="g")
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
