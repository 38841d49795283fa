"""The state of one value of the dynamic graph, without any arithmetic.

`runtime.tensor.Tensor` and the values of `runtime.traced` are Variables with different faces. Where the two worlds
differ, what is kept for the backward pass and how a write is noted, a face has methods for it; the rest is shared.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from runtime.meanings import has_own_operators, refused_class
from runtime.records import Entries
from runtime.storage import clock

if TYPE_CHECKING:
    from runtime.graph import Node


# Where an argument stands in a call: its position or keyword, then indices into nested lists.
Place = tuple[Any, ...]
_ndarray = np.ndarray


class Variable:
    """A number or array, and its place in the graph.

    `_node` made the value, or takes the gradient of a leaf; None for a constant. `_kind` is a View where the value
    looks into another Variable's memory, otherwise the dtype of a Tensor and None of a traced value: Tensors with the
    same `_kind` may be combined without a further look. Nothing here refers forward, from a value to what was computed
    from it, so that graphs have no cycles.
    """

    __slots__ = ("__weakref__", "_data", "_kind", "_node")

    # Whether the values are those of a traced program, which decide over the class of a result and may be numbers.
    traced = False

    def __init__(self, data: Any) -> None:
        self._data = data
        self._node: Node | None = None
        self._kind: Any = None

    @classmethod
    def wrap(cls, data: Any) -> Variable:
        """A Variable of this face that no operation made."""
        return cls(data)

    @property
    def _view(self) -> View | None:
        kind = self._kind
        return kind if type(kind) is View else None

    def keep(self, data: Any) -> Any:
        """What a node keeps of the value `data` of this Variable, for a rule that reads it."""
        raise NotImplementedError

    def check_writable(self) -> None:
        """Raises where the memory may not be written to now."""

    def before_write(self) -> None:
        """Must be called before every write to the memory."""
        raise NotImplementedError

    def recorded_writes(self) -> int:
        """The number, among all, of the last write to the memory that changed the graph; 0 where none did."""
        raise NotImplementedError

    def note_recorded_write(self) -> None:
        """Count a write that changed the graph."""
        raise NotImplementedError

    def share_memory_of(self, other: Variable) -> None:
        """Called where this Variable is a view of the memory of `other`."""


class View:
    """How a Variable looks into the memory of `base`, which is no view itself.

    The last step from the data of the base to that of the view is `last`, those before it are the steps of `inner`.
    `seen` is how many writes had changed a graph when the view's place in the graph was found. `dtype` is that of the
    view: the real part of a complex base has another one.
    """

    __slots__ = ("base", "dtype", "inner", "last", "seen")

    def __init__(self, base: Variable, inner: View | None, last: tuple[Any, ...] | None, dtype: Any) -> None:
        self.base = base
        self.inner = inner
        self.last = last
        self.dtype = dtype
        self.seen = clock.recorded

    @property
    def steps(self) -> tuple[Step, ...]:
        """The operations from the base to the view."""
        found: list[Step] = []
        view: View | None = self
        while view is not None and view.last is not None:
            found.append(Step(*view.last))
            view = view.inner
        return tuple(reversed(found))

    def is_current(self) -> bool:
        """Whether the view's place in the graph is that of what its base is now."""
        if self.seen == clock.recorded:
            return True
        if self.base.recorded_writes() > self.seen:
            return False
        self.seen = clock.recorded
        return True


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
    return _of_kind(container, inside)


def _of_kind(container: Any, parts: list[Any]) -> Any:
    """A list, tuple, named tuple or list of cotangents with other parts."""
    if isinstance(container, Entries):
        return Entries(parts, container.fields)
    if isinstance(container, list):
        return parts
    return type(container)(*parts) if hasattr(container, "_fields") else tuple(parts)


def find(args: tuple[Any, ...], kwargs: dict[str, Any], place: Place) -> Any:
    """What stands at `place` in a call."""
    value = kwargs[place[0]] if isinstance(place[0], str) else args[place[0]]
    for k in place[1:]:
        value = value[k]
    return value


def strip(value: Any, place: Place, found: list[tuple[Place, Variable]]) -> Any:
    """`value` with every Variable in it replaced by its data; `found` gets each with its place.

    Raises NotDifferentiable for a matrix or masked array, whose operators mean something else than those of arrays.
    """
    if isinstance(value, Variable):
        found.append((place, value))
        return value._data
    kind = type(value)
    if kind is list or kind is tuple:
        return kind([strip(element, (*place, k), found) for k, element in enumerate(value)])
    if isinstance(value, Entries) or isinstance(value, tuple) and hasattr(value, "_fields"):
        return _of_kind(value, [strip(element, (*place, k), found) for k, element in enumerate(value)])
    if kind is slice:
        return slice(_plain(value.start), _plain(value.stop), _plain(value.step))
    if kind is not _ndarray and isinstance(value, _ndarray) and has_own_operators(kind):
        raise refused_class(kind)
    return value


def as_index(index: Any) -> Any:
    """An index as NumPy takes it: Variables as their data, and what else says a number by `__index__` asked for it.

    It is asked once, before anything is read or written: the index is kept for the backward sweep, and asking may
    change the array.
    """
    kind = type(index)
    if kind is tuple:
        return tuple([as_index(part) for part in index])
    if kind is slice:
        return slice(as_index(index.start), as_index(index.stop), as_index(index.step))
    if isinstance(index, (Variable, list, int, np.ndarray, np.generic)) or not hasattr(kind, "__index__"):
        return strip(index, (), [])
    return operator.index(index)


def _plain(value: Any) -> Any:
    return value._data if isinstance(value, Variable) else value


def mark_view(
    result: Variable,
    inputs: list[tuple[Place, Variable]],
    function: Callable[..., Any],
    evaluate: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    pick: tuple[int, ...],
) -> None:
    """Find out whether a result looks into the memory of an input, and if so make it a view.

    An operation that gave an input back as it is may do something else with another one, of another type, say. The step
    of such a view is one that never changes anything.
    """
    data = result._data
    owner = data.base
    for place, variable in inputs:
        source = variable._data
        if data is source or (owner is not None and isinstance(source, np.ndarray) and _overlap(data, owner, source)):
            view = variable._view
            base = variable if view is None else view.base
            if data is source:
                step: tuple[Any, ...] = (np.asarray, np.asarray, (data,), {}, (0,), ())
            else:
                step = (function, evaluate, args, kwargs, place, pick)
            result._kind = View(base, view, step, data.dtype)
            result.share_memory_of(variable)
            return


def _overlap(data: np.ndarray, owner: Any, source: np.ndarray) -> bool:
    return data.size > 0 and (owner is source or np.may_share_memory(data, source))
