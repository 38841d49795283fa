"""Quick ways while somebody watches: the observer is told, and the quick way runs as it always does.

Without this a profile would time the general way, which takes ten times as long for a few numbers.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from runtime.modes import state
from runtime.naming import operation_name
from runtime.observing import watch


class _Nobody:
    """In place of `watch`: nobody watches, so the quick way asks no more."""

    busy = False
    careful = False


_NOBODY = _Nobody()


def observed(function: Any, quick: Callable[..., Any], general: Callable[..., Any]) -> Callable[..., Any]:
    """What a quick way does while `watch.careful`: itself between two words to the observer, else the general way.

    `quick` is a plain function that reads the global name `watch`. What it hands over to the general way is part of
    the same operation, so the observer hears of it once.
    """
    unwatched: types.FunctionType | None = None

    def run(*args: Any) -> Any:
        nonlocal unwatched
        observer = watch.observer
        if observer is None or watch.strict or state.told or not state.recording:
            return general(*args)
        if unwatched is None:
            # The same code, with another `watch`: not a second text of the quick way, and no cost while it is off.
            names = {**quick.__globals__, "watch": _NOBODY}
            unwatched = types.FunctionType(quick.__code__, names, quick.__name__, None, quick.__closure__)
        token = observer.enter(operation_name(function, args), args, False)
        state.told = True
        result = None
        try:
            result = unwatched(*args)
            return result
        finally:
            state.told = False
            observer.leave(token, result)

    return run
