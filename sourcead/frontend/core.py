"""The predicate of the core language (docs/core-language.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from sourcead.frontend.carries import carries
from sourcead.frontend.syntax import names_read, names_written, range_of, walk, walk_own

Static = Callable[[gast.AST], Any]
WHOLE = (gast.For, gast.While, gast.With, gast.Try, gast.TryStar, gast.ClassDef, gast.Match, gast.TypeAlias)
NEVER = (gast.NamedExpr, gast.Yield, gast.YieldFrom, gast.Await)


def check_core(body: list[gast.AST], active: set[str] | frozenset[str], static: Static) -> None:
    """Check that statements are core, for the variables `active` that carry a derivative.

    `static` gives the object that an expression is, or MISSING. Raises AssertionError with the construct's name.
    """
    _Check(set(active), static).block(body, False)


class _Check:
    def __init__(self, active: set[str], static: Static) -> None:
        self.active, self.static = active, static

    def fail(self, node: gast.AST, what: str) -> AssertionError:
        place = getattr(node, "origin", None)
        said = f" ({place})" if place is not None else ""
        return AssertionError(f"internal error in lowering: {what} is not core: {type(node).__name__}{said}")

    def inert(self, node: gast.AST) -> bool:
        return not carries(node, self.active, self.static)

    def block(self, body: list[gast.AST], loop: bool) -> None:
        if not body and loop:
            raise AssertionError("internal error in lowering: an empty block is not core")
        for k, node in enumerate(body):
            last = loop and k == len(body) - 1
            if last and isinstance(node, gast.If) and len(node.body) == 1 and isinstance(node.body[0], gast.Break):
                if not isinstance(node.test, gast.Name) or node.orelse:
                    raise self.fail(node, "an exit of a loop that is no `if flag: break`")
                continue
            self.statement(node)

    def statement(self, node: gast.AST) -> None:
        for inner in walk(node):
            if isinstance(inner, NEVER):
                raise self.fail(inner, "an expression that binds a name or waits")
            if isinstance(inner, gast.Name) and not inner.id.isidentifier():
                raise AssertionError(f"internal error in lowering: the name {inner.id!r} is not core")
        if isinstance(node, gast.If):
            self.test(node.test)
            self.block(node.body, False)
            self.block(node.orelse, False)
        elif isinstance(node, (gast.For, gast.While)) and self.is_core_loop(node) and self.is_active(node):
            if isinstance(node, gast.While):
                self.test(node.test)
            self.block(node.body, True)
        elif isinstance(node, WHOLE):
            self.whole(node)
        else:
            self.simple(node)

    def test(self, node: gast.AST) -> None:
        if any(isinstance(n, (gast.Lambda, gast.Starred)) for n in walk(node)):
            raise self.fail(node, "this test")

    def is_active(self, node: gast.AST) -> bool:
        return bool((names_read(node) | names_written(node)) & self.active)

    def is_core_loop(self, node: gast.For | gast.While) -> bool:
        if node.orelse:
            return False
        if isinstance(node, gast.While):
            return True
        return range_of(node.iter) is not None and isinstance(node.target, gast.Name)

    def whole(self, node: gast.AST) -> None:
        """A statement that stands whole has nothing to do with active values."""
        if names_written(node) & self.active:
            raise self.fail(node, "a whole statement that binds an active variable")
        for inner in walk_own(node):
            if isinstance(inner, (gast.Return, gast.FunctionDef)):
                raise self.fail(inner, "an exit or a definition inside a whole statement")

    def simple(self, node: gast.AST) -> None:
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], (gast.Tuple, gast.List)):
            self.whole(node)
            if not self.inert(node.value):
                raise self.fail(node.targets[0], "this target")
        elif isinstance(node, gast.Assign):
            if len(node.targets) != 1:
                raise self.fail(node, "an assignment to several targets")
            self.target(node.targets[0])
            whole = isinstance(node.targets[0], gast.Name)
            self.value(node.value) if whole else self.operand(node.value)
        elif isinstance(node, gast.AugAssign):
            self.target(node.target)
            self.operand(node.value)
        elif isinstance(node, gast.Expr):
            self.effect(node.value)
        elif not isinstance(node, (gast.Assert, gast.Raise, gast.Pass)):
            raise self.fail(node, "this statement")

    def target(self, node: gast.AST) -> None:
        if isinstance(node, (gast.Subscript, gast.Attribute)):
            self.path(node)
        elif not isinstance(node, gast.Name):
            raise self.fail(node, "this target")

    def path(self, node: gast.AST) -> None:
        """`name[i].a[j]`: elements and fields of a variable."""
        while isinstance(node, (gast.Subscript, gast.Attribute)):
            node = node.value
        if not isinstance(node, gast.Name):
            raise self.fail(node, "the root of a place")

    def operand(self, node: gast.AST) -> None:
        """A variable, or an expression that carries nothing."""
        if not isinstance(node, gast.Name) and not self.inert(node):
            raise self.fail(node, "this operand")

    def operands(self, nodes: list[gast.AST]) -> None:
        for node in nodes:
            self.operand(node)

    def value(self, node: gast.AST) -> None:
        """One operation on operands, or an expression that carries nothing."""
        if isinstance(node, gast.Name) or self.inert(node):
            return
        if isinstance(node, gast.BinOp):
            self.operands([node.left, node.right])
        elif isinstance(node, gast.UnaryOp):
            self.operand(node.operand)
        elif isinstance(node, (gast.Tuple, gast.List)):
            self.operands(node.elts)
        elif isinstance(node, gast.Dict):
            if None in node.keys:
                raise self.fail(node, "`**` in a dict")
            self.operands(node.values)
        elif isinstance(node, gast.Call):
            self.call(node)
        elif isinstance(node, gast.Subscript):
            self.path(node)
        elif isinstance(node, gast.Attribute):
            self.operand(node.value) if isinstance(node.value, gast.Name) else self.path(node)
        else:
            raise self.fail(node, "this expression")

    def call(self, node: gast.Call) -> None:
        if isinstance(node.func, gast.Attribute):
            self.operand(node.func.value)
        elif not self.inert(node.func):
            raise self.fail(node.func, "a function that carries a derivative")
        if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            raise self.fail(node, "a call with stars")
        self.operands([*node.args, *(k.value for k in node.keywords)])

    def effect(self, node: gast.AST) -> None:
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr == "append":
            self.path(node.func.value)
            self.operands(node.args)
