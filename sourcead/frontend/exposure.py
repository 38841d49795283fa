"""Which names plain Python statements read before they are sure to have written them.

Requires: any statements.   Ensures: names read in nested functions and comprehensions count where they are free there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import gast

from sourcead.frontend.names import own_names
from sourcead.frontend.syntax import COMPREHENSIONS, names_written, walk

LEAVES = (gast.Return, gast.Raise, gast.Break, gast.Continue)


def free_reads(node: gast.AST | list[gast.AST]) -> set[str]:
    """Names that an expression or statement reads from the scope it stands in."""
    if isinstance(node, list):
        return set().union(*(free_reads(n) for n in node)) if node else set()
    if isinstance(node, gast.Name):
        return {node.id} if isinstance(node.ctx, gast.Load) else set()
    children = list(gast.iter_child_nodes(node))
    if isinstance(node, COMPREHENSIONS):
        targets = {n.id for g in node.generators for n in walk(g.target) if isinstance(n, gast.Name)}
        return free_reads(node.generators[0].iter) | (free_reads(children) - targets)
    if isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda)):
        body = node.body if isinstance(node.body, list) else [node.body]
        around = [*node.args.defaults, *(d for d in node.args.kw_defaults if d), *getattr(node, "decorator_list", [])]
        outer = {name for n in walk(body) if isinstance(n, gast.Nonlocal) for name in n.names}
        return free_reads(around) | (free_reads(body) - own_names(node)) | outer
    found = free_reads(children)
    return found | (
        {node.target.id} if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name) else set()
    )


def names_of_scope(node: gast.AST | list[gast.AST]) -> Iterator[gast.Name]:
    """Every name that belongs to the scope of a node: not those of functions within it."""
    if isinstance(node, list):
        for item in node:
            yield from names_of_scope(item)
    elif isinstance(node, gast.Name):
        yield node
    else:
        own = own_names(node) if isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda)) else set()
        for child in gast.iter_child_nodes(node):
            yield from (n for n in names_of_scope(child) if n.id not in own)


class Exposure:
    """One walk over statements: `reads` fills with the names that may be read before they are written."""

    def __init__(self) -> None:
        self.reads: set[str] = set()

    def block(self, body: Iterable[gast.AST], defined: frozenset[str]) -> frozenset[str] | None:
        """The names sure to be written after a block; None where control never gets there."""
        known: frozenset[str] | None = defined
        for statement in body:
            if known is None:
                return None
            known = self.statement(statement, known)
        return known

    def statement(self, node: gast.AST, defined: frozenset[str]) -> frozenset[str] | None:
        """The same for one statement."""
        if isinstance(node, gast.If):
            self._read(node.test, defined)
            return _meet(self.block(node.body, defined), self.block(node.orelse, defined))
        if isinstance(node, (gast.For, gast.AsyncFor, gast.While)):
            return self._loop(node, defined)
        if isinstance(node, (gast.With, gast.AsyncWith)):
            for item in node.items:
                self._read(item.context_expr, defined)
                defined |= names_written(item)
                if item.optional_vars is not None:
                    self._read(item.optional_vars, defined)
            after = self.block(node.body, defined)
            return defined if after is None else after
        if isinstance(node, (gast.Try, gast.TryStar)):
            return self._try(node, defined)
        if isinstance(node, gast.Match):
            self._read(node.subject, defined)
            for case in node.cases:
                inside = defined | names_written(case.pattern)
                if case.guard is not None:
                    self._read(case.guard, inside)
                self.block(case.body, inside)
            return defined
        self._read(node, defined)
        if isinstance(node, LEAVES):
            return None
        deleted = {n.id for n in walk(node) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Del)}
        return (defined | names_written(node)) - deleted

    def _read(self, node: gast.AST, defined: frozenset[str]) -> None:
        self.reads |= free_reads(node) - defined

    def _loop(self, node: gast.AST, defined: frozenset[str]) -> frozenset[str]:
        endless = isinstance(node, gast.While) and isinstance(node.test, gast.Constant) and bool(node.test.value)
        self._read(node.test if isinstance(node, gast.While) else node.iter, defined)
        targets = frozenset() if isinstance(node, gast.While) else names_written(node.target)
        if not isinstance(node, gast.While):
            self._read(node.target, defined | targets)
        after = self.block(node.body, defined | targets)
        self.block(node.orelse, defined)
        return after if endless and after is not None and not _breaks(node) else defined

    def _try(self, node: gast.Try, defined: frozenset[str]) -> frozenset[str] | None:
        after = self.block(node.body, defined)
        if after is not None:
            after = self.block(node.orelse, after)
        for handler in node.handlers:
            if handler.type is not None:
                self._read(handler.type, defined)
            named = names_written(handler.name) if handler.name is not None else set()
            handled = self.block(handler.body, defined | named)
            after = _meet(after, handled if handled is None else handled - named)
        ended = self.block(node.finalbody, defined)
        return None if after is None or ended is None else after | ended


def _meet(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
    if a is None or b is None:
        return b if a is None else a
    return a & b


def _breaks(node: gast.AST) -> bool:
    return any(isinstance(n, gast.Break) for n in walk(node.body))


def calls_within_functions(body: list[gast.AST]) -> list[gast.Call]:
    """The calls in functions that statements define."""
    functions = [n for n in walk(body) if isinstance(n, (gast.FunctionDef, gast.Lambda))]
    return [n for f in functions for n in walk(f.body) if isinstance(n, gast.Call)]


def body_of(function: gast.AST) -> list[gast.AST]:
    """The statements of a function; a lambda is one expression."""
    return function.body if isinstance(function.body, list) else [function.body]
