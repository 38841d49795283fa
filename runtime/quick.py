"""Operators and elementwise functions of Tensors: the short way for the common case.

The common case is Tensors of one dtype, or a Tensor and a Python number, that are no outdated views, while nobody
watches. It calls the function and makes the node, and looks nothing up. All else takes the general way, which records
the same node. What is written here is only the order of these few steps; rules and nodes are the table's.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.modes import state
from runtime.naming import backward_name
from runtime.observed import observed
from runtime.observing import watch
from runtime.recorded import quick_class
from runtime.storage import tick
from runtime.variable import View

General = Callable[..., Any]
_new = object.__new__
_ndarray = np.ndarray


def _common(kind: Any, other: Any) -> Any:
    """The dtype of two Tensors of these kinds; None where they differ, or where one is a view that is out of date."""
    if type(kind) is View:
        kind = _of_view(kind)
    if type(other) is View:
        other = _of_view(other)
    return kind if kind is other else None


def _of_view(view: View) -> Any:
    """The dtype of a view whose place in the graph is that of what its base is now."""
    return view.dtype if view.is_current() else None


def _kind(function: Callable[..., Any], face: Any, slots: tuple[int, ...], even: bool, example: tuple[Any, ...]) -> Any:
    """The class of nodes of a function of these operands, `slots` of them tracked; `even` for those of one shape."""
    return quick_class(function, len(example), (), slots, even, backward_name(function, example), face)


def _apart(method: Any) -> None:
    """Give a function code of its own: CPython notes in the code which classes it meets, and expects them again.

    Methods made by one decorator would share these notes, and each would meet the nodes of all others.
    """
    method.__code__ = method.__code__.replace()


def binary(function: np.ufunc, cls: Any) -> Callable[[General], General]:
    """Decorates the general way of `function(self, other)` with the short one."""

    def decorate(general: General) -> General:
        both = left = right = by_number = uneven = kind_of_pairs = None
        # The dtype of two operands that is known to be the result's too.
        sure: Any = None
        lazy = False

        @functools.wraps(general)
        def method(self: Any, other: Any) -> Any:
            nonlocal both, left, right, by_number, uneven, lazy, kind_of_pairs, sure
            if watch.busy and (watch.careful or not state.recording):
                return watched(self, other) if watch.careful else unrecorded(self, other)
            kind = self._kind
            if type(other) is cls or isinstance(other, cls):
                if kind is not other._kind:
                    kind = _common(kind, other._kind)
                    if kind is None:
                        return general(self, other)
                b = other._data
                second = other._node
            elif type(other) is float or type(other) is int:
                if type(kind) is View:
                    kind = _of_view(kind)
                b = other
                second = None
            else:
                return general(self, other)
            a = self._data
            try:
                z = function(a, b)
            except (OverflowError, TypeError, ValueError):
                # A Python number that the integers of this type do not hold, shapes that do not fit, or bools.
                return general(self, other)
            if kind is not sure:
                # Also where both are one and the same view, or the function has results of another type.
                if z.dtype is not kind:
                    return general(self, other)
                if type(b) is _ndarray and kind.kind in "fc":
                    sure = kind
            found = _new(cls)
            found._data = z if type(z) is _ndarray else np.asarray(z)
            found._kind = kind
            first = self._node
            if first is None and second is None:
                found._node = None
            elif first is not None and second is not None:
                if kind_of_pairs is not None:
                    # What `both` does, without the call.
                    found._node = node = kind_of_pairs()
                    node.serial = tick()
                    node.hooks = None
                    node.k0 = a
                    node.k1 = b
                    node.s0 = first
                    node.s1 = second
                    return found
                if both is None:
                    of_both = _kind(function, cls, (0, 1), True, (a, b))
                    both, lazy = of_both.make_of_arrays, of_both.lazy
                    kind_of_pairs = of_both if lazy and of_both.layout == (0, 1) else None
                if lazy or a.shape == b.shape:
                    found._node = both(a, b, z, first, second)
                else:
                    if uneven is None:
                        uneven = _kind(function, cls, (0, 1), False, (a, b)).make_of_arrays
                    found._node = uneven(a, b, z, first, second)
            elif type(b) is not _ndarray:
                if by_number is None:
                    by_number = _kind(function, cls, (0,), True, (a, b)).make_of_arrays
                found._node = by_number(a, b, z, first)
            elif a.shape == b.shape:
                if second is None:
                    if left is None:
                        left = _kind(function, cls, (0,), True, (a, b)).make_of_arrays
                    found._node = left(a, b, z, first)
                else:
                    if right is None:
                        right = _kind(function, cls, (1,), True, (a, b)).make_of_arrays
                    found._node = right(a, b, z, second)
            else:
                slots, node = ((0,), first) if second is None else ((1,), second)
                found._node = _kind(function, cls, slots, False, (a, b)).make_of_arrays(a, b, z, node)
            return found

        def unrecorded(self: Any, other: Any) -> Any:
            """Operands that do no more than compute, while nothing is recorded."""
            kind = self._kind
            if isinstance(other, cls):
                kind = kind if kind is other._kind else _common(kind, other._kind)
                b = other._data
            elif type(other) is float or type(other) is int:
                b = other
            else:
                return general(self, other)
            try:
                z = function(self._data, b)
            except (TypeError, ValueError):
                return general(self, other)
            return cls.wrap(z) if z.dtype is kind else general(self, other)

        _apart(method)
        watched = observed(function, method, general)
        return method

    return decorate


def of_two(function: np.ufunc, cls: Any) -> Callable[[General], General]:
    """As `binary`, for a function whose first operand may be no Tensor."""

    def decorate(general: General) -> General:
        method = binary(function, cls)(general)

        @functools.wraps(general)
        def either(input: Any, other: Any) -> Any:
            return method(input, other) if isinstance(input, cls) else general(input, other)

        return either

    return decorate


def reflected(function: np.ufunc, cls: Any) -> Callable[[General], General]:
    """Decorates the general way of `function(other, self)`, which Python calls where `other` is a number."""

    def decorate(general: General) -> General:
        make = None

        @functools.wraps(general)
        def method(self: Any, other: Any) -> Any:
            nonlocal make
            kind = self._kind
            if type(other) is not float and type(other) is not int or type(kind) is View:
                return general(self, other)
            recording = True
            if watch.busy:
                if watch.careful:
                    return watched(self, other)
                recording = state.recording
            a = self._data
            try:
                z = function(other, a)
            except (OverflowError, TypeError):
                return general(self, other)
            if z.dtype is not kind:
                return general(self, other)
            found = _new(cls)
            found._data = z if type(z) is _ndarray else np.asarray(z)
            found._kind = kind
            node = self._node
            if node is None or not recording:
                found._node = None
            else:
                if make is None:
                    make = _kind(function, cls, (1,), True, (other, a)).make_of_arrays
                found._node = make(other, a, z, node)
            return found

        _apart(method)
        watched = observed(function, method, general)
        return method

    return decorate


def unary(
    function: Callable[[Any], Any], cls: Any, compute: Callable[[Any], Any] | None = None, kinds: str = "fc"
) -> Callable[[General], General]:
    """Decorates the general way of a function of one operand, which keeps its dtype, if that is of `kinds`.

    `compute` is a shorter way to the value of `function`.
    """
    value = compute or function

    def decorate(general: General) -> General:
        make = None

        @functools.wraps(general)
        def method(input: Any) -> Any:
            nonlocal make
            if type(input) is not cls and not isinstance(input, cls):
                return general(input)
            recording = True
            if watch.busy:
                if watch.careful:
                    return watched(input)
                recording = state.recording
            a = input._data
            kind = input._kind
            if type(kind) is View:
                kind = _of_view(kind)
            if kind is None or kind.kind not in kinds:
                return general(input)
            z = value(a)
            if z.dtype is not kind:
                return general(input)
            found = _new(cls)
            found._data = z = z if type(z) is _ndarray else np.asarray(z)
            found._kind = kind
            node = input._node
            if node is None or not recording:
                found._node = None
            else:
                if make is None:
                    make = _kind(function, cls, (0,), True, (a,)).make_of_arrays
                found._node = make(a, z, node)
            return found

        _apart(method)
        watched = observed(function, method, general)
        return method

    return decorate


def matrix_product(cls: Any) -> Callable[[General], General]:
    """Decorates the general way of `self @ other`."""
    makers: dict[Any, Any] = {}

    def decorate(general: General) -> General:
        @functools.wraps(general)
        def method(self: Any, other: Any) -> Any:
            if not isinstance(other, cls) or not isinstance(self, cls):
                return general(self, other)
            recording = True
            if watch.busy:
                if watch.careful:
                    return watched(self, other)
                recording = state.recording
            kind = _common(self._kind, other._kind)
            if kind is None:
                return general(self, other)
            a = self._data
            b = other._data
            # On matrices `dot` is the same product, and begins sooner.
            try:
                z = a.dot(b) if a.ndim == 2 == b.ndim else np.matmul(a, b)
            except ValueError:
                return general(self, other)
            found = _new(cls)
            found._data = z if type(z) is _ndarray else np.asarray(z)
            found._kind = kind
            first = self._node
            second = other._node
            if not recording or first is None and second is None:
                found._node = None
                return found
            slots = (0,) if second is None else (1,) if first is None else (0, 1)
            key = (a.ndim, b.ndim, slots)
            make = makers.get(key)
            if make is None:
                make = makers[key] = _kind(np.matmul, cls, slots, False, (a, b)).make_of_arrays
            if len(slots) == 2:
                found._node = make(a, b, z, first, second)
            else:
                found._node = make(a, b, z, second if first is None else first)
            return found

        _apart(method)
        watched = observed(np.matmul, method, general)
        return method

    return decorate
