"""Variables that may hold what only the running program can tell, and where a core program computes with them.

The dynamic graph, and functions whose text does not show what they give, may give objects, matrices or masked arrays,
whose operators are their own. `w = load(path); y = w * x` is right for arrays only, so `w` is looked at before that.
"""

from __future__ import annotations

import builtins
import functools
import math
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from runtime.primitives import registry
from sourcead.analysis.activity import root
from sourcead.analysis.blocks import every_statement
from sourcead.analysis.liveness import exposed
from sourcead.analysis.webs import is_whole
from sourcead.frontend.annotations import is_method_of
from sourcead.frontend.callees import DEFINITIONS, is_user_function
from sourcead.frontend.names import MISSING, Region, resolve_free
from sourcead.frontend.source import Source, find
from sourcead.frontend.syntax import load, names_read, names_written, walk

Static = Callable[[gast.AST], Any]
Looks = list[tuple[gast.AST, list[gast.AST]]]
PLACES = (gast.Name, gast.Attribute, gast.Subscript)
IMPORTS = (gast.Import, gast.ImportFrom)
CONDITIONAL = (gast.BoolOp, gast.IfExp)
DISPLAYS = (gast.List, gast.Tuple, gast.Dict, gast.Starred)
# Functions of NumPy's and SciPy's give arrays and numbers, but for these. Classes are asked one by one.
_LIBRARIES = ("numpy", "scipy", "runtime", "sourcead", "builtins", "math", "operator", "itertools", "functools")
_ODD_MODULES = ("numpy.ma", "numpy.matrixlib", "numpy.matlib", "scipy.sparse")
_ODD = (np.asmatrix, np.bmat, eval, exec, getattr, next, iter, vars, globals, locals)
_PLAIN_CLASSES = (int, float, complex, bool, str, list, tuple, dict, set, range, enumerate, zip, map, reversed, slice)
_METHODS = frozenset(n for kind in (np.ndarray, list, dict, str) for n in dir(kind))
_ADDITIVE = (np.add, np.subtract, np.negative, np.positive, np.absolute)


def computed_with(body: list[gast.AST], active: frozenset[str], static: Static) -> tuple[Looks, Looks, Looks]:
    """The statements before which values have to be looked at, and the places of these.

    First those that are computed with, then those that are given what carries a derivative and may keep it: by a
    comparison, `t = b < x`, or as a field, `b.q = x`.
    """
    finder = _Finder(body, active, static)
    return finder.looks(finder.operands), finder.looks(finder.compared), finder.looks(finder.filled)


class _Finder:
    def __init__(self, body: list[gast.AST], active: frozenset[str], static: Static) -> None:
        self.body, self.statements = body, every_statement(body)
        self.active, self.static = active, static
        flows = [(v, t) for node in self.statements for v, t in _flows(node)]
        self.writes = [target for _, target in flows]
        whole = [n for node in self.statements if is_whole(node) for n in walk(node)]
        imports = [node for node in (*self.statements, *whole) if isinstance(node, IMPORTS)]
        self.odd: set[str] = set().union(*map(names_written, imports))
        while True:
            more = {target for value, target in flows if target not in self.odd and self.is_odd(value)}
            if not more:
                break
            self.odd |= more

    @functools.cached_property
    def unsure(self) -> frozenset[str]:
        """Variables that may not be bound yet where they are read."""
        return exposed(self.body)

    def looks(self, operands: Callable[[gast.AST], list[gast.AST]]) -> Looks:
        """The statements with operands that may hold what is not known, each with the places not looked at before."""
        found: Looks = []
        looked: set[str] = set()
        for node in self.statements if self.odd else []:
            places = {gast.dump(p): p for operand in operands(node) for p in self.odd_places(operand)}
            for key in [k for k, p in places.items() if isinstance(p, gast.Name) and self.writes.count(p.id) == 1]:
                if key in looked:
                    del places[key]
                looked.add(key)
            if places:
                found.append((node, list(places.values())))
        return found

    def is_odd(self, node: gast.AST) -> bool:
        """Whether a value may be, or hold, one that is not known."""
        if isinstance(node, gast.Name):
            return node.id in self.odd
        if isinstance(node, (gast.Attribute, gast.Subscript)):
            return self.is_odd(node.value)
        if isinstance(node, DISPLAYS):
            return any(self.is_odd(part) for part in gast.iter_child_nodes(node))
        varies = bool(names_read(node) & self.active)
        if isinstance(node, gast.Call):
            if not self.gives_plain(node):
                return True
            parts = [*node.args, *(k.value for k in node.keywords)]
            return not varies and any(self.is_odd(part) for part in parts)
        if isinstance(node, (gast.BinOp, gast.UnaryOp, gast.IfExp)):
            # What varies has been looked at there.
            return not varies and any(self.is_odd(part) for part in gast.iter_child_nodes(node))
        return False

    def gives_plain(self, node: gast.Call) -> bool:
        """Whether a call gives plain values when it is given such."""
        function = self.static(node.func)
        if isinstance(function, Region):
            return all(self.gives_plain(n) for n in walk(function.definition.body) if isinstance(n, gast.Call))
        if function is not MISSING:
            return gives_plain(function)
        is_method = isinstance(node.func, gast.Attribute) and node.func.attr in _METHODS
        return is_method and not self.is_odd(node.func.value)

    def operands(self, node: gast.AST) -> list[gast.AST]:
        """What a statement computes with, where something in it carries a derivative."""
        value = getattr(node, "value", None)
        if isinstance(node, gast.AugAssign):
            parts = [node.target, node.value]
        elif isinstance(value, gast.BinOp):
            parts = [value.left, value.right]
        elif isinstance(value, gast.UnaryOp):
            parts = [value.operand]
        elif isinstance(value, gast.Call):
            parts = [*value.args, *(k.value for k in value.keywords)]
            function = self.static(value.func)
            method = value.func if isinstance(value.func, gast.Attribute) else None
            if method is not None and is_method_of(self.static(method.value), method.attr):
                # The class of the object is known.
                parts = parts[1:]
            if not any(names_read(part) & self.active for part in parts):
                return []
            if registry.lookup(function) is None and not is_user_function(function):
                return []
            adds = function is abs or function in _ADDITIVE or is_user_function(function)
            return [p for p in parts if adds or not names_read(p) & self.active]
        else:
            return []
        return parts if any(names_read(part) & self.active for part in parts) else []

    def compared(self, node: gast.AST) -> list[gast.AST]:
        """What a statement compares with something that carries a derivative."""
        found: list[gast.AST] = []
        waiting = [next((getattr(node, name) for name in ("test", "iter") if hasattr(node, name)), node)]
        while waiting:
            part = waiting.pop()
            waiting += [] if isinstance(part, CONDITIONAL) else gast.iter_child_nodes(part)
            inside = walk(part) if isinstance(part, CONDITIONAL) else [part]
            if any(isinstance(n, gast.Compare) and self._compares(n) for n in inside):
                found += [part.left, *part.comparators] if isinstance(part, gast.Compare) else [part]
        return found

    def _compares(self, node: gast.Compare) -> bool:
        by_identity = all(isinstance(op, (gast.Is, gast.IsNot)) for op in node.ops)
        return not by_identity and bool(names_read(node) & self.active)

    def filled(self, node: gast.AST) -> list[gast.AST]:
        """The object of which a statement sets a field to something that carries a derivative."""
        if not isinstance(node, gast.Assign) or not isinstance(node.targets[0], gast.Attribute):
            return []
        return [node.targets[0].value] if names_read(node.value) & self.active else []

    def odd_places(self, operand: gast.AST) -> list[gast.AST]:
        """The places in an operand that may hold what is not known."""
        if isinstance(operand, PLACES):
            return [operand] if root(operand) in self.odd else []
        if isinstance(operand, gast.Call):
            return []
        if isinstance(operand, CONDITIONAL):
            # An entry may be there only where it is asked for, and so may a variable.
            found = {n.id for n in walk(operand) if isinstance(n, gast.Name)}
            return [load(name) for name in sorted(found & self.odd - self.unsure)]
        return [place for part in gast.iter_child_nodes(operand) for place in self.odd_places(part)]


def _flows(node: gast.AST) -> list[tuple[gast.AST, str]]:
    """What a statement puts into which variable, or somewhere in it."""
    if is_whole(node):
        return [flow for part in walk(node) if isinstance(part, (gast.Assign, gast.Expr)) for flow in _flow(part)]
    return _flow(node)


def _flow(node: gast.AST) -> list[tuple[gast.AST, str]]:
    if isinstance(node, gast.Assign):
        target = root(node.targets[0])
        return [(node.value, target)] if target is not None else []
    called = node.value if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call) else None
    if called is not None and isinstance(called.func, gast.Attribute):
        holder = root(called.func.value)
        return [(value, holder) for value in called.args] if holder is not None else []
    return []


def gives_plain(function: Any) -> bool:
    """Whether a function that is known gives numbers, arrays and containers of them, when it is given such."""
    return _gives_plain(function, set())


def _gives_plain(function: Any, seen: set[Any]) -> bool:
    if isinstance(function, type):
        return function in _PLAIN_CLASSES or issubclass(function, (np.generic, np.dtype))
    if any(function is odd for odd in _ODD):
        return False
    if (getattr(function, "__module__", None) or "").startswith(DEFINITIONS):
        return True
    if is_user_function(function):
        function = getattr(function, "__func__", function)
        return function in seen or _text_gives_plain(find(function), seen | {function})
    owner = getattr(function, "__self__", None)
    holder = type(owner) if owner is not None and owner is not builtins and owner is not math else function
    module = getattr(holder, "__module__", None) or ""
    return (
        module.partition(".")[0] in _LIBRARIES and not module.startswith(_ODD_MODULES) or isinstance(function, np.ufunc)
    )


def _text_gives_plain(source: Source, seen: set[Any]) -> bool:
    """Whether all that the text of a function calls gives plain values."""
    local = source.function.__code__.co_varnames
    for node in walk(source.tree.body if isinstance(source.tree, gast.FunctionDef) else [source.tree.body]):
        if isinstance(node, (gast.Try, gast.With, gast.Yield, gast.YieldFrom, gast.Await)):
            return False
        if not isinstance(node, gast.Call):
            continue
        function = _named(node.func, source, local)
        if function is MISSING:
            if not (isinstance(node.func, gast.Attribute) and node.func.attr in _METHODS):
                return False
        elif not _gives_plain(function, seen):
            return False
    return True


def _named(node: gast.AST, source: Source, local: tuple[str, ...]) -> Any:
    if isinstance(node, gast.Attribute):
        base = _named(node.value, source, local)
        return MISSING if base is MISSING else getattr(base, node.attr, MISSING)
    if not isinstance(node, gast.Name) or node.id in local:
        return MISSING
    kind, found = resolve_free(source, node.id)
    if kind == "cell":
        try:
            return found.cell_contents
        except ValueError:
            return MISSING
    return MISSING if kind == "missing" else found
