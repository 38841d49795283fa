"""Give several results their last names at once.

Requires: an emitted function body.
Ensures: the same values under the same names, without names of our own that only hand results on.

    t, t_tape = step_fwd(x, v)
    x = t[0]                          ->      (x, v), t_tape = step_fwd(x, v)
    v = t[1]

    a, b = step_bwd(t_tape, t_bar)
    x_bar = a                         ->      x_bar, v_bar = step_bwd(t_tape, t_bar)
    v_bar = b
"""

from __future__ import annotations

from collections import Counter

import gast

from sourcead.frontend.comment import Comment
from sourcead.frontend.syntax import const, load, pack, same, subscript, walk
from sourcead.optimize.known import Known, counted


def name_at_once(body: list[gast.AST], own: frozenset[str], widths: dict[str, int], known: Known) -> list[gast.AST]:
    """The body with results unpacked into the variables that they are for.

    `own` are the compiler's names, `widths` how many entries those have that the user unpacks.
    """
    stored: Counter[str] = Counter()
    for node in _simple(body):
        stored.update(known[node].written)
    loads = counted(walk([s for s in body if not isinstance(s, Comment)]))
    once = {n: count for n, count in loads.items() if n in own and stored[n] == 1}
    return _Naming({n for n in once if once[n] == 1}, {n: w for n, w in widths.items() if once.get(n) == w}).block(body)


def _simple(body: list[gast.AST]) -> list[gast.AST]:
    found: list[gast.AST] = []
    for node in body:
        inner = [*getattr(node, "body", []), *getattr(node, "orelse", [])] if isinstance(node, gast.stmt) else []
        found += _simple(inner) if inner else [node]
    return found


class _Naming:
    """`passing` are names that hand one value on, `tuples` those that hand on as many entries."""

    def __init__(self, passing: set[str], tuples: dict[str, int]) -> None:
        self.passing = passing
        self.tuples = tuples

    def block(self, body: list[gast.AST]) -> list[gast.AST]:
        out: list[gast.AST] = []
        left = list(body)
        while left:
            node = left.pop(0)
            for field in ("body", "orelse"):
                if isinstance(node, gast.stmt) and getattr(node, field, None):
                    setattr(node, field, self.block(getattr(node, field)))
            out.append(node)
            if isinstance(node, gast.Assign):
                while (count := self._named(node, left)) > 0:
                    del left[:count]
        return out

    def _named(self, node: gast.Assign, after: list[gast.AST]) -> int:
        """Let `node` give names that the statements after it give; how many of them that makes needless."""
        parts = node.targets[0].elts if isinstance(node.targets[0], gast.Tuple) else [node.targets[0]]
        taken = {n.id for p in parts for n in walk(p) if isinstance(n, gast.Name)}
        for k, part in enumerate(parts):
            name = part.id if isinstance(part, gast.Name) else ""
            width = self.tuples.get(name, 0)
            wanted = [subscript(load(name), const(j)) for j in range(width)]
            wanted = wanted or [load(name)] * (name in self.passing and len(parts) > 1)
            given = [_target(s, value) for s, value in zip(after, wanted)]
            if not given or len(given) < len(wanted) or None in given or len({*given} - taken) < len(given):
                continue
            targets = [s.targets[0] for s in after[: len(wanted)]]
            made = pack(targets, gast.Store()) if width else targets[0]
            if len(parts) == 1:
                node.targets[0] = made
            else:
                parts[k] = made
            return len(wanted)
        return 0


def _target(node: gast.AST, value: gast.AST) -> str | None:
    """The variable that a statement gives a value to."""
    named = isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name)
    return node.targets[0].id if named and same(node.value, value) else None
