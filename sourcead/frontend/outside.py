"""Objects that belong to no call: whether a function may read one in a derivative while something changes it.

    def tick():                      def f(x):
        CLOCK.time += 1.0                y = x * CLOCK.time
                                         tick()
                                         return y * CLOCK.time

An adjoint of `f` would read `CLOCK.time` again, after `tick` has changed it. Such a function is refused.
"""

from __future__ import annotations

import inspect
import types
import weakref
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import gast

from sourcead.frontend.callees import OBSERVING_MODULES, changes_arguments, is_user_function, roots, touched
from sourcead.frontend.names import MISSING, own_names, resolve_free
from sourcead.frontend.source import Source, find
from sourcead.frontend.syntax import NESTED, walk

Keys = frozenset[Hashable]
Static = Callable[[gast.AST], Any]
PLAIN = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)


@dataclass(frozen=True)
class Outside:
    """Objects from outside that a function may change, and those that it may read the inside of."""

    changes: Keys = frozenset()
    reads: Keys = frozenset()


_known: weakref.WeakKeyDictionary[types.FunctionType, Outside] = weakref.WeakKeyDictionary()


def conflict(source: Source) -> str | None:
    """What from outside a function both reads and changes, by itself or through its calls: `name`, or in words."""
    free = _Free(source)
    found = _of(source)
    calls = [n for n in walk(source.tree.body) if isinstance(n, gast.Call)]
    if not any(free.changed_by(c) for c in calls):
        return None
    for node in walk(source.tree.body):
        if isinstance(node, gast.Name) and free.keys(node) & found.changes & found.reads:
            return f"`{node.id}`"
    return "an object of the module" if found.changes & found.reads else None


def _outside(function: types.FunctionType) -> Outside:
    if function not in _known:
        _known[function] = Outside()  # A function that calls itself adds nothing by the call alone.
        _known[function] = _of(find(function))
    return _known[function]


def _of(source: Source) -> Outside:
    free = _Free(source)
    changes: set[Hashable] = set()
    reads: set[Hashable] = set()
    aside: set[int] = set()
    for node in walk(source.tree.body):
        if isinstance(node, gast.Global):
            changes |= {(id(source.function.__globals__), name) for name in node.names}
        if isinstance(node, (gast.Subscript, gast.Attribute)) and isinstance(node.ctx, gast.Store):
            changes |= free.keys(_bottom(node))
            aside.add(id(_bottom(node)))
        elif isinstance(node, gast.Call):
            changes |= free.changed_by(node)
            if isinstance(node.func, gast.Attribute):
                aside.add(id(_bottom(node.func)))
            function = _plain(free.static(node.func))
            if function is not None and (node.args or node.keywords):
                reads |= _outside(function).reads
    for node in walk(source.tree.body):
        if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load) and id(node) not in aside:
            reads |= free.keys(node)
    return Outside(frozenset(changes), frozenset(reads))


class _Free:
    """What the names mean that a function does not bind itself."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.own = own_names(source.tree) - set(source.bound)
        for node in walk(source.tree.body):
            if isinstance(node, NESTED) and not isinstance(node, gast.ClassDef):
                self.own |= own_names(node)

    def static(self, node: gast.AST) -> Any:
        """The object that a name or a path of attributes is, as far as it can be told without running anything."""
        if isinstance(node, gast.Name) and node.id not in self.own:
            if node.id in self.source.bound:
                return self.source.bound[node.id]
            kind, found = resolve_free(self.source, node.id)
            if kind == "cell":
                return _contents(found)
            return MISSING if kind == "missing" else found
        if isinstance(node, gast.Attribute):
            base = self.static(node.value)
            if base is MISSING:
                return MISSING
            if isinstance(base, (types.ModuleType, type)):
                return getattr(base, node.attr, MISSING)
            member = next((vars(c)[node.attr] for c in type(base).__mro__ if node.attr in vars(c)), MISSING)
            return types.MethodType(member, base) if isinstance(member, types.FunctionType) else MISSING
        return MISSING

    def keys(self, node: gast.AST) -> set[Hashable]:
        """What a free name is known by: its place among the globals, and the object that it holds."""
        found = self.static(node) if isinstance(node, gast.Name) else MISSING
        if found is MISSING or isinstance(found, PLAIN):
            return set()
        return {id(found), (id(self.source.function.__globals__), node.id)}

    def changed_by(self, node: gast.Call) -> set[Hashable]:
        """Objects from outside that a call of a user's function may change."""
        called = self.static(node.func)
        function = _plain(called)
        if function is None:
            names = touched(node, self.static)
            return set().union(*(self.keys(n) for n in walk(node) if isinstance(n, gast.Name) and n.id in names))
        found: set[Hashable] = set(_outside(function).changes)
        if changes_arguments(function):
            owner = called.__self__ if isinstance(called, types.MethodType) else called
            found |= {id(owner)} if owner is not function else set()
            for argument in [*node.args, *(k.value for k in node.keywords)]:
                names = roots(argument, self.static)
                found |= {k for n in walk(argument) if isinstance(n, gast.Name) and n.id in names for k in self.keys(n)}
        return found


def _plain(called: Any) -> types.FunctionType | None:
    """The user's function behind a callable: its own, a method's, or that of an object that can be called."""
    if isinstance(called, types.MethodType):
        called = called.__func__
    elif called is not MISSING and not isinstance(called, PLAIN):
        called = inspect.getattr_static(type(called), "__call__", MISSING)
    if getattr(called, "takes_traced", False):
        return None
    if not isinstance(called, types.FunctionType) or (called.__module__ or "").split(".")[0] in OBSERVING_MODULES:
        return None
    return called if is_user_function(called) else None


def _contents(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING


def _bottom(node: gast.AST) -> gast.AST:
    while isinstance(node, (gast.Subscript, gast.Attribute)):
        node = node.value
    return node
