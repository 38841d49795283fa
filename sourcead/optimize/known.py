"""What the statements of a body read, write and change, found once for each simple statement."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import gast

from sourcead.frontend.comment import Comment
from sourcead.frontend.names import MISSING
from sourcead.frontend.syntax import load, names_written, walk
from sourcead.optimize.effects import Resolve, changed_by, changed_in, is_pure
from sourcead.optimize.nesting import marker

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
    """The facts of statements, kept as long as their text stays."""

    def __init__(self, resolve: Resolve, pure: frozenset[str]) -> None:
        self._resolve = resolve
        self._pure = pure
        self._found: dict[int, Facts] = {}
        self._blocks: dict[int, Facts] = {}

    def __getitem__(self, node: gast.AST) -> Facts:
        # The node is kept with its facts, so that no other one can have its identity.
        if isinstance(node, (gast.If, gast.For, gast.While)):
            found = self._blocks.get(id(node))
            if found is None:
                found = self._blocks[id(node)] = self._block(node)
            return found
        found = self._found.get(id(node))
        if found is None:
            found = self._facts(node)
            if not hasattr(node, "body"):
                self._found[id(node)] = found
        return found

    def _block(self, node: gast.AST) -> Facts:
        """The facts of a branch or loop, from those of the statements in it."""
        head = node.iter if isinstance(node, gast.For) else node.test
        inner = [self[statement] for statement in (*node.body, *node.orelse)]
        loads = names_loaded(head)
        written = names_written(node.target) if isinstance(node, gast.For) else set()
        changed = changed_by(head)
        for facts in inner:
            loads.update(facts.loads)
            written |= facts.written
            changed |= facts.changed
        pure, lasting = all(f.pure for f in inner), any(f.lasting for f in inner)
        return Facts(node, loads, frozenset(loads), frozenset(written), frozenset(changed), pure, lasting)

    def forget(self, node: gast.AST) -> None:
        """Let the facts of a statement go, whose text has been changed."""
        self._found.pop(id(node), None)
        self._blocks.clear()

    def forget_blocks(self) -> None:
        """Let the facts of all branches and loops go, because statements in them have changed places."""
        self._blocks.clear()

    def is_pure(self, node: gast.AST) -> bool:
        """Whether evaluating an expression has no effect but its value."""
        return is_pure(node, self._resolve, self._pure)

    def mark(self, node: gast.AST) -> Any:
        """`with_entered` or `with_left` for the beginning or end of a `with`, which nothing moves past; else None."""
        return marker(node, self._resolve)

    def _facts(self, node: gast.AST) -> Facts:
        if isinstance(node, Comment):
            return Facts(node, Counter(), NOTHING, NOTHING, NOTHING, True, False)
        nodes = walk(node)
        loads = _loaded(nodes)
        value = getattr(node, "value", None)
        pure = value is None or self.is_pure(value)
        changed = frozenset(changed_in(nodes))
        lasting = any(self._resolve(load(name)) is not MISSING for name in changed)
        return Facts(node, loads, frozenset(loads), frozenset(names_written(node)), changed, pure, lasting)


def names_loaded(node: gast.AST | list[gast.AST]) -> Counter[str]:
    """How often a node reads each name."""
    return _loaded(walk(node))


def _loaded(nodes: list[gast.AST]) -> Counter[str]:
    return Counter([n.id for n in nodes if n.__class__ is gast.Name and n.ctx.__class__ is gast.Load])
