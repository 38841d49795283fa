"""Connectionist temporal classification: the probability of a labelling, whatever its timing.

Source: Graves et al. 2006, section 4.1, with sums of logarithms. The gradient is that of what is computed: PyTorch's of
`log_probs` themselves differs by terms that vanish behind `log_softmax`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import ShapeMismatch
from runtime.lifting import call
from runtime.nn.functional.losses import plain

# The logarithm of what is impossible: finite, so that differences of such numbers are numbers.
_NEVER = -1e30


def ctc_loss(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:
    """Minus the log-probability of each target, summed over its alignments with the input.

    `log_probs` has shape (time, batch, classes), or (time, classes) for one sequence; `targets` (batch, longest), or
    all labels in one row. "mean" divides each loss by its target's length first. Infinite losses, of targets that do
    not fit, become 0 with `zero_infinity`.
    """
    lone = log_probs.ndim == 2
    lp = log_probs[:, None] if lone else log_probs
    steps, batch, _ = lp.shape
    times = np.reshape(np.asarray(plain(input_lengths)), -1)
    lengths = np.reshape(np.asarray(plain(target_lengths)), -1)
    if len(times) != batch or len(lengths) != batch or (batch and times.max() > steps):
        raise ShapeMismatch(
            f"lengths {times.tolist()} and {lengths.tolist()} do not fit log_probs of shape {lp.shape}",
            "Give one length for each sequence of the batch, none longer than log_probs.",
        )
    labels = _with_blanks(np.asarray(plain(targets)), lengths, blank, lone)
    losses = _losses(lp, labels, times, lengths, blank)
    impossible = plain(losses) > -0.5 * _NEVER
    losses = call(np.where, impossible, 0.0 if zero_infinity else np.inf, losses)
    if reduction == "mean":
        return call(np.mean, losses / np.maximum(lengths, 1).astype(plain(losses).dtype))
    if reduction == "sum":
        return call(np.sum, losses)
    return losses[0] if lone else losses


def _with_blanks(targets: np.ndarray, lengths: np.ndarray, blank: int, lone: bool) -> np.ndarray:
    """Each target with blanks before, between and behind its labels, as rows of one length."""
    rows = np.full((len(lengths), 2 * int(lengths.max(initial=0)) + 1), blank, np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    for k, n in enumerate(lengths):
        row = targets[k] if targets.ndim == 2 else targets[starts[k] :] if not lone else targets
        rows[k, 1 : 2 * n : 2] = row[:n]
    return rows


def _losses(lp: Any, labels: np.ndarray, times: np.ndarray, lengths: np.ndarray, blank: int) -> Any:
    """One loss a sequence: the sums over all beginnings, step by step."""
    batch, width = labels.shape
    dtype = plain(lp).dtype
    seen = call(np.take_along_axis, lp, np.broadcast_to(labels, (lp.shape[0], batch, width)), axis=2)
    never = np.full((batch, width), _NEVER, dtype)
    # A label may follow the one before without a blank where both differ.
    leaps = np.zeros((batch, width), bool)
    leaps[:, 2:] = (labels[:, 2:] != blank) & (labels[:, 2:] != labels[:, :-2])
    sums = call(np.where, np.arange(width) < 2, seen[0], never)
    for t in range(1, lp.shape[0]):
        one = call(np.concatenate, [never[:, :1], sums[:, :-1]], 1)
        two = call(np.concatenate, [never[:, :2], sums[:, :-2]], 1) if width > 1 else never
        moved = call(np.logaddexp, call(np.logaddexp, sums, one), call(np.where, leaps, two, never)) + seen[t]
        sums = call(np.where, (t < times)[:, None], moved, sums)
    ends = call(np.take_along_axis, sums, 2 * lengths[:, None], axis=1)[:, 0]
    before = call(np.take_along_axis, sums, np.maximum(2 * lengths - 1, 0)[:, None], axis=1)[:, 0]
    return -call(np.where, lengths > 0, call(np.logaddexp, ends, before), ends)
