"""Checks that arrays and lists which are changed in place are not known under a second name."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import SharedArray
from runtime.kernels.arrays import is_array

_NUMBERS = frozenset({float, complex, np.float64, np.float32})


def apart(changed: Any, other: Any, said: str) -> None:
    """Raise `SharedArray` where an object about to be changed in place is, or lies within, another name's object.

    `said` names the two variables and the place in the user's source.
    """
    if type(changed) in _NUMBERS or type(changed) is int or not _shares(changed, other):
        return
    name, second, place = said.split(", ", 2)
    raise SharedArray(
        f"{place}: `{name}` is changed in place while `{second}` is the same array and is read later",
        f"Work on a copy, `{name} = {name}.copy()`, or write the change as a new value, `{name} = {name} + ...`.",
    )


def _shares(changed: Any, other: Any) -> bool:
    changed, other = (x.base if isinstance(x, np.flatiter) else x for x in (changed, other))
    if isinstance(other, (list, tuple)):
        return changed is other or any(_shares(changed, element) for element in other)
    if isinstance(other, dict):
        return changed is other or any(_shares(changed, element) for element in other.values())
    if is_array(changed) and is_array(other):
        return np.shares_memory(*[getattr(x, "_data", x) for x in (changed, other)])
    if isinstance(changed, dict):
        changed = list(changed.values())
    return isinstance(changed, (list, tuple)) and any(_shares(element, other) for element in changed)


def distinct(container: Any, name: str) -> None:
    """Raise `SharedArray` where one array or list stands twice in a container whose entries are changed in place."""
    if isinstance(container, dict):
        container = list(container.values())
    if not isinstance(container, (list, tuple)):
        return
    seen: set[int] = set()
    for entry in container:
        if is_array(entry) or isinstance(entry, (list, dict)):
            if id(entry) in seen:
                raise SharedArray(
                    f"`{name}` holds one and the same object twice, and an entry of it is changed in place",
                    "Make each entry an object of its own, with a copy.",
                )
            seen.add(id(entry))
