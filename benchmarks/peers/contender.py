"""What the benchmarks ask of a contender, and how the installed ones are found."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.programs.program import Program

NAMES = ("hand", "sourcead", "autograd", "tangent", "torch", "jax")


@dataclass(frozen=True)
class Contender:
    """A way to get gradients.

    `prepare` turns NumPy arguments into the contender's own, outside of what is timed. `transform` makes the
    gradient function; calling that returns finished gradients, in the order of `program.wrt`. `notes` says, by
    the name of the program, what was rewritten for this contender. An error of a class in `refuses` counts as a
    refusal of the program and is shown in the table; any other error stops the benchmark.
    """

    name: str
    version: str
    transform: Callable[[Program], Callable[..., Any]]
    prepare: Callable[[Program, tuple[Any, ...]], tuple[Any, ...]]
    notes: dict[str, str] = field(default_factory=dict)
    refuses: tuple[type[Exception], ...] = ()


def as_given(program: Program, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The `prepare` of a contender that works on NumPy arrays and Python numbers."""
    return arguments


def version_of(distribution: str) -> str:
    """Version of an installed distribution, or "in place" for one that runs from its checkout."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "in place"


def load(name: str) -> Contender:
    """The contender `name`; ImportError where its library is not installed."""
    return importlib.import_module(f"benchmarks.peers.with_{name}").CONTENDER


def installed(names: Iterable[str] = NAMES) -> tuple[list[Contender], list[str]]:
    """The contenders that can run here, and for each other one the reason in a sentence."""
    found, absent = [], []
    for name in names:
        try:
            found.append(load(name))
        except ImportError as problem:
            absent.append(f"{name} is left out: {problem}")
    return found, absent
