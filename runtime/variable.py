"""The state of one value of the dynamic graph, without any arithmetic.

`runtime.tensor.Tensor` and the values of `runtime.traced` are Variables with different faces.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from runtime.storage import Storage

if TYPE_CHECKING:
    from runtime.graph import Node


# Where an argument stands in a call: its position or keyword, then indices into nested lists.
Place = tuple[Any, ...]


class Variable:
    """A number or array, and its place in the graph.

    `_node` made the value as its result number `_output`, or is None. A leaf that gradients are wanted for has
    `_wanted`. `_view` says which other Variable's memory the value looks into. Nothing here refers forward, from a
    value to what was computed from it, so that graphs have no cycles.
    """

    __slots__ = ("__weakref__", "_data", "_node", "_output", "_stamp", "_storage", "_view", "_wanted")

    # Whether kept values are copied before a write to their memory, or the write is an error when they are read.
    copies_before_write = False

    def __init__(self, data: Any, wanted: bool = False) -> None:
        self._data = data
        self._wanted = wanted
        self._node: Node | None = None
        self._output = 0
        self._view: View | None = None
        self._storage = Storage(self.copies_before_write) if isinstance(data, np.ndarray) else None
        self._stamp = 0

    @classmethod
    def wrap(cls, data: Any) -> Variable:
        """A Variable of this face that no operation made."""
        return cls(data)


class View(NamedTuple):
    """`base` is no view itself; `steps` are the operations from its data to the view's."""

    base: Variable
    steps: tuple[Step, ...]


class Step(NamedTuple):
    """One operation whose result shares memory with its argument at `place`; `pick` leads to one of several results."""

    function: Callable[..., Any]
    evaluate: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    place: Place
    pick: tuple[int, ...]

    def __call__(self, x: Any) -> Any:
        """The same operation on the array `x`."""
        args, kwargs = put(self.args, self.kwargs, self.place, x)
        result = self.evaluate(*args, **kwargs)
        for k in self.pick:
            result = result[k]
        return result


def put(args: tuple[Any, ...], kwargs: dict[str, Any], place: Place, x: Any) -> tuple[Any, dict[str, Any]]:
    """The arguments of a call with `x` at `place`."""
    slot, path = place[0], place[1:]
    if isinstance(slot, str):
        return args, {**kwargs, slot: _put_inside(kwargs[slot], path, x)}
    return (*args[:slot], _put_inside(args[slot], path, x), *args[slot + 1 :]), kwargs


def _put_inside(container: Any, path: tuple[int, ...], x: Any) -> Any:
    if not path:
        return x
    inside = list(container)
    inside[path[0]] = _put_inside(inside[path[0]], path[1:], x)
    return inside if isinstance(container, list) else tuple(inside)


def find(args: tuple[Any, ...], kwargs: dict[str, Any], place: Place) -> Any:
    """What stands at `place` in a call."""
    value = kwargs[place[0]] if isinstance(place[0], str) else args[place[0]]
    for k in place[1:]:
        value = value[k]
    return value


def strip(value: Any, place: Place, found: list[tuple[Place, Variable]]) -> Any:
    """`value` with every Variable in it replaced by its data; `found` gets each with its place."""
    if isinstance(value, Variable):
        found.append((place, value))
        return value._data
    kind = type(value)
    if kind is list or kind is tuple:
        return kind([strip(element, (*place, k), found) for k, element in enumerate(value)])
    if kind is slice:
        return slice(_plain(value.start), _plain(value.stop), _plain(value.step))
    return value


def _plain(value: Any) -> Any:
    return value._data if isinstance(value, Variable) else value
