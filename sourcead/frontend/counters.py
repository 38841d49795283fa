"""Which names hold whole numbers whenever they hold anything: the name of a counter may be given something else."""

from __future__ import annotations

import gast

from sourcead.frontend.expressions import is_integer
from sourcead.frontend.syntax import range_of, walk_own


def whole_numbers(body: list[gast.AST], unknown: set[str]) -> set[str]:
    """Names that only ever hold whole numbers; nothing is known of those that are `unknown`.

    >>> sorted(whole_numbers(gast.parse("for k in range(3): s = k\\nk = m\\nn = len(m) - 1").body, set()))
    ['n']
    """
    defined: dict[str, list[gast.AST | None]] = {}
    for node in walk_own(body):
        if isinstance(node, gast.Assign):
            for target in node.targets:
                for name in (n for n in walk_own(target) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)):
                    defined.setdefault(name.id, []).append(node.value if name is target else None)
        elif isinstance(node, (gast.AugAssign, gast.AnnAssign, gast.NamedExpr)) and isinstance(node.target, gast.Name):
            whole = not isinstance(node, gast.AugAssign) or isinstance(node.op, (gast.Add, gast.Sub, gast.Mult))
            defined.setdefault(node.target.id, []).append(node.value if whole else None)
        elif isinstance(node, (gast.For, gast.comprehension)):
            ranged = range_of(node.iter) is not None
            for name in (n for n in walk_own(node.target) if isinstance(n, gast.Name)):
                defined.setdefault(name.id, []).append(gast.Constant(0, None) if ranged else None)
        elif isinstance(node, (gast.With, gast.Try, gast.TryStar, gast.Match, gast.Import, gast.ImportFrom)):
            for name in (n for n in walk_own(node) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)):
                defined.setdefault(name.id, []).append(None)
    integers = set(defined) - unknown
    while True:
        kept = {n for n in integers if all(v is not None and is_integer(v, integers) for v in defined[n])}
        if kept == integers:
            return kept
        integers = kept
