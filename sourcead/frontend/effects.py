"""Calls for their effect: known changes of arrays and lists, calls that only observe, and the rest, which is refused.

np.copyto(u, e)             u[...] = e
u.fill(e)                   u[...] = e
np.sin(x, out=u)       ->   u[...] = np.sin(x)
np.add.at(u, i, e)          add_at(u, i, e)
v.insert(0, e)              v.append(e); ...; v[0] = e
"""

from __future__ import annotations

import io
import logging
from typing import Any

import gast
import numpy as np

from runtime.kernels import add_at
from runtime.primitives import registry
from sourcead.frontend.callees import CHANGING_METHODS, changes_arguments, is_user_function, path_root
from sourcead.frontend.expressions import is_basic
from sourcead.frontend.names import Frame
from sourcead.frontend.stores import Stores
from sourcead.frontend.syntax import assign, attribute, binary, call, clone, const, load, store, subscript

OBSERVING_MODULES = {
    "_warnings", "gc", "logging", "loguru", "matplotlib", "pprint", "rich", "time", "tqdm", "traceback", "unittest",
    "warnings",
}  # fmt: skip
OBSERVING_METHODS = {"tolist", "tofile", "dump", "tobytes", "keys", "values", "items", "get", "index", "count", "copy"}


class Effects(Stores):
    """Lowering of calls that stand as statements, and of `out=`."""

    def effect(self, node: gast.Expr, frame: Frame) -> None:
        """An expression that stands as a statement."""
        called = node.value
        if isinstance(called, (gast.Yield, gast.YieldFrom, gast.Await)):
            raise self.refuse(
                "a generator or coroutine has no emitted form", "Collect the values in a list and return it."
            )
        if not isinstance(called, gast.Call):
            active = self.active(called, frame)
            self.emit(gast.Expr(value=self.inert(called, frame))) if not active else self.value(called, frame)
            return
        function = self.static(called.func, frame)
        if _observes(function):
            self.emit(gast.Expr(value=self.inert(called, frame)))
            return
        given = [*called.args, *(k.value for k in called.keywords), called.func]
        active = any(self.active(n.value if isinstance(n, gast.Starred) else n, frame) for n in given)
        closure = self.closure(called.func, frame)
        if closure is not None or (is_user_function(function) and (active or self.changes_local(called, frame))):
            called = self.written_out(called, frame)
            self.call(called, frame) if closure else self.inline_function(function, called, frame)
        elif not self._changes_whole(called, function, frame) and not self._changes_list(called, frame):
            if active and not self._only_looks(called, function):
                raise self._refused(called, function, frame)
            self.emit(gast.Expr(value=self.inert(called, frame)))

    def changes_local(self, node: gast.Call, frame: Frame) -> bool:
        """Whether a call may change an object that a local variable holds, in a way that is lowered."""
        function = self.static(node.func, frame)
        target = next((k.value for k in node.keywords if k.arg == "out"), None)
        if isinstance(target, gast.Name) and frame.holder(target.id) is not None:
            return registry.lookup(function) is not None
        roots = {path_root(a.value if isinstance(a, gast.Starred) else a) for a in node.args}
        roots |= {path_root(k.value) for k in node.keywords}
        local = any(r is not None and frame.holder(r) is not None for r in roots)
        return local and is_user_function(function) and changes_arguments(function)

    def _refused(self, node: gast.Call, function: Any, frame: Frame) -> Exception:
        base = path_root(node.func) if isinstance(node.func, gast.Attribute) else None
        name = node.func.attr if isinstance(node.func, gast.Attribute) else getattr(node.func, "id", "this function")
        if base is not None and name in CHANGING_METHODS:
            if frame.holder(base) is None:
                return self.refuse(
                    f"`{base}` belongs to the module or to a function around this one, and `.{name}(...)` would put an "
                    "active value into it",
                    "Return the value, or store a copy made by sourcead.stop_gradient.",
                )
            return self.refuse(
                f"`.{name}(...)` changes an object that carries a derivative",
                "Give the list a name of its own and use append, or build a new list or array.",
            )
        return self.refuse(
            f"`{name}` is called for its effect with active values, and what it changes is not known",
            "Let it return the new value, or pass it `sourcead.stop_gradient(...)` of what it only looks at.",
        )

    def _only_looks(self, node: gast.Call, function: Any) -> bool:
        """Whether a call is known to change nothing."""
        if registry.is_inactive(function) or registry.lookup(function) is not None:
            return True
        if isinstance(node.func, gast.Attribute) and not callable(function):
            return node.func.attr in OBSERVING_METHODS or registry.lookup_method(node.func.attr) is not None
        return False

    # Arrays

    def _changes_whole(self, node: gast.Call, function: Any, frame: Frame) -> bool:
        """Lower a call that writes an array; False where it is none of those that are known."""
        if function is np.copyto and len(node.args) == 2 and not node.keywords:
            self._write(node.args[0], self.value(node.args[1], frame), frame)
        elif isinstance(node.func, gast.Attribute) and node.func.attr == "fill" and len(node.args) == 1:
            if not isinstance(node.func.value, gast.Name) or frame.holder(node.func.value.id) is None:
                return False
            self._write(node.func.value, self.value(node.args[0], frame), frame)
        elif isinstance(getattr(function, "__self__", None), np.ufunc) and function.__name__ == "at":
            return self._adds_at(node, function.__self__, frame)
        else:
            return self.writes_out(node, function, frame) is not None
        return True

    def writes_out(self, node: gast.Call, function: Any, frame: Frame) -> gast.AST | None:
        """`f(x, out=u)`: store the result in `u`, and give `u`; None where nothing is written."""
        target = next((k.value for k in node.keywords if k.arg == "out"), None)
        inputs = list(node.args)
        if target is None and isinstance(function, np.ufunc) and len(node.args) > function.nin:
            target, inputs = node.args[function.nin], node.args[: function.nin]
        if isinstance(target, gast.Tuple) and len(target.elts) == 1:
            target = target.elts[0]
        if target is None or isinstance(target, gast.Constant) or registry.lookup(function) is None:
            return None
        if not isinstance(target, gast.Name) or frame.holder(target.id) is None:
            raise self.refuse("`out=` names something that is not a local variable", "Assign the result instead.")
        if any(k.arg == "where" for k in node.keywords):
            raise self.refuse("`out=` together with `where=`", "Use np.where, or store by index: `u[mask] = ...`.")
        keywords = [k for k in node.keywords if k.arg != "out"]
        plain = gast.copy_location(gast.Call(func=node.func, args=inputs, keywords=keywords), node)
        self._write(target, self.value(plain, frame), frame)
        return self.reference(target.id, frame)

    def _write(self, target: gast.AST, value: gast.AST, frame: Frame) -> None:
        """Store a core value in all of an array, or in the part that `target` is."""
        if isinstance(target, gast.Name):
            target = subscript(target, const(Ellipsis))
        elif not isinstance(target, gast.Subscript) or not is_basic(target.slice, self.integers):
            raise self.refuse("what is written here is not a variable", "Give the array a name first.")
        self.bind(target, value, frame)

    def _adds_at(self, node: gast.Call, ufunc: np.ufunc, frame: Frame) -> bool:
        """`np.add.at(u, index, e)`: repeated indices add up."""
        signs = {np.add: False, np.subtract: True}
        if ufunc not in signs or len(node.args) != 3 or node.keywords:
            return False
        base = node.args[0]
        if not isinstance(base, gast.Name) or frame.holder(base.id) is None:
            return False
        index = self.index(node.args[1], frame)
        value = self.atom(node.args[2], frame)
        if signs[ufunc]:
            value = self.name(gast.UnaryOp(op=gast.USub(), operand=value))
        elif not isinstance(value, (gast.Name, gast.Constant)):
            value = self.name(value)
        kernel = self.namespace.bind("add_at", add_at)
        self.emit(gast.Expr(value=call(kernel, self.reference(base.id, frame), index, value)))
        return True

    # Lists and dicts

    def _changes_list(self, node: gast.Call, frame: Frame) -> bool:
        """Lower a method that changes a local list or dict; False where it is none of those that are known."""
        if not isinstance(node.func, gast.Attribute) or not isinstance(node.func.value, gast.Name):
            return False
        variable = node.func.value.id
        if frame.holder(variable) is None:
            if node.func.attr in CHANGING_METHODS and not self.active(node.func.value, frame):
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
            "clear": self._clear,
            "update": self._update,
            "setdefault": self._set,
        }.get(node.func.attr)
        if lower is None:
            return False
        return lower(self.reference(variable, frame), node, frame)

    def _append_one(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        if len(node.args) != 1 or node.keywords:
            return False
        self._append(base, self.atom(node.args[0], frame))
        return True

    def _extend_by(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        if len(node.args) != 1 or node.keywords:
            return False
        self._over(node.args[0], frame, lambda item: self._append(base, item))
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
        self.emit_loop(counter, places, block)

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
            raise self.refuse(
                f"`.pop(...)` with a place or key changes `{path_root(node.func)}`, which carries a derivative",
                "Build a new list or dict without the element.",
            )
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
        self.emit_loop(counter, call("range", binary(length, gast.FloorDiv(), const(2))), block)
        return True

    def _clear(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        if node.args or self.kind(node.func.value, frame) != "list":
            return False
        with self.inside() as block:
            self.name(call(attribute(load(base.id), "pop")), "dropped")
        self.emit_loop(self.fresh("k"), call("range", call("len", load(base.id))), block)
        return True

    def _update(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        """`d.update({...}, c=...)`: a store for each entry."""
        for argument in node.args:
            if isinstance(argument, gast.Dict) and None not in argument.keys:
                for key, value in zip(argument.keys, argument.values):
                    self._entry(base, self.index(key, frame), self.atom(value, frame))
                continue
            held = self.atom(argument, frame)
            held = held if isinstance(held, gast.Name) else self.name(held)
            keys = self.name(call("list", load(held.id)), "keys")
            counter = self.fresh("k")
            self.integers.add(counter)
            with self.inside() as block:
                key = self.name(subscript(load(keys.id), load(counter)), "key")
                self._entry(base, key, self.name(subscript(load(held.id), clone(key)), "item"))
            self.emit_loop(counter, call("range", call("len", load(keys.id))), block)
        for keyword in node.keywords:
            self._entry(base, const(keyword.arg), self.atom(keyword.value, frame))
        return True

    def _entry(self, base: gast.Name, key: gast.AST, value: gast.AST) -> None:
        held = value if isinstance(value, (gast.Name, gast.Constant)) else self.name(value)
        self.emit(assign(subscript(load(base.id), key, gast.Store()), held))

    def _set(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        return self.known(node, self.static(node.func, frame), frame) is not None

    def emit_loop(self, counter: str, places: gast.AST, block: list[gast.AST]) -> None:
        """Emit a counted loop."""
        self.emit(gast.For(target=store(counter), iter=places, body=block, orelse=[], type_comment=None))


def _observes(function: Any) -> bool:
    """Whether a function is known to leave what it is given as it is: it prints, logs, warns, asserts or waits."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, (logging.Logger, io.IOBase)):
        return True
    name = getattr(function, "__name__", "")
    module = getattr(function, "__module__", None) or ""
    if registry.is_inactive(function):
        return True
    if module.startswith("numpy.testing") and name.startswith("assert"):
        return True
    return callable(function) and module.split(".")[0] in OBSERVING_MODULES
