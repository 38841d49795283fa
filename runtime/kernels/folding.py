"""Windows of pictures as columns, and columns put back at the places of their windows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import ShapeMismatch
from runtime.kernels.windows import offsets, padded, span, window_count

Sizes = tuple[int, ...]


def unfold_windows(x: Any, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Any:
    """Windows over the last axes of `x`, shape (batch, channels, *lengths), as columns.

    The result has shape (batch, channels * elements of a window, windows); padding counts as 0.
    """
    batch, channels, *lengths = np.shape(x)
    counts = tuple([window_count(*each) for each in zip(lengths, size, stride, padding, dilation)])
    x = padded(x, padding, span(counts, size, stride, dilation))
    out: Any = np.empty_like(x, shape=(batch, channels, math.prod(size), *counts))
    for k, place in enumerate(offsets(counts, size, stride, dilation)):
        out[:, :, k] = x[place]
    return np.reshape(out, (batch, channels * math.prod(size), math.prod(counts)))


def fold_windows(g: Any, lengths: Sizes, size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Any:
    """Transpose of `unfold_windows`, whose argument's axes had the given `lengths`."""
    batch, rows, columns = np.shape(g)
    counts = tuple([window_count(*each) for each in zip(lengths, size, stride, padding, dilation)])
    elements = math.prod(size)
    if rows % elements or columns != math.prod(counts):
        raise ShapeMismatch(
            f"columns of shape {np.shape(g)} are not the windows of size {size} of a picture of {tuple(lengths)}",
            "Give the size, dilation, padding and stride that the columns were made with.",
        )
    parts = np.reshape(g, (batch, rows // elements, elements, *counts))
    ends = [max(n, p + m) for n, p, m in zip(span(counts, size, stride, dilation), padding, lengths)]
    out: Any = np.zeros_like(g, shape=(batch, rows // elements, *ends))
    for k, place in enumerate(offsets(counts, size, stride, dilation)):
        out[place] += parts[:, :, k]
    return out[(..., *[slice(p, p + m) for p, m in zip(padding, lengths)])]
