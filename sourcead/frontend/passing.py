"""Functions inside texts that stand whole: those that are passed on by name, and those that are kept for later.

def size(s):
    return -len(s)
names = sorted(d, key=size)       ->      names = sorted(d, key=lambda s: -len(s))
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gast

from sourcead.errors import NoEmittedForm
from sourcead.frontend.callees import is_user_function
from sourcead.frontend.exposure import free_reads
from sourcead.frontend.making import Making
from sourcead.frontend.names import MISSING, Closure, Frame
from sourcead.frontend.syntax import clone, load, walk

# What these modules have gives iterators, or functions.
_LAZY = ("itertools", "functools", "operator")
_CONTAINERS: tuple[Any, ...] = (list, tuple, set, frozenset, dict)
_KEPT = (gast.Lambda, gast.GeneratorExp, gast.ClassDef)


class Passing(Making):
    """Texts that stand whole, with the functions that they pass on written out in them."""

    def passed_on(self, node: gast.AST, frame: Frame, at_once: bool = False) -> gast.AST:
        """A text with lambdas for the names of functions defined inside.

        Raises NoEmittedForm for a function that is more than one expression, and for one that is kept while a variable
        that it reads is given another value: it would have to see that one.
        """
        names = [n for n in walk(node) if isinstance(n, (gast.Name, *_KEPT))]
        if not any(isinstance(n, _KEPT) or self.closure(n, frame) is not None for n in names):
            return node
        bound = {n.id for n in names if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)}
        found: dict[int, gast.AST] = {}
        for part, used_up in self._parts(node, frame, at_once):
            closure = self.closure(part, frame) if isinstance(part, gast.Name) and part.id not in bound else None
            if closure is not None:
                found[id(part)] = self._written(part.id, closure, frame, used_up)
            elif isinstance(part, _KEPT) and not used_up:
                self._refuse_kept(part, frame)
        if not found:
            return node
        order = {k: found[id(n)] for k, n in enumerate(walk(node)) if id(n) in found}
        made = clone(node)
        for k, name in enumerate(list(walk(made))):
            if k in order:
                name.id = order[k].id
        return made

    def is_bound_once(self, node: gast.AST, frame: Frame) -> bool:
        """Whether an expression is a variable that always has the same value."""
        holder = frame.holder(node.id) if isinstance(node, gast.Name) else None
        if holder is None or node.id in holder.nonlocals:
            return holder is None and isinstance(node, gast.Name)
        stores = [n for n in walk(holder.body) if isinstance(n, gast.Name) and n.id == node.id]
        given = node.id in holder.parameters
        return sum(not isinstance(n.ctx, gast.Load) for n in stores) + given <= 1

    def _parts(self, node: gast.AST, frame: Frame, at_once: bool) -> Iterator[tuple[gast.AST, bool]]:
        """The nodes of a text, each with whether what it gives is used up before the text has been evaluated."""
        yield node, at_once
        for child in gast.iter_child_nodes(node):
            inner = at_once
            if isinstance(node, gast.Call) and child is not node.func:
                given = child.value if isinstance(child, gast.keyword) else child
                inner = at_once or self._uses_up(node, given, frame)
            yield from self._parts(child, frame, inner)

    def _uses_up(self, node: gast.Call, given: gast.AST, frame: Frame) -> bool:
        """Whether a call does not keep an argument: `sorted(d, key=size)`, but not `map(size, d)`."""
        function = self.static(node.func, frame)
        if function is MISSING:
            return isinstance(node.func, gast.Attribute) and node.func.attr == "sort"
        if any(function is kind for kind in _CONTAINERS):
            return isinstance(given, (gast.GeneratorExp, gast.Call))
        lazy = isinstance(function, type) or getattr(function, "__module__", None) in _LAZY
        return callable(function) and not lazy and not is_user_function(function)

    def _written(self, name: str, closure: Closure, frame: Frame, at_once: bool) -> gast.Name:
        """What stands for a function that is passed on by its name: its text, as a lambda."""
        body = closure.node.body if isinstance(closure.node.body, list) else [gast.Return(value=closure.node.body)]
        body = body[1:] if isinstance(body[0], gast.Expr) else body
        read = free_reads(closure.node)
        around = closure.frame
        given = closure.eager or closure.defaults or name in read
        if (
            around is None
            or given
            or read & self.varying(around)
            or not isinstance(body[0], gast.Return)
            or body[0].value is None
        ):
            raise self.refuse(
                f"the function `{name}` as a value",
                "Call it by its own name, or pass it as an argument.",
                NoEmittedForm,
            )
        made = gast.Lambda(args=clone(closure.node.args), body=clone(body[0].value))
        made = gast.copy_location(made, closure.node)
        return self.stand_in(self.renamed(self.passed_on(made, around, at_once), around), frame, False)

    def _refuse_kept(self, node: gast.AST, frame: Frame) -> None:
        """Refuse a text that is evaluated later, where a variable that it reads is given another value."""
        read = free_reads(node)
        if isinstance(node, gast.GeneratorExp):
            read -= free_reads(node.generators[0].iter) - free_reads([node.elt, *node.generators[0].ifs])
        changed = next((n for n in sorted(read) if not self.is_bound_once(load(n), frame)), None)
        if changed is not None:
            raise self.refuse(
                f"`{changed}`, which a function that is kept reads, is given another value",
                "Bind it in the function, as in `lambda k, scale=scale: ...`.",
                NoEmittedForm,
            )
