"""Shapes changed in place: the Tensor itself shows its memory in another way."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.inplace import become
from runtime.operations import shape
from runtime.operations.calling import lengths, refuse
from runtime.tensor import Tensor


def _in_place(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return become(self, function(self, *args, **kwargs))

    method.__name__ = method.__qualname__ = f"{function.__name__}_"
    method.__doc__ = f"In place: {function.__doc__}"
    return method


squeeze_ = _in_place(shape.squeeze)
unsqueeze_ = _in_place(shape.unsqueeze)
t_ = _in_place(shape.t)
transpose_ = swapaxes_ = swapdims_ = _in_place(shape.transpose)
as_strided_ = _in_place(shape.as_strided)


def resize_(self: Any, *sizes: Any) -> Any:
    """Another shape, with the first elements of the memory and zeros after them; returns the Tensor.

    Raises RuntimeError for a Tensor that requires grad.
    """
    wanted = lengths(sizes)
    if self.requires_grad:
        refuse("cannot resize variables that require grad")
    flat = np.reshape(self._data, -1)
    count = math.prod(wanted)
    if count > flat.size:
        flat = np.concatenate([flat, np.zeros(count - flat.size, flat.dtype)])
    return become(self, Tensor.wrap(np.reshape(flat[:count], wanted)))


def resize_as_(self: Any, the_template: Any) -> Any:
    """As `resize_`, to the shape of another Tensor."""
    return resize_(self, *the_template._data.shape)
