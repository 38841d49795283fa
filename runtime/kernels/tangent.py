"""Arithmetic of tangents: what forward programs call where shapes or structures are known only when they run.

Inside a forward program a tangent always has the structure and the shape of its value: an array for an array, a float
for a number, a list for a list or tuple, a dict for a dict, `Fields` for an object, a named tuple for a named
tuple. What carries no derivative (whole numbers, strings, None) has the tangent 0.0.
"""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from runtime.errors import CotangentMismatch, DerivativeLost, NotDifferentiable
from runtime.kernels.checks import refuse_hidden_field
from runtime.meanings import odd_class, refused_class
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


def stretched(x_dot: Any, x: Any) -> Any:
    """`x_dot` broadcast to the shape of the array or number `x`; the same object where it has that shape already.

    Raises CotangentMismatch where `x` is a list or tuple: operators on these do not broadcast.
    """
    if isinstance(x, (list, tuple, dict)):
        raise CotangentMismatch(
            "a list that carries a derivative is joined with one that carries none",
            "Build the list with append, or use np.concatenate on arrays.",
        )
    if isinstance(x_dot, (list, tuple)):
        x_dot = np.asarray(x_dot)
    if is_record(x):
        raise not_a_number(kind_of(x))
    if np.shape(x_dot) == np.shape(x):
        return x_dot
    dtype = x.dtype if x.dtype.kind in "fc" else getattr(x_dot, "dtype", float)
    return x_dot + np.zeros_like(x, dtype=dtype)


def joined(v_dot: Any, w_dot: Any, z: Any) -> Any:
    """The tangent of `z = v + w` with a list in it: the list of both, or the sum where the other is an array."""
    if isinstance(z, (list, tuple)):
        return [*v_dot, *w_dot]
    return stretched(np.asarray(v_dot) + np.asarray(w_dot), z)


def view_alike(z_dot: Any, x_dot: Any, z: Any, x: Any) -> Any:
    """The tangent `z_dot` of `z`, which is `x` in another form, sharing no memory with `x_dot` unless `z` and `x` do.

    Whether reshaping copies depends on how an array lies in memory. Where `z` is a view and its tangent is not,
    `refreshed` lets the tangent follow.
    """
    if not isinstance(z, np.ndarray) or not isinstance(x, np.ndarray):
        return z_dot
    return z_dot.copy() if np.shares_memory(z_dot, x_dot) and not np.shares_memory(z, x) else z_dot


def zero_tangent(x: Any) -> Any:
    """The tangent of something that does not vary, in arrays that nobody else holds."""
    if isinstance(x, (list, tuple)):
        return _together(x, [zero_tangent(element) for element in x])
    if isinstance(x, dict):
        return {key: zero_tangent(element) for key, element in x.items()}
    if not hasattr(x, "dtype") or isinstance(x, (types.ModuleType, type)):
        return _zeros_of_fields(x) if is_record(x) else 0.0
    return np.zeros_like(x) if x.dtype.kind in "fc" else np.zeros_like(x, dtype=float)


def _together(x: Any, parts: list[Any]) -> Any:
    """Tangents of the elements of `x` as its tangent: a list, by the names of fields too where `x` has such names."""
    if hasattr(x, "_fields"):
        return type(x)(*parts)
    return Entries(parts, x.fields) if isinstance(x, Entries) else parts


def _zeros_of_fields(x: Any) -> Fields:
    try:
        return Fields(kind_of(x), **{f: zero_tangent(getattr(x, f)) for f in fields_of(x)})
    except RecursionError:
        raise holds_itself(kind_of(x)) from None


def blank_tangent(x: Any) -> Any:
    """`zero_tangent(x)` for something that tangents will be stored into by index.

    Raises DerivativeLost where `x` is an array of whole numbers: what is stored there is cut off.
    """
    if hasattr(x, "dtype") and x.dtype.kind not in "fcO":
        raise DerivativeLost(
            f"a value that carries a derivative is stored into an array of dtype {x.dtype}, which cuts it off",
            "Make the array with a floating dtype: np.zeros(n) instead of np.zeros(n, dtype=int).",
        )
    return zero_tangent(x)


def record_tangent(x: Any, /, **dots: Any) -> Any:
    """The tangent of a dataclass or named tuple, given those of some of its fields; the others do not vary."""
    if hasattr(x, "_fields"):
        return type(x)(*[dots[f] if f in dots else zero_tangent(getattr(x, f)) for f in x._fields])
    return Fields(kind_of(x), **{f: dots[f] if f in dots else zero_tangent(getattr(x, f)) for f in fields_of(x)})


def matched(x_dot: Any, x: Any, told: bool = False) -> Any:
    """A tangent given by the caller, in the form that forward programs use: structure, shape and dtype of `x`.

    The float 0.0 may stand for the zero of any part. Raises CotangentMismatch where it does not fit, and
    NotDifferentiable where a part of `x` that is a whole number or no number at all is to vary, or something in it has
    operators of its own; what objects are is known where it is `told`.
    """
    found = odd_class(x, told)
    if found is not None:
        raise refused_class(found)
    refuse_hidden_field("an argument", x)
    return _matched(x_dot, x)


def _matched(x_dot: Any, x: Any) -> Any:
    if type(x_dot) is float and x_dot == 0.0:
        return zero_tangent(x)
    if isinstance(x, (list, tuple)):
        if not isinstance(x_dot, (list, tuple)) or len(x_dot) != len(x):
            raise _mismatch(f"a {type(x).__name__} of {len(x)}", x_dot)
        return _together(x, [_matched(dot, element) for dot, element in zip(x_dot, x)])
    if isinstance(x, dict):
        if not isinstance(x_dot, dict) or x_dot.keys() != x.keys():
            raise _mismatch("a dict with its own keys", x_dot)
        return {key: _matched(x_dot[key], element) for key, element in x.items()}
    if is_record(x):
        names = fields_of(x)
        if not is_record(x_dot) or not all(hasattr(x_dot, name) for name in names):
            raise _mismatch(f"a {type(x).__name__}", x_dot)
        return Fields(kind_of(x), **{f: _matched(getattr(x_dot, f), getattr(x, f)) for f in names})
    return _matched_leaf(x_dot, x)


def _matched_leaf(x_dot: Any, x: Any) -> Any:
    kind = x.dtype.kind if hasattr(x, "dtype") else {float: "f", complex: "c"}.get(type(x), "O")
    if kind not in "fc":
        if x_dot is x and x is None or isinstance(x, (str, bytes)) and x_dot == x:
            # Text stands for itself in a gradient, which may be given as a direction.
            return zero_tangent(x)
        if not isinstance(x_dot, (int, float, np.ndarray, np.generic)) or np.any(x_dot):
            raise NotDifferentiable(
                f"a tangent is given for a value of type {type(x).__name__}, which has no derivative",
                "Give a floating-point value, or the tangent 0.0.",
            )
        return zero_tangent(x)
    if isinstance(x_dot, (list, tuple)):
        x_dot = np.asarray(x_dot)
    if np.shape(x_dot) != np.shape(x) or not hasattr(x_dot, "dtype") and not isinstance(x_dot, (int, float, complex)):
        raise _mismatch(f"a value of shape {np.shape(x)}", x_dot)
    if kind == "f" and np.iscomplexobj(x_dot):
        raise _mismatch("a real value", x_dot)
    if not hasattr(x, "dtype"):
        return x_dot if hasattr(x_dot, "dtype") else type(x)(x_dot)
    if isinstance(x, np.ndarray) and (not isinstance(x_dot, np.ndarray) or x_dot.strides != x.strides):
        made = np.empty_like(x)
        made[...] = x_dot
        return made
    if getattr(x_dot, "dtype", None) == x.dtype:
        return x_dot
    return x_dot.astype(x.dtype) if hasattr(x_dot, "astype") else x.dtype.type(x_dot)


def _mismatch(wanted: str, given: Any) -> CotangentMismatch:
    shown = f"shape {given.shape}" if hasattr(given, "shape") else f"type {type(given).__name__}"
    return CotangentMismatch(
        f"the tangent of {wanted} has {shown}",
        "Give a tangent with the structure and shape of the argument; 0.0 may stand for the zero of any part.",
    )


def formed(x_dot: Any, x: Any) -> Any:
    """A tangent in the structure of its value: tuples, named tuples and dataclasses as the value has them."""
    if isinstance(x, (list, tuple)):
        parts = [formed(dot, element) for dot, element in zip(x_dot, x, strict=True)]
        if isinstance(x, Entries):
            return Entries(parts, x.fields)
        return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
    if isinstance(x, dict):
        return {key: formed(x_dot[key], element) for key, element in x.items()}
    if is_record(x):
        return with_fields(x, {f: formed(getattr(x_dot, f), getattr(x, f)) for f in fields_of(x)})
    return x_dot
