"""Arithmetic, powers and roots, element by element, of Tensors and numbers that broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime import quick
from runtime.kernels import still
from runtime.operations.calling import alike, as_input, binary, call, floating, operand, refuse, smooth, smooth_binary
from runtime.operations.titles import named
from runtime.promotion import cast, checked, common_type, element_type, promoted
from runtime.tensor import Tensor
from runtime.variable import Variable


def _scaled(other: Any, alpha: Any) -> Any:
    return operand(other) if alpha == 1 else mul(other, alpha)


@quick.of_two(np.add, Tensor)
def _sum(input: Any, other: Any) -> Any:
    return binary(np.add, input, other)


@quick.of_two(np.subtract, Tensor)
def _difference(input: Any, other: Any) -> Any:
    return binary(np.subtract, input, other)


@quick.of_two(np.divide, Tensor)
def _quotient(input: Any, other: Any) -> Any:
    return smooth_binary(np.divide, input, other)


def add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """`input + alpha * other`."""
    return _sum(input, other) if alpha == 1 else _sum(input, _scaled(other, alpha))


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """`input - alpha * other`. Raises RuntimeError for bools, whose difference has no meaning."""
    return _difference(input, other) if alpha == 1 else _difference(input, _scaled(other, alpha))


def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """`other - alpha * input`."""
    return _difference(other, input if alpha == 1 else mul(input, alpha))


@quick.of_two(np.multiply, Tensor)
def mul(input: Any, other: Any) -> Any:
    """`input * other`."""
    return binary(np.multiply, input, other)


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """`input / other`, floating-point also for integers; rounded toward zero ("trunc") or down ("floor") if asked."""
    if rounding_mode is None:
        return _quotient(input, other)
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode != "trunc":
        refuse(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'")
    x, y = alike(input, other)
    checked(np.floor_divide, x, y)
    if element_type(x).kind in "iu":
        return call(np.floor_divide, sub(x, call(np.fmod, x, y)), y)
    return call(still, np.trunc(x._data / y._data), x, y)


def floor_divide(input: Any, other: Any) -> Any:
    """`input / other` rounded down, of the type of the operands."""
    x, y = alike(input, other)
    checked(np.floor_divide, x, y)
    found = np.floor_divide(x._data, y._data)
    return call(still, found, x, y) if element_type(x).kind == "f" else Tensor.wrap(np.asarray(found))


def remainder(input: Any, other: Any) -> Any:
    """What is left of `input` after whole multiples of `other`; it has the sign of `other`."""
    return binary(np.remainder, as_input(input), other)


def fmod(input: Any, other: Any) -> Any:
    """What is left of `input` after whole multiples of `other`; it has the sign of `input`."""
    return binary(np.fmod, as_input(input), other)


def pow(input: Any, exponent: Any) -> Any:
    """`input ** exponent`. Raises RuntimeError for integers to a negative integer power."""
    x, y = operand(input), operand(exponent)
    wanted = common_type((x, y))
    if wanted.kind in "iu" and not isinstance(y, Variable) and y < 0:
        refuse("Integers to negative integer powers are not allowed.")
    if isinstance(x, Variable) and isinstance(y, (int, float)):
        # The plainest spelling of a square is the cheapest to differentiate.
        return call(np.square, cast(x, wanted)) if y == 2 else call(np.power, cast(x, wanted), y)
    return binary(np.power, x, y)


def float_power(input: Any, exponent: Any) -> Any:
    """`input ** exponent` in double precision."""
    x, y = operand(input), operand(exponent)
    wide = np.result_type(np.float64, common_type((x, y)))
    return call(np.power, *[cast(v, wide) if isinstance(v, Variable) else v for v in (x, y)])


@quick.unary(np.negative, Tensor)
def neg(input: Any) -> Any:
    """`-input`."""
    x = as_input(input)
    if element_type(x).kind == "b":
        refuse("Negation, the `-` operator, on a bool tensor is not supported. Use the `~` or logical_not() instead.")
    return call(np.negative, x)


def positive(input: Any) -> Any:
    """`+input`, the input itself."""
    return as_input(input)


@quick.unary(np.reciprocal, Tensor)
def reciprocal(input: Any) -> Any:
    """`1 / input`."""
    return smooth(np.reciprocal, input)


@quick.unary(np.square, Tensor)
def square(input: Any) -> Any:
    """`input * input`."""
    x = as_input(input)
    return call(np.square, cast(x, np.dtype(np.int64)) if element_type(x).kind == "b" else x)


@quick.unary(np.sqrt, Tensor)
def sqrt(input: Any) -> Any:
    """Square root."""
    return smooth(np.sqrt, input)


@named("RsqrtBackward0")
def rsqrt(input: Any) -> Any:
    """`1 / sqrt(input)`."""
    return call(np.reciprocal, smooth(np.sqrt, input))


def hypot(input: Any, other: Any) -> Any:
    """`sqrt(input**2 + other**2)` without overflow on the way."""
    return smooth_binary(np.hypot, input, other)


@named(lambda input, end, weight: f"LerpBackward{int(isinstance(weight, Variable))}")
def lerp(input: Any, end: Any, weight: Any) -> Any:
    """`input + weight * (end - input)`, exact at both ends."""
    x, y, w = promoted(as_input(input), as_input(end), operand(weight))
    near = np.abs(w._data if isinstance(w, Variable) else w) < 0.5
    if isinstance(w, Variable):
        there = sub(y, x)
        return call(np.where, near, add(x, mul(w, there)), sub(y, mul(there, rsub(w, 1))))
    return add(x, mul(sub(y, x), w)) if near else sub(y, mul(sub(y, x), 1 - w))


@named("AddcmulBackward0")
def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    """`input + value * tensor1 * tensor2`."""
    return add(input, mul(tensor1, tensor2), alpha=value)


@named("AddcdivBackward0")
def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    """`input + value * tensor1 / tensor2`."""
    return add(input, div(tensor1, tensor2), alpha=value)


def gcd(input: Any, other: Any) -> Any:
    """Greatest common divisor of integers."""
    return binary(np.gcd, input, other)


def lcm(input: Any, other: Any) -> Any:
    """Least common multiple of integers."""
    return binary(np.lcm, input, other)


def ldexp(input: Any, other: Any) -> Any:
    """`input * 2**other`."""
    return mul(floating(input), pow(2.0, floating(other)))


def nextafter(input: Any, other: Any) -> Any:
    """The next floating-point number after `input` toward `other`."""
    x, y = promoted(as_input(input), as_input(other))
    return call(np.nextafter, x, y)


subtract, multiply, divide, true_divide, negative = sub, mul, div, div, neg
