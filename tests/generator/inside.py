"""Functions defined inside that change what is around them, called between other changes."""

from __future__ import annotations

import ast

import changing
from writing import Block, Writer

HEADS = ("a", "a", "a, b={s}", "a, *, b={v}", "*given", "a, k=None")
KEPT = ("{n}", "{n}", "{n}", "[{n}][0]", "({n}, 2.0)[0]", "{{'k': {n}}}['k']", "functools.partial({n}, {g})")


def within(w: Writer) -> Block:
    """A function over the names around it is defined, called, something changes, and it is called again."""
    if w.depth:
        return changing.element(w)
    w.made += 1
    name, shape, result = f"k{w.made}", w.pick("sv"), w.pick("sv")
    head = w.pick(HEADS).format(s=w.leaf("s"), v=w.leaf("v"))
    outer = set(w.names)
    returns, w.returns = w.returns, False
    with w.scope():
        w.names["a"] = shape
        body = w.block(w.chance.randrange(1, 4))
        given = w.expression(result, 1)
    w.returns = returns
    start = ["a = given[0]"] if head == "*given" else []
    shared = sorted(_bound(body) & outer)
    lines = [f"def {name}({head}):"]
    if shared:
        lines.append(f"    nonlocal {', '.join(shared)}")
    lines += ["    " + line for line in [*start, *body, f"return {given}"]]
    for k in range(w.chance.randrange(1, 3)):
        if k:
            lines += w.block(1)
        kept, argument = w.pick(KEPT), w.leaf(shape)
        if "partial" in kept:
            call = f"{kept.format(n=name, g=argument)}()"
        else:
            call = f"{kept.format(n=name)}({argument})"
        lines.append(w.set(result, call))
    return lines


def _bound(lines: Block) -> set[str]:
    """The names that statements bind."""
    nodes = ast.walk(ast.parse("\n".join(lines)))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
