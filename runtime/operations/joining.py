"""Joining Tensors and cutting them into pieces."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from runtime import kernels
from runtime.errors import ShapeMismatch
from runtime.operation import apply
from runtime.operations.calling import as_input, axis_of, call, constant, is_floating, refuse
from runtime.operations.shape import reshape
from runtime.operations.titles import named
from runtime.promotion import promoted
from runtime.tensor import Tensor

# Up to so many Tensors each is an argument by itself, which is the quicker form; of many a list.
_FEW = 8


def _alike(tensors: Any) -> list[Any]:
    parts = [as_input(x) for x in tensors]
    if not parts:
        raise ShapeMismatch("there are no Tensors to join", "Give a list of at least one.")
    if is_floating(parts[0]):
        kind = parts[0]._kind
        for x in parts:
            if x._kind is not kind:
                break
        else:
            return parts
    return list(promoted(*parts))


def cat(tensors: Any, dim: int = 0) -> Any:
    """Joined along an axis that they have."""
    parts = _alike(tensors)
    if any(x._data.shape == (0,) for x in parts) and any(x._data.ndim > 1 for x in parts):
        # PyTorch passes over an empty vector among Tensors of more axes.
        parts = [x for x in parts if x._data.shape != (0,)]
    return call(kernels.concatenated, dim, *parts) if len(parts) <= _FEW else call(np.concatenate, parts, dim)


def stack(tensors: Any, dim: int = 0) -> Any:
    """Joined along a new axis."""
    parts = _alike(tensors)
    return call(kernels.stacked, dim, *parts) if len(parts) <= _FEW else call(np.stack, parts, dim)


def vstack(tensors: Any) -> Any:
    """Joined as rows."""
    return call(np.vstack, _alike(tensors))


def hstack(tensors: Any) -> Any:
    """Joined along the second axis; vectors along their only one."""
    return call(np.hstack, _alike(tensors))


def dstack(tensors: Any) -> Any:
    """Joined along the third axis."""
    return call(np.dstack, _alike(tensors))


def column_stack(tensors: Any) -> Any:
    """Vectors and matrices joined as columns."""
    return call(np.column_stack, _alike(tensors))


def atleast_1d(*tensors: Any) -> Any:
    """With one axis at least."""
    return _each(np.atleast_1d, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """With two axes at least."""
    return _each(np.atleast_2d, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """With three axes at least."""
    return _each(np.atleast_3d, tensors)


def _each(function: Any, tensors: tuple[Any, ...]) -> Any:
    if len(tensors) == 1 and not isinstance(tensors[0], (tuple, list)):
        return call(function, as_input(tensors[0]))
    return tuple([call(function, as_input(x)) for x in (tensors[0] if len(tensors) == 1 else tensors)])


@named(lambda tensor, sizes, dim=0: "SplitWithSizesBackward0" if isinstance(sizes, (list, tuple)) else None)
def split(tensor: Any, split_size_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """Pieces of one length, the last one perhaps shorter, or of the lengths given."""
    n = tensor._data.shape[dim]
    if isinstance(split_size_or_sections, (list, tuple)):
        lengths = list(split_size_or_sections)
        if sum(lengths) != n:
            refuse(f"split_with_sizes expects split_sizes to sum exactly to {n}, but got split_sizes={lengths}")
    else:
        size = int(split_size_or_sections)
        lengths = [min(size, n - start) for start in range(0, n, size)] if n else [0]
    return _cut(tensor, list(itertools.accumulate(lengths))[:-1], dim)


def split_with_sizes(input: Any, split_sizes: Any, dim: int = 0) -> tuple[Any, ...]:
    """Pieces of the lengths given."""
    return split(input, list(split_sizes), dim)


def chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Any, ...]:
    """At most so many pieces of one length, the last one perhaps shorter."""
    if chunks < 1:
        raise ShapeMismatch(f"chunk makes at least 1 piece, not {chunks}", "Ask for one or more.")
    return split(input, max(1, -(-input._data.shape[dim] // chunks)), dim)


@named("SliceBackward0")
def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """Pieces between the places given, or so many pieces, the first ones longer by one where it does not come out."""
    n = input._data.shape[dim]
    if np.ndim(constant(indices_or_sections)) == 0:
        whole, rest = divmod(n, int(indices_or_sections))
        lengths = [whole + (k < rest) for k in range(int(indices_or_sections))]
        places = list(itertools.accumulate(lengths))[:-1]
    else:
        places = [int(k) for k in constant(indices_or_sections)]
    axis = axis_of(dim, input._data.ndim)
    return _cut(input, places, axis)


def _cut(x: Any, places: list[int], dim: int) -> tuple[Any, ...]:
    """The pieces between places of an axis."""
    return tuple(apply(np.split, (x, tuple(places), axis_of(dim, x._data.ndim))))


def hsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """Cut along the second axis; a vector along its only one."""
    return tensor_split(input, indices_or_sections, 1 if input._data.ndim > 1 else 0)


def vsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """Cut along the first axis."""
    return tensor_split(input, indices_or_sections, 0)


def dsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """Cut along the third axis."""
    return tensor_split(input, indices_or_sections, 2)


def unbind(input: Any, dim: int = 0) -> tuple[Any, ...]:
    """Every place of an axis by itself."""
    axis = axis_of(dim, input._data.ndim)
    return tuple(apply(kernels.unbind, (input, axis)))


@named("BlockDiagBackward0")
def block_diag(*tensors: Any) -> Any:
    """A matrix of the matrices along its diagonal, with zeros beside them."""
    blocks = [call(np.atleast_2d, x) for x in _alike(tensors)]
    columns = sum(x._data.shape[1] for x in blocks)
    rows, before = [], 0
    for block in blocks:
        width = block._data.shape[1]
        rows.append(call(np.pad, block, [(0, 0), (before, columns - before - width)]))
        before += width
    return call(np.concatenate, rows, 0)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Any, ...]:
    """Coordinates of the grid of vectors: one Tensor an axis. "xy" has the first two axes exchanged."""
    vectors = [as_input(x) for x in (tensors[0] if isinstance(tensors[0], (tuple, list)) else tensors)]
    shape = tuple(x._data.size for x in vectors)
    grids = [
        call(np.broadcast_to, reshape(x, [-1 if j == k else 1 for j in range(len(shape))]), shape)
        for k, x in enumerate(vectors)
    ]
    if indexing == "xy" and len(grids) > 1:
        grids = [call(np.swapaxes, grid, 0, 1) for grid in grids]
    return tuple(grids)


def cartesian_prod(*tensors: Any) -> Any:
    """Every choice of one element of each vector, as rows."""
    if len(tensors) == 1:
        return as_input(tensors[0])
    return call(np.stack, [reshape(grid, -1) for grid in meshgrid(*tensors)], 1)


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """Every choice of `r` elements of a vector in its order, as rows."""
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = np.array(list(choose(range(input._data.size), r)), dtype=np.int64).reshape(-1, r)
    return call(np.take, input, places)


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Any:
    """Rows and columns of the places on and below a diagonal."""
    return Tensor.wrap(np.stack(np.tril_indices(row, offset, col)))


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Any:
    """Rows and columns of the places on and above a diagonal."""
    return Tensor.wrap(np.stack(np.triu_indices(row, offset, col)))


concat, concatenate, row_stack = cat, cat, vstack
unsafe_chunk, unsafe_split, unsafe_split_with_sizes = chunk, split, split_with_sizes
