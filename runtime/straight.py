"""A recorded call written out as one function, for each form of call on Tensors.

A form is a function with arguments of these types and these keywords. `operation.apply` takes any call, asks what each
argument is, and records; once it has done that for a form, the same steps for this form alone are compiled here, and
the next call takes them at once. What they do not expect (a view that is out of date, a Tensor made in inference mode,
a result of another kind) they leave to `apply`, by returning None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from runtime.constants import CONSTANTS, are_constants, is_plain_slice
from runtime.direct import direct
from runtime.graph import Meta, Pick
from runtime.keeping import blank, stand_in
from runtime.naming import backward_name
from runtime.plan import Plan, plan_for
from runtime.primitives import registry
from runtime.reads import VALUE
from runtime.recorded import Operation, Quick, quick_class
from runtime.storage import clock, tick
from runtime.variable import Variable, View, mark_view
from runtime.writing import written


class Call(NamedTuple):
    """A form of call: the types of the arguments, positional ones and then those of the keywords.

    `evaluate` computes the value. `named_by` tells what else, besides types, the name of the node depends on; or None.
    """

    function: Callable[..., Any]
    evaluate: Callable[..., Any]
    kinds: tuple[type, ...]
    keywords: tuple[str, ...]
    named_by: Callable[..., Any] | None

    @property
    def positional(self) -> int:
        """How many arguments are positional."""
        return len(self.kinds) - len(self.keywords)

    def slot(self, k: int) -> int | str:
        """The position or keyword of argument number `k`."""
        return k if k < self.positional else self.keywords[k - self.positional]

    def inputs(self) -> list[int]:
        """The numbers of the arguments that are Variables."""
        return [k for k, kind in enumerate(self.kinds) if issubclass(kind, Variable)]


_new = object.__new__
_WRITTEN_OUT = CONSTANTS | {tuple, slice, np.ndarray}


def straight(call: Call, face: type[Variable]) -> Callable[..., Any] | None:
    """`run(recording, *arguments)` for a form of call with results of the class `face`.

    None for a form with something else in it than Tensors, arrays, constants, and slices and tuples of constants.
    """
    inputs = call.inputs()
    if not inputs or any(call.kinds[k].traced for k in inputs):  # type: ignore[attr-defined]
        return None
    if any(kind not in _WRITTEN_OUT for k, kind in enumerate(call.kinds) if k not in inputs):
        return None
    data = [f"a{k}" if k in inputs else f"x{k}" for k in range(len(call.kinds))]
    keywords = [f"{name}={value}" for name, value in zip(call.keywords, data[call.positional :])]
    recorder = None if registry.is_inactive(call.function) else _Recorder(call, face)
    lines = [
        *[line for k, kind in enumerate(call.kinds) for line in _taken(k, kind)],
        f"z = evaluate({', '.join([*data[: call.positional], *keywords])})",
        "if type(z) is not ndarray:",
        "    if not isinstance(z, generic):",
        "        return None",
        "    z = asarray(z)",
        "found = new(face)",
        "found._data = z",
        "found._kind = kind = z.dtype",
        "found._node = None",
        *([] if recorder is None else recorder.lines(data)),
        f"if z.base is not None or {' or '.join([f'z is a{k}' for k in inputs])}:",
        *[f"    {line}" for line in _marked(call, data)],
        "return found",
    ]
    scope: dict[str, Any] = {
        "View": View,
        "are_constants": are_constants,
        "is_plain_slice": is_plain_slice,
        "evaluate": direct(call.evaluate),
        "given": call.evaluate,
        "function": call.function,
        "ndarray": np.ndarray,
        "generic": np.generic,
        "asarray": np.asarray,
        "new": object.__new__,
        "face": face,
        "mark_view": mark_view,
        "clock": clock,
        "single": np.dtype(np.float32),
        "double": np.dtype(np.float64),
        "named_by": call.named_by,
    }
    if recorder is not None:
        scope |= {"makers": recorder.makers, "maker_for": recorder.maker_for}
    return written("run", call.function, ["recording", *[f"x{k}" for k in range(len(call.kinds))]], lines, scope)


def straight_list(call: Call, face: type[Variable]) -> Callable[..., Any] | None:
    """As `straight`, for a function of one Tensor whose result is a list of arrays, most often views: pieces, places.

    None for a form with something else in it, and where a rule reads the values of the Tensor or of the results.
    """
    inputs = call.inputs()
    if len(inputs) != 1 or call.keywords or call.kinds[inputs[0]].traced:  # type: ignore[attr-defined]
        return None
    at = inputs[0]
    others = [kind for k, kind in enumerate(call.kinds) if k != at]
    plan = plan_for(call.function, call.positional, (), (at,))
    if (
        plan.result == VALUE
        or plan.reads.get(at) == VALUE
        or any(k not in CONSTANTS and k is not tuple for k in others)
    ):
        return None
    tuples = [k for k, kind in enumerate(call.kinds) if kind is tuple]
    function, given_as, evaluate, place = call.function, call.evaluate, direct(call.evaluate), (at,)

    def run(recording: bool, *given: Any) -> list[Any] | None:
        x = given[at]
        view = x._kind if type(x._kind) is View else None
        if view is not None and (view.last is None or not view.is_current()):
            return None
        for k in tuples:
            if not are_constants(given[k]):
                return None
        a, before, behind = x._data, given[:at], given[at + 1 :]
        args = (*before, a, *behind)
        z = evaluate(*args)
        if type(z) is not list or {type(part) for part in z} != {np.ndarray}:
            return None
        node = None
        if recording and x._node is not None and a.dtype.kind in "fc" and plan.parts:
            node = Operation((x._node,))
            node.function, node.parts, node.places, node.how = function, plan.parts, (place,), plan.reads
            node.face, node.nest, node.several = face, list(range(len(z))), True
            node.metas = tuple([Meta(part.shape, part.dtype) for part in z])
            node.args, node.kwargs = (*before, blank(a.shape, a.dtype), *behind), {}
            node.result = [None if plan.result is None else blank(part.shape, part.dtype) for part in z]
        owner = a if a.base is None else a.base
        found = []
        for k, part in enumerate(z):
            piece: Any = _new(face)
            piece._data, piece._kind = part, part.dtype
            piece._node = None if node is None else Pick(node, k, len(z))
            if part.base is owner and part.size:
                step: Any = (function, given_as, args, {}, place, (k,))
                piece._kind = View(x if view is None else view.base, view, step, part.dtype)
            elif part.base is not None:
                mark_view(piece, [(place, x)], function, given_as, args, {}, (k,))
            found.append(piece)
        return found

    return run


def _taken(k: int, kind: type) -> list[str]:
    """The statements that look at one argument."""
    if issubclass(kind, Variable):
        outdated = f"if type(v{k}) is View and (v{k}.last is None or not v{k}.is_current()):"
        return [f"a{k} = x{k}._data", f"v{k} = x{k}._kind", outdated, "    return None"]
    if kind is tuple:
        return [f"if not are_constants(x{k}):", "    return None"]
    return [f"if not is_plain_slice(x{k}):", "    return None"] if kind is slice else []


def _marked(call: Call, data: list[str]) -> list[str]:
    """The statements by which a result that may share memory with an input is made a view."""
    inputs = call.inputs()
    positional = ", ".join(data[: call.positional])
    keywords = ", ".join([f"{name!r}: {value}" for name, value in zip(call.keywords, data[call.positional :])])
    plain = f"({positional},), {{{keywords}}}"
    pairs = ", ".join([f"(({call.slot(k)!r},), x{k})" for k in inputs])
    marked = f"mark_view(found, [{pairs}], function, given, {plain}, ())"
    if len(inputs) > 1:
        return [marked]
    # As `mark_view` does it, for memory that surely is the input's.
    k = inputs[0]
    return [
        "owner = z.base",
        f"if z.size and owner is not None and (owner is a{k} or owner is a{k}.base):",
        "    found._kind = view = new(View)",
        f"    view.last = (function, given, {plain}, {(call.slot(k),)!r}, ())",
        "    view.dtype = kind",
        "    view.seen = clock.recorded",
        f"    if type(v{k}) is View:",
        f"        view.base = v{k}.base",
        f"        view.inner = v{k}",
        "    else:",
        f"        view.base = x{k}",
        "        view.inner = None",
        "else:",
        f"    {marked}",
    ]


class _Recorder:
    """The constructors of a call's node, by which inputs are tracked. They are found when they are first needed."""

    def __init__(self, call: Call, face: type[Variable]) -> None:
        self.makers: dict[Any, Any] = {}
        self._call = call
        self._face = face
        self._inputs = call.inputs()

    def lines(self, data: list[str]) -> list[str]:
        """The statements that make the node of a call."""
        nodes = [f"n{k}" for k in self._inputs]
        unknown = [f"{node} is None" for node in nodes]
        key = "None" if len(nodes) == 1 else f"({', '.join(unknown)})"
        if self._call.named_by is not None:
            key = f"({key}, named_by({', '.join(data)}))"
        arguments = ", ".join([*data, "z", *nodes])
        inexact = "kind is single or kind is double or kind.kind in 'fc'"
        return [
            *[f"n{k} = x{k}._node" for k in self._inputs],
            f"if recording and not ({' and '.join(unknown)}) and ({inexact}):",
            f"    make = makers.get({key})",
            "    if make is None:",
            f"        make = maker_for({key}, {arguments})",
            f"    found._node = make({arguments})",
        ]

    def maker_for(self, key: Any, *arguments: Any) -> Callable[..., Any]:
        """The constructor of nodes for these inputs; it is in `makers` from now on."""
        call = self._call
        nodes = arguments[len(call.kinds) + 1 :]
        slots = tuple([call.slot(k) for k, node in zip(self._inputs, nodes) if node is not None])
        title = backward_name(call.function, arguments[: call.positional], call.keywords)
        face: Any = self._face
        kind = quick_class(call.function, call.positional, call.keywords, slots, False, title, face)
        made = self.makers[key] = self._written(kind)
        return made

    def _written(self, kind: type[Quick] | None) -> Callable[..., Any]:
        """The constructor; it makes nothing where no derivative passes through the call."""
        call = self._call
        parameters = [*[f"a{k}" for k in range(len(call.kinds))], "z", *[f"n{k}" for k in self._inputs]]
        if kind is None:
            return written("make", call.function, parameters, ["return None"], {})
        nodes = {call.slot(k): f"n{k}" for k in self._inputs}
        numbers: dict[Any, int] = {call.slot(k): k for k in range(len(call.kinds))}
        plan = kind.form.plan
        lines = [
            "node = kind()",
            "node.serial = tick()",
            "node.hooks = None",
            *[f"node.s{j} = {nodes[part.slot]}" for j, part in enumerate(plan.parts)],
            *[f"node.k{j} = {self._kept(slot, numbers.get(slot), plan)}" for j, slot in enumerate(kind.layout)],
            "return node",
        ]
        scope = {"kind": kind, "tick": tick, "like": stand_in, "blank": blank, "own": _own}
        return written("make", call.function, parameters, lines, scope)

    def _kept(self, slot: int | str, number: int | None, plan: Plan) -> str:
        """What the node keeps of an argument, or of the result, which has no number."""
        if number is None:
            return "z" if plan.result == VALUE else "blank(z.shape, z.dtype)" if plan.result is not None else "None"
        whole = plan.reads.get(slot) == VALUE
        if self._call.kinds[number] is np.ndarray:
            return f"own(a{number})" if whole else f"like(a{number})"
        whole = whole or number not in self._inputs
        return f"a{number}" if whole else f"blank(a{number}.shape, a{number}.dtype)"


def _own(array: np.ndarray) -> np.ndarray:
    """Nothing tells when somebody writes to a plain array, so its numbers are kept, not the array."""
    return array.copy() if array.flags.writeable else array
