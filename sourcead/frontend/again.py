"""What only emitted text has, lowered when it is differentiated again: regions, their pullbacks, changes undone."""

from __future__ import annotations

from typing import Any

import gast

import runtime
from runtime.kernels import put_back, takes_back
from runtime.regions import pulled_back, pushed, recorded
from sourcead.errors import NoEmittedForm, Refused
from sourcead.frontend.callees import is_user_function, looks_around
from sourcead.frontend.exposure import free_reads
from sourcead.frontend.names import MISSING, Frame, Region
from sourcead.frontend.outside import conflict
from sourcead.frontend.plain_calls import PlainCalls
from sourcead.frontend.source import find
from sourcead.frontend.syntax import assign, call, clone, const, load, pack, subscript, walk


class Again(PlainCalls):
    """Lowering of calls that emitted derivatives make."""

    def put_whole_again(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`put_whole(u, value)`, by which an emitted reverse sweep undoes changes of `u`: what the kernel does.

        Where the tape holds pairs of an object and its contents, `u = put_whole(*u_tape.pop())`.
        """
        if isinstance(node.args[0], gast.Starred):
            pair = self.name(self.value(node.args[0].value, frame), "pair")
            held = self.name(subscript(clone(pair), const(0)), "held")
            value = self.name(subscript(pair, const(1)), "old")
        else:
            held = self.atom(node.args[0], frame)
            if not isinstance(held, gast.Name):
                # A part of an array that carries no derivative: a view of it.
                held = self.name(held, "held")
            value = self.name(self.value(node.args[1], frame), "old")
        kernel = self.namespace.bind("put_back", put_back)
        back = gast.Expr(value=call(kernel, clone(held), const(Ellipsis), clone(value)))
        again = assign(held.id, clone(value))
        back.origin = again.origin = self.origin
        test = call(self.namespace.bind("takes_back", takes_back), clone(held))
        self.emit(gast.If(test=test, body=[back], orelse=[again]))
        return held

    def region_again(self, node: gast.Call, function: Any, frame: Frame) -> gast.AST | None:
        """A dynamic region of an emitted derivative, or a call of its pullback, as the operation that has a rule."""
        bind = self.namespace.bind
        if function in (runtime.vjp, runtime.jvp) and node.args and not node.keywords:
            run = self._run(node.args[0], frame)
            given = self.name(self.value(pack(node.args[1:]), frame), "given")
            kernel = recorded if function is runtime.vjp else pushed
            return call(bind(kernel.__name__, kernel), run, given)
        if isinstance(node.func, gast.Name) and len(node.args) == 1 and not node.keywords:
            if self.active(node.func, frame) and function is MISSING and self._may_be_pullback(node.func.id, frame):
                given = self.name(self.value(pack([node.func, node.args[0]]), frame), "given")
                return call(bind("pulled_back", pulled_back), given)
        return None

    def _may_be_pullback(self, name: str, frame: Frame) -> bool:
        """Whether a variable may hold a pullback: in emitted text, also from a tape, and where one is made."""
        holder = frame.holder(name)
        if frame.source.file.startswith("<sourcead ") or holder is None:
            return True
        made = [getattr(n, "value", None) for n in holder.makers(name)]
        return any(isinstance(c, gast.Call) and self.static(c.func, holder) is runtime.vjp for c in made)

    def _run(self, node: gast.AST, frame: Frame) -> gast.AST:
        """The function that an emitted derivative runs on the dynamic graph; a region is defined again here."""
        closure = self.closure(node, frame)
        if closure is None or closure.frame is None or isinstance(closure.node, gast.Lambda):
            return self.inert(node, frame)
        definition = self.renamed(closure.node, closure.frame)
        calls = [n for n in walk(definition.body) if isinstance(n, gast.Call) and isinstance(n.func, gast.Name)]
        if any(looks_around(self.namespace.value(n.func.id), len(n.args)) for n in calls):
            raise self.refuse(
                "a derivative of code that finds variables by their names",
                "Write out what `eval` or the like is given.",
            )
        called = (self.namespace.value(n.id) for n in walk(definition.body) if isinstance(n, gast.Name))
        shared = next((s for f in called if is_user_function(f) and (s := conflict(find(f))) is not None), None)
        if shared is not None:
            raise self.refuse(
                f"a derivative of a derivative of code that reads and changes {shared}, and would run again",
                "Pass what it changes as an argument, and return its new value.",
                Refused,
            )
        if free_reads(definition) & self.taken:
            raise self.refuse(
                "a function that reads variables around it, run on the dynamic graph", "Pass them.", NoEmittedForm
            )
        definition.name = self.namespace.region(self.taken)
        said = closure.source.lines[closure.node.lineno - 2].strip().removeprefix("# dynamic: ")
        self.namespace.regions[definition.name] = Region(definition, said, "", self.origin)
        return load(definition.name)
