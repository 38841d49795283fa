"""Loops into core form: `for` over counted ranges only, everything else by index.

for k, (a, b) in enumerate(zip(xs, ys)):        for k in range(min(len(xs), len(ys))):
    total += a * b                        ->        a = xs[k]
                                                    b = ys[k]
                                                    ...
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import gast

from runtime.kernels import drained, sequence
from sourcead.errors import NoEmittedForm
from sourcead.frontend.callees import (
    CHANGING_METHODS,
    changes_arguments,
    is_generator,
    is_user_function,
    path_root,
)
from sourcead.frontend.carries import drawn
from sourcead.frontend.counters import whole_numbers
from sourcead.frontend.expressions import Expressions
from sourcead.frontend.items import Items, counted
from sourcead.frontend.late import refuse_late
from sourcead.frontend.names import Frame
from sourcead.frontend.source import find
from sourcead.frontend.syntax import (
    are_items,
    assign,
    binary,
    call,
    clone,
    const,
    is_reversed,
    load,
    names_read,
    names_written,
    subscript,
    walk,
)

Bind = Callable[[gast.AST], None]
ENDLESS: tuple[Any, ...] = (itertools.count, itertools.cycle)


class Loops(Expressions):
    """Lowering of `for`, `while` and comprehensions."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        # The dicts that lists of keys are of.
        self.keyed: dict[str, str] = {}

    def lower_for(self, node: gast.For, frame: Frame, body: Callable[[], None]) -> None:
        """The statement `for node.target in node.iter` around what `body` emits."""
        exit_test = node.body[-1] if node.body and _is_exit(node.body[-1]) else None
        calls = [n.func for n in walk(node.body) if isinstance(n, gast.Call) and isinstance(n.func, gast.Attribute)]
        resized = {path_root(f) or "" for f in calls if f.attr in CHANGING_METHODS}
        with self._looping(node.target, node.iter, frame, names_written(node.body) | resized) as inner:
            body()
            if exit_test is not None:
                self.emit(self.renamed(exit_test, frame))
        self.emit(inner)

    def lower_while(self, node: gast.While, frame: Frame, body: Callable[[], None]) -> None:
        """The statement `while node.test` around what `body` emits."""
        exit_test = node.body[-1] if node.body and _is_exit(node.body[-1]) else None
        for called in (n for n in walk(node.test) if isinstance(n, gast.Call)):
            function = self.static(called.func, frame)
            if is_user_function(function) and changes_arguments(function):
                raise self.refuse(
                    "the condition of this loop calls a function that changes its arguments",
                    "Call it in the body, and leave the loop with break.",
                )
        with self.inside() as before:
            test = self.condition(node.test, frame)
        if not before:
            with self.inside() as block:
                body()
                if exit_test is not None:
                    self.emit(self.renamed(exit_test, frame))
            self.emit(gast.While(test=test, body=block or [gast.Pass()], orelse=[]))
            return
        stop = self.renamed(exit_test.test, frame).id if exit_test is not None else self.fresh("stop")
        if exit_test is None:
            self.emit(assign(stop, const(False)))
        with self.inside() as block:
            self.block += before
            self.branch(test, body, lambda: self.emit(assign(stop, const(True))), frame)
            self.emit(gast.If(test=load(stop), body=[gast.Break()], orelse=[]))
        self.emit(gast.While(test=const(True), body=block, orelse=[]))

    def comprehension(self, node: gast.AST, frame: Frame, body: Callable[[Frame], None]) -> None:
        """The loops and filters of a comprehension around what `body` emits; its variables are its own."""
        targets = {n.id for g in node.generators for n in walk(g.target) if isinstance(n, gast.Name)}
        inner = Frame(frame.source, frame, set(targets))
        inner.active = self._comprehension_active(node, inner)
        made = [node.key, node.value] if isinstance(node, gast.DictComp) else [node.elt]
        for generator in reversed(node.generators):
            made += generator.ifs
            refuse_late(self, generator.iter, made, frame)
            made.append(generator.iter)
        self._generators(list(node.generators), inner, frame, body)

    def _comprehension_active(self, node: gast.AST, frame: Frame) -> set[str]:
        for generator in node.generators:
            for target, source in drawn(generator.target, generator.iter, lambda n: self.resolved(n, frame)):
                if source is not None and self.active(source, frame) and not self.lists_keys(source, frame):
                    frame.active |= {n.id for n in walk(target) if isinstance(n, gast.Name)}
        return frame.active

    def _generators(self, rest: list[gast.AST], inner: Frame, outer: Frame, body: Callable[[Frame], None]) -> None:
        if not rest:
            body(inner)
            return
        generator = rest[0]

        def filtered(tests: list[gast.AST]) -> None:
            if not tests:
                self._generators(rest[1:], inner, inner, body)
                return
            test = self.condition(tests[0], inner)
            self.branch(test, lambda: filtered(tests[1:]), lambda: None, inner)

        with self._looping(generator.target, generator.iter, inner, set(), outer) as loop:
            filtered(list(generator.ifs))
        self.emit(loop)

    def each(self, node: gast.AST, frame: Frame, body: Bind) -> None:
        """A loop over the elements of an iterable around what `body(element)` emits."""
        items = self._items(node, frame)
        counter = self.fresh("k")
        self.integers.add(counter)
        with self.inside() as block:
            body(self.named_element(items.element(load(counter)), "item"))
        if items.length is None:
            raise self.refuse("an iterator that never ends", "Loop over something that ends.", NoEmittedForm)
        self.emit(counted(counter, call("range", items.length), block, items.over))

    def _looping(
        self, target: gast.AST, iterable: gast.AST, frame: Frame, written: set[str], where: Frame | None = None
    ):
        return _Loop(self, target, iterable, frame, written, where or frame)

    def _range(self, node: gast.AST, frame: Frame, written: set[str]) -> gast.AST | None:
        """`range(...)` with bounds that the loop itself does not change, also reversed; None for anything else."""
        if is_reversed(node) and self.static(node.func, frame) is reversed:
            inner = self._range(node.args[0], frame, written)
            return None if inner is None else call("reversed", inner)
        if not (isinstance(node, gast.Call) and self.static(node.func, frame) is range and not node.keywords):
            return None
        if any(isinstance(a, gast.Starred) for a in node.args):
            return None
        bounds = [self.index(a, frame) for a in node.args]
        changed = {self.variable(frame, n) for n in written if frame.holder(n)}
        return call("range", *(self.name(b, "n") if names_read(b) & changed else b for b in bounds))

    def _items(self, node: gast.AST, frame: Frame) -> Items:
        function = self.static(node.func, frame) if isinstance(node, gast.Call) else None
        plain = isinstance(node, gast.Call) and not node.keywords and node.args
        found = self.stream_items(node, frame)
        if found is not None:
            return found
        if function is enumerate and isinstance(node, gast.Call) and node.args:
            start = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords), None)
            items = self._items(node.args[0], frame)
            return self._enumerate(items, start and self.steady(start, self.index(start, frame), frame))
        if function is zip and isinstance(node, gast.Call) and node.args:
            return self._zip(node, frame)
        if function is reversed and plain:
            items = self._items(node.args[0], frame)
            if items.length is None:
                raise self.refuse("an iterator that never ends", "Loop over something that ends.", NoEmittedForm)
            last = binary(clone(items.length), gast.Sub(), const(1))
            return Items(items.length, lambda k: items.element(binary(clone(last), gast.Sub(), k)), over=items.over)
        if function is range:
            made = self.name(self.inert(node, frame), "steps")
            return Items(call("len", made), lambda k: subscript(load(made.id), k))
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and not node.args:
            if node.func.attr in ("items", "values") and self.active(node.func.value, frame):
                return self._entries(node, frame, "list")
        if function is sorted and plain and are_items(node.args[0]) and self.active(node, frame):
            # No two keys are equal, so that entries are never compared.
            return self._entries(node.args[0], frame, "sorted")
        own = self._own_items(node, frame)
        if own is not None:
            return own
        keys = self.keys_listed(node, frame)
        base = keys.id if keys is not None else self._sequence(node, frame)
        return Items(call("len", load(base)), lambda k: subscript(load(base), k), over=(self._over(base),))

    def _own_items(self, node: gast.AST, frame: Frame) -> Items | None:
        """The elements of an object of a known class: those that its `__iter__` goes through."""
        owner = self.known_class(node, frame)
        if owner is None or issubclass(owner.kind, tuple):
            return None
        held = self.stand_in(self.held(node, frame), frame, self.active(node, frame))
        frame.classes[held.id] = owner
        return self._items(self.iterated(held, owner.kind, frame), frame)

    def iterated(self, held: gast.Name, kind: type, frame: Frame) -> gast.AST:
        """What the `__iter__` of a class goes through, of an object."""
        raise NotImplementedError

    def lists_keys(self, node: gast.AST, frame: Frame) -> bool:
        """Whether the elements of an expression are sure to be keys of a dict."""
        raise NotImplementedError

    def keys_listed(self, node: gast.AST, frame: Frame) -> gast.Name | None:
        """The keys of a dict as a list, where an expression is sure to give them; None for anything else."""
        raise NotImplementedError

    def _zip(self, node: gast.Call, frame: Frame) -> Items:
        """Elements side by side, as long as the shortest; with `strict=True` all must be as long."""
        if any(isinstance(a, gast.Starred) for a in node.args):
            raise self.refuse("`zip(*...)` in this place", "Make a list of it first.", NoEmittedForm)
        parts = tuple(self._items(a, frame) for a in node.args)
        lengths = [p.length for p in parts if p.length is not None]
        if not lengths:
            raise self.refuse("iterators that never end", "Give `zip` something that ends.", NoEmittedForm)
        length = lengths[0] if len(lengths) == 1 else call("min", *lengths)
        strict = next((k.value for k in node.keywords if k.arg == "strict"), None)
        if strict is not None and len(lengths) > 1:
            self._require_equal(clone(lengths), strict, frame)
        over = tuple(name for p in parts for name in p.over)
        return Items(length, lambda k: gast.Tuple([p.element(clone(k)) for p in parts], gast.Load()), parts, over=over)

    def _require_equal(self, lengths: list[gast.AST], strict: gast.AST, frame: Frame) -> None:
        """The error of `zip(..., strict=True)`, before the first round; where Python is, rounds would have been run."""
        unequal = gast.Compare(
            left=call("min", *lengths), ops=[gast.NotEq()], comparators=[call("max", *clone(lengths))]
        )
        said = call("ValueError", const("zip() arguments have different lengths"))
        test = gast.BoolOp(op=gast.And(), values=[self.index(strict, frame), unequal])
        if isinstance(strict, gast.Constant) and strict.value is True:
            test = unequal
        self.branch(test, lambda: self.emit(gast.Raise(exc=said, cause=None)), lambda: None, frame)

    def _enumerate(self, items: Items, start: gast.AST | None) -> Items:
        counter = Items(items.length, lambda k: k if start is None else binary(k, gast.Add(), clone(start)))
        return Items(
            items.length,
            lambda k: gast.Tuple([counter.element(clone(k)), items.element(clone(k))], gast.Load()),
            (counter, items),
            start is None,
            items.over,
        )

    def _entries(self, node: gast.Call, frame: Frame, order: str) -> Items:
        base = self.atom(node.func.value, frame)
        # The loop goes on through the dict that it began with, also where the variable becomes another one.
        held = self.steady(node.func.value, base, frame)
        held = held if isinstance(held, gast.Name) else self.name(held, "entries")
        keys = self.keys_of(held, order)
        over = (self._over(keys.id),)
        key = Items(call("len", load(keys.id)), lambda k: subscript(load(keys.id), k), over=over)
        value = Items(key.length, lambda k: subscript(load(held.id), subscript(load(keys.id), k)), over=over)
        if node.func.attr == "values":
            return value
        return Items(
            key.length,
            lambda k: gast.Tuple([key.element(clone(k)), value.element(clone(k))], gast.Load()),
            (key, value),
            over=over,
        )

    def _sequence(self, node: gast.AST, frame: Frame) -> str:
        if self.may_never_end(node, frame):
            raise self.refuse("an iterator that may never end", "Loop over something that ends.", NoEmittedForm)
        generator = isinstance(node, gast.GeneratorExp) and self.active(node, frame)
        value = self._list(node, frame) if generator else self.value(node, frame)
        listed = self.annotated_list(node, frame)
        if listed is not None and isinstance(value, gast.Name):
            self.require(value.id, listed, node, frame)
        elif not _is_sequence(value) and not generator and self.kind(node, frame) is None:
            fresh = isinstance(node, (gast.Call, gast.GeneratorExp)) and not self.active(node, frame)
            kernel = drained if fresh else sequence
            bound = self.namespace.bind(kernel.__name__, kernel)
            value = call(bound, value if isinstance(value, gast.Name) else self.name(value))
        return self.name(value, "items").id

    def may_never_end(self, node: gast.AST, frame: Frame) -> bool:
        """Whether an iterable is made of one that has no end, as far as the text tells."""
        for inner in walk(node):
            function = self.static(inner.func, frame) if isinstance(inner, gast.Call) else None
            if function in ENDLESS or function is itertools.repeat and len(inner.args) < 2:
                return True
            if function is not None and is_generator(function):
                return any(isinstance(n, gast.While) for n in walk(find(function).tree))
        return False

    def named_element(self, element: gast.AST, hint: str) -> gast.Name:
        """A variable for an element; the parts of a tuple are variables, too."""
        if isinstance(element, gast.Tuple):
            parts = [e if isinstance(e, gast.Constant) else self.named_element(e, hint) for e in element.elts]
            element = gast.Tuple(elts=parts, ctx=gast.Load())
        return element if isinstance(element, gast.Name) else self.name(element, hint)

    def keys_of(self, held: gast.Name, order: str = "list") -> gast.Name:
        """The keys of a dict as a list, as they stand or sorted; they carry no derivative, whatever entries do."""
        keys = self.name(call(order, load(held.id)), "keys")
        if order == "list":
            self.keyed[keys.id] = held.id
        self.settled.add(keys.id)
        return keys

    def _over(self, base: str) -> tuple[str, bool]:
        """What a loop through a list goes over, and whether that is the dict that the list has the keys of."""
        return self.keyed.get(base, base), base in self.keyed

    def counted_loop(self, counter: str, length: gast.AST, block: list[gast.AST]) -> None:
        """Emit `for counter in range(length)` around a block."""
        self.emit(counted(counter, call("range", length), block or [gast.Pass()]))

    def stream_items(self, node: gast.AST, frame: Frame) -> Items | None:
        """The elements of a call that gives an iterator, by place; None for anything else."""
        raise NotImplementedError

    def bind(self, target: gast.AST, value: gast.AST, frame: Frame) -> None:
        """Assign a core value to a user's target."""
        raise NotImplementedError


class _Loop:
    """Context in which the body of a counted loop is emitted; gives the finished loop."""

    def __init__(
        self, loops: Loops, target: gast.AST, iterable: gast.AST, frame: Frame, written: set[str], where: Frame
    ) -> None:
        self.loops, self.frame, self.target, self.written = loops, frame, target, written
        self.range = loops._range(iterable, where, written)
        self.items = None if self.range is not None else loops._items(iterable, where)
        if self.items is not None and self.items.length is None:
            raise loops.refuse("an iterator that never ends", "Loop over something that ends.", NoEmittedForm)

    def __enter__(self) -> gast.For:
        loops = self.loops
        own = isinstance(self.target, gast.Name) and self.range is not None
        named = self.target if own else self._counted_name()
        hint = "index" if "k" in names_written(self.target) else "k"
        counter = loops.variable(self.frame, named.id) if named is not None else loops.fresh(hint)
        if named is None or named.id in whole_numbers(self.frame.body, set()):
            loops.integers.add(counter)
        self.manager = loops.inside()
        block = self.manager.__enter__()
        bounds = self.range if self.items is None else call("range", self.items.length)
        self.loop = counted(counter, bounds, block, () if self.items is None else self.items.over)
        if named is None:
            self._bind(self.target, self.items, load(counter))
        elif self.items is not None:
            self._bind(self.target.elts[1], self.items.parts[1], load(counter))
        return self.loop

    def _counted_name(self) -> gast.Name | None:
        """The user's counter in `for i, x in enumerate(xs)`, where it counts from zero and nothing else assigns it."""
        pair = isinstance(self.target, (gast.Tuple, gast.List)) and len(self.target.elts) == 2
        if self.items is None or not self.items.counted or not pair:
            return None
        first, second = self.target.elts
        taken = names_written(second) | self.written
        plain = isinstance(first, gast.Name) and first.id not in taken
        return first if plain else None

    def _bind(self, target: gast.AST, items: Items | None, place: gast.AST) -> None:
        if items is None:
            self.loops.bind(target, place, self.frame)
        elif items.parts and isinstance(target, (gast.Tuple, gast.List)) and len(target.elts) == len(items.parts):
            for part, inner in zip(target.elts, items.parts):
                self._bind(part, inner, clone(place))
        else:
            element = items.element(place)
            grouped = isinstance(element, gast.Tuple)
            value = self.loops.named_element(element, "item") if grouped else element
            self.loops.bind(target, value, self.frame)

    def __exit__(self, *error: Any) -> None:
        self.manager.__exit__(*error)
        if not self.loop.body:
            self.loop.body.append(gast.Pass())


def _is_exit(statement: gast.AST) -> bool:
    return isinstance(statement, gast.If) and len(statement.body) == 1 and isinstance(statement.body[0], gast.Break)


def _is_sequence(value: gast.AST) -> bool:
    """Whether a core value is sure to be a list or a tuple."""
    return isinstance(value, (gast.List, gast.Tuple)) or (
        isinstance(value, gast.Call) and isinstance(value.func, gast.Name) and value.func.id in ("list", "sorted")
    )
