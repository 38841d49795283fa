"""To be recorded: what the forward sweep saves so that the reverse sweep reads what it read.

The reverse sweep keeps one promise: when the adjoint of a statement runs, every variable that it reads holds what it
held right after (or, for `late` parts, right before) that statement in the forward sweep. So a value is saved only
when an adjoint reads it and something overwrites it (Hascoet, Naumann and Pascual, "To be recorded" analysis in
reverse-mode automatic differentiation, 2005), in one of three ways:

- before a statement that overwrites it, and put back after that statement's adjoint (`saves`);
- at the end of a block that runs many times, when it is made anew each time (`closing`);
- not at all, when the adjoint can make it again from what it has (`remade`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import gast

from sourcead.analysis.activity import indices, root, written_at
from sourcead.analysis.aliases import Aliases, Change, SeenBy
from sourcead.analysis.blocks import every_statement, first, leaves_early, once_a_round, outermost_loops, target_of
from sourcead.analysis.liveness import exposed
from sourcead.analysis.needs import Needs, all_of, object_of, objects_of, plain, shape_of
from sourcead.analysis.reads import Reads, reads_of
from sourcead.analysis.record import Closing, Record, Remaking, Save
from sourcead.analysis.steps import Step
from sourcead.analysis.webs import is_whole
from sourcead.frontend.syntax import names_read, names_written, subscript, walk


@dataclass(frozen=True)
class _Making:
    """How a variable was made: the expression, what it reads, and whether the memory it reads is as it was."""

    value: gast.AST
    reads: frozenset[str]
    intact: bool
    cost: int


class Recorder:
    """Runs the analysis over a core program and its steps."""

    def __init__(
        self,
        variables: frozenset[str],
        aliases: Aliases,
        shared: SeenBy,
        steps: list[Step],
        fresh,
        lists: frozenset[str],
        arrays: frozenset[str],
    ) -> None:
        self.variables = variables
        self.changes = changes = aliases.changes
        self.changed = frozenset(c.variable for c in changes.values())
        # The structure of what grows and shrinks is its contents.
        self.lists = lists | {n for c in changes.values() if c.resizes for n in c.owners}
        self.lists |= {c.variable for c in changes.values() if isinstance(first(c.statement), gast.Attribute)}
        self.fresh = fresh
        self.arrays = arrays
        self.record = Record()
        self.steps: dict[int, Step] = {}
        self.making: dict[str, _Making] = {}
        self.kin = aliases.kin
        self.shared = shared
        self._index(steps)
        made = (n for step in self.steps.values() for n in _forward_names(step))
        self.readable = variables | frozenset(made)
        self._read: dict[int, Reads] = {}
        # Of what adjoints read something in any case, if only the shape, and what loops make anew.
        self.wanted: frozenset[str] = frozenset()
        self.looped: set[str] = set()

    def _index(self, steps: list[Step]) -> None:
        for step in steps:
            if step.core is not None:
                self.steps[id(step.core)] = step
            self._index(step.body)
            self._index(step.orelse)

    def run(self, body: list[gast.AST], parameters: list[str], again: frozenset[str]) -> Record:
        """The record of a program; the variables `again` are to hold in the end what they held at the start."""
        read = [self._reads(part) for step in self.steps.values() for part in (step.late, step.early) if part]
        self.wanted = frozenset(map(plain, frozenset().union(*read)))
        self.looped = self._written([s for node in body for loop in outermost_loops(node) for s in loop.body])
        self._block(body, again, frozenset(parameters), 0)
        for node in body:
            for loop in outermost_loops(node):
                self._count_by_tape(loop)
        return self.record

    def _count_by_tape(self, loop: gast.AST) -> None:
        """A tape that gets one value in each round of an outermost `while` loop, and no others, counts its rounds."""
        if not isinstance(loop, gast.While) or id(loop) not in self.record.counters:
            return
        pushed = [s.variable for saves in self.record.saves.values() for s in saves if s.looped]
        pushed += [c.variable for entries in self.record.closing.values() for c in entries]
        each_round = [c.variable for c in self.record.closing.get(id(loop), [])]
        each_round += [s.variable for node in loop.body for s in self.record.saves.get(id(node), []) if s.looped]
        for name in each_round:
            if pushed.count(name) == 1 and not any(
                isinstance(n, (gast.For, gast.While)) and id(n) in self.record.saves for n in loop.body
            ):
                self.record.drained[id(loop)] = name
                del self.record.counters[id(loop)]
                return

    # Flow

    def _block(
        self, body: list[gast.AST], needs: Needs, defined: frozenset[str], depth: int
    ) -> tuple[Needs, frozenset[str]]:
        for statement in body:
            needs, defined = self._statement(statement, needs, defined, depth)
        return needs, defined

    def _statement(
        self, node: gast.AST, needs: Needs, defined: frozenset[str], depth: int
    ) -> tuple[Needs, frozenset[str]]:
        if isinstance(node, gast.If):
            return self._branch(node, needs, defined, depth)
        if isinstance(node, (gast.For, gast.While)) and not is_whole(node):
            return self._loop(node, needs, defined, depth)
        # The names that may see a change are looked at, also where no branch has assigned them yet.
        others = self.shared.apart.get(id(node), frozenset()) | self.shared.joint.get(id(node), {}).keys()
        self.record.undefined |= (others & self.variables) - defined
        step = self.steps.get(id(node), Step(node))
        target = target_of(node)
        held = step.held & self.kin.keys()
        again = held if target in step.held and target in names_read(node.value) else frozenset()
        late = self._needs_of(step.late, depth) | objects_of(again)
        change = self.changes.get(id(node))
        if change is not None and not is_whole(node):
            needs = self._change(node, change, needs | late, depth, defined)
        if is_whole(node):
            needs = self._change_whole(node, needs, depth, defined)
        written = {target} if target else names_written(node)
        before = needs | late
        for name in sorted(written):
            if name in before:
                self._save(node, Save(name, None, name in self.kin, depth > 0, same=object_of(name) in before), defined)
            elif {shape_of(name), object_of(name)} & before:
                same = object_of(name) in before
                self._save(node, Save(name, None, name in self.kin and not same, depth > 0, same=same), defined)
        after = before - {n for w in written for n in all_of(w)}
        self._forget(written, change)
        early = self._needs_of(step.early, depth) | objects_of(held & {target} if again else held)
        if target is not None and id(node) in self.record.undone:
            # What is taken out goes back itself, for other names may hold it.
            early |= objects_of(frozenset({target}))
        if target is not None and isinstance(node, gast.Assign):
            self._remember(target, node.value, depth)
        made = _forward_names(step)
        return after | early, defined | written | made

    def _branch(self, node: gast.If, needs: Needs, defined: frozenset[str], depth: int) -> tuple[Needs, frozenset[str]]:
        before = dict(self.making)
        first, defined1 = self._block(node.body, needs, defined, depth)
        made = self.making
        self.making = before
        second, defined2 = self._block(node.orelse, needs, defined, depth)
        self.making = {n: m for n, m in self.making.items() if made.get(n) == m}
        out = first | second
        step = self.steps.get(id(node))
        if step is not None and self._acts(step, node):
            out |= self._expand(id(step), reads_of([node.test], self.variables), depth)
        return out, defined1 & defined2

    def _acts(self, step: Step, node: gast.AST) -> bool:
        """Whether the reverse sweep visits a branch or loop: for an adjoint, or to put values back."""
        return not step.empty or any(
            id(s) in self.record.saves or id(s) in self.record.undone for s in every_statement([node])
        )

    def _loop(self, node: gast.AST, needs: Needs, defined: frozenset[str], depth: int) -> tuple[Needs, frozenset[str]]:
        step = self.steps[id(node)]
        target = node.target.id if isinstance(node, gast.For) else None
        if target is not None and all_of(target) & needs:
            self._save(node, Save(target, None, False, depth > 0), defined)
            needs -= all_of(target)
        written = self._written(node.body)
        carried = exposed(node.body) | (names_read(node.test) if isinstance(node, gast.While) else frozenset())
        local = {n for n in written if n not in carried} | {n for n in written if n not in self.variables}
        if target is not None and target in written:
            local.add(target)
        self._forget(written | ({target} if target else set()), None)
        for inner in every_statement(node.body):
            if id(inner) in self.changes:
                self._forget(set(), self.changes[id(inner)])
        outside = dict(self.making)
        head = needs
        inside_defined = defined | ({target} if target else set())
        while True:
            self.making = dict(outside)
            out, after_defined = self._block(node.body, head, inside_defined, depth + 1)
            self._close(node, out, local, after_defined)
            grown = head | frozenset(n for n in out if plain(n) not in local and plain(n) != target)
            if grown == head:
                break
            head = grown
        self.making = outside
        result = head
        if self._acts(step, node):
            result |= self._expand(id(step), self._bounds(node, depth), depth)
            result |= reads_of(step.before, self.variables)
        counter = {self.record.counters[id(node)]} if id(node) in self.record.counters else set()
        return result, defined | ({target} if target else set()) | counter

    def _bounds(self, node: gast.AST, depth: int) -> Needs:
        needs = reads_of([node.iter], self.variables) if isinstance(node, gast.For) else frozenset()
        if isinstance(node, gast.While) or leaves_early(node):
            counter = self.record.counters.get(id(node))
            if counter is None:
                counter = self.record.counters[id(node)] = self.fresh("count")
            needs |= {counter}
        return needs

    def _close(self, node: gast.AST, needs: Needs, local: set[str], defined: frozenset[str]) -> None:
        """Save at the end of a loop's body what is made anew in each round and read by the adjoints of the round."""
        known = self.record.closing.setdefault(id(node), [])
        writes = Counter(n for s in once_a_round(node.body) for n in names_written(s))
        several = self._written([s for s in every_statement(node.body) if isinstance(s, (gast.For, gast.While))])
        inside = set(map(id, every_statement(node.body)))
        # What the last round made may be changed after the loop, as the object that was saved.
        later = {n for key, c in self.changes.items() if key not in inside for n in c.owners | c.sharing | {c.variable}}
        for name in sorted({plain(n) for n in needs} & (local | self._counted(node.body))):
            copied = name in needs and (name in later or self.kin.get(name, frozenset()) - {name} != frozenset())
            steady = writes[name] == 1 and name not in several and name not in self.kin and name not in self.changed
            closing = Closing(name, copied, copied and object_of(name) in needs, steady)
            place = next((k for k, c in enumerate(known) if c.variable == name), None)
            if place is None:
                known.append(closing)
            else:
                known[place] = known[place].joined(closing)
            if name not in defined:
                self.record.undefined.add(name)

    def _counted(self, body: list[gast.AST]) -> set[str]:
        return {self.record.counters[id(s)] for s in every_statement(body) if id(s) in self.record.counters}

    def _written(self, body: list[gast.AST]) -> set[str]:
        """What a block writes, in the form that the forward sweep has it."""
        found: set[str] = set()
        for statement in every_statement(body):
            if isinstance(statement, gast.For):
                found |= names_written(statement.target)
            elif not isinstance(statement, (gast.If, gast.While)):
                found |= names_written(statement)
                step = self.steps.get(id(statement))
                found |= _forward_names(step) if step else set()
        return found | self._counted(body)

    # Statements

    def _save(self, node: gast.AST, save: Save, defined: frozenset[str]) -> None:
        known = self.record.saves.setdefault(id(node), [])
        for k, other in enumerate(known):
            if other.variable == save.variable and (other.place is None) == (save.place is None):
                # Needs grow while a loop is gone through again.
                known[k] = other.joined(save)
                break
        else:
            known.append(save)
        if save.place is None and save.variable not in defined:
            self.record.undefined.add(save.variable)

    def _change(self, node: gast.AST, change: Change, needs: Needs, depth: int, defined: frozenset[str]) -> Needs:
        """A change in place: what is overwritten is saved where an earlier adjoint reads that memory."""
        # What grows or shrinks matters to who needs the shape only, as putting an element back does.
        if not change.owners & (frozenset(map(plain, needs)) if change.resizes else needs):
            return needs
        # Others that must see the old contents again; a guard keeps some of them apart when the program runs.
        seeing = change.owners - self.shared.apart.get(id(node), frozenset()) - {change.variable}
        seeing &= {n for n in needs if not n.startswith("shape:")} | {n for n in seeing if object_of(n) in needs}
        if seeing:
            needs |= {object_of(n) for n in seeing | {change.variable}}
        # Where another name looks at the same memory, the old contents go back into that memory.
        shared = bool(seeing) or object_of(change.variable) in needs
        if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            self._save(node, Save(change.variable, None, True, depth > 0, shared), defined)
            return needs - {change.variable, shape_of(change.variable)}
        place = first(node) if isinstance(node, (gast.Assign, gast.AugAssign)) else None
        if isinstance(place, (gast.Subscript, gast.Attribute)):
            # An entry of a list or object is changed in its own memory; a store there puts another object in its place.
            entry = isinstance(place, gast.Attribute) or change.variable not in self.arrays
            shared = shared and entry and isinstance(node, gast.AugAssign)
            self._save(node, Save(change.variable, place, not change.whole, depth > 0, shared), defined)
            return needs | reads_of(indices(place), self.variables) | self._structure(change.variable)
        if written_at(node) is not None:
            place = subscript(node.value.args[0], node.value.args[1])
            self._save(node, Save(change.variable, place, True, depth > 0), defined)
            return needs | reads_of([place.slice], self.variables) | self._structure(change.variable)
        self.record.undone.add(id(node))
        # It is undone in the very object, which a variable of another name may stand for as well.
        needs |= {object_of(change.variable)}
        needs |= reads_of([s.slice for s in walk(node.value.func) if isinstance(s, gast.Subscript)], self.variables)
        return needs

    def _change_whole(self, node: gast.AST, needs: Needs, depth: int, defined: frozenset[str]) -> Needs:
        """A statement that stands whole: all that it may change and adjoints before read is saved, and put back."""
        inner = [self.changes[id(n)] for n in walk(node) if id(n) in self.changes]
        for name in sorted({n for change in inner for n in change.owners} & needs):
            self._save(node, Save(name, None, True, depth > 0, same=True), defined)
            needs -= all_of(name)
        return needs

    def _structure(self, name: str) -> Needs:
        """What a place in a variable needs to be found again: its shape, and of a list as many entries."""
        return frozenset({name if name in self.lists else shape_of(name)})

    def _needs_of(self, statements: list[gast.AST], depth: int) -> Needs:
        if not statements:
            return frozenset()
        return self._expand(id(statements), self._reads(statements), depth)

    def _reads(self, statements: list[gast.AST]) -> Reads:
        found = self._read.get(id(statements))
        if found is None:
            found = self._read[id(statements)] = reads_of(statements, self.readable, self.lists)
        return found

    # Making again

    def _remember(self, name: str, value: gast.AST, depth: int) -> None:
        viewed = isinstance(value, gast.Subscript) and root(value) in self.kin and not self._copies(value)
        if (depth or viewed) and name not in names_read(value) and _is_cheap(value):
            reads = frozenset(names_read(value))
            if isinstance(value, (gast.BinOp, gast.UnaryOp)) and not all(self._at_hand(r) for r in reads):
                return
            cost = isinstance(value, (gast.BinOp, gast.UnaryOp)) + sum(
                self.making[r].cost for r in reads if r in self.making
            )
            if cost <= 1:
                self.making[name] = _Making(value, reads, True, cost)

    def _copies(self, value: gast.Subscript) -> bool:
        """Whether a subscript makes a new list, which need not be made again."""
        return isinstance(value.slice, gast.Slice) and root(value) in self.lists

    def _at_hand(self, name: str) -> bool:
        """Whether the reverse sweep has a value without saving it for this purpose alone."""
        making = self.making.get(name)
        if making is not None:
            return making.cost == 0 and making.intact and not making.reads & self.changed
        return name in self.wanted or name not in self.looped

    def _forget(self, written: set[str], change: Change | None) -> None:
        for name, making in list(self.making.items()):
            if name in written or making.reads & written:
                del self.making[name]
            elif (
                change is not None and making.intact and (making.reads | {name}) & ({change.variable} | change.sharing)
            ):
                # What is made again is what it was at first, before it was changed itself.
                self.making[name] = _Making(making.value, making.reads, False, making.cost)

    def _expand(self, key: int, reads: Needs, depth: int) -> Needs:
        """Reads of an adjoint, less those of variables that it makes again: what making them reads instead."""
        needs: set[str] = set()
        order: list[Remaking] = []

        def visit(name: str) -> None:
            making = self.making.get(plain(name))
            if making is None or not making.intact:
                needs.add(name)
                return
            # All of it, also where only the shape is read: the variable may be read whole later on.
            entry = Remaking(plain(name), making.value)
            if entry in order:
                return
            for read in sorted(reads_of([making.value], self.variables, self.lists)):
                visit(read)
            order.append(entry)

        for name in sorted(reads):
            visit(name)
        known = self.record.remade.setdefault(key, [])
        known += [entry for entry in order if entry not in known]
        return frozenset(needs)


def _forward_names(step: Step) -> set[str]:
    return set().union(*(names_written(s) for s in step.forward)) if step.forward else set()


def _is_cheap(value: gast.AST) -> bool:
    """One step that costs no more than keeping its result: reading a place, or one arithmetic operator."""
    if isinstance(value, (gast.Subscript, gast.Attribute)):
        return not any(isinstance(n, gast.Call) for n in walk(value))
    if isinstance(value, gast.BinOp) and isinstance(value.op, (gast.Add, gast.Sub, gast.Mult, gast.Div)):
        return all(isinstance(o, (gast.Name, gast.Constant)) for o in (value.left, value.right))
    return isinstance(value, gast.Name) or isinstance(value, gast.UnaryOp) and isinstance(value.operand, gast.Name)
