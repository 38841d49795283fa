"""What the reverse sweep needs of a variable: its value `x`, its shape `shape:x`, the very object `object:x`."""

from __future__ import annotations

Needs = frozenset[str]


def plain(name: str) -> str:
    """The variable of a need."""
    return name.rpartition(":")[2]


def shape_of(name: str) -> str:
    """The need of the shape of what a variable holds."""
    return f"shape:{name}"


def object_of(name: str) -> str:
    """The need of the very object that a variable is, because a change is undone in it or in a part of it."""
    return f"object:{name}"


def objects_of(names: frozenset[str]) -> Needs:
    """The need of what variables hold, in the very objects that they are."""
    return names | {object_of(n) for n in names}


def all_of(name: str) -> frozenset[str]:
    """All needs of a variable."""
    return frozenset({name, shape_of(name), object_of(name)})
