"""Comparisons, logic and bits: results of bools or integers, through which no derivative passes."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.operations.calling import as_input, binary, call, constant, operand, ordered, plain, refuse
from runtime.promotion import common_type, element_type
from runtime.tensor import Tensor


def eq(input: Any, other: Any) -> Any:
    """Where the operands are equal."""
    return binary(np.equal, input, other)


def ne(input: Any, other: Any) -> Any:
    """Where the operands differ."""
    return binary(np.not_equal, input, other)


def lt(input: Any, other: Any) -> Any:
    """Where `input < other`."""
    return binary(np.less, ordered(input, "lt"), ordered(other, "lt"))


def le(input: Any, other: Any) -> Any:
    """Where `input <= other`."""
    return binary(np.less_equal, ordered(input, "le"), ordered(other, "le"))


def gt(input: Any, other: Any) -> Any:
    """Where `input > other`."""
    return binary(np.greater, ordered(input, "gt"), ordered(other, "gt"))


def ge(input: Any, other: Any) -> Any:
    """Where `input >= other`."""
    return binary(np.greater_equal, ordered(input, "ge"), ordered(other, "ge"))


def equal(input: Any, other: Any) -> bool:
    """Whether shapes and all elements are the same."""
    return bool(np.array_equal(plain(as_input(input)), plain(as_input(other))))


def isclose(input: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Where `|input - other| <= atol + rtol * |other|`."""
    return Tensor.wrap(np.asarray(np.isclose(constant(input), constant(other), rtol, atol, equal_nan)))


def allclose(input: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether `isclose` holds for all elements."""
    return bool(np.allclose(constant(input), constant(other), rtol, atol, equal_nan))


def isfinite(input: Any) -> Any:
    """Where a number is neither infinite nor NaN."""
    return call(np.isfinite, as_input(input))


def isnan(input: Any) -> Any:
    """Where an element is NaN."""
    return call(np.isnan, as_input(input))


def isinf(input: Any) -> Any:
    """Where an element is infinite."""
    return call(np.isinf, as_input(input))


def isposinf(input: Any) -> Any:
    """Where an element is infinity."""
    return call(np.equal, as_input(input), np.inf)


def isneginf(input: Any) -> Any:
    """Where an element is minus infinity."""
    return call(np.equal, as_input(input), -np.inf)


def isreal(input: Any) -> Any:
    """Where the imaginary part is 0."""
    return Tensor.wrap(np.isreal(constant(input)))


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Any:
    """Where an element is one of `test_elements`."""
    found = np.isin(constant(elements), constant(test_elements), assume_unique=assume_unique, invert=invert)
    return Tensor.wrap(np.asarray(found))


def logical_and(input: Any, other: Any) -> Any:
    """Where both are not 0."""
    return call(np.logical_and, as_input(input), operand(other))


def logical_or(input: Any, other: Any) -> Any:
    """Where one of them is not 0."""
    return call(np.logical_or, as_input(input), operand(other))


def logical_xor(input: Any, other: Any) -> Any:
    """Where exactly one of them is not 0."""
    return call(np.logical_xor, as_input(input), operand(other))


def logical_not(input: Any) -> Any:
    """Where an element is 0."""
    return call(np.logical_not, as_input(input))


def _of_bits(name: str, *operands: Any) -> None:
    if common_type(operands).kind not in "biu":
        refuse(f'"{name}" is not implemented for floating-point types')


def bitwise_and(input: Any, other: Any) -> Any:
    """Bits set in both; for bools, logical and."""
    _of_bits("bitwise_and", operand(input), operand(other))
    return binary(np.bitwise_and, input, other)


def bitwise_or(input: Any, other: Any) -> Any:
    """Bits set in one of them; for bools, logical or."""
    _of_bits("bitwise_or", operand(input), operand(other))
    return binary(np.bitwise_or, input, other)


def bitwise_xor(input: Any, other: Any) -> Any:
    """Bits set in exactly one of them."""
    _of_bits("bitwise_xor", operand(input), operand(other))
    return binary(np.bitwise_xor, input, other)


def bitwise_not(input: Any) -> Any:
    """All bits turned; for bools, logical not."""
    x = as_input(input)
    _of_bits("bitwise_not", x)
    return call(np.invert, x)


def bitwise_left_shift(input: Any, other: Any) -> Any:
    """`input * 2**other`, for integers."""
    _of_bits("lshift", operand(input), operand(other))
    return binary(np.left_shift, input, other)


def bitwise_right_shift(input: Any, other: Any) -> Any:
    """`input / 2**other` rounded down, for integers."""
    _of_bits("rshift", operand(input), operand(other))
    return binary(np.right_shift, input, other)


def is_tensor(obj: Any) -> bool:
    """Whether this is a Tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Any) -> bool:
    """Whether the elements are real floating-point numbers."""
    return element_type(input).kind == "f"


def is_complex(input: Any) -> bool:
    """Whether the elements are complex."""
    return element_type(input).kind == "c"


def is_nonzero(input: Any) -> bool:
    """Whether the only element is not 0. Raises RuntimeError where there are several."""
    if input._data.size != 1:
        refuse("Boolean value of Tensor with no values or more than one value is ambiguous")
    return bool(input._data)


def is_same_size(input: Any, other: Any) -> bool:
    """Whether the shapes are the same."""
    return input._data.shape == other._data.shape


def is_signed(input: Any) -> bool:
    """Whether the elements can be below 0."""
    return element_type(input).kind in "ifc"


greater, greater_equal, less, less_equal, not_equal = gt, ge, lt, le, ne


def is_conj(input: Any) -> bool:
    """Whether the conjugate is put off, which it never is here."""
    return False


def is_neg(input: Any) -> bool:
    """Whether a sign is put off, which it never is here."""
    return False


def is_inference(input: Any) -> bool:
    """Whether the Tensor was made in inference mode."""
    return input.is_inference()
