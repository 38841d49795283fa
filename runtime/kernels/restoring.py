"""Keeping values that are overwritten, and putting them back: what both sweeps do to run backward."""

from __future__ import annotations

import collections
import copy
from typing import Any

import numpy as np

from runtime.errors import NotDifferentiable
from runtime.kernels.arrays import is_array
from runtime.records import Entries, fields_of, is_record, with_fields

_ABSENT = object()
_CONTAINERS = (list, tuple, dict, set, frozenset, collections.deque, bytearray)


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
    else:
        copied = value.copy() if hasattr(value, "__array_ufunc__") and hasattr(value, "copy") else value
    made[id(value)] = copied
    return copied


def _private_container(value: Any, made: dict[int, Any]) -> Any:
    """A copy of a container that is no plain list, tuple or dict; no code of a user's class runs for the elements."""
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


def saved_item(u: Any, index: Any) -> Any:
    """What stands at a place of an array, list, dict or object, safe from later changes; it may be nothing there.

    The index `...` stands for all of it.
    """
    if index is Ellipsis:
        return saved(u)
    if isinstance(u, dict):
        return saved(u.get(index, _ABSENT))
    return getattr(u, index, _ABSENT) if _is_field(u, index) else saved(u[index])


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
    """Whether old contents can be put back into an object: an array that can be written, a list, a dict, an object."""
    if is_array(u):
        return _opened(u) is not None
    return isinstance(u, (list, dict)) or is_record(u)


def put_whole(u: Any, value: Any) -> Any:
    """Undo changes of `u`: an array or list gets its old contents back in place, a number is the old one again.

    An array that cannot be written, such as one that was broadcast, is replaced by the old one.
    """
    if not takes_back(u):
        return value
    put_back(u, Ellipsis, value)
    return u


def put_back(u: Any, index: Any, value: Any) -> None:
    """Undo `u[index] = ...`: put back what `saved_item` found, at the place of an array, list, dict or object.

    The index `...` stands for all of it, and the number zero for zeros in a slice of a list.
    """
    if index is Ellipsis and is_record(u):
        for name in set(fields_of(u)) - set(fields_of(value)):
            object.__delattr__(u, name)
        for name in fields_of(value):
            object.__setattr__(u, name, getattr(value, name))
    elif index is Ellipsis and isinstance(u, dict):
        u.clear()
        u.update(value)
    elif _is_field(u, index):
        object.__delattr__(u, index) if value is _ABSENT else object.__setattr__(u, index, value)
    elif value is _ABSENT:
        u.pop(index, None)
    elif isinstance(u, list) and (index is Ellipsis or isinstance(index, slice)):
        place = slice(None) if index is Ellipsis else index
        u[place] = value if isinstance(value, (list, tuple)) else [value] * len(u[place])
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
