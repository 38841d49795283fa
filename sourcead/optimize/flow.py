"""Which names an emitted body needs from outside, and which it is sure to assign."""

from __future__ import annotations

import gast

from sourcead.frontend.comment import Comment
from sourcead.frontend.syntax import names_read, names_written


def upward(body: list[gast.AST]) -> set[str]:
    """Names a body reads that it may not have written before."""
    live: set[str] = set()
    for node in reversed([s for s in body if not isinstance(s, Comment)]):
        if isinstance(node, gast.With):
            inside = upward(node.body) | (live - defined(node.body))
            live = (inside - names_written(node.items)) | names_read(node.items)
        elif isinstance(node, gast.If):
            live = upward(node.body) | upward(node.orelse) | live | names_read(node.test)
        elif isinstance(node, (gast.For, gast.While)):
            inside = upward(node.body)
            if isinstance(node, gast.For):
                inside -= names_written(node.target)
            live |= inside | names_read(node.iter if isinstance(node, gast.For) else node.test)
        else:
            if isinstance(node, gast.Assign):
                live -= {n for t in node.targets for n in _plain_targets(t)}
            live |= names_read(node) | (names_written(node) if isinstance(node, gast.AugAssign) else set())
    return live


def defined(body: list[gast.AST]) -> set[str]:
    """Names that a body assigns whichever way it goes."""
    made: set[str] = set()
    for node in body:
        if isinstance(node, gast.If):
            made |= defined(node.body) & defined(node.orelse)
        elif isinstance(node, gast.With):
            made |= defined(node.body) | names_written(node.items)
        elif isinstance(node, gast.Assign):
            made |= {n for t in node.targets for n in _plain_targets(t)}
    return made


def _plain_targets(target: gast.AST) -> set[str]:
    if isinstance(target, (gast.Tuple, gast.List)):
        return {name for part in target.elts for name in _plain_targets(part)}
    if isinstance(target, gast.Starred):
        return _plain_targets(target.value)
    return {target.id} if isinstance(target, gast.Name) else set()
