"""Statements into core form."""

from __future__ import annotations

import functools
import types
from typing import Any

import gast

from sourcead.errors import NoEmittedForm
from sourcead.frontend.blocks import is_block, lower_block
from sourcead.frontend.callees import CHANGING_METHODS, path_root
from sourcead.frontend.exits import LEAVE
from sourcead.frontend.implicit import changed_unspoken
from sourcead.frontend.late import refuse_late
from sourcead.frontend.names import Closure, Frame
from sourcead.frontend.syntax import (
    assign,
    call,
    clone,
    load,
    names_read,
    names_written,
    negate,
    same,
    store,
    walk,
    walk_own,
)
from sourcead.frontend.updates import Updates
from sourcead.frontend.with_blocks import lower_with

# What a statement that stands whole cannot hold: exits, functions, and what a generator hands to its reader.
_ENDS = (gast.Return, gast.FunctionDef, gast.Yield, gast.YieldFrom)
WHOLE = (gast.For, gast.While, gast.With, gast.Try, gast.TryStar, gast.ClassDef, gast.Match, gast.TypeAlias)


class Statements(Updates):
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
        if is_block(node, self, frame):
            lower_block(node, self, frame)
            return
        unspoken = changed_unspoken(node, self, frame)
        if unspoken is not None:
            raise self.refuse(
                f"`{unspoken}` is changed here by a function of its class that is not called by name",
                "Call it by its name.",
                NoEmittedForm,
            )
        if self._whole(node, frame):
            self.emit_whole(self.renamed(self.watched(self.passed_on(node, frame), frame), frame), frame)
            return
        for kind, lower in (
            (gast.Assign, self._assign),
            (gast.AnnAssign, self._annotated),
            (gast.AugAssign, self.augmented),
            (gast.Expr, self.effect),
            (gast.If, self._if),
            (gast.For, self._for),
            (gast.While, self._while),
            (gast.FunctionDef, self._define),
            (gast.Assert, self._assert),
            (gast.Raise, self._inactive),
            (gast.Delete, self.delete),
            (gast.With, self._with),
            ((gast.Import, gast.ImportFrom), self.import_names),
        ):
            if isinstance(node, kind):
                lower(node, frame)
                return
        raise self.refuse(
            f"`{_called(node)}` around active code",
            "Move the active computation out of it, or allow the dynamic graph.",
            NoEmittedForm,
        )

    def _whole(self, node: gast.AST, frame: Frame) -> bool:
        """Whether a statement has nothing to do with active values and can stand as it is."""
        if not isinstance(node, WHOLE):
            return False
        active = self.varying(frame)
        defines = isinstance(node, gast.ClassDef)
        inside = walk(node) if defines else walk_own(node)
        if any(self.active(n, frame) for n in inside if isinstance(n, gast.expr) and _stands_alone(n)):
            return False
        if defines and any(_is_made_by(node.name, name, frame) for name in active):
            return False
        if names_written(node) & active or any(isinstance(n, _ENDS) for n in walk(node)):
            return False
        written = (n for n in walk(node) if isinstance(n, gast.Attribute) and isinstance(n.ctx, gast.Store))
        if next(written, None) is not None:
            return False
        return not any(self._acts(n, frame) or self.changes_unnamed(n, frame) for n in walk(node))

    def _with(self, node: gast.With, frame: Frame) -> None:
        lower_with(node, self, frame)

    def _assert(self, node: gast.Assert, frame: Frame) -> None:
        """What the message does is done only where the test does not hold."""
        if node.msg is None or not self.acts(node.msg, frame):
            self._inactive(node, frame)
            return
        failed = gast.copy_location(gast.Raise(exc=call("AssertionError", node.msg), cause=None), node)
        self._if(gast.copy_location(gast.If(test=negate(node.test), body=[failed], orelse=[]), node), frame)

    def _inactive(self, node: gast.AST, frame: Frame) -> None:
        self.emit(self.inert(node, frame))

    def _define(self, node: gast.FunctionDef, frame: Frame) -> None:
        if sum(node.name in names_written(s) for s in _scope(frame)) > 1:
            raise self.refuse(f"`{node.name}` is defined more than once", "Give each function a name of its own.")
        closure = self.defined(Closure(node, frame, frame.source))
        for decorator in reversed(node.decorator_list):
            closure = self._decorated(closure, decorator, node, frame)
        frame.closures[node.name] = closure

    def _decorated(self, closure: Closure, decorator: gast.AST, node: gast.FunctionDef, frame: Frame) -> Closure:
        """What a decorator makes of a function defined inside."""
        function = self.static(decorator.func if isinstance(decorator, gast.Call) else decorator, frame)
        if function is functools.wraps:
            return closure
        if function in (functools.lru_cache, functools.cache):
            return self.uncached(closure, frame)
        inner = f".{node.name}"
        frame.own.add(inner)
        frame.closures[inner] = closure
        call_of = gast.copy_location(call(decorator, load(inner)), decorator)
        made = self.made_function(call_of, frame)
        if made is None:
            raise self.refuse(
                f"the decorator of `{node.name}`, which is defined inside, does not return a function defined inside",
                "Call the decorator's work by its own name.",
            )
        return made

    def _assign(self, node: gast.Assign, frame: Frame) -> None:
        if len(node.targets) == 1 and isinstance(node.targets[0], gast.Name):
            name = node.targets[0].id
            if self._names_function(name, node.value, frame):
                return
            self.refuse_container(name, node.value, frame)
            value, variable = self.value(node.value, frame), self.variable(frame, name)
            if isinstance(getattr(value, "func", None), gast.Attribute) and path_root(value.func) == variable:
                # `v = v.pop()`: what changed is another object than what the name stands for now.
                value = self.name(value)
            if self.is_new_result(value):
                self.block[-1].targets = [store(variable)]
            elif not (isinstance(value, gast.Name) and value.id == variable):
                self.emit(assign(variable, value))
            return
        if len(node.targets) == 1 and _matches(node.targets[0], node.value):
            pairs = list(zip(node.targets[0].elts, node.value.elts))
            named = [isinstance(t, gast.Name) and self._names_function(t.id, v, frame) for t, v in pairs]
            rest = [pair for pair, is_function in zip(pairs, named) if not is_function]
            self._parallel([t for t, _ in rest], [v for _, v in rest], frame)
            return
        if len(node.targets) == 1 and isinstance(node.targets[0], gast.Subscript):
            if self.replace_slice(node.targets[0], node.value, frame):
                return
        stream = isinstance(node.targets[0], (gast.Tuple, gast.List)) and self._iterated(node.value, frame)
        value = self.collected(node.value, frame) if stream else self.value(node.value, frame)
        if len(node.targets) > 1 and not isinstance(value, (gast.Name, gast.Constant)):
            value = self.name(value)
        for target in node.targets:
            self.bind(target, value if len(node.targets) == 1 else clone(value), frame)

    def _iterated(self, value: gast.AST, frame: Frame) -> bool:
        """Whether what is unpacked gives its elements as an iterator does: a stream, or an object of a known class."""
        owner = self.known_class(value, frame)
        return self.is_stream(value, frame) or owner is not None and not issubclass(owner.kind, tuple)

    def _names_function(self, name: str, value: gast.AST, frame: Frame) -> bool:
        """`g = lambda ...` and `g = np.tanh`: the name stands for the function."""
        closure = self.closure(value, frame)
        function = self.static(value, frame)
        if closure is None and isinstance(value, gast.Call):
            closure = self.made_function(value, frame)
        known = (callable(function) or isinstance(function, types.ModuleType)) and isinstance(
            value, (gast.Name, gast.Attribute)
        )
        marked = None if closure is not None or known else self.made_by_mark(value, frame)
        if closure is None and not known and marked is None:
            return False
        if sum(name in names_written(s) for s in _scope(frame)) > 1:
            raise self.refuse(f"`{name}` stands for more than one function", "Give each function a name of its own.")
        if closure is not None:
            frame.closures[name] = self.defined(closure)
        elif marked is not None:
            frame.statics[name], frame.aliases[name] = marked, self.bound_mark(marked)
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

    def _annotated(self, node: gast.AnnAssign, frame: Frame) -> None:
        if node.value is not None:
            made = gast.Assign(targets=[node.target], value=node.value, type_comment=None)
            self._assign(gast.copy_location(made, node), frame)

    def _if(self, node: gast.If, frame: Frame) -> None:
        test = self.condition(node.test, frame)
        self.branch(test, lambda: self.statements(node.body, frame), lambda: self.statements(node.orelse, frame), frame)

    def _for(self, node: gast.For, frame: Frame) -> None:
        calls = [n.func for n in walk_own(node.body) if isinstance(n, gast.Call) and isinstance(n.func, gast.Attribute)]
        changed = [f.value for f in calls if f.attr in CHANGING_METHODS]
        grown = next((p for p in _gone_through(node.iter) if any(same(p, c) for c in changed)), None)
        if grown is not None:
            named = f"`{grown.id}`" if isinstance(grown, gast.Name) else "a list"
            raise self.refuse(f"{named} grows or shrinks while it is looped over", "Loop over a copy: `list(...)`.")
        if isinstance(node.iter, gast.Name) and any(self.reads_on(m, frame) for m in frame.makers(node.iter.id)):
            raise self.refuse("an iterator that has a name", "Make a list of it first: `list(...)`.", NoEmittedForm)
        refuse_late(self, node.iter, node.body, frame)
        self.lower_for(node, frame, lambda: self.statements(_own_body(node), frame))

    def _while(self, node: gast.While, frame: Frame) -> None:
        self.lower_while(node, frame, lambda: self.statements(_own_body(node), frame))


def _gone_through(node: gast.AST) -> list[gast.AST]:
    """The lists that a loop goes through, as they are named: also beside others, backwards, or counted."""
    called = node.func.id if isinstance(node, gast.Call) and isinstance(node.func, gast.Name) else None
    if called in ("enumerate", "reversed", "zip"):
        return [part for argument in node.args for part in _gone_through(argument)]
    return [node] if isinstance(node, (gast.Name, gast.Attribute, gast.Subscript)) else []


def _own_body(node: Any) -> list[gast.AST]:
    """The body of a loop less its closing `if flag: break`."""
    last = node.body[-1]
    leaves = isinstance(last, gast.If) and len(last.body) == 1 and isinstance(last.body[0], LEAVE)
    return node.body[:-1] if leaves else node.body


def _scope(frame: Frame) -> list[gast.AST]:
    return [
        s for s in walk_own(frame.source.tree.body) if isinstance(s, (gast.Assign, gast.FunctionDef, gast.AugAssign))
    ]


def _is_made_by(maker: str, name: str, frame: Frame) -> bool:
    """Whether a variable is bound to what a call of `maker` gives."""
    values = [getattr(node, "value", None) for node in frame.makers(name)]
    called = [v.func for v in values if isinstance(v, gast.Call)]
    return any(isinstance(f, gast.Name) and f.id == maker for f in called)


def _is_text(node: gast.AST) -> bool:
    return isinstance(node, gast.Expr) and isinstance(node.value, gast.Constant)


def _stands_alone(node: gast.AST) -> bool:
    return isinstance(node, (gast.Name, gast.Call, gast.BinOp)) and isinstance(
        getattr(node, "ctx", gast.Load()), gast.Load
    )


def _called(node: gast.AST) -> str:
    names = {"AsyncFor": "async for", "AsyncWith": "async with", "AsyncFunctionDef": "async def", "ClassDef": "class"}
    return names.get(type(node).__name__, type(node).__name__.lower())


def _matches(target: gast.AST, value: gast.AST) -> bool:
    """Whether a display of values stands against a display of as many targets, without stars."""
    if not all(isinstance(side, (gast.Tuple, gast.List)) for side in (target, value)):
        return False
    starred = any(isinstance(e, gast.Starred) for e in [*target.elts, *value.elts])
    return len(target.elts) == len(value.elts) and not starred
