"""Convolution of every channel by itself, with windows one step apart: sums of shifted copies, without any unfolding.

A padded sample is read as one row of elements a channel. Moving the window by one place moves the row by as many
elements for all windows at once, those that reach over an edge included; these are left out in the end.
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


def summed(x: Any, weight: Any, moves: list[int], counts: tuple[int, ...]) -> Any:
    """The results: `x` padded, of shape (batch, channels, *plane), and `weight` (channels, elements of a window)."""
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
