"""Which expressions may carry a derivative, before anything is lowered.

The answer errs on the side of yes: it goes by name, for the whole function at once. It decides only how a
statement is lowered (an expression that carries nothing stays whole, as the user wrote it); the exact
analysis comes after lowering, in `sourcead.analysis.activity`.
"""

from __future__ import annotations

import functools
import itertools
import operator
import sys
import types
from collections.abc import Callable
from typing import Any

import gast

from runtime.primitives import registry
from sourcead.frontend.callees import is_library, looks_around, makes_class, may_change, roots, touched
from sourcead.frontend.names import MISSING, own_names
from sourcead.frontend.syntax import COMPREHENSIONS, NESTED, names_read, walk, walk_own

SILENT_ATTRIBUTES = {"shape", "ndim", "size", "dtype", "itemsize", "nbytes", "strides", "flags", "device"}
SILENT_METHODS = {"argmax", "argmin", "argsort", "any", "all", "nonzero", "keys", "index", "count"}
Static = Callable[[gast.AST], Any]
# These call what they are given.
CALLERS: tuple[Any, ...] = (map, filter, functools.reduce, functools.partial, itertools.starmap)
_METHOD_MAKERS: tuple[Any, ...] = (getattr, functools.partial, operator.methodcaller, operator.attrgetter)
_GAINING = (
    gast.Assign,
    gast.AugAssign,
    gast.AnnAssign,
    gast.NamedExpr,
    *COMPREHENSIONS,
    gast.For,
    gast.FunctionDef,
    gast.ClassDef,
    gast.Lambda,
    gast.Call,
    gast.Expr,
    gast.withitem,
    gast.ExceptHandler,
)

# What may run a function of an object's class, which is given the other parts.
COMPUTING = (gast.BinOp, gast.Call, gast.Compare, gast.Subscript)


def carries(node: gast.AST, active: set[str], static: Static) -> bool:
    """Whether the value of an expression may depend on `active` names in a way that has a derivative."""
    kind = node.__class__
    if kind is gast.Name:
        return node.id in active
    if kind is gast.Constant or kind is gast.JoinedStr or kind is gast.Compare or kind is gast.Slice:
        return False
    if kind is gast.BinOp:
        return not formats(node) and (carries(node.left, active, static) or carries(node.right, active, static))
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, (gast.Not, gast.Invert)) or formats(node):
        return False
    if isinstance(node, NESTED):
        # What a function names of its own is no name of those around it.
        if isinstance(node, gast.ClassDef):
            return bool(names_read(node) & active)
        around = [n for n in (*node.args.defaults, *node.args.kw_defaults) if n is not None]
        return bool((names_read(node) - own_names(node) | names_read(around)) & active)
    if isinstance(node, gast.Attribute):
        silent = node.attr in SILENT_ATTRIBUTES and not isinstance(static(node), property)
        return not silent and carries(node.value, active, static)
    if isinstance(node, gast.Subscript):
        return carries(node.value, active, static) or _computes(node, static) and _index_carries(node, active, static)
    if isinstance(node, gast.IfExp):
        return carries(node.body, active, static) or carries(node.orelse, active, static)
    if isinstance(node, gast.Call):
        return _call_carries(node, active, static)
    if isinstance(node, (gast.ListComp, gast.SetComp, gast.GeneratorExp, gast.DictComp)):
        return _comprehension_carries(node, active, static)
    if isinstance(node, gast.NamedExpr):
        return carries(node.value, active, static)
    return any(carries(child, active, static) for child in _parts(node))


def formats(node: gast.AST) -> bool:
    """Whether an expression puts values into a text that stands there: `"%.3f" % x`, `"{}".format(x)`."""
    if isinstance(node, gast.BinOp) and isinstance(node.op, gast.Mod):
        return _is_text(node.left)
    return isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and _is_text(node.func.value)


def _is_text(node: gast.AST) -> bool:
    return isinstance(node, gast.JoinedStr) or isinstance(node, gast.Constant) and isinstance(node.value, str)


def _computes(node: gast.Subscript, static: Static) -> bool:
    """Whether indexing runs Python code, of a user's class or of `np.r_`, in which the index may be an operand."""
    read = static(gast.Attribute(value=node.value, attr="__getitem__", ctx=gast.Load()))
    return isinstance(read, (types.FunctionType, types.MethodType))


def _index_carries(node: gast.Subscript, active: set[str], static: Static) -> bool:
    return any(carries(n, active, static) for n in walk(node.slice) if isinstance(n, gast.expr))


def _parts(node: gast.AST) -> list[gast.AST]:
    return [part for field in node._fields for part in _nodes(getattr(node, field, None))]


def _nodes(value: Any) -> list[gast.AST]:
    if isinstance(value, gast.AST):
        return [value]
    return [v for v in value if isinstance(v, gast.AST)] if isinstance(value, list) else []


def _call_carries(node: gast.Call, active: set[str], static: Static) -> bool:
    function = static(node.func)
    if looks_around(function, len(node.args)) or function is super or function is sys.exc_info:
        return bool(active)
    if registry.is_inactive(function) and not makes_class(function, len(node.args)):
        return False
    arguments = [*node.args, *(k.value for k in node.keywords)]
    given = any(carries(a, active, static) for a in arguments)
    base = carries(node.func, active, static)
    if isinstance(node.func, gast.Attribute) and node.func.attr in SILENT_METHODS and not callable(function):
        # What carries nothing itself may be an object of any class, whose method computes with what it is given.
        return given and not base and isinstance(node.func.value, gast.Name)
    return given or base


def _comprehension_carries(node: gast.AST, active: set[str], static: Static) -> bool:
    inside = _inside(node, active, static)
    parts = [node.key, node.value] if isinstance(node, gast.DictComp) else [node.elt]
    return any(carries(p, inside, static) for p in parts)


def _inside(node: gast.AST, active: set[str], static: Static) -> set[str]:
    """The names that carry a derivative in the parts of a comprehension, which has names of its own."""
    inside = set(active)
    for generator in node.generators:
        for target, source in drawn(generator.target, generator.iter, static):
            targets = {n.id for n in walk_own(target) if isinstance(n, gast.Name)}
            if source is not None and carries(source, inside, static):
                inside |= targets
            else:
                inside -= targets
    return inside


def drawn(target: gast.AST, iterated: gast.AST, static: Static) -> list[tuple[gast.AST, gast.AST | None]]:
    """The targets of a loop, each with what its elements come from; places and keys come from nothing."""
    parts = target.elts if isinstance(target, (gast.Tuple, gast.List)) else []
    if not isinstance(iterated, gast.Call) or iterated.keywords or not parts:
        return [(target, iterated)]
    function = static(iterated.func)
    plain = not any(isinstance(p, gast.Starred) for p in [*parts, *iterated.args])
    if function is enumerate and plain and len(parts) == 2 and iterated.args:
        return [(parts[0], None), *drawn(parts[1], iterated.args[0], static)]
    if function is zip and plain and len(parts) == len(iterated.args):
        return [pair for part, source in zip(parts, iterated.args) for pair in drawn(part, source, static)]
    items = isinstance(iterated.func, gast.Attribute) and iterated.func.attr == "items" and not iterated.args
    if items and plain and len(parts) == 2:
        values = gast.Attribute(value=iterated.func.value, attr="values", ctx=gast.Load())
        return [(parts[0], None), (parts[1], gast.Call(func=values, args=[], keywords=[]))]
    return [(target, iterated)]


def _gained_within(node: gast.AST, active: set[str], static: Static) -> set[str]:
    """Names around a comprehension that its parts make depend on the elements: `h := v`, `heappush(h, v)`."""
    inside = _inside(node, active, static)
    own = {n.id for g in node.generators for n in walk_own(g.target) if isinstance(n, gast.Name)}
    parts = [n for n in walk_own(_parts(node)) if n.__class__ in _GAINING]
    return set().union(*(_gained(n, inside, static) for n in parts)) - own


def active_names(body: list[gast.AST], seeds: set[str], static: Static) -> set[str]:
    """The least set of names that contains `seeds` and every name that a statement may make depend on them."""
    active = set(seeds)
    nodes = walk_own(body)
    changing = {n.name: n for n in nodes if isinstance(n, gast.FunctionDef)}
    written = {name for node in nodes for name in touched(node, static)}
    binding = [n for n in nodes if n.__class__ in _GAINING or n.__class__ is gast.comprehension]
    methods = _methods_named(nodes, static)
    objects = _objects_made(nodes, static)
    computing = [n for n in nodes if n.__class__ in COMPUTING] if objects else []
    while True:
        before = len(active)
        for node in computing:
            parts = _parts(node)
            if any(carries(part, active, static) for part in parts):
                active |= {part.id for part in parts if isinstance(part, gast.Name)} & objects
        for node in binding:
            active |= _gained(node, active, static)
            if isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id in changing:
                active |= _changed_by(changing[node.func.id], node, static)
            if isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id in methods:
                active |= methods[node.func.id] if carries(_given(node), active, static) else set()
            active |= _looked_into(node, active & written, static)
        if len(active) == before:
            return active


def _objects_made(nodes: list[gast.AST], static: Static) -> set[str]:
    """Variables that hold an object of a user's class made here, whose functions may keep what they are given."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, gast.Assign) and isinstance(node.value, gast.Call):
            kind = static(node.value.func)
            if isinstance(kind, type) and may_change(kind):
                found |= {target.id for target in node.targets if isinstance(target, gast.Name)}
    return found


def _given(node: gast.Call) -> gast.Tuple:
    return gast.Tuple(elts=[*node.args, *(k.value for k in node.keywords)], ctx=gast.Load())


def _methods_named(nodes: list[gast.AST], static: Static) -> dict[str, set[str]]:
    """Variables that hold a method of an object, `add = kept.append`, with those that may hold the object."""
    found: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, gast.Assign) and isinstance(node.value, gast.Attribute) and static(node.value) is MISSING:
            for target in node.targets:
                if isinstance(target, gast.Name):
                    found.setdefault(target.id, set()).update(roots(node.value, static))
    return found


def _filled_unseen(node: gast.Call, static: Static) -> set[str]:
    """Variables whose objects a call may put its arguments into by a method or function that it is given or makes."""
    made = static(node.func.func) if isinstance(node.func, gast.Call) else None
    if isinstance(node.func, gast.Lambda) or any(made is maker for maker in _METHOD_MAKERS):
        return roots(node.func, static) | roots(_given(node), static)
    calls = any(static(node.func) is caller for caller in CALLERS)
    return roots(node.args[0], static) if calls and node.args and isinstance(node.args[0], gast.Attribute) else set()


def _changed_by(defined: gast.FunctionDef, node: gast.Call, static: Static) -> set[str]:
    """Arguments, as variables, whose objects a function defined inside may change."""
    inside = {name for n in walk(defined.body) for name in touched(n, static)}
    parameters = [p.id for p in [*defined.args.posonlyargs, *defined.args.args]]
    rest = [p.id for p in (defined.args.vararg, defined.args.kwarg) if p is not None]
    given: list[tuple[str | None, gast.AST]] = [*zip(parameters, node.args), *((k.arg, k.value) for k in node.keywords)]
    spread = any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords)
    if spread or inside.intersection(rest):
        # Which parameter each of them is given to is not seen here.
        given = [(name, a) for name in (*parameters, *rest) for a in (*node.args, *(k.value for k in node.keywords))]
    return set().union(*(roots(argument, static) for name, argument in given if name in inside))


def _looked_into(node: gast.AST, changed: set[str], static: Static) -> set[str]:
    """What a name that active values are written to may be a part of: `row = m[0]`, `for row in m`."""
    if isinstance(node, gast.Assign):
        targets, value = node.targets, node.value
    elif isinstance(node, (gast.For, gast.comprehension)):
        targets, value = [node.target], node.iter
    else:
        return set()
    names = {n.id for t in targets for n in walk(t) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)}
    return _seen_through(value, static) if names & changed else set()


def _seen_through(value: gast.AST, static: Static) -> set[str]:
    """The names whose objects the value of an expression may be, or may be a part of.

    A module is no such object: `np.r_[a]` is made by what stands in `np`, which may give back its index.
    """
    given: list[gast.AST] = []
    while isinstance(value, (gast.Subscript, gast.Attribute)):
        if isinstance(value, gast.Subscript) and _computes(value, static):
            given.append(value.slice)
        value = value.value
    if given:
        return set().union(*(_seen_through(part, static) for part in [value, *given]))
    if isinstance(value, gast.Name):
        return set() if isinstance(static(value), types.ModuleType) else {value.id}
    if isinstance(value, (gast.Tuple, gast.List)):
        return set().union(*(_seen_through(e, static) for e in value.elts)) if value.elts else set()
    if not isinstance(value, gast.Call):
        return set()
    function = static(value.func)
    method = isinstance(value.func, gast.Attribute) and not callable(function)
    rule = registry.lookup(registry.lookup_method(value.func.attr) if method else function)
    if rule is not None and rule.view_of is None or getattr(function, "__module__", "") == "numpy" and rule is None:
        return set()
    operands = [*value.args, *([value.func.value] if method else [])]
    return set().union(*(_seen_through(o, static) for o in operands)) if operands else set()


def _gained(node: gast.AST, active: set[str], static: Static) -> set[str]:
    def bases(target: gast.AST) -> set[str]:
        if isinstance(target, (gast.Tuple, gast.List)):
            return set().union(*(bases(t) for t in target.elts)) if target.elts else set()
        while isinstance(target, (gast.Subscript, gast.Attribute, gast.Starred)):
            target = target.value
        return {target.id} if isinstance(target, gast.Name) else set()

    if isinstance(node, gast.Assign) and carries(node.value, active, static):
        return set().union(*(bases(t) for t in node.targets))
    if isinstance(node, (gast.AugAssign, gast.AnnAssign, gast.NamedExpr)):
        if node.value is not None and carries(node.value, active, static):
            return bases(node.target)
    if isinstance(node, COMPREHENSIONS):
        return _gained_within(node, active, static)
    if isinstance(node, gast.For):
        pairs = drawn(node.target, node.iter, static)
        return set().union(*(bases(t) for t, source in pairs if source is not None and carries(source, active, static)))
    if isinstance(node, (gast.FunctionDef, gast.Lambda)):
        inside = {name for n in walk(node.body) for name in touched(n, static)}
        outer = {name for n in walk(node.body) if isinstance(n, gast.Nonlocal) for name in n.names}
        named = {node.name} if isinstance(node, gast.FunctionDef) and names_read(node) & active else set()
        defaults = [d for d in (*node.args.defaults, *node.args.kw_defaults) if d is not None]
        kept = set().union(*(roots(d, static) for d in defaults)) if inside & own_names(node) else set()
        return outer | (inside - own_names(node)) | named | kept
    if isinstance(node, gast.ClassDef):
        inside = set().union(*(_gained(n, active, static) for n in walk_own(node.body) if n.__class__ in _GAINING))
        return inside | ({node.name} if names_read(node) & (active | inside) else set())
    if isinstance(node, gast.Call):
        arguments = [*node.args, *(k.value for k in node.keywords)]
        if any(carries(a, active, static) for a in (*arguments, node.func)):
            return touched(node, static) | _filled_unseen(node, static)
    if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call):
        called = node.value
        arguments = [*called.args, *(k.value for k in called.keywords)]
        if isinstance(called.func, gast.Attribute) and any(carries(a, active, static) for a in arguments):
            return set() if is_library(static(called.func.value)) else bases(called.func.value)
    if isinstance(node, gast.ExceptHandler):
        # An exception may have been given anything, wherever it was raised.
        return {node.name.id} if node.name is not None and active else set()
    if isinstance(node, gast.withitem) and node.optional_vars is not None:
        if carries(node.context_expr, active, static):
            return bases(node.optional_vars)
    return set()
