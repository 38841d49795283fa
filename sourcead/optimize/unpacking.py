"""Unpack as the user does.

Requires: an emitted function body.
Ensures: the same values under the same names, and an error for the same numbers of entries.

    require_entries(v, count=2)
    a = v[0]                          ->      a, b = v
    b = v[1]

What is unpacked must give its entries by place, which a dict does not. Where it carries a derivative and may be
anything, that is still asked: `require_entries(v)`.
"""

from __future__ import annotations

from collections import Counter

import gast

from runtime.kernels import require_entries
from runtime.primitives import registry
from sourcead.frontend.syntax import clone, names_read, names_written, same, store, walk
from sourcead.optimize.effects import Resolve

Place = tuple[str, tuple[int, ...]]


def unpack(body: list[gast.AST], own: frozenset[str], asked: frozenset[str], resolve: Resolve) -> list[gast.AST]:
    """The body with entries unpacked that are read one by one.

    `own` are the compiler's names, `asked` the variables that carry derivatives and may hold anything.
    """
    return _Unpacking(own, asked, resolve, body).block(body)


def sure_by_place(body: list[gast.AST], parameters: list[str], resolve: Resolve) -> set[str]:
    """Variables that are sure to hold what gives its entries by place: displays, results of arithmetic and of NumPy."""
    found: dict[str, bool] = dict.fromkeys(parameters, False)
    for node in walk(body):
        value = node.value if isinstance(node, gast.Assign) else None
        sure = isinstance(value, (gast.List, gast.Tuple))
        sure |= isinstance(value, gast.BinOp) and not isinstance(value.op, gast.BitOr)
        sure |= isinstance(value, gast.Attribute) and value.attr == "shape"
        sure |= isinstance(value, gast.Call) and registry.lookup(resolve(value.func)) is not None
        for name in names_written(node) if isinstance(node, gast.stmt) and not hasattr(node, "body") else ():
            found[name] = found.get(name, True) and sure
        if isinstance(node, gast.For):
            found |= dict.fromkeys(names_written(node.target), False)
    return {name for name, sure in found.items() if sure}


class _Pattern:
    """The targets of one unpacking, some of them unpacked in turn."""

    def __init__(self, count: int) -> None:
        self.parts: list[str | _Pattern | None] = [None] * count

    def at(self, place: tuple[int, ...]) -> _Pattern | None:
        """The pattern whose part the entry at a place is, where that part has no target yet."""
        found: str | _Pattern | None = self
        for k in place[:-1]:
            found = found.parts[k] if isinstance(found, _Pattern) and k < len(found.parts) else None
        if isinstance(found, _Pattern) and place and place[-1] < len(found.parts) and found.parts[place[-1]] is None:
            return found
        return None

    def target(self) -> gast.AST:
        """The pattern as the target of an assignment; an entry that nothing reads has the name `_`."""
        parts = [p.target() if isinstance(p, _Pattern) else store(p or "_") for p in self.parts]
        return gast.Tuple(elts=parts, ctx=gast.Store())


class _Unpacking:
    def __init__(self, own: frozenset[str], asked: frozenset[str], resolve: Resolve, body: list[gast.AST]) -> None:
        self.own, self.asked, self.resolve = own, asked, resolve
        self.loads: Counter[str] = Counter()
        for node in walk(body):
            if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load):
                self.loads[node.id] += 1

    def block(self, body: list[gast.AST]) -> list[gast.AST]:
        out: list[gast.AST] = []
        left = list(body)
        while left:
            node = left.pop(0)
            for field in ("body", "orelse"):
                if isinstance(node, gast.stmt) and getattr(node, field, None):
                    setattr(node, field, self.block(getattr(node, field)))
            asked = self._check(node)
            if asked is None:
                if not (out and self._is_check(node) and same(node, out[-1])):
                    out.append(node)
                continue
            left = self._gathered(node, asked, left, out)
        return out

    def _is_check(self, node: gast.AST) -> bool:
        called = isinstance(node, gast.Expr) and isinstance(node.value, gast.Call)
        return called and self.resolve(node.value.func) is require_entries

    def _check(self, node: gast.AST) -> tuple[Place, int] | None:
        """The place and the number of its entries that a statement asks for."""
        if not self._is_check(node):
            return None
        if len(node.value.args) != 1 or [k.arg for k in node.value.keywords] != ["count"]:
            return None
        place = _place(node.value.args[0])
        return None if place is None else (place, node.value.keywords[0].value.value)

    def _gathered(
        self, node: gast.Expr, asked: tuple[Place, int], after: list[gast.AST], out: list[gast.AST]
    ) -> list[gast.AST]:
        """Emit one unpacking for a check and the reads behind it; gives the statements that are left."""
        (variable, start), count = asked
        pattern = _Pattern(count)
        checked, names, passed = [node.value.args[0]], set[str](), set[str]()
        skipped: list[gast.AST] = []
        reads, taken = 1, 0
        for statement in after:
            inner = self._check(statement)
            if inner is not None:
                (root, place), width = inner
                within = pattern.at(place[len(start) :]) if root == variable and place[: len(start)] == start else None
                if within is None:
                    break
                within.parts[place[-1]] = _Pattern(width)
                checked.append(statement.value.args[0])
                reads += 1
                taken += 1
                continue
            target, value = _read(statement)
            if value is None or target == variable:
                break
            root, place = value
            within = pattern.at(place[len(start) :]) if root == variable and place[: len(start)] == start else None
            if within is not None and target not in names | passed:
                within.parts[place[-1]] = target
                names.add(target)
                reads += 1
            elif target in names:
                break
            else:
                passed |= {target, root}
                skipped.append(statement)
            taken += 1
        if not names:
            out.append(node)
            return after
        self._emit(node, pattern, checked, reads, out)
        return [*skipped, *after[taken:]]

    def _emit(
        self, node: gast.Expr, pattern: _Pattern, checked: list[gast.AST], reads: int, out: list[gast.AST]
    ) -> None:
        whole = checked[0]
        before = out[-1] if out else None
        made = gast.Assign(targets=[pattern.target()], value=clone(whole), type_comment=None)
        variable = next(n.id for n in walk(whole) if isinstance(n, gast.Name))
        if variable in self.asked:
            check = gast.Expr(value=clone(node.value))
            check.value.args, check.value.keywords = checked, []
            check.origin = getattr(node, "origin", None)
            if before is None or not same(check, before):
                out.append(check)
        elif variable in self.own and self.loads[variable] == reads and _makes(before, variable):
            made.value = out.pop().value
        made.origin = getattr(node, "origin", None)
        out.append(made)


def _makes(node: gast.AST | None, variable: str) -> bool:
    """Whether a statement gives a variable its value and does nothing else."""
    if not isinstance(node, gast.Assign) or not isinstance(node.targets[0], gast.Name):
        return False
    return node.targets[0].id == variable and variable not in names_read(node.value)


def _read(node: gast.AST) -> tuple[str, Place | None]:
    """The variable that a statement gives an entry, and that entry's place."""
    if not isinstance(node, gast.Assign) or not isinstance(node.targets[0], gast.Name):
        return "", None
    return node.targets[0].id, _place(node.value) if isinstance(node.value, gast.Subscript) else None


def _place(node: gast.AST) -> Place | None:
    """A variable and the numbers of the entries that lead from it to an expression."""
    steps: list[int] = []
    while isinstance(node, gast.Subscript):
        step = node.slice.value if isinstance(node.slice, gast.Constant) else None
        if type(step) is not int or step < 0:
            return None
        steps.append(step)
        node = node.value
    return (node.id, tuple(reversed(steps))) if isinstance(node, gast.Name) else None
