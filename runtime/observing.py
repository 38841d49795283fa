"""The place where a profiler attaches itself to the engine. While nobody does, an operation pays for one comparison."""

from __future__ import annotations

import threading
from typing import Any, Protocol


class Observer(Protocol):
    """What is told of each operation, forward and backward. Calls nest, and may come from several threads."""

    def enter(self, name: str, inputs: tuple[Any, ...], backward: bool) -> Any:
        """An operation begins: forward under its function's name, backward under its node's. Returns a token."""

    def leave(self, token: Any, outputs: Any) -> None:
        """The operation that `enter` gave this token for has ended."""


class Watch:
    """Holds the observer, or None, and counts how many want every operation to take the way that asks all questions.

    `careful` is true while an observer or any thread's inference mode, anomaly mode, packing of saved values or forward
    sweep is on: quick ways look at this one attribute, and leave the rest to the careful way.
    """

    __slots__ = ("_demands", "_lock", "_observer", "careful")

    def __init__(self) -> None:
        self._observer: Observer | None = None
        self._lock = threading.Lock()
        self._demands = 0
        self.careful = False

    @property
    def observer(self) -> Observer | None:
        """Who is told of each operation. Setting it switches the telling on, None switches it off."""
        return self._observer

    @observer.setter
    def observer(self, observer: Observer | None) -> None:
        if (observer is None) != (self._observer is None):
            if observer is None:
                self.release_care()
            else:
                self.demand_care()
        self._observer = observer

    def demand_care(self) -> None:
        """From now on no quick ways, until `release_care` was called as often."""
        with self._lock:
            self._demands += 1
            self.careful = True

    def release_care(self) -> None:
        """Take one demand back."""
        with self._lock:
            self._demands -= 1
            self.careful = self._demands > 0


watch = Watch()
