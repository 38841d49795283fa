"""Keeping values that are overwritten, and putting them back: what both sweeps do to run backward."""

from __future__ import annotations

from typing import Any

from runtime.kernels.arrays import is_array

_ABSENT = object()


def saved(value: Any) -> Any:
    """A value as it is now, safe from later changes in place."""
    if is_array(value):
        return value.copy()
    return private(value) if isinstance(value, (list, dict)) else value


def private(value: Any) -> Any:
    """An argument that the function changes, copied so that the caller's stays as it is."""
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)(private(element) for element in value)
    if isinstance(value, dict):
        return {key: private(element) for key, element in value.items()}
    return value.copy() if hasattr(value, "__array_ufunc__") and hasattr(value, "copy") else value


def saved_item(u: Any, index: Any) -> Any:
    """What stands at a place of an array, list or dict, safe from later changes; a dict may have nothing there.

    The index `...` stands for all of it.
    """
    if index is Ellipsis:
        return saved(u)
    return saved(u.get(index, _ABSENT)) if isinstance(u, dict) else saved(u[index])


def takes_back(u: Any) -> bool:
    """Whether old contents can be put back into an object: an array that can be written, a list or a dict."""
    if is_array(u):
        return getattr(u, "_data", u).flags.writeable
    return isinstance(u, (list, dict))


def put_whole(u: Any, value: Any) -> Any:
    """Undo changes of `u`: an array or list gets its old contents back in place, a number is the old one again.

    An array that cannot be written, such as one that was broadcast, is replaced by the old one.
    """
    if not takes_back(u):
        return value
    put_back(u, Ellipsis, value)
    return u


def put_back(u: Any, index: Any, value: Any) -> None:
    """Undo `u[index] = ...`: put back what `saved_item` found, at the place of an array, list or dict.

    The index `...` stands for all of it, and the number zero for zeros in a slice of a list.
    """
    if index is Ellipsis and isinstance(u, dict):
        u.clear()
        u.update(value)
    elif value is _ABSENT:
        u.pop(index, None)
    elif isinstance(u, list) and (index is Ellipsis or isinstance(index, slice)):
        place = slice(None) if index is Ellipsis else index
        u[place] = value if isinstance(value, (list, tuple)) else [value] * len(u[place])
    else:
        u[index] = value
