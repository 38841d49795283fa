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

    `strict` is true while any thread's inference mode, anomaly mode, packing of saved values or forward sweep is on,
    `careful` also while there is an observer: then the quick ways leave everything to the general one. `busy` is true
    also while any thread records nothing. Quick ways look at this one attribute, and only then ask for the rest. What
    is only observed is recorded as always, so that an observer sees the times of the usual nodes.
    """

    __slots__ = ("_demands", "_lock", "_observer", "_pauses", "busy", "careful", "strict")

    def __init__(self) -> None:
        self._observer: Observer | None = None
        self._lock = threading.Lock()
        self._demands = 0
        self._pauses = 0
        self.busy = False
        self.careful = False
        self.strict = False

    @property
    def observer(self) -> Observer | None:
        """Who is told of each operation. Setting it switches the telling on, None switches it off."""
        return self._observer

    @observer.setter
    def observer(self, observer: Observer | None) -> None:
        with self._lock:
            self._observer = observer
            self._settle()

    def demand_care(self) -> None:
        """From now on no quick ways, until `release_care` was called as often."""
        with self._lock:
            self._demands += 1
            self._settle()

    def release_care(self) -> None:
        """Take one demand back."""
        with self._lock:
            self._demands -= 1
            self._settle()

    def count_paused(self, change: int) -> None:
        """One thread more, or less, that records nothing."""
        with self._lock:
            self._pauses += change
            self._settle()

    def _settle(self) -> None:
        self.strict = self._demands > 0
        self.careful = self.strict or self._observer is not None
        self.busy = self.careful or self._pauses > 0


watch = Watch()
