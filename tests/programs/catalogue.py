"""The catalogue of programs: functions as users write them, each with arguments to try it at.

A topic file registers its programs with `@program`; `load()` imports the topic files and returns all of them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

TOPICS = (
    "classics",
    "successors",
    "straight",
    "branches",
    "loops",
    "while_loops",
    "exits",
    "indexing",
    "inplace",
    "containers",
    "expressions",
    "found",
    "arguments",
    "calls",
    "closures",
    "objects",
    "records",
    "functions",
    "methods",
    "inactive",
    "comprehensions",
    "scalars",
    "numerics",
    "science",
    "reports",
    "matrices",
    "data",
    "sequences",
    "learning",
    "hostile",
    "shared",
    "patterns",
    "regions",
    "streams",
    "removals",
    "generators",
    "managers",
    "states",
    "restored",
    "evaluation",
    "counters",
    "effects",
)


@dataclass(frozen=True)
class Program:
    """A function, the argument sets to try it at, and what is known of it.

    `arguments` makes each argument set afresh. `wrt` is what `grad` takes. `scalar` is False where the result is
    an array or a pytree. `smooth` is False where an argument set stands at a kink or the result is not
    continuous, so that numeric differences say nothing there. `second` is False where the second derivative is not
    to be tried. `may_refuse` marks programs that must be right or be refused with an error.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Callable[[], tuple[Any, ...]], ...]
    kwargs: Callable[[], dict[str, Any]]
    wrt: int | str | tuple[int | str, ...]
    scalar: bool
    smooth: bool
    second: bool
    may_refuse: bool
    note: str


class Case(NamedTuple):
    """A program with one of its argument sets."""

    program: Program
    number: int

    def __str__(self) -> str:
        return f"{self.program.name}-{self.number}"

    def args(self) -> tuple[Any, ...]:
        """The positional arguments, made afresh."""
        return self.program.arguments[self.number]()

    def kwargs(self) -> dict[str, Any]:
        """The keyword arguments, made afresh."""
        return self.program.kwargs()


_programs: dict[str, Program] = {}


def program(
    *arguments: Callable[[], tuple[Any, ...]],
    wrt: int | str | tuple[int | str, ...] = 0,
    kwargs: Callable[[], dict[str, Any]] = dict,
    scalar: bool = True,
    smooth: bool = True,
    second: bool | None = None,
    may_refuse: bool = False,
    name: str | None = None,
    note: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function below, to be tried at each of the argument sets; the function itself is unchanged."""
    if not arguments:
        raise ValueError("a program needs at least one argument set")

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        full = f"{_topic(arguments[0])}.{name or function.__name__}"
        if full in _programs:
            raise ValueError(f"a program named {full} is already registered")
        again = smooth if second is None else second
        _programs[full] = Program(full, function, arguments, kwargs, wrt, scalar, smooth, again, may_refuse, note)
        return function

    return register


def _topic(arguments: Callable[[], tuple[Any, ...]]) -> str:
    """The file that registers a program; the program itself may be a bound method or a partial, which has no module."""
    return arguments.__module__


def load() -> tuple[Program, ...]:
    """Every program of every topic file."""
    for topic in TOPICS:
        importlib.import_module(topic)
    return tuple(_programs.values())


def cases() -> Iterator[Case]:
    """Every program at each of its argument sets."""
    for entry in load():
        for number in range(len(entry.arguments)):
            yield Case(entry, number)
