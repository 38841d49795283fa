"""Transposes of the shape operations: what moves a cotangent back to where each element came from.

In every kernel `g` has the shape of the operation's result and the other arguments are the operation's own. An
argument called `a` is read for its shape only, and the result has that shape.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import SourceADError

_COPYING_MODES = ("constant", "edge", "reflect", "symmetric", "wrap")


def dtype_for(g: Any, a: Any) -> Any:
    """The dtype of the cotangent of `a`: its own where that is floating, else that of `g`, which may be a number."""
    dtype = getattr(a, "dtype", None)
    return dtype if dtype is not None and dtype.kind in "fc" else np.result_type(g)


def inverse_permutation(axes: Any) -> Any:
    """The axes that undo `np.transpose(_, axes)`; `None`, which reverses all axes, undoes itself."""
    if axes is None:
        return None
    rank = len(axes)
    return tuple(int(k) for k in np.argsort([axis % rank for axis in axes]))


def stated_order(order: Any) -> Any:
    """Refuse element orders that depend on an array's memory layout, because a cotangent's layout is its own.

    Raises SourceADError for any order but "C" and "F".
    """
    if order not in ("C", "F"):
        raise SourceADError(
            f"order={order!r} follows the memory layout of the array, which a derivative does not share",
            'Use order="C" or order="F".',
        )
    return order


def flatten(a: Any, order: Any = "C") -> Any:
    """The elements as a fresh one-dimensional array, as `ndarray.flatten` gives them. Raises as `stated_order` does."""
    return np.reshape(np.array(a), -1, stated_order(order))


def item(a: Any) -> Any:
    """The only element of `a` as a Python number, as `ndarray.item` gives it."""
    return np.asarray(a).item()


def undiag(g: Any, a: Any, k: Any = 0) -> Any:
    """Transpose of `np.diag(a, k)`, whether it built a matrix or read a diagonal."""
    return np.diag(g, k) if np.ndim(a) == 1 else undiagonal(g, a, k, 0, 1)


def undiagonal(g: Any, a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """Transpose of `np.diagonal`: zeros of the shape of `a` with `g` on the diagonal; `g` may broadcast along it."""
    out = np.zeros_like(g, shape=np.shape(a), dtype=dtype_for(g, a))
    planes = np.moveaxis(out, (axis1, axis2), (-2, -1))
    rows, columns = planes.shape[-2:]
    first = np.arange(max(0, min(rows + min(offset, 0), columns - max(offset, 0))))
    planes[..., first - min(offset, 0), first + max(offset, 0)] = g
    return out


def untile(g: Any, a: Any, reps: Any) -> Any:
    """Transpose of `np.tile(a, reps)`: the sum of all copies."""
    shape = np.shape(a)
    counts = (reps,) if np.ndim(reps) == 0 else tuple(reps)
    rank = max(len(shape), len(counts))
    sizes = (1,) * (rank - len(shape)) + shape
    counts = (1,) * (rank - len(counts)) + counts
    copies = np.reshape(g, [n for pair in zip(counts, sizes) for n in pair])
    return np.reshape(np.sum(copies, axis=tuple(range(0, 2 * rank, 2))), shape)


def unrepeat(g: Any, a: Any, repeats: Any, axis: Any = None) -> Any:
    """Transpose of `np.repeat(a, repeats, axis)`: the sum of each element's copies."""
    shape = np.shape(a)
    rows = (math.prod(shape),) if axis is None else shape or (1,)
    axis = 0 if axis is None else axis % len(rows)
    if np.size(repeats) == 1:
        copies = np.reshape(g, (*rows[: axis + 1], int(np.reshape(repeats, ())), *rows[axis + 1 :]))
        return np.reshape(np.sum(copies, axis=axis + 1), shape)
    out = np.zeros_like(g, shape=rows, dtype=dtype_for(g, a))
    np.add.at(np.moveaxis(out, axis, 0), np.repeat(np.arange(rows[axis]), repeats), np.moveaxis(g, axis, 0))
    return np.reshape(out, shape)


def copying_mode(mode: Any) -> Any:
    """Refuse the modes of `np.pad` that compute new values instead of copying elements.

    Raises SourceADError for any mode but constant, edge, reflect, symmetric and wrap.
    """
    if mode not in _COPYING_MODES:
        raise SourceADError(
            f"np.pad with mode={mode!r} has no derivative here",
            f"Use one of the modes {', '.join(_COPYING_MODES)}, or build the border with np.concatenate.",
        )
    return mode


def one_value(constant_values: Any) -> float:
    """0.0; refuses border values of `np.pad` that differ from side to side, where they are to be differentiated.

    Raises SourceADError for anything but one number.
    """
    if np.ndim(constant_values) != 0:
        raise SourceADError(
            "the derivative of np.pad by several constant_values is not known here",
            "Use one number, or build the border with np.concatenate.",
        )
    return 0.0


def unpad(g: Any, a: Any, pad_width: Any, mode: Any = "constant") -> Any:
    """Transpose of `np.pad(a, pad_width, mode)`: the middle, and what each border element copied added to its source.

    Raises SourceADError for a mode that computes values (see `copying_mode`).
    """
    shape = np.shape(a)
    if copying_mode(mode) != "constant":
        out = np.zeros_like(g, shape=math.prod(shape), dtype=dtype_for(g, a))
        np.add.at(out, np.pad(np.reshape(np.arange(out.size), shape), pad_width, mode), g)
        return np.reshape(out, shape)
    return g[tuple(slice(before, before + n) for before, n in zip(_left_widths(pad_width, len(shape)), shape))]


def _left_widths(pad_width: Any, rank: int) -> list[int]:
    if isinstance(pad_width, dict):
        widths = [0] * rank
        for axis, width in pad_width.items():
            widths[axis] = int(np.ravel(width)[0])
        return widths
    return [int(before) for before, _ in np.broadcast_to(pad_width, (rank, 2))]
