"""What has been written to which memory, so that no gradient is computed from numbers that are no longer there.

An array that a reverse rule will read must still hold the same numbers when it is read. Two ways keep that true.

Tensors: a write is noted here, beside the memory that it went to. Every node and every write draws a number from one
clock, so a node knows whether memory that it keeps was written to after it was made; that is an error, as in PyTorch.
Nothing is stored for memory that nobody writes to, and a node asks only if there was any write since it was made.

Traced values (`runtime.vjp`): the kept arrays are copied just before the first write, because the plain program may
write as it likes. That needs a `Storage` for each array and its views.
"""

from __future__ import annotations

import itertools
import linecache
import os
import sys
import types
import weakref
from pathlib import Path
from typing import Any

import numpy as np

from runtime.errors import SharedArray
from runtime.places import Origin, users

# Counts downwards: the newest node has the smallest number, and a heap gives the smallest first.
tick = itertools.count(-1, -1).__next__

# Our own files, and the text of functions that are compiled here.
_INSIDE = (str(Path(__file__).parent) + os.sep, "<pull ", "<spend ", "<make ", "<run ")


class Clock:
    """When the last write to any Tensor's memory happened, as a number of `tick`.

    `recorded` is how many writes have changed a graph; `reshaped` whether any Tensor ever changed its shape in place.
    """

    __slots__ = ("last_write", "recorded", "reshaped")

    def __init__(self) -> None:
        self.last_write = 0
        self.recorded = 0
        self.reshaped = False

    def count_recorded(self) -> int:
        """One more write that changed a graph; returns their number."""
        self.recorded += 1
        return self.recorded


clock = Clock()


class Memory:
    """What is known of memory that was written to.

    `version` counts all writes. `recorded` is the number, among all, of the last one that changed a graph; 0 where none
    did. `last_write` is the time of the last one, and
    `code` and `instruction` are its place in the user's program.
    """

    __slots__ = ("code", "instruction", "last_write", "owner", "recorded", "version")

    def __init__(self, owner: weakref.ref[np.ndarray]) -> None:
        self.owner = owner
        self.version = 0
        self.recorded = 0
        self.last_write = 0
        self.code: types.CodeType | None = None
        self.instruction = 0

    def place(self) -> str:
        """The user's line that wrote last, with its text."""
        return "" if self.code is None else line_at(self.code, self.instruction)


def users_frame() -> types.FrameType:
    """The innermost frame that is not of this package."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(_INSIDE) and frame.f_back is not None:
        frame = frame.f_back
    return frame


def line_at(code: types.CodeType, instruction: int) -> str:
    """File, line and text of an instruction."""
    positions = list(code.co_positions())
    line = positions[instruction // 2][0] if instruction // 2 < len(positions) else None
    line = line or code.co_firstlineno
    place = users(Origin(code.co_filename, line, 1, linecache.getline(code.co_filename, line).strip()))
    return f"{place.file}:{place.line}: {place.text}"


def users_line() -> str:
    """File, line and text of where the user's program stands."""
    frame = users_frame()
    return line_at(frame.f_code, frame.f_lasti)


_memories: dict[int, Memory] = {}


def _owner(array: np.ndarray) -> np.ndarray:
    """The array that all views of one piece of memory lead to."""
    base = array.base
    while type(base) is np.ndarray:
        array = base
        base = array.base
    return array


def memory_of(array: np.ndarray) -> Memory | None:
    """What is known of the writes to the memory of an array; None if there was none."""
    return _memories.get(id(_owner(array)))


def note_write(array: np.ndarray) -> Memory:
    """Must be called before every write to the memory of a Tensor."""
    owner = _owner(array)
    key = id(owner)
    memory = _memories.get(key)
    if memory is None:

        def forget(reference: Any, key: int = key) -> None:
            if (known := _memories.get(key)) is not None and known.owner is reference:
                del _memories[key]

        memory = _memories[key] = Memory(weakref.ref(owner, forget))
    memory.version += 1
    memory.last_write = clock.last_write = tick()
    frame = users_frame()
    memory.code, memory.instruction = frame.f_code, frame.f_lasti
    return memory


def version_of(array: np.ndarray) -> int:
    """How many times the memory of an array was written to."""
    memory = memory_of(array)
    return 0 if memory is None else memory.version


def check_unchanged(values: Any, serial: int, operation: str) -> None:
    """Raises SharedArray where an array among `values` was written to after the time `serial`."""
    for value in values:
        if type(value) is np.ndarray:
            memory = memory_of(value)
            if memory is not None and memory.last_write < serial:
                raise changed(operation, value, memory.place(), memory.version)
        elif type(value) in (list, tuple):
            check_unchanged(value, serial, operation)


def changed(operation: str, value: np.ndarray, place: str, version: int) -> SharedArray:
    """The refusal to differentiate with numbers that are no longer there."""
    where = f", last by {place}" if place else ""
    return SharedArray(
        f"{operation} needs an array of shape {value.shape} for its gradient, but that array was changed in place"
        f" afterwards (it is at version {version}){where}",
        "Write the change out of place, or give the operation a clone of the array.",
    )


class Storage:
    """The history of one piece of memory that traced values share.

    `recorded` is the number, among all, of the last write that changed the graph, so that a view knows when its own
    place in the graph is out of date.
    """

    __slots__ = ("kept", "recorded")

    def __init__(self) -> None:
        self.recorded = 0
        self.kept: dict[int, Kept] = {}

    def before_write(self) -> None:
        """Must be called before every write to the memory."""
        for kept in self.kept.values():
            kept.value = kept.value.copy()
        self.kept.clear()

    def keep(self, value: np.ndarray) -> Kept:
        """What a node keeps of an array in this memory."""
        kept = self.kept.get(id(value))
        if kept is None:
            kept = self.kept[id(value)] = Kept(value)
        return kept


class Kept:
    """An array kept for the backward pass; a copy from the first write on."""

    __slots__ = ("value",)

    def __init__(self, value: np.ndarray) -> None:
        self.value = value
