"""Transposes of joining and splitting, on lists of cotangents.

A list of cotangents has one entry for each element of the list it belongs to; an entry may be the float `0.0`,
the zero of every shape. Where a whole array stands in the place of a list, its cotangent is an array too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.errors import SourceADError
from runtime.kernels.cotangent import of_container, unbroadcast, zeros_like
from runtime.kernels.elementwise import varies
from runtime.records import Entries, fields_of


def filled(g: Any, x: Any) -> Any:
    """`g` with every entry that is the float 0.0 written out as zeros of the shape of its place in `x`."""
    if isinstance(x, (list, tuple)) and isinstance(g, (list, tuple)):
        return Entries([filled(entry, element) for entry, element in zip(g, x)], fields_of(g))
    return zeros_like(x) if type(g) is float and g == 0.0 else g


def carried(g: Any, like: Any) -> Any:
    """`g` broadcast to the shape of `like` and in its dtype; summed up where `like` stood for something wider.

    Zeros where `like` is not floating: a value cast to integers does not vary.
    """
    whole = of_container(g, like)
    if whole is not None:
        return whole
    dtype = np.asarray(like).dtype
    if not varies(dtype):
        return np.zeros(np.shape(like))
    g = np.asarray(np.real(g) if dtype.kind == "f" else g, dtype=dtype)
    shape = np.broadcast_shapes(np.shape(g), np.shape(like))
    # A tangent is written to where its value is, which what broadcasting gives must not be.
    return unbroadcast(g if g.shape == shape else np.broadcast_to(g, shape).copy(), like)


def widened(g: Any, like: Any, number: Any) -> Any:
    """`g` carried to the shape of `like` where a place held a number before an update, which `narrowed` summed up."""
    return g if number is None else carried(g, like)


def concatenated(axis: int, *arrays: Any) -> Any:
    """`np.concatenate(arrays, axis)`, with every array an argument by itself."""
    return np.concatenate(arrays, axis)


def stacked(axis: int, *arrays: Any) -> Any:
    """`np.stack(arrays, axis)`, with every array an argument by itself."""
    return np.stack(arrays, axis)


def piece_at(k: int, axis: int, arrays: Any) -> Any:
    """The index at which number `k` of the arrays stands in all of them joined along `axis`; shapes are read."""
    shapes = [np.shape(x) for x in arrays]
    axis %= len(shapes[k])
    start = sum([shape[axis] for shape in shapes[:k]])
    return (slice(None),) * axis + (slice(start, start + shapes[k][axis]),)


def layer_at(k: int, axis: int, z: Any) -> Any:
    """The index of array number `k` in the stack `z` along `axis`."""
    return (slice(None),) * (axis % np.ndim(z)) + (k,)


def unconcatenate(g: Any, arrays: Any, axis: Any = 0) -> Any:
    """Transpose of `np.concatenate(arrays, axis)`: the piece of `g` that came from each array."""
    if axis is None:
        return _pieces(g, arrays, _raveled, 0)
    return _pieces(g, arrays, _same, axis)


def unstack(g: Any, arrays: Any, axis: Any = 0) -> Any:
    """Transpose of `np.stack(arrays, axis)`: the slice of `g` that came from each array."""
    slices = np.moveaxis(g, axis, 0)
    if not isinstance(arrays, (list, tuple)):
        return slices
    return [unarray(piece, x) for piece, x in zip(slices, arrays)]


def unvstack(g: Any, arrays: Any) -> Any:
    """Transpose of `np.vstack(arrays)`."""
    return _pieces(g, arrays, _at_least_two, 0)


def unhstack(g: Any, arrays: Any) -> Any:
    """Transpose of `np.hstack(arrays)`."""
    return _pieces(g, arrays, _at_least_one, 0 if np.ndim(g) == 1 else 1)


def undstack(g: Any, arrays: Any) -> Any:
    """Transpose of `np.dstack(arrays)`."""
    return _pieces(g, arrays, _at_least_three, 2)


def uncolumn_stack(g: Any, arrays: Any) -> Any:
    """Transpose of `np.column_stack(arrays)`: a one-dimensional array was one column."""
    return _pieces(g, arrays, _column, 1)


def unsplit(g: Any, pieces: Any, a: Any, axis: Any = 0) -> Any:
    """Transpose of splitting `a` into `pieces`: their cotangents put back in a row.

    Raises SourceADError where the pieces overlap, as split points that decrease make them.
    """
    lengths = [np.shape(piece)[axis] for piece in pieces]
    if sum(lengths) != np.shape(a)[axis]:
        raise SourceADError(
            "the pieces of a split overlap, so their cotangents cannot be put in a row",
            "Give the split points in increasing order, or slice the array instead.",
        )
    if type(a) is np.ndarray and a.dtype.kind in "fc":
        given = [part for part in g if type(part) is not float]
        if len(given) < len(lengths):
            # Few of many pieces were used: the others' places are zero already.
            return _put_in_a_row(g, lengths, np.zeros(a.shape, np.result_type(a, *given)), axis % a.ndim)
    return np.concatenate(filled(g, pieces), axis)


def _put_in_a_row(g: Any, lengths: list[int], out: Any, axis: int) -> Any:
    end = 0
    for part, length in zip(g, lengths):
        start, end = end, end + length
        if type(part) is not float:
            out[(slice(None),) * axis + (slice(start, end),)] = part
    return out


def unarray(g: Any, x: Any, copy: Any = True) -> Any:
    """Transpose of `np.array(x)`: the rows of `g` in the structure of nested lists that `x` has.

    Raises SourceADError for a `copy` other than True (see `fresh`).
    """
    fresh(copy)
    if isinstance(x, (list, tuple)):
        return [unarray(row, element) for row, element in zip(g, x)]
    return unbroadcast(g, x)


def fresh(copy: Any) -> Any:
    """Refuse `np.array(x, copy=...)` where the result might be `x` itself. Raises SourceADError."""
    if copy is not True:
        raise SourceADError(
            f"np.array with copy={copy!r} may share memory with its argument",
            "Use np.asarray where sharing is meant, and copy=True where it is not.",
        )
    return copy


# Shapes that arrays are brought to before they are joined.

Shape = tuple[int, ...]


def _same(shape: Shape) -> Shape:
    return shape


def _raveled(shape: Shape) -> Shape:
    return (math.prod(shape),)


def _at_least_one(shape: Shape) -> Shape:
    return shape or (1,)


def _at_least_two(shape: Shape) -> Shape:
    return (1,) * (2 - len(shape)) + shape


def _at_least_three(shape: Shape) -> Shape:
    return (*_at_least_two(shape), 1) if len(shape) < 3 else shape


def _column(shape: Shape) -> Shape:
    return shape if len(shape) >= 2 else (math.prod(shape), 1)


def _pieces(g: Any, arrays: Any, promote: Callable[[Shape], Shape], axis: int) -> Any:
    lengths = [promote(np.shape(x))[axis] for x in arrays]
    ends = np.cumsum(lengths, dtype=int)
    cut: tuple[Any, ...] = (slice(None),) * (axis % np.ndim(g))
    pieces = [g[(*cut, slice(end - n, end))] for n, end in zip(lengths, ends.tolist())]
    if not isinstance(arrays, (list, tuple)):
        return np.reshape(np.stack(pieces), np.shape(arrays))
    return [unarray(np.reshape(piece, np.shape(x)), x) for piece, x in zip(pieces, arrays)]
