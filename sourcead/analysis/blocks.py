"""Walking the blocks of a core program statement by statement."""

from __future__ import annotations

import gast

from sourcead.analysis.webs import is_whole


def outermost_loops(node: gast.AST) -> list[gast.AST]:
    """A loop itself, or the loops in a branch that no other one repeats."""
    if isinstance(node, (gast.For, gast.While)):
        return [] if is_whole(node) else [node]
    return (
        [loop for s in [*node.body, *node.orelse] for loop in outermost_loops(s)] if isinstance(node, gast.If) else []
    )


def every_statement(body: list[gast.AST]) -> list[gast.AST]:
    """The statements of a block and of the blocks in it."""
    found: list[gast.AST] = []
    for node in body:
        found.append(node)
        if isinstance(node, (gast.If, gast.For, gast.While)) and not is_whole(node):
            found += every_statement(node.body) + every_statement(node.orelse)
    return found


def once_a_round(body: list[gast.AST]) -> list[gast.AST]:
    """The simple statements of a loop's body that no inner loop repeats."""
    found: list[gast.AST] = []
    for node in body:
        if isinstance(node, gast.If):
            found += once_a_round([*node.body, *node.orelse])
        elif not isinstance(node, (gast.For, gast.While)):
            found.append(node)
    return found


def leaves_early(node: gast.For) -> bool:
    """Whether a loop ends with `if flag: break`, the only place where core programs leave one."""
    last = node.body[-1]
    return isinstance(last, gast.If) and isinstance(last.body[0], gast.Break)


def first(node: gast.AST) -> gast.AST | None:
    """What a statement assigns, or updates; None where it does neither."""
    return node.targets[0] if isinstance(node, gast.Assign) else getattr(node, "target", None)


def target_of(node: gast.AST) -> str | None:
    """The variable that a statement gives another value, if it is a whole one."""
    if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
        return node.targets[0].id
    if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
        return node.target.id
    return None
