"""How many traced functions run, in all threads: what they leave behind in objects of the program is a constant."""

from __future__ import annotations

import threading


class Runs:
    """A count that every thread sees, for a traced function may start threads of its own."""

    __slots__ = ("_lock", "number")

    def __init__(self) -> None:
        self.number = 0
        self._lock = threading.Lock()

    def count(self, change: int) -> None:
        """One traced function more, or less."""
        with self._lock:
            self.number += change


runs = Runs()
