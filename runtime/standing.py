"""Lists, dicts and objects that a function gives back as it was given them: the caller's own stand in their place.

A function is run on copies of the containers that it is given, which hold traced values. Where it gives one of them
back, unchanged, and the caller goes on to change it, the caller's own has to change, under all its names.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from runtime.records import fields_of, is_record
from runtime.untouched import is_written


class Standing:
    """What the containers of arguments were before a function ran on copies of them."""

    def __init__(self, copies: Any, given: Any) -> None:
        self._notes: list[tuple[Any, Any, list[Any], list[Any]]] = []
        self._seen: set[int] = set()
        self._note(copies, given)

    def _note(self, inside: Any, outside: Any) -> None:
        if not _is_container(outside) or id(inside) in self._seen:
            return
        self._seen.add(id(inside))
        parts = _parts(inside)
        for part, other in zip(parts, _parts(outside)):
            self._note(part, other)
        self._notes.append((inside, outside, _places(inside), parts))

    def restored(self, value: Any, shown: Any, copies: Sequence[Any], leaves: Sequence[Any]) -> Any:
        """`shown`, which has the structure of `value`, with the caller's containers for those that are unchanged.

        What is one container in `value` is one here. `copies` are what the function was given for the `leaves`.
        """
        written = {
            id(copied)
            for copied, leaf in zip(copies, leaves, strict=True)
            if copied is not leaf and is_written(copied, leaf)
        }
        known: dict[int, Any] = {}
        for inside, outside, places, parts in self._notes:
            now = _parts(inside)
            same = _places(inside) == places and len(now) == len(parts) and all(a is b for a, b in zip(now, parts))
            if same and not any(id(p) in written or _is_container(p) and id(p) not in known for p in parts):
                known[id(inside)] = outside
        return _put(value, shown, known)


def _put(value: Any, shown: Any, known: dict[int, Any]) -> Any:
    if not _is_container(value):
        return shown
    if id(value) in known:
        return known[id(value)]
    if isinstance(value, tuple):
        parts = [_put(a, b, known) for a, b in zip(value, shown)]
        if all(a is b for a, b in zip(parts, shown)):
            return shown
        return type(shown)(*parts) if hasattr(shown, "_fields") else tuple(parts)
    known[id(value)] = shown
    for place, a, b in zip(_places(value), _parts(value), _parts(shown)):
        part = _put(a, b, known)
        if part is not b:
            object.__setattr__(shown, place, part) if is_record(value) else shown.__setitem__(place, part)
    return shown


def _is_container(value: Any) -> bool:
    return isinstance(value, (list, tuple, dict, deque)) or is_record(value)


def _parts(container: Any) -> list[Any]:
    if isinstance(container, dict):
        return list(container.values())
    if isinstance(container, (list, tuple, deque)):
        return list(container)
    return [getattr(container, name) for name in fields_of(container)]


def _places(container: Any) -> list[Any]:
    if isinstance(container, dict):
        return list(container)
    if isinstance(container, (list, tuple, deque)):
        return list(range(len(container)))
    return list(fields_of(container))
