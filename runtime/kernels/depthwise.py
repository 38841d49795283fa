"""Convolution of every channel by itself, with windows one step apart: products with bands, or sums of shifted copies.

Along a short last axis a window is a band in a matrix, and all windows of a channel are one product with it: more
multiplications than are needed, and several times sooner done. Otherwise a padded sample is read as one row of
elements a channel. Moving the window by one place moves the row by as many elements for all windows at once, those
that reach over an edge included; these are left out in the end.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np


def shifts(size: tuple[int, ...], dilation: tuple[int, ...], plane: tuple[int, ...]) -> list[int]:
    """For each element of a window, in C order, how far it is behind the first one in a row of the padded `plane`."""
    steps = [math.prod(plane[k + 1 :]) for k in range(len(plane))]
    places = itertools.product(*[range(k) for k in size])
    return [sum(p * d * step for p, d, step in zip(place, dilation, steps)) for place in places]


def reach(counts: tuple[int, ...], plane: tuple[int, ...]) -> int:
    """How far it is from the first window to behind the last one."""
    return 1 + sum((n - 1) * math.prod(plane[k + 1 :]) for k, n in enumerate(counts))


# The longest last axis on which a product with bands is sooner done, and the bytes of unfolded lines in work at once.
_SHORT = 32
_BUFFER = 1 << 20


def convolved(x: Any, weight: Any, size: tuple[int, ...], dilation: tuple[int, ...], counts: tuple[int, ...]) -> Any:
    """The results: `x` padded, of shape (batch, channels, *plane), and `weight` (channels, elements of a window)."""
    if counts[-1] <= _SHORT and len(size) > 1:
        # A band has zeros beside it, so infinity or NaN would get into windows that they do not belong to.
        elements = np.reshape(x, -1)
        with np.errstate(over="ignore"):
            finite = math.isfinite(elements.dot(elements))
        if finite:
            return _banded(x, weight, size, dilation, counts)
    return summed(x, weight, shifts(size, dilation, x.shape[2:]), counts)


def _banded(x: Any, weight: Any, size: tuple[int, ...], dilation: tuple[int, ...], counts: tuple[int, ...]) -> Any:
    batch, channels, *_, wide = x.shape
    *others, last = size
    dtype = np.result_type(x, weight)
    weights = np.reshape(weight, (channels, -1, last))
    lines = weights.shape[1]
    bands = np.zeros((channels, lines, wide, counts[-1]), dtype)
    place = np.arange(counts[-1])
    for k in range(last):
        bands[:, :, place + k * dilation[-1], place] = weights[:, :, k, None]
    bands = np.reshape(bands, (channels, lines * wide, counts[-1]))
    z = np.empty((batch, channels, *counts), dtype)
    each = batch * math.prod(counts[:-1]) * lines * wide * dtype.itemsize
    step = max(1, _BUFFER // max(1, each))
    for first in range(0, channels, step):
        piece = slice(first, first + step)
        some = np.swapaxes(x[:, piece], 0, 1)
        rows = np.empty((some.shape[0], batch, *counts[:-1], lines, wide), dtype)
        for line, start in enumerate(itertools.product(*[range(n) for n in others])):
            inside = tuple([slice(k * d, k * d + n) for k, d, n in zip(start, dilation, counts)])
            rows[..., line, :] = some[(slice(None), slice(None), *inside)]
        products = np.matmul(np.reshape(rows, (some.shape[0], -1, lines * wide)), bands[piece])
        z[:, piece] = np.swapaxes(np.reshape(products, (some.shape[0], batch, *counts)), 0, 1)
    return z


def summed(x: Any, weight: Any, moves: list[int], counts: tuple[int, ...]) -> Any:
    """The results by sums of shifted copies; `moves` are the `shifts` of the window's elements."""
    batch, channels, *plane = x.shape
    rows = np.reshape(x, (batch, channels, -1))
    length = reach(counts, tuple(plane))
    dtype = np.result_type(x, weight)
    out = np.empty((batch, channels, counts[0] * math.prod(plane[1:])), dtype)
    spare = np.empty((channels, length), dtype)
    columns = [np.ascontiguousarray(weight[:, k, None]) for k in range(len(moves))]
    for sample, total in zip(rows, out):
        sums = total[:, :length]
        np.multiply(sample[:, moves[0] : moves[0] + length], columns[0], out=sums)
        for move, column in zip(moves[1:], columns[1:]):
            np.multiply(sample[:, move : move + length], column, out=spare)
            sums += spare
    return np.reshape(out, (batch, channels, counts[0], *plane[1:]))[_inside(counts)]


def correlated(g: Any, x: Any, moves: list[int]) -> Any:
    """The transpose of `summed` in the weight: how the results' cotangent goes with each of the shifted copies."""
    batch, channels, *counts = g.shape
    plane = x.shape[2:]
    rows = np.reshape(x, (batch, channels, -1))
    length = reach(tuple(counts), plane)
    spread = np.zeros((batch, channels, counts[0] * math.prod(plane[1:])), g.dtype)
    np.reshape(spread, (batch, channels, counts[0], *plane[1:]))[_inside(tuple(counts))] = g
    bars = spread[..., :length]
    return np.stack([np.sum(np.vecdot(rows[..., move : move + length], bars), axis=0) for move in moves], axis=-1)


def _inside(counts: tuple[int, ...]) -> tuple[Any, ...]:
    return (..., *[slice(0, n) for n in counts])
