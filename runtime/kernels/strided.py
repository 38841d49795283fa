"""Views that NumPy's functions do not give: windows, strides of one's own, places of an axis, pairs of real numbers.

Each result shares the memory of its argument. It can be written to where no element stands in it twice.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import ShapeMismatch, SharedArray

Sizes = tuple[int, ...]


def sliding(x: Any, axis: int, size: int, step: int) -> Any:
    """Windows of `size` elements, `step` apart, of an axis; the elements of a window are a new last axis."""
    if not 0 < size <= np.shape(x)[axis] or step < 1:
        raise ShapeMismatch(
            f"windows of {size} elements, {step} apart, do not fit an axis of {np.shape(x)[axis]}",
            "Choose a size from 1 to the length of the axis, and a step of at least 1.",
        )
    apart = step >= size and x.flags.writeable
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis, writeable=apart)
    return windows[(slice(None),) * axis + (slice(None, None, step),)]


def add_windows(g: Any, x: Any, axis: int, size: int, step: int) -> Any:
    """Transpose of `sliding`: the windows `g` added up at their places in zeros like `x`."""
    out: Any = np.zeros_like(g, shape=np.shape(x))
    reach = (np.shape(g)[axis] - 1) * step + 1
    for k in range(size):
        out[(slice(None),) * axis + (slice(k, k + reach, step),)] += g[..., k]
    return out


def as_strided(x: Any, size: Sizes, stride: Sizes, offset: int) -> Any:
    """The elements of `x`, in their order, from `offset` on with these strides, counted in elements.

    Raises SharedArray where the elements of `x` have gaps or another order in memory, ShapeMismatch where the strides
    lead out of `x`.
    """
    if not x.flags.c_contiguous:
        raise SharedArray("as_strided of a view with gaps or another order in memory", "Use it on the whole array.")
    last = offset + sum((n - 1) * s for n, s in zip(size, stride))
    if math.prod(size) and not (0 <= offset and all(s >= 0 for s in stride) and last < x.size):
        raise ShapeMismatch(
            f"shape {size} with strides {stride} from element {offset} leads out of {x.size} elements",
            "Choose a shape, strides and an offset that stay within the elements.",
        )
    places = strided_places(size, stride, offset)
    return np.lib.stride_tricks.as_strided(
        np.reshape(x, -1)[offset:],
        size,
        tuple([n * x.itemsize for n in stride]),
        writeable=x.flags.writeable and len(np.unique(places)) == places.size,
    )


def strided_places(size: Sizes, stride: Sizes, offset: int) -> Any:
    """Which elements `as_strided` reads."""
    places = np.full(size, offset)
    for axis, (n, s) in enumerate(zip(size, stride)):
        places += np.reshape(np.arange(n) * s, (n,) + (1,) * (len(size) - axis - 1))
    return places


def add_strided(g: Any, x: Any, size: Sizes, stride: Sizes, offset: int) -> Any:
    """Transpose of `as_strided`: `g` added up at its places in zeros like `x`."""
    out: Any = np.zeros_like(g, shape=(math.prod(np.shape(x)),))
    np.add.at(out, strided_places(size, stride, offset), g)
    return np.reshape(out, np.shape(x))


def unbind(x: Any, axis: int) -> list[Any]:
    """Every place of an axis by itself."""
    return [x[(slice(None),) * axis + (k, ...)] for k in range(np.shape(x)[axis])]


def bind(g: Any, pieces: Any, axis: int) -> Any:
    """Transpose of `unbind`: the places together again; `pieces` shows the shape where a place has no cotangent."""
    return np.stack([np.zeros_like(piece) if _is_zero(part) else part for part, piece in zip(g, pieces)], axis)


def _is_zero(part: Any) -> bool:
    return type(part) is float and part == 0.0


def view_as_real(z: Any) -> Any:
    """Real and imaginary parts as a last axis of length 2."""
    real = np.real(z)
    return np.lib.stride_tricks.as_strided(
        real, (*real.shape, 2), (*real.strides, real.itemsize), writeable=z.flags.writeable
    )


def view_as_complex(x: Any) -> Any:
    """Complex numbers from a last axis of length 2. Raises ShapeMismatch where the pairs are not beside each other."""
    if x.shape[-1:] != (2,) or x.strides[-1] != x.itemsize:
        raise ShapeMismatch(
            "complex numbers need a last axis of two elements that stand beside each other in memory",
            "Make it contiguous, or stack the two parts on the last axis.",
        )
    return x.view(np.result_type(x.dtype, np.complex64))[..., 0]
