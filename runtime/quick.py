"""Operators and elementwise methods of Tensors: the short way for the common case.

The common case is Tensors of one dtype, or a Tensor and a Python number, that are no outdated views, while nobody
watches. It calls the ufunc and makes the node, and looks nothing up. All else takes `runtime.operation.apply`, which
records the same node. What is written here is only the order of these few steps; rules and nodes are the table's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.keeping import stand_in
from runtime.modes import state
from runtime.naming import backward_name
from runtime.observing import watch
from runtime.reads import VALUE
from runtime.recorded import quick_class
from runtime.variable import View

_new = object.__new__
_ndarray = np.ndarray
_NUMBERS = (int, float, complex, np.generic, np.ndarray, list, tuple)


def is_current(view: View) -> bool:
    """Whether a view's place in the graph is that of what its base is now."""
    return view.recorded == view.base.recorded_writes() and view.base._data is not None


class _Makers:
    """Makes nodes of one function of two operands; the classes of nodes are compiled when the first is needed."""

    __slots__ = ("_face", "_function", "_made")

    def __init__(self, function: Callable[..., Any], face: type) -> None:
        self._function = function
        self._face = face
        self._made: dict[Any, Any] = {}

    def get(self, slots: tuple[int, ...], even: bool, by_array: bool) -> Callable[..., Any]:
        """The constructor for tracked operands `slots`; `even` where all are of one shape."""
        key = (slots, even, by_array)
        made = self._made.get(key)
        if made is None:
            example: Any = (np.zeros(2), np.zeros(2) if by_array else 2.0)
            if slots == (1,) and not by_array:
                example = example[::-1]
            count = 2 if by_array is not None else 1
            title = backward_name(self._function, example[:count])
            kind: Any = quick_class(self._function, count, (), slots, even, title, self._face)
            made = self._made[key] = kind.make if kind.even else _with_stand_ins(kind)
        return made


def _with_stand_ins(kind: Any) -> Callable[..., Any]:
    """The constructor of a class that keeps every argument, given the arguments themselves."""
    reads = kind.form.plan.reads
    whole = [reads.get(k) == VALUE for k in range(kind.form.positional)]
    whole.append(kind.form.plan.result == VALUE)
    make = kind.make

    def make_with_stand_ins(*values: Any) -> Any:
        kept = [value if keep else stand_in(value) for value, keep in zip(values, whole)]
        return make(*kept, *values[len(whole) :])

    return make_with_stand_ins


def binary(function: np.ufunc, cls: Any, general: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The method for `function(self, other)`; `general(self, other)` is called for all but the common case."""
    makers = _Makers(function, cls)
    both = left = right = by_number = None

    def method(self: Any, other: Any) -> Any:
        nonlocal both, left, right, by_number
        a = self._data
        view = self._view
        if watch.careful or view is not None and not is_current(view):
            return general(self, other)
        if isinstance(other, cls):
            b = other._data
            view = other._view
            if a.dtype is not b.dtype or view is not None and not is_current(view):
                return general(self, other)
            z = function(a, b)
            if z.dtype is not a.dtype:
                return general(self, other)
            second = other._node
        elif type(other) is float or type(other) is int:
            b = other
            z = function(a, b)
            if z.dtype is not a.dtype:
                return general(self, other)
            second = None
        else:
            return general(self, other)
        found = _new(cls)
        found._data = z if type(z) is _ndarray else np.asarray(z)
        found._view = None
        found.grad = None
        first = self._node
        if first is None and second is None or not state.recording:
            found._node = None
        elif type(b) is not _ndarray:
            if by_number is None:
                by_number = makers.get((0,), True, False)
            found._node = by_number(a, b, z, first)
        elif a.shape == b.shape:
            if second is None:
                if left is None:
                    left = makers.get((0,), True, True)
                found._node = left(a, b, z, first)
            elif first is None:
                if right is None:
                    right = makers.get((1,), True, True)
                found._node = right(a, b, z, second)
            else:
                if both is None:
                    both = makers.get((0, 1), True, True)
                found._node = both(a, b, z, first, second)
        elif second is None:
            found._node = makers.get((0,), False, True)(a, b, z, first)
        elif first is None:
            found._node = makers.get((1,), False, True)(a, b, z, second)
        else:
            found._node = makers.get((0, 1), False, True)(a, b, z, first, second)
        return found

    method.__name__ = function.__name__
    return method


def reflected(function: np.ufunc, cls: Any, general: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The method for `function(other, self)`, which Python calls where `other` is a number."""
    makers = _Makers(function, cls)
    by_number = None

    def method(self: Any, other: Any) -> Any:
        nonlocal by_number
        a = self._data
        view = self._view
        if watch.careful or type(other) is not float and type(other) is not int or view and not is_current(view):
            return general(self, other)
        z = function(other, a)
        if z.dtype is not a.dtype:
            return general(self, other)
        found = _new(cls)
        found._data = z if type(z) is _ndarray else np.asarray(z)
        found._view = None
        found.grad = None
        node = self._node
        if node is None or not state.recording:
            found._node = None
        else:
            if by_number is None:
                by_number = makers.get((1,), True, False)
            found._node = by_number(other, a, z, node)
        return found

    method.__name__ = function.__name__
    return method


def unary(function: np.ufunc, cls: Any, general: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The method for `function(self)`."""
    make = None

    def method(self: Any) -> Any:
        nonlocal make
        a = self._data
        view = self._view
        if watch.careful or view is not None and not is_current(view):
            return general(self)
        z = function(a)
        if z.dtype is not a.dtype:
            return general(self)
        found = _new(cls)
        found._data = z = z if type(z) is _ndarray else np.asarray(z)
        found._view = None
        found.grad = None
        node = self._node
        if node is None or not state.recording:
            found._node = None
        else:
            if make is None:
                kind: Any = quick_class(function, 1, (), (0,), True, backward_name(function), cls)
                make = kind.make if kind.even else _with_stand_ins(kind)
            found._node = make(a, z, node)
        return found

    method.__name__ = function.__name__
    return method


def matrix_product(cls: Any, general: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The method for `self @ other`."""
    makers: dict[Any, Any] = {}

    def method(self: Any, other: Any) -> Any:
        view = self._view
        if watch.careful or not isinstance(other, cls) or view is not None and not is_current(view):
            return general(self, other)
        a = self._data
        b = other._data
        view = other._view
        if a.dtype is not b.dtype or view is not None and not is_current(view):
            return general(self, other)
        z = np.matmul(a, b)
        found = _new(cls)
        found._data = z if type(z) is _ndarray else np.asarray(z)
        found._view = None
        found.grad = None
        first = self._node
        second = other._node
        if first is None and second is None or not state.recording:
            found._node = None
            return found
        slots = (0,) if second is None else (1,) if first is None else (0, 1)
        key = (a.ndim, b.ndim, slots)
        make = makers.get(key)
        if make is None:
            title = backward_name(np.matmul, (a, b))
            make = makers[key] = _with_stand_ins(quick_class(np.matmul, 2, (), slots, False, title, cls))
        found._node = make(a, b, z, *[node for node in (first, second) if node is not None])
        return found

    method.__name__ = "matmul"
    return method
