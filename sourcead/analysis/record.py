"""What the forward sweep saves, and where: the result of `sourcead.analysis.recorded`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import gast


@dataclass(frozen=True)
class Save:
    """A value saved before a statement: a variable, or the place in it that is overwritten.

    `copied` saves the contents, not the object. `shared` puts the contents back into the object that the variable
    still is. `same` says that the object itself must come back, so that its other names see the old contents too.
    """

    variable: str
    place: gast.AST | None
    copied: bool
    looped: bool
    shared: bool = False
    same: bool = False

    @property
    def paired(self) -> bool:
        """Whether the object and its contents are saved."""
        return self.copied and self.same

    def joined(self, other: Save) -> Save:
        """Both in one: what either needs."""
        copied, shared = self.copied or other.copied, self.shared or other.shared
        return replace(self, copied=copied, shared=shared, same=self.same or other.same)


@dataclass(frozen=True)
class Closing:
    """A variable saved at the end of a round of a loop; the flags `copied` and `paired` are those of `Save`.

    A `steady` one has one value in the whole round, which nothing changes.
    """

    variable: str
    copied: bool
    paired: bool
    steady: bool

    def joined(self, other: Closing) -> Closing:
        """Both in one: what either needs."""
        return replace(self, copied=self.copied or other.copied, paired=self.paired or other.paired)


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
    closing: dict[int, list[Closing]] = field(default_factory=dict)
    remade: dict[int, list[Remaking]] = field(default_factory=dict)
    undefined: set[str] = field(default_factory=set)
    counters: dict[int, str] = field(default_factory=dict)
    drained: dict[int, str] = field(default_factory=dict)
