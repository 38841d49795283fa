"""Names in groups: which variables may hold the same memory at any time, whatever the order of the statements.

Coarser than `sourcead.analysis.aliases`, which follows the order, and good for programs that are not core: what is not
known to be new is taken to share with all that it was made from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import gast

from sourcead.analysis.steps import Step
from sourcead.frontend.syntax import names_read, names_written, walk


class Groups:
    """The groups of the variables in some statements.

    `sources` answers for a value, or for an augmented assignment, which names it may share with.

    >>> body = gast.parse("a = b; c = d * e; f.append(c); g = unbroadcast(a, h)").body
    >>> def sources(value):
    ...     return set() if isinstance(value, gast.BinOp) else names_read(value)
    >>> groups = Groups(body, frozenset("abcdefgh"), sources)
    >>> groups.together("g", "b"), groups.together("c", "d"), groups.together("c", "f")
    (True, False, True)
    """

    def __init__(
        self, statements: Iterable[gast.AST], variables: frozenset[str], sources: Callable[[gast.AST], set[str]]
    ) -> None:
        self._above: dict[str, str] = {}
        for node in walk(list(statements)):
            if isinstance(node, gast.AugAssign):
                self._join(sources(node) & variables)
            elif isinstance(node, (gast.Assign, gast.For, gast.Expr)):
                value = node.iter if isinstance(node, gast.For) else node.value
                targets = node.target if isinstance(node, gast.For) else getattr(node, "targets", [])
                # A container holds what is stored in it.
                self._join((names_written(node) | names_read(targets) | sources(value)) & variables)
            elif isinstance(node, (gast.FunctionDef, gast.With)):
                self._join((names_written(node) | names_read(node)) & variables)

    def together(self, name: str, other: str) -> bool:
        """Whether two variables may hold the same memory."""
        return self._group(name) == self._group(other)

    def _group(self, name: str) -> str:
        while name in self._above:
            name = self._above[name]
        return name

    def _join(self, names: set[str]) -> None:
        first, *others = sorted(names) or [""]
        for name in others:
            group, onto = self._group(name), self._group(first)
            if group != onto:
                self._above[group] = onto


def statements_of(steps: Iterable[Step]) -> list[gast.AST]:
    """Every statement that some steps hold."""
    found: list[gast.AST] = []
    for step in steps:
        found += [*step.early, *step.late, *step.before, *(step.forward or ())]
        found += statements_of([*step.body, *step.orelse])
    return found
