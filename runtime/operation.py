"""Calls of the rule table's functions on Variables: computed on their data, recorded as nodes."""

from __future__ import annotations

import functools
import math
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from runtime.errors import DerivativeLost, SourceADError
from runtime.graph import At, Edge, Meta, Node
from runtime.keeping import kept, kept_result, release
from runtime.kernels.cotangent import unbroadcast
from runtime.modes import enable_grad, state
from runtime.nesting import added, arranged, follow, in_order, in_the_form_of, nested, path_to, take_apart
from runtime.plan import Part, forward_rule, plan_for, title
from runtime.primitives import registry
from runtime.reads import VALUE
from runtime.variable import Place, Step, Variable, View, find, put, strip


class Operation(Node):
    """A recorded call of a function of the rule table."""

    __slots__ = ("args", "function", "how", "kwargs", "nest", "parts", "places", "result", "several")

    def __init__(
        self,
        edges: tuple[Edge, ...],
        metas: tuple[Meta, ...],
        face: type[Variable],
        function: Callable[..., Any],
        parts: tuple[Part, ...],
        places: tuple[Place, ...],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        how: dict[int | str, str],
    ) -> None:
        super().__init__(edges, metas, face)
        self.how = how
        self.function = function
        self.parts = parts
        self.places = places
        self.args: tuple[Any, ...] | None = args
        self.kwargs = kwargs
        self.result: Any = None
        self.nest: Any = 0
        self.several = False

    def name(self) -> str:
        words = getattr(self.function, "__name__", "call").split("_")
        return "".join(word[:1].upper() + word[1:] for word in words) + "Backward0"

    def free(self) -> None:
        self.args = self.result = None
        self.kwargs = {}

    def arguments(self, as_variables: bool) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
        """Arguments and result as they were in the call: plain, or with the inputs and results as Variables."""
        if self.args is None:
            raise SourceADError(
                f"the gradient of {self.name()} was asked for a second time, but what it needs was freed by the first",
                "Pass retain_graph=True to the first backward call.",
            )
        label = self.name()
        args = tuple([release(argument, label) for argument in self.args])
        kwargs = {key: release(argument, label) for key, argument in self.kwargs.items()}
        result = release(self.result, label)
        if as_variables:
            for edge, place in zip(self.edges, self.places):
                if self.how.get(place[0]) != VALUE:
                    continue
                args, kwargs = put(args, kwargs, place, at_edge(edge, find(args, kwargs, place), self.face))
            result = [None if z is None else at_edge(Edge(self, k), z, self.face) for k, z in enumerate(result)]
        return args, kwargs, arranged(self.nest, result)

    def backward(self, g: Any, owned: bool, needed: Sequence[bool], create_graph: bool) -> Iterable[Any]:
        args, kwargs, result = self.arguments(create_graph)
        g = arranged(self.nest, g) if self.several else g
        slots = {place[0] for need, place in zip(needed, self.places) if need}
        bars = {
            part.slot: _cotangent(part, g, result, args, kwargs, create_graph)
            for part in self.parts
            if part.slot in slots
        }
        return [follow(bars[place[0]], place[1:]) if need else None for need, place in zip(needed, self.places)]

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
        return dot * rule(result, *args, **kwargs)
    if kind == "linear":
        args, kwargs = put(args, kwargs, (part.slot,), dot)
        return call(function, *args, **kwargs) if lifted else function(*args, **kwargs)
    operand = () if part.operand is None else (part.operand,)
    return rule(dot, result, *operand, *args, **kwargs)


def _cotangent(part: Part, g: Any, result: Any, args: tuple[Any, ...], kwargs: dict[str, Any], lifted: bool) -> Any:
    if part.kind == "index" and not lifted:
        return At(args[1], g)
    rule = lift(part.rule) if lifted else part.rule
    if part.kind == "partial":
        bar = g * rule(result, *args, **kwargs)
        x = find(args, kwargs, (part.slot,))
        return call(unbroadcast, bar, x) if lifted else unbroadcast(bar, x)
    if part.operand is not None:
        return rule(g, result, part.operand, *args, **kwargs)
    return rule(g, result, *args, **kwargs)


def at_edge(edge: Edge, data: Any, face: type[Variable]) -> Variable:
    """The value at the end of an edge as a Variable again, so that what is computed from it is recorded."""
    if isinstance(edge.source, Variable):
        return edge.source
    found = face.wrap(data)
    found._node, found._output = edge.source, edge.output
    return found


# Finding an input's place in the graph.


def edge_of(variable: Variable) -> Edge | None:
    """Where the value stands in the graph, or None for a constant. A view whose base was written to is placed anew."""
    if variable._view is not None and variable._storage is not None and variable._stamp != variable._storage.stamp:
        _replay(variable)
    if variable._node is not None:
        return Edge(variable._node, variable._output)
    return Edge(variable, 0) if variable._wanted else None


def _replay(variable: Variable) -> None:
    """Record a view's steps again, starting from what its base has become."""
    base, steps = variable._view  # type: ignore[misc]
    value = base
    for step in steps:
        args, kwargs = put(step.args, step.kwargs, step.place, value)
        with enable_grad():
            value = apply(step.function, args, kwargs, step.evaluate)
        for k in step.pick:
            value = value[k]
    variable._node, variable._output = value._node, value._output
    variable._stamp = base._stamp


def tracked(value: Any) -> bool:
    """Whether `value` is a Variable that carries a derivative."""
    return isinstance(value, Variable) and edge_of(value) is not None


# Calling.


def apply(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any] | None = None,
    evaluate: Callable[..., Any] | None = None,
) -> Any:
    """Call `function` on arguments with Variables in them, also inside lists.

    `evaluate` computes the value where it is spelled otherwise than `function`, as an operator is. Raises
    DerivativeLost where an argument carries a derivative and the table has no rule for the call.
    """
    kwargs = kwargs or {}
    evaluate = evaluate or function
    inputs: list[tuple[Place, Variable]] = []
    plain_args = tuple([strip(argument, (k,), inputs) for k, argument in enumerate(args)])
    plain_kwargs = {key: strip(argument, (key,), inputs) for key, argument in kwargs.items()} if kwargs else kwargs
    z = evaluate(*plain_args, **plain_kwargs)
    face = _face(inputs)
    if registry.is_inactive(function):
        return _wrap(z, face) if isinstance(z, np.ndarray) else z
    edges: list[Edge] = []
    places: list[Place] = []
    if state.recording:
        for place, variable in inputs:
            edge = edge_of(variable)
            if edge is not None:
                edges.append(edge)
                places.append(place)
    values: list[Any] = []
    nest = take_apart(z, values)
    results = [_wrap(value, face) for value in values]
    for k, result in enumerate(results):
        if isinstance(result, Variable) and isinstance(result._data, np.ndarray):
            _mark_view(result, inputs, function, evaluate, plain_args, plain_kwargs, path_to(nest, k))
    if edges and any(isinstance(result, Variable) for result in results):
        _record(function, args, kwargs, plain_args, plain_kwargs, edges, places, values, results, face, nest)
    elif edges and not all(_discrete(value) for value in values):
        raise DerivativeLost(
            f"{title(function)} returns {type(z).__name__}, which cannot carry a derivative",
            "Call it on detached data where no derivative is meant.",
        )
    return in_the_form_of(z, iter(results))


def _record(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    plain_args: tuple[Any, ...],
    plain_kwargs: dict[str, Any],
    edges: list[Edge],
    places: list[Place],
    values: list[Any],
    results: list[Any],
    face: type[Variable],
    nest: Any,
) -> None:
    """Make the node of a call and put its results at it."""
    plan = plan_for(function, len(args), tuple(kwargs), tuple(dict.fromkeys([place[0] for place in places])))
    known = {part.slot for part in plan.parts}
    chosen = [k for k, place in enumerate(places) if place[0] in known]
    if not chosen:
        return
    how = dict.fromkeys([*range(len(args)), *kwargs], VALUE) if state.keep_all else plan.reads
    node = Operation(
        tuple([edges[k] for k in chosen]),
        tuple([Meta.of(value) for value in values]),
        face,
        function,
        plan.parts,
        tuple([places[k] for k in chosen]),
        tuple([kept(plain_args[k], argument, how.get(k)) for k, argument in enumerate(args)]),
        {key: kept(plain_kwargs[key], argument, how.get(key)) for key, argument in kwargs.items()},
        how,
    )
    node.nest = nest
    node.several = isinstance(nest, list)
    for k, result in enumerate(results):
        if isinstance(result, Variable):
            result._node, result._output = node, k
    how_result = VALUE if state.keep_all else plan.result
    node.result = [kept_result(value, result, how_result) for value, result in zip(values, results)]


def _face(inputs: list[tuple[Place, Variable]]) -> type[Variable]:
    """The class of a result: that of a traced input where there is one, otherwise that of the first input."""
    for _, variable in inputs:
        if variable.copies_before_write:
            return type(variable)
    return type(inputs[0][1]) if inputs else Variable


def _wrap(value: Any, face: type[Variable]) -> Any:
    """Floating and complex values as Variables; everything else as it is."""
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind == "O":
            raise DerivativeLost("an array of Python objects cannot carry a derivative", "Give it a floating dtype.")
        return face.wrap(value) if value.dtype.kind in "fc" else value
    return face.wrap(value) if isinstance(value, (float, complex)) else value


def _discrete(value: Any) -> bool:
    """Whether a value is of a kind that has no derivative, so that nothing is lost with it."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biuSUmM"
    return isinstance(value, (int, str, bytes, np.integer, np.bool_, np.dtype, type, slice, range))


def _mark_view(
    result: Variable,
    inputs: list[tuple[Place, Variable]],
    function: Callable[..., Any],
    evaluate: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    pick: tuple[int, ...],
) -> None:
    """Find out whether a result looks into the memory of an input, and if so make it a view."""
    data = result._data
    for place, variable in inputs:
        source = variable._data
        if data is source or (data.base is not None and isinstance(source, np.ndarray) and _overlaps(data, source)):
            base, steps = variable._view or View(variable, ())
            result._view = View(base, (*steps, Step(function, evaluate, args, kwargs, place, pick)))
            result._storage = variable._storage
            result._stamp = variable._storage.stamp  # type: ignore[union-attr]
            return


def _overlaps(data: np.ndarray, source: np.ndarray) -> bool:
    return np.may_share_memory(data, source) and data.size > 0


# Rules on Variables, for the graph of a gradient.


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function of the table: recorded where an argument is a Variable, plainly otherwise."""
    found: list[tuple[Place, Variable]] = []
    for argument in (*args, *kwargs.values()):
        strip(argument, (), found)
    return apply(function, args, kwargs) if found else function(*args, **kwargs)


class _Lifted:
    """A module whose functions also take Variables."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return _lifted_value(getattr(self._module, name))


def _lifted_value(value: Any) -> Any:
    if value is math or value is np or value is np.linalg:
        return _Lifted(value)
    known = registry.lookup(value) is not None or registry.is_inactive(value)
    return functools.partial(call, value) if known and callable(value) else value


@functools.cache
def lift(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The same rule with its kernels and functions of numbers looked up in the table, so that it takes Variables."""
    if not isinstance(rule, types.FunctionType):
        return rule
    names = {name: _lifted_value(value) for name, value in rule.__globals__.items() if name in rule.__code__.co_names}
    lifted = types.FunctionType(
        rule.__code__,
        {**rule.__globals__, **names},
        rule.__name__,
        rule.__defaults__,
        rule.__closure__,
    )
    lifted.__kwdefaults__ = rule.__kwdefaults__
    return lifted
