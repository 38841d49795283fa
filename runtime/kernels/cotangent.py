"""Arithmetic of cotangents: what emitted programs call where shapes or structures are known only when they run.

A cotangent has the structure of its primal: an array for an array, a float for a number, a list for a list or
tuple, a dict for a dict, `Fields` for an object. The float `0.0` is the zero of every structure.
"""

from __future__ import annotations

import types
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from runtime.errors import CotangentMismatch, NotDifferentiable, SharedArray
from runtime.kernels.arrays import is_array
from runtime.kernels.checks import holds_complex, holds_floats, refused_complex
from runtime.kernels.repeated import add_repeated
from runtime.kernels.restoring import put_back, saved
from runtime.records import (
    Entries,
    Fields,
    fields_of,
    holds_itself,
    is_record,
    kind_of,
    not_a_number,
    with_fields,
)

_NUMBERS = (float, np.float64)
_DOUBLE = np.dtype(float)
_ndarray = np.ndarray
_sum = np.add.reduce
_CONTAINERS = (list, tuple, dict, types.SimpleNamespace)


def unbroadcast(g: Any, x: Any) -> Any:
    """Sum `g` over the axes along which broadcasting stretched `x`; the result has the shape and dtype of `x`.

    `g` has a shape that `x` broadcasts to, or is a scalar that stands for that shape. The cotangent of a list, dict or
    record is given back as it is: these do not broadcast.
    """
    # The usual cases first: small programs spend their time here.
    if type(g) is _ndarray:
        if type(x) is _ndarray:
            if g.dtype is x.dtype:
                have, want = g.shape, x.shape
                if have == want:
                    return g
                if have[1:] == want:
                    return _sum(g, 0)
        elif type(x) in _NUMBERS and g.dtype.kind == "f":
            return _sum(g, None)
    elif type(g) in _NUMBERS and type(x) in _NUMBERS:
        return g
    whole = of_container(g, x)
    if whole is not None:
        return whole
    shape = np.shape(x)
    extra = np.ndim(g) - len(shape)
    if extra > 0:
        g = np.sum(g, axis=tuple(range(extra)))
    if np.shape(g) != shape and np.ndim(g) == len(shape):
        axes = tuple(k for k, (have, want) in enumerate(zip(np.shape(g), shape)) if want == 1 and have != 1)
        g = np.sum(g, axis=axes, keepdims=True) if axes else g
    if np.shape(g) != shape:
        if np.all((g == 0.0) | np.isnan(g)):
            # The number zero, which stands for zeros of any shape, times something narrower than `x`.
            return unbroadcast(np.broadcast_to(g, np.broadcast_shapes(np.shape(g), shape)).copy(), x)
        raise CotangentMismatch(
            f"a cotangent of shape {np.shape(g)} does not fit a value of shape {shape}",
            "Lists that are joined with + carry no derivative: use append, or np.concatenate on arrays.",
        )
    dtype = getattr(x, "dtype", None)
    if dtype is None:
        if is_record(x):
            raise not_a_number(kind_of(x))
        return g if isinstance(x, complex) or not np.iscomplexobj(g) else np.real(g)
    if getattr(g, "dtype", dtype) != dtype and dtype.kind in "fc":
        g = (np.real(g) if dtype.kind == "f" else g).astype(dtype)
    return g if hasattr(g, "dtype") or dtype.kind not in "fc" else dtype.type(g)


def number_in(entry: Any) -> Any:
    """What stands in a place, where it is a number, whose place an update in place gives to another; else None."""
    return entry if isinstance(entry, (float, complex, np.inexact)) else None


def narrowed(g: Any, number: Any) -> Any:
    """The cotangent of what stood in a place before an update: summed up where that was a number, else `g`."""
    return g if number is None else unbroadcast(g, number)


def of_container(g: Any, x: Any) -> Any:
    """The cotangent of a list, dict or record, which does not broadcast; None where `g` is that of something else."""
    if isinstance(g, _CONTAINERS):
        return g
    if type(g) is float and g == 0.0 and (isinstance(x, _CONTAINERS) or is_record(x)):
        # An entry that has been given another value since, which may be a number.
        return zeros_like(x)
    return None


def zeros_like(x: Any) -> Any:
    """Zeros with the structure of `x`, in arrays that nobody else holds: a cotangent that nothing was added to."""
    if isinstance(x, (list, tuple)):
        return Entries((zeros_like(element) for element in x), fields_of(x))
    if isinstance(x, dict):
        return {key: zeros_like(element) for key, element in x.items()}
    if not hasattr(x, "dtype") and not isinstance(x, (int, float, complex)):
        return _zeros_of_fields(x) if is_record(x) else 0.0
    if isinstance(x, (types.ModuleType, type)):
        return 0.0
    if np.ndim(x) == 0 and not hasattr(x, "dtype"):
        return 0.0
    zeros = np.zeros_like(x) if x.dtype.kind in "fc" else np.zeros_like(x, dtype=float)
    # `np.zeros_like` makes an array of a NumPy number, which `+=` would change under all its names.
    return zeros[()] if isinstance(x, np.generic) else zeros


def _zeros_of_fields(x: Any) -> Fields:
    try:
        return Fields(kind_of(x), **{f: zeros_like(getattr(x, f)) for f in fields_of(x)})
    except RecursionError:
        raise holds_itself(kind_of(x)) from None


def sequence(items: Any) -> Any:
    """The elements of an iterable by place: the thing itself where it can be indexed, else a list of its elements.

    Raises NotDifferentiable for an iterator, which something else may go on reading.
    """
    if isinstance(items, Iterator):
        raise NotDifferentiable(
            "an iterator that has a name is looped over, and reading all of it ahead may change what the rest sees",
            "Make a list of it first, `list(...)`, and loop over that.",
        )
    return drained(items)


def drained(items: Any) -> Any:
    """The elements by place of an iterable that nothing else reads."""
    if isinstance(items, (list, tuple, np.ndarray, range, str)) or hasattr(items, "__array_ufunc__"):
        return items
    return list(items)


def sequence_dot(items_dot: Any) -> Any:
    """The tangents of the elements of an iterable by place; the elements of a dict are its keys, which do not vary."""
    return [0.0] * len(items_dot) if isinstance(items_dot, dict) else drained(items_dot)


def own(g: Any, x: Any) -> Any:
    """The cotangent `g` of `x` in arrays that nobody else holds; zeros where `g` is the number zero."""
    if type(g) is type(x) is np.ndarray and g.shape == x.shape and g.dtype is x.dtype:
        return g.copy()
    if isinstance(x, (list, tuple)):
        return Entries(((own(entry, element) for entry, element in zip(_entries(g, len(x)), x))), fields_of(x))
    if isinstance(x, dict):
        return {key: own(g.get(key, 0.0) if isinstance(g, dict) else _zero(g), element) for key, element in x.items()}
    if is_record(x):
        return Fields(kind_of(x), **{f: own(_field(g, f), getattr(x, f)) for f in fields_of(x)})
    total = zeros_like(x) + g
    # NumPy's sum of arrays without axes is a number.
    return np.array(total) if isinstance(x, np.ndarray) and x.ndim == 0 else total


def entries_of(g: Any, x: Any) -> Any:
    """The cotangent or tangent `g` of `x` as one that is changed in place: `g`, or `own` where it is but a number.

    Raises SharedArray where a list has another number of entries than its cotangent: it stands at two places of what
    holds it, has a cotangent at each, and was made longer or shorter by way of both.
    """
    if isinstance(g, list) and isinstance(x, list) and len(g) != len(x):
        raise SharedArray(
            "one and the same list stands at two places of what holds it, and is made longer or shorter",
            "Make each entry a list of its own, with a copy.",
        )
    if isinstance(g, (list, dict, types.SimpleNamespace)) or is_array(g) and is_array(x):
        return g
    return own(g, x)


def _field(g: Any, name: str) -> Any:
    """One field of the cotangent of an object; text and the like, which stand for themselves, have none."""
    if isinstance(g, types.SimpleNamespace):
        found = vars(g).get(name, 0.0)
    else:
        found = getattr(g, name, 0.0) if is_record(g) else _zero(g)
    return 0.0 if found is None or isinstance(found, (str, bytes)) else found


def _entries(g: Any, count: int) -> Any:
    """The entries of a cotangent of a list; an array stands for the list of its rows."""
    if isinstance(g, (list, tuple)) or np.ndim(g) > 0:
        if len(g) != count:
            raise CotangentMismatch(
                f"a cotangent with {len(g)} entries does not fit a list of {count}", "Give one each."
            )
        return g
    return [_zero(g)] * count


def _zero(g: Any) -> float:
    """The number zero, which stands for zeros of any structure; no other number does."""
    if isinstance(g, (int, float, np.generic, np.ndarray)) and np.ndim(g) == 0 and g == 0.0:
        return 0.0
    if isinstance(g, Entries):
        raise CotangentMismatch(
            "the cotangents of elements by place do not fit a dict, whose elements are its keys",
            "Loop over `d.keys()` or `d.items()`, not over the dict `d`.",
        )
    raise CotangentMismatch(
        f"the cotangent of a list or dict is a {type(g).__name__}", "Give one entry for each element."
    )


def accumulate(a: Any, b: Any) -> Any:
    """The sum of two cotangents of one structure; neither is changed."""
    if isinstance(a, (list, tuple)):
        return Entries((accumulate(p, q) for p, q in zip(a, _entries(b, len(a)))), getattr(a, "fields", ()))
    if isinstance(a, dict):
        return {
            key: accumulate(value, b.get(key, 0.0) if isinstance(b, dict) else _zero(b)) for key, value in a.items()
        }
    if is_record(a):
        # A pullback gives the user's own class back, with what carries no derivative as it was.
        names = dict.fromkeys([*fields_of(a), *(fields_of(b) if is_record(b) else ())])
        pairs = {k: (_field(a, k), _field(b, k)) for k in names}
        return Fields(kind_of(a), **{k: accumulate(p, q) for k, (p, q) in pairs.items() if holds_floats([p, q])})
    if isinstance(b, (list, tuple)):
        return Entries((accumulate(p, q) for p, q in zip(_entries(a, len(b)), b)), getattr(b, "fields", ()))
    if isinstance(b, dict) or is_record(b):
        _zero(a)
        return b
    return a + b


def like(g: Any, x: Any) -> Any:
    """The cotangent `g` in the structure, shape and dtype of the argument `x` that it is the gradient of.

    Whole numbers in it, which are not differentiated, have zeros of their own type; text and the like stand for
    themselves.
    """
    if isinstance(x, (list, tuple)):
        made = [like(entry, element) for entry, element in zip(_entries(g, len(x)), x)]
        if isinstance(x, Entries):
            return Entries(made, x.fields)
        return type(x)(*made) if fields_of(x) else type(x)(made)
    if isinstance(x, dict):
        held = {key: like(g.get(key, 0.0) if isinstance(g, dict) else _zero(g), element) for key, element in x.items()}
        return held if type(x) is dict else as_mapping(held, x)
    if is_record(x):
        return with_fields(x, {f: like(_field(g, f), getattr(x, f)) for f in fields_of(x)})
    return unbroadcast(g, x) if holds_floats(x) else _zero_of_its_type(x)


def as_mapping(made: dict[Any, Any], x: dict[Any, Any]) -> dict[Any, Any]:
    """Entries in a dict of the class of `x`; no code of the class runs."""
    filled: Any = type(x).__new__(type(x))
    if isinstance(x, defaultdict):
        filled.default_factory = x.default_factory
    store = OrderedDict.__setitem__ if isinstance(x, OrderedDict) else dict.__setitem__
    for key, value in made.items():
        store(filled, key, value)
    return filled


def _zero_of_its_type(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return np.zeros_like(x) if x.dtype.kind in "biu" else x
    return type(x)(0) if isinstance(x, (int, np.integer, np.bool_)) else x


def add_at(x_bar: Any, index: Any, g: Any) -> None:
    """`x_bar[index] += g` in place; the terms of repeated indices add up."""
    if not is_array(x_bar):
        x_bar[index] = accumulate(x_bar[index], g)
    elif _is_basic(index):
        x_bar[index] += g
    else:
        add_repeated(x_bar, index, g)


def _is_basic(index: Any) -> bool:
    if isinstance(index, tuple):
        return all(_is_basic(part) for part in index)
    return index is None or index is Ellipsis or isinstance(index, (int, np.integer, slice, str))


def take_out(place: Any) -> Any:
    """A copy of a place in a cotangent, which the caller is about to clear."""
    return place.copy() if is_array(place) else place


def seeded(cotangent: Any, result: Any) -> Any:
    """A cotangent given by the caller, checked against the value that it belongs to, which must be real."""
    if holds_complex(result):
        raise refused_complex("the result")
    return fitting(cotangent, result)


def fitting(cotangent: Any, result: Any) -> Any:
    """A cotangent given by the caller, checked against the value that it belongs to."""
    if isinstance(result, (list, tuple)):
        if not isinstance(cotangent, (list, tuple)) or len(cotangent) != len(result):
            raise CotangentMismatch(
                f"the result is a {type(result).__name__} of {len(result)}, and its cotangent is not",
                "Give one cotangent for each entry.",
            )
        return [fitting(c, r) for c, r in zip(cotangent, result)]
    if isinstance(result, dict):
        if not isinstance(cotangent, dict) or cotangent.keys() != result.keys():
            raise CotangentMismatch("the result is a dict, and its cotangent has other keys", "Give one for each key.")
        return {key: fitting(cotangent[key], value) for key, value in result.items()}
    if is_record(result):
        if not is_record(cotangent):
            raise CotangentMismatch(
                f"the result is a {type(result).__name__}, and its cotangent is not",
                f"Give a {type(result).__name__} with the cotangents as its fields.",
            )
        return Fields(
            kind_of(result), **{f: fitting(_field(cotangent, f), getattr(result, f)) for f in fields_of(result)}
        )
    if isinstance(cotangent, (list, tuple, dict)) or np.shape(cotangent) != np.shape(result):
        raise CotangentMismatch(
            f"the result has shape {np.shape(result)}, and its cotangent has shape {np.shape(cotangent)}",
            "Give a cotangent of the shape of the result.",
        )
    return cotangent


def take_written(u_bar: Any, index: Any) -> Any:
    """The cotangent of what `u[index] = value` stored, for any index: of repeated places the last one counts.

    The index `...` stands for all of `u`. The cotangent is 0.0 where `u_bar` is that of a dict without such an entry.
    """
    if index is Ellipsis:
        return saved(u_bar)
    taken = u_bar.get(index, 0.0) if isinstance(u_bar, dict) else u_bar[index]
    if not is_array(u_bar) or _is_basic(index) or np.ndim(taken) == 0:
        return take_out(taken)
    order = np.arange(taken.size).reshape(taken.shape)
    writer = np.empty(u_bar.shape, dtype=order.dtype)
    writer[index] = order
    return np.where(writer[index] == order, taken, 0.0)


def written_back(g: Any, u: Any, index: Any) -> Any:
    """The transpose of `take_written`: zeros shaped like `u` in which the last writer of each place put its `g`."""
    made = zeros_like(u)
    put_back(made, index, g)
    return made
