"""Name what a branch or loop asks before it runs, where running it may change the answer.

The reverse sweep asks again, behind the block:

    if len(v) > 1:                 taken = len(v) > 1
        t = v.pop()        ->      if taken:
                                       t = v.pop()

A loop over a list that its body may make longer, under whatever name, checks after each round that it has not: Python
would go on through what is new.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from runtime.kernels import unresized
from sourcead.analysis.activity import root, written_at
from sourcead.analysis.groups import Groups
from sourcead.analysis.resizing import RESIZES, Resizing, resized, stored
from sourcead.analysis.webs import is_whole
from sourcead.frontend.lower import Core
from sourcead.frontend.names import Namespace
from sourcead.frontend.syntax import assign, call, load, names_read, names_written, negate, range_of, walk

Fresh = Callable[[str], str]
QUICK = {"abs", "bool", "float", "int", "isinstance", "len", "max", "min"}


def name_asked(core: Core, sources: Callable[[gast.AST], set[str]], fresh: Fresh) -> list[gast.AST]:
    """The body of a core program with those names and checks; `sources` says whose memory a value may share."""
    groups = Groups(core.body, frozenset(names_written(core.body)) | frozenset(core.parameters), sources)
    resizing = Resizing(core.body, core.parameters, groups, sources)
    return Branches(groups, resizing, core.integers, core.namespace, fresh).named(core.body)


class Branches:
    """The pass over one core program.

    `groups` tells which variables may hold the same memory, `resizing` which lists may be made longer.
    """

    def __init__(
        self, groups: Groups, resizing: Resizing, integers: set[str], namespace: Namespace, fresh: Fresh
    ) -> None:
        self.groups = groups
        self.resizing = resizing
        self.integers = integers
        self.namespace = namespace
        self.fresh = fresh

    def named(self, body: list[gast.AST]) -> list[gast.AST]:
        """The block with names for the tests and bounds that its statements may change."""
        out: list[gast.AST] = []
        for node in body:
            if isinstance(node, (gast.For, gast.While, gast.If)) and not is_whole(node):
                out += self._asked(node)
                out += self._watched(node)
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
                truth = self.namespace.bind("bool", bool)
                made = assign(name, call(truth, node.test) if plain else node.test)
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

    def _watched(self, node: gast.AST) -> list[gast.AST]:
        """Checks in a loop that what it goes through stays as long as it is; gives what they need before the loop."""
        before: list[gast.AST] = []
        for name, keyed in getattr(node, "over", ()):
            if self.resizing.may_resize(name, node.body, keyed):
                size = self.fresh("size")
                before.append(_at(assign(size, call("len", load(name))), node))
                asked = call(self.namespace.bind("unresized", unresized), call("len", load(name)), load(size))
                check: gast.AST = _at(gast.Expr(value=asked), node)
                last = node.body[-1]
                leaves = isinstance(last, gast.If) and isinstance(last.body[0], gast.Break)
                if leaves:
                    check = _at(gast.If(test=negate(last.test), body=[check], orelse=[]), node)
                node.body.insert(len(node.body) - leaves, check)
        return before

    def _changes(self, inside: list[gast.AST], asked: gast.AST) -> bool:
        """Whether statements may give variables of an expression other values, or change the objects that they hold."""
        read = names_read(asked)
        if read & names_written(inside):
            return True
        measured = _measured(asked)
        for statement in inside:
            longer = {name for n in [*resized([statement]), *stored([statement])] if (name := root(n)) is not None}
            for read_by, changed in ((read - measured, _changed(statement)), (measured, longer)):
                if any(self.groups.together(n, other) for n in read_by - self.integers for other in changed):
                    return True
        return False


def _measured(asked: gast.AST) -> set[str]:
    """The variables of which an expression asks the length only."""
    inside = [n.args[0] for n in walk(asked) if isinstance(n, gast.Call) and _is_quick(n) and n.func.id == "len"]
    names = [n for n in walk(asked) if isinstance(n, gast.Name)]
    return {n.id for n in inside if isinstance(n, gast.Name) and sum(m.id == n.id for m in names) == 1}


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
