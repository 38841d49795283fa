"""Checks that emitted programs make of what they are given: floating-point arguments, one number as a result."""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np

from runtime.errors import DerivativeLost, NotDifferentiable, NotScalar
from runtime.kernels.arrays import is_array
from runtime.kernels.stateful import changing_read
from runtime.meanings import foreign_class, odd_class, odd_entry, odd_field, refused_class
from runtime.records import fields_of, holds_itself, is_record, not_a_number


def unit(result: Any) -> float:
    """The seed of a gradient. Raises `NotScalar` where the result is not one real number."""
    if _is_real_number(result) and np.ndim(result) == 0:
        return 1.0
    kind = getattr(getattr(result, "dtype", None), "kind", "")
    if isinstance(result, complex) or kind == "c" and np.ndim(result) == 0:
        raise NotScalar(
            "grad needs a function whose result is one real number, and this one gives a complex number",
            "Take its real part, its imaginary part or its absolute value, or use vjp or adjoint.",
        )
    shown = f"an array of shape {result.shape}" if hasattr(result, "shape") else f"a {type(result).__name__}"
    raise _not_scalar(shown)


def _is_real_number(value: Any) -> bool:
    if isinstance(value, (bool, np.bool_)):
        return False
    # A sum over nothing is the int 0.
    return isinstance(value, (int, float)) or getattr(getattr(value, "dtype", None), "kind", "") == "f"


_methods: weakref.WeakKeyDictionary[type, frozenset[str]] = weakref.WeakKeyDictionary()
_DOUBLE = np.dtype(float)
_ndarray = np.ndarray
_REAL = frozenset({int, float, bool, str, type(None)})
_ARRAY_ATTRIBUTES = {"shape", "ndim", "size", "dtype", "itemsize", "nbytes", "strides", "flags", "device"}


def require_real(names: str, *values: Any, arrays: str = "", told: str = "") -> None:
    """Raise `NotDifferentiable` for an argument without floating-point numbers, or with complex ones or odd operators.

    Odd are operators that a class has of its own, where what objects are is not known (`told`). `names` are the names
    of the values, with commas between; those in `arrays` must not be lists or tuples either.
    """
    for value in values:
        if type(value) is float or type(value) is _ndarray and value.dtype is _DOUBLE:
            continue
        require_inexact(names, *values, arrays=arrays, told=told)
        for name, given in zip(names.split(", "), values):
            if holds_complex(given):
                raise refused_complex(f"the argument `{name}`")
        return


def require_real_data(names: str, *values: Any) -> None:
    """Raise `NotDifferentiable` for data of a result that is complex, or has operators of its own.

    A complex result would be one of complex numbers. The names are as for `require_plain`.
    """
    for k, value in enumerate(values):
        if type(value) is _ndarray:
            found = value.dtype.kind == "c"
        else:
            found = type(value) not in _REAL and _finds_complex(value, set())
        if found:
            raise refused_complex(f"`{_bare(names.split(', ')[k])}`")
    require_plain(names, *values)


def require_plain(names: str, *values: Any, arithmetic: bool = False) -> None:
    """Raise `NotDifferentiable` where what is computed with has operators of its own, at any depth.

    `names` are the names of the values, with commas between; `w[]` is a value that may be an object, for only its
    fields are computed with, `w{}` one of which entries are, and `w()` one whose class is known. `w[a b]` and `w(a b)`
    name the fields that are computed with themselves. In `arithmetic` other than matrix products, none may be sparse.
    Raises `DerivativeLost` for an object `w[]` that changes each time it is read.
    """
    for name, value in zip(names.split(", "), values):
        if type(value) not in _REAL and type(value) is not _ndarray:
            found = odd_class(value, name.endswith(("]", ")", "}")))
            if found is None and name.endswith(("]", "}")):
                _require_steady(value, set())
            if found is None and name.endswith("}"):
                found = odd_entry(value)
            fields = name[len(_bare(name)) + 1 : -1].split()
            if found is None and fields:
                found = odd_field(value, fields)
            if found is None and arithmetic:
                found = foreign_class(value)
            if found is not None:
                raise refused_class(found)


def _bare(name: str) -> str:
    return re.split(r"[\[({]", name)[0]


def require_fields(names: str, *values: Any) -> None:
    """Raise `DerivativeLost` for an object whose class has its own way to set a field: it may keep what it is given.

    The names are as for `require_plain`.
    """
    for name, value in zip(names.split(", "), values):
        setting = type(value).__setattr__
        if isinstance(setting, types.FunctionType) and not dataclasses.is_dataclass(value):
            raise DerivativeLost(
                f"a {type(value).__name__} sets its fields in its own way, and a field of `{name}` is set here",
                "Set it by a method that is called by its name, or make the object in this function.",
            )


def _require_steady(value: Any, seen: set[int]) -> None:
    """Raise `DerivativeLost` for an object, at any depth, that changes when it is read."""
    if id(value) in seen or type(value) in _REAL or is_array(value):
        return
    seen.add(id(value))
    parts: Iterable[Any] = ()
    if isinstance(value, (list, tuple)):
        parts = value
    elif isinstance(value, dict):
        parts = value.values()
    elif is_record(value):
        found = changing_read(type(value))
        if found is not None:
            raise DerivativeLost(
                f"`{found}` of a {type(value).__name__} changes the object each time it is read",
                f"Make it a method, or say what the object is: annotate the argument with `{type(value).__name__}`.",
            )
        parts = [getattr(value, name) for name in fields_of(value)]
    for part in parts:
        _require_steady(part, seen)


def _finds_complex(value: Any, seen: set[int]) -> bool:
    """Whether there is a complex number in a value, at any depth; it may hold itself."""
    if id(value) in seen:
        return False
    seen.add(id(value))
    if isinstance(value, (list, tuple)):
        return any(_finds_complex(element, seen) for element in value)
    if isinstance(value, dict):
        return any(_finds_complex(element, seen) for element in value.values())
    if is_record(value):
        return any(_finds_complex(getattr(value, name), seen) for name in fields_of(value))
    return holds_complex(value)


def require_inexact(names: str, *values: Any, arrays: str = "", told: str = "") -> None:
    """As `require_real`, in programs of complex numbers: these may be complex."""
    known = told.split(", ")
    given = [f"{name}()" if name in known else name for name in names.split(", ")]
    require_plain(", ".join(given), *values)
    _require_each(zip(names.split(", "), values), arrays.split(", "))


def refused_complex(what: str) -> NotDifferentiable:
    """The error for complex numbers in a derivative that was written for real ones."""
    return NotDifferentiable(
        f"{what} is complex, and this derivative was written for real numbers",
        "Say it in the text of the function: annotate an argument with `complex`, also where it is an array.",
    )


def _require_each(arguments: Iterable[tuple[str, Any]], arrays: list[str]) -> None:
    for name, value in arguments:
        kind = type(value)
        refuse_hidden_field(f"the argument `{name}`", value)
        if name in arrays and is_record(value):
            raise not_a_number(kind)
        if name in arrays and isinstance(value, (list, tuple)):
            raise NotDifferentiable(
                f"the argument `{name}` is a {type(value).__name__} that the function uses as an array",
                f"Pass an array: np.array({name}).",
            )
        if not holds_floats(value):
            kind_name = type(value).__name__
            article = "an" if kind_name[0] in "aeiou" else "a"
            shown = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else f"{article} {kind_name}"
            raise NotDifferentiable(
                f"the argument `{name}` is {shown}, and a derivative with respect to it has no meaning",
                "Pass floating-point values: 1.0 for 1, x.astype(float) for an array of integers.",
            )


def require_floats(u: Any, name: str) -> None:
    """Raise `DerivativeLost` where an array is one of integers, which round what is stored in them."""
    if is_array(u) and u.dtype.kind not in "fcO":
        raise DerivativeLost(
            f"`{name}` is an array of {u.dtype}, and a value that carries a derivative is stored in it and rounded",
            "Make it an array of floats, or round on purpose with np.floor.",
        )


def require_array(u: Any, name: str) -> None:
    """Raise `NotDifferentiable` where a list is what a slice is assigned in."""
    if isinstance(u, list):
        raise NotDifferentiable(
            f"`{name}` is a list, and a slice of it is assigned in a function that does not make it",
            "Store the entries one by one, or make the list here: `list(...)`.",
        )


def require_numbers(**arguments: Any) -> None:
    """Raise `NotScalar` where the result, which has the shape of these arguments, is not a single number."""
    for value in arguments.values():
        if type(value) is not float and np.ndim(value) > 0:
            raise _not_scalar(f"an array with the shape {np.shape(value)} of its argument")


def _not_scalar(shown: str) -> NotScalar:
    return NotScalar(
        f"grad needs a function whose result is one real number, and this one gives {shown}",
        "Reduce it (np.sum, np.mean), or use vjp or adjoint.",
    )


def refuse_hidden_field(what: str, value: Any) -> None:
    """Raise NotDifferentiable for an object with a field or property that reads as an attribute of arrays."""
    hidden = _hidden_field(value)
    if hidden is not None:
        raise NotDifferentiable(
            f"{what} has a field `{hidden}`, which is also an attribute of arrays", "Give the field another name."
        )


def _hidden_field(value: Any) -> str | None:
    """A field with a derivative, at any depth, that has the name of an attribute of arrays."""
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return next((found for element in value if (found := _hidden_field(element)) is not None), None)
    if isinstance(value, dict):
        return _hidden_field(list(value.values()))
    fields = {name: getattr(value, name) for name in fields_of(value)}
    if fields and is_record(value):
        told = [name for name in _ARRAY_ATTRIBUTES if isinstance(getattr(type(value), name, None), property)]
        fields |= {name: getattr(value, name) for name in told}
    named = (name for name in fields if name in _ARRAY_ATTRIBUTES and holds_floats(fields[name]))
    return next(named, None) or _hidden_field(list(fields.values())) if fields else None


def holds_floats(value: Any) -> bool:
    """Whether there is a floating-point number in a value, at any depth; containers of nothing count."""
    if isinstance(value, (list, tuple)):
        return not value or any(holds_floats(element) for element in value)
    if isinstance(value, dict):
        return not value or any(holds_floats(element) for element in value.values())
    if is_record(value):
        return _fields_hold_floats(value)
    dtype = getattr(value, "dtype", None)
    return isinstance(value, (float, complex)) if dtype is None else getattr(dtype, "kind", "f") in "fc"


def holds_complex(value: Any) -> bool:
    """Whether there is a complex number in a value, at any depth."""
    if isinstance(value, (list, tuple)):
        return any(holds_complex(element) for element in value)
    if isinstance(value, dict):
        return any(holds_complex(element) for element in value.values())
    if is_record(value):
        return any(holds_complex(getattr(value, name)) for name in fields_of(value))
    dtype = getattr(value, "dtype", None)
    return isinstance(value, complex) if dtype is None else getattr(dtype, "kind", "f") == "c"


def _fields_hold_floats(value: Any) -> bool:
    try:
        return any(holds_floats(getattr(value, name)) for name in fields_of(value))
    except RecursionError:
        raise holds_itself(type(value)) from None


def require_constant(value: Any, said: str) -> None:
    """Raise `NotDifferentiable` where an argument that no rule differentiates by is a floating-point value after all.

    `said` is what the argument is: "`n` of `irfft`".
    """
    if (isinstance(value, (list, tuple, dict)) and not value) or not holds_floats(value):
        return
    raise NotDifferentiable(
        f"there is no derivative with respect to {said}", "Keep that argument independent of what you differentiate by."
    )


def require_no_method(x: Any, name: str) -> None:
    """Raise `DerivativeLost` where what was taken for a method of an array is one of an object's class."""
    if is_record(x) and inspect.getattr_static(type(x), name, None) is not None:
        raise DerivativeLost(
            f"`{name}` of a {type(x).__name__} is the class's own, which was not known ahead of time",
            f"Say what the object is: annotate the argument with `{type(x).__name__}`, or make the object inside.",
        )


def require_items(x: Any) -> Any:
    """What is read by an index that carries a derivative: a table, whose entries carry none.

    Raises `DerivativeLost` where the class computes with its index, in Python: the entry would depend on it.
    """
    if isinstance(inspect.getattr_static(type(x), "__getitem__", None), types.FunctionType):
        raise DerivativeLost(
            f"an index of a {type(x).__name__} carries a derivative, and what its class does with it was not known",
            f"Say what the object is: annotate the argument with `{type(x).__name__}`, or make the object inside.",
        )
    return x


def require_class(x: Any, kind: type) -> None:
    """Raise `DerivativeLost` where an object is not what a derivative was written for.

    Its class must be `kind` itself, for a subclass may have other methods, and no method may be replaced in the
    object.
    """
    if type(x) is not kind:
        raise DerivativeLost(
            f"this derivative was written for an object of class {kind.__name__}, and was given a {type(x).__name__}",
            "Ask for the derivative again, of a function that says or shows the class that it is called with.",
        )
    methods = _methods.get(kind)
    if methods is None:
        names = {name for base in kind.__mro__ for name, value in vars(base).items() if hasattr(type(value), "__get__")}
        data = {n for n in names if hasattr(type(inspect.getattr_static(kind, n)), "__set__")}
        methods = _methods[kind] = frozenset(names - data)
    replaced = sorted(methods.intersection(getattr(x, "__dict__", ())))
    if replaced:
        raise DerivativeLost(
            f"`{replaced[0]}` of a {kind.__name__} is replaced in the object by something else",
            "Replace it in a subclass, or call the function by its own name.",
        )
