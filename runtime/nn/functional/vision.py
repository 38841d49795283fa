"""Pictures made larger or smaller, rearranged, cut into windows and put together again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime import kernels
from runtime.errors import ShapeMismatch
from runtime.kernels.windows import per_axis
from runtime.lifting import call
from runtime.nn.functional.pooling import adaptive_windows, like_input
from runtime.operations.titles import named

_RANKS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


def _title(input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", *_: Any, **__: Any) -> Any:
    """PyTorch has a rule for each mode and rank; means over windows are another function of its own."""
    words = "".join(word.capitalize() for word in mode.split("-"))
    return None if mode == "area" else f"Upsample{words}{input.ndim - 2}DBackward0"


@named(_title)
def interpolate(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
) -> Any:
    """The axes after batch and channels resampled to `size`, or to their lengths times `scale_factor`.

    `mode` is "nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic" or "area". Along each axis the
    result is a product with a matrix of weights. `align_corners` keeps the end elements where they are.
    """
    rank = input.ndim - 2
    if mode not in ("nearest", "nearest-exact", "area") and _RANKS.get(mode) != rank:
        raise ValueError(f"mode {mode!r} does not resample {rank} axes")
    if align_corners is not None and mode not in _RANKS:
        raise ValueError("align_corners only goes with the modes linear, bilinear, bicubic and trilinear")
    if (size is None) == (scale_factor is None):
        raise ValueError("give size or scale_factor, and not both")
    factors = _factors(scale_factor, rank)
    lengths = input.shape[2:]
    if size is not None:
        counts = per_axis(size, rank)
    else:
        counts = tuple([math.floor(n * factor) for n, factor in zip(lengths, factors)])
    steps = [
        1.0 / factor if factor is not None and not recompute_scale_factor else n / count
        for factor, n, count in zip(factors, lengths, counts)
    ]
    z = input
    for axis, (length, count, step) in enumerate(zip(lengths, counts, steps), 2):
        weights = like_input(_weights(length, count, step, mode, bool(align_corners)), input)
        moved = call(np.matmul, call(np.moveaxis, z, axis, -1), weights)
        z = call(np.moveaxis, moved, -1, axis)
    return z


def _factors(given: Any, rank: int) -> list[Any]:
    factors = list(given) if isinstance(given, (tuple, list)) else [given] * rank
    if len(factors) != rank:
        raise ShapeMismatch(
            f"scale_factor has {len(factors)} numbers for {rank} axes",
            "Give one factor for each axis behind the channels, or a single number for all.",
        )
    return factors


def _weights(length: int, count: int, step: float, mode: str, align_corners: bool) -> np.ndarray:
    """How much each element, by row, has of each place of the result, by column."""
    weights = np.zeros((length, count))
    places = np.arange(count)
    if mode == "area":
        for k, (start, stop) in enumerate(adaptive_windows(length, count)):
            weights[start:stop, k] = 1.0 / (stop - start)
    elif mode.startswith("nearest"):
        middle = 0.5 if mode == "nearest-exact" else 0.0
        weights[np.minimum(np.floor((places + middle) * step).astype(int), length - 1), places] = 1.0
    else:
        if align_corners:
            at = places * ((length - 1) / (count - 1) if count > 1 else 0.0)
        else:
            at = (places + 0.5) * step - 0.5
        if mode != "bicubic":
            at = np.maximum(at, 0.0)
        left = np.floor(at).astype(int)
        shares = _cubic(at - left) if mode == "bicubic" else {0: 1.0 - (at - left), 1: at - left}
        for offset, share in shares.items():
            np.add.at(weights, (np.clip(left + offset, 0, length - 1), places), share)
    return weights


def _cubic(t: np.ndarray) -> dict[int, np.ndarray]:
    """Weights of the four elements around a place, by their distance from the left one. Source: Keys 1981, a = -3/4."""
    a = -0.75

    def near(x: np.ndarray) -> np.ndarray:
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0

    def far(x: np.ndarray) -> np.ndarray:
        return ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a

    return {-1: far(t + 1.0), 0: near(t), 1: near(1.0 - t), 2: far(2.0 - t)}


def upsample(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Any:
    """`interpolate` under its old name."""
    return interpolate(input, size, scale_factor, mode, align_corners)


@named("PixelShuffleBackward0")
def pixel_shuffle(input: Any, upscale_factor: int) -> Any:
    """Channels moved into the picture: (..., c * r * r, h, w) becomes (..., c, h * r, w * r)."""
    *lead, channels, h, w = input.shape
    r = upscale_factor
    if channels % (r * r):
        raise ShapeMismatch(
            f"{channels} channels cannot be divided by the square of the factor {r}",
            "Choose a factor whose square divides the number of channels.",
        )
    split = call(np.reshape, input, (*lead, channels // (r * r), r, r, h, w))
    k = len(lead)
    order = (*range(k + 1), k + 3, k + 1, k + 4, k + 2)
    return call(np.reshape, call(np.transpose, split, order), (*lead, channels // (r * r), h * r, w * r))


@named("PixelUnshuffleBackward0")
def pixel_unshuffle(input: Any, downscale_factor: int) -> Any:
    """The picture moved into channels: (..., c, h * r, w * r) becomes (..., c * r * r, h, w)."""
    *lead, channels, h, w = input.shape
    r = downscale_factor
    if h % r or w % r:
        raise ShapeMismatch(
            f"a picture of {h} by {w} cannot be divided by the factor {r}",
            "Choose a factor that divides both lengths, or pad the picture.",
        )
    split = call(np.reshape, input, (*lead, channels, h // r, r, w // r, r))
    k = len(lead)
    order = (*range(k + 1), k + 2, k + 4, k + 1, k + 3)
    return call(np.reshape, call(np.transpose, split, order), (*lead, channels * r * r, h // r, w // r))


@named("ChannelShuffleBackward0")
def channel_shuffle(input: Any, groups: int) -> Any:
    """Channels of `groups` groups taken in turn."""
    shape = tuple(input.shape)
    split = call(np.reshape, input, (shape[0], groups, shape[1] // groups, *shape[2:]))
    return call(np.reshape, call(np.swapaxes, split, 1, 2), shape)


def unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Windows of a picture as columns: (batch, channels, h, w) becomes (batch, channels * window, windows)."""
    lone = input.ndim == 3
    x = input[None] if lone else input
    size = per_axis(kernel_size, 2)
    z = call(kernels.unfold_windows, x, size, per_axis(stride, 2), per_axis(padding, 2), per_axis(dilation, 2))
    return z[0] if lone else z


def fold(input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """The transpose of `unfold`: columns added up at the places of their windows in a picture of `output_size`."""
    lone = input.ndim == 2
    g = input[None] if lone else input
    z = call(
        kernels.fold_windows, g, per_axis(output_size, 2), per_axis(kernel_size, 2), per_axis(stride, 2),
        per_axis(padding, 2), per_axis(dilation, 2),
    )  # fmt: skip
    return z[0] if lone else z


def local_response_norm(input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Any:
    """Divided by `(k + alpha * mean of squares over `size` neighbouring channels) ** beta`. Krizhevsky et al. 2012."""
    squares = call(np.moveaxis, input * input, 1, -1)
    padded = call(np.pad, squares, [(0, 0)] * (input.ndim - 1) + [(size // 2, (size - 1) // 2)])
    total = call(kernels.window_sum, padded, (size,), (1,), (0,))
    return input / (call(np.moveaxis, total, -1, 1) * (alpha / size) + k) ** beta


def upsample_nearest(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """`interpolate` by the nearest elements."""
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """`interpolate` by lines between elements, the corners kept where they are."""
    return interpolate(input, size, scale_factor, "bilinear", align_corners=True)
