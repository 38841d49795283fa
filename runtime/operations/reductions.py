"""Sums, means, extremes, deviations and norms of all elements or along axes.

`dim` is an axis, a tuple of axes or None for all, `keepdim` keeps reduced axes with length 1; NumPy's names `axis`
and `keepdims` are taken too.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime import quick
from runtime.kernels import logsumexp as log_sum_exp
from runtime.operation import apply
from runtime.operations import arithmetic, functions, results
from runtime.operations.calling import (
    alike,
    as_input,
    axis_of,
    call,
    constant,
    floating,
    is_floating,
    ordered,
    refuse,
    typed,
)
from runtime.operations.titles import named
from runtime.promotion import element_type
from runtime.tensor import Tensor

_NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}


def _along_dim(name: str) -> Callable[..., str | None]:
    """The name of a node of `max` or `min`, which has one of its own along an axis."""

    def title(input: Any, dim: Any = None, *_: Any, **__: Any) -> str | None:
        return None if dim is None or isinstance(dim, Tensor) else f"{name}Backward0"

    return title


def reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let `axis` and `keepdims` stand for `dim` and `keepdim`."""

    @functools.wraps(function)
    def renamed(*args: Any, **names: Any) -> Any:
        if names:
            names = {_NUMPY_NAMES.get(name, name): value for name, value in names.items()}
        return function(*args, **names)

    return renamed


def _options(x: Any, dim: Any, keepdim: bool) -> dict[str, Any]:
    """Keywords of NumPy's reductions; the plainest call has the plainest rule. An empty tuple means all axes."""
    if isinstance(dim, (list, tuple)):
        dim = tuple(dim) or None
    if dim is not None and np.ndim(x._data if isinstance(x, Tensor) else x) == 0:
        # One number has one axis to PyTorch, 0, and none to NumPy.
        for axis in (dim,) if isinstance(dim, int) else dim:
            axis_of(axis, 0)
        return {}
    options = {} if dim is None else {"axis": dim}
    return {**options, "keepdims": True} if keepdim else options


def _reduced(function: Callable[..., Any], x: Any, dim: Any, keepdim: bool) -> Any:
    """A reduction of NumPy's along `dim`, of all elements where that is None."""
    if type(dim) is int and isinstance(x, Tensor) and x._data.ndim:
        # The plainest form, whose options need not be looked at.
        return apply(function, (x, dim), {"keepdims": True} if keepdim else None)
    return call(function, x, **_options(x, dim, keepdim))


def _sum_of_all(a: np.ndarray) -> Any:
    return np.add.reduce(a, axis=None)


def _mean_of_all(a: np.ndarray) -> Any:
    # Half precision is summed in single, as NumPy's mean does.
    return np.mean(a) if a.dtype.itemsize < 4 or not a.size else np.add.reduce(a, axis=None) / a.size


@quick.unary(np.sum, Tensor, _sum_of_all)
def _sum(input: Any) -> Any:
    return call(np.sum, input)


@quick.unary(np.mean, Tensor, _mean_of_all)
def _mean(input: Any) -> Any:
    return call(np.mean, input)


@reduction
def sum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Sum; of integers and bools in int64."""
    x = typed(input, dtype)
    if dtype is None and not is_floating(x) and element_type(x).kind in "bui":
        x = typed(x, np.int64)
    found = _sum(x) if dim is None and not keepdim else _reduced(np.sum, x, dim, keepdim)
    return found if dtype is None else typed(found, dtype)


@reduction
def nansum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Sum of the elements that are not NaN."""
    x = ordered(typed(input, dtype), "nansum")
    if element_type(x).kind in "bui":
        return sum(x, dim, keepdim)
    return call(np.nansum, x, **_options(x, dim, keepdim))


@reduction
def mean(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Mean. Raises RuntimeError for integers, which have none of their own type."""
    x = typed(input, dtype)
    if not is_floating(x) and element_type(x).kind in "bui":
        refuse(
            f"mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype."
            f" Got: {element_type(x)}"
        )
    return _mean(x) if dim is None and not keepdim else _reduced(np.mean, x, dim, keepdim)


@reduction
def nanmean(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Mean of the elements that are not NaN."""
    x = floating(typed(input, dtype))
    options = _options(x, dim, keepdim)
    count = np.sum(~np.isnan(x._data), **options).astype(x._data.dtype)
    return call(np.divide, call(np.nansum, x, **options), count)


@reduction
def prod(input: Any, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Product; of integers and bools in int64."""
    x = typed(input, dtype)
    if dtype is None and element_type(x).kind in "bui":
        x = typed(x, np.int64)
    found = call(np.prod, x, **_options(x, dim, keepdim))
    return found if dtype is None else typed(found, dtype)


@reduction
def amax(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Largest elements; equal ones share the gradient."""
    return _reduced(np.max, ordered(as_input(input), "amax"), dim, keepdim)


@reduction
def amin(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Smallest elements; equal ones share the gradient."""
    return _reduced(np.min, ordered(as_input(input), "amin"), dim, keepdim)


@reduction
@named("AminmaxBackward0")
def aminmax(input: Any, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """Smallest and largest elements together."""
    return results.aminmax(amin(input, dim, keepdim), amax(input, dim, keepdim))


@named(_along_dim("Max"))
@reduction
def max(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Largest element of all; along `dim`, values and indices; of two Tensors, the larger elements."""
    if isinstance(dim, Tensor):
        return maximum(input, dim)
    if dim is None:
        return call(np.max, ordered(as_input(input), "max"))
    return results.max(*picked(np.argmax, ordered(as_input(input), "max"), dim, keepdim))


@named(_along_dim("Min"))
@reduction
def min(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Smallest element of all; along `dim`, values and indices; of two Tensors, the smaller elements."""
    if isinstance(dim, Tensor):
        return minimum(input, dim)
    if dim is None:
        return call(np.min, ordered(as_input(input), "min"))
    return results.min(*picked(np.argmin, ordered(as_input(input), "min"), dim, keepdim))


def picked(find: Callable[..., Any], x: Any, dim: int, keepdim: bool) -> tuple[Any, Any]:
    """Elements of `x` along `dim` at the places that `find(array, axis, keepdims=True)` gives, and the places."""
    if x._data.ndim == 0:
        return x.clone(), Tensor.wrap(np.zeros((), np.int64))
    places = find(x._data, axis=axis_of(dim, x._data.ndim), keepdims=True)
    values = call(np.take_along_axis, x, places, dim)
    return (
        (values, Tensor.wrap(places)) if keepdim else (call(np.squeeze, values, dim), Tensor.wrap(places.squeeze(dim)))
    )


def maximum(input: Any, other: Any) -> Any:
    """The larger of two elements; where they are equal they share the gradient."""
    return arithmetic.binary(np.maximum, ordered(as_input(input), "maximum"), ordered(as_input(other), "maximum"))


def minimum(input: Any, other: Any) -> Any:
    """The smaller of two elements; where they are equal they share the gradient."""
    return arithmetic.binary(np.minimum, ordered(as_input(input), "minimum"), ordered(as_input(other), "minimum"))


@named("FmaxBackward0")
def fmax(input: Any, other: Any) -> Any:
    """The larger of two elements, that which is not NaN; where they are equal, the first."""
    x, y = alike(input, other)
    return call(np.where, (x._data >= y._data) | np.isnan(y._data), x, y)


@named("FminBackward0")
def fmin(input: Any, other: Any) -> Any:
    """The smaller of two elements, that which is not NaN; where they are equal, the first."""
    x, y = alike(input, other)
    return call(np.where, (x._data <= y._data) | np.isnan(y._data), x, y)


@reduction
def argmax(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """Where the largest element stands, in the flattened Tensor or along `dim`."""
    return Tensor.wrap(np.asarray(np.argmax(constant(ordered(input, "argmax")), axis=dim, keepdims=keepdim)))


@reduction
def argmin(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """Where the smallest element stands, in the flattened Tensor or along `dim`."""
    return Tensor.wrap(np.asarray(np.argmin(constant(ordered(input, "argmin")), axis=dim, keepdims=keepdim)))


def _truth(found: Any, x: np.ndarray) -> Any:
    """Bools; of unsigned bytes, bytes again, as PyTorch has it."""
    return Tensor.wrap(np.asarray(found, np.uint8 if x.dtype == np.uint8 else None))


@reduction
def all(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether all elements are not 0."""
    x = constant(input)
    return _truth(np.all(x, **_options(x, dim, keepdim)), x)


@reduction
def any(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether some element is not 0."""
    x = constant(input)
    return _truth(np.any(x, **_options(x, dim, keepdim)), x)


@reduction
def count_nonzero(input: Any, dim: Any = None) -> Any:
    """How many elements are not 0."""
    x = constant(input)
    return Tensor.wrap(np.asarray(np.count_nonzero(x, **_options(x, dim, False))))


@reduction
def var(input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = 1) -> Any:
    """Variance, with `correction` taken off the number of elements in its divisor."""
    return _spread(np.var, input, dim, unbiased, keepdim, correction)


@reduction
def std(input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = 1) -> Any:
    """Standard deviation, with `correction` taken off the number of elements in its divisor."""
    return _spread(np.std, input, dim, unbiased, keepdim, correction)


def _spread(function: Any, input: Any, dim: Any, unbiased: Any, keepdim: bool, correction: Any) -> Any:
    if isinstance(dim, bool):
        # The old form var(input, unbiased).
        dim, unbiased = None, dim
    freedom = correction if unbiased is None else int(unbiased)
    x = as_input(input)
    if element_type(x).kind in "bui":
        refuse("std and var only support floating point and complex dtypes")
    if element_type(x).kind == "c":
        # The variances of both parts together, which the rule of real numbers differentiates.
        parts = [
            call(np.var, part, ddof=1 if freedom is None else freedom, **_options(x, dim, keepdim))
            for part in (call(np.real, x), call(np.imag, x))
        ]
        total = call(np.add, *parts)
        return total if function is np.var else call(np.sqrt, total)
    return call(function, x, ddof=1 if freedom is None else freedom, **_options(x, dim, keepdim))


@reduction
@named("VarMeanBackward0")
def var_mean(
    input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = 1
) -> tuple[Any, Any]:
    """Variance and mean."""
    axis = None if isinstance(dim, bool) else dim
    return var(input, dim, unbiased, keepdim, correction=correction), mean(input, axis, keepdim)


@reduction
@named("StdMeanBackward0")
def std_mean(
    input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = 1
) -> tuple[Any, Any]:
    """Standard deviation and mean."""
    axis = None if isinstance(dim, bool) else dim
    return std(input, dim, unbiased, keepdim, correction=correction), mean(input, axis, keepdim)


@reduction
def logsumexp(input: Any, dim: Any, keepdim: bool = False) -> Any:
    """`log(sum(exp(input)))` along `dim` without overflow on the way."""
    x = floating(input)
    if x._data.ndim == 0:
        return call(np.copy, x)
    return call(log_sum_exp, x, tuple(dim) if isinstance(dim, list) else dim, bool(keepdim))


@reduction
def vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The norm of order `ord` of the elements, flattened or along `dim`; its subgradient at 0 is 0."""
    v = typed(x, dtype)
    if element_type(v).kind in "bui":
        refuse(f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {element_type(v)}")
    if element_type(v).kind == "c":
        v = functions.abs(v)
    rank = v._data.ndim
    if rank == 0:
        v, rank = call(np.reshape, v, (1,)), 1
        keepdim = False
    whole = dim in (None, (), [])
    axes = sorted(axis_of(k, rank) for k in (range(rank) if whole else (dim,) if isinstance(dim, int) else dim))
    if ord == 2:
        return call(np.linalg.vector_norm, v, axis=None if whole else tuple(axes), keepdims=bool(keepdim))
    if len(axes) == 1 and not keepdim:
        return call(np.linalg.norm, v, float(ord), axes[0])
    order = [k for k in range(rank) if k not in axes] + axes
    shape = v._data.shape
    kept = [shape[k] for k in order[: rank - len(axes)]]
    rows = call(np.reshape, call(np.transpose, v, order), (*kept, math.prod(shape[k] for k in axes)))
    z = call(np.linalg.norm, rows, float(ord), -1)
    return call(np.reshape, z, tuple(1 if k in axes else shape[k] for k in range(rank))) if keepdim else z


@named("RenormBackward0")
def renorm(input: Any, p: Any, dim: int, maxnorm: float) -> Any:
    """Every place of an axis scaled down to the p-norm `maxnorm` where its norm is larger."""
    rank = input._data.ndim
    others = tuple(k for k in range(rank) if k != axis_of(dim, rank))
    size = vector_norm(input, p, others, True)
    # PyTorch keeps the quotient from being infinite by this much.
    shrunk = arithmetic.div(maxnorm, arithmetic.add(size, 1e-7))
    return arithmetic.mul(input, call(np.where, size._data > maxnorm, shrunk, np.ones((), element_type(input))))


@named("DistBackward0")
def dist(input: Any, other: Any, p: Any = 2) -> Any:
    """The p-norm of the difference."""
    return vector_norm(arithmetic.sub(input, other), p)
