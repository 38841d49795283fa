"""Liveness: which variables are read again after a statement of a core program, before they are written."""

from __future__ import annotations

import gast

from sourcead.analysis.webs import is_whole
from sourcead.frontend.syntax import names_read, names_written


def live_after(body: list[gast.AST], out: frozenset[str]) -> dict[int, frozenset[str]]:
    """For each statement the variables live after it; `out` are live at the end."""
    found: dict[int, frozenset[str]] = {}
    _block(body, out, found)
    return found


def live_before(body: list[gast.AST], out: frozenset[str]) -> frozenset[str]:
    """The variables live at the start of a block."""
    return _block(body, out, {})


def _block(body: list[gast.AST], live: frozenset[str], found: dict[int, frozenset[str]]) -> frozenset[str]:
    for statement in reversed(body):
        found[id(statement)] = live | found.get(id(statement), frozenset())
        live = _statement(statement, live, found)
    return live


def _statement(node: gast.AST, live: frozenset[str], found: dict[int, frozenset[str]]) -> frozenset[str]:
    if isinstance(node, gast.If):
        return _block(node.body, live, found) | _block(node.orelse, live, found) | names_read(node.test)
    if is_whole(node):
        return live | names_read(node)
    if isinstance(node, (gast.For, gast.While)):
        head = live | names_read(node.iter if isinstance(node, gast.For) else node.test)
        while True:
            inside = _block(node.body, head, found)
            if isinstance(node, gast.For):
                inside -= names_written(node.target)
            grown = head | inside
            if grown == head:
                return head
            head = grown
    if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
        return (live - {node.targets[0].id}) | names_read(node.value)
    return live | names_read(node) | (names_written(node) if isinstance(node, gast.AugAssign) else frozenset())


def exposed(body: list[gast.AST]) -> frozenset[str]:
    """Variables that a block may read before it writes them."""
    return live_before(body, frozenset())
