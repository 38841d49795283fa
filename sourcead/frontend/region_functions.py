"""Functions defined before a region and called in it: they are defined in it again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import gast

from sourcead.frontend.names import Frame
from sourcead.frontend.statements import Statements
from sourcead.frontend.syntax import assign, clone, walk


def definitions_called(
    part: list[gast.AST], frame: Frame, lowering: Statements
) -> tuple[list[gast.AST], list[gast.AST]]:
    """Definitions, within a region, of the functions defined inside that it calls; and these as the user wrote them."""
    made: dict[str, gast.AST] = {}
    called: list[gast.AST] = []
    todo = [n for n in walk(part) if isinstance(n, gast.Name)]
    while todo:
        node = todo.pop()
        holder = frame.holder(node.id)
        closure = holder.closures.get(node.id) if holder is not None else None
        if closure is None or holder is None or closure.frame is None:
            continue
        name = lowering.variable(holder, node.id)
        if name in made:
            continue
        called.append(closure.node)
        definition = lowering.renamed(closure.node, closure.frame)
        definition = _with_defaults(definition, closure.defaults or {})
        if isinstance(closure.node, gast.Lambda):
            made[name] = assign(name, definition)
        else:
            definition.name = name
            made[name] = definition
        todo += [n for n in walk(closure.node) if isinstance(n, gast.Name) and n.id != node.id]
    return list(reversed(made.values())), called


def _with_defaults(definition: gast.AST, known: dict[str, Any]) -> gast.AST:
    """Defaults are what they were where the function was defined."""
    values = [clone(d.node) for d in known.values()]
    plain = len(definition.args.defaults)
    definition.args.defaults = values[:plain] if values else definition.args.defaults
    rest: Iterator[gast.AST] = itertools.chain(values[plain:])
    if values:
        definition.args.kw_defaults = [d and next(rest) for d in definition.args.kw_defaults]
    return definition
