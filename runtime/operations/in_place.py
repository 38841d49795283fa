"""In-place forms of the operations: `x.sin_()` puts `sin(x)` into the memory of `x`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime import dtypes
from runtime.inplace import overwrite, secure_since
from runtime.operation import tracked
from runtime.operations.calling import refuse
from runtime.promotion import cast, element_type
from runtime.storage import tick


def in_place(function: Callable[..., Any]) -> Callable[..., Any]:
    """The method that puts `function(self, ...)` into the memory of `self` and returns `self`.

    The method raises RuntimeError where the result has another shape, or a type of a higher category.
    """

    @functools.wraps(function)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        start = tick()
        value = function(self, *args, **kwargs)
        # What the operation keeps of its input must survive the write.
        secure_since(value, self._data, start)
        have, want = element_type(value), element_type(self)
        if not dtypes.can_cast(have, want):
            refuse(f"result type {dtypes.of(have)} can't be cast to the desired output type {dtypes.of(want)}")
        if np.shape(value._data) != np.shape(self._data):
            refuse(
                f"output with shape {list(np.shape(self._data))} doesn't match the broadcast shape"
                f" {list(np.shape(value._data))}"
            )
        return overwrite(self, cast(value, want))

    method.__name__ = method.__qualname__ = f"{function.__name__}_"
    method.__doc__ = f"In place: {function.__doc__}"
    return method


def zero_(self: Any) -> Any:
    """Set every element to 0; returns the Tensor."""
    return overwrite(self, np.zeros((), element_type(self)))


def apply_(self: Any, callable: Callable[[Any], Any]) -> Any:
    """Put `callable(element)`, of a Python number, in the place of each element; returns the Tensor. See `map_`."""
    return map_(self, self, lambda element, _: callable(element))


def map_(self: Any, tensor: Any, callable: Callable[[Any, Any], Any]) -> Any:
    """Put `callable(element, other)` in the place of each element, `other` being that of `tensor`, which broadcasts.

    Returns the Tensor. It has no derivative: raises RuntimeError where the Tensor requires a gradient.
    """
    if tracked(self) or tracked(tensor):
        refuse("apply_ and map_ have no derivative: they take Tensors that do not require grad")
    others = np.broadcast_to(tensor._data, self._data.shape)
    found = [callable(*pair) for pair in zip(self._data.ravel().tolist(), others.ravel().tolist())]
    return overwrite(self, np.array(found, element_type(self)).reshape(self._data.shape))


def fill_diagonal_(self: Any, fill_value: Any, wrap: bool = False) -> Any:
    """Set the diagonal of a matrix, or all elements of equal indices, to one value; returns the Tensor."""
    shape = self._data.shape
    n = min(shape)
    places = np.arange(n)
    self[(places,) * len(shape)] = fill_value
    if wrap and len(shape) == 2 and shape[0] > shape[1]:
        rows = np.arange(shape[1] + 1, shape[0])
        kept = rows % (shape[1] + 1) < shape[1]
        self[rows[kept], rows[kept] % (shape[1] + 1)] = fill_value
    return self
