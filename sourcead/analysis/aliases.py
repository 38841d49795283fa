"""Aliases: which variables may share memory when a statement changes one of them.

Pairs of variables that may share are followed through the program, so that two buffers that swap names stay two
buffers. A slice is a view, and so may be the results of operations declared to be views; what a call of unknown code
returns may be any of its arguments; everything arithmetic makes is new.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gast

from sourcead.frontend.syntax import names_read, names_written, walk

Pairs = frozenset[frozenset[str]]
Sources = Callable[[gast.AST], set[str]]


@dataclass(frozen=True)
class Change:
    """A statement that changes memory in place: the variable that it names, and those that may share with it then."""

    statement: gast.AST
    variable: str
    sharing: frozenset[str]


def changes(body: list[gast.AST], sources: Sources) -> dict[int, Change]:
    """Every change in place of a core program, by statement; `sources(value)` are the variables a value may share with."""
    flow = _Flow(sources)
    flow.block(body, frozenset())
    return flow.found


class _Flow:
    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.found: dict[int, Change] = {}

    def block(self, body: list[gast.AST], pairs: Pairs) -> Pairs:
        for statement in body:
            pairs = self.statement(statement, pairs)
        return pairs

    def statement(self, node: gast.AST, pairs: Pairs) -> Pairs:
        if isinstance(node, gast.If):
            return self.block(node.body, pairs) | self.block(node.orelse, pairs)
        if isinstance(node, (gast.For, gast.While)):
            while True:
                inside = pairs
                if isinstance(node, gast.For):
                    for name in names_written(node.target):
                        inside = _without(inside, name)
                after = pairs | self.block(node.body, inside)
                if after == pairs:
                    return pairs
                pairs = after
        if isinstance(node, (gast.With, gast.Try)):
            return pairs | self.block(node.body, pairs)
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            if _is_pop(node.value):
                self._change(node, changed(node), pairs)
            return self._assign(node.targets[0].id, self.sources(node.value), pairs)
        variable = changed(node)
        if variable is not None:
            self._change(node, variable, pairs)
            stored = self._stored(node)
            for source in stored:
                for partner in _partners(pairs, source) | {source}:
                    if partner != variable:
                        pairs |= {frozenset({variable, partner})}
            return pairs
        for name in names_written(node):
            pairs = _without(pairs, name)
        return pairs

    def _change(self, node: gast.AST, variable: str, pairs: Pairs) -> None:
        before = self.found.get(id(node))
        sharing = _partners(pairs, variable) | (before.sharing if before else frozenset())
        self.found[id(node)] = Change(node, variable, sharing)

    def _assign(self, name: str, sources: set[str], pairs: Pairs) -> Pairs:
        sharing = set(sources)
        for source in sources:
            sharing |= _partners(pairs, source)
        kept = _without(pairs, name)
        return kept | {frozenset({name, other}) for other in sharing - {name}}

    def _stored(self, node: gast.AST) -> set[str]:
        """Variables whose objects are put into a container; an array copies what is stored in it, a list does not."""
        if isinstance(node, gast.Expr):
            return names_read(node.value.args) if isinstance(node.value, gast.Call) else set()
        if isinstance(node, gast.Assign) and isinstance(node.value, gast.Name):
            index = node.targets[0].slice
            sliced = any(isinstance(n, (gast.Slice, gast.Tuple)) for n in walk(index))
            return set() if sliced else {node.value.id}
        return set()


def _without(pairs: Pairs, name: str) -> Pairs:
    return frozenset(p for p in pairs if name not in p)


def _partners(pairs: Pairs, name: str) -> frozenset[str]:
    return frozenset(n for p in pairs if name in p for n in p if n != name)


def changed(node: gast.AST) -> str | None:
    """The variable whose memory a statement changes, if it does."""
    if isinstance(node, gast.AugAssign):
        return _bottom(node.target)
    if isinstance(node, gast.Assign) and not isinstance(node.targets[0], gast.Name):
        return _bottom(node.targets[0])
    if isinstance(node, gast.Assign):
        return _bottom(node.value.func) if _is_pop(node.value) else None
    if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call) and isinstance(node.value.func, gast.Attribute):
        return _bottom(node.value.func)
    return None


def _is_pop(value: gast.AST) -> bool:
    return isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute) and value.func.attr == "pop"


def _bottom(node: gast.AST) -> str | None:
    while isinstance(node, (gast.Subscript, gast.Attribute, gast.Starred)):
        node = node.value
    return node.id if isinstance(node, gast.Name) else None
