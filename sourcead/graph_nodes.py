"""Emitted functions called on Tensors.

They run on the arrays under the Tensors, because emitted text changes arrays in place where it owns them, and every
floating-point result is a Tensor again. A call with Tensors that require gradients is one node of their graph. Its
backward pass is the emitted adjoint of the function, written when it is first needed; its forward sweep is the emitted
tangent function. Both are emitted functions again, so that gradients of gradients are nodes of the same kind.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from runtime.errors import DerivativeLost
from runtime.graph import Linked, Meta, Pick, fit
from runtime.kernels.arrays import has_own_arithmetic, own_arithmetic
from runtime.modes import state
from runtime.operation import node_of
from runtime.readings import reads
from runtime.recorded import freed
from runtime.storage import check_unchanged
from runtime.structure import carries_nothing, flatten, is_inexact, match
from runtime.tensor import Tensor
from sourcead import api
from sourcead.backend.module import USUAL, register_graph
from sourcead.frontend.annotations import signature_of


class EmittedCall(Linked):
    """A call of an emitted function. `tracked` are the numbers of the leaves that require gradients.

    The arguments are kept as they were given, by their parameters, and must not be written to until they are read.
    """

    __slots__ = ("bound", "function", "metas", "names", "rebuild", "several", "tracked")

    bound: inspect.BoundArguments | None

    def __init__(self, function: types.FunctionType, bound: inspect.BoundArguments) -> None:
        leaves = _leaves(bound)
        self.tracked = [k for k, leaf in enumerate(leaves) if _is_tracked(leaf)]
        super().__init__(tuple([node_of(leaves[k]) for k in self.tracked]))  # type: ignore[misc]
        self.function = function
        self.bound = bound
        self.names = tuple([n for n, value in bound.arguments.items() if any(map(_is_tracked, flatten(value)[0]))])
        self.metas: list[Meta | None] = []
        self.rebuild: Any = None
        self.several = False

    def name(self) -> str:
        return "".join(word[:1].upper() + word[1:] for word in self.function.__name__.split("_")) + "Backward"

    def free(self) -> None:
        self.bound = None

    def result_metas(self) -> Sequence[Meta]:
        return [meta or Meta((), None) for meta in self.metas]

    def results(self, value: Any) -> Any:
        """The value of the call, its floating-point parts as results of this node."""
        leaves, self.rebuild = flatten(value)
        self.metas = [Meta.of(leaf._data) if isinstance(leaf, Tensor) else None for leaf in leaves]
        self.several = len(leaves) > 1
        for k, leaf in enumerate(leaves):
            if isinstance(leaf, Tensor):
                if leaf.requires_grad:
                    raise DerivativeLost(
                        f"`{self.function.__name__}` uses a Tensor that requires grad and is not one of its arguments",
                        "Pass the Tensor as an argument, or detach it where a constant is meant.",
                    )
                leaf._node = Pick(self, k, len(leaves)) if self.several else self
            elif not carries_nothing(leaf):
                raise DerivativeLost(
                    f"`{self.function.__name__}` returns a {type(leaf).__name__}, which cannot carry a derivative",
                    "Call it on detached Tensors where no derivative is meant.",
                )
        return value

    def backward(self, g: Any, owned: bool, needed: Sequence[bool], create_graph: bool) -> Iterable[Any]:
        bound = self._arguments(create_graph)
        bars = list(g) if self.several else [g]
        cotangent = self.rebuild([_seed(bar, meta) for bar, meta in zip(bars, self.metas)])
        with reads(_reading(self.function)):
            found = _adjoint(self.function, self.names)(*bound.args, cotangent, **bound.kwargs)
        by_name = dict(zip(self.names, found))
        parts = [part for n, value in bound.arguments.items() for part in match(value, by_name.get(n, 0.0))]
        given = _leaves(bound)
        picked = [parts[k] if need else None for k, need in zip(self.tracked, needed)]
        if not create_graph:
            picked = [_plain(bar) for bar in picked]
        return [fit(bar, Meta.of(_plain(given[k])), self.name()) for k, bar in zip(self.tracked, picked)]

    def forward(self, dots: Sequence[Any], lifted: bool) -> list[Any]:
        bound = self._arguments(lifted)
        by_leaf = dict(zip(self.tracked, dots))
        moved = []
        count = 0
        for name, value in bound.arguments.items():
            leaves, rebuild = flatten(value)
            if name in self.names:
                given = [by_leaf.get(count + k) for k in range(len(leaves))]
                moved.append(rebuild([_seed(dot, Meta.of(_plain(leaf))) for dot, leaf in zip(given, leaves)]))
            count += len(leaves)
        with reads(_reading(self.function)):
            value, dot = _tangent(self.function, self.names)(*bound.args, *moved, **bound.kwargs)
        found = match(value, dot)
        return found if lifted else [_plain(part) for part in found]

    def _arguments(self, as_given: bool) -> inspect.BoundArguments:
        """The arguments again; without their history unless the walk over them is recorded."""
        if self.bound is None:
            raise freed(self)
        check_unchanged([_plain(leaf) for leaf in _leaves(self.bound)], self.serial, self.name())
        return self.bound if as_given else _plain_arguments(self.bound)


def call(function: types.FunctionType, *args: Any, **kwargs: Any) -> Any:
    """Call an emitted function on Tensors: one node, where operations are recorded and a Tensor requires gradients."""
    bound = signature_of(function).bind(*args, **kwargs)
    plain = _plain_arguments(bound)
    memory = [leaf for leaf in _leaves(plain) if isinstance(leaf, np.ndarray)]
    function = _for_tensors(function, bound)
    with reads(_reading(function)):
        leaves, rebuild = flatten(function(*plain.args, **plain.kwargs))
    value = rebuild([_as_tensor(leaf, memory) if is_inexact(leaf) else leaf for leaf in leaves])
    if state.recording and any(map(_is_tracked, _leaves(bound))):
        return EmittedCall(function, bound).results(value)
    return value


def _reading(function: types.FunctionType) -> str:
    """How methods are read in what an emitted function runs on the dynamic graph, where it is called on Tensors."""
    return "tensors" if function.reading == "tensors" else "either"  # type: ignore[attr-defined]


def _for_tensors(function: types.FunctionType, bound: inspect.BoundArguments) -> types.FunctionType:
    """The function to call on Tensors: where methods in its text mean something else, one made for them."""
    if function.reading != "arrays":  # type: ignore[attr-defined]
        return function
    if any(isinstance(leaf, np.ndarray) for leaf in _leaves(bound)):
        raise DerivativeLost(
            f"`{function.__name__}` is called on arrays and Tensors, and a method in its text means something else for"
            " each",
            "Pass Tensors only, or write the method as a function, as in `np.std(x)` or `torch.std(x)`.",
        )
    return function.for_tensors()  # type: ignore[attr-defined]


def has_tensors(value: Any, operands: tuple[Any, ...] = ()) -> bool:
    """Whether a Tensor is among the leaves of a nested container.

    Raises DerivativeLost for an array in it whose operators are its own; for a sparse one, of which a product is
    known, where it is one of the `operands` of other operators.
    """
    for operand in operands:
        if has_own_arithmetic(type(operand)):
            raise own_arithmetic(type(operand))
    kind = type(value)
    if kind in USUAL or isinstance(value, np.generic):
        return False
    if isinstance(value, Tensor):
        return True
    if kind is dict:
        value, kind = list(value.values()), list
    if kind is list or kind is tuple:
        # A list of many numbers is looked through by their types alone.
        return not set(map(type, value)) <= USUAL and any(map(has_tensors, value))
    leaves = flatten(value)[0]
    for leaf in leaves:
        if isinstance(leaf, np.ndarray) and has_own_arithmetic(type(leaf)):
            raise own_arithmetic(type(leaf))
    return any(isinstance(leaf, Tensor) for leaf in leaves)


def _as_tensor(leaf: Any, memory: list[np.ndarray]) -> Tensor:
    data = np.asarray(leaf)
    return Tensor.wrap(data.copy() if any(np.may_share_memory(data, x) for x in memory) else data)


@functools.lru_cache(maxsize=256)
def _adjoint(function: types.FunctionType, names: tuple[str, ...]) -> types.FunctionType:
    return api.adjoint(function, names)


@functools.lru_cache(maxsize=256)
def _tangent(function: types.FunctionType, names: tuple[str, ...]) -> types.FunctionType:
    return api.tangent(function, names)


def _leaves(bound: inspect.BoundArguments) -> list[Any]:
    return [leaf for value in bound.arguments.values() for leaf in flatten(value)[0]]


def _plain_arguments(bound: inspect.BoundArguments) -> inspect.BoundArguments:
    """The same arguments with arrays in place of Tensors."""
    found = inspect.BoundArguments(bound.signature, type(bound.arguments)())
    for name, value in bound.arguments.items():
        leaves, rebuild = flatten(value)
        found.arguments[name] = rebuild([_plain(leaf) for leaf in leaves])
    return found


def _is_tracked(leaf: Any) -> bool:
    return isinstance(leaf, Tensor) and leaf.requires_grad


def _plain(leaf: Any) -> Any:
    return leaf._data if isinstance(leaf, Tensor) else leaf


def _seed(bar: Any, meta: Meta | None) -> Any:
    """A cotangent or tangent, as an array or a Tensor; zeros where there is none."""
    if meta is None:
        return 0.0
    if bar is None or type(bar) is float and bar == 0.0:
        return np.zeros(meta.shape, meta.dtype)
    return bar


register_graph(call, has_tensors)
