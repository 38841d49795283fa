"""What leaves a list or dict: `del`, `remove`, `pop(key)`, `popitem`, and slices of lists as targets.

del v[1:3]                      for j, k in enumerate(the other places): v[j] = v[k]
                        ->      v.pop(); v.pop()
"""

from __future__ import annotations

import gast

from sourcead.errors import NoEmittedForm
from sourcead.frontend.callees import path_root
from sourcead.frontend.list_changes import ListChanges
from sourcead.frontend.names import Frame
from sourcead.frontend.objects import index_object
from sourcead.frontend.sharing import has_one_name
from sourcead.frontend.syntax import assign, attribute, binary, call, clone, const, load, subscript


class Removals(ListChanges):
    """Lowering of removals from lists and dicts that carry a derivative."""

    def delete(self, node: gast.Delete, frame: Frame) -> None:
        """`del name, v[i], d[key]`; a name that is deleted is not read any more."""
        for target in node.targets:
            if isinstance(target, (gast.Tuple, gast.List)):
                self.delete(gast.copy_location(gast.Delete(targets=target.elts), node), frame)
            elif isinstance(target, gast.Subscript):
                self._delete_item(target, node, frame)
            elif not isinstance(target, gast.Name):
                raise self.refuse("`del` of an attribute", "Keep the value in a variable.", NoEmittedForm)

    def _delete_item(self, target: gast.Subscript, node: gast.Delete, frame: Frame) -> None:
        if not isinstance(target.value, gast.Name) or frame.holder(target.value.id) is None:
            raise self.refuse(
                f"`del` of an element of `{path_root(target)}`", "Build a new list or dict without it.", NoEmittedForm
            )
        variable = load(target.value.id)
        if not self.active(variable, frame):
            removal = call(".delitem", variable, index_object(target.slice))
            self.effect(gast.copy_location(gast.Expr(value=gast.copy_location(removal, target)), node), frame)
            return
        base = self.reference(target.value.id, frame)
        if self.kind(variable, frame) != "list":
            key = self.index(target.slice, frame)
            missing = gast.Compare(left=clone(key), ops=[gast.NotIn()], comparators=[load(base.id)])
            error = gast.Raise(exc=call("KeyError", clone(key)), cause=None)
            self.branch(missing, lambda: self.emit(error), lambda: None, frame)
            self._without(target.value.id, key, frame)
        elif isinstance(target.slice, gast.Slice):
            self._keep_others(base, self.index(target.slice, frame))
        else:
            self.name(self.popped(base, call(attribute(variable, "pop"), target.slice), frame), "dropped")

    def effect(self, node: gast.Expr, frame: Frame) -> None:
        """An expression that stands as a statement."""
        raise NotImplementedError

    def _keep_others(self, base: gast.Name, index: gast.Slice) -> None:
        """Move the elements that stay to the front, and drop the rest."""
        places = call("range", call("len", load(base.id)))
        gone = self.name(call("set", subscript(places, index)), "gone")
        item = gast.comprehension(
            target=gast.Name(self.fresh("j"), gast.Store(), None, None),
            iter=clone(places),
            ifs=[gast.Compare(left=load("j"), ops=[gast.NotIn()], comparators=[load(gone.id)])],
            is_async=0,
        )
        item.ifs[0].left = load(item.target.id)
        kept = self.name(gast.ListComp(elt=load(item.target.id), generators=[item]), "kept")
        counter = self.fresh("k")
        self.integers.add(counter)
        with self.inside() as block:
            held = self.name(subscript(load(base.id), subscript(load(kept.id), load(counter))), "item")
            self.emit(assign(subscript(load(base.id), load(counter), gast.Store()), held))
        self.counted_loop(counter, call("len", load(kept.id)), block)
        self._drop(base, call("len", load(gone.id)))

    def _drop(self, base: gast.Name, number: gast.AST) -> None:
        """Take elements off the end."""
        # The list is shorter after each round, and the reverse sweep counts the rounds again.
        count = self.name(number, "count")
        with self.inside() as block:
            self.name(call(attribute(load(base.id), "pop")), "dropped")
        self.counted_loop(self.fresh("k"), count, block)

    def replace_slice(self, target: gast.Subscript, value: gast.AST, frame: Frame) -> bool:
        """`v[a:b] = items` of a list: what stands behind is taken off, and put back behind the new elements."""
        sliced = isinstance(target.slice, gast.Slice) and isinstance(target.value, gast.Name)
        if not sliced or self.kind(target.value, frame) != "list":
            return False
        step = target.slice.step
        if step is not None and not (isinstance(step, gast.Constant) and step.value in (None, 1)):
            raise self.refuse("a slice with a step as the target of a list", "Write a loop.", NoEmittedForm)
        base = self.reference(target.value.id, frame)
        new = self.collected(value, frame)
        index = self.index(gast.Slice(target.slice.lower, target.slice.upper, None), frame)
        places = self.name(subscript(call("range", call("len", load(base.id))), index), "places")
        first = self.name(self._start_of(base, index), "first")
        after = self.name(binary(load(first.id), gast.Add(), call("len", load(places.id))), "after")
        self.integers |= {first.id, after.id}
        tail = self.name(gast.List(elts=[], ctx=gast.Load()), "tail")
        counter = self.fresh("k")
        self.integers.add(counter)
        with self.inside() as block:
            place = binary(load(after.id), gast.Add(), load(counter))
            self._append(tail, self.name(subscript(load(base.id), place), "item"))
        self.counted_loop(counter, binary(call("len", load(base.id)), gast.Sub(), load(after.id)), block)
        self._drop(base, binary(call("len", load(base.id)), gast.Sub(), load(first.id)))
        for part in (new, tail):
            held = self.stand_in(part, frame, True)
            self.each(held, frame, lambda item: self._append(base, item))
        return True

    def _start_of(self, base: gast.Name, index: gast.Slice) -> gast.AST:
        """Where a slice begins, also where it is empty."""
        made = call("slice", index.lower or const(None), index.upper or const(None))
        bounds = call(attribute(made, "indices"), call("len", load(base.id)))
        return subscript(bounds, const(0))

    # Dicts

    def _without(self, variable: str, key: gast.AST, frame: Frame) -> None:
        """A new dict without one entry takes the place of the old one, which nothing else may know."""
        if not self.is_dict(load(variable), frame) or not has_one_name(
            variable, frame, lambda n: self.static(n, frame)
        ):
            raise self.refuse(
                f"an entry of `{variable}`, which may be known under another name, is removed",
                "Build a new dict without it.",
                NoEmittedForm,
            )
        held = self.reference(variable, frame)
        key = key if isinstance(key, (gast.Name, gast.Constant)) else self.name(key, "key")
        made = self.name(gast.Dict(keys=[], values=[]), "kept")
        keys = self.keys_of(held)
        counter = self.fresh("k")
        self.integers.add(counter)
        with self.inside() as block:
            other = self.name(subscript(load(keys.id), load(counter)), "other")
            stays = gast.Compare(left=load(other.id), ops=[gast.NotEq()], comparators=[clone(key)])

            def keep() -> None:
                self.entry(made, load(other.id), self.name(subscript(load(held.id), load(other.id)), "item"))

            self.branch(stays, keep, lambda: None, frame)
        self.counted_loop(counter, call("len", load(keys.id)), block)
        self.emit(assign(held.id, load(made.id)))

    def removed(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`d.pop(key)` and `d.pop(key, default)`: the entry's value; the dict goes on without it."""
        variable = node.func.value.id
        key = self.index(node.args[0], frame)
        key = key if isinstance(key, (gast.Name, gast.Constant)) else self.name(key, "key")
        held = self.reference(variable, frame)
        if len(node.args) == 1:
            item = self.name(subscript(load(held.id), clone(key)), "item")
            self._without(variable, key, frame)
            return item
        target = self.fresh("item")
        default = self.atom(node.args[1], frame)

        def take() -> None:
            self.emit(assign(target, subscript(load(held.id), clone(key))))
            self._without(variable, key, frame)

        known = gast.Compare(left=clone(key), ops=[gast.In()], comparators=[load(held.id)])
        self.branch(known, take, lambda: self.emit(assign(target, default)), frame)
        return load(target)

    def last_item(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`d.popitem()`: the entry that came last."""
        variable = node.func.value.id
        held = self.reference(variable, frame)
        last = gast.UnaryOp(op=gast.USub(), operand=const(1))
        key = self.name(subscript(self.keys_of(held), last), "key")
        item = self.name(subscript(load(held.id), load(key.id)), "item")
        self._without(variable, load(key.id), frame)
        return gast.Tuple(elts=[load(key.id), item], ctx=gast.Load())

    def remove(self, base: gast.Name, node: gast.Call, frame: Frame) -> bool:
        """`v.remove(e)`: the first element that is equal."""
        if len(node.args) != 1 or self.kind(node.func.value, frame) != "list":
            return False
        wanted = self.atom(node.args[0], frame)
        place = self.name(call(attribute(load(base.id), "index"), wanted), "place")
        self.integers.add(place.id)
        held = self.stand_in(place, frame, False)
        self.name(self.popped(base, call(attribute(node.func.value, "pop"), held), frame), "dropped")
        return True
