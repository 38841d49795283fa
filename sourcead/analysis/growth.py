"""Entries of lists, dicts and objects that an update in place may make an array of, where they were a number.

`entry += array` gives a number's place to an array. The cotangent of the place then has the array's shape, and before
the update it has to be a number again. That matters only where something else reads that cotangent: what put the number
there, or what read it before.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from sourcead.analysis.activity import root
from sourcead.analysis.blocks import every_statement
from sourcead.analysis.webs import is_whole
from sourcead.frontend.syntax import names_read, names_written


def may_grow(
    body: list[gast.AST],
    parameters: list[str],
    still: frozenset[str],
    numbers: frozenset[str],
    plain: Callable[[gast.AST], bool],
) -> list[gast.AugAssign]:
    """The updates before which the cotangent of an entry may be read, and may have been that of a number.

    `still` are variables whose entries no update replaces, `numbers` those that hold one number always; `plain` tells
    of a value whether no derivative flows into it.
    """

    def grows(node: gast.AST) -> str | None:
        if not isinstance(node, gast.AugAssign) or not isinstance(node.target, (gast.Subscript, gast.Attribute)):
            return None
        # What a slice of an array holds keeps its shape.
        if isinstance(getattr(node.target, "slice", None), (gast.Slice, gast.Tuple)):
            return None
        name = root(node.target)
        number = isinstance(node.value, gast.Constant) or isinstance(node.value, gast.Name) and node.value.id in numbers
        return name if not number and name not in still else None

    found = [node for node in every_statement(body) if grows(node) is not None]
    if not found:
        return found
    names = {root(node.target) for node in found}
    seen = names.intersection(parameters)

    def block(body: list[gast.AST], later: frozenset[str]) -> frozenset[str]:
        for node in reversed(body):
            name = grows(node)
            if isinstance(node, gast.If):
                later = block(node.body, later) | block(node.orelse, later)
            elif isinstance(node, (gast.For, gast.While)) and not is_whole(node):
                later |= {grown for inner in every_statement(node.body) if (grown := grows(inner)) is not None}
                block(node.body, later)
                seen.update(later & names_read(node.iter) if isinstance(node, gast.For) else ())
            elif name is not None:
                later |= {name}
                seen.update((names_read(node.value) | names_read(node.target) - {name}) & later)
            elif not _defines(node) or not plain(node.value):
                seen.update((names_read(node) | names_written(node)) & later)
        return later

    block(body, frozenset())
    return [node for node in found if root(node.target) in seen]


def _defines(node: gast.AST) -> bool:
    return isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name)


def put_before(body: list[gast.AST], made: dict[int, gast.AST]) -> list[gast.AST]:
    """A block with a statement put before each of those that `made` has one for, in the blocks in it too."""
    out: list[gast.AST] = []
    for node in body:
        if isinstance(node, (gast.If, gast.For, gast.While)) and not is_whole(node):
            node.body, node.orelse = put_before(node.body, made), put_before(node.orelse, made)
        out += [made[id(node)], node] if id(node) in made else [node]
    return out
