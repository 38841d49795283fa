"""Checks that arrays and lists which are changed in place are not known under a second name."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import SharedArray
from runtime.kernels.arrays import is_array
from runtime.records import fields_of, is_record

_NUMBERS = frozenset({float, complex, np.float64, np.float32})


def apart(changed: Any, other: Any, said: str, entry: Any = None) -> None:
    """Raise `SharedArray` where an object about to be changed in place is, or lies within, another name's object.

    `said` names the two variables and the place in the user's source. With `entry` it is this entry of a list or dict,
    or this field of an object, that must not be shared; arrays may be.
    """
    if entry is not None:
        if is_array(changed):
            return
        changed = getattr(changed, entry) if is_record(changed) else changed[entry]
    if type(changed) in _NUMBERS or type(changed) is int or not shares(changed, other):
        return
    name, second, place = said.split(", ", 2)
    raise SharedArray(
        f"{place}: `{name}` is changed in place while `{second}` is the same array and is read later",
        f"Work on a copy, `{name} = {name}.copy()`, or write the change as a new value, `{name} = {name} + ...`.",
    )


def shares(changed: Any, other: Any) -> bool:
    """Whether an object is another one, lies within it, or holds memory of it."""
    changed, other = (x.base if isinstance(x, np.flatiter) else x for x in (changed, other))
    if is_record(other):
        return changed is other or any(shares(changed, getattr(other, name)) for name in fields_of(other))
    if is_record(changed):
        parts = list(other.values()) if isinstance(other, dict) else other
        return isinstance(parts, (list, tuple)) and any(shares(changed, part) for part in parts)
    if isinstance(other, (list, tuple)):
        return changed is other or any(shares(changed, element) for element in other)
    if isinstance(other, dict):
        return changed is other or any(shares(changed, element) for element in other.values())
    if is_array(changed) and is_array(other):
        return np.shares_memory(*[getattr(x, "_data", x) for x in (changed, other)])
    if isinstance(changed, dict):
        changed = list(changed.values())
    return isinstance(changed, (list, tuple)) and any(shares(element, other) for element in changed)


def distinct(container: Any, name: str, changed: Any) -> None:
    """Raise `SharedArray` where what is changed in place stands twice in a container, or memory of it does."""
    alone = not (is_array(changed) or isinstance(changed, (list, dict)) or is_record(changed))
    if not alone and _standing(container, changed, 0) > 1:
        raise SharedArray(
            f"`{name}` holds one and the same object twice, and an entry of it is changed in place",
            "Make each entry an object of its own, with a copy.",
        )


def _standing(container: Any, changed: Any, count: int) -> int:
    """How often an array or object stands in a container; counting stops at two."""
    if container is changed:
        return count + 1
    if is_array(container):
        return count + shares(changed, container)
    if isinstance(container, (list, tuple)):
        parts: Any = container
    elif isinstance(container, dict):
        parts = container.values()
    else:
        parts = [getattr(container, field) for field in fields_of(container)]
    for part in parts:
        count = _standing(part, changed, count) if count < 2 else count
    return count
