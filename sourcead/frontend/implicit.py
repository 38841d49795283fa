"""Where a statement runs functions of an object's class that no expression of it spells: `if c`, `f"{c}"`, `sorted(c)`.

What they compute is nobody's operand, so it matters only where they change their object.
"""

from __future__ import annotations

from typing import Any

import gast

from sourcead.frontend.callees import MAKING, is_user_function
from sourcead.frontend.names import Frame
from sourcead.frontend.stateful import changes_object, functions_of
from sourcead.frontend.syntax import walk_own

_TRUTH = {"__bool__", "__len__"}
_TEXT = {"__format__", "__str__", "__repr__"}
_ITERATION = {"__iter__", "__next__", "__len__", "__getitem__", "__reversed__"}
_COMPARISON = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__contains__", *_ITERATION}
# What is asked of an element when the list, tuple, set or dict that holds it is asked.
_ELEMENT = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__repr__", *_TRUTH}
_LOOKING_ON = (
    isinstance, issubclass, type, id, hasattr, callable, getattr, setattr, vars, super,
)  # fmt: skip
_CONVERSIONS = (int, str, list, tuple, set, dict, sum, bool, bytes, enumerate, zip, map, reversed)
_HEADS = {gast.If: "test", gast.While: "test", gast.Assert: "test"}
_SIMPLE = (gast.Assign, gast.AugAssign, gast.AnnAssign, gast.Expr, gast.Return, gast.Raise, gast.Delete)


def changed_unspoken(node: gast.AST, lowering: Any, frame: Frame) -> str | None:
    """A variable whose object a statement changes by a function of its class that no expression spells."""
    head = _HEADS.get(type(node))
    if head is None and not isinstance(node, _SIMPLE):
        return None
    parts = [getattr(node, head)] if head is not None else [node]
    asked = _names(parts, _TRUTH) if head is not None else []
    for inner in walk_own(parts):
        asked += _asked(inner, lowering, frame)
    for name, functions in asked:
        known = lowering.known_class(name, frame)
        if known is None or frame.holder(name.id) is None:
            continue
        if stateful(known.kind, functions or {n for n, _ in functions_of(known.kind) if _is_special(n)}):
            return name.id
    return None


def stateful(kind: type, names: set[str] | None = None) -> bool:
    """Whether a class has functions that change its objects, of these names or of any but those that make one."""
    wanted = [f for n, f in functions_of(kind) if (n not in MAKING if names is None else n in names)]
    return any(changes_object(kind, function) for function in wanted)


def _asked(node: gast.AST, lowering: Any, frame: Frame) -> list[tuple[gast.Name, set[str] | None]]:
    """The names in one node of an expression that it asks something, with what functions that may run."""
    if isinstance(node, gast.BoolOp):
        return _names(node.values, _TRUTH)
    if isinstance(node, gast.IfExp):
        return _names([node.test], _TRUTH)
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not):
        return _names([node.operand], _TRUTH)
    if isinstance(node, gast.FormattedValue):
        return _names([node.value], _TEXT)
    if isinstance(node, gast.Starred):
        return _names([node.value], _ITERATION)
    if isinstance(node, gast.comprehension):
        return _names([node.iter], _ITERATION)
    if isinstance(node, gast.Subscript):
        return _names(list(walk_own([node.slice])), {"__index__", "__hash__", "__eq__"})
    if isinstance(node, (gast.List, gast.Tuple, gast.Set)):
        return _names(node.elts, _ELEMENT)
    if isinstance(node, gast.Dict):
        return _names([*node.keys, *node.values], _ELEMENT)
    if isinstance(node, gast.Assign) and isinstance(node.targets[0], (gast.Tuple, gast.List)):
        return _names([node.value], _ITERATION)
    if isinstance(node, gast.Assign) and any(isinstance(t, (gast.Subscript, gast.Attribute)) for t in node.targets):
        return _names([node.value], _ELEMENT)
    if isinstance(node, (gast.Compare, gast.BinOp)):
        if isinstance(node, gast.Compare) and all(isinstance(op, (gast.Is, gast.IsNot)) for op in node.ops):
            return []
        if lowering.spelled(node, frame) is not None:
            return []
        parts = [node.left, *node.comparators] if isinstance(node, gast.Compare) else [node.left, node.right]
        return _names(parts, _COMPARISON if isinstance(node, gast.Compare) else _TEXT)
    if isinstance(node, gast.Call):
        function = lowering.static(node.func, frame)
        if (getattr(function, "__module__", None) or "").startswith(("runtime.", "sourcead.")):
            return []
        plain = (
            lowering.closure(node.func, frame) is not None or is_user_function(function) or isinstance(function, type)
        )
        conversion = any(function is each for each in _CONVERSIONS)
        if plain and not conversion or any(function is each for each in _LOOKING_ON):
            return []
        return (
            []
            if lowering.spelled(node, frame) is not None
            else _names([*node.args, *(k.value for k in node.keywords)], None)
        )
    return []


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name not in MAKING


def _names(parts: list[gast.AST], functions: set[str] | None) -> list[tuple[gast.Name, set[str] | None]]:
    return [(part, functions) for part in parts if isinstance(part, gast.Name) and isinstance(part.ctx, gast.Load)]
