"""Which expressions are sure to be lists or tuples: `+`, `*` and `+=` mean something else on them than on arrays."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import gast

from sourcead.frontend.names import Frame
from sourcead.frontend.syntax import all_parameters, walk_own

Static = Callable[[gast.AST, Frame], Any]
MAKERS = {builtins.list: "list", builtins.sorted: "list", builtins.tuple: "tuple"}


def display_kind(node: gast.AST, frame: Frame, static: Static, seen: frozenset[str] = frozenset()) -> str | None:
    """ "list" or "tuple" where an expression is sure to be one, else None."""
    if isinstance(node, (gast.List, gast.ListComp)):
        return "list"
    if isinstance(node, gast.Tuple):
        return "tuple"
    if isinstance(node, gast.Call):
        return _of_call(node, frame, static, seen)
    if isinstance(node, gast.BinOp):
        left, right = (display_kind(n, frame, static, seen) for n in (node.left, node.right))
        if isinstance(node.op, gast.Add):
            return left if left == right else None
        return (left or right) if isinstance(node.op, gast.Mult) and not (left and right) else None
    if isinstance(node, gast.Subscript) and isinstance(node.slice, gast.Slice):
        return display_kind(node.value, frame, static, seen)
    if isinstance(node, gast.IfExp):
        first, second = (display_kind(n, frame, static, seen) for n in (node.body, node.orelse))
        return first if first == second else None
    return _of_name(node.id, frame, static, seen) if isinstance(node, gast.Name) else None


def _of_call(node: gast.Call, frame: Frame, static: Static, seen: frozenset[str]) -> str | None:
    function = static(node.func, frame)
    if isinstance(node.func, gast.Attribute) and node.func.attr == "copy" and not node.args:
        return display_kind(node.func.value, frame, static, seen)
    return next((kind for maker, kind in MAKERS.items() if function is maker), None)


def _of_name(name: str, frame: Frame, static: Static, seen: frozenset[str]) -> str | None:
    """What every definition of a variable makes it; a definition in terms of itself does not count."""
    holder = frame.holder(name)
    if holder is None or name in seen:
        return "itself" if name in seen else None
    if name in holder.kinds:
        return holder.kinds[name]
    if name in holder.nonlocals or name in all_parameters(holder.source.tree.args):
        return None
    values: list[gast.AST] = []
    stores = 0
    for node in walk_own(holder.body):
        stores += isinstance(node, gast.Name) and node.id == name and not isinstance(node.ctx, gast.Load)
        if isinstance(node, gast.Assign) and len(node.targets) == 1:
            values += _assigned(node.targets[0], node.value, name)
        elif isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name) and node.target.id == name:
            values.append(gast.BinOp(gast.Name(name, gast.Load(), None, None), node.op, node.value))
    if not values or len(values) != stores:
        return None
    kinds = {_settled(v, holder, static, seen | {name}) for v in values} - {"itself"}
    return kinds.pop() if len(kinds) == 1 else None


def _settled(value: gast.AST, frame: Frame, static: Static, seen: frozenset[str]) -> str | None:
    """The kind of a definition; joined with something that is sure to be a display, a display stays one."""
    if isinstance(value, gast.BinOp) and isinstance(value.op, gast.Add):
        left, right = (_settled(n, frame, static, seen) for n in (value.left, value.right))
        if left == right or left == "itself":
            return right
        return left if right == "itself" else None
    return display_kind(value, frame, static, seen)


def _assigned(target: gast.AST, value: gast.AST, name: str) -> list[gast.AST]:
    if isinstance(target, gast.Name):
        return [value] if target.id == name else []
    elements = target.elts if isinstance(target, (gast.Tuple, gast.List)) else []
    starred = [e for e in elements if isinstance(e, gast.Starred)]
    if any(isinstance(e.value, gast.Name) and e.value.id == name for e in starred):
        return [gast.List(elts=[], ctx=gast.Load())]
    both = not starred and isinstance(target, (gast.Tuple, gast.List)) and isinstance(value, (gast.Tuple, gast.List))
    if not both or len(target.elts) != len(value.elts):
        return []
    return [v for t, v in zip(target.elts, value.elts) if isinstance(t, gast.Name) and t.id == name]
