"""Activity: which variables of a core program carry a derivative.

A variable is varied when its value may depend on an active argument in a way that has a derivative. What is not
useful needs no analysis of its own: the reverse transform writes nothing for a cotangent that is known to be zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from sourcead.frontend.carries import carries
from sourcead.frontend.syntax import walk

Static = Callable[[gast.AST], Any]


def varied(
    body: list[gast.AST], seeds: set[str], static: Static, settled: set[str] | frozenset[str] = frozenset()
) -> frozenset[str]:
    """The least set of variables that contains `seeds` and all that core statements make depend on them.

    `settled` are variables known to carry nothing, whatever they are made from.
    """
    active = set(seeds)
    statements = [s for s in walk(body) if isinstance(s, (gast.Assign, gast.AugAssign, gast.Expr))]
    while True:
        before = len(active)
        for statement in statements:
            value, target = _flow(statement)
            if (
                target is not None
                and value is not None
                and target not in active | settled
                and carries(value, active, static)
            ):
                active.add(target)
        if len(active) == before:
            return frozenset(active)


def _flow(node: gast.AST) -> tuple[gast.AST | None, str | None]:
    """What flows, and the variable that it flows into."""
    if isinstance(node, gast.Assign) and len(node.targets) == 1:
        return node.value, root(node.targets[0])
    if isinstance(node, gast.AugAssign):
        return node.value, root(node.target)
    if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call):
        func = node.value.func
        if written_at(node) is not None:
            return node.value.args[2], root(node.value.args[0])
        if isinstance(func, gast.Attribute) and func.attr == "append":
            return node.value.args[0], root(func.value)
    return None, None


def root(node: gast.AST) -> str | None:
    """The variable at the bottom of a path `x[i].a[j]`."""
    while isinstance(node, (gast.Subscript, gast.Attribute, gast.Starred)):
        node = node.value
    return node.id if isinstance(node, gast.Name) else None


def indices(place: gast.AST) -> list[gast.AST]:
    """The indices on the path to a place."""
    found: list[gast.AST] = []
    while isinstance(place, (gast.Subscript, gast.Attribute)):
        found += [place.slice] if isinstance(place, gast.Subscript) else []
        place = place.value
    return found


def added_at(node: gast.AST) -> gast.Call | None:
    """The call of a statement `add_at(u, index, value)`."""
    return _called_for_effect(node, ("add_at",))


def takes_all(place: gast.AST) -> bool:
    """Whether a place is all of an array, `y[...]` or `y[()]`: it may have no axes, and arithmetic gives a number."""
    index = place.slice if isinstance(place, gast.Subscript) else None
    if isinstance(index, gast.Constant):
        return index.value is Ellipsis or index.value == ()
    return isinstance(index, gast.Tuple) and not index.elts


def put_back_at(node: gast.AST) -> gast.Call | None:
    """The call of a statement `put_back(u, index, value)`: a store, or the removal of a dict's entry."""
    return _called_for_effect(node, ("put_back",))


def written_at(node: gast.AST) -> gast.Call | None:
    """The call of either: a place of the first argument is written, given its index and a value."""
    return _called_for_effect(node, ("add_at", "put_back"))


def block_at(node: gast.AST) -> gast.Call | None:
    """The call that stands for a `with cotangent(...)` block."""
    return _called_for_effect(node, ("cotangent_block",))


def _called_for_effect(node: gast.AST, names: tuple[str, ...]) -> gast.Call | None:
    if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call) and isinstance(node.value.func, gast.Name):
        return node.value if node.value.func.id in names else None
    return None
