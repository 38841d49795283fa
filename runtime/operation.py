"""Calls of the rule table's functions on Variables: computed on their data, recorded as nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from runtime.constants import CONSTANTS, are_constants
from runtime.errors import DerivativeLost, ShapeMismatch, SharedArray, SingularMatrix
from runtime.graph import Meta, Node, Pick
from runtime.keeping import blank, kept
from runtime.modes import enable_grad, state
from runtime.naming import backward_name, named_by, operation_name
from runtime.nesting import in_the_form_of, path_to, take_apart
from runtime.observing import watch
from runtime.plan import plan_for, title
from runtime.primitives import registry
from runtime.reads import VALUE
from runtime.recorded import Operation, quick_class
from runtime.running import runs
from runtime.storage import clock
from runtime.straight import Call, straight, straight_list
from runtime.texts import note
from runtime.variable import Place, Variable, View, mark_view, put, strip

# The class of nodes for a form of call of Tensors, or None where no derivative passes through it.
_kinds: dict[Any, Any] = {}
_UNKNOWN = object()
_PLACES = [(k,) for k in range(8)]
# What a form of call is done by: see `straight`; None for what only the general way takes.
_runs: dict[Any, Any] = {}


def node_of(variable: Variable) -> Node | None:
    """The value's place in the graph, or None for a constant. A view whose base was written to is placed anew."""
    view = variable._kind
    if type(view) is View and not view.is_current():
        _replay(variable)
    return variable._node


def _replay(variable: Variable) -> None:
    """Record a view's steps again, starting from what its base has become."""
    view: Any = variable._view
    value = view.base
    for step in view.steps:
        args, kwargs = put(step.args, step.kwargs, step.place, value)
        with enable_grad():
            value = apply(step.function, args, kwargs, step.evaluate)
        for k in step.pick:
            value = value[k]
    if clock.reshaped:
        check_steps(value._data, variable)
    variable._node = value._node
    view.seen = clock.recorded


def check_steps(shown: Any, view: Variable) -> None:
    """Raises SharedArray where a view's steps do not show its memory, because the base has changed its shape since."""
    if shown.__array_interface__ != view._data.__array_interface__:
        raise SharedArray(
            "a view is used after its base has changed its shape in place and then was written to",
            "Change the shape out of place, or make the view afterwards.",
        )


def tracked(value: Any) -> bool:
    """Whether `value` is a Variable that carries a derivative."""
    return isinstance(value, Variable) and node_of(value) is not None


def apply(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any] | None = None,
    evaluate: Callable[..., Any] | None = None,
) -> Any:
    """Call `function` on arguments with Variables in them, also inside lists. This is how every operation is recorded.

    `evaluate` computes the value where it is spelled otherwise than `function`, as an operator is. Of Tensors every
    array in the result is a Tensor; of traced values the result has the types of the plain program. Raises
    DerivativeLost where an argument carries a derivative and the table has no rule for the call.
    """
    if watch.careful and watch.observer is not None and not state.told:
        return _observed(function, args, kwargs, evaluate)
    if kwargs:
        key: Any = (function, evaluate, *map(type, args), *kwargs, *map(type, kwargs.values()))
        run = _runs.get(key, _UNKNOWN)
        if run is not None and run is not _UNKNOWN and not watch.strict:
            try:
                found = run(not watch.busy or state.recording, *args, *kwargs.values())
            except ValueError as error:
                raise _misfit(error, function, args) from error
            if found is not None:
                return found
    else:
        # Short calls are the most, and their key is made sooner so.
        if len(args) == 1:
            key = (function, evaluate, type(args[0]))
        elif len(args) == 2:
            key = (function, evaluate, type(args[0]), type(args[1]))
        else:
            key = (function, evaluate, *map(type, args))
        run = _runs.get(key, _UNKNOWN)
        if run is not None and run is not _UNKNOWN and not watch.strict:
            try:
                found = run(not watch.busy or state.recording, *args)
            except ValueError as error:
                raise _misfit(error, function, args) from error
            if found is not None:
                return found
    found = _apply(function, args, kwargs or {}, evaluate or function)
    if run is _UNKNOWN:
        _runs[key] = _run_for(function, args, kwargs or {}, evaluate or function, found)
    return found


def _misfit(error: ValueError, function: Callable[..., Any], args: Iterable[Any]) -> ValueError:
    """NumPy's error about shapes or matrices as ours, which is a RuntimeError too, as those of PyTorch are."""
    if type(error) is np.linalg.LinAlgError:
        cure = "Add a little to its diagonal, or use a factorization that it has, as those of linalg.svd and lstsq."
        return SingularMatrix(f"{title(function)}: {error}", cure)
    if type(error) is not ValueError:
        return error
    shapes = ", ".join([str(tuple(x._data.shape)) for x in args if isinstance(x, Variable)])
    return ShapeMismatch(
        f"{title(function)} of Tensors of shapes {shapes}: {error}".rstrip(),
        "Reshape one of them, or give it axes of length one, so that the shapes broadcast.",
    )


def _run_for(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    evaluate: Callable[..., Any],
    found: Any,
) -> Any:
    """What does the next call of this form, whose result was `found`; None where that is left to the general way."""
    several = type(found) is list and len(found) > 0
    first = found[0] if several else found
    if not isinstance(first, Variable) or first.traced:
        return None
    kinds = tuple(map(type, (*args, *kwargs.values())))
    form = Call(function, evaluate, kinds, tuple(kwargs), named_by(function))
    return straight_list(form, type(first)) if several else straight(form, type(first))


def _observed(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any] | None,
    evaluate: Callable[..., Any] | None,
) -> Any:
    """`apply` between two words to the observer, who hears of one operation."""
    observer: Any = watch.observer
    token = observer.enter(operation_name(function, args), args, False)
    state.told = True
    result = None
    try:
        result = apply(function, args, kwargs, evaluate)
        return result
    finally:
        state.told = False
        observer.leave(token, result)


def _apply(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], evaluate: Callable[..., Any]
) -> Any:
    inputs: list[tuple[Place, Variable]] = []
    plain: list[Any] = []
    # Whether nothing but Tensors and plain constants is given, so that nothing has to be copied to be kept.
    simple = not kwargs or are_constants(kwargs.values())
    for k, argument in enumerate(args):
        kind = type(argument)
        if kind in CONSTANTS:
            plain.append(argument)
        elif isinstance(argument, Variable):
            inputs.append((_PLACES[k] if k < 8 else (k,), argument))
            plain.append(argument._data)
            if type(argument._kind) is View and argument._kind.last is None:
                # Made in inference mode: it must not be kept.
                simple = False
        else:
            simple = simple and kind is tuple and are_constants(argument)
            plain.append(argument if simple or kind is np.ndarray else strip(argument, (k,), inputs))
    plain_args = tuple(plain)
    if simple:
        plain_kwargs = kwargs
    else:
        plain_kwargs = {key: strip(argument, (key,), inputs) for key, argument in kwargs.items()}
    face = _face(inputs)
    try:
        z = evaluate(*plain_args, **plain_kwargs)
    except ValueError as error:
        if face.traced:
            raise
        raise _misfit(error, function, [variable for _, variable in inputs]) from error
    if registry.is_inactive(function):
        if runs.number and (z is None or isinstance(z, str)):
            for _, variable in inputs:
                if tracked(variable):
                    note(str(variable._data) if z is None else z)
        return _wrap(z, face) if not face.traced or isinstance(z, np.ndarray) else z
    nodes: list[Node] = []
    places: list[Place] = []
    if state.recording:
        for place, variable in inputs:
            node = node_of(variable) if type(variable._kind) is View else variable._node
            if node is not None:
                nodes.append(node)
                places.append(place)
    if not face.traced and isinstance(z, (np.ndarray, np.generic)) and z.dtype.kind != "O":
        result = face.wrap(z)
        z = result._data
        if z.base is not None or any(z is variable._data for _, variable in inputs):
            mark_view(result, inputs, function, evaluate, plain_args, plain_kwargs, ())
        if not nodes or z.dtype.kind not in "fc":
            return result
        if not watch.strict and all(len(place) == 1 for place in places):
            _record_quickly(function, args, kwargs, plain_args, plain_kwargs, nodes, places, result, simple)
            return result
        results, values, nest = [result], [z], 0
        _record(function, args, kwargs, plain_args, plain_kwargs, nodes, places, values, results, face, nest)
        return result
    values: list[Any] = []  # type: ignore[no-redef]
    nest = take_apart(z, values)
    results = [_wrap(value, face) for value in values]
    for k, result in enumerate(results):
        if isinstance(result, Variable) and isinstance(result._data, np.ndarray):
            mark_view(result, inputs, function, evaluate, plain_args, plain_kwargs, path_to(nest, k))
    if nodes and any(_is_inexact(result) for result in results):
        _record(function, args, kwargs, plain_args, plain_kwargs, nodes, places, values, results, face, nest)
    elif nodes and not all(_discrete(value) for value in values):
        raise DerivativeLost(
            f"{title(function)} returns {type(z).__name__}, which cannot carry a derivative",
            "Call it on detached data where no derivative is meant.",
        )
    return in_the_form_of(z, iter(results))


def _record_quickly(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    plain_args: tuple[Any, ...],
    plain_kwargs: dict[str, Any],
    nodes: list[Node],
    places: list[Place],
    result: Variable,
    simple: bool,
) -> None:
    """Make the node of a call on Tensors that are arguments by themselves, with one result."""
    slots = tuple([place[0] for place in places])
    key: tuple[Any, ...] = (function, len(args), *kwargs, slots)
    named = named_by(function)
    if named is not None:
        key = (*key, named(*plain_args))
    kind = _kinds.get(key, _UNKNOWN)
    if kind is _UNKNOWN:
        name = backward_name(function, plain_args, kwargs)
        face: Any = type(result)
        kind = _kinds[key] = quick_class(function, len(args), tuple(kwargs), slots, False, name, face)
    if kind is None:
        return
    if len(nodes) > 1:
        by_slot = dict(zip(slots, nodes))
        nodes = [by_slot[place[0]] for place in kind.places]
    if simple:
        result._node = kind.make_of_arrays(*plain_args, *plain_kwargs.values(), result._data, *nodes)
        return
    saved = []
    for argument, data, whole in zip(args, plain_args, kind.whole):
        if type(argument) in CONSTANTS:
            saved.append(data)
        elif isinstance(argument, Variable) and type(argument._kind) is not View:
            saved.append(data if whole else blank(data.shape, data.dtype))
        else:
            saved.append(kept(data, argument, VALUE if whole else None))
    for argument, data, whole in zip(kwargs.values(), plain_kwargs.values(), kind.whole[len(args) :]):
        saved.append(data if type(argument) in CONSTANTS else kept(data, argument, VALUE if whole else None))
    how = kind.form.plan.result
    saved.append(None if how is None else kept(result._data, result, how))
    result._node = kind.make(*saved, *nodes)


def _record(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    plain_args: tuple[Any, ...],
    plain_kwargs: dict[str, Any],
    nodes: list[Node],
    places: list[Place],
    values: list[Any],
    results: list[Any],
    face: type[Variable],
    nest: Any,
) -> None:
    """Make the node of a call of any form and put its results at it."""
    plan = plan_for(function, len(args), tuple(kwargs), tuple(dict.fromkeys([place[0] for place in places])))
    known = {part.slot for part in plan.parts}
    chosen = [k for k, place in enumerate(places) if place[0] in known]
    if not chosen:
        return
    how = dict.fromkeys([*range(len(args)), *kwargs], VALUE) if state.keep_all else plan.reads
    how_result = VALUE if state.keep_all else plan.result
    node = Operation(tuple([nodes[k] for k in chosen]))
    node.function = function
    node.parts = plan.parts
    node.places = tuple([places[k] for k in chosen])
    node.how = how
    node.metas = tuple([Meta.of(value) for value in values])
    node.face = face
    node.nest = nest
    node.several = isinstance(nest, list)
    node.args = tuple([kept(plain_args[k], argument, how.get(k)) for k, argument in enumerate(args)])
    node.kwargs = {key: kept(plain_kwargs[key], argument, how.get(key)) for key, argument in kwargs.items()}
    node.result = [
        None if how_result is None else kept(value, result, how_result) for value, result in zip(values, results)
    ]
    for k, result in enumerate(results):
        if _is_inexact(result):
            result._node = Pick(node, k, len(results)) if node.several else node
    if state.locate is not None:
        node.hooked().line = state.locate()


def _face(inputs: list[tuple[Place, Variable]]) -> type[Variable]:
    """The class of a result: that of a traced input where there is one, otherwise that of the first input."""
    for _, variable in inputs:
        if variable.traced:
            return type(variable)
    return type(inputs[0][1]) if inputs else Variable


def _wrap(value: Any, face: type[Variable]) -> Any:
    """Floating and complex values as Variables, of Tensors all arrays; everything else as it is."""
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind == "O":
            raise DerivativeLost("an array of Python objects cannot carry a derivative", "Give it a floating dtype.")
        return face.wrap(value) if not face.traced or value.dtype.kind in "fc" else value
    return face.wrap(value) if isinstance(value, (float, complex)) else value


def _is_inexact(result: Any) -> bool:
    """Whether a result is a Variable that may carry a derivative."""
    if not isinstance(result, Variable):
        return False
    return not isinstance(result._data, np.ndarray) or result._data.dtype.kind in "fc"


def _discrete(value: Any) -> bool:
    """Whether a value is of a kind that has no derivative, so that nothing is lost with it."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biumM"
    return isinstance(value, (int, str, bytes, np.integer, np.bool_, np.dtype, type, slice, range))
