"""Of which class an object is, before anything runs: what its methods, properties and operators are hangs on it.

A class is `sure` where the text shows that the object is made of it. What an annotation, the `__init__` of a class or
an object that exists today tells is only likely: the emitted program checks it with `require_class`.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from typing import Any

import gast

from sourcead.frontend.annotations import (
    agreed,
    annotated,
    annotated_field,
    annotations_of,
    first_parameter,
    is_known_class,
    is_list,
    left_is_asked,
    likely,
    member,
)
from sourcead.frontend.builder import Builder
from sourcead.frontend.callees import is_user_function
from sourcead.frontend.displays import display_kind
from sourcead.frontend.names import ANY, MISSING, Frame, Known, own_names
from sourcead.frontend.source import find
from sourcead.frontend.syntax import COMPREHENSIONS, all_parameters, names_written, values_of_field, walk, walk_own

OPERATORS: dict[type, str] = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.FloorDiv: "floordiv",
    gast.Mod: "mod", gast.Pow: "pow", gast.MatMult: "matmul", gast.Eq: "eq", gast.NotEq: "ne", gast.Lt: "lt",
    gast.LtE: "le", gast.Gt: "gt", gast.GtE: "ge", gast.USub: "neg", gast.UAdd: "pos", gast.Invert: "invert",
}  # fmt: skip
MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
LISTS = (list, tuple, sorted, reversed)


class Classes(Builder):
    """What is known of the classes of expressions."""

    def known_class(self, node: gast.AST, frame: Frame) -> Known | None:
        """The class of the value of an expression, or None where nothing is known."""
        found = self._class(node, frame)
        return None if found is ANY else found

    def element_class(self, node: gast.AST, frame: Frame) -> Known | None:
        """The class of all elements of a list or tuple, or None where nothing is known."""
        found = self._element(node, frame)
        return None if found is ANY else found

    def _class(self, node: gast.AST, frame: Frame) -> Known | None:
        if isinstance(node, gast.Name):
            return self._of_name(node.id, frame)
        if isinstance(node, gast.Call):
            return self._of_call(node, frame)
        if isinstance(node, gast.Attribute):
            return self._of_attribute(node, frame)
        if isinstance(node, gast.Subscript):
            owner = self._class(node.value, frame)
            if owner is not None:
                return ANY if owner is ANY else self._of_method(owner.kind, "__getitem__", [node.value], frame)
            return None if isinstance(node.slice, gast.Slice) else self._element(node.value, frame)
        if isinstance(node, gast.BinOp) and type(node.op) in OPERATORS:
            return self._of_operator(OPERATORS[type(node.op)], node.left, node.right, frame)
        if isinstance(node, gast.UnaryOp) and type(node.op) in OPERATORS:
            owner = self._class(node.operand, frame)
            if owner is None or owner is ANY:
                return owner
            return self._of_method(owner.kind, f"__{OPERATORS[type(node.op)]}__", [node.operand], frame)
        if isinstance(node, gast.IfExp):
            return agreed(self._class(node.body, frame), self._class(node.orelse, frame))
        return self._class(node.value, frame) if isinstance(node, gast.NamedExpr) else None

    # Names

    def _of_name(self, name: str, frame: Frame) -> Known | None:
        holder = frame.holder(name)
        if holder is not None and name.startswith("."):
            return holder.classes.get(name)
        if holder is None:
            return _of_object(self.existing(gast.Name(name, gast.Load(), None, None), frame))
        if name not in holder.classes:
            holder.classes[name] = ANY
            first = self._of_definitions(name, holder, self._class)
            holder.classes[name] = first
            if first is not None and self._of_definitions(name, holder, self._class) != first:
                holder.classes[name] = None
        return holder.classes[name]

    def _of_definitions(self, name: str, frame: Frame, of: Callable[[gast.AST, Frame], Known | None]) -> Known | None:
        """What all definitions of a variable say together."""
        elements = of == self._element
        if name in frame.parameters and frame.given is not None:
            found = frame.given.get(f"{name}[]" if elements else name)
            # The source of a function defined inside tells of the one around it.
            found = found or (None if frame.parent is not None else annotated(frame.source, name, elements))
        else:
            found = ANY
        for node in frame.makers(name):
            found = agreed(found, self._defined_by(node, name, frame, of))
        asked = frame.given is not None and frame.given.get(name) is ANY
        return None if found is ANY and not elements and not asked else found

    def _defined_by(
        self, node: gast.AST, name: str, frame: Frame, of: Callable[[gast.AST, Frame], Known | None]
    ) -> Known | None:
        if isinstance(node, gast.Assign):
            made = [self._unpacked(t, node.value, name, frame, of) for t in node.targets]
        elif isinstance(node, gast.AnnAssign) and node.value is not None:
            made = [self._unpacked(node.target, node.value, name, frame, of)]
        elif isinstance(node, gast.AugAssign) and _is_name(node.target, name):
            read = gast.Name(name, gast.Load(), None, None)
            made = [of(gast.BinOp(read, node.op, node.value), frame)]
        elif isinstance(node, gast.NamedExpr) and node.target.id == name:
            made = [of(node.value, frame)]
        elif isinstance(node, gast.For):
            looped = self._looped(node.target, node.iter, frame)
            made = [looped[name] if of == self._class else None] if name in looped else [ANY]
        elif isinstance(node, (gast.withitem, gast.ExceptHandler, gast.MatchAs, gast.MatchStar, gast.alias)):
            bound = {n.id for n in walk(node) if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)}
            made = (
                [None] if name in bound or name in (getattr(node, "name", None), getattr(node, "asname", None)) else []
            )
        elif of == self._element and _is_append(node, name):
            made = [self._class(node.args[0], frame)]
        else:
            return ANY
        found: Known | None = ANY
        for one in made:
            found = agreed(found, one)
        return found

    def _unpacked(
        self, target: gast.AST, value: gast.AST, name: str, frame: Frame, of: Callable[[gast.AST, Frame], Known | None]
    ) -> Known | None:
        if isinstance(target, gast.Name):
            return of(value, frame) if target.id == name else ANY
        if not isinstance(target, (gast.Tuple, gast.List)):
            return ANY
        if isinstance(value, (gast.Tuple, gast.List)) and len(value.elts) == len(target.elts):
            if not any(isinstance(e, gast.Starred) for e in [*target.elts, *value.elts]):
                found: Known | None = ANY
                for t, v in zip(target.elts, value.elts):
                    found = agreed(found, self._unpacked(t, v, name, frame, of))
                return found
        if any(_is_name(e, name) for e in target.elts):
            return self._element(value, frame) if of == self._class else None
        inside = any(isinstance(n, gast.Name) and n.id == name for n in walk(target))
        return None if inside and not isinstance(target, gast.Name) else ANY

    def _looped(self, target: gast.AST, iterable: gast.AST, frame: Frame) -> dict[str, Known | None]:
        """The classes of a loop's variables."""
        if isinstance(target, gast.Name):
            return {target.id: self._element(iterable, frame)}
        if not isinstance(target, (gast.Tuple, gast.List)):
            return {}
        parts: list[gast.AST | None] = [None] * len(target.elts)
        if isinstance(iterable, gast.Call) and len(target.elts) == 2:
            function = self.static(iterable.func, frame)
            if function is enumerate and iterable.args:
                parts = [None, iterable.args[0]]
        if isinstance(iterable, gast.Call) and self.static(iterable.func, frame) is zip:
            parts = list(iterable.args) if len(iterable.args) == len(target.elts) else parts
        found: dict[str, Known | None] = {}
        for inner, part in zip(target.elts, parts):
            if part is not None:
                found |= self._looped(inner, part, frame)
            else:
                found |= {n.id: None for n in walk(inner) if isinstance(n, gast.Name)}
        return found

    # Elements

    def _element(self, node: gast.AST, frame: Frame) -> Known | None:
        if isinstance(node, (gast.List, gast.Tuple)):
            found: Known | None = ANY
            for e in node.elts:
                inner = self._element(e.value, frame) if isinstance(e, gast.Starred) else self._class(e, frame)
                found = agreed(found, inner)
            return found
        if isinstance(node, COMPREHENSIONS) and not isinstance(node, gast.DictComp):
            return self._class(node.elt, self.within(node, frame))
        if isinstance(node, gast.BinOp) and isinstance(node.op, gast.Add):
            return agreed(self._element(node.left, frame), self._element(node.right, frame))
        if isinstance(node, gast.Subscript) and isinstance(node.slice, gast.Slice):
            return self._element(node.value, frame)
        if isinstance(node, gast.Call) and node.args and self.static(node.func, frame) in LISTS:
            return self._element(node.args[0], frame)
        existing = self.existing(node, frame)
        if isinstance(existing, (list, tuple)) and existing:
            kinds = {type(e) for e in existing}
            return likely(next(iter(kinds))) if len(kinds) == 1 else None
        owner = self._class(node, frame)
        if owner is ANY or owner is not None and not issubclass(owner.kind, tuple):
            return owner if owner is ANY else self._gone_through(owner.kind)
        if isinstance(node, gast.Name):
            holder = frame.holder(node.id)
            return self._of_elements(node.id, holder) if holder is not None else None
        if isinstance(node, gast.Attribute):
            owner = self._class(node.value, frame)
            return None if owner is None or owner is ANY else self._field(owner.kind, node.attr, self._element)
        return None

    def _gone_through(self, kind: type) -> Known | None:
        """The class of what looping over an object of a class gives."""
        function = member(kind, "__iter__")
        if not is_user_function(function):
            return None
        inner = self._frame(function, {first_parameter(function): Known(kind, True)})
        last = next((s.value for s in inner.body if isinstance(s, gast.Return)), None)
        through = last.args[0] if isinstance(last, gast.Call) and len(last.args) == 1 else None
        return None if through is None else self._element(through, inner)

    def annotated_list(self, node: gast.AST, frame: Frame) -> type | None:
        """`list` for a parameter that is annotated as a list of objects and given no other value."""
        holder = frame.holder(node.id) if isinstance(node, gast.Name) else None
        if holder is None or node.id in names_written(holder.body) or self.element_class(node, frame) is None:
            return None
        return list if is_list(annotations_of(holder.source.function).get(node.id)) else None

    def _of_elements(self, name: str, frame: Frame) -> Known | None:
        key = f"{name}[]"
        if key not in frame.classes:
            frame.classes[key] = ANY
            frame.classes[key] = self._of_definitions(name, frame, self._element)
        return frame.classes[key]

    def within(self, node: gast.AST, frame: Frame) -> Frame:
        """A frame for the variables of a comprehension, their classes known as far as possible."""
        targets = {n.id for g in node.generators for n in walk(g.target) if isinstance(n, gast.Name)}
        inner = Frame(frame.source, frame, targets)
        for generator in node.generators:
            inner.classes |= self._looped(generator.target, generator.iter, inner)
        return inner

    # Attributes and calls

    def existing(self, node: gast.AST, frame: Frame) -> Any:
        """The object that an expression gives as things are now, for objects that are there before the call."""
        if isinstance(node, gast.Name):
            return (
                self.static(node, frame) if frame.holder(node.id) is None or node.id in frame.source.bound else MISSING
            )
        if isinstance(node, gast.Attribute):
            base = self.existing(node.value, frame)
            if base is MISSING or isinstance(base, (type, types.ModuleType)):
                return self.static(node, frame)
            return getattr(base, "__dict__", {}).get(node.attr, MISSING)
        if isinstance(node, gast.Subscript) and isinstance(node.slice, gast.Constant):
            base = self.existing(node.value, frame)
            if isinstance(base, (list, tuple)) and isinstance(node.slice.value, int):
                return base[node.slice.value] if -len(base) <= node.slice.value < len(base) else MISSING
            return base.get(node.slice.value, MISSING) if isinstance(base, dict) else MISSING
        return MISSING

    def _of_attribute(self, node: gast.Attribute, frame: Frame) -> Known | None:
        existing = self.existing(node, frame)
        if existing is not MISSING:
            return _of_object(existing)
        owner = self._class(node.value, frame)
        if owner is None or owner is ANY:
            return owner
        found = member(owner.kind, node.attr)
        if isinstance(found, property) and found.fget is not None:
            return self.returned(found.fget, [node.value], frame)
        return self._field(owner.kind, node.attr, self._class)

    def _field(self, kind: type, name: str, of: Callable[[gast.AST, Frame], Known | None]) -> Known | None:
        """What the methods that make an object say of one of its fields; nothing where it is made from itself."""
        asked = (kind, name, of)
        found: Known | None = None if asked in self.asking else ANY
        self.asking.append(asked)
        try:
            for maker in ("__init__", "__post_init__") if found is ANY else ():
                function = member(kind, maker)
                if isinstance(function, types.FunctionType) and is_user_function(function):
                    frame = self._frame(function, {first_parameter(function): Known(kind, True)})
                    for value in values_of_field(frame.body, name):
                        found = agreed(found, of(value, frame))
        finally:
            self.asking.pop()
        if found is ANY or found is None:
            found = annotated_field(kind, name, of == self._element)
        return found and Known(found.kind, False)

    def field_kind(self, node: gast.AST, frame: Frame) -> str | None:
        """ "list" or "tuple" where an expression is a field that its class makes one, else None."""
        owner = self.known_class(node.value, frame) if isinstance(node, gast.Attribute) else None
        if owner is None:
            return None
        start = member(owner.kind, "__init__")
        if not isinstance(start, types.FunctionType) or not is_user_function(start):
            return None
        inner = self._frame(start, {})
        kinds = {display_kind(v, inner, self.static) for v in values_of_field(inner.body, node.attr)}
        return next(iter(kinds)) if len(kinds) == 1 else None

    def _of_call(self, node: gast.Call, frame: Frame) -> Known | None:
        function = self.static(node.func, frame)
        if is_known_class(function):
            return Known(function, True)
        if function is dataclasses.replace and node.args:
            return self._class(node.args[0], frame)
        if isinstance(node.func, gast.Attribute) and node.func.attr == "_replace":
            return self._class(node.func.value, frame)
        if isinstance(node.func, gast.Attribute) and function is object.__new__ and node.args:
            kind = self.static(node.args[0], frame)
            return Known(kind, True) if is_known_class(kind) else None
        if isinstance(node.func, gast.Attribute) and isinstance(
            function, (types.BuiltinFunctionType, types.MethodType)
        ):
            owner = self.static(node.func.value, frame)
            if node.func.attr == "__new__" and is_known_class(owner):
                return Known(owner, True)
        if isinstance(function, (types.FunctionType, types.MethodType)) and is_user_function(function):
            return self.returned(function, list(node.args), frame)
        if isinstance(node.func, gast.Name) and self.closure(node.func, frame) is not None:
            return None
        if isinstance(node.func, gast.Attribute):
            owner = self._class(node.func.value, frame)
            if owner is None or owner is ANY:
                return owner
            found = member(owner.kind, node.func.attr)
            if isinstance(found, types.FunctionType):
                return self.returned(found, [node.func.value, *node.args], frame)
            bound = getattr(owner.kind, node.func.attr, None)
            return self.returned(bound, list(node.args), frame) if is_user_function(bound) else None
        owner = self._class(node.func, frame)
        if owner is None or owner is ANY:
            return owner
        return self._of_method(owner.kind, "__call__", [node.func, *node.args], frame)

    def _of_method(self, kind: type, name: str, args: list[gast.AST], frame: Frame) -> Known | None:
        found = member(kind, name)
        return self.returned(found, args, frame) if isinstance(found, types.FunctionType) else None

    def _of_operator(self, name: str, left: gast.AST, right: gast.AST, frame: Frame) -> Known | None:
        first, second = self._class(left, frame), self._class(right, frame)
        if first is ANY or second is ANY:
            return ANY
        if first is not None and left_is_asked(first, second, name, f"__r{name}__"):
            return self._of_method(first.kind, f"__{name}__", [left, right], frame)
        return None if second is None else self._of_method(second.kind, f"__r{name}__", [right, left], frame)

    def returned(self, function: Any, args: list[gast.AST], frame: Frame) -> Known | None:
        """The class of what a user's function returns, called with these positional arguments."""
        if not is_user_function(function):
            return None
        plain = function.__func__ if isinstance(function, types.MethodType) else function
        if plain in self.asking:
            return ANY
        source = find(function)
        names = [n for n in all_parameters(source.tree.args) if n not in source.bound]
        given = {n: self._class(a, frame) for n, a in zip(names, args) if not isinstance(a, gast.Starred)}
        self.asking.append(plain)  # Not before: an argument may come from another call of the function.
        try:
            inner = self._frame(function, given)
            found: Known | None = ANY
            for node in walk_own(source.tree.body):
                if isinstance(node, gast.Return):
                    found = agreed(found, None if node.value is None else self._class(node.value, inner))
            return found
        finally:
            self.asking.pop()

    def _frame(self, function: Any, given: dict[str, Known | None]) -> Frame:
        """A frame to ask questions about a function that is not being lowered."""
        source = find(function)
        known: dict[str, Known | None] = {n: k for n, k in given.items() if k is not None}
        own, given_names = own_names(source.tree) - set(source.bound), frozenset(all_parameters(source.tree.args))
        return Frame(source, None, own, body=source.tree.body, given=known, parameters=given_names)

    def resolved(self, node: gast.AST, frame: Frame) -> Any:
        """The function that an expression is, also where only its object's class is known; otherwise MISSING."""
        found = self.static(node, frame)
        if found is MISSING and isinstance(node, gast.Attribute):
            owner = self.known_class(node.value, frame)
            made = MISSING if owner is None else member(owner.kind, node.attr)
            return made if isinstance(made, (types.FunctionType, property)) else MISSING
        return found


def _of_object(value: Any) -> Known | None:
    return None if value is MISSING else likely(type(value))


def _is_name(node: gast.AST, name: str) -> bool:
    return isinstance(node, gast.Name) and node.id == name


def _is_append(node: gast.AST, name: str) -> bool:
    called = node.func if isinstance(node, gast.Call) else None
    return isinstance(called, gast.Attribute) and called.attr == "append" and _is_name(called.value, name)
