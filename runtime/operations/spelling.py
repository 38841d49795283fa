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

_spelled: dict[str, list[Callable[..., Any]]] = {}


def _spells(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            _spelled.setdefault(name, []).append(function)
        return function

    return keep


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
    if name in _SAME and not keywords:
        return _SAME[name]
    return _fitting(name, count, keywords)


def _fitting(name: str, count: int, keywords: Sequence[str]) -> Callable[..., Any] | None:
    return next((form for form in _spelled.get(name, ()) if _takes(form, count, keywords)), None)


def _takes(form: Callable[..., Any], count: int, keywords: Sequence[str]) -> bool:
    try:
        inspect.signature(form).bind(*[None] * count, **dict.fromkeys(keywords))
    except TypeError:
        return False
    return True


def spelled_method(name: str, count: int, keywords: Sequence[str]) -> Callable[..., Any] | None:
    """The same for a method of a Tensor, called with `count` arguments and the Tensor itself before them.

    None for what arrays have as a method too, unless it is called with PyTorch's names.
    """
    torchs_own = {"dim", "keepdim", "start_dim", "end_dim"} & set(keywords) or name == "flatten" and count
    if hasattr(np.ndarray, name) and not torchs_own:
        return None
    if name in _SAME and not keywords:
        return _SAME[name]
    return _fitting(name, count + 1, keywords)


@_spells("add")
def _add(input: Any, other: Any) -> Any:
    return input + other


@_spells("sub", "subtract")
def _sub(input: Any, other: Any) -> Any:
    return input - other


@_spells("mul", "multiply")
def _mul(input: Any, other: Any) -> Any:
    return input * other


@_spells("div", "divide", "true_divide")
def _div(input: Any, other: Any) -> Any:
    return input / other


@_spells("pow")
def _pow(input: Any, exponent: Any) -> Any:
    return input**exponent


@_spells("neg", "negative")
def _neg(input: Any) -> Any:
    return -input


@_spells("matmul")
def _matmul(input: Any, other: Any) -> Any:
    return input @ other


@_spells("mm", "bmm")
def _mm(input: Any, mat2: Any) -> Any:
    return input @ mat2


@_spells("mv")
def _mv(input: Any, vec: Any) -> Any:
    return input @ vec


@_spells("rsqrt")
def _rsqrt(input: Any) -> Any:
    return 1.0 / np.sqrt(input)


@_spells("sum")
def _sum(input: Any) -> Any:
    return np.sum(input)


@_spells("sum")
def _sum_along(input: Any, dim: Any) -> Any:
    return np.sum(input, axis=dim)


@_spells("sum")
def _sum_keeping(input: Any, dim: Any, keepdim: Any) -> Any:
    return np.sum(input, axis=dim, keepdims=keepdim)


@_spells("mean")
def _mean(input: Any) -> Any:
    return np.mean(input)


@_spells("mean")
def _mean_along(input: Any, dim: Any) -> Any:
    return np.mean(input, axis=dim)


@_spells("mean")
def _mean_keeping(input: Any, dim: Any, keepdim: Any) -> Any:
    return np.mean(input, axis=dim, keepdims=keepdim)


@_spells("prod")
def _prod(input: Any) -> Any:
    return np.prod(input)


@_spells("prod")
def _prod_along(input: Any, dim: Any) -> Any:
    return np.prod(input, axis=dim)


@_spells("amax")
def _amax(input: Any, dim: Any) -> Any:
    return np.max(input, axis=dim)


@_spells("amax")
def _amax_keeping(input: Any, dim: Any, keepdim: Any) -> Any:
    return np.max(input, axis=dim, keepdims=keepdim)


@_spells("amin")
def _amin(input: Any, dim: Any) -> Any:
    return np.min(input, axis=dim)


@_spells("max")
def _max(input: Any) -> Any:
    return np.max(input)


@_spells("min")
def _min(input: Any) -> Any:
    return np.min(input)


@_spells("logsumexp")
def _logsumexp(input: Any, dim: Any) -> Any:
    return kernels.logsumexp(input, dim)


@_spells("softmax")
def _softmax(input: Any, dim: Any) -> Any:
    return kernels.softmax(input, dim)


@_spells("log_softmax")
def _log_softmax(input: Any, dim: Any) -> Any:
    return kernels.log_softmax(input, dim)


@_spells("cumsum")
def _cumsum(input: Any, dim: Any) -> Any:
    return np.cumsum(input, axis=dim)


@_spells("where")
def _where(condition: Any, input: Any, other: Any) -> Any:
    return np.where(condition, input, other)


@_spells("cat", "concat", "concatenate")
def _cat(tensors: Any, dim: Any = 0) -> Any:
    return np.concatenate(tensors, axis=dim)


@_spells("stack")
def _stack(tensors: Any, dim: Any = 0) -> Any:
    return np.stack(tensors, axis=dim)


@_spells("unsqueeze")
def _unsqueeze(input: Any, dim: Any) -> Any:
    return np.expand_dims(input, dim)


@_spells("squeeze")
def _squeeze(input: Any) -> Any:
    return np.squeeze(input)


@_spells("permute")
def _permute(input: Any, dims: Any) -> Any:
    return np.transpose(input, dims)


@_spells("ravel", "flatten")
def _ravel(input: Any) -> Any:
    return np.ravel(input)


@_spells("flatten")
def _flatten_axes(input: Any, start_dim: Any, end_dim: Any = -1) -> Any:
    return np.reshape(input, np.shape(input)[:start_dim] + (-1,) + np.shape(input)[end_dim:][1:])


@_spells("clone")
def _clone(input: Any) -> Any:
    return np.copy(input)


@_spells("flip")
def _flip(input: Any, dims: Any) -> Any:
    return np.flip(input, axis=dims)


@_spells("linear")
def _linear(input: Any, weight: Any, bias: Any = None) -> Any:
    return kernels.linear(input, weight, bias)


@_spells("mse_loss")
def _mse_loss(input: Any, target: Any) -> Any:
    return np.mean((input - target) ** 2)


def _norm_of_moduli(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    return np.linalg.norm(kernels.modulus(x), ord, axis, keepdims)
