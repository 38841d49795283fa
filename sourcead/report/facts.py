"""The facts of every line of a function: emitted, dynamic or inactive, what is active, what is kept and for whom.

They are those that the program was written from: the core statements, which variables vary, the adjoints that were
written, and the record of what is saved. Nothing is read off the emitted text but which of the saved values are still
in it after dead code has gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import gast

from sourcead.analysis.activity import block_at, root, written_at
from sourcead.errors import Origin
from sourcead.frontend.carries import carries
from sourcead.frontend.names import Placed, Region
from sourcead.frontend.source import Source
from sourcead.frontend.syntax import names_read, names_written, walk, walk_own
from sourcead.report.readers import FORM, Line, Readers, stored
from sourcead.transform.functions import Halves
from sourcead.transform.operations import operation, resolve
from sourcead.transform.regions import reason

_CONTROL = (gast.Pass, gast.Break, gast.Continue)
_NAMES = (gast.Import, gast.ImportFrom, gast.Global, gast.Nonlocal, gast.Delete)


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


class Facts:
    """The facts of one function, gathered by the user's line.

    `later` are the names that the reverse sweep of the emitted text reads; in forward mode nothing is kept.
    """

    def __init__(self, halves: Halves, later: set[str], forward: bool) -> None:
        self.halves, self.later, self.forward = halves, later, forward
        self.analysed = halves.analysed
        self.core = halves.analysed.core
        self.wrt = ", ".join(self.analysed.wrt)
        made = frozenset(names_written(halves.forward)) | frozenset(self.core.parameters)
        self.readers = Readers(halves.forward, halves.reverse, halves.forms, made)
        self.held = self._held()
        self.groups: dict[Line, list[gast.AST]] = {}
        self.origins: dict[Line, Origin] = {}
        self.users: dict[Line, gast.AST] = {}
        self.named: dict[Line, dict[str, str]] = {}
        self.calls: dict[Line, set[Line]] = {}
        # For the lines inside a region, where it begins and whether it runs on the dynamic graph.
        self.regions: dict[Line, tuple[int, bool]] = {}
        self.blocks = {_line(n) for block in self.core.blocks for n in walk(block.body) if hasattr(n, "origin")}

    def function(self) -> FunctionFacts:
        """The lines in the order of the source: those of the function first, then those written out in place."""
        for node in walk(self.core.body):
            if isinstance(node, gast.stmt) and getattr(node, "origin", None) is not None:
                self.groups.setdefault(_line(node), []).append(node)
                self.origins.setdefault(_line(node), node.origin)
        source = self.core.source
        own = self._note_statements(source, source.tree, self.core.names)
        for placed in self.core.placed:
            self._note_placed(placed)
        for node in [n for nodes in self.groups.values() for n in nodes]:
            self._note_region(node)
        file, first, last = source.file, source.tree.lineno, max(own)[1]
        order = sorted(self.groups, key=lambda k: (k[0] != file or not first <= k[1] <= last, k))
        lines = tuple(self._facts(key) for key in order)
        return FunctionFacts(self.core.name, self.analysed.wrt, lines)

    def _note_statements(self, source: Source, tree: gast.AST, names: dict[str, str]) -> set[Line]:
        """Remember the statements of a function of the user, whose variables have these names in core; their lines."""
        found: set[Line] = set()
        for node in walk_own(tree.body if isinstance(tree.body, list) else []):
            if isinstance(node, gast.stmt) and getattr(node, "lineno", None) and not _is_text(node):
                origin = source.origin(node)
                key = origin.file, origin.line
                found.add(key)
                self.groups.setdefault(key, [])
                if key not in self.users:
                    self.origins[key] = origin
                self.users.setdefault(key, node)
                self.named.setdefault(key, names)
        return found

    def _note_placed(self, placed: Placed) -> None:
        """Remember a function whose body stands in place of its call, unless nothing of it is left."""
        source = placed.frame.source
        lines = {(source.file, n.lineno) for n in walk(placed.tree.body) if getattr(n, "lineno", None)}
        if placed.origin is None or not lines & {k for k, nodes in self.groups.items() if nodes}:
            return
        inside = self._note_statements(source, placed.tree, placed.frame.names)
        call = placed.origin.file, placed.origin.line
        self.calls.setdefault(call, set()).update(inside - {call})

    def _facts(self, key: Line) -> LineFacts:
        nodes, origin, user = self.groups[key], self.origins[key], self.users.get(key)
        active = self._shown(nodes)
        regions = [reason for node in nodes if (reason := self._dynamic(node)) is not None]
        kept = () if self.forward else tuple(dict.fromkeys(said for node in nodes for said in self._kept(node)))
        if regions:
            return LineFacts(origin, "dynamic", regions[0], active, kept)
        if not nodes and key in self.regions:
            first, graph = self.regions[key]
            why = f"in the region that begins in line {first}" if graph else "runs as it stands, with what is around it"
            return LineFacts(origin, "dynamic" if graph else "inactive", why, (), ())
        if key in self.blocks or any(block_at(n) is not None for n in nodes):
            said = "belongs to the reverse sweep, where it has the cotangent"
            unused = "belongs to the reverse sweep, and there is none in forward mode"
            return LineFacts(origin, *(("inactive", unused) if self.forward else ("emitted", said)), (), kept)
        emitted = self._why(key, nodes)
        if emitted is not None:
            return LineFacts(origin, "emitted", emitted, active, kept)
        given = self._given_back(user, key) if not nodes else ()
        if given:
            return LineFacts(origin, "emitted", "what the function gives", given, ())
        carrying = active if any(self._carries(n) for n in nodes) else ()
        return LineFacts(origin, "inactive", self._inactive(user, nodes, carrying), carrying, kept)

    def _why(self, key: Line, nodes: list[gast.AST]) -> str | None:
        """Why a line is emitted, which need not be said of a plain statement; None where it is not."""
        acts = self._acts(nodes)
        if acts and any(isinstance(n, (gast.For, gast.While)) for n in nodes):
            return self._loop(next(n for n in nodes if isinstance(n, (gast.For, gast.While))))
        if acts and any(isinstance(n, gast.If) for n in nodes):
            return "in forward order" if self.forward else "a branch: the reverse sweep takes the one that was taken"
        if self._called(key, set()):
            lines = ", ".join(self._place(line) for line in sorted(self.calls[key]))
            return f"calls what is written out in its place: line{'s' if len(self.calls[key]) > 1 else ''} {lines}"
        if acts or self.forward and self._shown(nodes):
            return ""
        return None

    def _called(self, key: Line, seen: set[Line]) -> bool:
        """Whether something is emitted for a function that is written out in place of its call in this line."""
        lines = self.calls.get(key, set()) - seen
        seen |= lines
        return any(
            self._acts(nodes := self.groups[line])
            or any(self._dynamic(n) is not None for n in nodes)
            or self.forward
            and bool(self._shown(nodes))
            or self._called(line, seen)
            for line in lines
        )

    def _shown(self, nodes: list[gast.AST]) -> tuple[str, ...]:
        """What carries a derivative after these statements, by the names that the user or the emitted text has."""
        names = dict.fromkeys(n for node in nodes for n in self._assigned(node) if n in self.analysed.varied)
        users = {n.id for user in self.users.values() for n in walk(user) if isinstance(n, gast.Name)}
        return tuple(n for n in names if n in users or n in self.later or n == self.core.result)

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
        called = node.value if isinstance(node, (gast.Assign, gast.Expr)) else None
        named = isinstance(called, gast.Call)
        found = operation(called, self.core.namespace, self.analysed.variables) if named else None
        if found is None or not isinstance(found.function, Region):
            return
        first = getattr(node, "origin", None) or found.function.origin
        if first is None:
            return
        inside = self.core.source.tree.body if found.function.whole else found.function.definition
        lines = {n.lineno for n in walk(inside) if getattr(n, "lineno", None)}
        for (file, line), user in self.users.items():
            if file == first.file and line in lines:
                lines |= {n.lineno for n in walk(user) if isinstance(n, gast.stmt)}
        graph = self._dynamic(node) is not None
        self.regions.update({(first.file, line): (first.line, graph) for line in lines})

    def _dynamic(self, node: gast.AST) -> str | None:
        """Why a statement runs on the dynamic graph; None where it does not."""
        if not isinstance(node, gast.Assign) or not isinstance(node.value, gast.Call):
            return None
        step = self.halves.steps.get(id(node))
        if step is None or not any(isinstance(s, gast.Assign) and _is_pair(s) for s in step.forward or ()):
            # A call of what cannot be read, of which no derivative is needed.
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

    def _given_back(self, user: gast.AST | None, key: Line) -> tuple[str, ...]:
        """What carries a derivative in a `return` of a name, for which the core program has no statement."""
        if not isinstance(user, gast.Return) or not isinstance(user.value, gast.Name):
            return ()
        name = self.named[key].get(user.value.id, user.value.id)
        result, webs = self.core.result, self.analysed.webs
        # In the function itself it is the result, in one that is written out in place it may be any part of its name.
        parts = {n for n in self.analysed.variables if webs.get(n, n) == name}
        found = {result} if self.named[key] is self.core.names and result in parts else parts
        return tuple(sorted(found)) if found <= self.analysed.varied else ()

    def _carries(self, node: gast.AST) -> bool:
        """Whether a statement stores a value that carries a derivative."""
        value = node.value if isinstance(node, (gast.Assign, gast.AugAssign, gast.Expr)) else None
        return value is not None and carries(value, set(self.analysed.varied), self._static)

    def _reads(self, nodes: list[gast.AST]) -> set[str]:
        return set().union(*(names_read(n) for n in nodes))

    def _inactive(self, user: gast.AST | None, nodes: list[gast.AST], active: tuple[str, ...]) -> str:
        if isinstance(user, _CONTROL):
            return "control flow"
        if isinstance(user, _NAMES) and not nodes:
            return "names only"
        if isinstance(user, (gast.FunctionDef, gast.ClassDef)) and not nodes:
            return "a definition, read where it is called"
        if not self._reads(nodes) & self.analysed.varied:
            return f"does not depend on {self.wrt}" if nodes or isinstance(user, gast.Return) else "known beforehand"
        if isinstance(user, (gast.If, gast.For, gast.While)):
            return "nothing in it carries a derivative that the result depends on"
        if active:
            named = nodes[0].value if len(nodes) == 1 and isinstance(nodes[0], gast.Assign) else None
            users = {n.id for u in self.users.values() for n in walk(u) if isinstance(n, gast.Name)}
            if isinstance(named, gast.Name) and named.id in users:
                return f"another name for `{named.id}`"
            return "the result does not depend on it"
        return "what it gives carries no derivative: a test, a step, a shape, a text, what is held constant"

    # What is kept

    def _held(self) -> dict[int, list[tuple[str, gast.AST]]]:
        """For each core statement what the forward sweep has for it that stays in a variable: its name, its store."""
        found: dict[int, list[tuple[str, gast.AST]]] = {}
        saved = {*self.halves.sweeps.tapes.values(), *self.halves.sweeps.kept.values()}
        saved |= set(self.halves.record.counters.values())
        for node in walk(self.halves.forward):
            if isinstance(node, (gast.Assign, gast.AugAssign, gast.Expr)) and getattr(node, "core", None) is not None:
                for name in sorted(stored(node, self.readers.values)[0] - saved):
                    found.setdefault(id(node.core), []).append((name, node))
        return found

    def _kept(self, node: gast.AST) -> Iterator[str]:
        record, sweeps = self.halves.record, self.halves.sweeps
        for save in record.saves.get(id(node), []):
            name = sweeps.tapes.get(save.variable) if save.looped else sweeps.kept.get((id(node), save.variable))
            if name in self.later:
                part = "a part of " if save.place is not None else ""
                copied = ", as a copy" if save.copied else ""
                why = self._for(sweeps.restored.get((id(node), save.variable)), save.variable)
                yield f"{part}`{save.variable}` before it is overwritten{copied}{why}"
        for closing in record.closing.get(id(node), []):
            if sweeps.tapes.get(closing.variable) in self.later:
                why = self._for(sweeps.restored.get((id(node), closing.variable)), closing.variable)
                yield f"`{closing.variable}` at the end of each round{why}"
        if id(node) in record.counters and record.counters[id(node)] in self.later:
            yield f"`{record.counters[id(node)]}`, how many rounds there were"
        for name, store in self.held.get(id(node), []):
            if name in self.later and self.readers.lines(store, name):
                yield f"`{name}`{self._for(store, name)}"

    def _for(self, store: gast.AST | None, name: str) -> str:
        """Who reads what a statement of either sweep stores in a variable."""
        found = self.readers.lines(store, name) if store is not None else ()
        lines = [line for line in found if line != FORM]
        readers = ["for the form of the gradient"] if FORM in found else []
        if lines:
            places, more = ", ".join(self._place(line) for line in lines), "s" if len(lines) > 1 else ""
            readers.insert(0, f"by the adjoint{more} of line{more} {places}")
        return f": read {', and '.join(readers)}" if readers else ": no adjoint reads it under this name"

    def _place(self, line: Line) -> str:
        return str(line[1]) if line[0] == self.core.source.file else f"{line[0]}:{line[1]}"


def _is_pair(node: gast.Assign) -> bool:
    """Whether a statement gives a value and what belongs to it for the reverse sweep."""
    return isinstance(node.targets[0], gast.Tuple)


def _line(node: gast.AST) -> Line:
    return node.origin.file, node.origin.line


def _is_text(node: gast.AST) -> bool:
    return isinstance(node, gast.Expr) and isinstance(node.value, gast.Constant)
