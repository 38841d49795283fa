"""Objects with fields: which objects hold their parts in attributes, and what their cotangents and tangents look like.

The cotangent of an object is `Fields`, one attribute for each field of the object. Fields of a dataclass or of an
instance of a user's class are what is stored in the instance, in its `__dict__` or its slots; a property, a method or
an attribute of the class is none.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import inspect
import sys
import types
import weakref
from typing import Any, NoReturn

import numpy as np

from runtime.errors import CotangentMismatch, DerivativeLost, NotDifferentiable

_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: the class was made by a `class` statement.
_LIBRARIES = {"numpy", "scipy", "cupy", "runtime", "sourcead", "optree"}
_LEAVES = (type, BaseException, enum.Enum)

_known: weakref.WeakKeyDictionary[type, bool] = weakref.WeakKeyDictionary()


def is_record_class(kind: type) -> bool:
    """Whether instances of a class are looked into: dataclasses, namespaces, and plain classes of the user's.

    Instances of classes from the standard library and from array libraries are leaves, and so are those of classes
    that extend a builtin type, exceptions and members of enumerations.
    """
    found = _known.get(kind)
    if found is None:
        found = _known[kind] = _is_record_class(kind)
    return found


def _is_record_class(kind: type) -> bool:
    if issubclass(kind, types.SimpleNamespace) or dataclasses.is_dataclass(kind):
        return not issubclass(kind, (list, tuple, dict))
    if issubclass(kind, _LEAVES) or hasattr(kind, "__array__") or hasattr(kind, "dtype"):
        return False
    root = kind.__module__.partition(".")[0]
    plain = all(base is object or base.__flags__ & _HEAP_TYPE for base in kind.__mro__)
    return plain and (root == "__main__" or root not in sys.stdlib_module_names) and root not in _LIBRARIES


def is_record(x: Any) -> bool:
    """Whether an object holds its parts in attributes."""
    return is_record_class(type(x))


def fields_of(x: Any) -> tuple[str, ...]:
    """The names of the fields of an object or named tuple; none for anything else."""
    kind = type(x)
    if isinstance(x, Entries):
        return x.fields
    if not is_record_class(kind):
        return getattr(kind, "_fields", ())
    if isinstance(x, types.SimpleNamespace):
        return tuple(vars(x))
    names = [name for name in (*getattr(kind, "__dataclass_fields__", ()), *_slots(kind)) if _holds(x, name)]
    names += [name for name in getattr(x, "__dict__", ()) if name not in names]
    return tuple(name for name in names if not _is_cached(kind, name))


def _slots(kind: type) -> list[str]:
    found = [vars(base).get("__slots__", ()) for base in reversed(kind.__mro__)]
    return [name for names in found for name in ([names] if isinstance(names, str) else names) if name[:2] != "__"]


def _holds(x: Any, name: str) -> bool:
    """Whether a dataclass field or slot has a value of its own; a field may also live in the class only."""
    if name in getattr(x, "__dict__", ()):
        return True
    return isinstance(inspect.getattr_static(type(x), name, None), types.MemberDescriptorType) and hasattr(x, name)


def _is_cached(kind: type, name: str) -> bool:
    return isinstance(inspect.getattr_static(kind, name, None), functools.cached_property)


def with_fields(x: Any, parts: dict[str, Any]) -> Any:
    """A new object of the class of `x` with other fields; no code of the class runs."""
    if isinstance(x, types.SimpleNamespace):
        return Fields(kind_of(x), **{**vars(x), **parts})
    made = object.__new__(type(x))
    for name, value in {**getattr(x, "__dict__", {}), **parts}.items():
        object.__setattr__(made, name, value)
    return made


class Entries(list):
    """The cotangent of a list, tuple or named tuple: one entry an element, by place or by the field's name."""

    __slots__ = ("fields",)
    fields: tuple[str, ...]

    def __new__(cls, entries: Any = (), fields: tuple[str, ...] = ()) -> Entries:
        """A list; one whose entries have names too where there are fields."""
        return super().__new__(NamedEntries if fields else cls)

    def __init__(self, entries: Any = (), fields: tuple[str, ...] = ()) -> None:
        super().__init__(entries)
        object.__setattr__(self, "fields", fields)

    def __add__(self, other: Any) -> Any:
        """The sum of two cotangents, entry by entry; a list would be the longer by the other one."""
        if isinstance(other, (int, float)) and other == 0.0:
            return self
        if not isinstance(other, (list, tuple)) or len(other) != len(self):
            raise _lists_in_arithmetic()
        return Entries([mine + given for mine, given in zip(self, other)], self.fields)

    def __mul__(self, other: Any) -> Any:
        """Refused: what is multiplied is the list itself."""
        raise _lists_in_arithmetic()

    __rmul__ = __mul__  # type: ignore[assignment]
    __radd__ = __iadd__ = __add__  # type: ignore[assignment]


def _lists_in_arithmetic() -> CotangentMismatch:
    return CotangentMismatch(
        "lists are joined by `+` or repeated by `*` where nothing tells that they are lists",
        'Write `[*a, *b]` and `list(a) * 2`, or differentiate with dynamic="always".',
    )


class NamedEntries(Entries):
    """The cotangent of a named tuple."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name in self.fields:
            return self[self.fields.index(name)]
        raise AttributeError(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self[self.fields.index(name)] = value

    def __getitem__(self, place: Any) -> Any:
        return super().__getitem__(self.fields.index(place) if type(place) is str else place)

    def __setitem__(self, place: Any, value: Any) -> None:
        super().__setitem__(self.fields.index(place) if type(place) is str else place, value)


class Fields(types.SimpleNamespace):
    """The cotangent or tangent of an object: one attribute, or entry by name, for each field.

    An attribute that the class holds, not the object, is a constant: its cotangent is zero. What the class computes
    (a property, a method) has no cotangent of its own, and asking for it raises `DerivativeLost`.
    """

    __slots__ = ("__of__",)

    def __init__(self, kind: type = types.SimpleNamespace, /, **parts: Any) -> None:
        super().__init__(**parts)
        object.__setattr__(self, "__of__", kind)

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__" or name == "_fields" or hasattr(np.ndarray, name):
            raise AttributeError(name)
        kind = object.__getattribute__(self, "__of__")
        member = inspect.getattr_static(kind, name, 0.0)
        computed = hasattr(type(member), "__get__") and not isinstance(member, types.MemberDescriptorType)
        if computed or hasattr(kind, "__getattr__"):
            raise DerivativeLost(
                f"`{name}` of a {kind.__name__} is computed by its class, which was not known ahead of time",
                f"Say what the object is: annotate the argument with `{kind.__name__}`, or make the object inside.",
            )
        return 0.0

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name) if isinstance(name, str) else self._no_number()

    def __setitem__(self, name: str, value: Any) -> None:
        if not isinstance(name, str):
            self._no_number()
        setattr(self, name, value)

    def _no_number(self, *other: Any) -> NoReturn:
        kind = object.__getattribute__(self, "__of__")
        raise not_a_number(kind)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _no_number
    __neg__ = __pow__ = __matmul__ = __rmatmul__ = _no_number
    __array_ufunc__ = None


def not_a_number(kind: type) -> DerivativeLost:
    """The error for an object that is used as a number or array by code that did not know its class."""
    return DerivativeLost(
        f"a {kind.__name__} stands in arithmetic, and its class was not known ahead of time",
        f"Say what the object is: annotate the argument with `{kind.__name__}`, or make the object inside.",
    )


def holds_itself(kind: type) -> NotDifferentiable:
    """The error for an object that is reached again from its own fields."""
    return NotDifferentiable(
        f"a {kind.__name__} holds itself, through one of its fields, and has no gradient of its structure",
        "Keep references back (to a parent, an owner) outside of what is differentiated.",
    )


def kind_of(x: Any) -> type:
    """The class of an object, also where only its cotangent is at hand."""
    return x.__of__ if isinstance(x, Fields) else type(x)
