"""Rows of a table chosen by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import SourceADError, TypeMismatch
from runtime.kernels import scatter
from runtime.lifting import call
from runtime.modes import no_grad
from runtime.nn.functional.losses import plain
from runtime.operations.titles import named


@named("EmbeddingBackward0")
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

    The row `padding_idx` gets no gradient. With `max_norm` rows longer than that are shortened in place first, with
    `scale_grad_by_freq` the gradient of a row is divided by how often it is named. Raises IndexError for numbers that
    no row has.
    """
    if sparse:
        raise SourceADError(
            "embedding with sparse=True is not supported",
            "Leave the option out: the gradient is an array of the weight's shape.",
        )
    places = plain(input)
    if places.dtype.kind not in "iu":
        raise TypeMismatch(f"embedding takes integers, not {places.dtype}", "Convert them with long().")
    rows = weight.shape[0]
    if places.size and (places.min() < 0 or places.max() >= rows):
        raise IndexError(f"index out of range: embedding has {rows} rows, and numbers from 0 name them")
    if max_norm is not None:
        _shorten(weight, np.unique(places), max_norm, norm_type)
    z = call(np.take, weight, places, axis=0)
    if scale_grad_by_freq and places.size:
        # The value is `z`; its cotangent is divided by how often the row is named.
        share = (1.0 / np.bincount(places.ravel(), minlength=rows)[places][..., None]).astype(plain(z).dtype)
        z = z * share + (plain(z) - plain(z) * share)
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


@named("EmbeddingBagBackward0")
def embedding_bag(
    input: Any,
    weight: Any,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Any = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Any:
    """The sum, mean or maximum of bags of rows of `weight`, shape (bags, width); an empty bag gives zeros.

    Bags are the rows of a matrix `input`, or the pieces of a vector that start at `offsets`, the last of which is its
    end with `include_last_offset`. `per_sample_weights`, of the shape of `input`, go with mode "sum" only.
    """
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"mode is 'sum', 'mean' or 'max', not {mode!r}")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(f"per_sample_weights go with mode 'sum', not with {mode!r}")
    places = plain(input)
    if places.ndim == 2:
        count = places.shape[0]
        bags = np.repeat(np.arange(count), places.shape[1])
        places = places.reshape(-1)
    else:
        starts = plain(offsets)
        count = len(starts) - include_last_offset
        bags = np.searchsorted(starts[:count], np.arange(len(places)), side="right") - 1
    numbers = np.arange(len(places))
    if padding_idx is not None:
        numbers = numbers[places != padding_idx % weight.shape[0]]
    bags = bags[numbers]
    rows = embedding(places[numbers], weight, None, max_norm, norm_type, scale_grad_by_freq, sparse)
    if per_sample_weights is not None:
        rows = rows * call(np.reshape, per_sample_weights, (-1, 1))[numbers]
    if mode == "max":
        return _largest(rows, bags, count)
    blank = np.zeros((count, weight.shape[1]), plain(weight).dtype)
    total = call(scatter, rows, (bags,), blank)
    if mode == "sum":
        return total
    return total / np.maximum(np.bincount(bags, minlength=count), 1)[:, None].astype(blank.dtype)


def _largest(rows: Any, bags: np.ndarray, count: int) -> Any:
    """The largest elements of each bag's rows; of equal ones the first takes the gradient."""
    data = plain(rows)
    chosen = np.zeros((count, data.shape[1]), np.int64)
    for bag in np.unique(bags):
        of_bag = np.flatnonzero(bags == bag)
        chosen[bag] = of_bag[np.argmax(data[of_bag], axis=0)]
    filled = np.isin(np.arange(count), bags)[:, None]
    if not len(data):
        return call(np.sum, rows) + np.zeros((count, data.shape[1]), data.dtype)
    return call(np.where, filled, call(np.take_along_axis, rows, chosen, 0), 0.0)
