"""What a statement of the emitted program may do besides giving a value."""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from runtime.places import is_users_code
from runtime.primitives import registry
from sourcead.frontend.syntax import walk
from sourcead.optimize.consuming import is_consumed

Resolve = Callable[[gast.AST], Any]
EFFECTFUL = {
    "add_at",
    "apart",
    "distinct",
    "with_entered",
    "with_left",
    "put_back",
    "put_whole",
    "require_array",
    "require_class",
    "require_constant",
    "require_elements",
    "require_entries",
    "require_floats",
    "require_inexact",
    "require_items",
    "require_no_method",
    "require_numbers",
    "require_fields",
    "require_plain",
    "require_real_data",
    "require_real",
    "require_count",
    "matched",
    "require_key",
    "require_room",
    "unit",
    "unresized",
}
KNOWN_MODULES = {"builtins", "math", "numpy", "operator", "runtime", "sourcead", ""}
PURE_METHODS = {
    "copy",
    "items",
    "keys",
    "values",
    "get",
    "astype",
    "reshape",
    "sum",
    "mean",
    "dot",
    "transpose",
    "ravel",
}
CHANGING_METHODS = {"append", "pop", "extend", "insert", "clear", "fill", "sort", "update", "add"}
PURE_BUILTINS = {
    len,
    range,
    reversed,
    list,
    tuple,
    dict,
    int,
    float,
    abs,
    min,
    max,
    isinstance,
    slice,
    type,
    bool,
    str,
    enumerate,
    zip,
    sum,
}


# How the names begin of NumPy's functions that write, read files or iterators, set options, or call what they get.
ACTING = (
    "apply", "copyto", "fill", "from", "genfrom", "load", "piecewise", "place", "put", "random", "save", "set", "show",
    "test",
)  # fmt: skip
_NEVER_PURE = (gast.Yield, gast.YieldFrom, gast.Await, gast.NamedExpr)


def is_pure(node: gast.AST, resolve: Resolve, pure: frozenset[str]) -> bool:
    """Whether evaluating an expression has no effect but its value; `pure` are emitted functions known to be."""
    return all_pure(walk(node), resolve, pure)


def all_pure(nodes: list[gast.AST], resolve: Resolve, pure: frozenset[str]) -> bool:
    """The same of the nodes of an expression or a statement."""
    for inner in nodes:
        kind = inner.__class__
        if kind is gast.Call and not _pure_call(inner, resolve, pure) or kind in _NEVER_PURE:
            return False
        if kind is gast.Name and is_consumed(inner) and len(nodes) > 1:
            return False
    return True


def _pure_call(node: gast.Call, resolve: Resolve, pure: frozenset[str]) -> bool:
    if isinstance(node.func, gast.Name) and node.func.id in pure:
        return True
    function = resolve(node.func)
    if getattr(function, "__name__", "") in EFFECTFUL:
        return False
    if function is object.__new__:
        return True
    module = getattr(function, "__module__", "") or ""
    try:
        if function in PURE_BUILTINS or registry.lookup(function):
            return True
    except TypeError:
        return False
    if registry.is_inactive(function):
        # What the user declares to carry no derivative may still write to a file.
        return function is not print and module.split(".")[0] in KNOWN_MODULES
    if isinstance(function, np.ufunc) or module.startswith("runtime.kernels"):
        return True
    if module in ("numpy", "math") and not getattr(function, "__name__", "").startswith(ACTING):
        return True
    if isinstance(node.func, gast.Attribute) and not callable(function):
        name = node.func.attr
        return name in PURE_METHODS or registry.lookup_method(name) is not None
    return isinstance(function, type) and function.__module__ != builtins.__name__ and not _runs_users_code(function)


def _runs_users_code(made: type) -> bool:
    """Whether making an object of a class runs what a user has written."""
    starts = [getattr(made, name, None) for name in ("__init__", "__new__", "__post_init__")]
    return any(isinstance(f, types.FunctionType) and is_users_code(f.__code__) for f in starts)


def changed_by(node: gast.AST) -> set[str]:
    """Variables whose objects a simple statement may change in place."""
    return changed_in(walk(node))


def changed_in(nodes: list[gast.AST]) -> set[str]:
    """The same of the nodes of a statement."""
    found: set[str] = set()
    for inner in nodes:
        kind = inner.__class__
        if kind is gast.Subscript or kind is gast.Attribute:
            if isinstance(inner.ctx, gast.Store):
                found.add(_bottom(inner))
        elif kind is gast.AugAssign:
            found.add(_bottom(inner.target))
        elif kind is gast.Call:
            if isinstance(inner.func, gast.Attribute) and inner.func.attr in CHANGING_METHODS:
                found.add(_bottom(inner.func.value))
            if isinstance(inner.func, gast.Name) and inner.func.id in ("add_at", "put_back", "put_whole"):
                found.add(_bottom(inner.args[0]))
                if isinstance(inner.args[0], gast.Starred):
                    # `r = put_whole(*r_tape.pop())` changes the object that `r` is then.
                    found |= {n.id for n in nodes if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)}
    return found - {""}


def _bottom(node: gast.AST) -> str:
    while isinstance(node, (gast.Subscript, gast.Attribute, gast.Starred)):
        node = node.value
    return node.id if isinstance(node, gast.Name) else ""
