"""What became of every line of the user's functions, as a table: `explain`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Any

from runtime.profiler.table import memory_text
from sourcead.backend.binding import Emitted
from sourcead.backend.places import read_later
from sourcead.report.facts import Facts, FunctionFacts, LineFacts
from sourcead.report.timing import LineProfile

HEADS = ("line", "what", "statement", "active", "why, and what is kept")


@dataclass(frozen=True)
class Report:
    """What `explain` found: the function asked about first, then those that it calls."""

    title: str
    functions: tuple[FunctionFacts, ...]

    def __str__(self) -> str:
        parts = [self.title]
        for function in self.functions:
            rows = [HEADS, *_rows(function)]
            widths = [max(len(row[k]) for row in rows) for k in range(len(HEADS) - 1)]
            lines = ["  ".join([*(c.ljust(w) for c, w in zip(row, widths)), row[-1]]).rstrip() for row in rows]
            parts.append("\n".join([_heading(function), *(f"  {line}" for line in lines)]))
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        def row(cells: tuple[str, ...], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        tables = [
            f"<table><caption>{escape(_heading(f))}</caption><thead>{row(HEADS, 'th')}</thead>"
            f"<tbody>{''.join(row(cells, 'td') for cells in _rows(f))}</tbody></table>"
            for f in self.functions
        ]
        return f"<p>{escape(self.title)}</p>{''.join(tables)}"

    def __rich__(self) -> Any:
        """The tables for a terminal, where rich (the extra `viz`) prints them."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        colours = {"emitted": "green", "dynamic": "yellow", "inactive": "dim"}
        parts: list[Any] = [Text(self.title)]
        for function in self.functions:
            table = Table(*HEADS, title=_heading(function), title_justify="left")
            for cells in _rows(function):
                table.add_row(*(Text(cell) for cell in cells), style=colours.get(cells[1], ""))
            parts.append(table)
        return Group(*parts)


def report(emitted: Emitted, title: str, forward: bool = False) -> Report:
    """The report of a program that has just been written; in forward mode (`forward`) nothing is kept."""
    later = set().union(*(read_later(f) for f in emitted.functions))
    functions = [Facts(halves, later, forward).function() for halves in emitted.written]
    return Report(title, (*functions[-1:], *functions[:-1]))


def weighed(found: Report, profile: LineProfile) -> Report:
    """The report with the bytes that each line kept when the program ran."""
    kept = {(line.origin.file, line.origin.line): line.kept for line in profile.lines if line.origin and line.kept}

    def line(facts: LineFacts) -> LineFacts:
        count = kept.get((facts.origin.file, facts.origin.line))
        return facts if count is None else replace(facts, kept=(*facts.kept, f"{memory_text(count)} in all"))

    functions = [replace(f, lines=tuple(map(line, f.lines))) for f in found.functions]
    return replace(found, functions=tuple(functions))


def _heading(function: FunctionFacts) -> str:
    first = function.lines[0].origin if function.lines else None
    place = f" ({first.file})" if first else ""
    return f"{function.name}{place}, active: {', '.join(function.active)}"


def _rows(function: FunctionFacts) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    own = function.lines[0].origin.file if function.lines else ""
    for line in function.lines:
        place = str(line.origin.line) if line.origin.file == own else f"{line.origin.file}:{line.origin.line}"
        kept = [f"keeps {said}" for said in line.kept]
        said = [line.why, *kept] if line.why else kept or [""]
        text = line.origin.text.splitlines()[0] if line.origin.text else ""
        rows.append((place, line.status, text, ", ".join(line.active), said[0]))
        rows += [("", "", "", "", more) for more in said[1:]]
    return rows
