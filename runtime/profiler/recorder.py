"""The observer that a profile puts on the engine while it runs."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import numpy as np

from runtime.profiler.events import GRADIENT, LABEL, OPERATION, Event
from runtime.variable import Variable

_OURS = str(Path(__file__).parent.parent)


class _Open(threading.local):
    """The events of this thread that have begun and not ended, the innermost last."""

    def __init__(self) -> None:
        self.events: list[Event] = []


class Recorder:
    """Keeps an event for each operation, backward step and label, from any thread."""

    def __init__(self, record_shapes: bool, profile_memory: bool, with_stack: bool) -> None:
        self.record_shapes = record_shapes
        self.profile_memory = profile_memory
        self.with_stack = with_stack
        self.events: list[Event] = []
        self._open = _Open()
        self._inputs: dict[int, Any] = {}

    def enter(self, name: str, inputs: tuple[Any, ...], backward: bool) -> Event:
        """An operation begins: forward under its own name, backward under its node's."""
        return self._begin(name, GRADIENT if backward else OPERATION, inputs)

    def leave(self, token: Event, outputs: Any) -> None:
        """The operation that `enter` gave this token for has ended."""
        token.end = perf_counter_ns()
        if self.profile_memory:
            token.own_bytes = _new_bytes(self._inputs.pop(id(token), ()), outputs)
        events = self._open.events
        # What an exception left open ends with what it lies in.
        while events and (last := events.pop()) is not token:
            last.end = token.end

    def begin_label(self, name: str) -> Event:
        """A part of the program begins."""
        return self._begin(name, LABEL, ())

    def _begin(self, name: str, kind: str, inputs: tuple[Any, ...]) -> Event:
        events = self._open.events
        event = Event(name, kind, events[-1] if events else None, threading.get_ident())
        if event.parent is not None:
            event.parent.children.append(event)
        if self.record_shapes and kind != LABEL:
            event.shapes = [_shape(value) for value in inputs]
        if self.profile_memory:
            self._inputs[id(event)] = inputs
        if self.with_stack:
            event.stack = _users_lines()
        events.append(event)
        self.events.append(event)
        event.start = perf_counter_ns()
        return event

    def stop(self) -> list[Event]:
        """The events; those still open end now."""
        now = perf_counter_ns()
        for event in self.events:
            event.end = event.end or now
        self._inputs.clear()
        return self.events


def _shape(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [_shape(part) for part in value]
    return [int(length) for length in np.shape(_plain(value))] if isinstance(value, (Variable, np.ndarray)) else []


def _plain(value: Any) -> Any:
    return value._data if isinstance(value, Variable) else value


def _arrays(value: Any) -> list[np.ndarray]:
    """The arrays in a result: in lists and tuples, in Tensors, and in the cotangents `g` of a backward step."""
    if isinstance(value, (Variable, np.ndarray)):
        plain = _plain(value)
        return [plain] if isinstance(plain, np.ndarray) else []
    if hasattr(value, "g"):
        return _arrays(value.g)
    return [array for part in value for array in _arrays(part)] if isinstance(value, (list, tuple)) else []


def _owner(array: np.ndarray) -> np.ndarray:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _new_bytes(inputs: Any, outputs: Any) -> int:
    """Bytes of the arrays that are no views of an input."""
    known = {id(_owner(array)) for array in _arrays(inputs)}
    owners = {id(owner): owner.nbytes for owner in map(_owner, _arrays(outputs)) if id(owner) not in known}
    return sum(owners.values())


def _users_lines() -> tuple[str, ...]:
    """The lines outside this package that led here, the innermost first."""
    found = []
    frame: Any = sys._getframe(2)
    while frame is not None:
        code = frame.f_code
        if not code.co_filename.startswith(_OURS):
            found.append(f"{code.co_filename}({frame.f_lineno}): {code.co_name}")
        frame = frame.f_back
    return tuple(found)
