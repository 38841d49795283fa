"""Calls that give elements one by one: `map`, `filter`, and the finite part of `itertools`.

sum(itertools.chain(a, b))              for k in range(len(a)): total = total + a[k]
                              ->        for k in range(len(b)): total = total + b[k]

Where the elements are only passed on, nothing is collected; a loop, `zip` and `enumerate` read them by place, from a
list that is made before.
"""

from __future__ import annotations

import builtins
import itertools
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from sourcead.errors import NoEmittedForm
from sourcead.frontend.annotations import signature_of
from sourcead.frontend.items import Items
from sourcead.frontend.loops import Bind, Loops
from sourcead.frontend.names import Closure, Frame
from sourcead.frontend.syntax import (
    assign,
    attribute,
    binary,
    call,
    clone,
    const,
    load,
    negate,
    pack,
    store,
    subscript,
    walk,
)

Lower = Callable[[gast.Call, Frame, Bind], None]


class Streams(Loops):
    """Lowering of calls that give iterators, where they are consumed at once."""

    def over(self, node: gast.AST, frame: Frame, body: Bind) -> None:
        """Emit what `body(element)` emits for each element of an iterable, in order."""
        if isinstance(node, (gast.GeneratorExp, gast.ListComp)):
            self.comprehension(node, frame, lambda inner: body(self.atom(node.elt, inner)))
            return
        lower, closure = self._stream(node, frame), self.generator(node, frame)
        if lower is not None:
            lower(node, frame, body)
        elif closure is not None:
            self.generated(closure, node, frame, body)
        else:
            self.each(node, frame, body)

    def collected(self, node: gast.AST, frame: Frame) -> gast.Name:
        """The elements of an iterable as a list of its own."""
        items = self.name(gast.List(elts=[], ctx=gast.Load()), "items")
        self.over(node, frame, lambda item: self._append(items, item))
        return items

    def is_stream(self, node: gast.AST, frame: Frame) -> bool:
        """Whether an expression gives elements one by one, computed when they are asked for."""
        if isinstance(node, gast.GeneratorExp) or self._stream(node, frame) is not None:
            return True
        return self.generator(node, frame) is not None

    def goes_round(self, node: gast.AST, frame: Frame) -> bool:
        """Whether an expression is a call of `itertools.cycle`, which keeps the elements as it has first given them."""
        return isinstance(node, gast.Call) and self.static(node.func, frame) is itertools.cycle

    def generator(self, node: gast.AST, frame: Frame) -> Closure | None:
        """The generator function that an expression calls, whose text is known."""
        raise NotImplementedError

    def generated(self, closure: Closure, node: gast.Call, frame: Frame, body: Bind) -> None:
        """Emit what `body(element)` emits for each element that a generator gives."""
        raise NotImplementedError

    def stream_items(self, node: gast.AST, frame: Frame) -> Items | None:
        """The elements of such a call by place; None for anything else."""
        if not isinstance(node, gast.Call):
            return None
        function = self.static(node.func, frame)
        if function is itertools.count:
            return self._count(node, frame)
        if self.goes_round(node, frame) and len(node.args) == 1:
            base = self._sequence(node.args[0], frame)
            length = call("len", load(base))
            return Items(
                None, lambda k: subscript(load(base), binary(k, gast.Mod(), clone(length))), over=((base, False),)
            )
        if function is itertools.repeat and node.args and not node.keywords:
            return self._repeat(node, frame)
        if function is itertools.islice and len(node.args) > 1 and not node.keywords:
            return self._islice(node, frame)
        if function is itertools.zip_longest:
            return self._zip_longest(node, frame)
        if function is np.ndenumerate and len(node.args) == 1 and not isinstance(node.args[0], gast.Starred):
            return self._by_index(node.args[0], frame)
        closure = self.generator(node, frame)
        if closure is not None and any(isinstance(n, gast.While) for n in walk(closure.node)):
            raise self.refuse("a generator that may never end", "Make a list of it first.", NoEmittedForm)
        if self._stream(node, frame) is None and closure is None:
            return None
        base = self.collected(node, frame).id
        return Items(call("len", load(base)), lambda k: subscript(load(base), k))

    def _stream(self, node: gast.AST, frame: Frame) -> Lower | None:
        if not isinstance(node, gast.Call) or any(k.arg is None for k in node.keywords):
            return None
        table: dict[Any, Lower] = {
            builtins.map: self._each_mapped,
            builtins.filter: self._filter,
            itertools.filterfalse: self._filter,
            itertools.starmap: self._starmap,
            itertools.chain: self._chain,
            itertools.chain.from_iterable: self._flattened,
            itertools.accumulate: self._accumulate,
            itertools.takewhile: self._until,
            itertools.dropwhile: self._until,
            itertools.compress: self._compress,
            itertools.pairwise: self._pairwise,
            itertools.product: self._product,
            itertools.combinations: self._chosen,
            itertools.combinations_with_replacement: self._chosen,
            itertools.permutations: self._chosen,
        }
        function = self.static(node.func, frame)
        try:
            lower = table.get(function)
        except TypeError:
            return None
        if lower is None or any(isinstance(a, gast.Starred) for a in node.args) and function is not itertools.chain:
            return None
        return lower

    def no_form(self, node: gast.Call, frame: Frame) -> Exception:
        """The error for a call of a known function that is given something unusual."""
        name = getattr(self.static(node.func, frame), "__name__", "this call")
        return self.refuse(f"`{name}` in this form", "Write a loop over lists.", NoEmittedForm)

    # By rewriting as a generator expression

    def _expressed(self, elt: gast.AST, target: gast.AST, over: gast.AST, tests: list[gast.AST], at: gast.AST) -> Any:
        made = gast.GeneratorExp(elt, [gast.comprehension(target=target, iter=over, ifs=tests, is_async=0)])
        return gast.copy_location(made, at)

    def mapped(self, node: gast.Call) -> gast.AST:
        """`map(f, xs, ys)` as a generator expression."""
        names = [f".item{k}" for k in range(len(node.args) - 1)]
        stores = [store(n) for n in names]
        target = stores[0] if len(stores) == 1 else pack(stores, gast.Store())
        over = node.args[1] if len(stores) == 1 else call(".zip", *node.args[1:])
        made = call(node.args[0], *(load(n) for n in names))
        return self._expressed(made, target, over, [], node)

    def _each_mapped(self, node: gast.Call, frame: Frame, body: Bind) -> None:
        if len(node.args) < 2 or node.keywords:
            raise self.no_form(node, frame)
        self.over(self.mapped(node), frame, body)

    def _filter(self, node: gast.Call, frame: Frame, body: Bind) -> None:
        """`filter(f, xs)`; where `f` is None the element itself is the test."""
        if len(node.args) != 2 or node.keywords:
            raise self.no_form(node, frame)
        by_value = isinstance(node.args[0], gast.Constant) and node.args[0].value is None
        test: gast.AST = load(".item") if by_value else call(node.args[0], load(".item"))
        if self.static(node.func, frame) is itertools.filterfalse:
            test = negate(test)
        self.over(self._expressed(load(".item"), store(".item"), node.args[1], [test], node), frame, body)

    def _starmap(self, node: gast.Call, frame: Frame, body: Bind) -> None:
        count = self._arity(node.args[0], frame) if len(node.args) == 2 and not node.keywords else None
        if count is None:
            raise self.no_form(node, frame)
        names = [f".item{k}" for k in range(count)]
        target = pack((store(n) for n in names), gast.Store())
        made = call(node.args[0], *(load(n) for n in names))
        self.over(self._expressed(made, target, node.args[1], [], node), frame, body)

    def _arity(self, function: gast.AST, frame: Frame) -> int | None:
        """How many arguments a function takes, where that is one number."""
        closure = self.closure(function, frame)
        if closure is not None:
            found = closure.node.args
            varies = found.vararg or found.kwonlyargs or found.defaults
            return None if varies else len([*found.posonlyargs, *found.args])
        try:
            parameters = signature_of(self.static(function, frame)).parameters.values()
        except (TypeError, ValueError):
            return None
        plain = all(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty for p in parameters)
        return len(parameters) if plain else None

    def _flattened(self, node: gast.Call, frame: Frame, body: Bind) -> None:
        if len(node.args) != 1:
            raise self.no_form(node, frame)
        outer = gast.comprehension(target=store(".part"), iter=node.args[0], ifs=[], is_async=0)
        inner = gast.comprehension(target=store(".item"), iter=load(".part"), ifs=[], is_async=0)
        self.over(gast.copy_location(gast.GeneratorExp(load(".item"), [outer, inner]), node), frame, body)

    def _compress(self, node: gast.Call, frame: Frame, body: Bind) -> None:
        if len(node.args) != 2:
            raise self.no_form(node, frame)
        target = pack([store(".item"), store(".chosen")], gast.Store())
        over = call(".zip", *node.args)
        self.over(self._expressed(load(".item"), target, over, [load(".chosen")], node), frame, body)

    def _product(self, node: gast.Call, frame: Frame, body: Bind) -> None:
        """Nested loops over lists that are made before, as Python does."""
        repeat = next((k.value for k in node.keywords), const(1))
        if not isinstance(repeat, gast.Constant) or not isinstance(repeat.value, int) or not node.args:
            raise self.no_form(node, frame)
        held = [self.stand_in(self.collected(a, frame), frame, self.active(a, frame)) for a in node.args]
        parts = [load(h.id) for _ in range(repeat.value) for h in held]
        names = [f".item{k}" for k in range(len(parts))]
        loops = [gast.comprehension(target=store(n), iter=p, ifs=[], is_async=0) for n, p in zip(names, parts)]
        made = gast.GeneratorExp(pack(load(n) for n in names), loops)
        self.over(gast.copy_location(made, node), frame, body)

    # One after the other

    def _chain(self, node: gast.Call, frame: Frame, body: Bind) -> None:
        for argument in node.args:
            if isinstance(argument, gast.Starred):
                nested = call(".chain", argument.value)
                self._flattened(gast.copy_location(nested, node), frame, body)
            else:
                self.over(argument, frame, body)

    def _accumulate(self, node: gast.Call, frame: Frame, body: Bind) -> None:
        """A running total, from the first element or from `initial`."""
        named = {k.arg: k.value for k in node.keywords}
        step = node.args[1] if len(node.args) > 1 else named.get("func")
        if isinstance(step, gast.Constant) and step.value is None:
            step = None
        items = self.collected(node.args[0] if node.args else named["iterable"], frame)
        initial = named.get("initial")
        started = initial is not None and not (isinstance(initial, gast.Constant) and initial.value is None)
        total = self.fresh("total")
        inner = Frame(frame.source, frame, {".total", ".item"}, {".total", ".item"})

        def add(item: gast.AST) -> None:
            inner.aliases.update({".total": load(total), ".item": item})
            sum_of = gast.BinOp(load(".total"), gast.Add(), load(".item"))
            self.emit(assign(total, self.value(call(step, load(".total"), load(".item")) if step else sum_of, inner)))

        if started:
            self.emit(assign(total, self.value(initial, frame)))
            body(self.name(load(total), "so_far"))
        counter = self.fresh("k")
        self.integers.add(counter)
        with self.inside() as block:
            item = self.name(subscript(load(items.id), load(counter)), "item")
            if started:
                add(item)
            else:
                first = gast.Compare(left=load(counter), ops=[gast.Eq()], comparators=[const(0)])
                self.branch(first, lambda: self.emit(assign(total, item)), lambda: add(item), frame)
            body(self.name(load(total), "so_far"))
        self.counted_loop(counter, call("len", load(items.id)), block)

    def _until(self, node: gast.Call, frame: Frame, body: Bind) -> None:
        """`takewhile` and `dropwhile`: a flag that turns once."""
        if len(node.args) != 2 or self.is_stream(node.args[1], frame):
            # Python does not compute the elements behind the end.
            raise self.no_form(node, frame)
        taking = self.static(node.func, frame) is itertools.takewhile
        going = self.fresh("going")
        self.emit(assign(going, const(True)))
        inner = Frame(frame.source, frame, {".item"}, {".item"} if self.active(node.args[1], frame) else set())

        def consider(item: gast.AST) -> None:
            inner.aliases[".item"] = item
            with self.inside() as asked:
                test = self.condition(call(node.args[0], load(".item")), inner)
                self.emit(assign(going, gast.Call(func=load("bool"), args=[test], keywords=[])))
            self.emit(gast.If(test=load(going), body=asked, orelse=[]))
            wanted = load(going) if taking else negate(load(going))
            self.branch(wanted, lambda: body(item), lambda: None, frame)

        self.each(node.args[1], frame, consider)

    def _pairwise(self, node: gast.Call, frame: Frame, body: Bind) -> None:
        if len(node.args) != 1:
            raise self.no_form(node, frame)
        items = self.collected(node.args[0], frame)
        counter = self.fresh("k")
        self.integers.add(counter)
        with self.inside() as block:
            first = self.name(subscript(load(items.id), load(counter)), "first")
            second = self.name(subscript(load(items.id), binary(load(counter), gast.Add(), const(1))), "second")
            body(self.name(pack([first, second]), "pair"))
        self.counted_loop(counter, binary(call("len", load(items.id)), gast.Sub(), const(1)), block)

    def _chosen(self, node: gast.Call, frame: Frame, body: Bind) -> None:
        """`combinations` and `permutations`: those of the places, and the elements there."""
        count = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords), None)
        if not isinstance(count, gast.Constant) or not isinstance(count.value, int):
            raise self.no_form(node, frame)
        items = self.collected(node.args[0], frame)
        function = self.static(node.func, frame)
        kernel = self.namespace.bind(function.__name__, function)
        places = call("list", call(kernel, call("range", call("len", load(items.id))), const(count.value)))
        held = self.name(places, "places")
        counter = self.fresh("k")
        self.integers.add(counter)
        with self.inside() as block:
            chosen = [subscript(subscript(load(held.id), load(counter)), const(j)) for j in range(count.value)]
            found = [self.name(subscript(load(items.id), place), "item") for place in chosen]
            body(self.name(pack(found), "chosen"))
        self.counted_loop(counter, call("len", load(held.id)), block)

    # By place

    def _count(self, node: gast.Call, frame: Frame) -> Items:
        named = {k.arg: k.value for k in node.keywords}
        start = node.args[0] if node.args else named.get("start", const(0))
        step = node.args[1] if len(node.args) > 1 else named.get("step", const(1))
        if self.active(start, frame) or self.active(step, frame):
            raise self.no_form(node, frame)
        first, by = (self.steady(node, self.index(node, frame), frame) for node in (start, step))
        plain = isinstance(by, gast.Constant) and by.value == 1
        return Items(
            None, lambda k: binary(clone(first), gast.Add(), k if plain else binary(k, gast.Mult(), clone(by)))
        )

    def _repeat(self, node: gast.Call, frame: Frame) -> Items:
        value = self.steady(node.args[0], self.atom(node.args[0], frame), frame)
        held = value if isinstance(value, (gast.Name, gast.Constant)) else self.name(value)
        times = self.index(node.args[1], frame) if len(node.args) > 1 else None
        length = None if times is None else call("max", times, const(0))
        return Items(length, lambda k: clone(held))

    def _islice(self, node: gast.Call, frame: Frame) -> Items:
        """The places that a slice of the same bounds takes."""
        items = self._items(node.args[0], frame)
        bounds = [self.index(a, frame) for a in node.args[1:]]
        lower, upper, step = [None, *bounds, None] if len(bounds) == 1 else [*bounds, None][:3]
        if items.length is None:
            if upper is None or isinstance(upper, gast.Constant) and upper.value is None:
                raise self.no_form(node, frame)
            items = Items(clone(upper), items.element, over=items.over)
        places = call("range", clone(items.length))
        taken = self.name(subscript(places, gast.Slice(lower=lower, upper=upper, step=step)), "places")
        return Items(
            call("len", load(taken.id)), lambda k: items.element(subscript(load(taken.id), k)), over=items.over
        )

    def _by_index(self, node: gast.AST, frame: Frame) -> Items:
        """`np.ndenumerate(a)`: the indices of an array, and what is there when the loop gets to it."""
        base = self.as_array(self.atom(node, frame), node, frame)
        steady = isinstance(base, gast.Name) and not self._becomes_another(node, frame)
        held = base if steady else self.name(base, "entries")
        kernel = attribute(load(self.namespace.bind("np", np)), "ndindex")
        places = self.name(call("list", call(kernel, attribute(load(held.id), "shape"))), "places")
        index = Items(call("len", load(places.id)), _at_place(places.id))
        value = Items(index.length, lambda k: subscript(load(held.id), subscript(load(places.id), k)))
        columns = (index, value)
        return Items(index.length, lambda k: gast.Tuple([c.element(clone(k)) for c in columns], gast.Load()), columns)

    def as_array(self, value: gast.AST, node: gast.AST, frame: Frame) -> gast.AST:
        """What stands for an array, of which NumPy would make one."""
        raise NotImplementedError

    def _zip_longest(self, node: gast.Call, frame: Frame) -> Items:
        """Lists filled up to one length, then read side by side."""
        fill = next((k.value for k in node.keywords), const(None))
        filler = self.atom(fill, frame)
        parts = [self.collected(a, frame) for a in node.args]
        length = self.name(call("max", *(call("len", load(p.id)) for p in parts)), "longest")
        for part in parts:
            missing = self.name(binary(load(length.id), gast.Sub(), call("len", load(part.id))), "missing")
            with self.inside() as block:
                self._append(part, clone(filler))
            self.counted_loop(self.fresh("k"), missing, block)
        columns = tuple(Items(load(length.id), _at_place(part.id)) for part in parts)
        return Items(
            load(length.id), lambda k: gast.Tuple([c.element(clone(k)) for c in columns], gast.Load()), columns
        )


def _at_place(name: str) -> Callable[[gast.AST], gast.AST]:
    return lambda place: subscript(load(name), place)
