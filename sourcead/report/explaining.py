"""What became of every line of the user's functions: emitted, dynamic or inactive, what is active, what is kept.

The facts are those that the program was written from: the core statements, which variables vary, the adjoints that
were written, and the record of what is saved. Nothing is read off the emitted text but which of the saved values are
still in it after dead code has gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import gast

from runtime.profiler.table import memory_text
from sourcead.analysis.activity import root, written_at
from sourcead.analysis.reads import reads_of
from sourcead.backend.binding import Emitted
from sourcead.errors import Origin
from sourcead.frontend.carries import carries
from sourcead.frontend.names import Region
from sourcead.frontend.syntax import names_read, names_written, walk, walk_own
from sourcead.report.timing import LineProfile
from sourcead.transform.functions import Halves
from sourcead.transform.operations import operation, resolve
from sourcead.transform.regions import reason

HEADS = ("line", "what", "statement", "active", "why, and what is kept")


@dataclass(frozen=True)
class LineFacts:
    """One line of the user's source.

    `status` is "emitted", "dynamic" or "inactive" and `why` says why; `active` are the variables assigned there that
    carry a derivative, by their names in the emitted program; `kept` says what the forward sweep keeps, and for whom.
    """

    origin: Origin
    status: str
    why: str
    active: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True)
class FunctionFacts:
    """A function of the user, with the parameters that carry a derivative when it is called so."""

    name: str
    active: tuple[str, ...]
    lines: tuple[LineFacts, ...]


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
    left = set().union(*(names_read(f) for f in emitted.functions)) if emitted.functions else set()
    functions = [_Function(halves, left, forward).facts() for halves in emitted.written]
    return Report(title, (*functions[-1:], *functions[:-1]))


def weighed(found: Report, profile: LineProfile) -> Report:
    """The report with the bytes that each line kept when the program ran."""
    kept = {(line.origin.file, line.origin.line): line.kept for line in profile.lines if line.origin and line.kept}

    def line(facts: LineFacts) -> LineFacts:
        count = kept.get((facts.origin.file, facts.origin.line))
        return facts if count is None else replace(facts, kept=(*facts.kept, f"{memory_text(count)} in all"))

    functions = [replace(f, lines=tuple(map(line, f.lines))) for f in found.functions]
    return replace(found, functions=tuple(functions))


class _Function:
    """The facts of one function, gathered by the user's line."""

    def __init__(self, halves: Halves, left: set[str], forward: bool) -> None:
        self.halves, self.left, self.forward = halves, left, forward
        self.analysed = halves.analysed
        self.core = halves.analysed.core
        self.readers = self._readers()
        self.wrt = ", ".join(self.analysed.wrt)
        self.regions: dict[int, int] = {}

    def facts(self) -> FunctionFacts:
        """The lines in the order of the source: those of the function first, then those written out in place."""
        groups: dict[tuple[str, int], list[gast.AST]] = {}
        texts: dict[tuple[str, int], Origin] = {}
        for node in self._statements():
            origin = getattr(node, "origin", None)
            if origin is not None:
                groups.setdefault((origin.file, origin.line), []).append(node)
                texts.setdefault((origin.file, origin.line), origin)
        source = self.core.source
        returns: dict[tuple[str, int], gast.AST] = {}
        for node in walk_own(source.tree.body):
            if isinstance(node, gast.Return):
                returns[source.file, node.lineno] = node
            if isinstance(node, gast.stmt) and getattr(node, "lineno", None) and not _is_text(node):
                origin = source.origin(node)
                groups.setdefault((origin.file, origin.line), [])
                texts.setdefault((origin.file, origin.line), origin)
        keys = sorted(groups, key=lambda k: (k[0] != source.file, k))
        for node in (n for nodes in groups.values() for n in nodes):
            self._note_region(node)
        lines = tuple(self._line(texts[key], groups[key], self._given_back(returns.get(key))) for key in keys)
        return FunctionFacts(self.core.name, self.analysed.wrt, lines)

    def _statements(self) -> Iterator[gast.AST]:
        for node in walk(self.core.body):
            if isinstance(node, gast.stmt):
                yield node

    def _line(self, origin: Origin, nodes: list[gast.AST], given_back: tuple[str, ...]) -> LineFacts:
        active = tuple(dict.fromkeys(n for node in nodes for n in self._assigned(node) if n in self.analysed.varied))
        regions = [reason for node in nodes if (reason := self._dynamic(node)) is not None]
        kept = () if self.forward else tuple(dict.fromkeys(said for node in nodes for said in self._kept(node)))
        if regions:
            return LineFacts(origin, "dynamic", regions[0], active, kept)
        if not nodes and origin.line in self.regions:
            why = f"in the region that begins in line {self.regions[origin.line]}"
            return LineFacts(origin, "dynamic", why, (), ())
        if not nodes and given_back:
            return LineFacts(origin, "emitted", "what the function gives", given_back, ())
        loops = [n for n in nodes if isinstance(n, (gast.For, gast.While))]
        acts = self._acts(nodes)
        if loops and acts:
            return LineFacts(origin, "emitted", self._loop(loops[0]), active, kept)
        if any(isinstance(n, gast.If) for n in nodes) and acts:
            why = "a branch: the reverse sweep takes the one that was taken"
            return LineFacts(origin, "emitted", "in forward order" if self.forward else why, active, kept)
        if active and (acts or self.forward):
            return LineFacts(origin, "emitted", "", active, kept)
        return LineFacts(origin, "inactive", self._inactive(nodes, active), active, kept)

    def _assigned(self, node: gast.AST) -> list[str]:
        if isinstance(node, (gast.For, gast.While, gast.If)):
            return []
        found = sorted(names_written(node))
        target = node.targets[0] if isinstance(node, gast.Assign) else getattr(node, "target", None)
        call = node.value if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call) else None
        for place in (target, call.func if call else None, call.args[0] if call and written_at(node) else None):
            name = root(place) if place is not None else None
            if name is not None and name in self.analysed.variables and name not in found:
                found.append(name)
        return found

    def _acts(self, nodes: list[gast.AST]) -> bool:
        """Whether the reverse sweep does something for statements (or, for blocks, within them)."""
        return any((step := self.halves.steps.get(id(n))) is not None and not step.empty for n in nodes)

    def _note_region(self, node: gast.AST) -> None:
        """Remember the lines of a dynamic region, which the core program has as one call."""
        called = node.value if isinstance(node, gast.Assign) and isinstance(node.value, gast.Call) else None
        found = operation(called, self.core.namespace, self.analysed.variables) if called is not None else None
        if found is not None and isinstance(found.function, Region):
            first = getattr(node, "origin", None) or found.function.origin
            whole = found.function.whole
            inside = self.core.source.tree.body if whole else found.function.definition
            lines = {n.lineno for n in walk(inside) if getattr(n, "lineno", None)}
            for statement in walk_own(self.core.source.tree.body):
                if isinstance(statement, gast.stmt) and statement.lineno in lines:
                    lines |= {n.lineno for n in walk(statement) if isinstance(n, gast.stmt)}
            self.regions.update(dict.fromkeys(lines, first.line) if first is not None else {})

    def _dynamic(self, node: gast.AST) -> str | None:
        """Why a statement runs on the dynamic graph; None where it does not."""
        if not isinstance(node, gast.Assign) or not isinstance(node.value, gast.Call):
            return None
        static = self._static
        if not carries(node.value, set(self.analysed.varied), static):
            return None
        found = operation(node.value, self.core.namespace, self.analysed.variables)
        if found is None or found.rule is not None:
            return None
        return reason(found, node.value)

    def _static(self, node: gast.AST) -> object:
        return resolve(node, self.core.namespace, self.analysed.variables)

    def _loop(self, node: gast.AST) -> str:
        if self.forward:
            return "in forward order"
        record = self.halves.record
        if id(node) in record.drained:
            return "a loop: runs backward until its tape is empty"
        if id(node) in record.counters:
            return "a loop: runs backward as often as it was counted"
        return "a loop: runs backward by counting backward, for which nothing is kept"

    def _given_back(self, node: gast.AST | None) -> tuple[str, ...]:
        """What carries a derivative in a `return` of a name, for which the core program has no statement."""
        value = node.value if isinstance(node, gast.Return) else None
        names = [self.core.names.get(n.id, n.id) for n in walk(value) if isinstance(n, gast.Name)] if value else []
        return tuple([name for name in names if name in self.analysed.varied])

    def _inactive(self, nodes: list[gast.AST], active: tuple[str, ...]) -> str:
        if not nodes:
            return "control flow, or what carries no derivative"
        read = set().union(*(names_read(n) for n in nodes))
        if not read & self.analysed.varied:
            return f"does not depend on {self.wrt}"
        return (
            "the result does not depend on it"
            if active
            else "what it gives carries no derivative: a test, a shape, a text"
        )

    # What is kept

    def _readers(self) -> dict[str, list[int]]:
        """For each variable the lines whose adjoints read it, its contents or its shape."""
        found: dict[str, set[int]] = {}
        made = (names_written(s) for step in self.halves.steps.values() for s in step.forward or [])
        variables = self.analysed.variables.union(*made)
        for step in self.halves.steps.values():
            origin = getattr(step.core, "origin", None)
            if origin is None:
                continue
            tests = [step.core.test] if isinstance(step.core, gast.If) and not step.empty else []
            for name in reads_of([*step.early, *step.late, *tests], variables):
                found.setdefault(name.removeprefix("shape:"), set()).add(origin.line)
        return {name: sorted(lines) for name, lines in found.items()}

    def _kept(self, node: gast.AST) -> Iterator[str]:
        record, sweeps = self.halves.record, self.halves.sweeps
        for save in record.saves.get(id(node), []):
            name = sweeps.tapes.get(save.variable) if save.looped else sweeps.kept.get((id(node), save.variable))
            if name in self.left:
                part = "a part of " if save.place is not None else ""
                copied = ", as a copy" if save.copied else ""
                yield f"{part}`{save.variable}` before it is overwritten{copied}{self._for(save.variable)}"
        for closing in record.closing.get(id(node), []):
            if sweeps.tapes.get(closing.variable) in self.left:
                yield f"`{closing.variable}` at the end of each round{self._for(closing.variable)}"
        if id(node) in record.counters and record.counters[id(node)] in self.left:
            yield f"`{record.counters[id(node)]}`, how many rounds there were"

    def _for(self, variable: str) -> str:
        lines = self.readers.get(variable, [])
        if not lines:
            return ": other values are computed from it again"
        listed = ", ".join(str(line) for line in lines)
        return f": read by the adjoint{'s' if len(lines) > 1 else ''} of line{'s' if len(lines) > 1 else ''} {listed}"


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


def _is_text(node: gast.AST) -> bool:
    return isinstance(node, gast.Expr) and isinstance(node.value, gast.Constant)
