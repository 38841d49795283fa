"""NumPy's functions without the way that leads to them: the same results for plain arrays, some microseconds sooner.

NumPy looks for other libraries' arrays among the arguments, and checks what it is given in Python, before it computes.
The graph engine knows that it holds plain arrays and asks for the same again and again, so it calls these: for the
value of an operation, and in the rules of the table. Whatever is not the common case goes to NumPy's own function.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np

_ndarray = np.ndarray
_add: Any = np.add.reduce
_multiply: Any = np.multiply.reduce
_highest: Any = np.maximum.reduce
_lowest: Any = np.minimum.reduce
_either: Any = np.logical_or.reduce
_empty = np.empty
# From so many elements on, and for rows up to this length, see `max`.
_MANY, _SHORT = 4096, 512


def sum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, **rest: Any) -> Any:
    """`np.sum`."""
    if type(a) is not _ndarray or rest:
        return np.sum(a, axis, dtype, out, keepdims, **rest)
    return _add(a, axis, dtype, out, keepdims)


def prod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, **rest: Any) -> Any:
    """`np.prod`."""
    if type(a) is not _ndarray or rest:
        return np.prod(a, axis, dtype, out, keepdims, **rest)
    return _multiply(a, axis, dtype, out, keepdims)


def max(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, **rest: Any) -> Any:
    """`np.max`."""
    if type(a) is not _ndarray or rest:
        return np.max(a, axis, out, keepdims, **rest)
    if a.size >= _MANY and out is None and type(axis) is int and a.ndim and (axis == -1 or axis == a.ndim - 1):
        n = a.shape[-1]
        if n <= _SHORT and a.dtype.char in "fd" and a.flags.c_contiguous:
            # NumPy finds the place of the largest of a short row in half the time that it takes to find its value.
            places = a.reshape(-1, n).argmax(1)
            places += np.arange(0, a.size, n)
            return a.take(places).reshape((*a.shape[:-1], 1) if keepdims else a.shape[:-1])
    return _highest(a, axis, None, out, keepdims)


def min(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, **rest: Any) -> Any:
    """`np.min`."""
    if type(a) is not _ndarray or rest:
        return np.min(a, axis, out, keepdims, **rest)
    return _lowest(a, axis, None, out, keepdims)


def mean(a: Any, axis: Any = None, keepdims: bool = False, **rest: Any) -> Any:
    """`np.mean`."""
    if type(a) is not _ndarray or rest or a.dtype.char not in "fdFD" or not a.size:
        return np.mean(a, axis, keepdims=keepdims, **rest)
    total = _add(a, axis, None, None, keepdims)
    # The number of elements by a quotient of sizes: `axis` may be one axis or several, counted from either end.
    count = a.size if axis is None else a.size // total.size
    if type(total) is _ndarray:
        total /= count
        return total
    return total / count


def var(a: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False, **rest: Any) -> Any:
    """`np.var`, by the same steps."""
    if type(a) is not _ndarray or rest or a.dtype.char not in "fd" or not a.size:
        return np.var(a, axis, ddof=ddof, keepdims=keepdims, **rest)
    total = _add(a, axis, None, None, True)
    count = a.size // total.size
    if count <= ddof:
        return np.var(a, axis, ddof=ddof, keepdims=keepdims)
    total /= count
    apart = a - total
    apart *= apart
    spread = _add(apart, axis, None, None, keepdims)
    if type(spread) is not _ndarray:
        return spread / spread.dtype.type(count - ddof)
    spread /= count - ddof
    return spread


def full_like(a: Any, fill_value: Any, **rest: Any) -> Any:
    """`np.full_like`."""
    if type(a) is not _ndarray or rest:
        return np.full_like(a, fill_value, **rest)
    found = _empty(a.shape, a.dtype)
    found[...] = fill_value
    return found


def zeros_like(a: Any, **rest: Any) -> Any:
    """`np.zeros_like`."""
    return np.zeros(a.shape, a.dtype) if type(a) is _ndarray and not rest else np.zeros_like(a, **rest)


def any(a: Any, *rest: Any, **named: Any) -> Any:
    """`np.any`."""
    if type(a) is _ndarray and a.dtype.char == "?" and not rest and not named:
        return _either(a, None)
    return np.any(a, *rest, **named)


def size(a: Any, axis: Any = None) -> Any:
    """`np.size`."""
    return a.size if type(a) is _ndarray and axis is None else np.size(a, axis)


def shape(a: Any) -> Any:
    """`np.shape`."""
    return a.shape if type(a) is _ndarray else np.shape(a)


def ndim(a: Any) -> int:
    """`np.ndim`."""
    return a.ndim if type(a) is _ndarray else np.ndim(a)


def expand_dims(a: Any, axis: Any) -> Any:
    """`np.expand_dims`."""
    if type(a) is _ndarray and type(axis) is int:
        if axis == 0:
            return a[None]
        if axis == -1 or axis == a.ndim:
            return a[..., None]
    return np.expand_dims(a, axis)


def broadcast_to(array: Any, shape: Any, **rest: Any) -> Any:
    """`np.broadcast_to`, read-only as well."""
    if type(array) is not _ndarray or type(shape) is not tuple or rest or array.ndim > len(shape):
        return np.broadcast_to(array, shape, **rest)
    strides = [0] * (len(shape) - array.ndim)
    for have, step, want in zip(array.shape, array.strides, shape[len(strides) :]):
        if have != want and have != 1:
            return np.broadcast_to(array, shape)
        strides.append(step if have == want else 0)
    if not array.flags.c_contiguous or not array.size:
        return np.broadcast_to(array, shape)
    found: Any = _ndarray(shape, array.dtype, array, 0, tuple(strides))
    found.flags.writeable = False
    return found


def reshape(a: Any, shape: Any = None, *rest: Any, **named: Any) -> Any:
    """`np.reshape`."""
    return a.reshape(shape) if type(a) is _ndarray and not rest and not named else np.reshape(a, shape, *rest, **named)


def transpose(a: Any, axes: Any = None) -> Any:
    """`np.transpose`."""
    return a.transpose(axes) if type(a) is _ndarray else np.transpose(a, axes)


def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """`np.swapaxes`."""
    return a.swapaxes(axis1, axis2) if type(a) is _ndarray else np.swapaxes(a, axis1, axis2)


def squeeze(a: Any, axis: Any = None) -> Any:
    """`np.squeeze`."""
    return a.squeeze(axis) if type(a) is _ndarray else np.squeeze(a, axis)


def copy(a: Any, order: Any = "K", **rest: Any) -> Any:
    """`np.copy`."""
    return a.copy(order) if type(a) is _ndarray and not rest else np.copy(a, order, **rest)


def take(a: Any, indices: Any, axis: Any = None, **rest: Any) -> Any:
    """`np.take`."""
    return a.take(indices, axis) if type(a) is _ndarray and not rest else np.take(a, indices, axis, **rest)


def cumsum(a: Any, axis: Any = None, **rest: Any) -> Any:
    """`np.cumsum`."""
    return a.cumsum(axis) if type(a) is _ndarray and not rest else np.cumsum(a, axis, **rest)


def stack(arrays: Any, axis: int = 0, **rest: Any) -> Any:
    """`np.stack`."""
    if rest or axis != 0 or type(arrays) not in (list, tuple) or not arrays:
        return np.stack(arrays, axis, **rest)
    first = arrays[0]
    for array in arrays:
        if type(array) is not _ndarray or array.shape != first.shape or array.dtype is not first.dtype:
            return np.stack(arrays, axis)
    found = _empty((len(arrays), *first.shape), first.dtype)
    for k, array in enumerate(arrays):
        found[k] = array
    return found


def vector_norm(x: Any, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """`np.linalg.vector_norm`."""
    if type(x) is not _ndarray or x.dtype.char not in "fd" or ord != 2:
        return np.linalg.vector_norm(x, axis=axis, keepdims=keepdims, ord=ord)
    return np.sqrt(_add(x * x, axis, None, None, keepdims))


def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """`np.take_along_axis`."""
    if type(arr) is not _ndarray or type(indices) is not _ndarray or type(axis) is not int or arr.ndim != indices.ndim:
        return np.take_along_axis(arr, indices, axis)
    own = axis % arr.ndim
    lengths = [1] * arr.ndim
    place = []
    for k, n in enumerate(arr.shape):
        lengths[k] = n
        place.append(indices if k == own else np.arange(n).reshape(lengths))
        lengths[k] = 1
    return arr[tuple(place)]


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """`np.split`."""
    if type(ary) is not _ndarray or type(indices_or_sections) is not tuple:
        return np.split(ary, indices_or_sections, axis)
    whole = (slice(None),) * (axis % ary.ndim)
    places = (0, *indices_or_sections, ary.shape[axis])
    return [ary[(*whole, slice(start, end))] for start, end in zip(places, places[1:])]


# The functions by those of NumPy that they stand for.
DIRECT: dict[Any, Callable[..., Any]] = {
    np.sum: sum,
    np.prod: prod,
    np.max: max,
    np.min: min,
    np.amax: max,
    np.amin: min,
    np.mean: mean,
    np.var: var,
    np.full_like: full_like,
    np.zeros_like: zeros_like,
    np.any: any,
    np.size: size,
    np.shape: shape,
    np.ndim: ndim,
    np.expand_dims: expand_dims,
    np.broadcast_to: broadcast_to,
    np.reshape: reshape,
    np.transpose: transpose,
    np.swapaxes: swapaxes,
    np.squeeze: squeeze,
    np.copy: copy,
    np.take: take,
    np.take_along_axis: take_along_axis,
    np.cumsum: cumsum,
    np.linalg.vector_norm: vector_norm,
    np.split: split,
    np.stack: stack,
}


class _Numpy:
    """NumPy with these functions in place of its own."""

    def __init__(self) -> None:
        for own, other in DIRECT.items():
            setattr(self, own.__name__, other)

    def __getattr__(self, name: str) -> Any:
        value = getattr(np, name)
        setattr(self, name, value)
        return value


_NUMPY = _Numpy()
_found: dict[Any, Callable[..., Any]] = {}


def direct(function: Any) -> Any:
    """What computes the same as a function of NumPy, a kernel or a rule of the table on plain arrays, sooner.

    Kernels and rules keep their text, and find these functions where it says `np`.
    """
    if not isinstance(function, types.FunctionType):
        return DIRECT.get(function, function)
    found = _found.get(function)
    if found is None:
        if not function.__module__.startswith(("runtime.kernels.", "runtime.primitives.")):
            return function
        names = dict(function.__globals__)
        found = types.FunctionType(
            function.__code__, names, function.__name__, function.__defaults__, function.__closure__
        )
        found.__kwdefaults__ = function.__kwdefaults__
        # Known before its names are looked at: a kernel may call itself.
        _found[function] = found
        for name in function.__code__.co_names:
            value = names.get(name)
            if value is np:
                names[name] = _NUMPY
            elif isinstance(value, types.FunctionType):
                names[name] = direct(value)
    return found
