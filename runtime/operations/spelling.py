"""What functions under PyTorch's names mean in NumPy's, so that a derivative can be written down for them.

A compiler that meets a call of `runtime.softmax` reads the function here in its place. Each is one expression, for
the arguments that it names: a call with others (a `dtype`, an `alpha`) is not spelled, and stays what it is. For
floating-point arrays and Tensors both give the same values.
"""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from runtime import kernels
from runtime.operations import spelled_functions, spelled_layers
from runtime.operations.spells import FORMS
from runtime.readings import is_of_tensors

_HOMES = ("runtime.operations.", "runtime.nn.functional.", "runtime.creation")

# The same function under the same arguments.
_SAME: dict[str, Callable[..., Any]] = {
    "abs": np.abs,
    "absolute": np.abs,
    "acos": np.arccos,
    "acosh": np.arccosh,
    "arccos": np.arccos,
    "arccosh": np.arccosh,
    "arcsin": np.arcsin,
    "arcsinh": np.arcsinh,
    "arctan": np.arctan,
    "arctan2": np.arctan2,
    "arctanh": np.arctanh,
    "asin": np.arcsin,
    "asinh": np.arcsinh,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "atanh": np.arctanh,
    "cos": np.cos,
    "cosh": np.cosh,
    "deg2rad": np.deg2rad,
    "dot": np.dot,
    "einsum": np.einsum,
    "exp": np.exp,
    "exp2": np.exp2,
    "expm1": np.expm1,
    "inner": np.inner,
    "kron": np.kron,
    "log": np.log,
    "log10": np.log10,
    "log1p": np.log1p,
    "log2": np.log2,
    "logaddexp": np.logaddexp,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "ones_like": np.ones_like,
    "outer": np.outer,
    "rad2deg": np.rad2deg,
    "reciprocal": np.reciprocal,
    "relu": kernels.relu,
    "reshape": np.reshape,
    "sigmoid": kernels.sigmoid,
    "sin": np.sin,
    "sinc": np.sinc,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "square": np.square,
    "swapaxes": np.swapaxes,
    "swapdims": np.swapaxes,
    "tan": np.tan,
    "tanh": np.tanh,
    "trace": np.trace,
    "transpose": np.swapaxes,
    "tril": np.tril,
    "triu": np.triu,
    "zeros_like": np.zeros_like,
}


def spelled(function: Any, count: int, keywords: Sequence[str], of_complex: bool = False) -> Callable[..., Any] | None:
    """The function to read in place of a call with `count` arguments and these keywords; None where there is none.

    With `of_complex` also of functions whose own rule is for real numbers only.
    """
    if of_complex and function is np.linalg.norm:
        return _norm_of_moduli if _takes(_norm_of_moduli, count, keywords) else None
    if of_complex and (function is np.absolute or function is builtins.abs):
        return kernels.modulus if count == 1 and not keywords else None
    module = getattr(function, "__module__", None) or ""
    name = getattr(function, "__name__", None)
    if not isinstance(name, str) or not module.startswith(_HOMES):
        return None
    return _fitting(name, count, keywords, of_complex)


def is_form(function: Any) -> bool:
    """Whether a function is one to be read in another's place, as an expression."""
    return function is _norm_of_moduli or function.__module__ in (spelled_functions.__name__, spelled_layers.__name__)


def _fitting(name: str, count: int, keywords: Sequence[str], of_complex: bool) -> Callable[..., Any] | None:
    if name in _SAME and not keywords:
        return kernels.modulus if of_complex and _SAME[name] is np.absolute else _SAME[name]
    return next((form for form in FORMS.get(name, ()) if _takes(form, count, keywords)), None)


def _takes(form: Callable[..., Any], count: int, keywords: Sequence[str]) -> bool:
    try:
        inspect.signature(form).bind(*[None] * count, **dict.fromkeys(keywords))
    except TypeError:
        return False
    return True


def spelled_method(
    name: str, count: int, keywords: Sequence[str], of_complex: bool = False
) -> Callable[..., Any] | None:
    """The same for a method of a Tensor, called with `count` arguments and the Tensor itself before them.

    None for what arrays have as a method too, unless it is called as only Tensors' can be.
    """
    if not is_of_tensors(name, count, keywords):
        return None
    return _fitting(name, count + 1, keywords, of_complex)


def _norm_of_moduli(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    return np.linalg.norm(kernels.modulus(x), kernels.order_of_moduli(ord, np.ndim(x), axis), axis, keepdims)
