"""Which expressions are sure to be lists or tuples: `+`, `*` and `+=` mean something else on them than on arrays."""

from __future__ import annotations

import builtins
import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

import gast

from runtime.kernels import copied
from sourcead.frontend.names import Frame
from sourcead.frontend.syntax import walk_own

Static = Callable[[gast.AST, Frame], Any]
ANY = "any"
MAKERS = {builtins.list: "list", builtins.sorted: "list", builtins.tuple: "tuple"}
COPIES = (copy.copy, copy.deepcopy, copied)


def display_kind(node: gast.AST, frame: Frame, static: Static) -> str | None:
    """ "list" or "tuple" where an expression is sure to be one, else None."""
    found = _kind(node, frame, static)
    return None if found == ANY else found


def _kind(node: gast.AST, frame: Frame, static: Static) -> str | None:
    """Like `display_kind`; ANY for a variable whose definitions are still being looked at."""
    if isinstance(node, (gast.List, gast.ListComp)):
        return "list"
    if isinstance(node, gast.Tuple):
        return "tuple"
    if isinstance(node, gast.Call):
        return _of_call(node, frame, static)
    if isinstance(node, gast.BinOp):
        left, right = (_kind(n, frame, static) for n in (node.left, node.right))
        if isinstance(node.op, gast.Add):
            return _both(left, right)
        return (left or right) if isinstance(node.op, gast.Mult) and not (left and right) else None
    if isinstance(node, gast.Subscript) and isinstance(node.slice, gast.Slice):
        return _kind(node.value, frame, static)
    if isinstance(node, gast.IfExp):
        return _both(_kind(node.body, frame, static), _kind(node.orelse, frame, static))
    if not isinstance(node, gast.Name):
        return None
    holder = frame.holder(node.id)
    return None if holder is None else _kinds_of(holder, static).get(node.id)


def _both(first: str | None, second: str | None) -> str | None:
    if first == ANY or second == ANY:
        return second if first == ANY else first
    return first if first == second else None


def _of_call(node: gast.Call, frame: Frame, static: Static) -> str | None:
    function = static(node.func, frame)
    if isinstance(node.func, gast.Attribute) and node.func.attr == "copy" and not node.args:
        return _kind(node.func.value, frame, static)
    if len(node.args) == 1 and any(function is copying for copying in COPIES):
        return _kind(node.args[0], frame, static)
    return next((kind for maker, kind in MAKERS.items() if function is maker), None)


def _kinds_of(frame: Frame, static: Static) -> dict[str, str | None]:
    """The kind of each variable of a frame: what all its definitions make it."""
    if frame.kinds is not None:
        return frame.kinds
    values, stores = _definitions(frame.body)
    given = frame.parameters | frame.nonlocals
    known = {name for name, made in values.items() if len(made) == stores[name] and name not in given}
    frame.kinds = kinds = {**dict.fromkeys(known, ANY), **frame.parameter_kinds}
    while True:
        before = dict(kinds)
        for name in known - frame.parameter_kinds.keys():
            found = kinds[name]  # Kinds only narrow, so this ends.
            for value in values[name]:
                found = _both(found, _kind(value, frame, static))
            kinds[name] = found
        if kinds == before:
            return kinds


def _definitions(body: list[gast.AST]) -> tuple[dict[str, list[gast.AST]], Counter[str]]:
    """The values that variables are assigned as a whole, and how often they are bound at all."""
    values: dict[str, list[gast.AST]] = {}
    stores: Counter[str] = Counter()
    for node in walk_own(body):
        if isinstance(node, gast.Name) and not isinstance(node.ctx, gast.Load):
            stores[node.id] += 1
        if isinstance(node, gast.Assign) and len(node.targets) == 1:
            for name in {n.id for n in walk_own(node.targets[0]) if isinstance(n, gast.Name)}:
                values.setdefault(name, []).extend(_assigned(node.targets[0], node.value, name))
        elif isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            read = gast.Name(node.target.id, gast.Load(), None, None)
            grown = gast.BinOp(read, node.op, node.value)
            values.setdefault(node.target.id, []).append(read if isinstance(node.op, gast.Add) else grown)
    return values, stores


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
