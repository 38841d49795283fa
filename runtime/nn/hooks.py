"""Functions that a Module calls on the way: lists of hooks and the handles that take them out again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

_numbers = itertools.count()


class Hook(NamedTuple):
    """A function, and whether it also takes the keyword arguments of the call."""

    function: Callable[..., Any]
    with_kwargs: bool
    always: bool = False


class RemovableHandle:
    """Returned by a function that registers a hook. `remove` takes the hook out; in a `with` block its end does."""

    def __init__(self, hooks: dict[int, Any]) -> None:
        self._hooks = hooks
        self.id = next(_numbers)

    def remove(self) -> None:
        """Take the hook out; a second call does nothing."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *reason: Any) -> None:
        self.remove()


def add(hooks: dict[int, Any], hook: Any, first: bool = False) -> RemovableHandle:
    """Put a hook at the end of `hooks`, or before all others where it is to be `first`."""
    handle = RemovableHandle(hooks)
    if first:
        others = dict(hooks)
        hooks.clear()
        hooks[handle.id] = hook
        hooks.update(others)
    else:
        hooks[handle.id] = hook
    return handle
