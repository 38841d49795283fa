"""Calls of functions whose meaning is known: `max`, `sum`, `list`, `map`, `reduce`, `dict`, `divmod`, `dict.get`."""

from __future__ import annotations

import builtins
import functools
import operator
import types
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from sourcead.frontend.mappings import Mappings
from sourcead.frontend.names import MISSING, Frame
from sourcead.frontend.syntax import assign, attribute, binary, call, clone, const, load, pack, subscript

# Functions that say what an operator says.
OPERATORS: dict[Any, type] = {
    operator.add: gast.Add,
    operator.sub: gast.Sub,
    operator.mul: gast.Mult,
    operator.truediv: gast.Div,
    operator.floordiv: gast.FloorDiv,
    operator.mod: gast.Mod,
    operator.pow: gast.Pow,
    operator.matmul: gast.MatMult,
}


class KnownCalls(Mappings):
    """Lowering of calls of known functions into loops, branches and operators."""

    def known(self, node: gast.Call, function: Any, frame: Frame) -> gast.AST | None:
        """The core value of a call whose meaning is known, or None."""
        if function is MISSING and isinstance(node.func, gast.Attribute):
            if node.func.attr == "get" and len(node.args) in (1, 2) and not node.keywords:
                return self.read_or(node, frame)
            if node.func.attr == "setdefault" and len(node.args) == 2 and self._is_local(node.func.value, frame):
                return self.set_default(node, frame)
            if node.func.attr == "popitem" and not node.args and self._is_local(node.func.value, frame):
                return self.last_item(node, frame)
        special = self._special(function)
        if special is not None:
            return special(node, frame)
        meant = OPERATORS.get(function) if isinstance(function, types.BuiltinFunctionType) else None
        if meant is not None and len(node.args) == 2 and not node.keywords:
            return self.value(gast.copy_location(binary(node.args[0], meant(), node.args[1]), node), frame)
        return None

    def as_array(self, value: gast.AST, node: gast.AST, frame: Frame) -> gast.AST:
        """What stands for an array, of which NumPy would make one: `np.mean([a, b], axis=0)`."""
        if not self.active(node, frame) or self.kind(node, frame) is None:
            return value
        return self.name(call(attribute(load(self.namespace.bind("np", np)), "array"), value))

    def last_item(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`d.popitem()`."""
        raise NotImplementedError

    def _is_local(self, node: gast.AST, frame: Frame) -> bool:
        return isinstance(node, gast.Name) and frame.holder(node.id) is not None

    def _special(self, function: Any) -> Callable[[gast.Call, Frame], gast.AST | None] | None:
        table = {
            builtins.max: self.extreme,
            builtins.min: self.extreme,
            builtins.sum: self._sum,
            builtins.list: self._collect,
            builtins.tuple: self._collect,
            builtins.dict: self.made_dict,
            builtins.sorted: self.sorted,
            builtins.divmod: self._divmod,
            functools.reduce: self._reduce,
            builtins.getattr: self._field_by_name,
        }
        try:
            return table.get(function)
        except TypeError:
            return None

    def _sum(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`sum` over anything: a loop; a sum of lists joins them."""
        start = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords), const(0))
        if self.kind(start, frame) is not None:
            return self._joined_lists(node.args[0], start, frame)
        total = self.fresh("total")
        self.emit(assign(total, self.value(start, frame)))

        def add(item: gast.AST) -> None:
            self.emit(assign(total, binary(load(total), gast.Add(), item)))

        self.over(node.args[0], frame, add)
        return load(total)

    def _joined_lists(self, items: gast.AST, start: gast.AST, frame: Frame) -> gast.AST:
        made = self.collected(start, frame)

        def join(item: gast.AST) -> None:
            self.each(self.stand_in(item, frame, True), frame, lambda inner: self._append(made, inner))

        self.over(items, frame, join)
        return made if self.kind(start, frame) == "list" else call("tuple", made)

    def _reduce(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`functools.reduce(f, items, start)`: a loop, from the first element where there is no start."""
        if len(node.args) not in (2, 3) or node.keywords:
            raise self.no_form(node, frame)
        total, so_far, element = self.fresh("total"), ".total", ".item"
        items = node.args[1]
        if len(node.args) == 3:
            self.emit(assign(total, self.value(node.args[2], frame)))
        else:
            held = self.collected(items, frame)
            self.emit(assign(total, subscript(load(held.id), const(0))))
            rest = gast.Slice(lower=const(1), upper=None, step=None)
            items = self.stand_in(self.name(subscript(load(held.id), rest), "rest"), frame, True)
        inner = Frame(frame.source, frame, {so_far, element}, {so_far, element})

        def step(item: gast.AST) -> None:
            inner.aliases.update({so_far: load(total), element: item})
            value = self.value(call(node.args[0], load(so_far), load(element)), inner)
            self.emit(assign(total, value))

        self.over(items, frame, step)
        return load(total)

    def _collect(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        """`list(...)` and `tuple(...)`: a list built step by step."""
        if len(node.args) != 1 or node.keywords:
            return None
        items = self.collected(node.args[0], frame)
        return items if self.static(node.func, frame) is list else call("tuple", items)

    def _field_by_name(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        """`getattr(obj, "name")`, where the name stands there."""
        name = node.args[1].value if len(node.args) == 2 and isinstance(node.args[1], gast.Constant) else None
        if not isinstance(name, str):
            return None
        return self.value(gast.copy_location(attribute(node.args[0], name), node), frame)

    def _divmod(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        """`divmod(a, b)`: quotient and remainder."""
        if len(node.args) != 2:
            return None
        a, b = self.atoms(node.args, frame)
        quotient = self.name(binary(a, gast.FloorDiv(), b), "quotient")
        return pack([quotient, self.name(binary(clone(a), gast.Mod(), clone(b)), "remainder")])
