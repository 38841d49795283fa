"""Updates `x += e` into core form: of names, elements and fields, which may be numbers, arrays, lists or objects."""

from __future__ import annotations

import gast

from runtime.kernels import require_elements
from sourcead.errors import NoEmittedForm
from sourcead.frontend.annotations import member
from sourcead.frontend.classes import OPERATORS
from sourcead.frontend.containers import Containers
from sourcead.frontend.expressions import is_basic
from sourcead.frontend.names import MISSING, Frame
from sourcead.frontend.syntax import assign, attribute, augment, call, clone, load, store, subscript


class Updates(Containers):
    """Lowering of updates."""

    def augmented(self, node: gast.AugAssign, frame: Frame) -> None:
        """`x += e`, in place where `x` is an array or a list."""
        if isinstance(node.target, gast.Name):
            own = self._own_update(load(node.target.id), node, frame)
            if own is not None:
                self.emit(assign(self.variable(frame, node.target.id), own))
                return
            if self._augments_display(node, frame):
                return
            self._augment_name(self.variable(frame, node.target.id), node, frame)
        elif self._augments_own_place(node, frame):
            return
        elif isinstance(node.target, gast.Subscript):
            place = self.place(node.target, frame)
            # What is there is read first: calls in the value may write to it.
            acts = self.acts(node.value, frame)
            plain = isinstance(node.op, (gast.Add, gast.Sub)) and is_basic(place.slice, self.integers)
            if not acts and (plain or not self.active(node.target, frame)):
                self.emit(augment(place, node.op, self.atom(node.value, frame)))
                return
            held = self.name(subscript(clone(place.value), clone(place.slice)))
            new = gast.BinOp(left=held, op=node.op, right=self.atom(node.value, frame))
            self.emit(gast.Assign(targets=[place], value=self.name(new), type_comment=None)).updates = True
        else:
            self._augmented_field(node, frame)

    def _augments_own_place(self, node: gast.AugAssign, frame: Frame) -> bool:
        """`obj.field += e` of a property, `obj[k] += e` of a class with entries of its own: got, updated, stored.

        What the getter gives is updated in place where it is an array, whatever the setter then does with it.
        """
        owner = self.known_class(node.target.value, frame)
        read = clone(node.target)
        read.ctx = gast.Load()
        if owner is None or self.spelled(read, frame) is None:
            return False
        found = self.known_class(read, frame)
        held = [node.target.value]
        if isinstance(node.target, gast.Subscript) and not isinstance(node.target.slice, (gast.Slice, gast.Tuple)):
            held.append(node.target.slice)
        read.value, *index = self.all_held(held, frame)
        frame.classes[read.value.id] = owner
        if index:
            read.slice = index[0]
        got = self.spelled(read, frame)
        assert got is not None, "internal error in updates: an object held under another name has another class"
        value = self.name(self.call(self.checked(got, frame), frame))
        current = self.stand_in(value, frame, self.active(node.target, frame))
        frame.names[current.id], frame.classes[current.id] = value.id, found
        update = gast.AugAssign(target=store(current.id), op=node.op, value=node.value)
        self.augmented(gast.copy_location(update, node), frame)
        read.ctx = gast.Store()
        self.bind(read, load(value.id), frame)
        return True

    def _augmented_field(self, node: gast.AugAssign, frame: Frame) -> None:
        """`obj.field += value`: in place where the field is an array."""
        read = clone(node.target)
        read.ctx = gast.Load()
        own = self._own_update(read, node, frame)
        if own is not None:
            self.bind(node.target, own, frame)
            return
        plain = self.spelled(read, frame) is None
        if plain and (isinstance(node.op, (gast.Add, gast.Sub)) or not self.active(read, frame)):
            owner = self.known_class(node.target.value, frame)
            found = MISSING if owner is None else member(owner.kind, node.target.attr)
            self.refuse_field(node.target, owner, found)
            place = self.place(node.target, frame)
            if not self._extends(read, place, node, frame):
                self.emit(augment(place, node.op, self.atom(node.value, frame)))
            return
        new = gast.copy_location(gast.BinOp(left=read, op=node.op, right=node.value), node)
        self.store_field(node.target, new, frame, True)

    def _extends(self, read: gast.AST, place: gast.AST, node: gast.AugAssign, frame: Frame) -> bool:
        """`obj.items += ...` on a list, which grows; False for numbers and arrays."""
        if self.kind(read, frame) == "list" and isinstance(node.op, gast.Add):
            place.ctx = gast.Load()
            self.over(node.value, frame, lambda item: self._append(place, item))
            return True
        if self.kind(read, frame) is not None or self.kind(node.value, frame) is not None:
            raise self.refuse(
                f"`{node.target.attr}` is updated in place, and whether it is a list or an array is not known here",
                "Use append or extend on lists, and np.array(...) around what is added to an array.",
            )
        return False

    def _own_update(self, read: gast.AST, node: gast.AugAssign, frame: Frame) -> gast.AST | None:
        """`x += y` for an `x` of a class with operators of its own: the new value; None for all others."""
        owner = self.known_class(read, frame)
        if owner is not None and member(owner.kind, f"__i{OPERATORS[type(node.op)]}__") is not MISSING:
            function = attribute(self.class_name(owner.kind, frame), f"__i{OPERATORS[type(node.op)]}__")
            called = gast.copy_location(call(function, read, node.value), node)
            return self.call(self.checked(called, frame), frame)
        spelled = self.spelled(gast.copy_location(gast.BinOp(left=read, op=node.op, right=node.value), node), frame)
        return None if spelled is None else self.call(spelled, frame)

    def _augment_name(self, variable: str, node: gast.AugAssign, frame: Frame) -> None:
        """`x += e`; where `e` itself gives `x` another value, the old one is updated."""
        held = self.name(load(variable)).id if variable in self.rebinds(node.value, frame) else variable
        self.emit(augment(store(held), node.op, self.atom(node.value, frame)))
        if held != variable:
            self.emit(assign(variable, load(held)))

    def _augments_display(self, node: gast.AugAssign, frame: Frame) -> bool:
        """`xs += ...` on a list grows it in place, on a tuple it makes a new one; False for numbers and arrays."""
        kind = self.kind(node.target, frame)
        read = load(node.target.id)
        if isinstance(node.op, gast.BitOr) and (self.active(node.value, frame) or self.active(read, frame)):
            if not self.is_dict(read, frame):
                raise self.refuse("`|=` of something that may be no dict", "Use `update`.", NoEmittedForm)
            update = call(gast.Attribute(value=read, attr="update", ctx=gast.Load()), node.value)
            self.effect(gast.copy_location(gast.Expr(value=gast.copy_location(update, node)), node), frame)
            return True
        if kind == "list" and isinstance(node.op, gast.Add):
            held = self.reference(node.target.id, frame)
            self.over(self._listed_elements(node.value, frame), frame, lambda item: self._append(held, item))
            return True
        if kind == "tuple" and isinstance(node.op, (gast.Add, gast.Mult)):
            made = gast.copy_location(gast.BinOp(left=read, op=node.op, right=node.value), node)
            self.emit(assign(self.variable(frame, node.target.id), self.value(made, frame)))
            return True
        if kind is not None or self.kind(node.value, frame) is not None and self.active(node.target, frame):
            raise self.refuse(
                f"`{node.target.id}` is updated in place, and whether it is a list or an array is not known here",
                "Use append or extend on lists, and np.array(...) around what is added to an array.",
            )
        return False

    def _listed_elements(self, node: gast.AST, frame: Frame) -> gast.AST:
        """What a list is made longer by with `+=`; a check that it is no array, to which Python would add the list."""
        if self.kind(node, frame) is not None or self.is_stream(node, frame) or self.is_dict(node, frame):
            return node
        if isinstance(node, gast.Call) and isinstance(self.static(node.func, frame), type):
            return node  # range, zip, enumerate
        held = self.held(node, frame)
        self.emit(gast.Expr(value=call(self.namespace.bind("require_elements", require_elements), clone(held))))
        return self.stand_in(held, frame, self.active(node, frame))
