"""What the forward sweep saves, and where: the result of `sourcead.analysis.recorded`."""

from __future__ import annotations

from dataclasses import dataclass, field

import gast


@dataclass(frozen=True)
class Save:
    """A value saved before a statement: a variable, or the place in it that is overwritten."""

    variable: str
    place: gast.AST | None
    copied: bool
    looped: bool
    shared: bool = False


@dataclass(frozen=True)
class Remaking:
    """A variable made again in the reverse sweep."""

    variable: str
    value: gast.AST


@dataclass
class Record:
    """What is saved where."""

    saves: dict[int, list[Save]] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)
    closing: dict[int, list[tuple[str, bool]]] = field(default_factory=dict)
    remade: dict[int, list[Remaking]] = field(default_factory=dict)
    undefined: set[str] = field(default_factory=set)
    counters: dict[int, str] = field(default_factory=dict)
    drained: dict[int, str] = field(default_factory=dict)
