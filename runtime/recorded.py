"""Nodes for recorded calls of the rule table's functions, and how they go backward and forward."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from runtime.absorbing import absorbing
from runtime.errors import SourceADError
from runtime.graph import UNSPENT, At, Linked, Meta, Node, Pick, fit
from runtime.keeping import blank, release, stand_in
from runtime.kernels import absorb
from runtime.kernels.cotangent import unbroadcast
from runtime.lifting import call, lift
from runtime.modes import state
from runtime.naming import backward_name
from runtime.nesting import added, arranged, follow, in_order, nested
from runtime.plan import Part, forward_rule, plan_for
from runtime.pullback import FREED, RESULT, Form, even_pullback, full_pullback, keeps_both, maker
from runtime.reads import VALUE
from runtime.storage import check_unchanged, clock, tick
from runtime.variable import Place, Variable, find, put

# Powers with a number, which PyTorch keeps as such.
_OF_ONE_OPERAND = frozenset({"PowBackward0", "PowBackward2", "RsubBackward1"})
# `2 * x` is `x * 2` there.
_COMMUTATIVE = frozenset({np.add, np.multiply})


def _saved(name: str, slot: int | str) -> property:
    """What was kept of an operand or the result, under PyTorch's name for it.

    A property for each name, because CPython is slow to find any attribute of a class that has `__getattr__`.
    """

    def value(node: Recorded) -> Any:
        if not node.reads_slot(slot):
            raise AttributeError(f"{node.name()} has no attribute {name!r}")
        args, _, result = node.arguments(True)
        return args[slot] if isinstance(slot, int) else result

    return property(value)


class Recorded(Node):
    """A recorded call of a function of the rule table.

    A subclass has `function`, `parts`, `places` (of the tracked inputs), `nest` (of the results) and `face` (the class
    of inputs and results), and gives the arguments back as they were.
    """

    __slots__ = ()

    function: Callable[..., Any]
    parts: tuple[Part, ...]
    places: tuple[Place, ...]
    nest: Any
    face: type[Variable]
    even = False

    _saved_self = _saved("_saved_self", 0)
    _saved_other = _saved("_saved_other", 1)
    _saved_mat2 = _saved("_saved_mat2", 1)
    _saved_exponent = _saved("_saved_exponent", 1)
    _saved_result = _saved("_saved_result", RESULT)

    def operands(self) -> tuple[Node | None, ...]:
        found = self.sources
        if isinstance(self.function, np.ufunc) and self.function.nin == 2 and self.name() not in _OF_ONE_OPERAND:
            if len(found) == 1 and (self.places[0] == (0,) or self.function in _COMMUTATIVE):
                return found[0], None
            return found if len(found) == 2 else (None, found[0])
        return found

    def kept_call(self) -> tuple[tuple[Any, ...], dict[str, Any], list[Any]]:
        """Arguments and results as they were in the call."""
        raise NotImplementedError

    def reads_slot(self, slot: int | str) -> bool:
        """Whether the value of an argument, or `RESULT`, was kept."""
        raise NotImplementedError

    def arguments(self, as_variables: bool) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
        """Arguments and result as they were in the call: plain, or with the inputs and results as Variables."""
        args, kwargs, results = self.kept_call()
        if as_variables:
            for source, place in zip(self.sources, self.places):
                if self.reads_slot(place[0]):
                    args, kwargs = put(args, kwargs, place, at_node(source, find(args, kwargs, place), self.face))
            results = [
                None if z is None else at_node(Pick(self, k, len(results)) if self.several else self, z, self.face)
                for k, z in enumerate(results)
            ]
        return args, kwargs, arranged(self.nest, results)

    def backward(self, g: Any, owned: bool, needed: Sequence[bool], create_graph: bool) -> Iterable[Any]:
        args, kwargs, result = self.arguments(create_graph)
        plain = self.kept_call() if create_graph else (args, kwargs, [])
        if self.several:
            g = arranged(self.nest, [0.0 if part is None else part for part in g])
        slots = {place[0] for need, place in zip(needed, self.places) if need}
        bars = {
            part.slot: _cotangent(part, g, result, args, kwargs, create_graph, self.even)
            for part in self.parts
            if part.slot in slots
        }
        found: list[Any] = []
        for need, place in zip(needed, self.places):
            bar = follow(bars[place[0]], place[1:]) if need else None
            if not self.even and bar is not None:
                meta = Meta.of(find(plain[0], plain[1], place))
                if type(bar) is At:
                    part = fit(bar.g, Meta.of(bar.g), "")
                    bar = None if part is None else At(bar.index, part, meta)
                else:
                    bar = fit(bar, meta, self.name())
            found.append(bar)
        return found

    def forward(self, dots: Sequence[Any], lifted: bool) -> list[Any]:
        args, kwargs, result = self.arguments(lifted)
        total: Any = 0.0
        for part in self.parts:
            places = [(dot, place[1:]) for dot, place in zip(dots, self.places) if place[0] == part.slot]
            if any(dot is not None for dot, _ in places):
                primal = find(args, kwargs, (part.slot,))
                dot = nested(primal, (), {path: dot for dot, path in places})
                total = added(total, _tangent(self.function, part, dot, result, args, kwargs, lifted))
        values: list[Any] = []
        if self.several:
            in_order(self.nest, total, values)
            return values
        return [total]


class Operation(Recorded, Linked):
    """A recorded call of any form, with all that it needs to know of itself."""

    __slots__ = ("args", "face", "function", "how", "kwargs", "metas", "nest", "parts", "places", "result", "several")

    args: Any
    how: dict[int | str, str]
    metas: tuple[Meta, ...]
    result: Any
    kwargs: dict[str, Any]

    def name(self) -> str:
        return backward_name(self.function, self.args or (), self.kwargs)

    def free(self) -> None:
        self.args = self.result = None
        self.kwargs = {}

    def reads_slot(self, slot: int | str) -> bool:
        return self.how.get(slot) == VALUE or slot == RESULT and bool(self.result) and self.result[0] is not None

    def kept_call(self) -> tuple[tuple[Any, ...], dict[str, Any], list[Any]]:
        if self.args is None:
            raise freed(self)
        found = release(self.args), {key: release(value) for key, value in self.kwargs.items()}, release(self.result)
        if clock.last_write < self.serial:
            check_unchanged((found[0], found[2], *found[1].values()), self.serial, self.name())
        return found

    def result_metas(self) -> Sequence[Meta]:
        return self.metas


class Quick(Recorded):
    """A recorded call on Tensors that are arguments by themselves, with one result.

    A class is made for each form of call, and knows all but the inputs' nodes, `s0 ...`, and what is kept of the
    arguments and the result of `layout`, `k0 ...`. Attributes instead of tuples save the garbage collector half of
    its work.
    """

    __slots__ = ()
    # Calling the class is the quickest way to an empty node, as long as Python runs nothing of ours in it.
    __init__ = object.__init__  # type: ignore[assignment]
    quick = True
    lazy = False
    nest = 0
    form: Form
    layout: tuple[int | str, ...]
    title: str
    make: Callable[..., Quick]
    make_of_arrays: Callable[..., Quick]
    dropped: tuple[str, ...]
    whole: tuple[bool, ...]

    @property
    def sources(self) -> tuple[Node, ...]:  # type: ignore[override]
        """The nodes of the inputs."""
        return tuple([getattr(self, f"s{k}") for k in range(len(self.parts))])

    @property
    def saved(self) -> tuple[Any, ...]:  # type: ignore[override]
        """What was kept, in the order of `layout`."""
        return tuple([getattr(self, f"k{k}") for k in range(len(self.layout))])

    @saved.setter
    def saved(self, values: Sequence[Any]) -> None:
        for k, value in enumerate(values):
            setattr(self, f"k{k}", value)

    def name(self) -> str:
        return self.title

    def free(self) -> None:
        for name in self.dropped:
            setattr(self, name, FREED)

    def reads_slot(self, slot: int | str) -> bool:
        plan = self.form.plan
        return (plan.result if slot == RESULT else plan.reads.get(slot)) == VALUE

    def kept_call(self) -> tuple[tuple[Any, ...], dict[str, Any], list[Any]]:
        verify(self)
        kept_values = dict(zip(self.layout, self.saved))
        args = tuple([kept_values.get(k) for k in range(self.form.positional)])
        return args, {key: kept_values.get(key) for key in self.form.keywords}, [kept_values.get(RESULT)]

    def stretched(self, g: Any) -> Iterable[tuple[Node, Any]]:
        """The cotangents where broadcasting stretched an operand."""
        return zip(self.sources, self.backward(g, False, (True,) * len(self.parts), False))

    def stretched_for(self, g: Any, add: Callable[[Node, Any], None]) -> tuple[None, None]:
        """The same, handed over to a walk."""
        for source, bar in self.stretched(g):
            add(source, bar)
        self.free()
        return None, None


def freed(node: Node) -> SourceADError:
    """The refusal of a second walk."""
    return SourceADError(
        f"the gradient of {node.name()} was asked for a second time, but what it needs was freed by the first",
        "Pass retain_graph=True to the first backward call.",
    )


def verify(node: Any) -> None:
    """Raises where what a node kept was freed, or written to since."""
    if any(value is FREED for value in node.saved):
        raise freed(node)
    check_unchanged(node.saved, node.serial, node.name())


def _fitted(bar: Any, x: Any, node: Node) -> Any:
    return fit(bar, Meta.of(x), node.name()) if type(bar) is not np.ndarray or x.ndim else bar


def _at(index: Any, g: Any, x: Any) -> At:
    return At(index, g, Meta(x.shape, x.dtype))


_HELPERS = {"fitted": _fitted, "verify": verify, "clock": clock, "at": _at, "UNSPENT": UNSPENT}


@functools.cache
def quick_class(
    function: Callable[..., Any],
    count: int,
    keywords: tuple[str, ...],
    slots: tuple[int | str, ...],
    even: bool,
    title: str,
    face: Any,
) -> type[Quick] | None:
    """The class of nodes for a form of call, whose inputs `slots` are tracked; None where no derivative passes through.

    With `even` it is for operands and a result of one shape and dtype, or of shapes that are compared later (`lazy`).
    """
    plan = plan_for(function, count, keywords, slots)
    if not plan.parts:
        return None
    form = Form(function, count, keywords, plan)
    lazy = even and len(slots) == 2 and keeps_both(form)
    pullback = even_pullback(form, _HELPERS, lazy) if even else full_pullback(form, _HELPERS)
    if pullback is None:
        return quick_class(function, count, keywords, slots, False, title, face)
    size = len(pullback.layout)
    read = [
        k
        for k, slot in enumerate(pullback.layout)
        if (plan.result if slot == RESULT else plan.reads.get(slot)) == VALUE
    ]
    members = {
        "__slots__": (*[f"k{k}" for k in range(size)], *[f"s{k}" for k in range(len(plan.parts))]),
        "dropped": tuple([f"k{k}" for k in read]),
        "whole": tuple([plan.reads.get(slot) == VALUE for slot in form.slots()]),
        "form": form,
        "function": staticmethod(function),
        "parts": plan.parts,
        "places": tuple([(part.slot,) for part in plan.parts]),
        "face": face,
        "layout": pullback.layout,
        "pull": pullback.pull,
        "spend": pullback.spend,
        "title": title,
        "even": even and not lazy,
        "lazy": lazy,
    }
    kind: Any = type(title, (Quick,), members)
    kind.make = staticmethod(maker(form, pullback.layout, kind, tick))
    kind.make_of_arrays = staticmethod(maker(form, pullback.layout, kind, tick, stand_in, blank))
    return kind


def at_node(node: Node, data: Any, face: type[Variable]) -> Variable:
    """A value that a node made as a Variable again, so that what is computed from it is recorded."""
    found = face.wrap(data)
    found._node = node
    return found


def _tangent(
    function: Callable[..., Any],
    part: Part,
    dot: Any,
    result: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    lifted: bool,
) -> Any:
    kind, rule = forward_rule(function, part, len(args), tuple(kwargs))
    rule = lift(rule) if lifted else rule
    if kind == "elementwise":
        # A list that NumPy takes for an array has a list of tangents.
        whole = (call(np.array, dot) if lifted else np.array(dot)) if isinstance(dot, (list, tuple)) else dot
        return whole * rule(result, *args, **kwargs)
    if kind == "linear":
        args, kwargs = put(args, kwargs, (part.slot,), dot)
        return call(function, *args, **kwargs) if lifted else function(*args, **kwargs)
    operand = () if part.operand is None else (part.operand,)
    return rule(dot, result, *operand, *args, **kwargs)


def _cotangent(
    part: Part, g: Any, result: Any, args: tuple[Any, ...], kwargs: dict[str, Any], lifted: bool, even: bool
) -> Any:
    if part.kind == "index" and not lifted:
        return At(args[1], g, Meta.of(args[0]))
    strong = state.strong_zero
    rule = absorbing(part.rule) if strong and part.kind != "partial" else part.rule
    rule = lift(rule) if lifted else rule
    if part.kind == "partial":
        factor = rule(result, *args, **kwargs)
        bar = (call(absorb, g, factor) if lifted else absorb(g, factor)) if strong else g * factor
        if even:
            return bar
        x = find(args, kwargs, (part.slot,))
        return call(unbroadcast, bar, x) if lifted else unbroadcast(bar, x)
    if part.operand is not None:
        return rule(g, result, part.operand, *args, **kwargs)
    return rule(g, result, *args, **kwargs)
