"""Reverse mode: the adjoint of every core statement, last one first.

Requires: core, webs split, activity known.   Ensures: steps (sourcead.analysis.steps).

Cotangents are variables of the emitted program; `cotangents.py` knows what holds of each at every statement.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import gast

from runtime.kernels import add_at, narrowed, own, put_back, take_out, take_written, zeros_like
from sourcead.analysis.activity import added_at, block_at, put_back_at, root
from sourcead.analysis.kinds import indexed
from sourcead.analysis.steps import OWNED, SHARED, Bar, Step
from sourcead.analysis.webs import is_whole
from sourcead.errors import Unsupported
from sourcead.frontend.expressions import index_value, is_basic
from sourcead.frontend.syntax import (
    assign,
    attribute,
    augment,
    call,
    clone,
    const,
    load,
    names_read,
    names_written,
    subscript,
)
from sourcead.frontend.with_blocks import with_entered, with_left
from sourcead.transform.algebra import minus, plus
from sourcead.transform.contributions import Part
from sourcead.transform.cotangent_blocks import block_on
from sourcead.transform.shared_cotangents import SharedCotangents


class Reverse(SharedCotangents):
    """The generator of steps for one core program."""

    forward: list[gast.AST] | None = None

    # Blocks

    def block(self, body: list[gast.AST]) -> list[Step]:
        """Steps of a block, last statement first."""
        return [self.statement(s) for s in reversed(body)]

    def statement(self, node: gast.AST) -> Step:
        """The step of one core statement."""
        if isinstance(node, (gast.If, gast.For, gast.While)) and not is_whole(node):
            self.contributions.fillings.forget()
            step = self._branch(node) if isinstance(node, gast.If) else self._loop(node)
            self.contributions.fillings.forget()
            return step
        step = Step(node)
        outer, self.out, self.forward = self.out, step.early, None
        looks = self.take_over(node)
        if isinstance(node, gast.Assign):
            self._assign(node, step)
        elif isinstance(node, gast.AugAssign):
            self._augmented(node, step)
        elif isinstance(node, gast.Expr):
            self._effect(node, step)
        step.forward = [*([clone(node)] if self.forward is None else self.forward), *looks] if looks else self.forward
        self.out = outer
        return step

    def _branch(self, node: gast.If) -> Step:
        entry = dict(self.bars)
        step = Step(node)
        step.body = self.block(node.body)
        first, self.bars = self.bars, dict(entry)
        step.orelse = self.block(node.orelse)
        second = self.bars
        self.bars = {}
        for variable in sorted(first.keys() | second.keys()):
            if variable not in first or variable not in second:
                steps = step.orelse if variable in first else step.body
                steps.append(Step(None, [assign(self.bar(variable), self.zero(variable))]))
            started = self.started(variable)
            self.bars[variable] = first.get(variable, started).meet(second.get(variable, started))
        return step

    def _loop(self, node: gast.AST) -> Step:
        """The body backwards, as often as needed to know which cotangents are carried around the loop."""
        inside = names_written(node.body)
        # Elements added to in each round: the array is made its own once, before the loop.
        stepped = sorted((indexed(node.body) & self.bars.keys() & self.varied) - inside)
        owning = [v for v in stepped if self.bars[v] != OWNED]
        self.bars.update(dict.fromkeys(owning, OWNED))
        entry = dict(self.bars)
        assumed = dict(entry)
        known = self.names_so_far()
        while True:
            self.forget_names(known)
            self.bars = dict(assumed)
            step = Step(node, body=self.block(node.body))
            grown = dict(assumed)
            for variable in assumed.keys() | self.bars.keys():
                started = self.started(variable, variable not in inside)
                # What starts to be carried is first taken to be as it starts; the next round tells.
                end = self.bars.get(variable, started) if variable in assumed else started
                grown[variable] = assumed.get(variable, started).meet(end)
            if grown == assumed:
                break
            assumed = grown
        for variable in owning:
            value = call(self.kernel(own), load(self.bar(variable)), load(variable))
            step.before.append(assign(self.bar(variable), value))
        for variable in sorted(assumed.keys() - entry.keys()):
            step.before.append(assign(self.bar(variable), self.zero(variable, variable not in inside)))
        for variable in sorted(assumed.keys() - self.bars.keys()):
            step.body.append(Step(None, [assign(self.bar(variable), self.zero(variable))]))
        self.bars = assumed
        return step

    # Statements

    def _assign(self, node: gast.Assign, step: Step) -> None:
        target = node.targets[0]
        if self._manages(node):
            return
        if isinstance(target, (gast.Subscript, gast.Attribute)):
            self._store(node)
        elif isinstance(target, gast.Name):
            self._value(target.id, node.value, step, node)

    def _value(self, variable: str, value: gast.AST, step: Step, node: gast.AST) -> None:
        """The adjoint of `variable = value`."""
        status = self.bars.pop(variable, None)
        self.gather(variable)
        if self._popped(variable, value, status):
            return
        if status is None:
            self.forward = self.contributions.unneeded(value, node)
            return
        g, result = load(self.bar(variable)), load(variable)
        # An entry of a call's result goes to the call's own adjoint as it is.
        entry = isinstance(value, gast.Subscript) and root(value) in self.taken_apart
        if not status.whole and (entry or self.contributions.needs_shape(value)):
            self.emit(assign(self.bar(variable), call(self.kernel(own), g, result)))
            status = OWNED
        again = variable in names_read(value)
        if again:
            if self.contributions.reads_result(value):
                kept = self.fresh(variable)
                step.early.append(assign(kept, load(variable)))
                result = load(kept)
            self.out = step.late
            if isinstance(value, (gast.Subscript, gast.Attribute)):
                held = self.fresh(self.bar(variable))
                self.emit(assign(held, g))
                g = load(held)
        self.contributions.held = frozenset()
        parts, self.forward = self.contributions.of(variable, value, g, result, status, node, self.emit)
        step.held = self.contributions.held
        numeric = variable in self.contributions.kinds.numeric
        merged = _merged(parts, self.contributions.is_container)
        mine = [p for p in merged if isinstance(p.place, gast.Name) and p.place.id == variable]
        others = [p for p in merged if not (isinstance(p.place, gast.Name) and p.place.id == variable)]
        for part in others:
            self._give(part, numeric)
        if len(mine) > 1:
            # Each of them reads the cotangent that their sum replaces.
            total = functools.reduce(
                functools.partial(call, self.kernel(self.contributions.join)), [p.value for p in mine]
            )
            mine = [Part(mine[0].place, total, Bar(True, any(p.bar.whole for p in mine)))]
        # Last, for the others read the cotangent that this one replaces.
        for part in mine:
            passed = isinstance(part.value, gast.Name) and part.value.id == self.bar(variable)
            shared = any(isinstance(p.value, gast.Name) and p.value.id == self.bar(variable) for p in others)
            self.add(variable, part.value, Bar(status.owned and not shared, status.whole) if passed else part.bar)

    def _give(self, part: Part, numeric: bool) -> None:
        """Add a contribution where it belongs: to a variable, or to a place within one."""
        if isinstance(part.place, gast.Name):
            self.add(part.place.id, part.value, part.bar)
            return
        if isinstance(part.place, gast.Subscript) and root(part.place) in self.taken_apart:
            self.hold(part.place, part.value)
            return
        inside = self.place(part.place)
        sliced = isinstance(inside, gast.Subscript) and isinstance(inside.slice, gast.Slice) and not numeric
        if isinstance(inside, gast.Subscript) and (sliced or not is_basic(inside.slice, self.core.integers)):
            arguments = [inside.value, index_value(inside.slice), part.value]
            self.emit(gast.Expr(value=call(self.kernel(add_at), *arguments)))
            return
        if numeric:
            inside.ctx = gast.Store()
            negative = isinstance(part.value, gast.UnaryOp) and isinstance(part.value.op, gast.USub)
            op, term = (gast.Sub(), part.value.operand) if negative else (gast.Add(), part.value)
            self.emit(augment(inside, op, term))
            return
        sum_of = call(self.kernel(self.contributions.join), clone(inside), part.value)
        inside.ctx = gast.Store()
        self.emit(gast.Assign(targets=[inside], value=sum_of, type_comment=None))

    def _popped(self, variable: str, value: gast.AST, status: Bar | None) -> bool:
        """`y = xs.pop()`: the cotangent goes back where it came from."""
        if not _is_method(value, "pop"):
            return False
        path = value.func.value
        source = root(path)
        if source not in self.varied or (status is None and source not in self.bars):
            return True
        given: gast.AST = load(self.bar(variable))
        if status is None:
            given = call(self.kernel(zeros_like), load(variable))
        elif status != OWNED:
            given = call(self.kernel(own), given, load(variable))
        self.emit(gast.Expr(value=call(attribute(self._grown(path), "append"), given)))
        return True

    def _grown(self, path: gast.AST) -> gast.AST:
        """The cotangent of a list that grows or shrinks; one within another may still be the number zero."""
        place = self.place(path)
        if isinstance(path, gast.Subscript) or self.may_be_zero(path):
            self.whole(path)
        return place

    def _store(self, node: gast.Assign) -> None:
        """The adjoint of `u[i] = value`: what was there is gone, and so is its cotangent."""
        target, value = node.targets[0], node.value
        variable = root(target)
        sliced = isinstance(target, gast.Subscript) and isinstance(target.slice, gast.Slice)
        if sliced and variable in self.contributions.kinds.displays & self.varied:
            raise Unsupported(
                f"a slice of the list `{variable}` is assigned", "Build a new list, or use an array.", node.origin
            )
        if variable not in self.bars:
            return
        place = self.place(target)
        place.ctx = gast.Load()
        cleared = clone(place)
        cleared.ctx = gast.Store()
        if isinstance(value, gast.Name) and value.id in self.varied:
            held = self.fresh(self.bar(value.id))
            self.emit(assign(held, self._copied(place, value)))
            self.emit(gast.Assign(targets=[cleared], value=const(0.0), type_comment=None))
            if isinstance(target, gast.Attribute):
                # The object held the value itself, of no other shape; nothing may have been added to its cotangent.
                self.add(value.id, load(held), Bar(True, self.shapes.is_scalar(value.id)))
            else:
                self.add(value.id, self.contributions.fitted(load(held), value, node), self._stored(value))
        else:
            self.emit(gast.Assign(targets=[cleared], value=const(0.0), type_comment=None))

    def _stored(self, value: gast.Name) -> Bar:
        """What is known of the cotangent of what was stored: that of a list may be a part of an array yet."""
        return Bar(value.id not in self.contributions.kinds.displays, True)

    def _copied(self, place: gast.AST, value: gast.Name) -> gast.AST:
        """The cotangent of what was stored, in an array of its own."""
        if isinstance(place, gast.Attribute) and isinstance(place.ctx, gast.Load):
            return clone(place)
        if not is_basic(place.slice, self.core.integers):
            return call(self.kernel(take_written), place.value, index_value(place.slice))
        return call(self.kernel(self.contributions.taken), place)

    def _augmented(self, node: gast.AugAssign, step: Step) -> None:
        variable = root(node.target)
        assert variable is not None, "internal error in reverse: an update of nothing"
        if isinstance(node.target, gast.Name):
            as_value = gast.BinOp(left=load(variable), op=node.op, right=node.value)
            self._value(variable, as_value, step, node)
            return
        if variable not in self.bars:
            return
        if isinstance(node.value, gast.Name) and node.value.id in self.varied:
            self._term(node)
        if id(node) in self.core.entries:
            place = self.place(node.target)
            before = clone(place)
            before.ctx = gast.Load()
            whole = call(self.kernel(narrowed), before, load(self.core.entries[id(node)]))
            self.emit(gast.Assign(targets=[place], value=whole, type_comment=None))

    def _term(self, node: gast.AugAssign) -> None:
        """The contribution to what is added in place, or subtracted."""
        place = self.place(node.target)
        place.ctx = gast.Load()
        if isinstance(node.op, gast.Sub):
            taken: gast.AST = minus(place)
        elif isinstance(place, gast.Attribute):
            taken = call(self.kernel(self.contributions.taken), place)
        else:
            taken = self._copied(place, node.value)
        self.add(node.value.id, self.contributions.fitted(taken, node.value, node), self._stored(node.value))

    def _manages(self, node: gast.Expr | gast.Assign) -> bool:
        """The ends of a `with`: where its manager sets how NumPy answers, the adjoints run under it, too."""
        if not isinstance(node.value, gast.Call) or not isinstance(node.value.func, gast.Name):
            return False
        kind, args = self.core.namespace.value(node.value.func.id), node.value.args
        if kind is with_left and args:
            self.emit(gast.Expr(value=call(self.kernel(with_entered), clone(args[0]), const(True))))
        elif kind is with_entered and len(args) > 1:
            self.emit(gast.Expr(value=call(self.kernel(with_left), clone(args[0]))))
        return kind is with_left or kind is with_entered

    def _effect(self, node: gast.Expr, step: Step) -> None:
        """`xs.append(value)` and `add_at(u, i, value)`; all else that stands as a statement carries no derivative."""
        if added_at(node) is not None:
            self._added(node)
            return
        if put_back_at(node) is not None:
            self._put_back(node, step)
            return
        if block_at(node) is not None:
            number, variable, *reads = node.value.args
            self.forward = []
            if variable.id in self.varied:
                block = self.core.blocks[number.value]
                self.out += block_on(self.core, block, variable, reads, self.array(variable.id))
                if self.core.namespace.complex or block.bar in names_written(block.body):
                    # The body may have put any array in its place.
                    self.bars[variable.id] = SHARED
            return
        if self._manages(node):
            return
        if not _is_method(node.value, "append") or root(node.value.func.value) not in self.varied:
            return
        path, item = node.value.func.value, node.value.args[0]
        source = root(path)
        if source not in self.bars:
            return
        popped = call(attribute(self._grown(path), "pop"))
        if not isinstance(item, gast.Name) and names_read(item) & self.varied:
            raise Unsupported(
                "an active value is appended in a form that has no adjoint", "Give it a name first.", node.origin
            )
        if isinstance(item, gast.Name) and item.id in self.varied:
            self.add(item.id, popped, OWNED)
        else:
            self.emit(gast.Expr(value=popped))

    def _added(self, node: gast.Expr) -> None:
        """`add_at(u, i, value)`: every term has the cotangent of the place that it was added to."""
        path, index, value = node.value.args
        variable = root(path)
        if variable not in self.bars or not (isinstance(value, gast.Name) and value.id in self.varied):
            return
        place = self.place(subscript(clone(path), clone(index)))
        self.add(value.id, self.contributions.fitted(call(self.kernel(take_out), place), value), self._stored(value))

    def _put_back(self, node: gast.Expr, step: Step) -> None:
        """`put_back(u, i, value)`: a store, so what was there is gone, and so is its cotangent.

        `put_back(u, ..., value)` puts back all of `u`, which had perhaps another length or other keys before.
        """
        path, index, value = node.value.args
        variable = root(path)
        if variable not in self.bars:
            return
        whole = isinstance(index, gast.Constant) and index.value is Ellipsis
        base = self.place(path) if whole else self.place(subscript(clone(path), clone(index))).value
        held = None
        if isinstance(value, gast.Name) and value.id in self.varied:
            held = self.fresh(self.bar(value.id))
            self.emit(assign(held, call(self.kernel(take_written), base, clone(index))))
        if whole:
            target = clone(base)
            target.ctx = gast.Store()
            zeros = call(self.kernel(zeros_like), clone(path))
            step.late.append(gast.Assign(targets=[target], value=zeros, type_comment=None))
        else:
            self.emit(gast.Expr(value=call(self.kernel(put_back), clone(base), clone(index), const(0.0))))
        if held is not None:
            self.add(value.id, self.contributions.fitted(load(held), value), self._stored(value))


def _is_method(value: gast.AST, name: str) -> bool:
    return (
        isinstance(value, gast.Call)
        and isinstance(value.func, gast.Attribute)
        and value.func.attr == name
        and root(value.func.value) is not None
        and len(value.args) == (name == "append")
    )


def _merged(parts: list[Part], is_container: Callable[[str], bool]) -> list[Part]:
    """Contributions of one operation, those to the same number or array added up first."""
    made: list[Part] = []
    for part in parts:
        if isinstance(part.place, gast.Name) and not is_container(part.place.id):
            twin = next((m for m in made if isinstance(m.place, gast.Name) and m.place.id == part.place.id), None)
            if twin is not None:
                made[made.index(twin)] = Part(
                    twin.place, plus(twin.value, part.value), Bar(True, twin.bar.whole or part.bar.whole)
                )
                continue
        made.append(part)
    return made
