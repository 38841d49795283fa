"""`max`, `min`, `sorted` and `list.sort`: the order is asked for once, and carries no derivative.

s = sorted(xs, key=f)           keys = [f(x) for x in xs]
                        ->      order = ranking(keys)
                                s = [xs[k] for k in order]
"""

from __future__ import annotations

import builtins
from collections.abc import Callable

import gast

from runtime.kernels import ranking
from sourcead.frontend.names import Frame
from sourcead.frontend.streams import Streams
from sourcead.frontend.syntax import assign, call, clone, const, load, negate, subscript


class Ordering(Streams):
    """Lowering of calls that compare elements."""

    def extreme(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`max(a, b)`, `max(xs, key=f, default=d)`: the branch that Python takes, first one first."""
        named = {k.arg: k.value for k in node.keywords}
        compare = gast.Gt() if self.static(node.func, frame) is builtins.max else gast.Lt()
        several = len(node.args) > 1
        if not named.keys() <= {"key", "default"} or several and "default" in named or not node.args:
            raise self.no_form(node, frame)
        key = self._key(named.get("key"), frame)
        best, found = self.fresh("best"), self.fresh("found")
        best_key = self.fresh("best_key") if key else best

        def better(item: gast.AST) -> gast.AST:
            return gast.Compare(left=clone(item), ops=[compare], comparators=[load(best_key)])

        def take(item: gast.AST, measure: gast.AST) -> None:
            self.emit(assign(best, clone(item)))
            if key:
                self.emit(assign(best_key, clone(measure)))

        if several:
            first, *rest = self.atoms(node.args, frame)
            measures = [key(item) if key else item for item in (first, *rest)]
            take(first, measures[0])
            for item, measure in zip(rest, measures[1:]):
                with self.inside() as block:
                    take(item, measure)
                self.emit(gast.If(test=better(measure), body=block, orelse=[]))
            return load(best)
        self.emit(assign(found, const(False)))

        def consider(item: gast.AST) -> None:
            measure = key(item) if key else item
            test = gast.BoolOp(op=gast.Or(), values=[negate(load(found)), better(measure)])
            self.branch(test, lambda: take(item, measure), lambda: None, frame)
            self.emit(assign(found, const(True)))

        if "default" in named:
            default = self.atom(named["default"], frame)
            self.over(node.args[0], frame, consider)
            self.branch(negate(load(found)), lambda: self.emit(assign(best, default)), lambda: None, frame)
        else:
            self.over(node.args[0], frame, consider)
        return load(best)

    def _key(self, node: gast.AST | None, frame: Frame) -> Callable[[gast.AST], gast.AST] | None:
        """What computes the measure of an element, where elements are not compared themselves."""
        if node is None or isinstance(node, gast.Constant) and node.value is None:
            return None
        inner = Frame(frame.source, frame, {".element"}, {".element"})

        def measure(item: gast.AST) -> gast.AST:
            held = item if isinstance(item, gast.Name) else self.name(clone(item), "item")
            inner.aliases[".element"] = held
            found = self.value(gast.copy_location(call(node, load(".element")), node), inner)
            return found if isinstance(found, gast.Name) else self.name(found, "key")

        return measure

    def sorted(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`sorted(xs, key=f, reverse=r)`: a new list in the order of the keys."""
        if len(node.args) != 1:
            raise self.no_form(node, frame)
        return self._ordered(self.collected(node.args[0], frame), node, frame)

    def sort(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        """`v.sort(...)` of a list: the elements in their order, each stored in its new place."""
        if node.args or self.kind(node.func.value, frame) != "list":
            return False
        ordered = self._ordered(base, node, frame)
        counter = self.fresh("k")
        self.integers.add(counter)
        with self.inside() as block:
            item = self.name(subscript(load(ordered.id), load(counter)), "item")
            self.emit(assign(subscript(load(base.id), load(counter), gast.Store()), item))
        self.counted_loop(counter, call("len", load(ordered.id)), block)
        return True

    def _ordered(self, items: gast.Name, node: gast.Call, frame: Frame) -> gast.Name:
        named = {k.arg: k.value for k in node.keywords}
        if not named.keys() <= {"key", "reverse"}:
            raise self.no_form(node, frame)
        key = self._key(named.get("key"), frame)
        keys = items
        if key is not None:
            keys = self.name(gast.List(elts=[], ctx=gast.Load()), "keys")
            held = self.stand_in(items, frame, True)
            self.each(held, frame, lambda item: self._append(keys, key(item)))
        ranked = call(self.namespace.bind("ranking", ranking), load(keys.id))
        if "reverse" in named:
            ranked.args.append(self.index(named["reverse"], frame))
        order = self.name(ranked, "order")
        made = self.name(gast.List(elts=[], ctx=gast.Load()), "ordered")
        counter = self.fresh("k")
        self.integers.add(counter)
        with self.inside() as block:
            place = subscript(load(order.id), load(counter))
            self._append(made, self.name(subscript(load(items.id), place), "item"))
        self.counted_loop(counter, call("len", load(order.id)), block)
        return made
