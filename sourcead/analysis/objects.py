"""Which variables may be objects of a class that the text does not tell, and where one of them stands in arithmetic.

What the operators of such an object mean is its class's secret. `u = v + 1.0; y = u.width` shows by the field that `u`
is an object, so that the plus is a method of `v`, and none of NumPy's.
"""

from __future__ import annotations

from collections.abc import Callable

import gast
import numpy as np

from runtime.primitives.registry import lookup_attribute
from sourcead.analysis.blocks import every_statement
from sourcead.frontend.syntax import walk

# The context of an attribute that is sure to be a field, and no operation of arrays with its name, as `.T` is.
FIELD = gast.Load()


def objects_in(body: list[gast.AST], active: frozenset[str]) -> set[str]:
    """Active variables that have fields which no array has, and other names of them."""
    statements = every_statement(body)
    objects = {name for node in statements for name in _with_fields(node)} & active
    if not objects:
        return objects
    copies = [(n.targets[0].id, n.value.id) for n in statements if _is_copy(n)]
    while True:
        more = {n for pair in copies for n in pair if objects.intersection(pair)} - objects
        if not more:
            break
        objects |= more
    return objects


def mark_fields(body: list[gast.AST], objects: set[str], made: Callable[[gast.AST], bool]) -> None:
    """Mark what is read of objects as fields, where arrays have an attribute of the name.

    `objects` are variables that are known to be objects; `made` tells whether a value is a new one.
    """
    statements = every_statement(body)
    named = [n for n in statements if isinstance(n, gast.Assign) and isinstance(n.targets[0], gast.Name)]
    objects = objects | {n.targets[0].id for n in named if made(n.value)}
    for node in walk(body):
        if isinstance(node, gast.Attribute) and isinstance(node.value, gast.Name) and node.value.id in objects:
            if lookup_attribute(node.attr) is not None and isinstance(node.ctx, gast.Load):
                node.ctx = FIELD


def arithmetic_on(body: list[gast.AST], objects: set[str]) -> gast.AST | None:
    """The first core statement that computes with an object, or makes one, by an operator; None where there is none."""
    return next((node for node in every_statement(body) if objects.intersection(_in_arithmetic(node))), None)


def _with_fields(node: gast.AST) -> list[str]:
    """Variables of which a statement reads or stores a field that no array has."""
    return [place.value.id for place in _fields(node) if isinstance(place.value, gast.Name)]


def _fields(node: gast.AST) -> list[gast.Attribute]:
    """The fields, that no array has, on the way to what a statement reads or stores."""
    found = []
    for place in (getattr(node, "value", None), getattr(node, "target", None), *getattr(node, "targets", [])):
        while isinstance(place, (gast.Attribute, gast.Subscript)):
            if isinstance(place, gast.Attribute) and not hasattr(np.ndarray, place.attr):
                found.append(place)
            place = place.value
    return found


def _is_copy(node: gast.AST) -> bool:
    named = isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name)
    return named and isinstance(node.value, gast.Name)


def _in_arithmetic(node: gast.AST) -> list[str]:
    """The variables that a statement computes with by an operator, and the one that it makes so."""
    if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
        parts = [node.target, node.value]
    elif isinstance(node, gast.Assign) and isinstance(node.value, gast.BinOp):
        parts = [*node.targets, node.value.left, node.value.right]
    elif isinstance(node, gast.Assign) and isinstance(node.value, gast.UnaryOp):
        parts = [*node.targets, node.value.operand]
    else:
        return []
    return [p.id for p in parts if isinstance(p, gast.Name)]
