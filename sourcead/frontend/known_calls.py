"""Calls of functions whose meaning is known: `max`, `sum`, `list`, `map`, `reduce`, `dict`, `divmod`, `dict.get`."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable
from typing import Any

import gast

from sourcead.frontend.loops import Loops
from sourcead.frontend.names import MISSING, Frame
from sourcead.frontend.syntax import assign, binary, call, clone, const, load, negate, pack, store, subscript


class KnownCalls(Loops):
    """Lowering of calls of known functions into loops, branches and operators."""

    def known(self, node: gast.Call, function: Any, frame: Frame) -> gast.AST | None:
        """The core value of a call whose meaning is known, or None."""
        if function is MISSING and isinstance(node.func, gast.Attribute):
            if node.func.attr == "get" and len(node.args) == 2 and not node.keywords:
                return self._get(node, frame)
            if node.func.attr == "setdefault" and len(node.args) == 2 and self._is_local(node.func.value, frame):
                return self._set_default(node, frame)
        special = self._special(function)
        return special(node, frame) if special is not None else None

    def _is_local(self, node: gast.AST, frame: Frame) -> bool:
        return isinstance(node, gast.Name) and frame.holder(node.id) is not None

    def _special(self, function: Any) -> Callable[[gast.Call, Frame], gast.AST | None] | None:
        table = {
            builtins.max: self._extreme,
            builtins.min: self._extreme,
            builtins.sum: self._sum,
            builtins.list: self._collect,
            builtins.tuple: self._collect,
            builtins.dict: self._keywords,
            builtins.map: self._map,
            builtins.divmod: self._divmod,
            functools.reduce: self._reduce,
        }
        try:
            return table.get(function)
        except TypeError:
            return None

    def _extreme(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`max(a, b)`: the branch that Python takes, first one first."""
        if node.keywords:
            raise self.refuse("`key=` or `default=` of max or min with active values", "Compare the values in a loop.")
        compare = gast.Gt() if self.static(node.func, frame) is builtins.max else gast.Lt()

        def better(item: gast.AST) -> gast.AST:
            return gast.Compare(left=clone(item), ops=[compare], comparators=[load(best)])

        best = self.fresh("best")
        if len(node.args) > 1:
            first, *rest = self.atoms(node.args, frame)
            self.emit(assign(best, first))
            for item in rest:
                with self.inside() as block:
                    self.emit(assign(best, item))
                self.emit(gast.If(test=better(item), body=block, orelse=[]))
            return load(best)
        found = self.fresh("found")
        self.emit(assign(found, const(False)))

        def consider(item: gast.AST) -> None:
            test = gast.BoolOp(op=gast.Or(), values=[negate(load(found)), better(item)])
            self.branch(test, lambda: self.emit(assign(best, item)), lambda: None, frame)
            self.emit(assign(found, const(True)))

        self.each(node.args[0], frame, consider)
        return load(best)

    def _sum(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`sum` over anything: a loop."""
        start = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords), const(0))
        total = self.fresh("total")
        self.emit(assign(total, self.value(start, frame)))

        def add(item: gast.AST) -> None:
            self.emit(assign(total, binary(load(total), gast.Add(), item)))

        self._over(node.args[0], frame, add)
        return load(total)

    def _over(self, node: gast.AST, frame: Frame, body: Any) -> None:
        """Like `each`, for generator expressions and `map` too, whose elements are never collected."""
        if isinstance(node, gast.Call) and self.static(node.func, frame) is map:
            node = self._mapped(node)
        if isinstance(node, (gast.GeneratorExp, gast.ListComp)):
            self.comprehension(node, frame, lambda inner: body(self.atom(node.elt, inner)))
        else:
            self.each(node, frame, body)

    def _mapped(self, node: gast.Call) -> gast.AST:
        names = [f".item{k}" for k in range(len(node.args) - 1)]
        stores = [store(n) for n in names]
        target = stores[0] if len(stores) == 1 else pack(stores, gast.Store())
        over = node.args[1] if len(stores) == 1 else call("zip", *node.args[1:])
        generator = gast.comprehension(target=target, iter=over, ifs=[], is_async=0)
        made = call(node.args[0], *(load(n) for n in names))
        return gast.copy_location(gast.GeneratorExp(elt=made, generators=[generator]), node)

    def _map(self, node: gast.Call, frame: Frame) -> gast.AST:
        return self._list(self._mapped(node), frame)

    def _reduce(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`functools.reduce(f, items, start)`: a loop."""
        if len(node.args) != 3:
            raise self.refuse("`reduce` without a start value", "Give the start value as the third argument.")
        total, so_far, element = self.fresh("total"), ".total", ".item"
        self.emit(assign(total, self.value(node.args[2], frame)))
        inner = Frame(frame.source, frame, {so_far, element}, {so_far, element})

        def step(item: gast.AST) -> None:
            inner.aliases.update({so_far: load(total), element: item})
            value = self.value(call(node.args[0], load(so_far), load(element)), inner)
            self.emit(assign(total, value))

        self._over(node.args[1], frame, step)
        return load(total)

    def _collect(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        """`list(...)` and `tuple(...)`: a list built step by step."""
        if len(node.args) != 1 or node.keywords:
            return None
        items = self.name(gast.List(elts=[], ctx=gast.Load()), "items")
        self._over(node.args[0], frame, lambda item: self._append(items, item))
        return items if self.static(node.func, frame) is list else call("tuple", items)

    def _keywords(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        if node.args or any(k.arg is None for k in node.keywords):
            return None
        keys = [const(k.arg) for k in node.keywords]
        return gast.Dict(keys=keys, values=self.atoms([k.value for k in node.keywords], frame))

    def _divmod(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        """`divmod(a, b)`: quotient and remainder."""
        if len(node.args) != 2:
            return None
        a, b = self.atoms(node.args, frame)
        quotient = self.name(binary(a, gast.FloorDiv(), b), "quotient")
        return pack([quotient, self.name(binary(clone(a), gast.Mod(), clone(b)), "remainder")])

    def _get(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`d.get(key, default)`: a branch."""
        base = self.atom(node.func.value, frame)
        held = base if isinstance(base, gast.Name) else self.name(base)
        key = self.index(node.args[0], frame)
        default = self.atom(node.args[1], frame)
        target = self.fresh()
        self.branch(
            gast.Compare(left=clone(key), ops=[gast.In()], comparators=[load(held.id)]),
            lambda: self.emit(assign(target, subscript(load(held.id), clone(key)))),
            lambda: self.emit(assign(target, default)),
            frame,
        )
        return load(target)

    def _set_default(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`d.setdefault(key, value)`: a store where the key is missing, then a read."""
        base = self.reference(node.func.value.id, frame)
        key = self.index(node.args[0], frame)
        default = self.atom(node.args[1], frame)
        default = default if isinstance(default, (gast.Name, gast.Constant)) else self.name(default)
        place = subscript(load(base.id), clone(key), gast.Store())
        self.branch(
            gast.Compare(left=clone(key), ops=[gast.NotIn()], comparators=[load(base.id)]),
            lambda: self.emit(assign(place, default)),
            lambda: None,
            frame,
        )
        return subscript(load(base.id), key)
