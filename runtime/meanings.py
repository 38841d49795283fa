"""Classes whose operators mean something of their own, which no rule for numbers, arrays and containers may stand for.

`np.matrix` multiplies by `*` as arrays do by `@`, a masked array leaves entries out, a user's class does what it likes.
An emitted program, and the dynamic graph, take what stands in arithmetic for NumPy's arrays; what is not is refused.
"""

from __future__ import annotations

import collections
import sys
import types
import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np

from runtime.errors import NotDifferentiable, SourceADError
from runtime.records import Entries, Fields, NamedEntries, fields_of, is_record, is_record_class, not_a_number

_BINARY = ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "divmod", "pow")
_OTHER = ("neg", "pos", "abs", "invert", "getitem", "setitem", "iter", "array_ufunc", "array_function")
_NAMES = (*(f"__{side}{name}__" for name in _BINARY for side in ("", "r", "i")), *(f"__{name}__" for name in _OTHER))
_ARITHMETIC = tuple(n for n in _NAMES if n not in ("__getitem__", "__setitem__", "__iter__"))
_BUILTIN = (int, float, complex, str, bytes, list, tuple, dict, np.ndarray)
_MEANT = frozenset({
    object, bool, *_BUILTIN, collections.OrderedDict, collections.defaultdict, collections.Counter, np.memmap,
    np.recarray, Entries, NamedEntries, Fields, types.SimpleNamespace,
})  # fmt: skip

_known: weakref.WeakKeyDictionary[type, bool] = weakref.WeakKeyDictionary()


def has_own_operators(kind: type) -> bool:
    """Whether a class of objects with fields, or one that extends a number, array or container, has operators of its
    own: arithmetic, reading and storing by index, iteration.

    Nothing is said of other classes, as those of libraries: they are no values that a derivative goes through.
    """
    found = _known.get(kind)
    if found is None:
        asked = is_record_class(kind) or issubclass(kind, _BUILTIN)
        found = _known[kind] = asked and any(_is_own(kind, name) for name in _NAMES)
    return found


def _is_own(kind: type, name: str) -> bool:
    owner = next((base for base in kind.__mro__ if name in vars(base)), object)
    return owner not in _MEANT and not issubclass(owner, np.generic)


def odd_class(value: Any, told: bool = False) -> type | None:
    """The class of a value, or of one in it at any depth, that has operators of its own; None where there is none.

    Where it is `told`, what objects are is known, and only arrays and plain containers are looked at.
    """
    return _odd_class(value, told, set())


def _odd_class(value: Any, told: bool, seen: set[int]) -> type | None:
    kind = type(value)
    if kind is float or kind is np.ndarray or id(value) in seen:
        return None
    known = told and (is_record(value) or hasattr(value, "_fields"))
    if not known and has_own_operators(kind):
        return kind
    parts: Any = ()
    if isinstance(value, dict):
        parts = dict.values(value)
    elif isinstance(value, list):
        parts = list.__iter__(value)
    elif isinstance(value, tuple):
        parts = tuple.__iter__(value)
    elif is_record(value):
        parts = [getattr(value, name) for name in fields_of(value)]
    else:
        return None
    seen.add(id(value))
    return next((found for part in parts if (found := _odd_class(part, told, seen)) is not None), None)


def odd_entry(value: Any) -> type | None:
    """The class of an entry of a list, tuple or dict, at any depth of these, that has arithmetic of its own."""
    waiting, seen = [value], {id(value)}
    while waiting:
        held = waiting.pop()
        if is_record(held) and held is not value and _has_own_arithmetic(type(held)):
            return type(held)
        parts = held.values() if type(held) is dict else held if type(held) in (list, tuple) else ()
        waiting += [part for part in parts if id(part) not in seen]
        seen |= {id(part) for part in parts}
    return None


def odd_field(value: Any, names: Sequence[str]) -> type | None:
    """The class of a field of one of these names, or of an entry of one, that has arithmetic of its own."""
    waiting, seen = [value], {id(value)}
    while waiting:
        held = waiting.pop()
        parts: Any = ()
        if is_record(held):
            parts = [getattr(held, name) for name in fields_of(held)]
            for name, part in zip(fields_of(held), parts):
                found = odd_entry([part]) if name in names else None
                if found is not None:
                    return found
        elif type(held) in (list, tuple, dict):
            parts = held.values() if type(held) is dict else held
        waiting += [part for part in parts if id(part) not in seen]
        seen |= {id(part) for part in parts}
    return None


def _has_own_arithmetic(kind: type) -> bool:
    return has_own_operators(kind) and any(_is_own(kind, name) for name in _ARITHMETIC)


def foreign_class(value: Any) -> type | None:
    """The class of a library's object that computes with `*` or `+` in its own way: a sparse matrix, a polynomial."""
    kind = type(value)
    known = kind.__module__.partition(".")[0] in sys.stdlib_module_names or isinstance(value, (*_BUILTIN, np.generic))
    if known or is_record_class(kind) or hasattr(kind, "__array_function__"):
        return None
    return kind if hasattr(kind, "__mul__") or hasattr(kind, "__add__") else None


def refused_class(kind: type) -> SourceADError:
    """The error for a value of a class whose operators are not those of numbers, arrays and containers."""
    base = next((base for base in _BUILTIN if issubclass(kind, base)), object)
    if base is object and not is_record_class(kind):
        return NotDifferentiable(
            f"a {kind.__name__} stands in arithmetic, and its operators are not those of arrays",
            "Compute with arrays: a sparse matrix may stand in products by `@`, or be made dense by `.toarray()`.",
        )
    if base is object or hasattr(kind, "_fields"):
        return not_a_number(kind)
    cure = f"Pass a plain {base.__name__}."
    if base is np.ndarray:
        cure = "Pass a plain array: np.asarray(m) of a matrix, a.filled(0.0) and its mask of a masked array."
    shown = "arrays" if base is np.ndarray else f"a {base.__name__}"
    return NotDifferentiable(
        f"a {kind.__name__} stands in arithmetic, and its operators are not those of {shown}", cure
    )
