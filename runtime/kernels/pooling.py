"""Pooling over windows of the last axes of an array: the largest element, or the sum.

`size`, `stride`, `padding` and `dilation` are tuples with one number for each axis that windows slide over. Windows
begin `padding` elements before the axes, and in `ceil_mode` may reach over their ends.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import ShapeMismatch
from runtime.kernels.windows import offsets, padded, span, window_count

Sizes = tuple[int, ...]


def window_counts(
    lengths: Sizes, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool = False
) -> Sizes:
    """How many windows there are on each axis. Raises ShapeMismatch where none fits or padding is over half a one."""
    for n, p in zip(size, padding):
        if 2 * p > n:
            raise ShapeMismatch(
                f"pooling windows of size {n} with padding {p}: some windows would hold nothing but padding",
                "Pad by at most half the size of a window.",
            )
    return tuple([window_count(*each, ceil_mode) for each in zip(lengths, size, stride, padding, dilation)])


def max_pool(x: Any, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool = False) -> Any:
    """The largest element of each window. A window that holds a NaN gives NaN."""
    counts = window_counts(np.shape(x)[-len(size) :], size, stride, padding, dilation, ceil_mode)
    x = padded(x, padding, span(counts, size, stride, dilation), _lowest(x))
    z = None
    for place in offsets(counts, size, stride, dilation):
        z = np.array(x[place]) if z is None else np.maximum(z, x[place], out=z)
    return z


def max_place(x: Any, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool = False) -> Any:
    """Which element of its window is the largest: its number in C order. The first one of several, the last NaN."""
    counts = window_counts(np.shape(x)[-len(size) :], size, stride, padding, dilation, ceil_mode)
    x = padded(x, padding, span(counts, size, stride, dilation), _lowest(x))
    kind = np.min_scalar_type(math.prod(size))
    best: Any = None
    choice: Any = None
    for k, place in enumerate(offsets(counts, size, stride, dilation)):
        here = x[place]
        if best is None:
            best, choice = np.copy(here), np.zeros_like(here, dtype=kind)
            continue
        better = here > best
        if here.dtype.kind == "f":
            better |= here != here
        np.maximum(best, here, out=best)
        # The numbers only grow, so that the larger of old and new is the newest choice: no masked write.
        np.maximum(choice, better * kind.type(k), out=choice)
    return choice


def pick(x: Any, choice: Any, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Any:
    """The element number `choice` of each window; padding counts as 0."""
    counts = np.shape(choice)[-len(size) :]
    x = padded(x, padding, span(counts, size, stride, dilation))
    z = np.zeros_like(x, shape=np.shape(choice))
    for k, place in enumerate(offsets(counts, size, stride, dilation)):
        np.copyto(z, x[place], where=choice == k)
    return z


def unpick(g: Any, choice: Any, lengths: Sizes, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Any:
    """Transpose of `pick` in `x`, whose axes had the given `lengths`."""
    counts = np.shape(choice)[-len(size) :]
    # A product is quicker than a choice, but would make NaN of what is not finite.
    finite = bool(np.all(np.isfinite(g)))

    def part(k: int) -> Any:
        return g * (choice == k) if finite else np.where(choice == k, g, 0.0)

    return _folded(g, lengths, counts, size, stride, padding, dilation, part)


def window_sum(x: Any, size: Sizes, stride: Sizes, padding: Sizes, ceil_mode: bool = False) -> Any:
    """The sum of each window; padding counts as 0."""
    ones = (1,) * len(size)
    counts = window_counts(np.shape(x)[-len(size) :], size, stride, padding, ones, ceil_mode)
    x = padded(x, padding, span(counts, size, stride, ones))
    z = None
    for place in offsets(counts, size, stride, ones):
        z = np.array(x[place]) if z is None else np.add(z, x[place], out=z)
    return z


def window_spread(g: Any, lengths: Sizes, size: Sizes, stride: Sizes, padding: Sizes, ceil_mode: bool = False) -> Any:
    """Transpose of `window_sum`, whose argument's axes had the given `lengths`."""
    ones = (1,) * len(size)
    counts = window_counts(tuple(lengths), size, stride, padding, ones, ceil_mode)
    return _folded(g, lengths, counts, size, stride, padding, ones, lambda k: g)


def _folded(
    g: Any, lengths: Any, counts: Any, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, part: Any
) -> Any:
    """`part(k)` added up at the places where element number `k` of the windows is read."""
    rank = len(size)
    ends = [max(n, p + m) for n, p, m in zip(span(counts, size, stride, dilation), padding, lengths)]
    out: Any = np.zeros_like(g, shape=(*np.shape(g)[:-rank], *ends))
    for k, place in enumerate(offsets(counts, size, stride, dilation)):
        out[place] += part(k)
    middle = tuple([slice(p, p + m) for p, m in zip(padding, lengths)])
    return out[(..., *middle)]


def window_sizes(
    lengths: Sizes, size: Sizes, stride: Sizes, padding: Sizes, ceil_mode: bool, count_include_pad: bool
) -> Any:
    """How many elements each window has: with `count_include_pad` those in the padding count, beyond it none do."""
    ones = (1,) * len(size)
    counts = window_counts(tuple(lengths), size, stride, padding, ones, ceil_mode)
    sizes = np.ones((1,) * len(size))
    for axis, (length, n, s, p, count) in enumerate(zip(lengths, size, stride, padding, counts)):
        starts = np.arange(count) * s - p
        ends = np.minimum(starts + n, length + (p if count_include_pad else 0))
        each = ends - (starts if count_include_pad else np.maximum(starts, 0))
        sizes = sizes * np.reshape(each, [-1 if k == axis else 1 for k in range(len(size))])
    return sizes


def _lowest(x: Any) -> Any:
    kind = np.asarray(x).dtype if not hasattr(x, "dtype") else x.dtype
    return -np.inf if kind.kind == "f" else np.iinfo(kind).min
