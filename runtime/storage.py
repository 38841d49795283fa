"""Memory shared by an array and its views: its version, and the values that recorded operations keep of it.

An array that a reverse rule will read must still hold the same numbers when it is read. Two ways keep that true.
Where `copies_before_write` is set (functions traced by `runtime.vjp`), the kept values are copied just before the
first write. Elsewhere a write raises the version, and reading an outdated value is an error, as in PyTorch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import SharedArray


class Storage:
    """The history of one piece of memory.

    `version` counts all writes. `stamp` counts the writes that changed the graph, so that a view knows when its
    own place in the graph is out of date.
    """

    __slots__ = ("copies_before_write", "kept", "stamp", "version")

    def __init__(self, copies_before_write: bool) -> None:
        self.version = 0
        self.stamp = 0
        self.copies_before_write = copies_before_write
        self.kept: dict[int, Kept] = {}

    def before_write(self) -> None:
        """Must be called before every write to the memory."""
        self.version += 1
        for kept in self.kept.values():
            kept.value = kept.value.copy()
        self.kept.clear()


class Kept:
    """An array kept for the backward pass, with the version that it had."""

    __slots__ = ("storage", "value", "version")

    def __init__(self, value: np.ndarray, storage: Storage) -> None:
        self.value = value
        self.version = storage.version
        self.storage = None if storage.copies_before_write else storage

    def get(self, operation: str) -> np.ndarray:
        """The array. Raises SharedArray if it was written to since it was kept."""
        if self.storage is not None and self.storage.version != self.version:
            raise SharedArray(
                f"{operation} needs an array of shape {self.value.shape} for its gradient, but that array was changed"
                f" in place afterwards (it is at version {self.storage.version}, version {self.version} was used)",
                "Write the change out of place, or give the operation a clone of the array.",
            )
        return self.value


def keep(value: Any, storage: Storage | None) -> Any:
    """What a node keeps of `value`: numbers and arrays that nothing can write to as they are, others guarded."""
    if storage is None or not isinstance(value, np.ndarray):
        return value
    if not storage.copies_before_write:
        return Kept(value, storage)
    kept = storage.kept.get(id(value))
    if kept is None:
        kept = storage.kept[id(value)] = Kept(value, storage)
    return kept


def stand_in(value: Any) -> Any:
    """An array of the same shape and dtype that takes no memory and cannot be written to."""
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        return value
    return np.broadcast_to(np.zeros((), value.dtype), value.shape)
