"""Calls for their effect: known changes of arrays and lists, calls that only observe, and the rest, which is refused.

np.copyto(u, e)             u[...] = e
u.fill(e)                   u[...] = e
np.sin(x, out=u)       ->   u[...] = np.sin(x)
np.add.at(u, i, e)          add_at(u, i, e)
put_back(d, k, e)           put_back(d, k, e)   (an entry of a dict goes where e says so)
v.insert(0, e)              v.append(e); ...; v[0] = e
"""

from __future__ import annotations

import copy
import io
import types
from typing import Any

import gast
import numpy as np

from runtime.kernels import add_at, put_back, put_whole
from runtime.primitives import registry
from sourcead.errors import NoEmittedForm, NoRule, Refused
from sourcead.frontend.callees import (
    CHANGING_METHODS,
    OBSERVING_MODULES,
    is_library,
    is_user_function,
    is_writer,
    operation_of,
    out_of,
    path_root,
    roots,
    touched,
)
from sourcead.frontend.expressions import index_value, is_basic
from sourcead.frontend.names import MISSING, Frame
from sourcead.frontend.removals import Removals
from sourcead.frontend.sharing import has_one_name
from sourcead.frontend.stateful import changes_object, functions_of
from sourcead.frontend.syntax import (
    assign,
    attribute,
    call,
    const,
    load,
    subscript,
    walk,
)

OBSERVING_METHODS = {"tolist", "tofile", "dump", "tobytes", "keys", "values", "items", "get", "index", "count", "copy"}


class Effects(Removals):
    """Lowering of calls that stand as statements, and of `out=`."""

    def effect(self, node: gast.Expr, frame: Frame) -> None:
        """An expression that stands as a statement."""
        called = node.value
        if isinstance(called, gast.Yield) and self.receivers:
            self.received(called, frame)
            return
        if isinstance(called, gast.Await):
            raise self.refuse("`await`", "Compute in a plain function, and await around it.", NoEmittedForm)
        if not isinstance(called, gast.Call):
            if self.active(called, frame):
                # An operator of a class may do more than give a value.
                self.atom(called, frame)
            else:
                self.emit(gast.Expr(value=self.inert(called, frame)))
            return
        if self._starts_nothing(called, frame):
            return
        named = self._named_field(called, frame)
        if named is not None:
            self.bind(named, self.value(called.args[2], frame), frame)
            return
        called = self._named_first(self.spelled(called, frame) or called, frame)
        if any(self.active(a, frame) for a in [*called.args, *(k.value for k in called.keywords)]):
            called = self.told(called, frame)
        function = self.static(called.func, frame)
        if _observes(function) or self._logs(called, frame):
            self.emit(gast.Expr(value=self.inert(called, frame)))
            return
        given = [*called.args, *(k.value for k in called.keywords), called.func]
        active = any(self.active(n.value if isinstance(n, gast.Starred) else n, frame) for n in given)
        closure = self.closure(called.func, frame)
        if closure is not None or (is_user_function(function) and (active or self.changes_local(called, frame))):
            called = self.written_out(self.checked(called, frame) if self._is_spelled(called) else called, frame)
            self.call(called, frame) if closure else self.inline_function(function, called, frame)
        elif not self._changes_whole(called, function, frame) and not self.changes_list(called, frame):
            if not active and self.hidden_change(called, frame):
                self.call(called, frame)
                return
            if active and not self._only_looks(called, function):
                raise self._refused(called, function, frame)
            self.emit(gast.Expr(value=self.standing(called, frame)))

    def changes_unnamed(self, node: gast.AST, frame: Frame) -> bool:
        """Whether one node changes in place what is no variable and no path from one: `y.ravel()[0] = e`."""
        if isinstance(node, (gast.Subscript, gast.Attribute)) and not isinstance(node.ctx, gast.Load):
            return path_root(node) is None
        changed = self._changed_in(node, frame) if isinstance(node, gast.Call) else None
        return changed is not None and path_root(changed) is None

    def _named_first(self, node: gast.Call, frame: Frame) -> gast.Call:
        """`y.ravel().fill(0.0)` as `t = y.ravel(); t.fill(0.0)`: the analyses see what has a name."""
        changed = self._changed_in(node, frame)
        if changed is None or path_root(changed) is not None:
            return node
        if not any(frame.holder(name) is not None for name in roots(changed, lambda n: self.static(n, frame))):
            return node
        value, active = self.value(changed, frame), self.active(changed, frame)
        held = self.stand_in(value if isinstance(value, gast.Name) else self.name(value), frame, active)
        func = attribute(held, node.func.attr) if getattr(node.func, "value", None) is changed else node.func
        args = [held if a is changed else a for a in node.args]
        given = func is node.func and all(a is not held for a in args)
        keywords = [gast.keyword(k.arg, held if k.arg == "out" and given else k.value) for k in node.keywords]
        return gast.copy_location(gast.Call(func=func, args=args, keywords=keywords), node)

    def _named_field(self, node: gast.Call, frame: Frame) -> gast.Attribute | None:
        """The target of `setattr(obj, "name", value)`, where the name stands there."""
        if self.static(node.func, frame) is not setattr or len(node.args) != 3 or node.keywords:
            return None
        owner, name, _ = node.args
        known = isinstance(name, gast.Constant) and isinstance(name.value, str) and path_root(owner) is not None
        return gast.Attribute(value=owner, attr=name.value, ctx=gast.Store()) if known else None

    def _starts_nothing(self, node: gast.Call, frame: Frame) -> bool:
        """`super().__init__()` where no class above has one."""
        start = isinstance(node.func, gast.Attribute) and node.func.attr == "__init__"
        return start and not node.args and self.above(node.func, frame) is object

    def _is_spelled(self, node: gast.Call) -> bool:
        """Whether a call is that of a method, written as a call of the function of the class."""
        return any(isinstance(n, gast.Name) and n.id.startswith(".") for n in walk(node.func))

    def _logs(self, node: gast.Call, frame: Frame) -> bool:
        """Whether a call is a method of a logger that is looked up in place."""
        owner = node.func.value if isinstance(node.func, gast.Attribute) else None
        found = self.static(owner.func, frame) if isinstance(owner, gast.Call) else None
        return isinstance(found, types.FunctionType) and (found.__module__, found.__name__) == ("logging", "getLogger")

    def changes_local(self, node: gast.Call, frame: Frame) -> bool:
        """Whether a call may change an object that a local variable holds, in a way that is lowered."""
        node = self.spelled(node, frame) or node
        function = self.static(node.func, frame)
        if function is put_whole:
            return True
        target = out_of(node, lambda n: self.static(n, frame))
        if isinstance(target, gast.Name) and frame.holder(target.id) is not None:
            return True
        if self.hidden_change(node, frame) or self._changes_receiver(node, function, frame):
            return True
        return any(frame.holder(name) is not None for name in touched(node, lambda n: self.static(n, frame)))

    def _changes_receiver(self, node: gast.Call, function: Any, frame: Frame) -> bool:
        """Whether a function of an object's class changes the object, perhaps by another function of the class."""
        if not isinstance(function, types.FunctionType) or not node.args:
            return False
        name, owner = path_root(node.args[0]), self.known_class(node.args[0], frame)
        if name is None or frame.holder(name) is None or owner is None:
            return False
        own = any(function is each for _, each in functions_of(owner.kind))
        return own and changes_object(owner.kind, function)

    def hidden_change(self, node: gast.Call, frame: Frame) -> str | None:
        """The local variable that a call changes in a way that no core statement tells, while no argument is active.

        Core tells of `append`, of `pop` from the end, and of stores by index.
        """
        if self.static(node.func, frame) is MISSING:
            self.refuse_unknown_state(node, frame)
        target = self._changed_in(node, frame)
        if isinstance(target, (gast.Subscript, gast.Attribute)) and not self.active(target, frame):
            root = path_root(target)
            if root is not None and frame.holder(root) is not None:
                raise self.refuse(f"a part of `{root}` is changed in place here", "Store a new value: `d[key] = ...`.")
        if not isinstance(target, gast.Name) or frame.holder(target.id) is None:
            return None
        return None if self.active(target, frame) else target.id

    def _changed_in(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        """What a call changes in place, other than by `append`, or by `pop` from the end."""
        function = self.static(node.func, frame)
        target = out_of(node, lambda n: self.static(n, frame))
        known = isinstance(function, (types.ModuleType, types.FunctionType))
        if target is None and isinstance(node.func, gast.Attribute) and not known:
            method = node.func.attr
            told = method == "append" or (method == "pop" and not node.args)
            if method in CHANGING_METHODS and not told and not is_library(self.static(node.func.value, frame)):
                target = node.func.value
            if method == "shuffle" and node.args:
                target = node.args[0]
        return node.args[0] if target is None and is_writer(function) and node.args else target

    def change_copy(self, node: gast.Call, variable: str, frame: Frame) -> gast.AST:
        """Change a new copy, so that whoever read the old one still has it; gives what the call gives."""
        if not has_one_name(variable, frame, lambda n: self.static(n, frame)):
            raise self.refuse(
                f"`{variable}` is changed in place here, and may be known under another name",
                "Build a new list or array instead.",
            )
        if any(self.active(a, frame) for a in [*node.args, *(k.value for k in node.keywords)]):
            raise self.refuse(
                f"`{variable}` is given a value that carries a derivative, and was not known to be",
                "Give it the value in a statement of its own.",
                NoEmittedForm,
            )
        held = self.reference(variable, frame)
        self.emit(assign(held.id, call(self.namespace.bind("copy", copy.copy), load(held.id))))
        return self.name(self.renamed(self.passed_on(node, frame), frame), "changed")

    def _refused(self, node: gast.Call, function: Any, frame: Frame) -> Exception:
        base = path_root(node.func) if isinstance(node.func, gast.Attribute) else None
        base = None if base is None or is_library(self.static(load(base), frame)) else base
        name = node.func.attr if isinstance(node.func, gast.Attribute) else getattr(node.func, "id", "this function")
        if base is not None and name in CHANGING_METHODS:
            if frame.holder(base) is None:
                return self.refuse(
                    f"`{base}` belongs to the module or to a function around this one, and `.{name}(...)` would put an "
                    "active value into it",
                    "Return the value, or store a copy made by sourcead.stop_gradient.",
                    Refused,
                )
            return self.refuse(
                f"`.{name}(...)` changes an object that carries a derivative",
                "Give the list a name of its own and use append, or build a new list or array.",
            )
        if function is exec:
            return self.refuse(f"`{name}` of text", "Write the code out.", NoEmittedForm)
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
        elif function is add_at:
            return self._adds_at(node, np.add, frame)
        elif function is put_back:
            return self._puts_back(node, frame)
        else:
            return self.writes_out(node, frame) is not None
        return True

    def writes_out(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        """`f(x, out=u)`: store the result in `u`, and give `u`; None where nothing is written."""
        target = out_of(node, lambda n: self.static(n, frame))
        if target is None:
            return None
        function = operation_of(node, lambda n: self.static(n, frame))
        if registry.lookup(function) is None:
            if self.hidden_change(node, frame):
                return None
            name = getattr(function, "__name__", "this function")
            raise self.refuse(f"`out=` of `{name}`, which has no rule", "Assign the result instead.", NoRule)
        if not isinstance(target, gast.Name) or frame.holder(target.id) is None:
            raise self.refuse("`out=` names something that is not a local variable", "Assign the result instead.")
        keywords = [k for k in node.keywords if k.arg != "out"]
        inputs = node.args[: next((k for k, a in enumerate(node.args) if a is target), len(node.args))]
        if len(node.args) > len(inputs) + 1:
            raise self.refuse("arguments behind `out`, given by their places", "Name them.")
        chosen = next((k for k in keywords if k.arg == "where" and isinstance(function, np.ufunc)), None)
        keywords = [k for k in keywords if k is not chosen]
        plain = gast.copy_location(gast.Call(func=node.func, args=inputs, keywords=keywords), node)
        if chosen is not None:
            # What is not chosen keeps what it was.
            kept = [chosen.value, plain, load(target.id)]
            plain = gast.copy_location(gast.Call(func=self.known_name(np.where, frame), args=kept, keywords=[]), node)
        self._write(target, self.value(plain, frame), frame)
        return self.reference(target.id, frame)

    def _write(self, target: gast.AST, value: gast.AST, frame: Frame) -> None:
        """Store a core value in all of an array, or in the part that `target` is."""
        if isinstance(target, gast.Name):
            target = subscript(target, const(Ellipsis))
        elif not isinstance(target, gast.Subscript) or not is_basic(target.slice, self.integers):
            raise self.refuse("what is written here is not a variable", "Give the array a name first.")
        elif not any(isinstance(n, gast.Slice) for n in walk(target.slice)):
            # An entry of a list is an array of its own.
            target = subscript(target, const(Ellipsis))
        self.bind(target, value, frame)

    def _adds_at(self, node: gast.Call, ufunc: np.ufunc, frame: Frame) -> bool:
        """`np.add.at(u, index, e)`: repeated indices add up."""
        signs = {np.add: False, np.subtract: True}
        if ufunc not in signs or len(node.args) != 3 or node.keywords:
            return False
        base = node.args[0]
        root = path_root(base)
        if root is None or frame.holder(root) is None or not isinstance(base, (gast.Name, gast.Subscript)):
            return False
        index = self.index(node.args[1], frame)
        value = self.as_array(self.atom(node.args[2], frame), node.args[2], frame)
        if signs[ufunc]:
            value = self.name(gast.UnaryOp(op=gast.USub(), operand=value))
        elif not isinstance(value, (gast.Name, gast.Constant)):
            value = self.name(value)
        kernel = self.namespace.bind("add_at", add_at)
        self.emit(gast.Expr(value=call(kernel, self.renamed(base, frame), index_value(index), value)))
        return True

    def _puts_back(self, node: gast.Call, frame: Frame) -> bool:
        """What an emitted reverse sweep does to undo a store: a store, or the removal of an entry."""
        base = node.args[0]
        root = path_root(base)
        if root is None or frame.holder(root) is None:
            return False
        index = self.index(node.args[1], frame)
        value = self.value(node.args[2], frame)
        held = value if isinstance(value, (gast.Name, gast.Constant)) else self.name(value)
        kernel = self.namespace.bind("put_back", put_back)
        self.emit(gast.Expr(value=call(kernel, self.renamed(base, frame), index_value(index), held)))
        return True


def _observes(function: Any) -> bool:
    """Whether a function is known to leave what it is given as it is: it prints, logs, warns, asserts or waits."""
    owner = getattr(function, "__self__", None)
    logger = any(kind.__module__ == "logging" and kind.__name__ == "Logger" for kind in type(owner).__mro__)
    if logger or isinstance(owner, io.IOBase):
        return True
    name = getattr(function, "__name__", "")
    module = getattr(function, "__module__", None) or ""
    if registry.is_inactive(function):
        return True
    if module.startswith("numpy.testing") and name.startswith("assert"):
        return True
    return callable(function) and module.split(".")[0] in OBSERVING_MODULES
