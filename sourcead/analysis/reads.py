"""What a statement reads of each variable: its contents, or its shape only."""

from __future__ import annotations

import gast

from runtime.kernels.reading import SHAPE_ARGUMENTS

SHAPE_ATTRIBUTES = {"shape", "size", "ndim", "dtype"}
PLACES = {kernel.__name__: places for kernel, places in SHAPE_ARGUMENTS.items()} | {
    "own": (1,),
    "like": (1,),
    "full_like": (0,),
}
SHAPE_CALLS = {"shape", "size", "ndim"}
Reads = frozenset[str]


def reads_of(nodes: list[gast.AST], variables: frozenset[str], lists: frozenset[str] = frozenset()) -> Reads:
    """Variables that are read: `name` for contents, `shape:name` where only shape and dtype matter.

    The structure of a list is its contents: `zeros_like(xs)` of a list reads all of it.
    """
    found: set[str] = set()
    for node in nodes:
        _visit(node, variables, lists, found)
    return frozenset(n for n in found if not (n.startswith("shape:") and n.removeprefix("shape:") in found))


def _visit(node: gast.AST, variables: frozenset[str], lists: frozenset[str], found: set[str]) -> None:
    if isinstance(node, gast.Name):
        if isinstance(node.ctx, gast.Load) and node.id in variables:
            found.add(node.id)
        return
    shapes = _shape_operands(node)
    for field in node._fields:
        value = getattr(node, field, None)
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, gast.AST):
                continue
            if any(child is s for s in shapes) and isinstance(child, gast.Name) and child.id not in lists:
                if child.id in variables:
                    found.add(f"shape:{child.id}")
            else:
                _visit(child, variables, lists, found)


def _shape_operands(node: gast.AST) -> list[gast.AST]:
    """The operands of which `node` reads the shape only."""
    if isinstance(node, gast.Attribute) and node.attr in SHAPE_ATTRIBUTES:
        return [node.value]
    if isinstance(node, gast.Call):
        name = node.func.id if isinstance(node.func, gast.Name) else getattr(node.func, "attr", "")
        if name in SHAPE_CALLS and len(node.args) == 1:
            return list(node.args)
        return [node.args[k] for k in PLACES.get(name, ()) if k < len(node.args)]
    return []
