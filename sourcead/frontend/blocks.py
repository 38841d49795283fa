"""`with cotangent(x) as x_bar:` blocks, whose body belongs into the reverse sweep.

with cotangent(y) as y_bar:                cotangent_block(0, y, limit)        and the body, as block 0
    y_bar = np.clip(y_bar, -limit, limit)

The statement names what the body reads, so that every analysis sees it; the transform puts the body in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gast

from runtime.blocks import cotangent
from sourcead.errors import Refused
from sourcead.frontend.names import Frame
from sourcead.frontend.syntax import call, clone, const, load, names_read, names_written, walk

LEAVES = (gast.Return, gast.Yield, gast.YieldFrom, gast.Await, gast.FunctionDef, gast.ClassDef, gast.Lambda)
FORBIDDEN = (*LEAVES, gast.Global, gast.Nonlocal, gast.Import, gast.ImportFrom)


@dataclass(frozen=True)
class Block:
    """The body of a block: `bar` is its name for the cotangent, `reads` the core variables that it reads."""

    body: list[gast.AST]
    bar: str
    reads: tuple[str, ...]


def is_block(node: gast.AST, builder: Any, frame: Frame) -> bool:
    """Whether a statement is a `with cotangent(...)` block."""
    if not isinstance(node, gast.With):
        return False
    calls = [i.context_expr for i in node.items if isinstance(i.context_expr, gast.Call)]
    return any(builder.static(c.func, frame) is cotangent for c in calls)


def lower_block(node: gast.With, builder: Any, frame: Frame) -> None:
    """Emit the statement of a block, and put its body aside."""
    item = node.items[0]
    target, given = item.optional_vars, item.context_expr.args
    if len(node.items) > 1 or len(given) != 1 or not isinstance(given[0], gast.Name) or item.context_expr.keywords:
        raise builder.refuse(
            "`with cotangent(...)` is written in a form that has no place in the reverse sweep",
            "Write `with cotangent(x) as x_bar:` for one variable.",
            Refused,
        )
    if target is not None and not isinstance(target, gast.Name):
        raise builder.refuse("the cotangent is unpacked here", "Give it one name: `as x_bar`.", Refused)
    if any(isinstance(n, FORBIDDEN) for n in walk(node.body)) or frame.result in names_written(node.body):
        raise builder.refuse(
            "the body of `with cotangent(...)` leaves the function, or defines or imports something",
            "Do that outside of the block.",
            Refused,
        )
    if frame.holder(given[0].id) is None or not builder.active(given[0], frame):
        return
    own = names_written(node.body) | ({target.id} if target is not None else set())
    inside = {id(n) for n in walk(node)}
    outside = {n.id for n in walk(frame.body) if isinstance(n, gast.Name) and id(n) not in inside}
    foreign = sorted((own - ({target.id} if target is not None else set())) & outside)
    if foreign:
        raise builder.refuse(
            f"`{foreign[0]}` is assigned in the body of `with cotangent(...)` and used outside of it",
            "The body runs in the reverse sweep: give its variables names of their own.",
            Refused,
        )
    # The cotangent has no name of its own here: the transform puts the variable's in its place.
    bar = f".{target.id}" if target is not None else ""
    names = {name: bar if target is not None and name == target.id else builder.fresh(name) for name in sorted(own)}
    body = builder.renamed_block(node.body, frame, names)
    reads = tuple(sorted((names_read(body) & builder.taken) - set(names.values())))
    variable = builder.reference(given[0].id, frame)
    builder.blocks.append(Block(body, bar, reads))
    operands = [clone(variable), *(load(n) for n in reads)]
    builder.emit(gast.Expr(value=call("cotangent_block", const(len(builder.blocks) - 1), *operands)))
