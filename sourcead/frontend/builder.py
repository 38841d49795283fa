"""The block under construction: emitting core statements, naming values, and finding what names mean."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gast
import numpy as np

from runtime.kernels import numeric
from runtime.places import in_package
from sourcead.errors import NoEmittedForm, Origin, Refused, SourceADError, Unsupported
from sourcead.frontend.carries import carries
from sourcead.frontend.displays import display_kind
from sourcead.frontend.names import MISSING, Closure, Frame, Namespace, Placed, own_names, parametrised, resolve_free
from sourcead.frontend.source import with_origins
from sourcead.frontend.syntax import assign, attribute, call, clone, load, names_written, subscript, walk


class Builder:
    """State shared by the parts of the lowering."""

    def __init__(self, namespace: Namespace) -> None:
        self.namespace = namespace
        self.taken: set[str] = set()
        self.block: list[gast.AST] = []
        self.origin: Origin | None = None
        self.integers: set[str] = set()
        self.widths: dict[str, int] = {}
        self.captured: set[str] = set()
        self.stand_ins = 0
        self.placed: list[Placed] = []
        # Inside a function that is read in another's place, statements stand for the user's call.
        self.spelling = 0
        self.blocks: list[Any] = []
        self.settled: set[str] = set()
        # The functions read so far, each with the user's names for its variables, and names that are known to vary.
        self.read: list[tuple[Frame, frozenset[str]]] = []
        self.varying_names: frozenset[str] = frozenset()
        self.given: set[str] = set()
        self.main: Frame | None = None
        self.asking: list[object] = []
        self.fields: set[str] = set()
        self.required: set[tuple[str, type]] = set()

    @property
    def of_complex(self) -> bool:
        """Whether functions of real numbers are read as what they are for complex ones."""
        return self.namespace.complex and not self.spelling

    def emit(self, statement: gast.AST) -> gast.AST:
        """Append a core statement; it remembers where the user wrote what it comes from."""
        statement.origin = self.origin
        self.block.append(statement)
        return statement

    def emit_whole(self, statement: gast.AST, frame: Frame) -> None:
        """Append a statement that stands as the user wrote it; each of those in it remembers its own place."""
        self.emit(statement)
        for inner in walk(statement):
            if isinstance(inner, gast.stmt) and inner is not statement:
                with self.at(frame, inner):
                    inner.origin = self.origin

    def fresh(self, hint: str = "t") -> str:
        """A new local name."""
        return self.namespace.local(hint, self.taken)

    def name(self, value: gast.AST, hint: str = "t") -> gast.Name:
        """Give a value a name."""
        target = self.fresh(hint)
        self.emit(assign(target, value))
        return load(target)

    @contextmanager
    def inside(self) -> Iterator[list[gast.AST]]:
        """Collect statements in a new block."""
        outer, self.block = self.block, []
        required = set(self.required)
        try:
            yield self.block
        finally:
            self.block = outer
            self.required = required

    @contextmanager
    def at(self, frame: Frame, node: gast.AST) -> Iterator[None]:
        """Statements emitted here come from `node` of the user's source; those of a definition from the call of it."""
        outer = self.origin
        own = outer is None or not in_package(frame.source.file)
        if own and getattr(node, "lineno", None) and not self.spelling:
            self.origin = frame.source.origin(node)
        try:
            yield
        finally:
            self.origin = outer

    def refuse(self, fact: str, cure: str, kind: type[SourceADError] = Unsupported) -> SourceADError:
        """The error for the statement being lowered."""
        return kind(fact, cure, self.origin)

    def variable(self, frame: Frame, name: str) -> str:
        """The core name of a user's local variable."""
        holder = frame.holder(name)
        if holder is None:
            raise self.refuse(
                f"`{name}` belongs to the module or to a function around this one, and is assigned here",
                "Return the new value instead.",
                Refused,
            )
        if name not in holder.names:
            holder.names[name] = self.fresh(name.lstrip("."))
        if name in holder.nonlocals:
            self.captured.add(holder.names[name])
        return holder.names[name]

    def stand_in(self, value: gast.AST, frame: Frame, active: bool) -> gast.Name:
        """A core value standing in a user's expression: known to the frame under a name no user can write."""
        self.stand_ins += 1
        name = f".{self.stand_ins}"
        frame.own.add(name)
        frame.aliases[name] = value
        if active:
            frame.active.add(name)
        return load(name)

    def static(self, node: gast.AST, frame: Frame) -> Any:
        """The object that an expression is, where that is known before anything runs; otherwise MISSING."""
        if isinstance(node, gast.Name):
            holder = frame.holder(node.id)
            if holder is not None:
                return holder.statics.get(node.id, MISSING)
            source = frame.source
            if node.id in source.bound:
                return source.bound[node.id]
            kind, found = resolve_free(source, node.id)
            if kind == "cell":
                try:
                    return found.cell_contents
                except ValueError:
                    return MISSING
            return MISSING if kind == "missing" else found
        if isinstance(node, gast.Attribute):
            return _member(self.static(node.value, frame), node.attr)
        if isinstance(node, gast.Subscript):
            return parametrised(self.static(node.value, frame))
        return MISSING

    def closure(self, node: gast.AST, frame: Frame) -> Closure | None:
        """The function defined inside that an expression names, if it is one."""
        if isinstance(node, gast.Lambda):
            return Closure(node, frame, frame.source)
        if isinstance(node, gast.Name):
            holder = frame.holder(node.id)
            return holder.closures.get(node.id) if holder else None
        return None

    def active(self, node: gast.AST, frame: Frame) -> bool:
        """Whether an expression may carry a derivative."""
        return carries(node, self.varying(frame), lambda n: self.resolved(n, frame))

    def resolved(self, node: gast.AST, frame: Frame) -> Any:
        """The function that an expression is, also where only its object's class is known; otherwise MISSING."""
        return self.static(node, frame)

    def note_methods(self, body: list[gast.AST], frame: Frame) -> None:
        """Remember that a text has a method which means one thing of arrays and another of Tensors."""
        raise NotImplementedError

    def shape_asked(self, node: gast.Call, frame: Frame) -> Callable[..., Any] | None:
        """NumPy's function for a method that tells of the shape, in a text that is left whole; None for all others."""
        raise NotImplementedError

    def varying(self, frame: Frame) -> set[str]:
        """The user's names that may carry a derivative, as this frame sees them."""
        around = self.varying(frame.parent) if frame.parent else set()
        return (around - frame.own) | frame.active

    def held_constant(self) -> dict[str, str]:
        """The variables that are taken to carry no derivative, with the names that the user gives them."""
        found: dict[str, str] = {}
        for frame, users in self.read:
            varying = self.varying(frame)
            found |= {core: user for user, core in frame.names.items() if user in users and user not in varying}
        return found

    def kind(self, node: gast.AST, frame: Frame) -> str | None:
        """ "list" or "tuple" where an expression is sure to be one, else None."""
        found = display_kind(node, frame, self.static)
        return found if found in ("list", "tuple") else self.field_kind(node, frame)

    def field_kind(self, node: gast.AST, frame: Frame) -> str | None:
        """ "list" or "tuple" where an expression is a field that its class makes one, else None."""
        raise NotImplementedError

    def reference(self, name: str, frame: Frame) -> gast.AST:
        """A user's name as the core program reads it. Raises NoEmittedForm for a function that has no value there."""
        holder = frame.holder(name)
        if holder is not None and name in holder.closures:
            raise self.refuse(
                f"the function `{name}` as a value",
                "Call it by its own name, or pass it as an argument.",
                NoEmittedForm,
            )
        return self.name_of(name, frame)

    def name_of(self, name: str, frame: Frame) -> gast.AST:
        """A user's name as a text has it that stands whole; a function must be defined in that text too."""
        holder = frame.holder(name)
        if holder is not None:
            if name in holder.aliases:
                return clone(holder.aliases[name])
            return load(self.variable(frame, name))
        if name in frame.source.bound:
            return load(self.namespace.bind(name, frame.source.bound[name]))
        kind, found = resolve_free(frame.source, name)
        if kind == "cell":
            return load(self.namespace.close_over(name, found))
        if kind == "global":
            return load(self.namespace.bind(name, found, frame.source.function.__globals__))
        if kind == "helper":
            return load(self.namespace.bind(name[1:], found))
        if kind == "missing":
            raise self.refuse(
                f"the name `{name}` is not defined", "Define it before asking for the derivative.", Refused
            )
        return load(name)

    def renamed_block(self, body: list[gast.AST], frame: Frame, names: dict[str, str]) -> list[gast.AST]:
        """A copy of the user's statements with every name as the core program has it, those of `names` as it says."""
        made = [_Rename(self, frame, names).visit(clone(statement)) for statement in body]
        return [with_origins(statement, frame.source) for statement in made]

    def renamed(self, node: gast.AST, frame: Frame) -> Any:
        """A copy of a user's expression or statement with every name as the core program has it.

        The statements in it are told their places.
        """
        made = _Rename(self, frame, {}).visit(clone(node))
        return with_origins(made, frame.source) if isinstance(node, gast.stmt) else made


class _Rename(gast.NodeTransformer):
    """Names of an expression that stays whole; what it binds for itself gets a name of its own."""

    def __init__(self, builder: Builder, frame: Frame, bound: dict[str, str]) -> None:
        self.builder, self.frame, self.bound = builder, frame, bound

    def visit_Name(self, node: gast.Name) -> gast.AST:
        if node.id in self.bound:
            node.id = self.bound[node.id]
            return node
        if isinstance(node.ctx, gast.Load):
            return self.builder.name_of(node.id, self.frame)
        return gast.Name(self.builder.variable(self.frame, node.id), node.ctx, None, None)

    def visit_Call(self, node: gast.Call) -> gast.AST:
        """`x.size(0)` of a Tensor, where the array has a number."""
        asked = self.builder.shape_asked(node, self.frame)
        self.generic_visit(node)
        if asked is None:
            return node
        bind = self.builder.namespace.bind
        checked = call(bind("numeric", numeric), node.func.value)
        made = call(attribute(load(bind("np", np)), asked.__name__), checked)
        return gast.copy_location(subscript(made, node.args[0]) if node.args else made, node)

    def visit_Compare(self, node: gast.Compare) -> gast.AST:
        """A comparison of a parameter that is a constant here: `axis is None` where `axis=0` was given."""
        self.generic_visit(node)
        if len(node.ops) > 1 or not isinstance(node.left, gast.Constant):
            return node
        other, left = node.comparators[0], node.left.value
        if not isinstance(other, gast.Constant) or not isinstance(
            node.ops[0], (gast.Is, gast.IsNot, gast.Eq, gast.NotEq)
        ):
            return node
        if isinstance(node.ops[0], (gast.Is, gast.IsNot)) and other.value is not None:
            return node
        same = left is None if other.value is None else bool(left == other.value)
        return gast.copy_location(gast.Constant(same == isinstance(node.ops[0], (gast.Is, gast.Eq)), None), node)

    def visit_IfExp(self, node: gast.IfExp) -> gast.AST:
        self.generic_visit(node)
        if isinstance(node.test, gast.Constant):
            return node.body if node.test.value else node.orelse
        return node

    def _within(self, names: set[str]) -> _Rename:
        return _Rename(
            self.builder, self.frame, self.bound | {n: self.builder.fresh(n.lstrip(".")) for n in sorted(names)}
        )

    def visit_comprehension_expression(self, node: gast.AST) -> gast.AST:
        targets = {n.id for g in node.generators for n in walk(g.target) if isinstance(n, gast.Name)}
        inner = self._within(targets)
        first = self.visit(node.generators[0].iter)
        node.generators[0].iter = gast.Constant(value=None, kind=None)
        inner.generic_visit(node)
        node.generators[0].iter = first
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_comprehension_expression

    def visit_Lambda(self, node: gast.Lambda) -> gast.AST:
        inner = self._within(own_names(node))._parameters(node, self)
        node.body = inner.visit(node.body)
        inner._keep_parameters(node)
        return node

    def visit_FunctionDef(self, node: gast.FunctionDef) -> gast.AST:
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.returns = None
        inner = self._within(own_names(node))._parameters(node, self)
        node.name = self._written(node.name)
        node.body = [inner.visit(s) for s in node.body]
        inner._keep_parameters(node)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def _parameters(self, node: gast.AST, outer: _Rename) -> _Rename:
        """Rename the parameters of a function, whose defaults belong to the scope around it."""
        node.args.defaults = [outer.visit(d) for d in node.args.defaults]
        node.args.kw_defaults = [d and outer.visit(d) for d in node.args.kw_defaults]
        for arg in walk(node.args):
            if isinstance(arg, gast.Name) and isinstance(arg.ctx, gast.Param):
                arg.id = self.bound[arg.id]
                arg.annotation = None
        return self

    def _keep_parameters(self, node: gast.AST) -> None:
        """Give parameters back the names by which calls may pass them, where the body means nothing else by these."""
        names = [n for n in walk(node) if isinstance(n, gast.Name)]
        users = {core: user for user, core in self.bound.items()}
        # Functions, classes, patterns and imports bind names that are no nodes.
        others = [v for n in walk(node.body) if not isinstance(n, gast.Name) for v in vars(n).values()]
        bound = {v for v in others if isinstance(v, str)}
        for core in [n.id for n in names if isinstance(n.ctx, gast.Param) and n.id in users and n.id not in bound]:
            user = users[core]
            if all(n.id != user for n in names) and not self.builder.namespace.is_global(user):
                for name in names:
                    name.id = user if name.id == core else name.id
                for inner in walk(node.body):
                    if isinstance(inner, gast.Nonlocal):
                        inner.names = [user if n == core else n for n in inner.names]

    def _written(self, name: str) -> str:
        return self.bound[name] if name in self.bound else self.builder.variable(self.frame, name)

    def visit_Nonlocal(self, node: gast.Nonlocal) -> gast.AST:
        node.names = [self._written(n) for n in node.names]
        return node

    def visit_ClassDef(self, node: gast.ClassDef) -> gast.AST:
        node.name = self._written(node.name)
        node.bases = [self.visit(b) for b in node.bases]
        node.keywords = [self.visit(k) for k in node.keywords]
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        # What a class body binds keeps its name, for it becomes an attribute.
        kept = _Rename(self.builder, self.frame, self.bound | {n: n for n in names_written(node.body)})
        node.body = [kept.visit(s) for s in node.body]
        return node

    def visit_alias(self, node: gast.alias) -> gast.AST:
        bound = node.asname or node.name
        if "." not in bound:
            name = self._written(bound)
            node.asname = None if name == node.name else name
        return node

    def visit_MatchAs(self, node: gast.MatchAs) -> gast.AST:
        self.generic_visit(node)
        node.name = node.name and self._written(node.name)
        return node

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: gast.MatchMapping) -> gast.AST:
        self.generic_visit(node)
        node.rest = node.rest and self._written(node.rest)
        return node


def _member(base: Any, name: str) -> Any:
    if base is MISSING:
        return MISSING
    if isinstance(base, (types.ModuleType, type, property)):
        return getattr(base, name, MISSING)
    if name in getattr(base, "__dict__", ()):
        return MISSING
    found = next((vars(c)[name] for c in type(base).__mro__ if name in vars(c)), MISSING)
    if isinstance(found, types.MethodDescriptorType):
        return getattr(base, name)
    return types.MethodType(found, base) if isinstance(found, types.FunctionType) else MISSING
