"""Where the time of an emitted program goes, by the user's lines: forward, backward, and what is kept between."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from time import perf_counter_ns
from typing import Any

from runtime.profiler.table import memory_text, time_text
from sourcead.backend.module import altered
from sourcead.backend.places import Place
from sourcead.errors import Origin, Unsupported
from sourcead.report.marking import Clock, mark

ENOUGH = 200_000_000
MOST_CALLS = 10_000


@dataclass(frozen=True)
class Line:
    """One of the user's statements. Times are in seconds for one call; `kept` is in bytes, `hits` are runs forward."""

    origin: Origin | None
    hits: float
    forward: float
    backward: float
    kept: int


@dataclass(frozen=True)
class LineProfile:
    """Times by line, for one call, as means. `plain` is the least time of a call of the function itself, unmarked."""

    name: str
    calls: int
    plain: float
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return _text(self)

    def _repr_html_(self) -> str:
        return _html(self)


def profile(df: Callable[..., Any], *args: Any, calls: int | None = None, **kwargs: Any) -> LineProfile:
    """Run an emitted function at the given arguments, and say what each of the user's lines costs.

    `df` is what a transform returned. A copy of its program with marks between the statements runs `calls` times,
    by default for about 0.2 seconds; `df` itself stays as it is. A mark costs about 0.2 microseconds, and what
    the lines of callees cost is listed with these lines. Raises Unsupported for a function that was not emitted.
    """
    clocks: list[Clock] = []

    def marks(tree: ast.Module, places: tuple[Place, ...]) -> dict[str, Any]:
        clocks.append(Clock(places))
        return mark(tree, places, clocks[0])

    try:
        run = altered(df, marks)  # type: ignore[arg-type]
    except (KeyError, TypeError):
        raise Unsupported(
            f"{getattr(df, '__name__', df)!s} was not written by a transform, so its lines are not known",
            "Give sourcead.profile what sourcead.grad or another transform returned.",
        ) from None
    df(*args, **kwargs)
    plain = _seconds(df, args, kwargs, calls)
    clock = clocks[0]
    made = 0
    begin = perf_counter_ns()
    while made < calls if calls is not None else perf_counter_ns() - begin < ENOUGH and made < MOST_CALLS:
        clock.begin()
        run(*args, **kwargs)
        clock.at(0)
        made += 1
    return LineProfile(df.__name__, made, plain, _lines(clock, made))


def _seconds(df: Callable[..., Any], args: Any, kwargs: Any, calls: int | None) -> float:
    """The time of one plain call: the least of a few."""
    times: list[int] = []
    begin = perf_counter_ns()
    while len(times) < (calls or 5) or calls is None and perf_counter_ns() - begin < ENOUGH // 4:
        start = perf_counter_ns()
        df(*args, **kwargs)
        times.append(perf_counter_ns() - start)
    return min(times) / 1e9


def _lines(clock: Clock, calls: int) -> tuple[Line, ...]:
    """Sums by the user's statement, in the order of the source; what belongs to none comes last."""
    kept = clock.kept_bytes()
    cost = clock.own_cost()
    times: dict[Origin | None, dict[bool, float]] = {}
    hits: dict[Origin | None, int] = {}
    held: dict[Origin | None, int] = {}
    for k, (origin, backward) in enumerate(clock.places[1:], 1):
        spent = max(0.0, clock.spent[k] - cost * clock.marks[k])
        both = times.setdefault(origin, {False: 0.0, True: 0.0})
        both[backward] += spent / calls / 1e9
        hits[origin] = max(hits.get(origin, 0), clock.hits[k])
        held[origin] = held.get(origin, 0) + kept[k]
    known = sorted((origin for origin in times if origin is not None), key=lambda o: (o.file, o.line, o.column))
    order = [*known, *([None] if None in times else [])]
    return tuple([Line(o, hits[o] / calls, times[o][False], times[o][True], held[o]) for o in order])


_HEADS = ("Line", "Hits", "Forward", "Backward", "Share", "Kept", "Source")


def _rows(found: LineProfile) -> list[tuple[str, ...]]:
    """The cells of the table, one row for each statement that took time, with the file's name before its lines."""
    total = sum(line.forward + line.backward for line in found.lines)
    rows: list[tuple[str, ...]] = []
    for line in found.lines:
        if not line.hits and line.origin is not None:
            continue
        spent = line.forward + line.backward
        rows.append((
            str(line.origin.line) if line.origin else "",
            f"{line.hits:.4g}" if line.origin else "",
            _time(line.forward),
            _time(line.backward),
            f"{100.0 * spent / total:.1f}%" if total else "",
            memory_text(line.kept) if line.kept else "",
            line.origin.text.splitlines()[0] if line.origin else "(checks, first cotangents, what is returned)",
        ))  # fmt: skip
    return rows


def _time(seconds: float) -> str:
    return time_text(1e6 * seconds) if seconds else ""


def _text(found: LineProfile) -> str:
    rows = [_HEADS, *_rows(found)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(_HEADS) - 1)]
    lines = ["  ".join([*(cell.rjust(width) for cell, width in zip(row, widths)), row[-1]]).rstrip() for row in rows]
    rule = "-" * max(map(len, lines))
    files = ", ".join(dict.fromkeys(line.origin.file for line in found.lines if line.origin))
    head = f"{found.name} at the lines of {files}: {_time(found.plain)} at best, means of {found.calls} calls"
    return "\n".join([head, rule, lines[0], rule, *lines[1:], rule])


def _html(found: LineProfile) -> str:
    def row(cells: tuple[str, ...], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(row(cells, "td") for cells in _rows(found))
    said = f"{escape(found.name)}: {_time(found.plain)} at best, means of {found.calls} calls"
    return f"<table><caption>{said}</caption><thead>{row(_HEADS, 'th')}</thead><tbody>{body}</tbody></table>"
