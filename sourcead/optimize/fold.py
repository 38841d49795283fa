"""Put intermediate values back where they are used.

Requires: an emitted function body in which some variables are the compiler's own.
Ensures: the same program, in which such a variable with one use stands in place of that use where nothing in between
changes what it reads, and the line stays short enough to read.

    t = theta * x
    s = np.sin(t)          ->    x = x + 0.1 * np.sin(theta * x)
    x = x + 0.1 * s
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import gast

from sourcead.frontend.comment import Comment
from sourcead.frontend.syntax import assign, clone, names_read, names_written, substitute, walk
from sourcead.optimize.effects import changed_by
from sourcead.optimize.known import Known, counted, head_of
from sourcead.transform.algebra import is_place, minus, number, plus, simplify

LONGEST = 12
DERIVED = re.compile(r"_(bar|dot)[0-9_]*$")


class Fold:
    """The pass over one function body."""

    def __init__(
        self,
        own: frozenset[str],
        known: Known,
        sharing: dict[str, frozenset[str]],
        copying: str | None,
        sums: frozenset[str],
        floats: frozenset[str],
    ) -> None:
        self.own = own
        self.known = known
        self.sharing = sharing
        self.copying = copying
        self.sums = sums
        self.floats = floats
        self.loads: dict[str, int] = {}
        self.stores: dict[str, int] = {}
        self.changed: set[str] = set()
        self.views_only = False
        self.uncopied: set[int] = set()
        self.made_anew: set[str] = set()
        self.folded = True

    def run(self, body: list[gast.AST]) -> list[gast.AST]:
        """The body folded, until nothing more folds."""
        while self.folded:
            self.folded = False
            self._recount(body)
            body = self._block(body)
        self._recount(body)
        for node in walk(body):
            if isinstance(node, gast.Assign) and _target(node) in self.sums:
                self._without_ones(node, body)
        if self.folded:  # a product with one may have become but another name
            self._recount(body)
            body = self._block(body)
            self._recount(body)
        # Last, for what reads an uncopied view must not move any more: the view changes with its array.
        if self.copying is not None:
            self._uncopy_all(body)
        self.views_only = True
        return self._block(body) if self.uncopied else body

    def _recount(self, body: list[gast.AST]) -> None:
        self.loads, self.stores, self.changed = {}, {}, set()
        self._count(body)
        several = {n for n, count in self.stores.items() if count > 1}
        self.made_anew = several - self._read_elsewhere(body, several)

    def _count(self, body: list[gast.AST]) -> None:
        for node in body:
            if isinstance(node, (gast.If, gast.While, gast.For)):
                loads = counted(walk(head_of(node)))
                written: Iterable[str] = names_written(node.target) if isinstance(node, gast.For) else ()
                self._count(node.body)
                self._count(node.orelse)
            else:
                facts = self.known[node]
                loads, written = facts.loads, facts.written
                self.changed |= facts.changed
            for name, count in loads.items():
                self.loads[name] = self.loads.get(name, 0) + count
            for name in written:
                self.stores[name] = self.stores.get(name, 0) + 1

    def _block(self, body: list[gast.AST]) -> list[gast.AST]:
        out = list(body)
        for node in out:
            for field in ("body", "orelse"):
                if not isinstance(node, (gast.expr, Comment)) and getattr(node, field, None):
                    setattr(node, field, self._block(getattr(node, field)))
        self.known.forget_blocks()
        k = 0
        while k < len(out):
            if self._foldable(out[k]) and self._into(out, k):
                del out[k]
                self.folded = True
                k = max(k - 1, 0)
            else:
                if not self.views_only:
                    self._sum_up(out, k)
                k += 1
        return out

    def _uncopy_all(self, body: list[gast.AST]) -> None:
        for k, node in enumerate(body):
            for field in ("body", "orelse"):
                if not isinstance(node, (gast.expr, Comment)) and getattr(node, field, None):
                    self._uncopy_all(getattr(node, field))
            self._uncopy_operands(node)
            self._uncopy(body, k)

    def _sum_up(self, out: list[gast.AST], k: int) -> None:
        """`x_bar = a` and then `x_bar += b` are `x_bar = a + b`, where that stays short and nothing comes between."""
        first = out[k]
        if not isinstance(first, gast.Assign) or not isinstance(first.targets[0], gast.Name):
            return
        name = first.targets[0].id
        facts = self.known[first]
        if name not in self.sums or not facts.pure:
            return
        guarded = facts.reads | {n for r in facts.reads for n in self.sharing.get(r, frozenset())}
        for m in range(k + 1, len(out)):
            there = self.known[out[m]]
            if name in there.reads | there.written:
                joined = self._joined(first, out[m], name)
                if joined is not None:
                    out[m] = joined
                    self.folded = True
                    del out[k]
                return
            if there.written & facts.reads or there.changed & guarded:
                return

    def _joined(self, first: gast.Assign, second: gast.AST, name: str) -> gast.AST | None:
        """One statement for `name = a` and the first statement after it that reads or writes `name`, if it may be."""
        if (
            isinstance(second, gast.Return)
            and isinstance(first.value, gast.Name)
            and self.known[second].loads.get(name) == 1
        ):
            return _put(second, name, first.value)
        if not isinstance(second, (gast.Assign, gast.AugAssign)) or _target(second) != name:
            return None
        target = second.target if isinstance(second, gast.AugAssign) else second.targets[0]
        if not isinstance(target, gast.Name) or _leaves(first.value) + _leaves(second.value) > LONGEST:
            return None
        if isinstance(second, gast.Assign):
            return _put(second, name, first.value) if _shallow_loads(second, name) == 1 else None
        if not isinstance(second.op, (gast.Add, gast.Sub)) or name in names_read(second.value):
            return None
        term = second.value if isinstance(second.op, gast.Add) else minus(second.value)
        return assign(name, plus(first.value, term))

    def _without_ones(self, node: gast.Assign, body: list[gast.AST]) -> None:
        """`x_bar = 1.0 * (a * b)` is `x_bar = a * b` where that is sure to be a float, and new or never changed."""
        for part in walk(node.value):
            for field in ("left", "right", "operand"):
                inner: Any = getattr(part, field, None)
                once = isinstance(inner, gast.BinOp) and self._is_once(inner)
                if once and isinstance(part, (gast.BinOp, gast.UnaryOp)):
                    setattr(part, field, inner.right)
                    self.folded = True
        value = node.value
        if isinstance(value, gast.BinOp) and self._is_once(value):
            if isinstance(value.right, gast.BinOp) or self._may_be_one(_target(node), value.right, body):
                node.value = value.right
                self.folded = True
        self.known.forget(node)

    def _may_be_one(self, name: str, value: gast.AST, body: list[gast.AST]) -> bool:
        """Whether a cotangent may be another name for a variable: neither changes, and no result is made of it."""
        if not isinstance(value, gast.Name) or self.stores.get(name, 0) > 1 or self.stores.get(value.id, 0) > 1:
            return False
        shared = {name, value.id} | self.sharing.get(value.id, frozenset())
        return not shared & self.changed and _consumes(body, name)

    def _is_once(self, node: gast.BinOp) -> bool:
        return isinstance(node.op, gast.Mult) and number(node.left) == 1 and bool(names_read(node.right) & self.floats)

    def _foldable(self, node: gast.AST) -> bool:
        if not isinstance(node, gast.Assign) or not isinstance(node.targets[0], gast.Name):
            return False
        name = node.targets[0].id
        if self.views_only and id(node) not in self.uncopied:
            return False
        if name in self.changed or name not in self.own and not self._is_seed(node):
            return False
        return self.stores.get(name) == 1 or name in self.made_anew

    def _is_seed(self, node: gast.Assign) -> bool:
        """Whether a cotangent is one number, whose name says nothing to a reader."""
        return number(node.value) is not None and _target(node) in self.sums

    def _into(self, out: list[gast.AST], k: int) -> bool:
        """Put the value of statement `k` into its uses further down the block, if all are there and it may move."""
        node = out[k]
        name = node.targets[0].id
        facts = self.known[node]
        reads, pure = facts.reads, facts.pure
        guarded = reads | {n for r in reads for n in self.sharing.get(r, frozenset())}
        found: list[int] = []
        left = self._uses(out, k, name)
        if left == 0 or left > 1 and not _costs_nothing(node.value):
            return False
        for m in range(k + 1, len(out)):
            other = out[m]
            if isinstance(other, Comment):
                continue
            if self.known.mark(other) is not None:
                return False
            there = self.known[other]
            here = there.loads.get(name, 0)
            if here and not pure and changed_by(gast.Expr(value=node.value)) & (there.reads | there.changed):
                return False
            if here:
                if here != _shallow_loads(other, name) or not self._fits(node, other):
                    return False
                found.append(m)
                left -= here
                if left == 0:
                    break
            if not pure or there.written & reads or there.changed & guarded:
                return False
        if left or not found:
            return False
        times = sum(self.known[out[m]].loads[name] for m in found)
        for m in found:
            out[m] = _put(out[m], name, node.value)
            if isinstance(out[m], gast.Expr):  # What is put on a tape comes from where it is computed.
                out[m].origin = getattr(node, "origin", None) or out[m].origin
        for read, count in facts.loads.items():
            self.loads[read] = self.loads.get(read, 0) + (times - 1) * count
        return True

    def _uses(self, out: list[gast.AST], k: int, name: str) -> int:
        """How often the value that statement `k` makes is used: up to where its block makes the variable anew."""
        if self.stores.get(name) == 1:
            return self.loads.get(name, 0)
        count = 0
        for other in out[k + 1 :]:
            facts = self.known[other]
            count += facts.loads.get(name, 0)
            if name in facts.written:
                break
        return count

    def _fits(self, node: gast.AST, other: gast.AST) -> bool:
        if isinstance(node.value, gast.Name) or getattr(node, "origin", None) is not None:
            return True
        top = other.value if isinstance(other, (gast.Assign, gast.AugAssign, gast.Expr, gast.Return)) else other
        return top is not None and _leaves(node.value) + _leaves(top) <= LONGEST

    def _uncopy_operands(self, node: gast.AST) -> None:
        """`take_out(u_bar[i]) * c` needs no copy: the product is a new array."""
        if isinstance(node, (gast.For, gast.While, gast.If, Comment)):
            return
        for part in walk(node):
            if isinstance(part, (gast.BinOp, gast.UnaryOp)):
                for field in ("left", "right", "operand"):
                    copied: Any = getattr(part, field, None)
                    if self._is_copy(copied):
                        setattr(part, field, copied.args[0])
                        self.known.forget(node)

    def _is_copy(self, value: Any) -> bool:
        return isinstance(value, gast.Call) and isinstance(value.func, gast.Name) and value.func.id == self.copying

    def _uncopy(self, out: list[gast.AST], k: int) -> None:
        """`t = take_out(u_bar[i])` needs no copy where `u_bar` does not change while `t` is in use."""
        node = out[k]
        if not isinstance(node, gast.Assign) or not isinstance(node.targets[0], gast.Name):
            return
        value = node.value
        if not self._is_copy(value):
            return
        name = node.targets[0].id
        if name in self.changed or self.stores.get(name) != 1:
            return
        left = self.loads.get(name, 0)
        reads = names_read(value.args[0])
        reads = reads.union(*(self.sharing.get(r, frozenset()) for r in reads))
        for other in out[k + 1 :]:
            if isinstance(other, Comment):
                continue
            if not _consumes(other, name):
                return
            facts = self.known[other]
            left -= facts.loads.get(name, 0)
            if left == 0:
                simple = isinstance(other, (gast.Assign, gast.AugAssign, gast.Return, gast.Expr))
                if simple and not _stores_name(other, name):
                    node.value = value.args[0]
                    self.known.forget(node)
                    self.uncopied.add(id(node))
                return
            if (facts.written | facts.changed) & reads:
                return

    def _read_elsewhere(self, body: list[gast.AST], names: set[str]) -> set[str]:
        """Those of `names` that some block reads without having made them anew before, in the same block."""
        found: set[str] = set()
        made: set[str] = set()
        for node in body:
            if isinstance(node, (gast.If, gast.While, gast.For)):
                inside = [*node.body, *node.orelse]
                found |= self._read_elsewhere(node.body, names) | self._read_elsewhere(node.orelse, names)
                found |= names_read(node.iter if isinstance(node, gast.For) else node.test) & names - made
                made -= {n for s in inside for n in self.known[s].written}
                continue
            facts = self.known[node]
            found |= facts.reads & names - made
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                made |= {node.targets[0].id} & names
            else:
                found |= facts.written & names
        return found


def _costs_nothing(value: gast.AST) -> bool:
    """A name, or an array filled with a number, which mostly vanishes in the product that it stands in."""
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute) and value.func.attr == "full_like":
        return all(isinstance(a, (gast.Name, gast.Constant)) for a in value.args)
    return isinstance(value, (gast.Name, gast.Constant))


def _put(node: gast.AST, name: str, value: gast.AST) -> gast.AST:
    """`node` with `value` in place of the variable.

    What the user wrote is not simplified: `y * 1.0` makes a copy, and a float of an integer.
    """
    origin = getattr(node, "origin", None)
    made = substitute(node, lambda n: clone(value) if n.id == name and isinstance(n.ctx, gast.Load) else None)
    if origin is None and DERIVED.search(_target(node)):
        plain = simplify(clone(made))
        # `-(-g[:2])` is a copy, and `g[:2]` a view.
        made = made if isinstance(made, gast.Assign) and is_place(plain.value) and not is_place(made.value) else plain
    made.origin, made.near = origin, getattr(node, "near", None)
    return made


def _target(node: gast.AST) -> str:
    """The variable that a statement writes, whole or in part; an empty name where it writes none."""
    target = node.targets[0] if isinstance(node, gast.Assign) else getattr(node, "target", None)
    while isinstance(target, (gast.Subscript, gast.Attribute)):
        target = target.value
    return target.id if isinstance(target, gast.Name) else ""


def _loads(node: gast.AST, name: str) -> int:
    return sum(1 for n in walk(node) if isinstance(n, gast.Name) and n.id == name and isinstance(n.ctx, gast.Load))


def _shallow_loads(node: gast.AST, name: str) -> int:
    """Uses that are evaluated once, when control reaches the statement."""
    if isinstance(node, gast.If):
        return _loads(node.test, name)
    if isinstance(node, gast.For):
        return _loads(node.iter, name)
    if isinstance(node, (gast.Assign, gast.AugAssign, gast.Return, gast.Expr, gast.Assert, gast.Raise)):
        inner = [n for n in walk(node) if isinstance(n, (gast.Lambda, gast.ListComp, gast.GeneratorExp, gast.DictComp))]
        return _loads(node, name) - sum(_loads(n, name) for n in inner)
    return 0


def _consumes(node: gast.AST | list[gast.AST], name: str) -> bool:
    """Whether every use of the variable here goes into arithmetic, whose result is a new array."""
    for parent in walk(node):
        for field in parent._fields:
            value = getattr(parent, field, None)
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, gast.Name) and child.id == name and isinstance(child.ctx, gast.Load):
                    if not isinstance(parent, (gast.BinOp, gast.UnaryOp, gast.AugAssign)):
                        return False
    return True


def _stores_name(node: gast.AST, name: str) -> bool:
    """Whether the statement keeps the value itself, so that it stays in use after it."""
    return isinstance(node, (gast.Assign, gast.Return)) and isinstance(node.value, gast.Name) and node.value.id == name


def _leaves(node: gast.AST) -> int:
    return sum(1 for n in walk(node) if isinstance(n, (gast.Name, gast.Constant, gast.Attribute)))
