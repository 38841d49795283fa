"""Reshaping and moving axes: mostly views of the same memory."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.direct import broadcast_to as broadcast
from runtime.kernels import as_strided as strided_view
from runtime.kernels import sliding
from runtime.operation import apply
from runtime.operations.calling import as_input, axis_of, call, lengths, refuse
from runtime.operations.titles import named
from runtime.promotion import element_type
from runtime.tensor import Tensor


def reshape(input: Any, *sizes: Any, shape: Any = None) -> Any:
    """The same elements in another shape; one length may be -1."""
    x = input if isinstance(input, Tensor) else as_input(input)
    if shape is None and len(sizes) == 1 and type(sizes[0]) is int:
        return apply(np.reshape, (x, sizes[0]))
    return apply(np.reshape, (x, lengths(sizes, shape)))


def view(input: Any, *shape: Any) -> Any:
    """The same memory in another shape, or with another dtype. Raises RuntimeError where it would need a copy."""
    if len(shape) == 1 and not isinstance(shape[0], (int, tuple, list, np.integer)):
        return Tensor.wrap(input.detach()._data.view(shape[0].dtype))
    found = reshape(input, *shape)
    if found._view is None and found._data.size and not np.may_share_memory(found._data, input._data):
        refuse(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two"
            " contiguous subspaces). Use .reshape(...) instead."
        )
    return found


def view_as(input: Any, other: Any) -> Any:
    """The same memory in the shape of `other`."""
    return view(input, other._data.shape)


def reshape_as(input: Any, other: Any) -> Any:
    """The same elements in the shape of `other`."""
    return reshape(input, other._data.shape)


def ravel(input: Any) -> Any:
    """The elements in one row."""
    return call(np.reshape, as_input(input), -1)


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """The axes from `start_dim` to `end_dim` joined to one."""
    x = as_input(input)
    if start_dim == 0 and end_dim == -1:
        return apply(np.reshape, (x, -1))
    shape = x._data.shape or (1,)
    first, last = axis_of(start_dim, len(shape)), axis_of(end_dim, len(shape))
    if first > last:
        refuse("flatten() has invalid args: start_dim cannot come after end_dim")
    return call(np.reshape, x, (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


def unflatten(input: Any, dim: int, sizes: Any) -> Any:
    """One axis split into several; one length may be -1."""
    shape = input._data.shape
    axis = axis_of(dim, len(shape))
    sizes = tuple(sizes)
    if -1 in sizes:
        known = math.prod(n for n in sizes if n != -1)
        sizes = tuple(shape[axis] // known if n == -1 else n for n in sizes)
    return call(np.reshape, input, (*shape[:axis], *sizes, *shape[axis + 1 :]))


def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """Two axes exchanged."""
    x = input if isinstance(input, Tensor) else as_input(input)
    rank = x._data.ndim
    if rank == 0:
        return call(np.reshape, x, ())
    return apply(np.swapaxes, (x, axis_of(dim0, rank), axis_of(dim1, rank)))


@named("TBackward0")
def t(input: Any) -> Any:
    """The transpose of a matrix; a vector stays as it is."""
    if input._data.ndim > 2:
        refuse(f"t() expects a tensor with <= 2 dimensions, but self is {input._data.ndim}D")
    return call(np.transpose, input)


def adjoint(input: Any) -> Any:
    """The last two axes exchanged, and the conjugate."""
    turned = transpose(input, -2, -1)
    return call(np.conjugate, turned) if element_type(input).kind == "c" else turned


def permute(input: Any, *order: Any, dims: Any = None) -> Any:
    """The axes in another order."""
    return apply(np.transpose, (as_input(input), lengths(order, dims)))


def movedim(input: Any, source: Any, destination: Any) -> Any:
    """Axes moved to other places; the others keep their order."""
    return call(np.moveaxis, as_input(input), source, destination)


def squeeze(input: Any, dim: Any = None) -> Any:
    """Without the axes of length 1, or without those of `dim` that have it."""
    x = as_input(input)
    if dim is None:
        return call(np.squeeze, x)
    shape = x._data.shape
    wanted = [axis_of(k, len(shape)) for k in ((dim,) if isinstance(dim, int) else dim)]
    return call(np.squeeze, x, tuple(k for k in wanted if shape and shape[k] == 1))


def unsqueeze(input: Any, dim: int) -> Any:
    """With an axis of length 1 put in at `dim`."""
    x = as_input(input)
    return apply(np.expand_dims, (x, axis_of(dim, x._data.ndim + 1)))


def expand(input: Any, *sizes: Any, size: Any = None) -> Any:
    """Axes of length 1 stretched without a copy; -1 leaves a length as it is."""
    wanted = lengths(sizes, size)
    if -1 in wanted:
        shape = (1,) * (len(wanted) - input._data.ndim) + input._data.shape
        wanted = tuple([have if n == -1 else n for n, have in zip(wanted, shape, strict=True)])
    return apply(np.broadcast_to, (input, wanted), None, _stretched)


def _stretched(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """NumPy's is read-only; where no element stands in it twice it may be written to."""
    found = broadcast(x, shape)
    return x[(None,) * (found.ndim - x.ndim)] if found.size == x.size else found


def expand_as(input: Any, other: Any) -> Any:
    """Stretched to the shape of `other`."""
    return expand(input, other._data.shape)


def broadcast_to(input: Any, *sizes: Any, size: Any = None) -> Any:
    """Stretched to a shape without a copy."""
    return expand(as_input(input), *sizes, size=size)


def broadcast_shapes(*shapes: Any) -> Any:
    """The shape that results of these shapes have."""
    return type(Tensor.wrap(np.zeros(0)).shape)(np.broadcast_shapes(*shapes))


def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
    """The Tensors stretched to one shape."""
    shape = np.broadcast_shapes(*(x._data.shape for x in tensors))
    return tuple([expand(x, shape) for x in tensors])


def sum_to_size(input: Any, *sizes: Any, size: Any = None) -> Any:
    """Summed over the axes along which a shape would be stretched to that of the Tensor."""
    wanted = lengths(sizes, size)
    extra = input._data.ndim - len(wanted)
    x = call(np.sum, input, axis=tuple(range(extra))) if extra else input
    axes = tuple(k for k, n in enumerate(wanted) if n == 1 and x._data.shape[k] != 1)
    return call(np.sum, x, axis=axes, keepdims=True) if axes else x


def flip(input: Any, *axes: Any, dims: Any = None) -> Any:
    """The order of elements turned around along axes."""
    return _copied(np.flip, as_input(input), lengths(axes, dims))


def _copied(function: Any, *args: Any) -> Any:
    """NumPy's function that gives a view, with its values in memory of their own."""
    return apply(function, args, None, lambda *plain: function(*plain).copy())


def fliplr(input: Any) -> Any:
    """Columns turned around."""
    return _copied(np.fliplr, input)


def flipud(input: Any) -> Any:
    """Rows turned around."""
    return _copied(np.flipud, input)


def roll(input: Any, shifts: Any, dims: Any = None) -> Any:
    """Elements moved along axes; those that fall out come in at the other end."""
    return call(np.roll, as_input(input), shifts, dims) if dims is not None else call(np.roll, as_input(input), shifts)


def rot90(input: Any, k: int = 1, dims: Any = (0, 1)) -> Any:
    """Turned by 90 degrees, `k` times, in the plane of two axes."""
    return _copied(np.rot90, as_input(input), k, tuple(dims))


def tile(input: Any, *repeats: Any, dims: Any = None) -> Any:
    """Copies beside each other along the axes."""
    return call(np.tile, as_input(input), lengths(repeats, dims))


def repeat(input: Any, *repeats: Any) -> Any:
    """As `tile`, with one number for each axis at least."""
    counts = lengths(repeats)
    if len(counts) < input._data.ndim:
        refuse("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    return call(np.tile, input, counts)


def repeat_interleave(input: Any, repeats: Any, dim: int | None = None, *, output_size: int | None = None) -> Any:
    """Every element repeated, as often as `repeats` says for all or for each."""
    counts = repeats._data if isinstance(repeats, Tensor) else repeats
    return call(np.repeat, as_input(input), counts, dim)


@named(lambda input, diagonal=0: None if input._data.ndim == 1 else "DiagonalBackward0_copy")
def diag(input: Any, diagonal: int = 0) -> Any:
    """A matrix with these elements on a diagonal, or the diagonal of a matrix as a copy."""
    return _copied(np.diag, input, diagonal)


def diagflat(input: Any, offset: int = 0) -> Any:
    """A matrix with all elements on a diagonal."""
    return call(np.diag, ravel(input), offset)


def diagonal(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The elements on a diagonal of the planes of two axes, as a last axis; a view."""
    return apply(np.diagonal, (as_input(input), offset, dim1, dim2), None, _diagonal)


def _diagonal(a: np.ndarray, offset: int, axis1: int, axis2: int) -> np.ndarray:
    found = np.diagonal(a, offset, axis1, axis2)
    # NumPy's own is read-only for historical reasons.
    found.flags.writeable = a.flags.writeable
    return found


@named("DiagEmbedBackward0")
def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Planes of two new axes with the last axis on a diagonal."""
    n = input._data.shape[-1]
    size = n + abs(offset)
    places = np.full((size, size), n)
    k = np.arange(n)
    places[k + max(-offset, 0), k + max(offset, 0)] = k
    padded = call(np.pad, input, [(0, 0)] * (input._data.ndim - 1) + [(0, 1)])
    return call(np.moveaxis, call(np.take, padded, places, -1), (-2, -1), (dim1, dim2))


def tril(input: Any, diagonal: int = 0) -> Any:
    """The elements on and below a diagonal; 0 above it."""
    return call(np.tril, input, diagonal)


def triu(input: Any, diagonal: int = 0) -> Any:
    """The elements on and above a diagonal; 0 below it."""
    return call(np.triu, input, diagonal)


def narrow(input: Any, dim: int, start: Any, length: int) -> Any:
    """A piece of an axis. Raises RuntimeError where it does not lie inside."""
    size = input._data.shape[dim]
    first = int(start) + (size if int(start) < 0 else 0)
    if first < 0 or length < 0 or first + length > size:
        refuse(f"start ({int(start)}) + length ({length}) exceeds dimension size ({size}).")
    return _piece(input, dim, slice(first, first + length))


@named("NarrowCopyBackward0")
def narrow_copy(input: Any, dim: int, start: Any, length: int) -> Any:
    """A copy of a piece of an axis."""
    return call(np.copy, narrow(input, dim, start, length))


def select(input: Any, dim: int, index: int) -> Any:
    """One place of an axis, which is dropped."""
    return _piece(input, dim, int(index))


def _piece(x: Any, dim: int, part: Any) -> Any:
    return x[(slice(None),) * axis_of(dim, x._data.ndim) + (part,)]


def unfold(input: Any, dimension: int, size: int, step: int) -> Any:
    """Windows of `size` elements, `step` apart, of an axis; the elements of a window are a new last axis."""
    axis = axis_of(dimension, input._data.ndim)
    if input._data.ndim == 0:
        return call(np.reshape, input, (size,))
    if size == 0:
        return call(np.zeros_like, input, shape=(*input._data.shape[:axis], 0, *input._data.shape[axis + 1 :], 0))
    return call(sliding, input, axis, size, step)


def as_strided(input: Any, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
    """The memory of the Tensor read with strides, counted in elements. Raises SharedArray for a view with gaps."""
    offset = 0 if storage_offset is None else storage_offset - _start(input)
    return call(strided_view, input, tuple(size), tuple(stride), offset)


def pad(input: Any, pad: Any, mode: str = "constant", value: float | None = None) -> Any:
    """Borders around the last axes: `pad` has two widths an axis, the last axis first; a negative width cuts off.

    The modes are "constant", "reflect", "replicate" and "circular".
    """
    pairs = [tuple(pad[k : k + 2]) for k in range(0, len(pad), 2)]
    rank = input._data.ndim
    widths = [(0, 0)] * (rank - len(pairs)) + pairs[::-1]
    grown = [(max(a, 0), max(b, 0)) for a, b in widths]
    names = {"reflect": "reflect", "replicate": "edge"}
    if mode not in ("constant", "circular", *names):
        refuse(f"Unrecognised padding mode {mode}")
    for widest, n in zip(map(max, grown), input._data.shape):
        if mode == "reflect" and widest >= max(n, 1) or mode == "circular" and widest > n:
            refuse(f"padding of {widest} by the mode {mode} is too wide for an axis of length {n}")
    if mode == "circular":
        # What is cut off does not come in at the other end.
        return call(np.pad, _cut(input, widths), grown, "wrap")
    if mode == "constant" or not input._data.size:
        return _cut(call(np.pad, input, grown, "constant", constant_values=value or 0), widths)
    return _cut(call(np.pad, input, grown, names[mode]), widths)


def _cut(x: Any, widths: list[Any]) -> Any:
    """Without as many elements as negative widths say, at both ends of each axis."""
    if all(a >= 0 and b >= 0 for a, b in widths):
        return x
    return x[tuple([slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(widths, x._data.shape)])]


def is_contiguous(input: Any, memory_format: Any = None) -> bool:
    """Whether the elements stand in memory in the order of the axes."""
    return bool(input._data.flags.c_contiguous)


def contiguous(input: Any, memory_format: Any = None) -> Any:
    """The Tensor itself, or a copy whose elements stand in memory in the order of the axes."""
    return input if is_contiguous(input) else call(np.copy, input, "C")


def stride(input: Any, dim: int | None = None) -> Any:
    """Steps in memory, in elements, from one place of an axis to the next."""
    steps = tuple(n // input._data.itemsize for n in input._data.strides)
    return steps if dim is None else steps[dim]


def storage_offset(input: Any) -> int:
    """How many elements of the memory stand before the first one."""
    return _start(input)


def _start(input: Any) -> int:
    root = input._data
    while isinstance(root.base, np.ndarray):
        root = root.base
    start = input._data.__array_interface__["data"][0] - root.__array_interface__["data"][0]
    return start // input._data.itemsize


def numel(input: Any) -> int:
    """Number of elements."""
    return input._data.size


moveaxis, swapaxes, swapdims = movedim, transpose, transpose
