"""Building and asking about `gast` trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import gast

from sourcead.frontend.comment import Comment

BLOCKS = ("body", "orelse", "finalbody")
NESTED = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda, gast.ClassDef)
# Fields that hold text, operators or contexts, never a part to be visited.
PLAIN = {"arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "module", "op", "ops"}
PLAIN |= {"simple", "type_comment", "type_ignores"}
BINDS_NOTHING = frozenset(
    {gast.Constant, gast.BinOp, gast.Call, gast.Attribute, gast.Subscript, gast.Assign, gast.Expr}
)
_BINDING = (gast.Store, gast.Del)
COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


class _Parts(dict[type, tuple[str, ...] | None]):
    """The fields of a node class that hold other nodes, last one first; None for what is no node.

    Found at the first question of a class.
    """

    def __missing__(self, kind: type) -> tuple[str, ...] | None:
        if not issubclass(kind, gast.AST):
            self[kind] = None
        elif kind in (gast.Name, gast.Constant, Comment):
            self[kind] = ()
        else:
            self[kind] = tuple(f for f in reversed(kind._fields) if f not in PLAIN)  # type: ignore[attr-defined]
        return self[kind]


_PARTS = _Parts()


def load(name: str) -> gast.Name:
    """The variable `name`, read."""
    return gast.Name(id=name, ctx=gast.Load(), annotation=None, type_comment=None)


def store(name: str) -> gast.Name:
    """The variable `name`, written."""
    return gast.Name(id=name, ctx=gast.Store(), annotation=None, type_comment=None)


def param(name: str) -> gast.Name:
    """The variable `name` as a parameter."""
    return gast.Name(id=name, ctx=gast.Param(), annotation=None, type_comment=None)


def const(value: Any) -> gast.Constant:
    """A literal."""
    return gast.Constant(value=value, kind=None)


def call(function: gast.AST | str, *args: gast.AST, **kwargs: gast.AST) -> gast.Call:
    """The call `function(*args, **kwargs)`."""
    func = load(function) if isinstance(function, str) else function
    return gast.Call(func=func, args=list(args), keywords=[gast.keyword(arg=k, value=v) for k, v in kwargs.items()])


def assign(target: str | gast.AST, value: gast.AST) -> gast.Assign:
    """The statement `target = value`."""
    node = store(target) if isinstance(target, str) else target
    return gast.Assign(targets=[node], value=value, type_comment=None)


def returning(value: gast.AST, origin: object) -> gast.Return:
    """The statement `return value`, for the user's statement at `origin`."""
    made = gast.Return(value=value)
    made.origin = origin
    return made


def augment(target: gast.AST, op: gast.AST, value: gast.AST) -> gast.AugAssign:
    """The statement `target op= value`."""
    return gast.AugAssign(target=target, op=op, value=value)


def subscript(base: gast.AST, index: gast.AST, ctx: gast.AST | None = None) -> gast.Subscript:
    """The element `base[index]`."""
    return gast.Subscript(value=base, slice=index, ctx=ctx or gast.Load())


def attribute(base: gast.AST, name: str) -> gast.Attribute:
    """The attribute `base.name`, read."""
    return gast.Attribute(value=base, attr=name, ctx=gast.Load())


def binary(left: gast.AST, op: gast.AST, right: gast.AST) -> gast.BinOp:
    """The operation `left op right`."""
    return gast.BinOp(left=left, op=op, right=right)


def negate(operand: gast.AST) -> gast.UnaryOp:
    """The truth value `not operand`."""
    return gast.UnaryOp(op=gast.Not(), operand=operand)


def pack(items: Iterable[gast.AST], ctx: gast.AST | None = None) -> gast.Tuple:
    """The tuple of `items`."""
    return gast.Tuple(elts=list(items), ctx=ctx or gast.Load())


def clone(node: Any) -> Any:
    """A deep copy; operators, contexts, annotations of names and origins are shared, for nobody changes them."""
    kind = node.__class__
    if kind is list:
        return [clone(item) for item in node]
    fields = _PARTS[kind]
    if fields is None:
        return node
    made, parts = _twin(node, kind)
    for field in fields:
        value = parts.get(field)
        if value is not None:
            parts[field] = clone(value)
    return made


def _twin(node: gast.AST, kind: type) -> tuple[Any, dict[str, Any]]:
    """A node with the same fields and marks, and what it keeps them in."""
    made = gast.AST.__new__(kind)
    parts = made.__dict__
    parts.update(node.__dict__)
    return made, parts


def walk(node: gast.AST | list[Any]) -> list[gast.AST]:
    """All nodes below and including `node` in source order, without operators and contexts."""
    return walk_until(node, ())


def walk_own(node: gast.AST | list[Any]) -> list[gast.AST]:
    """Like `walk`, but not into nested functions and classes (those nodes themselves are given)."""
    return walk_until(node, NESTED)


def walk_until(node: gast.AST | list[Any], closed: tuple[type, ...]) -> list[gast.AST]:
    """Like `walk`, but not into nodes of the classes `closed` (those nodes themselves are given)."""
    found: list[gast.AST] = []
    stack: list[Any] = node[::-1] if isinstance(node, list) else [node]
    while stack:
        item = stack.pop()
        kind = item.__class__
        fields = _PARTS[kind]
        if not fields:
            if fields is not None:
                found.append(item)
            continue
        found.append(item)
        if kind in closed:
            continue
        parts = item.__dict__
        for field in fields:
            value = parts.get(field)
            if value.__class__ is list:
                stack += value[::-1]
            elif value is not None:
                stack.append(value)
    return found


def range_of(bounds: gast.AST) -> gast.Call | None:
    """The call of `range` in `range(...)` and in `reversed(range(...))`; None for anything else."""
    if is_reversed(bounds):
        bounds = bounds.args[0]
    counted = isinstance(bounds, gast.Call) and isinstance(bounds.func, gast.Name) and bounds.func.id == "range"
    return bounds if counted else None


def is_reversed(bounds: gast.AST) -> bool:
    """Whether an expression is `reversed(...)`."""
    called = isinstance(bounds, gast.Call) and isinstance(bounds.func, gast.Name) and bounds.func.id == "reversed"
    return called and len(bounds.args) == 1 and not bounds.keywords


def are_items(node: gast.AST) -> bool:
    """Whether an expression is `d.items()`."""
    called = isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute)
    return called and node.func.attr == "items" and not node.args


def names_read(node: gast.AST | list[Any]) -> set[str]:
    """Names that `node` reads, in nested functions and comprehensions too, and by updates of them within it."""
    found: set[str] = set()
    for n in walk(node):
        kind = n.__class__
        if kind is gast.Name:
            if n.ctx.__class__ is gast.Load:
                found.add(n.id)
        elif kind is gast.AugAssign and n is not node and n.target.__class__ is gast.Name:
            found.add(n.target.id)
    return found


def values_of_field(body: Any, name: str) -> list[gast.AST]:
    """The values that a body stores in attributes of a name."""
    found = []
    for node in walk_own(body):
        if isinstance(node, (gast.Assign, gast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, gast.Assign) else [node.target]
            found += [node.value for t in targets if isinstance(t, gast.Attribute) and t.attr == name]
    return found


def names_written(node: gast.AST | list[Any]) -> set[str]:
    """Names that `node` binds in its own scope: assigned, deleted, imported, defined, looped over."""
    return names_bound(walk_own(node))


def names_bound(nodes: list[gast.AST]) -> set[str]:
    """The names that these nodes, those of one scope, bind."""
    found: set[str] = set()
    elsewhere: set[int] = set()
    for n in nodes:
        kind = n.__class__
        if kind is gast.Name:
            if n.ctx.__class__ in _BINDING and id(n) not in elsewhere:
                found.add(n.id)
        elif kind in BINDS_NOTHING:
            continue
        elif kind in COMPREHENSIONS:
            elsewhere |= {id(t) for g in n.generators for t in walk(g.target)}
        elif kind in (gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef):
            found.add(n.name)
        elif kind is gast.alias:
            found.add((n.asname or n.name).split(".")[0])
        elif kind is gast.ExceptHandler and isinstance(n.name, gast.Name):
            found.add(n.name.id)
        elif kind in (gast.MatchAs, gast.MatchStar) and n.name:
            found.add(n.name)
        elif kind is gast.MatchMapping and n.rest:
            found.add(n.rest)
    return found


def substitute(node: Any, replace: Callable[[gast.Name], gast.AST | None]) -> Any:
    """A copy of `node` in which each Name for which `replace` gives a node is that node."""
    if isinstance(node, list):
        return [substitute(item, replace) for item in node]
    if isinstance(node, gast.Name):
        new = replace(node)
        if new is None:
            new = clone(node)
            new.annotation = substitute(node.annotation, replace)
        return new
    fields = _PARTS[node.__class__]
    if fields is None:
        return node
    inner = _beside_parameters(node, replace) if node.__class__ in (gast.Lambda, gast.FunctionDef) else replace
    made, parts = _twin(node, node.__class__)
    for field in fields:
        value = parts.get(field)
        if value is not None:
            parts[field] = substitute(value, inner if field == "body" else replace)
    return made


def _beside_parameters(function: gast.AST, replace: Callable[[gast.Name], gast.AST | None]) -> Any:
    """`replace` within a function, whose parameters mean themselves there, but for those that get another name."""
    named = [n for n in walk(function.args) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Param)]
    own = {n.id for n in named if replace(n) is None}
    return (lambda name: None if name.id in own else replace(name)) if own else replace


def rename(node: Any, names: dict[str, str]) -> Any:
    """A copy of `node` with variables renamed."""

    def new(n: gast.Name) -> gast.AST | None:
        if n.id not in names:
            return None
        return gast.Name(id=names[n.id], ctx=n.ctx, annotation=None, type_comment=None)

    return substitute(node, new)


def joined(value: gast.AST, lists: set[str] | frozenset[str]) -> list[gast.AST]:
    """The lists that `+` joins or `*` repeats, as displays and variables of `lists`: the result holds their entries."""
    if isinstance(value, gast.BinOp) and isinstance(value.op, (gast.Add, gast.Mult)):
        return [*joined(value.left, lists), *joined(value.right, lists)]
    if isinstance(value, (gast.List, gast.Tuple, gast.ListComp)):
        return [value]
    return [value] if isinstance(value, gast.Name) and value.id in lists else []


def same(a: gast.AST, b: gast.AST) -> bool:
    """Whether two trees are the same text."""
    if type(a) is not type(b):
        return False
    for field in a._fields:
        x, y = getattr(a, field, None), getattr(b, field, None)
        if isinstance(x, gast.AST) and isinstance(y, gast.AST):
            if not (isinstance(x, gast.expr_context) or same(x, y)):
                return False
        elif isinstance(x, list) and isinstance(y, list):
            if len(x) != len(y):
                return False
            for p, q in zip(x, y):
                if isinstance(p, gast.AST) and isinstance(q, gast.AST):
                    if not same(p, q):
                        return False
                elif p != q:
                    return False
        elif type(x) is not type(y) or x != y:
            return False
    return True


def all_parameters(arguments: gast.arguments) -> list[str]:
    """Names of all parameters, in the order of the signature."""
    nodes = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg:
        nodes.append(arguments.vararg)
    nodes += arguments.kwonlyargs
    if arguments.kwarg:
        nodes.append(arguments.kwarg)
    return [n.id for n in nodes]


def with_parameters(arguments: gast.arguments, names: list[str], by_name: bool = False) -> gast.arguments:
    """The signature with required parameters added behind, so that all before them are required too.

    Behind `*args`, and where they are passed `by_name`, they are keyword-only.
    """
    made = clone(arguments)
    if made.vararg or by_name:
        made.kwonlyargs = [*(param(n) for n in names), *made.kwonlyargs]
        made.kw_defaults = [*(None for _ in names), *made.kw_defaults]
    else:
        made.defaults = []
        made.args = [*made.args, *(param(n) for n in names)]
    return made


def is_docstring(statement: gast.AST) -> bool:
    """Whether a statement is a text that stands alone."""
    return (
        isinstance(statement, gast.Expr)
        and isinstance(statement.value, gast.Constant)
        and isinstance(statement.value.value, str)
    )
