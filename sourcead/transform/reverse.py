"""Reverse mode: the adjoint of every core statement, last one first.

Requires: core, webs split, activity known.   Ensures: steps (sourcead.analysis.steps).

Cotangents are variables of the emitted program. Which of them are zero is known here, statement by statement, so
nothing is written for a zero, and the first contribution to a cotangent is an assignment. A cotangent is `owned` when
no other name can hold its array; only then is it added to in place.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from runtime.kernels import add_at, own, take_out, take_written, zeros_like
from sourcead.analysis.activity import added_at, root
from sourcead.analysis.kinds import indexed
from sourcead.analysis.shapes import Shapes
from sourcead.analysis.steps import NOTHING, OWNED, Bar, Bars, Step
from sourcead.errors import Unsupported
from sourcead.frontend.expressions import index_value, is_basic
from sourcead.frontend.lower import Core
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
    store,
    subscript,
)
from sourcead.transform.algebra import minus, plus
from sourcead.transform.contributions import Contributions, Part


class Reverse:
    """The generator of steps for one core program."""

    def __init__(self, core: Core, varied: frozenset[str], shapes: Shapes, contributions: Contributions) -> None:
        self.core = core
        self.varied = varied
        self.shapes = shapes
        self.contributions = contributions
        self.bars: Bars = {}
        self.names: dict[str, str] = {}
        self.out: list[gast.AST] = []
        self.forward: list[gast.AST] | None = None
        self.indexed = indexed(core.body)

    def bar(self, variable: str) -> str:
        """The name of a variable's cotangent."""
        if variable not in self.names:
            self.names[variable] = self.fresh(f"{variable}_bar")
        return self.names[variable]

    def fresh(self, hint: str) -> str:
        """A new local name."""
        return self.core.namespace.local(hint, self.core.taken)

    def kernel(self, function: Callable[..., object]) -> gast.Name:
        """A kernel by name."""
        return load(self.core.namespace.bind(function.__name__, function))

    def emit(self, statement: gast.AST) -> None:
        """Append a statement to the adjoint being written."""
        self.out.append(statement)

    # Cotangents

    def zero(self, variable: str, sure: bool = False) -> gast.AST:
        """The start of a sum: the number that stands for zeros, or zeros.

        Zeros need the value's shape, and so a value: arguments have one, and where it is `sure` so have the
        variables whose elements are added to one by one.
        """
        if variable in self.core.parameters or sure and variable in self.indexed:
            return call(self.kernel(zeros_like), load(variable))
        return const(0.0)

    def started(self, variable: str, sure: bool = False) -> Bar:
        """What is known of a cotangent that `zero` starts."""
        whole = variable in self.core.parameters or self.shapes.is_scalar(variable)
        return OWNED if whole or sure and variable in self.indexed else NOTHING

    def add(self, variable: str, value: gast.AST, given: Bar) -> None:
        """Add a contribution to the cotangent of a variable."""
        name = self.bar(variable)
        status = self.bars.get(variable)
        self.contributions.note(name, value if status is None else None)
        if status is None:
            if not (isinstance(value, gast.Name) and value.id == name):
                self.emit(assign(name, value))
            self.bars[variable] = given
            return
        if self.contributions.is_container(variable):
            self.emit(assign(name, call(self.kernel(self.contributions.join), load(name), value)))
        elif status.owned:
            negative = isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.USub)
            op, term = (gast.Sub(), value.operand) if negative else (gast.Add(), value)
            self.emit(augment(store(name), op, term))
        else:
            self.emit(assign(name, plus(load(name), value)))
        self.bars[variable] = Bar(True, status.whole or given.whole)

    def array(self, variable: str) -> str:
        """The cotangent of a variable as an array (or list, or dict) of its own, to be added to by index."""
        name = self.bar(variable)
        self.contributions.note(name, None)
        if variable not in self.bars:
            self.emit(assign(name, self._zeros(variable)))
        elif self.bars[variable] != OWNED:
            self.emit(assign(name, call(self.kernel(own), load(name), load(variable))))
        self.bars[variable] = OWNED
        return name

    def _zeros(self, variable: str) -> gast.AST:
        width = self.core.widths.get(variable)
        if width is not None and self.contributions.is_result(variable):
            return gast.List(elts=[const(0.0) for _ in range(width)], ctx=gast.Load())
        return call(self.kernel(zeros_like), load(variable))

    # Blocks

    def block(self, body: list[gast.AST]) -> list[Step]:
        """Steps of a block, last statement first."""
        return [self.statement(s) for s in reversed(body)]

    def statement(self, node: gast.AST) -> Step:
        """The step of one core statement."""
        if isinstance(node, (gast.If, gast.For, gast.While)):
            self.contributions.filled.clear()
            step = self._branch(node) if isinstance(node, gast.If) else self._loop(node)
            self.contributions.filled.clear()
            return step
        step = Step(node)
        outer, self.out, self.forward = self.out, step.early, None
        if isinstance(node, gast.Assign):
            self._assign(node, step)
        elif isinstance(node, gast.AugAssign):
            self._augmented(node, step)
        elif isinstance(node, gast.Expr):
            self._effect(node)
        step.forward = self.forward
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
        while True:
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
        if isinstance(target, gast.Subscript):
            self._store(node)
        elif isinstance(target, gast.Name):
            self._value(target.id, node.value, step, node)

    def _value(self, variable: str, value: gast.AST, step: Step, node: gast.AST) -> None:
        """The adjoint of `variable = value`."""
        status = self.bars.pop(variable, None)
        if self._popped(variable, value, status):
            return
        if status is None:
            return
        g, result = load(self.bar(variable)), load(variable)
        if not status.whole and self.contributions.needs_shape(value):
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
        parts, self.forward = self.contributions.of(variable, value, g, result, status, node, self.emit)
        numeric = variable in self.contributions.kinds.numeric
        merged = _merged(parts)
        mine = [p for p in merged if isinstance(p.place, gast.Name) and p.place.id == variable]
        others = [p for p in merged if not (isinstance(p.place, gast.Name) and p.place.id == variable)]
        for part in others:
            self._give(part, numeric)
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
        variable = root(part.place)
        assert variable is not None, "internal error in reverse: a contribution to nothing"
        name = self.array(variable)
        inside = rebased(part.place, name)
        if isinstance(inside, gast.Subscript) and not is_basic(inside.slice, self.core.integers):
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
        name = self.array(source)
        given: gast.AST = load(self.bar(variable))
        if status is None:
            given = call(self.kernel(zeros_like), load(variable))
        elif status != OWNED:
            given = call(self.kernel(own), given, load(variable))
        self.emit(gast.Expr(value=call(attribute(rebased(path, name), "append"), given)))
        return True

    def _store(self, node: gast.Assign) -> None:
        """The adjoint of `u[i] = value`: what was there is gone, and so is its cotangent."""
        target, value = node.targets[0], node.value
        variable = root(target)
        if isinstance(target.slice, gast.Slice) and variable in self.contributions.kinds.displays & self.varied:
            raise Unsupported(
                f"a slice of the list `{variable}` is assigned", "Build a new list, or use an array.", node.origin
            )
        if variable not in self.bars:
            return
        name = self.array(variable)
        place = rebased(target, name)
        place.ctx = gast.Load()
        cleared = clone(place)
        cleared.ctx = gast.Store()
        if isinstance(value, gast.Name) and value.id in self.varied:
            held = self.fresh(self.bar(value.id))
            self.emit(assign(held, self._copied(place, value)))
            self.emit(gast.Assign(targets=[cleared], value=const(0.0), type_comment=None))
            self.add(value.id, self.contributions.fitted(load(held), value, node), OWNED)
        else:
            self.emit(gast.Assign(targets=[cleared], value=const(0.0), type_comment=None))

    def _copied(self, place: gast.AST, value: gast.Name) -> gast.AST:
        """The cotangent of what was stored, in an array of its own."""
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
        if variable not in self.bars or not (isinstance(node.value, gast.Name) and node.value.id in self.varied):
            return
        name = self.array(variable)
        place = rebased(node.target, name)
        place.ctx = gast.Load()
        if isinstance(node.op, gast.Sub):
            taken: gast.AST = minus(place)
        else:
            taken = self._copied(place, node.value)
        self.add(node.value.id, self.contributions.fitted(taken, node.value, node), OWNED)

    def _effect(self, node: gast.Expr) -> None:
        """`xs.append(value)` and `add_at(u, i, value)`; all else that stands as a statement carries no derivative."""
        if added_at(node) is not None:
            self._added(node)
            return
        if not _is_method(node.value, "append") or root(node.value.func.value) not in self.varied:
            return
        path, item = node.value.func.value, node.value.args[0]
        source = root(path)
        if source not in self.bars:
            return
        popped = call(attribute(rebased(path, self.array(source)), "pop"))
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
        place = subscript(rebased(path, self.array(variable)), clone(index))
        self.add(value.id, self.contributions.fitted(call(self.kernel(take_out), place), value), OWNED)


def rebased(place: gast.AST, name: str) -> gast.AST:
    """The same place within another variable; what its indices read stays as it is."""
    if isinstance(place, gast.Name):
        return load(name)
    made = clone(place)
    made.value = rebased(place.value, name)
    return made


def _is_method(value: gast.AST, name: str) -> bool:
    return (
        isinstance(value, gast.Call)
        and isinstance(value.func, gast.Attribute)
        and value.func.attr == name
        and root(value.func.value) is not None
        and len(value.args) == (name == "append")
    )


def _merged(parts: list[Part]) -> list[Part]:
    """Contributions of one operation, those to the same variable added up first."""
    made: list[Part] = []
    for part in parts:
        if isinstance(part.place, gast.Name):
            twin = next((m for m in made if isinstance(m.place, gast.Name) and m.place.id == part.place.id), None)
            if twin is not None:
                made[made.index(twin)] = Part(
                    twin.place, plus(twin.value, part.value), Bar(True, twin.bar.whole or part.bar.whole)
                )
                continue
        made.append(part)
    return made
