"""Rows of a table chosen by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import SourceADError
from runtime.lifting import call
from runtime.modes import no_grad
from runtime.nn.functional.losses import plain


def embedding(
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Any:
    """The rows of `weight`, shape (rows, width), that the integers `input` name: shape (*input.shape, width).

    The row `padding_idx` gets no gradient. With `max_norm` rows longer than that are shortened in place first.
    Raises IndexError for numbers that no row has.
    """
    if sparse or scale_grad_by_freq:
        raise SourceADError(
            "embedding with sparse or scale_grad_by_freq is not supported",
            "Leave the option out: the gradient is an array of the weight's shape.",
        )
    places = plain(input)
    if places.dtype.kind not in "iu":
        raise TypeError(f"embedding takes integers, not {places.dtype}")
    rows = weight.shape[0]
    if places.size and (places.min() < 0 or places.max() >= rows):
        raise IndexError(f"index out of range: embedding has {rows} rows, and numbers from 0 name them")
    if max_norm is not None:
        _shorten(weight, np.unique(places), max_norm, norm_type)
    z = call(np.take, weight, places, axis=0)
    if padding_idx is None:
        return z
    silent = places == padding_idx % rows
    return call(np.where, silent[..., None], plain(z), z) if silent.any() else z


def _shorten(weight: Any, rows: np.ndarray, max_norm: float, norm_type: float) -> None:
    chosen = plain(weight)[rows]
    lengths = np.linalg.norm(chosen, norm_type, axis=-1, keepdims=True)
    long = lengths[:, 0] > max_norm
    if long.any():
        with no_grad():
            weight[rows[long]] = chosen[long] * (max_norm / (lengths[long] + 1e-7))


def embedding_bag(input: Any, weight: Any, offsets: Any = None, mode: str = "mean") -> Any:
    """The sum, mean or maximum of rows of `weight`: of each row of a matrix `input`, or of its pieces that start at
    `offsets` where `input` is one row."""
    places = plain(input)
    if places.ndim == 2:
        starts = np.arange(places.shape[0]) * places.shape[1]
        places = places.reshape(-1)
    else:
        starts = plain(offsets)
    ends = np.append(starts[1:], len(places))
    rows = embedding(places, weight)
    bags = [_bag(rows[int(start) : int(end)], mode) for start, end in zip(starts, ends)]
    return call(np.stack, bags)


def _bag(rows: Any, mode: str) -> Any:
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"mode is 'sum', 'mean' or 'max', not {mode!r}")
    if not len(rows):
        return call(np.sum, rows, axis=0)
    reduce: Any = {"sum": np.sum, "mean": np.mean, "max": np.max}[mode]
    return call(reduce, rows, axis=0)
