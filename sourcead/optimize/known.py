"""What the statements of a body read, write and change, found once for each simple statement."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import gast

from sourcead.frontend.comment import Comment
from sourcead.frontend.names import MISSING
from sourcead.frontend.syntax import load, names_written, walk
from sourcead.optimize.effects import Resolve, changed_by, is_pure

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """The facts of one statement: how often it reads each name, the names it binds, those whose object it changes.

    `reads` are the names of `loads`. `pure` says that the value on its right-hand side has no effect, `lasting` that an
    object is changed which is there after the function has returned.
    """

    node: gast.AST
    loads: Counter[str]
    reads: frozenset[str]
    written: frozenset[str]
    changed: frozenset[str]
    pure: bool
    lasting: bool


class Known:
    """The facts of statements, kept for simple ones as long as their text stays."""

    def __init__(self, resolve: Resolve, pure: frozenset[str]) -> None:
        self._resolve = resolve
        self._pure = pure
        self._found: dict[int, Facts] = {}

    def __getitem__(self, node: gast.AST) -> Facts:
        found = self._found.get(id(node))
        # The node is kept with its facts, so that no other one can have its identity.
        if found is None:
            found = self._facts(node)
            if not hasattr(node, "body"):
                self._found[id(node)] = found
        return found

    def forget(self, node: gast.AST) -> None:
        """Let the facts of a statement go, whose text has been changed."""
        self._found.pop(id(node), None)

    def is_pure(self, node: gast.AST) -> bool:
        """Whether evaluating an expression has no effect but its value."""
        return is_pure(node, self._resolve, self._pure)

    def _facts(self, node: gast.AST) -> Facts:
        if isinstance(node, Comment):
            return Facts(node, Counter(), NOTHING, NOTHING, NOTHING, True, False)
        loads = names_loaded(node)
        value = getattr(node, "value", None)
        pure = value is None or self.is_pure(value)
        changed = frozenset(changed_by(node))
        lasting = any(self._resolve(load(name)) is not MISSING for name in changed)
        return Facts(node, loads, frozenset(loads), frozenset(names_written(node)), changed, pure, lasting)


def names_loaded(node: gast.AST | list[gast.AST]) -> Counter[str]:
    """How often a node reads each name."""
    return Counter(n.id for n in walk(node) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load))
