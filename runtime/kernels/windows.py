"""Windows that slide over the last axes of an array: their geometry, and reading them as slices.

`size`, `stride`, `padding` and `dilation` are tuples with one number for each of those axes. Element `offset` of all
windows together is one slice of the padded array, so pooling is a loop over offsets with no index arrays.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from runtime.errors import ShapeMismatch


def per_axis(value: Any, rank: int) -> tuple[int, ...]:
    """One number for each axis, from one number for all or a sequence of them."""
    if not isinstance(value, (tuple, list)):
        return (int(value),) * rank
    if len(value) == 1:
        return (int(value[0]),) * rank
    if len(value) != rank:
        raise ShapeMismatch(
            f"{tuple(value)} has {len(value)} numbers, but windows slide over {rank} axes",
            "Give one number for each of these axes, or a single number for all.",
        )
    return tuple([int(number) for number in value])


def window_count(length: int, size: int, stride: int, padding: int, dilation: int, ceil_mode: bool = False) -> int:
    """How many windows fit on an axis. With `ceil_mode` the last may reach over the end, but starts before it.

    Raises ShapeMismatch where not one fits.
    """
    if stride < 1 or size < 1 or dilation < 1 or padding < 0:
        raise ShapeMismatch(
            f"windows need a positive size, stride and dilation and no negative padding; they have size {size},"
            f" stride {stride}, dilation {dilation}, padding {padding}",
            "Choose numbers within these bounds.",
        )
    room = length + 2 * padding - dilation * (size - 1) - 1
    if room < 0:
        raise ShapeMismatch(
            f"a window of size {size} and dilation {dilation} does not fit into an axis of length {length} with"
            f" padding {padding}",
            "Use a smaller window, or pad more.",
        )
    count = room // stride + 1
    if ceil_mode and room % stride and count * stride < length + padding:
        count += 1
    return count


def padded(x: Any, before: tuple[int, ...], lengths: tuple[int, ...], fill: Any = 0.0) -> Any:
    """The last axes of `x` from `before` elements ahead of their start, `lengths` long; new elements are `fill`.

    Elements beyond the lengths are left out. `x` itself where there is nothing to do.
    """
    rank = len(lengths)
    have = x.shape[-rank:]
    if have == lengths and not any(before):
        return x
    kept = [slice(0, min(n, length - ahead)) for n, length, ahead in zip(have, lengths, before)]
    middle = tuple([slice(ahead, ahead + part.stop) for part, ahead in zip(kept, before)])
    shape = x.shape[:-rank] + lengths
    out = np.zeros_like(x, shape=shape) if fill == 0.0 else np.full_like(x, fill, shape=shape)
    out[(..., *middle)] = x[(..., *kept)]
    return out


def span(counts: tuple[int, ...], size: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]) -> Any:
    """How long the axes are that so many windows cover."""
    return tuple([s * (n - 1) + d * (k - 1) + 1 for n, k, s, d in zip(counts, size, stride, dilation)])


def offsets(
    counts: tuple[int, ...], size: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> Iterator[tuple[Any, ...]]:
    """For each element of a window, the index that reads it in all windows; elements in C order."""
    for place in itertools.product(*[range(k) for k in size]):
        yield (
            ...,
            *[slice(at * d, at * d + s * (n - 1) + 1, s) for at, n, s, d in zip(place, counts, stride, dilation)],
        )
