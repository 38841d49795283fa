"""Contenders measured side by side: every round runs each of them once, so all see the same machine."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

LONGEST_CALIBRATION = 1 << 20


def seconds_of(call: Callable[[], Any], repetitions: int = 1) -> float:
    """Wall time of one call, averaged over `repetitions` calls in a row."""
    turns = range(repetitions)
    begin = time.perf_counter()
    for _ in turns:
        call()
    return (time.perf_counter() - begin) / repetitions


def repetitions_for(call: Callable[[], Any], shortest: float) -> int:
    """How many calls in a row take longer than `shortest` seconds: a power of two."""
    repetitions = 1
    while repetitions < LONGEST_CALIBRATION and seconds_of(call, repetitions) * repetitions <= shortest:
        repetitions *= 2
    return repetitions


def side_by_side(
    calls: Mapping[str, Callable[[], Any]],
    rounds: int,
    shortest: float = 2e-3,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, list[float]]:
    """Seconds a call for each contender, one sample a round.

    A sample is a run of calls that takes longer than `shortest`. The order of the contenders turns by one place
    a round, so that nobody always runs behind the same neighbour. What is alive at the start is kept out of the
    garbage collector's sight: a contender should not pay for scanning the other ones' libraries.
    """
    names = list(calls)
    repetitions = {name: repetitions_for(calls[name], shortest) for name in names}
    samples: dict[str, list[float]] = {name: [] for name in names}
    gc.collect()
    gc.freeze()
    for turn in range(rounds):
        start = turn % len(names)
        for name in names[start:] + names[:start]:
            samples[name].append(seconds_of(calls[name], repetitions[name]))
        progress(turn + 1)
    gc.unfreeze()
    return samples


def ratio(samples: list[float], yardstick: list[float]) -> float:
    """Median over the rounds of the ratio within a round."""
    return statistics.median(a / b for a, b in zip(samples, yardstick))
