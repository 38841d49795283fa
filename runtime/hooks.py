"""What users attach to nodes and to the values that they make: functions that see gradients and may replace them."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from runtime.errors import CotangentMismatch
from runtime.variable import Variable

if TYPE_CHECKING:
    from runtime.graph import Node

_numbers = itertools.count()


class RemovableHandle:
    """Returned where a hook is registered; `remove()` takes it away again, as does the end of a `with` block."""

    __slots__ = ("_hooks", "id")

    def __init__(self, hooks: dict[int, Any], hook: Any) -> None:
        self.id = next(_numbers)
        hooks[self.id] = hook
        # Weakly: a hook that refers to its own handle would otherwise keep the graph alive.
        self._hooks = weakref.ref(hooks)  # type: ignore[call-overload]

    def remove(self) -> None:
        """Take the hook away."""
        hooks = self._hooks()
        if hooks is not None:
            hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *_: Any) -> None:
        self.remove()


class Registered(dict):
    """Hooks by number, in the order in which they were registered."""

    __slots__ = ("__weakref__",)


class Hooks:
    """The hooks of one node.

    `on_value` see the gradient of the node's result and `retain` puts it on that Tensor, also where a walk ends there;
    `before` and `after` see the node's step; `accumulated` are called with a leaf after its gradient was added. `line`
    is where the forward operation stood, while anomalies are looked for.
    """

    __slots__ = ("accumulated", "after", "before", "line", "metadata", "on_value", "retain")

    # The class of what hooks are given; `runtime.tensor` sets it.
    face: type[Variable]

    def __init__(self) -> None:
        self.on_value = Registered()
        self.before = Registered()
        self.after = Registered()
        self.accumulated = Registered()
        self.retain: weakref.ref[Any] | None = None
        self.metadata: dict[Any, Any] = {}
        self.line = ""

    def add(self, kind: str, hook: Any) -> RemovableHandle:
        """Register a hook; `kind` is the attribute that it belongs to."""
        if not callable(hook):
            raise TypeError(f"a hook must be callable, not {type(hook).__name__}")
        return RemovableHandle(getattr(self, kind), hook)

    def on_result(self, g: Any, create_graph: bool) -> Any:
        """The cotangent of the node's result, seen and replaced by hooks on the value."""
        for hook in tuple(self.on_value.values()):
            g = _replaced(g, hook(shown(g)), create_graph)
        if self.retain is not None and (tensor := self.retain()) is not None:
            tensor.accumulate(g if isinstance(g, Variable) else g.copy(), True)
        return g

    def on_step(self, g: Any, create_graph: bool) -> Any:
        """The cotangent of the node's result, or those of its results, seen and replaced by hooks before the step."""
        for hook in tuple(self.before.values()):
            parts = g if isinstance(g, list) else [g]
            answer = hook(tuple([None if part is None else shown(part) for part in parts]))
            if answer is not None:
                answers = answer if isinstance(answer, tuple) else (answer,)
                replaced = [
                    old if new is None else _replaced(old, new, create_graph) for old, new in zip(parts, answers)
                ]
                g = replaced if isinstance(g, list) else replaced[0]
        return g

    def on_inputs(self, node: Node, bars: Iterable[Any], g: Any) -> Iterable[Any]:
        """The cotangents of the node's inputs, seen and replaced by hooks after the step."""
        if not self.after:
            return bars
        # Sparse and owned cotangents as plain arrays; None for operands that are constant.
        given = iter(bars)
        operands = node.operands()
        bars = [None if operand is None else _dense(next(given)) for operand in operands]
        parts = g if isinstance(g, list) else [g]
        outputs = tuple([None if part is None else shown(part) for part in parts])
        for hook in tuple(self.after.values()):
            answer = hook(tuple([None if bar is None else shown(bar) for bar in bars]), outputs)
            if answer is not None:
                answers = answer if isinstance(answer, tuple) else (answer,)
                if len(answers) != len(bars):
                    raise CotangentMismatch(
                        f"a hook on {node.name()} returned {len(answers)} gradients for {len(bars)} inputs",
                        "Return one for each of grad_inputs, or None to leave them as they are.",
                    )
                bars = [old if new is None else _replaced(old, new, False) for old, new in zip(bars, answers)]
        return [bar for bar, operand in zip(bars, operands) if operand is not None]

    def after_accumulation(self, leaf: Any) -> None:
        """Call the hooks that wait for a leaf's gradient."""
        for hook in tuple(self.accumulated.values()):
            hook(leaf)


def _dense(bar: Any) -> Any:
    if bar is None or isinstance(bar, (Variable, np.ndarray)):
        return bar
    return bar.dense() if hasattr(bar, "dense") else np.asarray(bar)


def _replaced(old: Any, answer: Any, create_graph: bool) -> Any:
    """What goes on backward after a hook: its answer, or the old cotangent where it answers None."""
    if answer is None:
        return old
    if not isinstance(answer, Variable):
        raise TypeError(f"a hook must return a Tensor or None, not {type(answer).__name__}")
    array = old._data if isinstance(old, Variable) else old
    shape, dtype = getattr(array, "shape", None), getattr(array, "dtype", None)
    if shape is not None and answer._data.shape != shape:
        raise CotangentMismatch(
            f"a hook has changed the shape of a gradient from {shape} to {answer._data.shape}",
            "Return a gradient of the shape that was given.",
        )
    if dtype is not None and answer._data.dtype != dtype:
        raise CotangentMismatch(
            f"a hook has changed the dtype of a gradient from {dtype} to {answer._data.dtype}",
            "Return a gradient of the dtype that was given.",
        )
    return taken(answer, create_graph or isinstance(old, Variable))


def shown(g: Any) -> Any:
    """A cotangent as users see it: a Tensor, of complex values by PyTorch's convention the conjugate."""
    tensor: Any = g if isinstance(g, Variable) else Hooks.face.wrap(g)
    return np.conjugate(tensor) if tensor._data.dtype.kind == "c" else tensor


def taken(gradient: Any, create_graph: bool) -> Any:
    """A gradient from the user as the engine's cotangent: an array, or a Tensor where a graph of it is wanted."""
    if not create_graph:
        array = gradient._data if isinstance(gradient, Variable) else np.asarray(gradient)
        return np.conjugate(array) if array.dtype.kind == "c" else array
    tensor: Any = gradient if isinstance(gradient, Variable) else Hooks.face.wrap(gradient)
    return np.conjugate(tensor) if tensor._data.dtype.kind == "c" else tensor
