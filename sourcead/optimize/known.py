"""What the statements of a body read, write and change, found once for each simple statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gast

from sourcead.frontend.comment import Comment
from sourcead.frontend.names import MISSING
from sourcead.frontend.syntax import COMPREHENSIONS, NESTED, load, names_bound, names_written, walk
from sourcead.optimize.effects import Resolve, all_pure, changed_in
from sourcead.optimize.nesting import marker

NOTHING: frozenset[str] = frozenset()
_BLOCKS = (gast.If, gast.For, gast.While)
_SCOPES = frozenset({*NESTED, *COMPREHENSIONS})


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one statement: the names it reads and how often, those it binds, those whose object it changes.

    `pure` says that the value on its right-hand side has no effect, `lasting` that an object is changed which is there
    after the function has returned, `naming` that it is an assignment to names alone.
    """

    node: gast.AST
    loads: dict[str, int]
    reads: frozenset[str]
    written: frozenset[str]
    changed: frozenset[str]
    pure: bool
    lasting: bool
    naming: bool


class Known:
    """The facts of statements, kept as long as their text stays."""

    def __init__(self, resolve: Resolve, pure: frozenset[str]) -> None:
        self._resolve = resolve
        self._pure = pure
        self._found: dict[int, Facts] = {}
        self._blocks: dict[int, Facts] = {}

    def __getitem__(self, node: gast.AST) -> Facts:
        # The node is kept with its facts, so that no other one can have its identity.
        key = id(node)
        found = self._found.get(key) or self._blocks.get(key)
        if found is None:
            if node.__class__ in _BLOCKS:
                found = self._blocks[key] = self._block(node)
            else:
                found = self._facts(node)
                if not hasattr(node, "body"):
                    self._found[key] = found
        return found

    def _block(self, node: gast.AST) -> Facts:
        """The facts of a branch or loop, from those of the statements in it."""
        head = walk(head_of(node))
        inner = [self[statement] for statement in (*node.body, *node.orelse)]
        loads = counted(head)
        written = names_written(node.target) if isinstance(node, gast.For) else set()
        changed = changed_in(head)
        for facts in inner:
            for name, count in facts.loads.items():
                loads[name] = loads.get(name, 0) + count
            written |= facts.written
            changed |= facts.changed
        pure, lasting = all(f.pure for f in inner), any(f.lasting for f in inner)
        return Facts(node, loads, frozenset(loads), frozenset(written), frozenset(changed), pure, lasting, False)

    def forget(self, node: gast.AST) -> None:
        """Let the facts of a statement go, whose text has been changed."""
        self._found.pop(id(node), None)
        self._blocks.clear()

    def forget_blocks(self) -> None:
        """Let the facts of all branches and loops go, because statements in them have changed places."""
        self._blocks.clear()

    def is_pure(self, node: gast.AST) -> bool:
        """Whether evaluating an expression has no effect but its value."""
        return all_pure(walk(node), self._resolve, self._pure)

    def mark(self, node: gast.AST) -> Any:
        """`with_entered` or `with_left` for the beginning or end of a `with`, which nothing moves past; else None."""
        return marker(node, self._resolve)

    def _facts(self, node: gast.AST) -> Facts:
        if isinstance(node, Comment):
            return Facts(node, {}, NOTHING, NOTHING, NOTHING, True, False, False)
        nodes = walk(node)
        loads = counted(nodes)
        pure = getattr(node, "value", None) is None or all_pure(nodes, self._resolve, self._pure)
        changed = frozenset(changed_in(nodes))
        lasting = any(self._resolve(load(name)) is not MISSING for name in changed)
        inner = any(n.__class__ in _SCOPES for n in nodes)
        written = frozenset(names_written(node) if inner else names_bound(nodes))
        naming = node.__class__ is gast.Assign and _is_naming(node.targets[0])
        return Facts(node, loads, frozenset(loads), written, changed, pure, lasting, naming)


def head_of(node: gast.AST) -> gast.AST:
    """What a branch or loop evaluates before its statements."""
    return node.iter if isinstance(node, gast.For) else node.test


def counted(nodes: list[gast.AST]) -> dict[str, int]:
    """How often these nodes read each name; an update within a statement that stands whole reads its variable.

    So does a `del` there, which wants the name itself: it is counted twice, as what no value is written in place of.
    """
    found: dict[str, int] = {}
    for n in nodes:
        kind = n.__class__
        if kind is gast.Name and n.ctx.__class__ is gast.Load:
            found[n.id] = found.get(n.id, 0) + 1
        elif kind is gast.Name and n.ctx.__class__ is gast.Del:
            found[n.id] = found.get(n.id, 0) + 2
        elif kind is gast.AugAssign and n is not nodes[0] and n.target.__class__ is gast.Name:
            found[n.target.id] = found.get(n.target.id, 0) + 1
    return found


def _is_naming(target: gast.AST) -> bool:
    """Whether all that an assignment does is to give names a value, also by parts of parts."""
    if isinstance(target, (gast.Tuple, gast.List)):
        return all(_is_naming(part) for part in target.elts)
    if isinstance(target, gast.Starred):
        return _is_naming(target.value)
    return target.__class__ is gast.Name
