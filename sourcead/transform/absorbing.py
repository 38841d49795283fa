"""Strong zeros in the reverse sweep: products of cotangents in which a zero absorbs what it meets.

x_bar = y_bar / x        ->        x_bar = absorb(y_bar, 1.0 / x)
"""

from __future__ import annotations

from typing import Any

import gast

from runtime.absorbing import absorbed
from runtime.kernels import absorb
from sourcead.frontend.names import Namespace
from sourcead.frontend.syntax import assign, call, clone, const, names_read, names_written, walk


def absorb_all(body: list[gast.AST], bars: set[str], namespace: Namespace) -> list[gast.AST]:
    """The statements of a reverse sweep with absorbing products; `bars` are the names of cotangents."""
    carried = _carried(body, bars)

    def carries(node: Any) -> bool:
        return bool(names_read(node) & carried)

    def build(kind: str, a: Any, b: Any) -> gast.AST:
        if kind == "reciprocal":
            return gast.BinOp(left=const(1.0), op=gast.Div(), right=a)
        return call(namespace.bind("absorb", absorb), a, b)

    def statement(node: gast.AST) -> gast.AST:
        if isinstance(node, gast.AugAssign) and isinstance(node.op, (gast.Mult, gast.Div)):
            read = clone(node.target)
            read.ctx = gast.Load()
            product = gast.BinOp(left=read, op=node.op, right=node.value)
            if carries(read) and isinstance(node.target, gast.Name):
                made = assign(node.target.id, absorbed(product, carries, build))
                made.origin = getattr(node, "origin", None)
                return made
        for name in ("body", "orelse"):
            if isinstance(getattr(node, name, None), list):
                setattr(node, name, [statement(s) for s in getattr(node, name)])
        if isinstance(node, (gast.Assign, gast.AugAssign, gast.Expr, gast.Return)) and node.value is not None:
            node.value = absorbed(node.value, carries, build)
        return node

    return [statement(s) for s in body]


def _carried(body: list[gast.AST], bars: set[str]) -> set[str]:
    """The names that depend on a cotangent."""
    found = set(bars)
    assignments = [n for n in walk(body) if isinstance(n, (gast.Assign, gast.AugAssign))]
    while True:
        before = len(found)
        for node in assignments:
            targets = node.targets if isinstance(node, gast.Assign) else [node.target]
            if names_read(node.value) & found:
                found |= {n for t in targets for n in names_written(t)}
        if len(found) == before:
            return found
