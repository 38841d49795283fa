"""Copies by `.copy()` of what may be a list: its entries stay the same objects, which may be changed in the copy."""

from __future__ import annotations

import gast

from sourcead.analysis.aliases import changed, is_deep
from sourcead.frontend.syntax import names_read, walk

COMPUTED = (gast.BinOp, gast.UnaryOp, gast.Compare, gast.Constant, gast.JoinedStr)


def opened_copies(body: list[gast.AST]) -> frozenset[int]:
    """The calls of `.copy()`, by identity, whose result is a variable of which an entry may be changed in place.

    Of an array they share no memory with what they copy; which it is, is seen when the program runs.
    """
    named = [n for n in walk(body) if isinstance(n, gast.Assign) and isinstance(n.targets[0], gast.Name)]
    made = {n.targets[0].id: id(n.value) for n in named if is_copy(n.value)}
    if not made:
        return frozenset()
    within: dict[str, set[str]] = {}
    more = True
    while more:
        more = False
        for node in named:
            if isinstance(node.value, COMPUTED) or is_copy(node.value):
                continue
            read = names_read(node.value)
            found = (read & made.keys()).union(*(within.get(n, ()) for n in read))
            known = within.setdefault(node.targets[0].id, set())
            more = more or not found <= known
            known |= found
    opened: set[str] = set()
    for node in walk(body):
        variable = changed(node) if isinstance(node, (gast.Assign, gast.AugAssign, gast.Expr)) else None
        if variable is None:
            continue
        opened |= within.get(variable, set())
        opened |= {variable} & made.keys() if is_deep(node) else set()
    return frozenset(id(n.value) for n in named if is_copy(n.value) and n.targets[0].id in opened)


def is_copy(value: gast.AST) -> bool:
    """Whether an expression is `place.copy()`."""
    called = isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute) and value.func.attr == "copy"
    return called and not value.args and not value.keywords
