"""Python's comparison and bit operators on Tensors. An operand of another kind is left to its own operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.operations import comparison
from runtime.operations.calling import as_input
from runtime.operations.in_place import in_place
from runtime.variable import Variable

_NUMBERS = (int, float, complex, np.generic, np.ndarray, Variable)


def _operator(function: Callable[..., Any], reflected: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if isinstance(other, (list, tuple)):
            other = np.asarray(other)
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        return function(as_input(other), self) if reflected else function(self, other)

    method.__doc__ = function.__doc__
    return method


lt, le, gt, ge, eq, ne = (
    _operator(function)
    for function in (comparison.lt, comparison.le, comparison.gt, comparison.ge, comparison.eq, comparison.ne)
)
and_, or_, xor, lshift, rshift = (
    _operator(function)
    for function in (
        comparison.bitwise_and,
        comparison.bitwise_or,
        comparison.bitwise_xor,
        comparison.bitwise_left_shift,
        comparison.bitwise_right_shift,
    )
)
rand, ror, rxor, rlshift, rrshift = (
    _operator(function, reflected=True)
    for function in (
        comparison.bitwise_and,
        comparison.bitwise_or,
        comparison.bitwise_xor,
        comparison.bitwise_left_shift,
        comparison.bitwise_right_shift,
    )
)
iand, ior, ixor, ilshift, irshift = (
    in_place(function)
    for function in (
        comparison.bitwise_and,
        comparison.bitwise_or,
        comparison.bitwise_xor,
        comparison.bitwise_left_shift,
        comparison.bitwise_right_shift,
    )
)
invert = comparison.bitwise_not
