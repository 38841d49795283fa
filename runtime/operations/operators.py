"""Python's operators on Tensors. An operand of another kind is left to its own operators."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime import quick
from runtime.operations import arithmetic, comparison, functions, products
from runtime.operations.calling import as_input
from runtime.operations.in_place import in_place
from runtime.promotion import operator_method
from runtime.tensor import Tensor
from runtime.variable import Variable

_NUMBERS = (int, float, complex, np.generic, np.ndarray, Variable)


def _operator(function: Callable[..., Any], reflected: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if isinstance(other, (list, tuple)):
            other = np.asarray(other)
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        return function(as_input(other), self) if reflected else function(self, other)

    method.__name__ = function.__name__
    method.__doc__ = function.__doc__
    return method


def _power(self: Any, other: Any) -> Any:
    # The plainest spelling of a square is the cheapest to differentiate.
    plain = type(other) is int or type(other) is float and self._data.dtype.kind in "fc"
    if plain and other == 2:
        return arithmetic.square(self)
    if type(other) is int and other < 0 and self._data.dtype.kind in "bui":
        return arithmetic.pow(self, other)
    return _any_power(self, other)


def _both(function: np.ufunc, spelling: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    """The operator's method, and the one for an operand on the left that is no Tensor."""
    ordinary = quick.binary(function, Tensor)(operator_method(function, spelling))
    return ordinary, quick.reflected(function, Tensor)(operator_method(function, spelling, True))


add, radd = _both(np.add, operator.add)
sub, rsub = _both(np.subtract, operator.sub)
mul, rmul = _both(np.multiply, operator.mul)
truediv, rtruediv = _both(np.divide, operator.truediv)
_any_power, rpow = _both(np.power, operator.pow)
pow = _power
floordiv, rfloordiv = (operator_method(np.floor_divide, operator.floordiv, swapped) for swapped in (False, True))
mod, rmod = (operator_method(np.remainder, operator.mod, swapped) for swapped in (False, True))
matmul = quick.matrix_product(Tensor)(_operator(products.matmul))
rmatmul = _operator(products.matmul, reflected=True)
neg, pos, abs = arithmetic.neg, arithmetic.positive, functions.abs
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
