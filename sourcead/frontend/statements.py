"""Statements into core form."""

from __future__ import annotations

from typing import Any

import gast

from sourcead.frontend.calls import Calls, is_user_function
from sourcead.frontend.exits import LEAVE
from sourcead.frontend.expressions import is_basic
from sourcead.frontend.names import Closure, Frame
from sourcead.frontend.syntax import (
    assign,
    augment,
    call,
    clone,
    const,
    load,
    names_read,
    names_written,
    subscript,
    walk,
    walk_own,
)

STRUCTURAL = {"append", "extend", "insert", "pop", "clear", "remove", "sort", "reverse", "update", "setdefault", "popitem"}


class Statements(Calls):
    """Lowering of statements."""

    def statements(self, body: list[gast.AST], frame: Frame) -> None:
        """Lower statements into the current block."""
        for statement in body:
            with self.at(frame, statement):
                self.statement(statement, frame)

    def statement(self, node: gast.AST, frame: Frame) -> None:
        """Lower one statement."""
        if isinstance(node, (gast.Pass, gast.Global, gast.Nonlocal)) or _is_text(node):
            return
        if self._whole(node, frame):
            self.emit(self.renamed(node, frame))
            return
        for kind, lower in (
            (gast.Assign, self._assign),
            (gast.AnnAssign, self._annotated),
            (gast.AugAssign, self._augmented),
            (gast.Expr, self._effect),
            (gast.If, self._if),
            (gast.For, self._for),
            (gast.While, self._while),
            (gast.FunctionDef, self._define),
            (gast.Assert, self._inactive),
            (gast.Raise, self._inactive),
            (gast.Delete, self._delete),
        ):
            if isinstance(node, kind):
                lower(node, frame)
                return
        raise self.refuse(
            f"`{_called(node)}` around active values has no emitted form yet",
            "Move the active computation out of it, or into a function marked with @sourcead.dynamic.",
        )

    def _whole(self, node: gast.AST, frame: Frame) -> bool:
        """Whether a statement has nothing to do with active values and can stand as it is."""
        if not isinstance(
            node, (gast.For, gast.While, gast.With, gast.Try, gast.Import, gast.ImportFrom, gast.ClassDef, gast.Match)
        ):
            return False
        active = self._active_names(frame)
        if any(self.active(n, frame) for n in walk_own(node) if isinstance(n, gast.expr) and _stands_alone(n)):
            return False
        if names_written(node) & active or any(isinstance(n, (gast.Return, gast.FunctionDef)) for n in walk(node)):
            return False
        closures = (n for n in walk(node) if isinstance(n, gast.Call) and self.closure(n.func, frame))
        walrus = any(isinstance(n, gast.NamedExpr) for n in walk(node))
        return next(closures, None) is None and not walrus

    def _inactive(self, node: gast.AST, frame: Frame) -> None:
        self.emit(self.inert(node, frame))

    def _delete(self, node: gast.Delete, frame: Frame) -> None:
        if not all(isinstance(t, gast.Name) for t in node.targets):
            raise self.refuse("`del` of an element", "Build a new list or dict without it.")

    def _define(self, node: gast.FunctionDef, frame: Frame) -> None:
        if node.decorator_list:
            raise self.refuse(f"the decorated function `{node.name}` is defined inside", "Define it at the top of the module.")
        if sum(node.name in names_written(s) for s in _scope(frame)) > 1:
            raise self.refuse(f"`{node.name}` is defined more than once", "Give each function a name of its own.")
        frame.closures[node.name] = Closure(node, frame)

    def _assign(self, node: gast.Assign, frame: Frame) -> None:
        if len(node.targets) == 1 and isinstance(node.targets[0], gast.Name):
            name = node.targets[0].id
            if self._names_function(name, node.value, frame):
                return
            value = self.value(node.value, frame)
            self.emit(assign(self.variable(frame, name), value))
            return
        if len(node.targets) == 1 and _matches(node.targets[0], node.value):
            self._parallel(node.targets[0].elts, node.value.elts, frame)
            return
        value = self.value(node.value, frame)
        simple = isinstance(value, (gast.Name, gast.Constant))
        if len(node.targets) > 1 and not simple:
            value = self.name(value)
        for target in node.targets:
            self.bind(target, value if len(node.targets) == 1 else clone(value), frame)

    def _names_function(self, name: str, value: gast.AST, frame: Frame) -> bool:
        """`g = lambda ...` and `g = np.tanh`: the name stands for the function."""
        closure = self.closure(value, frame)
        function = self.static(value, frame)
        if closure is None and isinstance(value, gast.Call) and self.active(value, frame):
            closure = self._made(value, frame)
        known = callable(function) and isinstance(value, (gast.Name, gast.Attribute))
        if closure is None and not known:
            return False
        if sum(name in names_written(s) for s in _scope(frame)) > 1:
            raise self.refuse(f"`{name}` stands for more than one function", "Give each function a name of its own.")
        if closure is not None:
            frame.closures[name] = closure
        else:
            frame.statics[name] = function
            frame.aliases[name] = self.inert(value, frame)
        return True

    def _parallel(self, targets: list[gast.AST], values: list[gast.AST], frame: Frame) -> None:
        """`a, b = b, a + b`: all values first, then the targets."""
        made: list[gast.AST] = []
        for k, value in enumerate(values):
            core = self.value(value, frame)
            written = {self.variable(frame, n) for t in targets[:] for n in names_written(t) if frame.holder(n)}
            earlier = {self.variable(frame, n) for t in targets[:k] for n in names_written(t) if frame.holder(n)}
            last = k == len(values) - 1
            if not last and not isinstance(core, gast.Constant) or names_read(core) & earlier and not last:
                core = self.name(core) if not isinstance(core, gast.Name) or core.id in written else core
            elif last and (names_read(core) & earlier or not isinstance(targets[k], gast.Name)):
                core = self.name(core) if not isinstance(core, gast.Constant) else core
            elif last and len(values) > 1 and not isinstance(core, gast.Constant):
                core = self.name(core) if not isinstance(core, gast.Name) or core.id in earlier else core
            made.append(core)
        for target, core in zip(targets, made):
            self.bind(target, core, frame)

    def bind(self, target: gast.AST, value: gast.AST, frame: Frame) -> None:
        """Assign a core value to a user's target."""
        if isinstance(target, gast.Name):
            self.emit(assign(self.variable(frame, target.id), value))
        elif isinstance(target, (gast.Tuple, gast.List)):
            self._unpack(target.elts, value, frame)
        elif isinstance(target, gast.Subscript):
            base = self._stored(target, frame)
            held = value if isinstance(value, (gast.Name, gast.Constant)) else self.name(value)
            self.emit(gast.Assign(targets=[base], value=held, type_comment=None))
        else:
            raise self.refuse(
                "an attribute is assigned an active value", "Keep the value in a variable, or return it."
            )

    def _unpack(self, targets: list[gast.AST], value: gast.AST, frame: Frame) -> None:
        """`a, *b, c = value`: elements by place, from the end behind the star."""
        if isinstance(value, (gast.Tuple, gast.List)) and len(value.elts) == len(targets):
            for target, element in zip(targets, value.elts):
                self.bind(target, element, frame)
            return
        base = value if isinstance(value, gast.Name) else self.name(value)
        if base.id in {self.variable(frame, n) for t in targets for n in names_written(t) if frame.holder(n)}:
            base = self.name(load(base.id))
        if not isinstance(value, gast.Name) and not any(isinstance(t, gast.Starred) for t in targets):
            self.widths[base.id] = len(targets)
        star = next((k for k, t in enumerate(targets) if isinstance(t, gast.Starred)), None)
        for k, target in enumerate(targets):
            if star is None or k < star:
                self.bind(target, subscript(load(base.id), const(k)), frame)
            elif k > star:
                self.bind(target, subscript(load(base.id), const(k - len(targets))), frame)
            else:
                stop = const(k + 1 - len(targets)) if k + 1 < len(targets) else None
                middle = gast.Slice(lower=const(k), upper=stop, step=None)
                self.bind(target.value, subscript(load(base.id), middle), frame)

    def _stored(self, target: gast.Subscript, frame: Frame) -> gast.Subscript:
        """The place that is written: a path from a variable, each step but the last sure to look inside."""
        if isinstance(target.value, gast.Name):
            base: gast.AST = self.reference(target.value.id, frame)
        elif isinstance(target.value, gast.Subscript):
            inner = self._stored(target.value, frame)
            inner.ctx = gast.Load()
            if not is_basic(inner.slice, self.integers):
                raise self.refuse(
                    "an element of an element is written, and the first index may be an array",
                    "Write `x[i, j] = ...` for arrays.",
                )
            base = inner
        else:
            raise self.refuse("an item of something that is not a variable is written", "Give it a name first.")
        return subscript(base, self.index(target.slice, frame), gast.Store())

    def _annotated(self, node: gast.AnnAssign, frame: Frame) -> None:
        if node.value is not None:
            made = gast.Assign(targets=[node.target], value=node.value, type_comment=None)
            self._assign(gast.copy_location(made, node), frame)

    def _augmented(self, node: gast.AugAssign, frame: Frame) -> None:
        if isinstance(node.target, gast.Name):
            value = self.atom(node.value, frame)
            self.emit(augment(gast.Name(self.variable(frame, node.target.id), gast.Store(), None, None), node.op, value))
        elif isinstance(node.target, gast.Subscript):
            place = self._stored(node.target, frame)
            if isinstance(node.op, (gast.Add, gast.Sub)) and is_basic(place.slice, self.integers):
                self.emit(augment(place, node.op, self.atom(node.value, frame)))
                return
            read = subscript(clone(place.value), clone(place.slice))
            if not self.active(node.target, frame):
                self.emit(augment(place, node.op, self.atom(node.value, frame)))
                return
            held = self.name(read)
            new = gast.BinOp(left=held, op=node.op, right=self.atom(node.value, frame))
            self.emit(gast.Assign(targets=[place], value=self.name(new), type_comment=None))
        else:
            raise self.refuse("an attribute is updated with an active value", "Keep the value in a variable.")

    def _effect(self, node: gast.Expr, frame: Frame) -> None:
        """A call for its effect."""
        called = node.value
        if not isinstance(called, gast.Call):
            self.emit(gast.Expr(value=self.inert(called, frame))) if not self.active(called, frame) else self.value(called, frame)
            return
        if isinstance(called.func, gast.Attribute) and isinstance(called.func.value, gast.Name):
            if frame.holder(called.func.value.id) and self.active(called.func.value, frame):
                self._change(called, frame)
                return
        closure = self.closure(called.func, frame)
        if closure is not None or (self.active(called, frame) and is_user_function(self.static(called.func, frame))):
            self.call(called, frame) if closure else self.inline_function(self.static(called.func, frame), called, frame)
            return
        self.emit(gast.Expr(value=self.inert(called, frame)))

    def _change(self, node: gast.Call, frame: Frame) -> None:
        """A method that changes an active list: the forms whose inverse is known."""
        method, base = node.func.attr, self.reference(node.func.value.id, frame)
        if method == "append" and len(node.args) == 1:
            self._append(base, self.atom(node.args[0], frame))
        elif method == "extend" and len(node.args) == 1:
            self._over(node.args[0], frame, lambda item: self._append(base, item))
        elif method in ("pop", "popitem") and not node.args:
            self.name(call(gast.Attribute(value=base, attr="pop", ctx=gast.Load())), "dropped")
        elif method in STRUCTURAL or method in ("fill", "itemset", "put", "resize", "partition"):
            raise self.refuse(
                f"`.{method}(...)` changes `{node.func.value.id}`, which carries a derivative",
                "Build a new list or array instead.",
            )
        else:
            self.emit(gast.Expr(value=self._plain(node, self.static(node.func, frame), frame)))

    def _if(self, node: gast.If, frame: Frame) -> None:
        test = self.condition(node.test, frame)
        self.branch(
            test, lambda: self.statements(node.body, frame), lambda: self.statements(node.orelse, frame), frame
        )

    def _for(self, node: gast.For, frame: Frame) -> None:
        changed = {
            n.func.value.id
            for n in walk_own(node.body)
            if isinstance(n, gast.Call) and isinstance(n.func, gast.Attribute) and n.func.attr in STRUCTURAL
            if isinstance(n.func.value, gast.Name)
        }
        if isinstance(node.iter, gast.Name) and node.iter.id in changed:
            raise self.refuse(
                f"`{node.iter.id}` grows or shrinks while it is looped over", "Loop over a copy: `list(...)`."
            )
        self.lower_for(node, frame, lambda: self.statements(_own_body(node), frame))

    def _while(self, node: gast.While, frame: Frame) -> None:
        self.lower_while(node, frame, lambda: self.statements(_own_body(node), frame))


def _own_body(node: Any) -> list[gast.AST]:
    """The body of a loop less its closing `if flag: break`."""
    last = node.body[-1]
    leaves = isinstance(last, gast.If) and len(last.body) == 1 and isinstance(last.body[0], LEAVE)
    return node.body[:-1] if leaves else node.body


def _scope(frame: Frame) -> list[gast.AST]:
    return [s for s in walk_own(frame.source.tree.body) if isinstance(s, (gast.Assign, gast.FunctionDef, gast.AugAssign))]


def _is_text(node: gast.AST) -> bool:
    return isinstance(node, gast.Expr) and isinstance(node.value, gast.Constant)


def _stands_alone(node: gast.AST) -> bool:
    return isinstance(node, (gast.Name, gast.Call, gast.BinOp)) and isinstance(getattr(node, "ctx", gast.Load()), gast.Load)


def _called(node: gast.AST) -> str:
    names = {"AsyncFor": "async for", "AsyncWith": "async with", "AsyncFunctionDef": "async def", "ClassDef": "class"}
    return names.get(type(node).__name__, type(node).__name__.lower())


def _matches(target: gast.AST, value: gast.AST) -> bool:
    """Whether a display of values stands against a display of as many targets, without stars."""
    if not isinstance(target, (gast.Tuple, gast.List)) or not isinstance(value, (gast.Tuple, gast.List)):
        return False
    both = [*target.elts, *value.elts]
    return len(target.elts) == len(value.elts) and not any(isinstance(e, gast.Starred) for e in both)
