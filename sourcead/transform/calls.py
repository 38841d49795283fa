"""What calls add to the cotangents of their arguments: records, the user's functions, functions of no rule."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import gast

import runtime
from runtime.untouched import unchanging
from sourcead.analysis.activity import root
from sourcead.analysis.shapes import Shapes
from sourcead.analysis.steps import OWNED, SHARED, Bar
from sourcead.errors import NoRule, Origin
from sourcead.frontend.annotations import signature_of
from sourcead.frontend.lower import Core
from sourcead.frontend.names import MISSING, Region
from sourcead.frontend.syntax import attribute, call, clone, const, load, names_read, pack, store, subscript
from sourcead.frontend.unseen import is_unseen
from sourcead.transform.operations import Operation
from sourcead.transform.records import field_names
from sourcead.transform.regions import CHOOSE, WRITE, reason, refused, said, unwritten

Emit = Callable[[gast.AST], None]


@dataclass(frozen=True)
class Part:
    """A contribution: where it goes (a variable, or a place within one), and what is known of it."""

    place: gast.AST
    value: gast.AST
    bar: Bar


class Pair(Protocol):
    """The forward and backward functions of a user's function.

    `owned` are the parameters whose cotangents the backward function makes anew: another one may be the cotangent that
    it was given, or the same array as another.
    """

    forward: str
    backward: str
    taped: bool
    needs: tuple[str, ...]
    names: dict[str, str]
    owned: frozenset[str]


class Program(Protocol):
    """What the transform needs of the program around a function."""

    def pair(
        self,
        function: Callable[..., Any],
        active: tuple[str, ...],
        number: bool,
        origin: Origin | None,
        owner: type | None = None,
    ) -> Pair:
        """The functions that stand for a call of `function` in the two sweeps."""

    def pulling_back(self) -> str:
        """The function of `runtime` that runs a region and gives its pullback."""

    def dynamic_allowed(self) -> bool:
        """Whether a call without source or rule may run on the dynamic graph."""


class CallContributions:
    """Contributions of calls that have no rule."""

    core: Core
    varied: frozenset[str]
    shapes: Shapes
    program: Program
    # The variables whose objects the tape of the last call holds.
    held: frozenset[str] = frozenset()

    def active(self, node: Any) -> bool:
        """Whether an operand carries a derivative."""
        raise AssertionError("internal error in calls: not a complete class")

    def is_container(self, variable: str) -> bool:
        """Whether a variable may hold a list, tuple, dict or object, whose cotangents are added entry by entry."""
        raise AssertionError("internal error in calls: not a complete class")

    def fresh(self, hint: str) -> str:
        """A new local name."""
        raise AssertionError("internal error in calls: not a complete class")

    def operation(self, value: gast.AST) -> Operation | None:
        """The operation that a right-hand side is."""
        raise AssertionError("internal error in calls: not a complete class")

    def of_entry(self, entry: gast.Name, bar: Bar) -> Bar:
        """What is known of the cotangent of an entry of a list or object whose own is known."""
        raise AssertionError("internal error in calls: not a complete class")

    def _of_record(self, found: Operation, g: gast.AST, bar: Bar, statement: gast.AST) -> list[Part]:
        """`Point(a, b)`: a dataclass or named tuple."""
        fields = field_names(found.function)
        given = [*zip(fields, found.args), *found.kwargs.items()]
        by_name = dataclasses.is_dataclass(found.function)
        return [
            Part(
                node,
                attribute(clone(g), name) if by_name else subscript(clone(g), const(fields.index(name))),
                self.of_entry(node, bar),
            )
            for name, node in given
            if self.active(node)
        ]

    def _of_function(
        self, variable: str, found: Operation, g: gast.AST, statement: gast.AST, emit: Emit
    ) -> tuple[list[Part], list[gast.AST] | None]:
        """A call of a user's function: its forward half here, its backward half in the reverse sweep."""
        bound = found.bound
        active = tuple(name for name, node in bound.items() if self.active(node))
        number = self.shapes.is_number(statement)
        pair = self.program.pair(found.function, active, number, statement.origin, found.owner)
        needed = [clone(bound[n]) if n in bound else self._default(n, found) for n in pair.needs]
        target = statement.targets[0].id
        forward: list[gast.AST] | None = None
        if pair.taped:
            tape = self.fresh(f"{target}_tape")
            named = {pair.names.get(k, k): clone(v) for k, v in found.kwargs.items()}
            made = call(pair.forward, *(clone(a) for a in found.args), **named)
            forward = [
                gast.Assign(targets=[pack([store(target), store(tape)], gast.Store())], value=made, type_comment=None)
            ]
            # The callee keeps arguments and its result as they are, so they must be that again when it runs backward.
            self.held = frozenset({target}.union(*(names_read(o) for o in found.operands)))
            needed = [load(tape), *needed]
        back = call(pair.backward, *needed, clone(g))
        if len(active) == 1:
            return [Part(bound[active[0]], back, Bar(active[0] in pair.owned, True))], forward
        names = [self.fresh(f"{bound[n].id}_bar") for n in active]
        emit(gast.Assign(targets=[pack([store(n) for n in names], gast.Store())], value=back, type_comment=None))
        return [Part(bound[p], load(n), Bar(p in pair.owned, True)) for p, n in zip(active, names)], forward

    def _default(self, name: str, found: Operation) -> gast.AST:
        value = signature_of(found.function).parameters[name].default
        return const(value) if value is None or isinstance(value, (bool, int, float, str)) else load(name)

    def unneeded(self, value: gast.AST, statement: gast.AST) -> list[gast.AST] | None:
        """What stands for a call of which no derivative is needed, where what it does to its arguments is not known."""
        # What the standard library and NumPy change of what they are given was seen before.
        found = self.operation(value) if isinstance(value, gast.Call) else None
        if found is None or found.rule is not None or not any(self.active(a) for a in found.operands):
            return None
        function = found.function
        by_value = function is MISSING and isinstance(value.func, (gast.Name, gast.Subscript))
        read = isinstance(function, (type, Region))
        if read or not (by_value or callable(function) and is_unseen(value.func, function)):
            return None
        made = clone(statement)
        made.value.func = call(load(self.core.namespace.bind("unchanging", unchanging)), made.value.func)
        return [made]

    def _of_unknown(
        self, variable: str, found: Operation, g: gast.AST, statement: gast.AST, emit: Emit
    ) -> tuple[list[Part], list[gast.AST] | None]:
        """A call with neither source nor rule: it runs on the dynamic graph, and the program keeps its pullback."""
        value = statement.value
        if isinstance(found.function, Region) and not self.program.dynamic_allowed():
            raise refused(found.function)
        given_by_value = found.function is MISSING and isinstance(value.func, (gast.Name, gast.Subscript))
        known = given_by_value or found.function is not MISSING and callable(found.function)
        module = getattr(found.function, "__module__", "") or ""
        if given_by_value and root(value.func) in self.varied:
            raise unwritten(
                self.program.dynamic_allowed(),
                "the function that is called here carries a derivative itself",
                "Pass what varies as an argument, and keep the function itself fixed.",
                statement.origin,
            )
        # The dynamic graph asks the same table of rules for NumPy's functions.
        if module.partition(".")[0] == "numpy":
            raise NoRule(
                f"`{found.text}` has no rule",
                "Write it with functions that have one, or register a rule with sourcead.derivative.",
                statement.origin,
            )
        if not known or module == "builtins" or not self.program.dynamic_allowed():
            raise unwritten(
                self.program.dynamic_allowed(),
                reason(found, value) or f"`{found.text}` has neither a rule nor source that can be read",
                CHOOSE if given_by_value else WRITE,
                statement.origin,
            )
        target = statement.targets[0].id
        owner = value.func.id if isinstance(found.function, Region) else target
        pullback = self.fresh(f"{owner}_pullback")
        function = value.func
        if found.kwargs:
            given = {k: clone(v) for k, v in found.kwargs.items()}
            if any(self.active(v) for v in found.kwargs.values()):
                raise unwritten(
                    self.program.dynamic_allowed(),
                    f"an active value is passed by keyword to `{found.text}`, which has neither rule nor source",
                    "Pass it by position.",
                    statement.origin,
                )
            function = call(load(self.core.namespace.bind("partial", functools.partial)), clone(function), **given)
        run = attribute(load(self.core.namespace.bind("runtime", runtime)), self.program.pulling_back())
        if not isinstance(found.function, Region):
            # A region gives back what it changes; of other functions nobody knows what they change.
            function = call(load(self.core.namespace.bind("unchanging", unchanging)), clone(function))
        made = call(run, clone(function), *(clone(a) for a in found.args))
        targets = pack([store(target), store(pullback)], gast.Store())
        forward = gast.Assign(targets=[targets], value=made, type_comment=None)
        made_there = [*said(found, statement), forward]
        held = call(pullback, clone(g))
        active = [k for k, a in enumerate(found.args) if self.active(a)]
        if len(active) == 1:
            only = found.args[active[0]]
            return [Part(only, subscript(held, const(active[0])), self._pulled(only))], made_there
        unread = self.fresh("_") if len(active) < len(found.args) else ""
        names = [self.fresh(f"{a.id}_bar") if k in active else unread for k, a in enumerate(found.args)]
        emit(gast.Assign(targets=[pack([store(n) for n in names], gast.Store())], value=held, type_comment=None))
        return [Part(found.args[k], load(names[k]), self._pulled(found.args[k])) for k in active], made_there

    def _pulled(self, argument: gast.AST) -> Bar:
        """What is known of a cotangent that a pullback gives: that of a tuple cannot be changed in place."""
        return SHARED if isinstance(argument, gast.Name) and self.is_container(argument.id) else OWNED
