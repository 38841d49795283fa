"""Methods that change a list or dict in place, as the two that core knows: `append` and `pop`, and stores by index.

v.insert(0, e)             v.append(e)
                           for k in range(len(v) - 1, 0, -1):
                    ->         v[k] = v[k - 1]
                           v[0] = e
"""

from __future__ import annotations

import gast

from sourcead.frontend.callees import CHANGING_METHODS, is_library, path_root
from sourcead.frontend.items import counted
from sourcead.frontend.names import Frame
from sourcead.frontend.stores import Stores
from sourcead.frontend.syntax import assign, attribute, binary, call, clone, const, load, subscript


class ListChanges(Stores):
    """Lowering of methods that change an active local list or dict."""

    def changes_list(self, node: gast.Call, frame: Frame) -> bool:
        """Lower a method that changes a local list or dict; False where it is none of those that are known."""
        if isinstance(node.func, gast.Attribute) and isinstance(node.func.value, (gast.Subscript, gast.Attribute)):
            return self._change_within(node, frame)
        if isinstance(node.func, gast.Attribute) and isinstance(node.func.value, gast.Call):
            return self._append_to_default(node, frame)
        if not isinstance(node.func, gast.Attribute) or not isinstance(node.func.value, gast.Name):
            return False
        variable = node.func.value.id
        if frame.holder(variable) is None:
            known = is_library(self.static(node.func.value, frame))
            if node.func.attr in CHANGING_METHODS and not known and not self.active(node.func.value, frame):
                self.refuse_if_read(variable, frame)
            return False
        if not self.active(node.func.value, frame):
            return False
        lower = {
            "append": self._append_one,
            "extend": self._extend_by,
            "insert": self._insert,
            "pop": self._pop,
            "reverse": self._reverse,
            "sort": self.sort,
            "remove": self.remove,
            "popitem": self._pop_item,
            "clear": self._clear,
            "update": self._update,
            "setdefault": self._set,
        }.get(node.func.attr)
        if lower is None:
            return False
        return lower(self.reference(variable, frame), node, frame)

    def _change_within(self, node: gast.Call, frame: Frame) -> bool:
        """`groups[key].append(v)` and `obj.items.pop()`: a list within a local list, dict or object."""
        root = path_root(node.func.value)
        if node.func.attr not in ("append", "extend", "pop") or node.keywords or root is None:
            return False
        if len(node.args) != (node.func.attr != "pop"):
            return False
        if frame.holder(root) is None or not self.active(node.func.value, frame):
            return False
        place = self.element(node.func.value, frame)
        if place is None:
            return False
        if node.func.attr == "pop":
            self.name(call(attribute(place, "pop")), "dropped")
            return True
        if node.func.attr == "extend":
            self.over(node.args[0], frame, lambda item: self._append(place, item))
            return True
        item = self.atom(node.args[0], frame)
        held = item if isinstance(item, (gast.Name, gast.Constant)) else self.name(item)
        self.emit(gast.Expr(value=call(attribute(place, "append"), held)))
        return True

    def _append_to_default(self, node: gast.Call, frame: Frame) -> bool:
        """`groups.setdefault(key, []).append(v)`."""
        inner = node.func.value
        method = isinstance(inner.func, gast.Attribute) and inner.func.attr == "setdefault"
        if (
            node.func.attr != "append"
            or len(node.args) != 1
            or not method
            or not isinstance(inner.func.value, gast.Name)
        ):
            return False
        if frame.holder(inner.func.value.id) is None or len(inner.args) != 2:
            return False
        place = self.set_default(inner, frame)
        item = self.atom(node.args[0], frame)
        held = item if isinstance(item, (gast.Name, gast.Constant)) else self.name(item)
        self.emit(gast.Expr(value=call(attribute(place, "append"), held)))
        return True

    def element(self, node: gast.AST, frame: Frame) -> gast.AST | None:
        """The path to an element that is changed by a method, so that every step on the way is an element too."""
        if isinstance(node, gast.Name):
            return self.reference(node.id, frame)
        if isinstance(node, gast.Attribute) and self.spelled(node, frame) is None:
            owner = self.element(node.value, frame)
            return None if owner is None else attribute(owner, node.attr)
        if not isinstance(node, gast.Subscript) or isinstance(node.slice, (gast.Slice, gast.Tuple)):
            return None
        base = self.element(node.value, frame)
        return None if base is None else subscript(base, self.index(node.slice, frame))

    def _append_one(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        if len(node.args) != 1 or node.keywords:
            return False
        self._append(base, self.atom(node.args[0], frame))
        return True

    def _extend_by(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        if len(node.args) != 1 or node.keywords:
            return False
        self.over(node.args[0], frame, lambda item: self._append(base, item))
        return True

    def _insert(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        """Append, move the elements behind the place up by one, store."""
        if len(node.args) != 2 or node.keywords:
            return False
        length = call("len", load(base.id))
        given = self.index(node.args[0], frame)
        from_end = gast.IfExp(
            test=gast.Compare(left=clone(given), ops=[gast.Lt()], comparators=[const(0)]),
            body=call("max", binary(clone(given), gast.Add(), clone(length)), const(0)),
            orelse=call("min", clone(given), clone(length)),
        )
        place = self.name(from_end, "place")
        self.integers.add(place.id)
        item = self.atom(node.args[1], frame)
        item = item if isinstance(item, (gast.Name, gast.Constant)) else self.name(item)
        self._append(base, clone(item))
        last = binary(length, gast.Sub(), const(1))
        step = gast.UnaryOp(op=gast.USub(), operand=const(1))
        self._moved(base, call("range", last, load(place.id), step), -1)
        self.emit(assign(subscript(load(base.id), load(place.id), gast.Store()), item))
        return True

    def _moved(self, base: gast.Name, places: gast.AST, offset: int) -> None:
        """The loop that gives each of `places` the element `offset` places further on."""
        counter = self.fresh("k")
        self.integers.add(counter)
        op = gast.Add() if offset > 0 else gast.Sub()
        with self.inside() as block:
            item = self.name(subscript(load(base.id), binary(load(counter), op, const(1))), "item")
            self.emit(assign(subscript(load(base.id), load(counter), gast.Store()), item))
        self.emit(counted(counter, places, block))

    def _pop(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        if node.keywords:
            return False
        self.name(self.popped(base, node, frame), "dropped")
        return True

    def popped(self, base: gast.Name, node: gast.Call, frame: Frame) -> gast.AST:
        """`v.pop()` and `v.pop(i)`: the element; those behind it move down by one."""
        last = call(attribute(load(base.id), "pop"))
        if not node.args:
            return last
        if self.kind(node.func.value, frame) != "list" or len(node.args) != 1:
            return self.removed(node, frame)
        given = self.index(node.args[0], frame)
        from_end = gast.IfExp(
            test=gast.Compare(left=clone(given), ops=[gast.Lt()], comparators=[const(0)]),
            body=binary(clone(given), gast.Add(), call("len", load(base.id))),
            orelse=clone(given),
        )
        place = given if isinstance(given, gast.Constant) else self.name(from_end, "place")
        if isinstance(place, gast.Name):
            self.integers.add(place.id)
        item = self.name(subscript(load(base.id), clone(place)), "item")
        end = binary(call("len", load(base.id)), gast.Sub(), const(1))
        self._moved(base, call("range", clone(place), end), 1)
        self.name(last, "dropped")
        return item

    def _pop_item(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        self.last_item(node, frame)
        return True

    def removed(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`d.pop(key)` and `d.pop(key, default)` of a dict."""
        raise NotImplementedError

    def remove(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        """`v.remove(e)`."""
        raise NotImplementedError

    def _reverse(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        """Swap the elements pairwise."""
        if node.args or self.kind(node.func.value, frame) != "list":
            return False
        counter = self.fresh("k")
        self.integers.add(counter)
        length = call("len", load(base.id))
        mirror = binary(binary(clone(length), gast.Sub(), const(1)), gast.Sub(), load(counter))
        with self.inside() as block:
            first = self.name(subscript(load(base.id), load(counter)), "first")
            last = self.name(subscript(load(base.id), clone(mirror)), "last")
            self.emit(assign(subscript(load(base.id), load(counter), gast.Store()), last))
            self.emit(assign(subscript(load(base.id), mirror, gast.Store()), first))
        self.counted_loop(counter, binary(length, gast.FloorDiv(), const(2)), block)
        return True

    def _clear(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        if node.args or self.kind(node.func.value, frame) != "list":
            return False
        count = self.name(call("len", load(base.id)), "count")
        with self.inside() as block:
            self.name(call(attribute(load(base.id), "pop")), "dropped")
        self.counted_loop(self.fresh("k"), count, block)
        return True

    def _update(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        """`d.update({...}, c=...)`: a store for each entry."""
        for argument in node.args:
            if isinstance(argument, gast.Dict) and None not in argument.keys:
                for key, value in zip(argument.keys, argument.values):
                    self.entry(base, self.index(key, frame), self.atom(value, frame))
                continue
            held = self.atom(argument, frame)
            held = held if isinstance(held, gast.Name) else self.name(held)
            self.entries_into(base, held)
        for keyword in node.keywords:
            self.entry(base, const(keyword.arg), self.atom(keyword.value, frame))
        return True

    def _set(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        return self.known(node, self.static(node.func, frame), frame) is not None
