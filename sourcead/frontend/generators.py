"""Generator functions that are consumed at once: their body in place, what consumes an element where it is yielded.

def running(x):                         s = 0.0
    s = 0.0                             for k in range(len(x)):
    for v in x:              ->             s = s + x[k]
        s = s + v                           total = total + s
        yield s

total = sum(running(x))

A loop over a generator, `zip` and `enumerate` read its elements from a list that is made before; where that might go
on for ever, or the body changes what the generator reads, the dynamic graph runs it as Python does.
"""

from __future__ import annotations

from typing import Any

import gast

from sourcead.errors import NoEmittedForm
from sourcead.frontend.annotations import member
from sourcead.frontend.callees import changed_names, changes_arguments, is_generator, is_user_function
from sourcead.frontend.calls import Calls
from sourcead.frontend.exits import single_exit
from sourcead.frontend.exposure import free_reads
from sourcead.frontend.loops import Bind
from sourcead.frontend.names import Closure, Frame, Placed
from sourcead.frontend.source import find
from sourcead.frontend.syntax import attribute, call, is_docstring, load, store, walk, walk_own


class Generators(Calls):
    """Lowering of calls of generator functions."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.receivers: list[Bind] = []

    def generator(self, node: gast.AST, frame: Frame) -> Closure | None:
        """The generator function that an expression calls, whose text is known."""
        if not isinstance(node, gast.Call):
            return None
        closure = self.closure(node.func, frame)
        if closure is not None:
            return closure if yields(closure.node) else None
        function = self.static(node.func, frame)
        if function is None or not is_generator(function):
            return None
        source = find(function)
        return Closure(source.tree, None, source)

    def iterated(self, held: gast.Name, kind: type, frame: Frame) -> gast.AST:
        """What the `__iter__` of a class goes through, of an object."""
        function = member(kind, "__iter__")
        body = find(function).tree.body if is_user_function(function) else []
        body = [s for s in body if not is_docstring(s)]
        last = body[-1].value if len(body) == 1 and isinstance(body[0], gast.Return) else None
        if not isinstance(last, gast.Call) or getattr(last.func, "id", "") != "iter" or len(last.args) != 1:
            raise self.refuse(
                f"a `{kind.__name__}` is looped over, and it has no `__iter__` that is plainly `return iter(...)`",
                "Loop over the list that the object holds, or over `range(len(...))`.",
                NoEmittedForm,
            )
        source = find(function)
        made = gast.Lambda(args=source.tree.args, body=last.args[0])
        given = call(attribute(self.class_name(kind, frame), "__iter__"), load(held.id))
        value = self.inline(Closure(made, None, source), self.checked(given, frame), frame)
        return self.stand_in(
            value if isinstance(value, gast.Name) else self.name(value), frame, self.active(held, frame)
        )

    def generated(self, closure: Closure, node: gast.Call, frame: Frame, body: Bind) -> None:
        """Emit what `body(element)` emits for each element that a generator gives."""
        tree = closure.node
        function = self.static(node.func, frame)
        again = function in self.inlining or any(f is tree for f in self.inlining)
        if again or not _plain(tree) or self._interferes(closure, function, frame):
            raise self.refuse(
                f"`{getattr(tree, 'name', closure.source.name)}`, a generator",
                "Collect the values in a list.",
                NoEmittedForm,
            )
        inner = self.enter(self.defined(closure), self.written_out(node, frame), frame)
        self.placed.append(Placed(self.origin, tree, inner))
        inner.own.add(".given")
        inner.active.add(".given")
        statements = [_delegated(s) for s in tree.body if not is_docstring(s)]
        made, _ = single_exit(statements, self.flags(inner), closure.source.origin)
        inner.body = made
        self.inlining += [tree, function]
        self.receivers.append(body)
        try:
            self.statements(made, inner)
        finally:
            self.receivers.pop()
            del self.inlining[-2:]

    def received(self, node: gast.Yield, frame: Frame) -> None:
        """One element: what consumes it stands here."""
        value = self.atom(node.value if node.value is not None else gast.Constant(None, None), frame)
        element = value if isinstance(value, (gast.Name, gast.Constant)) else self.name(value, "item")
        receiver = self.receivers.pop()
        try:
            receiver(element)
        finally:
            self.receivers.append(receiver)

    def _interferes(self, closure: Closure, function: Any, frame: Frame) -> bool:
        """Whether a generator changes what is not its own, which its consumer may look at between two elements."""
        tree = closure.node
        if any(isinstance(n, (gast.Nonlocal, gast.Global)) for n in walk(tree)):
            return True
        if closure.frame is None:
            return changes_arguments(function)
        return bool(changed_names(tree.body, free_reads(tree), lambda n: self.static(n, frame)))


def yields(function: gast.AST) -> bool:
    """Whether a function is a generator or a coroutine."""
    body = function.body if isinstance(function.body, list) else [function.body]
    return any(isinstance(n, (gast.Yield, gast.YieldFrom, gast.Await)) for n in walk_own(body))


def _plain(tree: gast.AST) -> bool:
    """Whether every `yield` is a statement, whose value nobody reads, outside of `try` and `with`."""
    if not isinstance(tree, gast.FunctionDef):
        return False
    statements = {id(n.value) for n in walk_own(tree.body) if isinstance(n, gast.Expr)}
    for node in walk_own(tree.body):
        if isinstance(node, (gast.Yield, gast.YieldFrom)) and id(node) not in statements:
            return False
        if isinstance(node, gast.Await) or isinstance(node, gast.Return) and node.value is not None:
            return False
        guarded = isinstance(node, (gast.Try, gast.TryStar, gast.With))
        if guarded and any(isinstance(n, (gast.Yield, gast.YieldFrom)) for n in walk_own(node.body)):
            return False
    return True


def _delegated(node: gast.AST) -> gast.AST:
    """`yield from xs` as a loop that yields."""
    return _Delegating().visit(node)


class _Delegating(gast.NodeTransformer):
    def visit_Expr(self, node: gast.Expr) -> gast.AST:
        if not isinstance(node.value, gast.YieldFrom):
            return node
        given = gast.copy_location(gast.Expr(value=gast.Yield(value=load(".given"))), node)
        return gast.copy_location(gast.For(store(".given"), node.value.value, [given], [], None), node)

    def visit_FunctionDef(self, node: gast.FunctionDef) -> gast.AST:
        return node
