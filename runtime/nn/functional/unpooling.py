"""The inverse of max pooling: values put back where they were found."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime import kernels
from runtime.errors import ShapeMismatch
from runtime.kernels.windows import per_axis
from runtime.lifting import call
from runtime.nn.functional.losses import plain


def max_unpool1d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Zeros with the elements of `input` at the places that `max_pool1d` gave as indices."""
    return _unpooled(input, indices, kernel_size, stride, padding, output_size, 1)


def max_unpool2d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Zeros with the elements of `input` at the places that `max_pool2d` gave as indices."""
    return _unpooled(input, indices, kernel_size, stride, padding, output_size, 2)


def max_unpool3d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Zeros with the elements of `input` at the places that `max_pool3d` gave as indices."""
    return _unpooled(input, indices, kernel_size, stride, padding, output_size, 3)


def _unpooled(
    input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any, output_size: Any, rank: int
) -> Any:
    size, borders = per_axis(kernel_size, rank), per_axis(padding, rank)
    steps = size if stride is None else per_axis(stride, rank)
    if output_size is None:
        lengths = tuple([
            (n - 1) * s - 2 * p + k for n, s, p, k in zip(input.shape[-rank:], steps, borders, size)
        ])  # fmt: skip
    else:
        lengths = tuple(output_size)[-rank:]
    lead = tuple(input.shape[:-rank])
    places = np.reshape(plain(indices), (math.prod(lead), -1))
    if places.size and (places.min() < 0 or places.max() >= math.prod(lengths)):
        raise ShapeMismatch(
            f"found an invalid index, while unpooling to {lengths}",
            "Give the indices that max pooling returned, and an output_size that holds them.",
        )
    rows = np.broadcast_to(np.arange(len(places))[:, None], places.shape)
    blank = np.zeros((len(places), math.prod(lengths)), plain(input).dtype)
    # Where windows overlap an element may have been found twice; both have its value, and it stands once.
    first = np.zeros(places.shape, bool)
    _, unique = np.unique(rows * blank.shape[1] + places, return_index=True)
    first.reshape(-1)[unique] = True
    values = call(np.where, first, call(np.reshape, input, places.shape), 0.0)
    return call(np.reshape, call(kernels.scatter, values, (rows, places), blank), (*lead, *lengths))
