"""What the benchmarks know of one program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Program:
    """A loss and the adjoint that a careful person writes for it.

    `hand` is the adjoint of the program as written, statement by statement and without algebra across statements:
    the text that a perfect compiler would emit. `textbook`, where there is one, is the simplified formula of the
    literature, which no source transformation can be expected to find.

    `group` is "array" or "loop" and decides which limit the ratio to `hand` is held against. `arguments` makes
    the arguments afresh; `wrt` are the positions asked for. Gradients are one value where `wrt` has one position,
    a tuple otherwise.
    """

    name: str
    group: str
    loss: Callable[..., Any]
    hand: Callable[..., Any]
    wrt: tuple[int, ...]
    arguments: Callable[[], tuple[Any, ...]]
    textbook: Callable[..., Any] | None = None

    @property
    def asked(self) -> int | tuple[int, ...]:
        """`wrt` as a user writes it: an int for one position."""
        return self.wrt[0] if len(self.wrt) == 1 else self.wrt
