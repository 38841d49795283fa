"""Whether an object has one name only, so that a changed copy may take its place."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from runtime.primitives import registry
from sourcead.frontend.callees import (
    CHANGING_METHODS,
    holders_in,
    is_writer,
    linked,
    may_change,
    path_root,
    touched,
)
from sourcead.frontend.names import MISSING, Frame
from sourcead.frontend.syntax import walk

READING_METHODS = CHANGING_METHODS | {"index", "count", "copy", "get", "items", "keys", "values", "tolist"}
READING_BUILTINS = {
    builtins.list, builtins.tuple, builtins.set, builtins.dict, builtins.sorted, builtins.enumerate, builtins.zip,
    builtins.reversed, builtins.min, builtins.max, builtins.sum, builtins.any, builtins.all,
}  # fmt: skip
MAKERS = (
    gast.List, gast.ListComp, gast.Set, gast.SetComp, gast.Dict, gast.DictComp, gast.Call, gast.BinOp, gast.UnaryOp,
    gast.Constant, gast.Compare, gast.JoinedStr,
)  # fmt: skip
# Classes whose objects do not keep what they are made of; others may.
CONVERSIONS = (bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict, range)
ARRAY_MAKERS = (
    np.array, np.copy, np.zeros, np.ones, np.empty, np.full, np.zeros_like, np.ones_like, np.empty_like, np.full_like,
    np.arange, np.linspace, np.eye, np.identity, np.diag, np.outer, np.stack, np.concatenate, np.vstack, np.hstack,
)  # fmt: skip


def has_one_name(variable: str, frame: Frame, static: Callable[[gast.AST], Any]) -> bool:
    """Whether what a variable holds is made in this function, and is read and changed under this name only."""
    holder = frame.holder(variable)
    if holder is None or variable in holder.parameters or variable in holder.nonlocals:
        return False
    reading: set[int] = set()
    plain: set[int] = set()
    for node in walk(holder.body):
        if isinstance(node, gast.Expr):
            reading |= {id(n) for n in _written_to(node.value, static)}
        if isinstance(node, gast.Assign) and any(isinstance(t, gast.Name) and t.id == variable for t in node.targets):
            if len(node.targets) > 1 or not isinstance(node.value, MAKERS):
                return False
            if isinstance(node.value, gast.Call) and not _makes(static(node.value.func)):
                return False
            if _written_to(node.value, static):
                return False
            plain.add(id(node.targets[0]))
        if isinstance(node, gast.AugAssign):
            plain.add(id(node.target))
        reading |= {id(n) for n in _read(node, static)}
    named = [n for n in walk(holder.body) if isinstance(n, gast.Name) and n.id == variable]
    # A name that stands for an expression is in no text.
    return bool(named) and all(id(n) in (reading if isinstance(n.ctx, gast.Load) else plain) for n in named)


def with_partners(names: set[str], joined: set[str], frame: Frame, static: Callable[[gast.AST], Any]) -> set[str]:
    """`names`, and the other variables of a function that may hold the same objects, a part of them, or more.

    Those in `joined` may hold one object from the start.
    """
    holders = holders_in(frame.body, static)
    called = {id(n.func) for n in walk(frame.body) if isinstance(n, gast.Call)}
    functions = {n.id for n in walk(frame.body) if isinstance(n, gast.Name) and id(n) in called}
    links = [given | bound for given, bound in (linked(n, holders, static) for n in walk(frame.body)) if bound]
    groups = [joined, *({n for n in link - functions if frame.holder(n) is not None} for link in links)]
    found = set(names)
    while True:
        more = set().union(*(group for group in groups if group & found)) - found
        if not more:
            return found
        found |= more


def _written_to(node: gast.AST, static: Callable[[gast.AST], Any]) -> list[gast.AST]:
    """The arrays that a call is told to write its result to and gives back: the `out` of NumPy's functions."""
    if not isinstance(node, gast.Call):
        return []
    given = [k.value for k in node.keywords if k.arg == "out"]
    function = static(node.func)
    if isinstance(function, np.ufunc):
        return [*given, *node.args[function.nin :]]
    return given


def _makes(function: Any) -> bool:
    """Whether a call gives an object that nothing else holds."""
    if function is builtins.max or function is builtins.min:
        return False
    rule = registry.lookup(function)
    fresh = registry.is_inactive(function) or (rule is not None and rule.view_of is None)
    return fresh or isinstance(function, type) or _is_reader(function)


def _may_keep(function: Any) -> bool:
    """Whether a call gives an object that may hold what it is given."""
    kept = isinstance(function, type) and function not in CONVERSIONS
    return kept and not issubclass(function, (np.generic, np.dtype))


def _is_reader(function: Any) -> bool:
    try:
        return function in READING_BUILTINS
    except TypeError:
        return False


def _read(node: gast.AST, static: Callable[[gast.AST], Any]) -> list[gast.AST]:
    """Operands of one node that it reads without giving them another name."""
    if isinstance(node, gast.Call):
        function = static(node.func)
        if _may_keep(function):
            return []
        if _is_reader(function) or is_writer(function) or (function is not MISSING and _makes(function)):
            written = _written_to(node, static)
            return [a for a in (*node.args, *(k.value for k in node.keywords)) if all(a is not w for w in written)]
        if isinstance(node.func, gast.Attribute) and node.func.attr == "shuffle":
            return list(node.args)
        return []
    if isinstance(node, gast.Attribute):
        rule = registry.lookup(registry.lookup_method(node.attr))
        return [node.value] if node.attr in READING_METHODS or (rule is not None and rule.view_of is None) else []
    if isinstance(node, gast.Subscript):
        sliced = any(isinstance(n, (gast.Slice, gast.Tuple)) for n in walk(node.slice))
        return [] if sliced and isinstance(node.ctx, gast.Load) else [node.value]
    if isinstance(node, gast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, gast.BinOp):
        return [node.left, node.right]
    if isinstance(node, gast.UnaryOp):
        return [node.operand]
    if isinstance(node, (gast.If, gast.While, gast.IfExp, gast.Assert)):
        return [node.test]
    if isinstance(node, (gast.For, gast.comprehension)):
        return [node.iter]
    return [node.value] if isinstance(node, (gast.Return, gast.FormattedValue)) and node.value is not None else []


def writes_within(node: gast.AST, user: str) -> bool:
    """Whether a node writes an element of an element of a variable."""
    if isinstance(node, (gast.Subscript, gast.Attribute)) and not isinstance(node.ctx, gast.Load):
        return path_root(node) == user and not isinstance(node.value, gast.Name)
    if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr in CHANGING_METHODS:
        return path_root(node.func) == user and not isinstance(node.func.value, gast.Name)
    return False


def changes_deeply(body: list[gast.AST], user: str, frame: Frame, static: Callable[[gast.AST], Any]) -> bool:
    """Whether a body may change in place an element of what a variable holds, which other names may hold too."""
    nodes = walk(body)
    if any(writes_within(n, user) for n in nodes):
        return True
    if _has_own_places(user, frame, static) and any(user in touched(n, static) for n in nodes):
        return True
    updated = [n.target for n in nodes if isinstance(n, gast.AugAssign)]
    entries = [t for t in updated if isinstance(t, gast.Subscript) and path_root(t) == user]
    entries = [t for t in entries if not isinstance(t.slice, (gast.Slice, gast.Tuple))]
    passed = any(isinstance(n, gast.Call) and not _is_method_of(n, user) and user in touched(n, static) for n in nodes)
    return (passed or bool(entries)) and not is_array_or_number(user, frame, static)


def _has_own_places(user: str, frame: Frame, static: Callable[[gast.AST], Any]) -> bool:
    """Whether a variable may be an object of a class whose methods, `__setitem__` among them, change what it holds."""
    made = [static(v.func) for v in _assigned(user, frame) if isinstance(v, gast.Call)]
    return any(isinstance(function, type) and may_change(function) for function in made)


def _is_method_of(node: gast.Call, user: str) -> bool:
    """Whether a call is `user.method(...)`."""
    return (
        isinstance(node.func, gast.Attribute) and isinstance(node.func.value, gast.Name) and node.func.value.id == user
    )


def is_array_or_number(variable: str, frame: Frame, static: Callable[[gast.AST], Any]) -> bool:
    """Whether everything that a variable is assigned makes a new array, or a number where it is given numbers."""
    values = _assigned(variable, frame)
    return bool(values) and all(
        isinstance(v, gast.BinOp) or isinstance(v, gast.Call) and _makes_array(static(v.func)) for v in values
    )


def is_array(variable: str, frame: Frame, static: Callable[[gast.AST], Any]) -> bool:
    """Whether everything that a variable is assigned makes an array, whatever it is made of."""
    values = _assigned(variable, frame)
    made = [static(v.func) if isinstance(v, gast.Call) else MISSING for v in values]
    known = all(any(function is maker for maker in ARRAY_MAKERS) for function in made)
    return bool(values) and known and variable not in frame.parameters


def _assigned(variable: str, frame: Frame) -> list[gast.AST]:
    stores = [n for n in walk(frame.body) if isinstance(n, gast.Assign)]
    return [n.value for n in stores if any(isinstance(t, gast.Name) and t.id == variable for t in n.targets)]


def _makes_array(function: Any) -> bool:
    made = isinstance(function, np.ufunc) or (getattr(function, "__module__", "") or "").split(".")[0] == "numpy"
    return made and function not in (np.asarray, np.ravel, np.reshape, np.transpose, np.broadcast_to)
