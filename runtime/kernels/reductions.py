"""What the rules of reductions need: spreading a result back over its elements, and each element's share in it.

`axis` is an int, a tuple or None and `keepdims` a bool, as in the reduction itself; `a` is the array reduced.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import NotDifferentiable
from runtime.kernels.elementwise import as_array
from runtime.kernels.recurrences import shift_right


def _axes(axis: Any, rank: int) -> tuple[int, ...]:
    if axis is None or rank == 0:
        return tuple(range(rank))
    return tuple(k % rank for k in ((axis,) if np.ndim(axis) == 0 else axis))


def spread(g: Any, a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """`g`, of the shape of the reduced `a`, repeated along the reduced axes: the transpose of `np.sum`.

    The result has the shape and dtype of `a`; it may be a read-only view.
    """
    shape = np.shape(a)
    dtype = np.result_type(a)
    g = as_array(g)
    if dtype.kind in "fc" and g.dtype != dtype:
        g = (g.real if dtype.kind == "f" else g).astype(dtype)
    if not keepdims and np.ndim(g) and shape:
        g = np.expand_dims(g, _axes(axis, len(shape)))
    return np.broadcast_to(g, shape)


def count(a: Any, axis: Any = None, where: Any = True, keepdims: bool = False) -> Any:
    """How many elements of `a` go into each element of the result, at least 1, in the floating dtype of `a`."""
    return np.maximum(_count(a, axis, where, keepdims), _number(a)(1))


def freedom(a: Any, ddof: float, axis: Any = None, where: Any = True, keepdims: bool = False) -> Any:
    """The divisor of a variance: elements minus `ddof`, at least 0, in the floating dtype of `a`."""
    return np.maximum(_count(a, axis, where, keepdims) - _number(a)(ddof), _number(a)(0))


def _number(a: Any) -> Any:
    dtype = np.result_type(a)
    return np.empty((), dtype).real.dtype.type if dtype.kind in "fc" else np.float64


def _count(a: Any, axis: Any, where: Any, keepdims: bool) -> Any:
    if where is True:
        shape = np.shape(a)
        return _number(a)(math.prod(shape[k] for k in _axes(axis, len(shape))))
    used = np.broadcast_to(where, np.shape(a))
    return np.sum(used, axis=axis, keepdims=keepdims, dtype=_number(a))


def deviation(a: Any, axis: Any = None, where: Any = True) -> Any:
    """`a` minus its mean along `axis`; 0 where `where` is false. Linear in `a`, and its own transpose.

    Raises NotDifferentiable for complex `a`, whose variance has no complex derivative.
    """
    if np.result_type(a).kind == "c":
        raise NotDifferentiable(
            "the variance of complex values has no complex derivative", "Take the variances of np.real and np.imag."
        )
    if where is True:
        return np.subtract(a, np.mean(a, axis=axis, keepdims=True)) if np.size(a) else np.array(a)
    total = np.sum(a, axis=axis, keepdims=True, where=where)
    return np.where(where, a - total / count(a, axis, where, True), 0.0)


def share_of_ties(
    a: Any, z: Any, axis: Any = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """The derivative of `z = np.max(a, ...)` or `np.min` in each element: those equal to `z` share 1 evenly.

    `initial` takes its share among them. Where `z` is NaN the elements that are NaN share.
    """
    a = as_array(a)
    extreme = spread(z, a, axis, keepdims)
    ties = np.equal(a, extreme)
    if np.any(np.not_equal(z, z)):
        ties = np.logical_or(ties, np.logical_and(np.not_equal(a, a), np.not_equal(extreme, extreme)))
    ties = np.logical_and(ties, where)
    axes = _axes(axis, a.ndim)
    number = np.sum(ties, axis=axes, keepdims=True)
    if initial is not None:
        number = number + np.any(np.equal(extreme, initial), axis=axes, keepdims=True)
    return np.divide(ties, np.maximum(number, 1)).astype(extreme.dtype)


def as_rows(a: Any, axis: Any = None) -> Any:
    """`a` with the reduced axes put last and joined to one, in their own order."""
    shape = np.shape(a)
    axes = sorted(_axes(axis, len(shape)))
    kept = [k for k in range(len(shape)) if k not in axes]
    rows = np.transpose(a, kept + axes)
    return np.reshape(rows, [*(shape[k] for k in kept), math.prod(shape[k] for k in axes)])


def from_rows(rows: Any, a: Any, axis: Any = None) -> Any:
    """Undo `as_rows`: rows of the elements of `a` back in the shape of `a`. It is also the transpose of `as_rows`."""
    shape = np.shape(a)
    axes = sorted(_axes(axis, len(shape)))
    order = [k for k in range(len(shape)) if k not in axes] + axes
    return np.transpose(np.reshape(rows, [shape[k] for k in order]), np.argsort(order))


def product_of_others(a: Any, axis: Any = None) -> Any:
    """For each element the product of all the others that it is multiplied with in `np.prod(a, axis)`.

    Method: the running product from the left times that from the right; no division, so zeros need no special case.
    """
    rows = as_rows(a, axis)
    before = shift_right(np.cumprod(rows, axis=-1), 1.0)
    after = np.flip(shift_right(np.cumprod(np.flip(rows, -1), axis=-1), 1.0), -1)
    return from_rows(before * after, a, axis)
