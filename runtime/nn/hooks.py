"""Functions that a Module calls on the way: the tables they stand in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from runtime.hooks import RemovableHandle


class Hook(NamedTuple):
    """A function, whether it also takes the keyword arguments of the call, and whether it is called after failures."""

    function: Callable[..., Any]
    with_kwargs: bool
    always: bool = False


class HookTable(dict[int, Hook]):
    """Hooks by number, in the order in which they are called."""


def add(hooks: HookTable, hook: Hook, first: bool = False) -> RemovableHandle:
    """Put a hook at the end of a table, or before all others where it is to be `first`."""
    if not callable(hook.function):
        raise TypeError(f"a hook must be callable, not {type(hook.function).__name__}")
    others = dict(hooks)
    handle = RemovableHandle(hooks, hook)
    if first:
        for number in others:
            hooks[number] = hooks.pop(number)
    return handle
