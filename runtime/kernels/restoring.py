"""Keeping values that are overwritten, and putting them back: what both sweeps do to run backward."""

from __future__ import annotations

import collections
import copy
from typing import Any

import numpy as np

from runtime.errors import NotDifferentiable
from runtime.kernels.arrays import is_array
from runtime.records import Entries, Fields, fields_of, is_record, kind_of, with_fields

_ABSENT = object()
_CONTAINERS = (list, tuple, dict, set, frozenset, collections.deque, bytearray)


class _OfList(Entries):
    """The contents of a list, with the objects that were its elements."""

    __slots__ = ("parts",)
    parts: list[Any]

    def __new__(cls, *_: Any) -> _OfList:
        return list.__new__(cls)

    def __init__(self, entries: Any, fields: tuple[str, ...], parts: list[Any]) -> None:
        super().__init__(entries, fields)
        object.__setattr__(self, "parts", parts)


class _OfDict(dict):
    """The contents of a dict, with the objects that were its values."""

    __slots__ = ("parts",)
    parts: dict[Any, Any]


class _OfFields(Fields):
    """The contents of an object, with the objects that were its fields."""

    __slots__ = ("__parts__",)
    __parts__: dict[str, Any]

    def __init__(self, kind: type, parts: dict[str, Any], /, **fields: Any) -> None:
        super().__init__(kind, **fields)
        object.__setattr__(self, "__parts__", parts)


def saved(value: Any) -> Any:
    """A value as it is now, safe from later changes in place."""
    if is_array(value):
        return value.copy()
    return private(value) if isinstance(value, (list, dict)) or is_record(value) else value


def private(value: Any) -> Any:
    """An argument that the function changes, copied so that the caller's stays as it is.

    What is one object in it twice is one object in the copy too.
    """
    return _private(value, {})


def copied(value: Any) -> Any:
    """A copy of an array, container or object that a region changes; what is in it are the same objects.

    Another name may hold one of these, and change it later.
    """
    if is_record(value):
        return with_fields(value, {name: getattr(value, name) for name in fields_of(value)})
    if isinstance(value, _CONTAINERS):
        return copy.copy(value)
    # On the dynamic graph this is given traced values; a number is not changed.
    return value.copy() if is_array(getattr(value, "_data", value)) else value


copied.takes_traced = True  # type: ignore[attr-defined]


def _private(value: Any, made: dict[int, Any]) -> Any:
    copied: Any
    known = made.get(id(value))
    if known is not None:
        return known
    if type(value) in (list, tuple):
        copied = type(value)([_private(element, made) for element in value])
    elif type(value) is dict:
        copied = {key: _private(element, made) for key, element in value.items()}
    elif isinstance(value, _CONTAINERS):
        copied = _private_container(value, made)
    elif is_record(value):
        copied = made[id(value)] = with_fields(value, {})
        for name in fields_of(value):
            object.__setattr__(copied, name, _private(getattr(value, name), made))
        if isinstance(value, _OfFields):
            copied = made[id(value)] = _OfFields(kind_of(value), value.__parts__, **vars(copied))
    else:
        copied = value.copy() if hasattr(value, "__array_ufunc__") and hasattr(value, "copy") else value
    made[id(value)] = copied
    return copied


def _private_container(value: Any, made: dict[int, Any]) -> Any:
    """A copy of a container that is no plain list, tuple or dict; no code of a user's class runs for the elements."""
    if isinstance(value, _OfList):
        return _OfList([_private(entry, made) for entry in value], value.fields, value.parts)
    if isinstance(value, Entries):
        return Entries([_private(entry, made) for entry in value], value.fields)
    if isinstance(value, tuple):
        return tuple.__new__(type(value), [_private(element, made) for element in value])
    copied = copy.copy(value)
    if isinstance(value, dict):
        for key, element in value.items():
            dict.__setitem__(copied, key, _private(element, made))
    elif isinstance(value, (list, collections.deque)):
        for k, element in enumerate(value):
            copied[k] = _private(element, made)
    return copied


def contents(value: Any) -> Any:
    """What an object holds now, at any depth, and which objects hold it: `put_whole` gives each of them its own back.

    The result has the structure of the value, in arrays that nobody else holds.
    """
    return _contents(value, {})


def _contents(value: Any, made: dict[int, Any]) -> Any:
    known = made.get(id(value))
    if known is not None:
        return known
    found: Any
    if isinstance(value, list):
        found = made[id(value)] = _OfList((), getattr(value, "fields", ()), list(value))
        list.extend(found, [_contents(element, made) for element in value])
    elif isinstance(value, tuple):
        parts = [_contents(element, made) for element in value]
        found = tuple.__new__(type(value), parts)
    elif isinstance(value, dict):
        found = made[id(value)] = _OfDict()
        found.parts = dict(value)
        found.update((key, _contents(element, made)) for key, element in value.items())
    elif is_record(value):
        fields = {name: getattr(value, name) for name in fields_of(value)}
        found = made[id(value)] = _OfFields(kind_of(value), fields)
        for name, element in fields.items():
            setattr(found, name, _contents(element, made))
    else:
        found = _private(value, made)
    return found


def _parts_of(held: Any) -> Any:
    """The objects that `contents` found in a list, dict or object; None where `held` is another copy of it."""
    return getattr(held, "__parts__" if isinstance(held, _OfFields) else "parts", None)


def saved_item(u: Any, index: Any) -> Any:
    """What stands at a place of an array, list, dict or object before a store there; it may be nothing.

    An array is copied, for the store changes it. What a list, dict or object holds is the object itself: the store only
    puts another one in its place. The index `...` stands for all of it.
    """
    if index is Ellipsis:
        return contents(u)
    if isinstance(u, dict):
        return u.get(index, _ABSENT)
    if _is_field(u, index):
        return getattr(u, index, _ABSENT)
    return saved(u[index]) if is_array(u) else u[index]


def _is_field(u: Any, index: Any) -> bool:
    """Whether an index is the name of a field. Raises NotDifferentiable for fields of what cannot be looked into."""
    if type(index) is not str or is_array(u) or isinstance(u, dict):
        return False
    if not is_record(u):
        raise NotDifferentiable(
            f"the field `{index}` of a {type(u).__name__} is stored, which is no object that can be looked into",
            "Keep what carries a derivative in objects of plain classes, which a module defines, or in dicts.",
        )
    return True


def takes_back(u: Any) -> bool:
    """Whether old contents can be put back into an object: an array that can be written, a list, a dict, an object.

    Into a tuple they are where it holds such an object.
    """
    if is_array(u):
        return _opened(u) is not None
    if isinstance(u, tuple):
        return any(map(takes_back, u))
    return isinstance(u, (list, dict)) or is_record(u)


def put_whole(u: Any, value: Any) -> Any:
    """Undo changes of `u`: each array, list, dict and object in it gets its old contents back in place.

    `value` is what `contents` gave. A number is the old one again, and so is an array that cannot be written, such as
    one that was broadcast.
    """
    if not takes_back(u):
        return value
    put_back(u, Ellipsis, value)
    return u


def put_back(u: Any, index: Any, value: Any) -> None:
    """Undo `u[index] = ...`: put back what `saved_item` found, at the place of an array, list, dict or object.

    The index `...` stands for all of it, and the number zero for zeros in a slice of a list.
    """
    if index is Ellipsis and not is_array(u):
        _refill(u, value)
    elif _is_field(u, index):
        object.__delattr__(u, index) if value is _ABSENT else object.__setattr__(u, index, value)
    elif value is _ABSENT:
        u.pop(index, None)
    elif isinstance(u, list) and isinstance(index, slice):
        u[index] = value if isinstance(value, (list, tuple)) else [value] * len(u[index])
    else:
        (_opened(u) if is_array(u) else u)[index] = value


def _opened(u: Any) -> Any:
    """An array that can be written: itself, or the same memory where NumPy gave a view for reading only; else None."""
    if getattr(getattr(u, "_data", u).flags, "writeable", True):
        return u
    if type(u) is not np.ndarray:
        return None
    view = u[...]
    try:
        view.flags.writeable = True
    except ValueError:
        return None
    return view


def _refill(u: Any, value: Any) -> None:
    """Put the old entries or fields into a list, dict, object or tuple: the objects that they were, as they were."""
    parts = _parts_of(value)
    if isinstance(u, tuple):
        for part, held in zip(u, value):
            put_whole(part, held)
    elif is_record(u):
        for name in set(fields_of(u)) - set(fields_of(value)):
            object.__delattr__(u, name)
        for name in fields_of(value):
            held = getattr(value, name)
            object.__setattr__(u, name, held if parts is None else put_whole(parts[name], held))
    elif isinstance(u, dict):
        u.clear()
        u.update(value if parts is None else {key: put_whole(parts[key], held) for key, held in value.items()})
    elif not isinstance(value, (list, tuple)):
        u[:] = [value] * len(u)
    else:
        u[:] = value if parts is None else [put_whole(part, held) for part, held in zip(parts, value, strict=True)]
