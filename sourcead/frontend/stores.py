"""Assignment to any target: names, places, unpacking."""

from __future__ import annotations

import types
from typing import Any

import gast
import numpy as np

from runtime.kernels import require_entries
from runtime.primitives import registry
from sourcead.errors import Refused
from sourcead.frontend.annotations import member
from sourcead.frontend.callees import changed_place
from sourcead.frontend.carries import SILENT_ATTRIBUTES as SILENT
from sourcead.frontend.expressions import is_basic, is_slice
from sourcead.frontend.generators import Generators
from sourcead.frontend.names import MISSING, Frame, Known
from sourcead.frontend.objects import index_object
from sourcead.frontend.syntax import (
    assign,
    attribute,
    call,
    clone,
    const,
    names_read,
    names_written,
    subscript,
    walk,
)

ITERATORS = {kind.__name__: kind for kind in (enumerate, filter, map, reversed, zip)}
UNPACKED = (gast.Name, gast.Tuple, gast.List, gast.Starred)


class Stores(Generators):
    """Lowering of targets."""

    def bind(self, target: gast.AST, value: gast.AST, frame: Frame) -> None:
        """Assign a core value to a user's target."""
        if isinstance(target, gast.Name):
            self.emit(assign(self.variable(frame, target.id), value))
        elif isinstance(target, (gast.Tuple, gast.List)):
            self._unpack(target.elts, value, frame)
        elif isinstance(target, gast.Subscript):
            held = value if isinstance(value, (gast.Name, gast.Constant)) else self.name(value)
            if self._binds_own_entry(target, held, frame):
                return
            base = self.place(target, frame)
            self.emit(gast.Assign(targets=[base], value=held, type_comment=None))
        else:
            self._bind_field(target, value, frame)

    def _binds_own_entry(self, target: gast.Subscript, held: gast.AST, frame: Frame) -> bool:
        """`obj[k] = value` by the `__setitem__` of the object's class; False where it has none that can be read."""
        owner = self.known_class(target.value, frame)
        found = MISSING if owner is None else member(owner.kind, "__setitem__")
        if owner is None or not isinstance(found, types.FunctionType):
            return False
        given = self.stand_in(held, frame, self.active(target.value, frame))
        function = attribute(self.class_name(owner.kind, frame), "__setitem__")
        node = self.checked(call(function, clone(target.value), index_object(target.slice), given), frame)
        self.inline_function(found, node, frame)
        return True

    def _bind_field(self, target: gast.Attribute, value: gast.AST, frame: Frame) -> None:
        """`obj.field = value`: a place of the object, or the call of a property's setter."""
        held = value if isinstance(value, (gast.Name, gast.Constant)) else self.name(value)
        owner = self.known_class(target.value, frame)
        found = MISSING if owner is None else member(owner.kind, target.attr)
        if isinstance(found, property) and owner is not None:
            setter = attribute(attribute(self.class_name(owner.kind, frame), target.attr), "fset")
            given = self.stand_in(held, frame, self.active(target.value, frame))
            node = self.checked(call(setter, clone(target.value), given), frame)
            self.inline_function(found.fset, node, frame)
            return
        self.refuse_field(target, owner, found)
        self.fields.add(target.attr)
        place = self.place(target, frame)
        self.emit(gast.Assign(targets=[place], value=held, type_comment=None))

    def store_field(self, target: gast.Attribute, value: gast.AST, frame: Frame, updates: bool = False) -> None:
        """`target = value`, both as the user writes them; `updates` where an update in place stands for it."""
        self.bind(target, self.value(value, frame), frame)
        last = self.block[-1] if self.block else None
        if updates and isinstance(last, gast.Assign) and isinstance(last.targets[0], gast.Attribute):
            last.updates = True

    def refuse_field(self, target: gast.Attribute, owner: Known | None, found: Any) -> None:
        special = hasattr(type(found), "__set__") and not isinstance(found, types.MemberDescriptorType)
        if owner is not None and (special or owner.kind.__setattr__ is not object.__setattr__):
            raise self.refuse(
                f"storing `{target.attr}` in a `{owner.kind.__name__}` runs code of its own",
                "Give the class plain fields, or properties.",
            )
        if target.attr in SILENT or registry.lookup_attribute(target.attr) is not None:
            raise self.refuse(
                f"a field `{target.attr}` is stored, which is also the name of an attribute of arrays",
                "Give the field another name.",
            )

    def _refuse_outside(self, name: str, frame: Frame) -> None:
        """Refuse to write an object that is not the function's own, where that would lose or change a derivative."""
        if name in self.varying(frame):
            raise self.refuse(
                f"`{name}` belongs to the module or to a function around this one, and would keep an active value",
                "Return the value, or store a copy made by sourcead.stop_gradient.",
                Refused,
            )
        self.refuse_if_read(name, frame)

    def refuse_if_read(self, name: str, frame: Frame) -> None:
        """Refuse a function that both changes and reads an object that is not its own."""
        reads = sum(isinstance(n, gast.Name) and n.id == name for n in walk(frame.source.tree))
        changes = sum(len([r for r in [changed_place(n)] if r == name]) for n in walk(frame.source.tree))
        if reads > changes:
            raise self.refuse(
                f"`{name}` belongs to the module or to a function around this one, and is both changed and read here",
                "Pass it as an argument, or change it outside of the function.",
            )

    def _unpack(self, targets: list[gast.AST], value: gast.AST, frame: Frame) -> None:
        """`a, *b, c = value`: elements by place, from the end behind the star."""
        starred = any(isinstance(t, gast.Starred) for t in targets)
        if isinstance(value, (gast.Tuple, gast.List)) and len(value.elts) == len(targets) and not starred:
            written = {self.variable(frame, n) for t in targets for n in names_written(t) if frame.holder(n)}
            safe = len(targets) == 1 or not names_read(value) & written
            for target, element in zip(targets, value.elts if safe else [self.name(e) for e in value.elts]):
                self.bind(target, element, frame)
            return
        written = {self.variable(frame, n) for t in targets for n in names_written(t) if frame.holder(n)}
        if isinstance(value, gast.Call) and self._is_iterator_maker(value.func):
            value = call("tuple", value)
        base = value
        if names_read(value) & written or not self._is_path(value):
            base = self.name(value)
            if not isinstance(value, gast.Name) and not starred:
                self.widths[base.id] = len(targets)
        # What a function of the program gives is unpacked as it is called.
        if not isinstance(value, gast.Call) or not isinstance(value.func, gast.Name):
            self._ask_entries(base, len(targets) - starred, starred)
        # What is stored in places may be what the next element is read from.
        named = all(isinstance(n, UNPACKED) for n in walk(targets))
        star = next((k for k, t in enumerate(targets) if isinstance(t, gast.Starred)), len(targets))
        last = len(targets) - 1
        taken: list[tuple[gast.AST, gast.AST]] = []
        for k, target in enumerate(targets):
            if k == star:
                stop = const(k - last) if k < last else None
                middle = subscript(clone(base), gast.Slice(lower=const(k), upper=stop, step=None))
                taken.append((target.value, self._rest(middle, frame)))
                continue
            element = subscript(clone(base), const(k if k < star else k - last - 1))
            taken.append((target, element if named else self.name(element)))
        for target, element in taken:
            self.bind(target, element, frame)

    def _ask_entries(self, base: gast.AST, count: int, starred: bool) -> None:
        """A check that a value has as many entries by place as it is unpacked into; with a star there may be more."""
        asked = call(self.namespace.bind("require_entries", require_entries), clone(base))
        asked.keywords = [gast.keyword(arg="least" if starred else "count", value=const(count))]
        check = gast.Expr(value=asked)
        check.asks_entries = True
        self.emit(check)

    def _is_iterator_maker(self, function: gast.AST) -> bool:
        """Whether a core function is one of Python's own whose results have no entries by place."""
        name = function.id if isinstance(function, gast.Name) else ""
        return name in ITERATORS and self.namespace.objects.get(name, ITERATORS[name]) is ITERATORS[name]

    def _is_path(self, value: gast.AST) -> bool:
        """Whether a value is a variable, or an entry found by numbers and keys of one that is no result of a call."""
        inside = isinstance(value, gast.Subscript)
        while isinstance(value, gast.Subscript) and isinstance(value.slice, gast.Constant):
            value = value.value
        return isinstance(value, gast.Name) and not (inside and value.id in self.widths)

    def _rest(self, middle: gast.AST, frame: Frame) -> gast.AST:
        """What a starred target takes: a list, whatever it is taken from."""
        rest = self.name(gast.List(elts=[], ctx=gast.Load()), "rest")
        held = self.stand_in(self.name(middle), frame, True)
        self.each(held, frame, lambda item: self._append(rest, item))
        return rest

    def place(self, target: gast.Subscript | gast.Attribute, frame: Frame) -> gast.Subscript | gast.Attribute:
        """The place that is written: a path from a variable, each step but the last sure to look inside."""
        if isinstance(target.value, gast.Name):
            if self.closure(target.value, frame) is not None:
                raise self.refuse(
                    f"something is stored in the function `{target.value.id}`", "Keep it in a variable of its own."
                )
            if frame.holder(target.value.id) is None:
                self._refuse_outside(target.value.id, frame)
            base: gast.AST = self.reference(target.value.id, frame)
        elif isinstance(target.value, (gast.Subscript, gast.Attribute)) and not self.spelled(target.value, frame):
            step = target.value
            if isinstance(step, gast.Attribute) and hasattr(np.ndarray, step.attr):
                if self.known_class(step.value, frame) is None:
                    raise self.refuse(
                        f"an item of `.{step.attr}` is written, which may be another form of an array",
                        "Write an item of the array itself.",
                    )
            inner = self.place(step, frame)
            inner.ctx = gast.Load()
            if isinstance(inner, gast.Subscript) and not is_basic(inner.slice, self.integers):
                raise self.refuse(
                    "an element of an element is written, and the first index may be an array",
                    "Write `x[i, j] = ...` for arrays.",
                )
            base = self.name(inner) if is_slice(inner) else inner
        else:
            raise self.refuse("an item of something that is not a variable is written", "Give it a name first.")
        if isinstance(target, gast.Attribute):
            return gast.Attribute(value=base, attr=target.attr, ctx=gast.Store())
        written = self.key if self.is_dict(target.value, frame) else self.index
        return subscript(base, written(target.slice, frame), gast.Store())
