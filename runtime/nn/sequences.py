"""Sequences of different lengths in one batch, for recurrent layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from runtime.errors import ShapeMismatch
from runtime.lifting import call
from runtime.nn.functional.losses import plain
from runtime.tensor import Tensor


class PackedSequence(NamedTuple):
    """The elements of sequences without padding: all first ones, then all second ones, and so on.

    `batch_sizes` says how many sequences have an element at each time; sequences stand by falling length.
    `sorted_indices` are their numbers in that order, `unsorted_indices` lead back; None where nothing was sorted.
    """

    data: Any
    batch_sizes: Tensor
    sorted_indices: Any = None
    unsorted_indices: Any = None


def pad_sequence(
    sequences: Sequence[Any], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences, shape (length, ...), side by side with `padding_value` where they are too short.

    The result has shape (longest, batch, ...), with `batch_first` (batch, longest, ...).
    """
    if padding_side not in ("left", "right"):
        raise ValueError(f"padding_side is 'left' or 'right', not {padding_side!r}")
    longest = max(sequence.shape[0] for sequence in sequences)
    rows = []
    for sequence in sequences:
        missing = longest - sequence.shape[0]
        ends = (missing, 0) if padding_side == "left" else (0, missing)
        widths = [ends, *[(0, 0)] * (sequence.ndim - 1)]
        rows.append(call(np.pad, sequence, widths, "constant", constant_values=padding_value))
    return call(np.stack, rows, 0 if batch_first else 1)


def pack_padded_sequence(
    input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """The first `lengths[k]` elements of each sequence k of a padded batch, packed."""
    counts = np.asarray(plain(lengths), dtype=np.int64)
    x = call(np.swapaxes, input, 0, 1) if batch_first else input
    if counts.ndim != 1 or len(counts) != x.shape[1] or (counts <= 0).any() or counts.max() > x.shape[0]:
        raise ShapeMismatch(
            f"lengths {counts.tolist()} do not fit a batch of {x.shape[1]} sequences of {x.shape[0]}",
            "Give one length for each sequence, from 1 to the length of the longest.",
        )
    order = None
    if not enforce_sorted:
        order = np.argsort(-counts, kind="stable")
        x, counts = call(np.take, x, order, axis=1), counts[order]
    elif (np.diff(counts) > 0).any():
        raise RuntimeError("lengths must fall; pass enforce_sorted=False for sequences in any order")
    sizes = (counts[None, :] > np.arange(counts.max())[:, None]).sum(axis=1)
    times = np.repeat(np.arange(len(sizes)), sizes)
    columns = np.concatenate([np.arange(size) for size in sizes])
    data = x[times, columns]
    if order is None:
        return PackedSequence(data, Tensor.wrap(sizes))
    return PackedSequence(data, Tensor.wrap(sizes), Tensor.wrap(order), Tensor.wrap(np.argsort(order)))


def pack_sequence(sequences: Sequence[Any], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences of different lengths, packed."""
    lengths = [sequence.shape[0] for sequence in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Any, Tensor]:
    """The padded batch of a packed one, and the lengths of its sequences."""
    padded, counts = unpacked(sequence, padding_value, total_length)
    if sequence.unsorted_indices is not None:
        places = plain(sequence.unsorted_indices)
        padded, counts = call(np.take, padded, places, axis=1), counts[places]
    return (call(np.swapaxes, padded, 0, 1) if batch_first else padded), Tensor.wrap(counts)


def unpacked(
    sequence: PackedSequence, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Any, np.ndarray]:
    """The padded batch, shape (longest, batch, ...), in the packed order, and the lengths of its sequences."""
    sizes = plain(sequence.batch_sizes)
    length = len(sizes) if total_length is None else total_length
    if length < len(sizes):
        raise ValueError(f"total_length {length} is less than the longest sequence, {len(sizes)}")
    counts = (sizes[None, :] > np.arange(sizes[0])[:, None]).sum(axis=1)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    places = np.zeros((length, sizes[0]), np.int64)
    inside = np.arange(length)[:, None] < counts[None, :]
    places[: len(sizes)] = starts[:, None] + np.arange(sizes[0])[None, :]
    rows = call(np.take, sequence.data, np.where(inside, places, 0), axis=0)
    mask = np.reshape(inside, (*inside.shape, *(1,) * (sequence.data.ndim - 1)))
    return call(np.where, mask, rows, padding_value), counts


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """The sequences of a padded batch, each of its own length."""
    rows = padded_sequences if batch_first else call(np.swapaxes, padded_sequences, 0, 1)
    return [rows[k, : int(n)] for k, n in enumerate(plain(lengths))]


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """The sequences of a packed batch, each of its own length."""
    return unpad_sequence(*pad_packed_sequence(packed_sequences, batch_first=True), batch_first=True)
