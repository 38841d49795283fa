"""Special functions, element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime import kernels
from runtime.operations import arithmetic, functions
from runtime.operations.calling import alike, call, floating, ordered, refuse, smooth
from runtime.operations.titles import named
from runtime.promotion import element_type
from runtime.variable import Variable


def erf(input: Any) -> Any:
    """The error function."""
    return smooth(kernels.erf, ordered(input, "erf"))


def erfc(input: Any) -> Any:
    """`1 - erf(input)`, exact also far out."""
    return smooth(kernels.erfc, ordered(input, "erfc"))


def erfcx(input: Any) -> Any:
    """`exp(input**2) * erfc(input)`, without overflow."""
    return smooth(kernels.erfcx, ordered(input, "erfcx"))


def erfinv(input: Any) -> Any:
    """The inverse of the error function."""
    return smooth(kernels.erfinv, ordered(input, "erfinv"))


def lgamma(input: Any) -> Any:
    """The logarithm of the size of the gamma function."""
    return smooth(kernels.lgamma, ordered(input, "lgamma"))


@named("DigammaBackward0")
def digamma(input: Any) -> Any:
    """The logarithmic derivative of the gamma function."""
    return polygamma(0, input)


def polygamma(n: Any, input: Any) -> Any:
    """The derivative of order `n` of `digamma`. The method has the Tensor first: `x.polygamma(n)`."""
    if isinstance(n, Variable):
        n, input = input, n
    if n < 0:
        refuse("polygamma(n, x) does not support negative n.")
    return call(kernels.polygamma, int(n), floating(ordered(input, "polygamma")))


@named("MvlgammaBackward0")
def mvlgamma(input: Any, p: int) -> Any:
    """The logarithm of the gamma function of `p` dimensions."""
    x = floating(input)
    total = lgamma(x)
    for k in range(1, p):
        total = arithmetic.add(lgamma(arithmetic.sub(x, 0.5 * k)), total)
    return arithmetic.add(total, 0.25 * p * (p - 1) * math.log(math.pi))


@named("I0Backward0")
def i0(input: Any) -> Any:
    """The modified Bessel function of the first kind of order 0."""
    return call(kernels.bessel_i, 0, floating(ordered(input, "i0")))


@named("SpecialI0EBackward0")
def i0e(input: Any) -> Any:
    """`exp(-|input|) * i0(input)`."""
    return call(kernels.scaled_bessel_i, 0, floating(ordered(input, "i0e")))


@named("SpecialI1Backward0")
def i1(input: Any) -> Any:
    """The modified Bessel function of the first kind of order 1."""
    return call(kernels.bessel_i, 1, floating(ordered(input, "i1")))


@named("SpecialI1EBackward0")
def i1e(input: Any) -> Any:
    """`exp(-|input|) * i1(input)`."""
    return call(kernels.scaled_bessel_i, 1, floating(ordered(input, "i1e")))


@named("SpecialEntrBackward0")
def entr(input: Any) -> Any:
    """`-input * log(input)`: 0 at 0, minus infinity below."""
    x = floating(input)
    found = arithmetic.neg(call(kernels.xlogy, x, call(np.where, x._data > 0, x, 1.0)))
    return call(np.where, x._data < 0, -np.inf, found)


def ndtr(input: Any) -> Any:
    """The normal distribution function."""
    return arithmetic.mul(erfc(arithmetic.mul(floating(input), -math.sqrt(0.5))), 0.5)


@named("SpecialNdtriBackward0")
def ndtri(input: Any) -> Any:
    """The inverse of the normal distribution function."""
    x = floating(input)
    return arithmetic.mul(erfinv(arithmetic.sub(arithmetic.mul(x, 2.0), 1.0)), math.sqrt(2.0))


@named("SpecialLogNdtrBackward0")
def log_ndtr(input: Any) -> Any:
    """The logarithm of the normal distribution function, exact also far out on the left."""
    x = floating(input)
    left = x._data < -1.0
    low = call(np.where, left, x, -1.0)
    tail = functions.log(arithmetic.mul(erfcx(arithmetic.mul(low, -math.sqrt(0.5))), 0.5))
    below = arithmetic.sub(tail, arithmetic.mul(arithmetic.square(low), 0.5))
    high = call(np.where, left, 0.0, x)
    above = functions.log1p(arithmetic.mul(erfc(arithmetic.mul(high, math.sqrt(0.5))), -0.5))
    return call(np.where, left, below, above)


@named("XlogyBackward0")
def xlogy(input: Any, other: Any) -> Any:
    """`input * log(other)`, and 0 where the input is 0."""
    return _times_log(input, other, functions.log, 0.0)


@named("SpecialXlog1PyBackward0")
def xlog1py(input: Any, other: Any) -> Any:
    """`input * log(1 + other)`, and 0 where the input is 0."""
    return _times_log(input, other, functions.log1p, -1.0)


def _times_log(input: Any, other: Any, log: Any, pole: float) -> Any:
    x, y = (floating(v) for v in alike(input, other))
    silent = (x._data == 0) & (y._data <= pole)
    kept = log(call(np.where, silent, np.ones((), element_type(y)), y))
    return call(np.where, silent, 0.0, arithmetic.mul(x, kept))


def multigammaln(input: Any, p: int) -> Any:
    """The logarithm of the gamma function of `p` dimensions."""
    return mvlgamma(input, p)


psi, gammaln = digamma, lgamma
