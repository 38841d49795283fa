"""`with` statements again, from the two calls that stand for each in core.

Requires: an emitted body with `with_entered(...)` and `with_left(...)`, paired within their block.
Ensures: `with` blocks in their place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from sourcead.frontend.comment import Comment
from sourcead.frontend.with_blocks import with_entered, with_left

Resolve = Callable[[gast.AST], Any]


def marker(node: gast.AST, resolve: Resolve) -> Any:
    """`with_entered` or `with_left` where a statement is a call of one of them; None for anything else."""
    value: Any = node.value if node.__class__ in (gast.Assign, gast.Expr) else None
    if value.__class__ is not gast.Call or value.func.__class__ is not gast.Name:
        return None
    found = resolve(value.func)
    return found if found is with_entered or found is with_left else None


def nest(body: list[gast.AST], resolve: Resolve) -> list[gast.AST]:
    """The body with its `with` statements."""
    out: list[gast.AST] = []
    open_blocks: list[tuple[gast.AST, list[gast.AST]]] = []
    for node in body:
        for field in ("body", "orelse"):
            if isinstance(node, (gast.If, gast.For, gast.While)) and getattr(node, field):
                setattr(node, field, nest(getattr(node, field), resolve))
        kind = marker(node, resolve)
        if kind is with_entered:
            open_blocks.append((node, out))
            out = []
        elif kind is with_left:
            head, outer = open_blocks.pop()
            outer.append(_block(head, out))
            out = outer
        else:
            out.append(node)
    assert not open_blocks, "internal error in nesting: a `with` that does not end"
    return out


def _block(head: gast.AST, body: list[gast.AST]) -> gast.With:
    """One `with` statement."""
    empty = all(isinstance(s, Comment) for s in body)
    target = head.targets[0] if isinstance(head, gast.Assign) else None
    item = gast.withitem(context_expr=head.value.args[0], optional_vars=target)
    if len(body) == 1 and isinstance(body[0], gast.With):
        return gast.With(items=[item, *body[0].items], body=body[0].body, type_comment=None)
    return gast.With(items=[item], body=[gast.Pass()] if empty else body, type_comment=None)
