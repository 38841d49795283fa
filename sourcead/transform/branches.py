"""Name what a branch or loop asks before it runs, where running it may change the answer.

The reverse sweep asks again, behind the block:

    if len(v) > 1:                 taken = len(v) > 1
        t = v.pop()        ->      if taken:
                                       t = v.pop()
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from sourcead.analysis.activity import root, written_at
from sourcead.analysis.groups import Groups
from sourcead.analysis.webs import is_whole
from sourcead.frontend.syntax import assign, call, load, names_read, names_written, range_of, walk

Fresh = Callable[[str], str]
QUICK = {"abs", "bool", "float", "int", "isinstance", "len", "max", "min"}
RESIZES = {"append", "clear", "extend", "insert", "pop", "popitem", "remove", "update"}


class Branches:
    """The pass over one core program; `groups` tells which variables may hold the same memory."""

    def __init__(self, groups: Groups, integers: set[str], truth: gast.AST, fresh: Fresh) -> None:
        self.groups = groups
        self.integers = integers
        self.truth = truth
        self.fresh = fresh

    def named(self, body: list[gast.AST]) -> list[gast.AST]:
        """The block with names for the tests and bounds that its statements may change."""
        out: list[gast.AST] = []
        for node in body:
            if isinstance(node, (gast.For, gast.While, gast.If)) and not is_whole(node):
                out += self._asked(node)
                node.body = self.named(node.body)
                node.orelse = self.named(node.orelse)
            out.append(node)
        return out

    def _asked(self, node: gast.AST) -> list[gast.AST]:
        inside = [*node.body, *node.orelse]
        if isinstance(node, gast.If) and not isinstance(node.body[0], gast.Break):
            calls = any(isinstance(n, gast.Call) and not _is_quick(n) for n in walk(node.test))
            if calls and not isinstance(node.test, gast.Name) or self._changes(inside, node.test):
                plain = isinstance(node.test, gast.Name)
                name = self.fresh("taken")
                made = assign(name, call(self.truth, node.test) if plain else node.test)
                node.test = load(name)
                return [_at(made, node)]
        if isinstance(node, gast.For):
            # `for n in range(n)`: the counter is one of the variables that running the loop gives other values.
            inside = [node.target, *inside]
            made_before: list[gast.AST] = []
            counted: Any = range_of(node.iter)
            bounds = counted.args
            for k, bound in enumerate(bounds):
                if self._changes(inside, bound):
                    name = self.fresh("stop")
                    made_before.append(_at(assign(name, bound), node))
                    bounds[k] = load(name)
            return made_before
        return []

    def _changes(self, inside: list[gast.AST], asked: gast.AST) -> bool:
        """Whether statements may give variables of an expression other values, or change the objects that they hold."""
        read = names_read(asked)
        if read & names_written(inside):
            return True
        measured = _measured(asked)
        for statement in inside:
            for read_by, changed in ((read - measured, _changed(statement)), (measured, _resized(statement))):
                if any(self.groups.together(n, other) for n in read_by - self.integers for other in changed):
                    return True
        return False


def _measured(asked: gast.AST) -> set[str]:
    """The variables of which an expression asks the length only."""
    inside = [n.args[0] for n in walk(asked) if isinstance(n, gast.Call) and _is_quick(n) and n.func.id == "len"]
    names = [n for n in walk(asked) if isinstance(n, gast.Name)]
    return {n.id for n in inside if isinstance(n, gast.Name) and sum(m.id == n.id for m in names) == 1}


def _resized(statement: gast.AST) -> set[str]:
    """The lists that a statement, or one in it, may make longer or shorter."""
    calls = [n for n in walk(statement) if isinstance(n, gast.Call) and isinstance(n.func, gast.Attribute)]
    slices = [n for n in walk(statement) if isinstance(n, gast.Subscript) and isinstance(n.ctx, (gast.Store, gast.Del))]
    found = {root(n.func.value) for n in calls if n.func.attr in RESIZES}
    found |= {root(n) for n in slices if isinstance(n.slice, gast.Slice)}
    return {name for name in found if name is not None}


def _changed(statement: gast.AST) -> set[str]:
    """The variables whose objects a statement, or one in it, may change in place."""
    found: set[str | None] = set()
    for node in walk(statement):
        if isinstance(node, (gast.Subscript, gast.Attribute)) and isinstance(node.ctx, gast.Store):
            found.add(root(node))
        elif isinstance(node, gast.AugAssign):
            found.add(root(node.target))
        elif written_at(node) is not None:
            found |= names_read(node.value.args[0])
        elif isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr in RESIZES:
            found.add(root(node.func.value))
    return {name for name in found if name is not None}


def _is_quick(node: gast.Call) -> bool:
    return isinstance(node.func, gast.Name) and node.func.id in QUICK


def _at(made: gast.AST, node: gast.AST) -> gast.AST:
    made.origin = getattr(node, "origin", None)
    return made
