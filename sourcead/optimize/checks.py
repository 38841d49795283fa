"""Check arguments once.

Requires: an emitted function body.
Ensures: of the checks that it begins with, each says something that no other one does; the same arguments are refused.

    require_real("x", x)
    require_real("x", x, arrays="x")      require_real("x", x, arrays="x")
    require_numbers(x=x)            ->    require_numbers(x=x)
    require_numbers(x=x)
"""

from __future__ import annotations

import gast

from sourcead.frontend.syntax import same


def check_once(body: list[gast.AST]) -> list[gast.AST]:
    """The body without checks that others at its beginning make needless."""
    count = next((k for k, node in enumerate(body) if _check(node) is None), len(body))
    kept: list[gast.AST] = []
    for node in body[:count]:
        if not any(_covers(other, node) for other in kept):
            kept = [other for other in kept if not _covers(node, other)] + [node]
    return [*kept, *body[count:]]


def _check(node: gast.AST) -> gast.Call | None:
    """The call of a check that a statement is."""
    value = node.value if isinstance(node, gast.Expr) else None
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Name) and value.func.id.startswith("require_"):
        return value
    return None


def _covers(first: gast.AST, second: gast.AST) -> bool:
    """Whether a check refuses all that another one does: the same of the same arguments, and perhaps more of them."""
    a, b = _check(first), _check(second)
    if a is None or b is None or not same(a.func, b.func) or len(a.args) != len(b.args):
        return False
    return all(map(same, a.args, b.args)) and all(any(same(mine, other) for mine in a.keywords) for other in b.keywords)
