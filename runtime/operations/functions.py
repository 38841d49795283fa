"""Exponentials, logarithms, trigonometric and hyperbolic functions, rounding and signs, element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime import quick
from runtime.kernels import modulus, still
from runtime.operations import results
from runtime.operations.calling import alike, as_input, call, floating, ordered, refuse, smooth, smooth_binary
from runtime.operations.titles import named
from runtime.promotion import element_type
from runtime.tensor import Tensor


@quick.unary(np.exp, Tensor)
def exp(input: Any) -> Any:
    """e to the power of every element."""
    return smooth(np.exp, input)


@quick.unary(np.exp2, Tensor)
def exp2(input: Any) -> Any:
    """2 to the power of every element."""
    return smooth(np.exp2, input)


@quick.unary(np.expm1, Tensor)
def expm1(input: Any) -> Any:
    """`exp(input) - 1`, exact near 0."""
    return smooth(np.expm1, input)


@quick.unary(np.log, Tensor)
def log(input: Any) -> Any:
    """Natural logarithm."""
    return smooth(np.log, input)


@quick.unary(np.log2, Tensor)
def log2(input: Any) -> Any:
    """Logarithm of base 2."""
    return smooth(np.log2, input)


@quick.unary(np.log10, Tensor)
def log10(input: Any) -> Any:
    """Logarithm of base 10."""
    return smooth(np.log10, input)


@quick.unary(np.log1p, Tensor)
def log1p(input: Any) -> Any:
    """`log(1 + input)`, exact near 0."""
    return smooth(np.log1p, input)


def logaddexp(input: Any, other: Any) -> Any:
    """`log(exp(input) + exp(other))` without overflow on the way."""
    return smooth_binary(np.logaddexp, input, other)


def logaddexp2(input: Any, other: Any) -> Any:
    """`log2(2**input + 2**other)` without overflow on the way."""
    return smooth_binary(np.logaddexp2, input, other)


@quick.unary(np.sin, Tensor)
def sin(input: Any) -> Any:
    """Sine."""
    return smooth(np.sin, input)


@quick.unary(np.cos, Tensor)
def cos(input: Any) -> Any:
    """Cosine."""
    return smooth(np.cos, input)


@quick.unary(np.tan, Tensor)
def tan(input: Any) -> Any:
    """Tangent."""
    return smooth(np.tan, input)


@quick.unary(np.arcsin, Tensor)
def asin(input: Any) -> Any:
    """Inverse sine."""
    return smooth(np.arcsin, input)


@quick.unary(np.arccos, Tensor)
def acos(input: Any) -> Any:
    """Inverse cosine."""
    return smooth(np.arccos, input)


@quick.unary(np.arctan, Tensor)
def atan(input: Any) -> Any:
    """Inverse tangent."""
    return smooth(np.arctan, input)


def atan2(input: Any, other: Any) -> Any:
    """The angle of the point (`other`, `input`)."""
    return smooth_binary(np.arctan2, input, other)


@quick.unary(np.sinh, Tensor)
def sinh(input: Any) -> Any:
    """Hyperbolic sine."""
    return smooth(np.sinh, input)


@quick.unary(np.cosh, Tensor)
def cosh(input: Any) -> Any:
    """Hyperbolic cosine."""
    return smooth(np.cosh, input)


@quick.unary(np.tanh, Tensor)
def tanh(input: Any) -> Any:
    """Hyperbolic tangent."""
    return smooth(np.tanh, input)


@quick.unary(np.arcsinh, Tensor)
def asinh(input: Any) -> Any:
    """Inverse hyperbolic sine."""
    return smooth(np.arcsinh, input)


@quick.unary(np.arccosh, Tensor)
def acosh(input: Any) -> Any:
    """Inverse hyperbolic cosine."""
    return smooth(np.arccosh, input)


@quick.unary(np.arctanh, Tensor)
def atanh(input: Any) -> Any:
    """Inverse hyperbolic tangent."""
    return smooth(np.arctanh, input)


@quick.unary(np.deg2rad, Tensor)
def deg2rad(input: Any) -> Any:
    """Degrees to radians."""
    return smooth(np.deg2rad, input)


@quick.unary(np.rad2deg, Tensor)
def rad2deg(input: Any) -> Any:
    """Radians to degrees."""
    return smooth(np.rad2deg, input)


@quick.unary(np.sinc, Tensor)
def sinc(input: Any) -> Any:
    """`sin(pi input) / (pi input)`, 1 at 0."""
    return smooth(np.sinc, input)


def abs(input: Any) -> Any:
    """Absolute value. Its slope at 0 is 0."""
    x = as_input(input)
    return call(modulus if element_type(x).kind == "c" else np.absolute, x)


def sign(input: Any) -> Any:
    """-1, 0 or 1. Raises RuntimeError for complex numbers, which `sgn` takes."""
    x = as_input(input)
    if element_type(x).kind == "c":
        refuse("sign is not defined for complex tensors. Use torch.sgn.")
    return x.clone() if element_type(x).kind == "b" else call(np.sign, x)


@named("SgnBackward0")
def sgn(input: Any) -> Any:
    """-1, 0 or 1; for a complex number, the number of length 1 in its direction."""
    x = as_input(input)
    if element_type(x).kind != "c":
        return sign(x)
    length = call(modulus, x)
    zero = length._data == 0
    return call(np.where, zero, 0.0, call(np.divide, x, call(np.where, zero, 1.0, length)))


def copysign(input: Any, other: Any) -> Any:
    """The size of `input` with the sign of `other`."""
    return smooth_binary(np.copysign, input, other)


def heaviside(input: Any, values: Any) -> Any:
    """0 below 0, 1 above 0, `values` at 0."""
    x, y = alike(input, values)
    if element_type(x).kind in "fc":
        return call(np.heaviside, x, y)
    return call(np.where, x._data == 0, y, (x._data > 0).astype(x._data.dtype))


def signbit(input: Any) -> Any:
    """Whether the sign is set, as it is for -0.0."""
    x = as_input(input)
    return call(np.less, x, 0) if element_type(x).kind in "biu" else call(np.signbit, x)


def _rounded(function: Any, input: Any) -> Any:
    x = as_input(input)
    return x.clone() if element_type(x).kind in "biu" else call(still, function(x._data), x)


@named("FloorBackward0")
def floor(input: Any) -> Any:
    """The whole number below."""
    return _rounded(np.floor, input)


@named("CeilBackward0")
def ceil(input: Any) -> Any:
    """The whole number above."""
    return _rounded(np.ceil, input)


@named("TruncBackward0")
def trunc(input: Any) -> Any:
    """The whole number toward zero."""
    return _rounded(np.trunc, input)


@named(lambda input, decimals=0: f"RoundBackward{int(decimals != 0)}")
def round(input: Any, *, decimals: int = 0) -> Any:
    """The nearest whole number, halves to the even one; or to a number of decimals."""
    x = ordered(as_input(input), "round")
    return call(still, np.round(x._data, decimals), x) if decimals else _rounded(np.rint, x)


@named("FracBackward0")
def frac(input: Any) -> Any:
    """What is left of a number after its whole part, with its sign."""
    x = as_input(input)
    return call(np.subtract, x, trunc(x))


def frexp(input: Any) -> Any:
    """Mantissa in [0.5, 1) and exponent of base 2."""
    x = floating(input)
    _, exponent = np.frexp(x._data)
    return results.frexp(call(np.ldexp, x, -exponent), Tensor.wrap(np.asarray(exponent, np.int32)))


@named("LogitBackward0")
def logit(input: Any, eps: float | None = None) -> Any:
    """`log(input / (1 - input))`, of the input held between `eps` and `1 - eps` if given."""
    x = floating(ordered(input, "logit"))
    if eps is not None:
        data = x._data
        x = call(np.where, data < eps, eps, call(np.where, data > 1 - eps, 1 - eps, x))
    return call(np.subtract, call(np.log, x), call(np.log1p, call(np.negative, x)))


def nan_to_num(input: Any, nan: float | None = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """NaN, infinity and minus infinity replaced; by 0, the largest and the smallest number where none is given."""
    x = as_input(input)
    if element_type(x).kind in "biu":
        return x.clone()
    return call(np.nan_to_num, x, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)


def angle(input: Any) -> Any:
    """The angle of a complex number; of a real one 0, or pi below 0."""
    x = floating(input)
    if element_type(x).kind == "c":
        return call(np.angle, x)
    found = np.where(np.isnan(x._data), x._data, np.where(x._data < 0, math.pi, 0.0).astype(x._data.dtype))
    return call(still, found, x)


absolute, fix, arcsin, arccos, arctan, arctan2 = abs, trunc, asin, acos, atan, atan2
arcsinh, arccosh, arctanh = asinh, acosh, atanh
