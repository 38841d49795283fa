"""`vjp` and `jvp` over the dynamic graph, for functions on nested containers."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from runtime import tracing
from runtime.errors import CotangentMismatch, DerivativeLost, NotDifferentiable
from runtime.graph import AccumulateGrad, Linked, Meta, Node
from runtime.hooks import Hooks
from runtime.lost import Lost, require_constant, unknown
from runtime.meanings import has_own_operators, refused_class
from runtime.modes import enable_grad, keep_all, strong_zero
from runtime.operation import node_of
from runtime.reaching import reaches_tracked
from runtime.readings import reading
from runtime.records import Fields, fields_of, is_record, kind_of, with_fields
from runtime.standing import Standing
from runtime.storage import tick
from runtime.structure import carries_nothing, flatten, is_inexact, match
from runtime.traced import TracedNumber, trace
from runtime.untouched import in_place_of, refuse_shared_writes, seen_around, to_work_on
from runtime.variable import Variable
from runtime.walk import backpropagate, propagate, reachable


class Input(Linked):
    """An argument of a traced function: where its backward pass ends, or goes on in the graph around it."""

    __slots__ = ("face", "meta")

    def __init__(self, outer: Node | None, data: Any, face: type[Variable]) -> None:
        super().__init__(() if outer is None else (outer,))
        self.meta = Meta.of(data)
        self.face = face

    def result_metas(self) -> Sequence[Meta]:
        return [self.meta]

    def backward(self, g: Any, owned: bool, needed: Sequence[bool], create_graph: bool) -> Iterable[Any]:
        return [g]

    def forward(self, dots: Sequence[Any], lifted: bool) -> list[Any]:
        return list(dots)


class _Point(NamedTuple):
    fn: Callable[..., Any]
    primals: tuple[Any, ...]


class Pullback(_Point):
    """The derivative of a function at a point, backwards: a cotangent of the value -> a tuple, one a primal.

    A named tuple, so that it is taken apart and put together again as a value that depends on the primals. One that
    was put together records the function at its first call.
    """

    def __call__(self, cotangent: Any) -> tuple[Any, ...]:
        run = self.__dict__.get("run")
        if run is None:
            refuse_again(self.primals)
            before = _drawn(self.primals)
            run = self.__dict__["run"] = vjp(self.fn, *self.primals)[1].__dict__["run"]
            if _drawn(self.primals) != before:
                raise DerivativeLost(
                    "a function that draws random numbers would be run again for a derivative of its derivative",
                    "Draw them outside of it, and pass it the numbers.",
                )
        return run(cotangent)


def refuse_again(primals: Any) -> None:
    """Raise DerivativeLost where a function reads something that another run would not find as it was."""
    for leaf in flatten(primals)[0]:
        if isinstance(leaf, Iterator):
            raise DerivativeLost(
                f"a function that reads a {type(leaf).__name__} would be run again for a derivative of its derivative",
                "Make a list of what it reads outside of it, and pass it the list.",
            )


def _drawn(primals: Any) -> list[Any]:
    """The states of the generators of random numbers that a function may draw from."""
    states = [
        pickle.dumps(leaf.bit_generator.state) for leaf in flatten(primals)[0] if isinstance(leaf, np.random.Generator)
    ]
    return [*states, pickle.dumps(np.random.get_state()), random.getstate()]


def vjp(fn: Callable[..., Any], *primals: Any) -> tuple[Any, Pullback]:
    """The value of `fn(*primals)` and its pullback.

    Primals and the value are nested containers. Floating and complex leaves are differentiated; other leaves are
    passed through, and their cotangent is the float 0.0, as that of None. `pullback(cotangent)` takes
    a cotangent of the value's structure and returns the tuple of the primals' cotangents, in structure, shape and dtype
    as the primals. It may be called again. The primals are not changed, also where `fn` writes to its arguments.

    Raises SourceADError where a derivative would be lost; CotangentMismatch for a cotangent that does not fit.
    """
    leaves, rebuild = flatten(primals)
    shaped = _has_other_zeros(primals)
    began = tick()
    inputs = [_input(leaf) for leaf in leaves]
    # Before `fn` runs: where it writes into an argument, the argument's node is that of the written value afterwards.
    targets = [None if x is None else x._node for x in inputs]
    value, results, nodes, nested = _recorded(fn, primals, inputs, began)
    metas = [_meta(result) for result in results]
    # Containers of its own: whoever gets the value may add to it before the pullback is called.
    shown = value if isinstance(value, (np.ndarray, Variable, float)) else flatten(value)[1](flatten(value)[0])

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        bars = match(shown, cotangent)
        create_graph = nested or _is_nested(bars)
        if not create_graph:
            bars = [bar._data if isinstance(bar, Variable) else bar for bar in bars]
        for bar, result in zip(bars, results):
            if not (type(bar) is float and bar == 0.0):
                _refuse_unknown(result)
        seeds = [
            (node, _seed(bar, meta, _face(result) if create_graph else None))
            for node, bar, meta, result in zip(nodes, bars, metas, results, strict=True)
            if node is not None and not (type(bar) is float and bar == 0.0)
        ]
        asked = [target for target in targets if target is not None]
        found = iter(backpropagate(seeds, asked, create_graph, keep_graph=True))
        given = rebuild([
            unknown(leaf) if target is None else _as_primal(next(found), leaf, create_graph)
            for target, leaf in zip(targets, leaves)
        ])  # fmt: skip
        return _as_derivative(given) if shaped else given

    made = Pullback(fn, primals)
    made.__dict__["run"] = pullback
    return value, made


def strong_vjp(fn: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """`vjp` with a pullback in which a zero cotangent absorbs: it stays zero where it meets infinity or NaN."""
    value, pullback = vjp(fn, *primals)
    return value, strong_zero()(pullback.__call__)


def jvp(fn: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value of `fn(*primals)` and its derivative along `tangents`, which has the structure of the value.

    `tangents` has the structure of `primals`, and 0.0 may stand for the zero of any part. Leaves of the value that
    carry no derivative have the tangent 0.0. Raises as `vjp` does.
    """
    leaves, rebuild = flatten(tuple(primals))
    given = match(tuple(primals), tuple(tangents))
    began = tick()
    inputs = [_input(leaf) for leaf in leaves]
    for x, dot, leaf in zip(inputs, given, leaves, strict=True):
        if x is None:
            require_constant(dot, leaf)
    # Before `fn` runs, as in `vjp`.
    starts = [None if x is None else x._node for x in inputs]
    with keep_all():
        value, results, nodes, nested = _recorded(fn, tuple(primals), inputs, began)
    nested = nested or _is_nested(given)
    if not nested:
        given = [dot._data if isinstance(dot, Variable) else dot for dot in given]
    seeds = [
        (start, _seed(dot, _meta(x), type(x) if nested else None))
        for start, x, dot in zip(starts, inputs, given, strict=True)
        if start is not None and not (type(dot) is float and dot == 0.0)
    ]
    for result in results:
        _refuse_unknown(result)
    found = propagate(seeds, nodes, nested)
    shown = flatten(value)[0]
    dots = [_as_primal(dot, leaf, nested) if _is_active(leaf) else _constant(leaf) for dot, leaf in zip(found, shown)]
    dot = flatten(value)[1](dots)
    return value, _as_derivative(dot) if _has_other_zeros(value) else dot


def _constant(result: Any) -> Any:
    """The tangent of a leaf of the value that is no floating-point value."""
    return result if isinstance(result, Lost) else 0.0


def _has_other_zeros(tree: Any) -> bool:
    """Whether a container has None in it or an object with operators of its own: their zeros are nothing like them."""
    if isinstance(tree, (list, tuple)):
        return any(_has_other_zeros(part) for part in tree)
    if isinstance(tree, dict):
        return any(_has_other_zeros(part) for part in tree.values())
    if not is_record(tree):
        return tree is None
    return has_own_operators(type(tree)) or any(_has_other_zeros(getattr(tree, name)) for name in fields_of(tree))


def _as_derivative(tree: Any) -> Any:
    """Cotangents or tangents that were put together as the values are: with the number 0.0 for None, and `Fields` for
    an object whose class has operators of its own, which would add and scale it in its own way.
    """
    if isinstance(tree, (list, tuple)):
        parts = [_as_derivative(part) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    if type(tree) is dict:
        return {key: _as_derivative(part) for key, part in tree.items()}
    if is_record(tree):
        fields = {name: _as_derivative(getattr(tree, name)) for name in fields_of(tree)}
        return Fields(kind_of(tree), **fields) if has_own_operators(type(tree)) else with_fields(tree, fields)
    return 0.0 if tree is None else tree


def _face(result: Any) -> Any:
    """The class of the cotangents of a result, where they are recorded."""
    return type(result) if isinstance(result, Variable) else TracedNumber


def _is_active(result: Any) -> bool:
    return isinstance(result, Variable) or is_inexact(result)


def _is_nested(leaves: Iterable[Any]) -> bool:
    """Whether a graph is being recorded around this one, which what is computed of these values has to be part of."""
    return tracing.is_tracing() or any(isinstance(leaf, Variable) and node_of(leaf) is not None for leaf in leaves)


def _recorded(
    fn: Callable[..., Any], primals: tuple[Any, ...], inputs: list[Any], began: int
) -> tuple[Any, list[Any], list[Node | None], bool]:
    """Run `fn`: its value as the caller sees it, the leaves of that, their places in the graph, and whether a graph
    around this one goes on through them. Inside a traced function the leaves are traced values; elsewhere they are
    plain, or Tensors where they are computed from Tensors or belong to a graph around. `began` is the time before.
    """
    leaves, rebuild = flatten(primals)
    with enable_grad():
        copies = to_work_on(leaves, inputs)
        given = rebuild(copies)
        standing = Standing(given, primals)
        value = tracing.run(fn, *given)
    refuse_shared_writes(copies, leaves)
    results, rebuild_value = flatten(value)
    _refuse_hidden(results)
    nodes = [node_of(result) if isinstance(result, Variable) else None for result in results]
    if tracing.is_tracing():
        # Where the function gives back an argument, or a view of it, so does this, here and below.
        shown = [
            seen_around(result, inputs, leaves) if isinstance(result, Variable) else in_place_of(result, copies, leaves)
            for result in results
        ]
        return standing.restored(value, rebuild_value(shown), copies, leaves), results, nodes, True
    _refuse_captured(nodes, any(isinstance(leaf, Variable) for leaf in leaves), began)
    nested = any(map(_leads_out, nodes))
    if nested:
        shown = [_outside(result, node, Hooks.face) for result, node in zip(results, nodes)]
        return standing.restored(value, rebuild_value(shown), copies, leaves), results, nodes, True
    plain = [result._data if isinstance(result, Variable) else result for result in results]
    plain = [in_place_of(result, copies, leaves) for result in plain]
    for result in results:
        if isinstance(result, Variable) and result.traced:
            # The caller may write to the array that it is given; of a Tensor every write is noticed.
            result.before_write()
    shown = [_alike(given, result) for given, result in zip(plain, results)]
    return standing.restored(value, rebuild_value(shown), copies, leaves), shown, nodes, False


def _leads_out(node: Node | None) -> bool:
    """Whether a value is computed from a Tensor that requires a gradient outside of the traced function."""
    return node is not None and any(isinstance(n, AccumulateGrad) for n in reachable([node]))


def _outside(result: Any, node: Node | None, face: type[Variable]) -> Any:
    """A result as the caller sees it, who has a graph with Tensors of the class `face` and traces nothing."""
    if not isinstance(result, Variable):
        return result
    if not _leads_out(node):
        return _alike(result._data, result)
    if not result.traced:
        return result
    found = face.wrap(result._data)
    found._node = node
    return found


def _alike(data: Any, like: Any) -> Any:
    """Data as a Tensor where it was one inside; what was traced is plain outside."""
    return type(like).wrap(data) if isinstance(like, Variable) and not like.traced else data


def _input(leaf: Any) -> Any:
    """The traced argument for a leaf, or None for what is passed as it is."""
    if isinstance(leaf, Variable):
        node = node_of(leaf)
        data = leaf._data.copy() if isinstance(leaf._data, np.ndarray) else leaf._data
        x = type(leaf).wrap(data)
        x._node = Input(node, data, type(leaf))
        return x
    as_tensor = reading() == "tensors" and isinstance(leaf, (np.ndarray, np.generic))
    if has_own_operators(type(leaf)):
        raise refused_class(type(leaf))
    if not is_inexact(leaf):
        return Hooks.face.wrap(np.array(leaf)) if as_tensor else None
    made = Hooks.face.wrap if as_tensor else trace
    x = made(np.array(leaf, order="K") if as_tensor or isinstance(leaf, np.ndarray) else leaf)
    x._node = Input(None, leaf, type(x))
    return x


def _refuse_captured(nodes: list[Node | None], tensors: bool, began: int) -> None:
    """What does not come from the arguments would lose its gradient: Tensors from outside, values of earlier runs.

    Where Tensors are among the arguments (`tensors`), those from outside keep theirs.
    """
    for node in reachable([node for node in nodes if node is not None]):
        if isinstance(node, AccumulateGrad) and not tensors:
            raise DerivativeLost(
                "the function uses a Tensor that requires grad and is not one of its arguments",
                "Pass the Tensor as an argument, or detach it where a constant is meant.",
            )
        if isinstance(node, Input) and not node.sources and node.serial > began:
            raise DerivativeLost(
                "the function uses a value that another call on the dynamic graph has left in an object from outside",
                "Return such values, or clear the object before each call.",
            )


def _refuse_hidden(results: list[Any]) -> None:
    """An iterator, a function or another object that holds traced values would take them out of the graph."""
    for result in results:
        if not (isinstance(result, Variable) or is_inexact(result) or carries_nothing(result)):
            if reaches_tracked(result):
                raise DerivativeLost(
                    f"a {type(result).__name__} that holds a value that carries a derivative leaves the dynamic graph",
                    "Return the values themselves, in tuples, lists, dicts or objects with fields.",
                )


def _refuse_unknown(result: Any) -> None:
    """A container that is not known may hold traced values, whose derivative would be lost."""
    if not (isinstance(result, (Variable, Lost)) or is_inexact(result) or carries_nothing(result)):
        raise NotDifferentiable(
            f"the value has a {type(result).__name__} in it, which is no container that can be looked into",
            "Return tuples, lists, dicts, named tuples or dataclasses of numbers and arrays.",
        )


def _meta(result: Any) -> Meta:
    return Meta.of(result._data if isinstance(result, Variable) else result)


def _seed(bar: Any, meta: Meta, face: type[Variable] | None) -> Any:
    """A cotangent or tangent to start from, checked; a Variable of the given face where the walk is recorded."""
    shape = np.shape(bar._data if isinstance(bar, Variable) else bar)
    if shape == () and meta.shape != () and isinstance(bar, Variable) and bar._data == 0.0:
        # The number that stands for zeros of any shape, itself a value of a graph.
        bar = np.add(bar, np.zeros(meta.shape))  # type: ignore[call-overload]
        shape = meta.shape
    if shape != meta.shape:
        raise CotangentMismatch(
            f"a cotangent has shape {shape}, but the value it belongs to has shape {meta.shape}",
            "Give a cotangent of the value's shape.",
        )
    if face is not None and not isinstance(bar, Variable):
        return face.wrap(bar if is_inexact(bar) else np.asarray(bar, dtype=float)[()])
    return bar


def _as_primal(bar: Any, leaf: Any, create_graph: bool) -> Any:
    """A cotangent in the type of its primal."""
    data = leaf._data if isinstance(leaf, Variable) else leaf
    if bar is None:
        zero = np.zeros_like(data) if isinstance(data, np.ndarray) else type(data)(0.0)
        return type(leaf).wrap(zero) if isinstance(leaf, Variable) else zero
    if create_graph:
        if tracing.is_tracing() or not isinstance(bar, Variable) or not bar.traced:
            return bar
        return _outside(bar, node_of(bar), Hooks.face)
    if isinstance(leaf, Variable):
        return _alike(np.array(bar, dtype=data.dtype) if isinstance(data, np.ndarray) else bar, leaf)
    if isinstance(data, np.ndarray):
        return np.array(bar, dtype=data.dtype)
    if isinstance(data, (complex, np.complexfloating)):
        return type(data)(bar)
    return type(data)(np.real(bar))
