"""Read a shape from the simplest variable that has it.

Requires: an emitted function body.
Ensures: where only the shape of a value is read, and another variable is sure to have that shape, that one is read,
so that the value itself need not be computed.

    t = d ** 2
    d_bar = np.full_like(t, 1.0) * d      ->      d_bar = np.full_like(d, 1.0) * d
"""

from __future__ import annotations

from collections import Counter

import gast

from sourcead.frontend.comment import Comment
from sourcead.frontend.syntax import load, walk
from sourcead.transform.algebra import READS_SHAPE, same_shape


def read_shapes_elsewhere(body: list[gast.AST], parameters: frozenset[str]) -> list[gast.AST]:
    """The body, reading shapes from simpler variables; it is changed in place and returned."""
    stores = Counter(n.id for n in walk(body) if isinstance(n, gast.Name) and isinstance(n.ctx, (gast.Store, gast.Del)))
    simpler: dict[str, str] = {}
    # Only what the body itself makes, for what a branch makes may not be there.
    for node in body:
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            name, value = node.targets[0].id, same_shape(node.value)
            if (
                stores[name] == 1
                and name not in parameters
                and isinstance(value, gast.Name)
                and value is not node.value
            ):
                if stores[value.id] == (0 if value.id in parameters else 1):
                    simpler[name] = value.id
    for node in walk([s for s in body if not isinstance(s, Comment)]):
        if isinstance(node, gast.Call):
            name = node.func.attr if isinstance(node.func, gast.Attribute) else getattr(node.func, "id", "")
            place = READS_SHAPE.get(name)
            if place is not None and place < len(node.args):
                node.args[place] = _simplest(node.args[place], simpler)
    return body


def _simplest(node: gast.AST, simpler: dict[str, str]) -> gast.AST:
    while isinstance(node, gast.Name) and node.id in simpler:
        node = load(simpler[node.id])
    return node
