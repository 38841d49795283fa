"""Pictures read at places between their elements: grids of affine maps, and interpolation at a grid."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from runtime.errors import ShapeMismatch
from runtime.lifting import call
from runtime.nn.functional.losses import plain
from runtime.operations.titles import named


@named("AffineGridGeneratorBackward0")
def affine_grid(theta: Any, size: Any, align_corners: bool | None = None) -> Any:
    """Places, shape (batch, *lengths, rank), that affine maps `theta`, shape (batch, rank, rank + 1), read pictures at.

    `size` is the shape of the pictures, (batch, channels, *lengths). -1 and 1 are the middles of the outer elements
    with `align_corners`, their outer edges without.
    """
    lengths = tuple(size)[2:]
    axes = [_ends(n, bool(align_corners)) for n in lengths]
    # The last axis of a picture is the first coordinate.
    grids = np.meshgrid(*axes, indexing="ij")[::-1]
    base = np.stack([*grids, np.ones(lengths)], -1).astype(plain(theta).dtype).reshape(-1, len(lengths) + 1)
    places = call(np.matmul, base, call(np.swapaxes, theta, 1, 2))
    return call(np.reshape, places, (size[0], *lengths, len(lengths)))


def _ends(n: int, align_corners: bool) -> np.ndarray:
    if align_corners:
        return np.linspace(-1.0, 1.0, n) if n > 1 else np.zeros(1)
    return (2.0 * np.arange(n) + 1.0) / n - 1.0


@named(lambda input, *_, **__: f"GridSampler{input._data.ndim - 2}DBackward0")
def grid_sample(
    input: Any, grid: Any, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> Any:
    """`input`, shape (batch, channels, *lengths), read at the places of `grid`, shape (batch, *places, rank).

    `mode` is "bilinear" (also of three axes) or "nearest"; outside the picture are zeros, its border elements
    ("border") or its mirror image ("reflection").
    """
    lengths = input.shape[2:]
    rank = len(lengths)
    if grid.shape[-1] != rank or grid.ndim != rank + 2 or grid.shape[0] != input.shape[0]:
        raise ShapeMismatch(
            f"a grid of shape {tuple(grid.shape)} does not fit pictures of shape {tuple(input.shape)}",
            "Give a grid of shape (batch, *lengths of the result, one coordinate for each axis of a picture).",
        )
    if mode not in ("bilinear", "nearest") or padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(f"mode {mode!r} and padding_mode {padding_mode!r} are not both known")
    places = [_in_elements(grid[..., rank - 1 - k], n, bool(align_corners)) for k, n in enumerate(lengths)]
    if padding_mode != "zeros":
        places = [_held(x, n, padding_mode, bool(align_corners)) for x, n in zip(places, lengths)]
    if mode == "nearest":
        return _read(input, [np.rint(plain(x)).astype(np.int64) for x in places])
    low = [np.floor(plain(x)) for x in places]
    total: Any = 0.0
    for corner in itertools.product((0, 1), repeat=rank):
        weight: Any = 1.0
        for x, start, up in zip(places, low, corner):
            weight = weight * ((x - start) if up else (start + 1.0 - x))
        values = _read(input, [(start + up).astype(np.int64) for start, up in zip(low, corner)])
        total = total + values * call(np.expand_dims, weight, 1)
    return total


def _in_elements(x: Any, n: int, align_corners: bool) -> Any:
    """Coordinates from -1 to 1 counted in elements."""
    return (x + 1.0) * (0.5 * (n - 1)) if align_corners else ((x + 1.0) * n - 1.0) * 0.5


def _held(x: Any, n: int, padding_mode: str, align_corners: bool) -> Any:
    """Coordinates inside the picture: mirrored first if asked for, then held at the border, with slope 0 there."""
    if padding_mode == "reflection":
        low, high = (0.0, n - 1.0) if align_corners else (-0.5, n - 0.5)
        span = high - low
        if span > 0.0:
            turns = np.floor((plain(x) - low) / span)
            odd = np.mod(turns, 2) == 1
            x = call(np.where, odd, (turns + 1.0) * span + 2.0 * low - x, x - turns * span)
        else:
            x = x * 0.0
    inside = (plain(x) > 0.0) & (plain(x) < n - 1.0)
    return call(np.where, inside, x, np.clip(plain(x), 0.0, n - 1.0))


def _read(input: Any, places: list[np.ndarray]) -> Any:
    """Elements at whole places, shape (batch, channels, *places); zeros outside."""
    lengths = input.shape[2:]
    inside = np.ones(places[0].shape, bool)
    flat = np.zeros(places[0].shape, np.int64)
    for place, n in zip(places, lengths):
        inside &= (place >= 0) & (place < n)
        flat = flat * n + np.clip(place, 0, n - 1)
    batch, channels = input.shape[:2]
    rows = call(np.reshape, input, (batch, channels, math.prod(lengths)))
    numbers = np.broadcast_to(flat.reshape(batch, 1, -1), (batch, channels, flat[0].size))
    found = call(np.reshape, call(np.take_along_axis, rows, numbers, 2), (batch, channels, *flat.shape[1:]))
    return call(np.where, inside[:, None], found, 0.0)
