"""Special functions whose values SciPy computes: incomplete gamma functions, Bessel functions, orthogonal polynomials.

They need the extra `scipy`. Derivatives are those of the rule table; an argument without a rule there, as the order of
an incomplete gamma function or the argument of a polynomial, must not carry a derivative, as in PyTorch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.errors import MissingExtra
from runtime.operations import arithmetic
from runtime.operations.calling import alike, as_input, call, floating, ordered
from runtime.operations.functions import sinc
from runtime.operations.special import i0, i1
from runtime.operations.titles import named
from runtime.tensor import Tensor


def _scipy() -> Any:
    try:
        import scipy.special
    except ImportError:
        raise MissingExtra(
            "this special function needs SciPy, which is not installed",
            "Install it with: pip install 'sourcead[scipy]'",
        ) from None
    return scipy.special


def _of_one(name: str, library_name: str, text: str) -> Callable[[Any], Any]:
    @named(f"Special{name.title().replace('_', '')}Backward0")
    def function(input: Any) -> Any:
        return call(getattr(_scipy(), library_name), floating(ordered(input, name)))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = text
    return function


bessel_j0 = _of_one("bessel_j0", "j0", "The Bessel function of the first kind of order 0.")
bessel_j1 = _of_one("bessel_j1", "j1", "The Bessel function of the first kind of order 1.")
bessel_y0 = _of_one("bessel_y0", "y0", "The Bessel function of the second kind of order 0.")
bessel_y1 = _of_one("bessel_y1", "y1", "The Bessel function of the second kind of order 1.")
modified_bessel_k0 = _of_one("modified_bessel_k0", "k0", "The modified Bessel function of the second kind of order 0.")
modified_bessel_k1 = _of_one("modified_bessel_k1", "k1", "The modified Bessel function of the second kind of order 1.")
scaled_modified_bessel_k0 = _of_one("scaled_modified_bessel_k0", "k0e", "`exp(x) * modified_bessel_k0(x)`.")
scaled_modified_bessel_k1 = _of_one("scaled_modified_bessel_k1", "k1e", "`exp(x) * modified_bessel_k1(x)`.")
modified_bessel_i0, modified_bessel_i1 = i0, i1


def spherical_bessel_j0(input: Any) -> Any:
    """`sin(x) / x`, and 1 at 0."""
    return sinc(arithmetic.mul(floating(input), 1.0 / math.pi))


def airy_ai(input: Any) -> Any:
    """The Airy function Ai. Raises DerivativeLost for a Tensor that carries a derivative."""
    return call(_airy_ai, floating(ordered(input, "airy_ai")))


def _airy_ai(x: np.ndarray) -> np.ndarray:
    return _scipy().airy(x)[0]


def gammainc(input: Any, other: Any) -> Any:
    """The regularised lower incomplete gamma function of order `input` at `other`."""
    return call(_scipy().gammainc, *map(floating, alike(input, other)))


def gammaincc(input: Any, other: Any) -> Any:
    """The regularised upper incomplete gamma function of order `input` at `other`."""
    return call(_scipy().gammaincc, *map(floating, alike(input, other)))


def zeta(input: Any, other: Any) -> Any:
    """The zeta function of Hurwitz: the sum of `(k + other) ** -input`."""
    return call(_scipy().zeta, *map(floating, alike(input, other)))


def _polynomial(name: str, library_name: str, text: str) -> Callable[[Any, Any], Any]:
    def evaluated(x: np.ndarray, n: np.ndarray) -> np.ndarray:
        degree = np.trunc(n)
        found = getattr(_scipy(), library_name)(np.maximum(degree, 0).astype(np.int64), x)
        return np.where(degree < 0, 0.0, found).astype(x.dtype)

    def function(input: Any, n: Any) -> Any:
        degree = n._data if isinstance(n, Tensor) else n
        return call(evaluated, floating(ordered(as_input(input), name)), degree)

    evaluated.__name__ = function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{text} of degree `n`; 0 for degrees below 0."
    return function


chebyshev_polynomial_t = _polynomial(
    "chebyshev_polynomial_t", "eval_chebyt", "Chebyshev's polynomial of the first kind"
)
chebyshev_polynomial_u = _polynomial(
    "chebyshev_polynomial_u", "eval_chebyu", "Chebyshev's polynomial of the second kind"
)
shifted_chebyshev_polynomial_t = _polynomial(
    "shifted_chebyshev_polynomial_t", "eval_sh_chebyt", "Chebyshev's first polynomial at `2 * x - 1`,"
)
shifted_chebyshev_polynomial_u = _polynomial(
    "shifted_chebyshev_polynomial_u", "eval_sh_chebyu", "Chebyshev's second polynomial at `2 * x - 1`,"
)
hermite_polynomial_h = _polynomial("hermite_polynomial_h", "eval_hermite", "Hermite's polynomial of physicists")
hermite_polynomial_he = _polynomial("hermite_polynomial_he", "eval_hermitenorm", "Hermite's polynomial of probability")
laguerre_polynomial_l = _polynomial("laguerre_polynomial_l", "eval_laguerre", "Laguerre's polynomial")
legendre_polynomial_p = _polynomial("legendre_polynomial_p", "eval_legendre", "Legendre's polynomial")

igamma, igammac = gammainc, gammaincc
