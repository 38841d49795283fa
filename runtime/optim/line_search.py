"""A line search for a point that satisfies the strong Wolfe conditions.

Source: Nocedal and Wright, Numerical Optimization, 2nd edition, algorithms 3.5 and 3.6, with the safeguards of
M. Schmidt's minFunc, which PyTorch's search has too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

# Decrease and curvature that the conditions ask for, and the most evaluations.
_DECREASE, _CURVATURE, _MOST = 1e-4, 0.9, 25


class Point(NamedTuple):
    """A step length with the function's value, its gradient, and its slope along the line."""

    t: float
    value: float
    gradient: np.ndarray
    slope: float


class Found(NamedTuple):
    """The point that a search ends with, and how often the function was evaluated."""

    point: Point
    evaluations: int


def strong_wolfe(
    evaluate: Callable[[float], Point], start: Point, step: float, reach: float, least_change: float = 1e-9
) -> Found:
    """Search from `start`, where t is 0, with `step` as the first step length tried.

    `evaluate(t)` gives the point at t; `reach` is the largest element of the direction, so that intervals that change
    no element by `least_change` are not divided further.
    """
    before, here = start, evaluate(step)
    count, tries = 1, 0
    while tries < _MOST:
        if _too_high(here, start) or tries > 1 and here.value >= before.value:
            return _zoom(evaluate, start, before, here, count, tries, reach, least_change)
        if _flat(here, start):
            return Found(here, count)
        if here.slope >= 0.0:
            return _zoom(evaluate, start, before, here, count, tries, reach, least_change)
        bounds = (here.t + 0.01 * (here.t - before.t), here.t * 10.0)
        before, here = here, evaluate(cubic_minimum(before, here, bounds))
        count, tries = count + 1, tries + 1
    return Found(start if start.value <= here.value else here, count)


def _too_high(point: Point, start: Point) -> bool:
    return point.value > start.value + _DECREASE * point.t * start.slope


def _flat(point: Point, start: Point) -> bool:
    return abs(point.slope) <= -_CURVATURE * start.slope


def _zoom(
    evaluate: Callable[[float], Point],
    start: Point,
    one: Point,
    other: Point,
    count: int,
    tries: int,
    reach: float,
    least_change: float,
) -> Found:
    """Divide an interval that holds a point to end with; `low` is the end with the smaller value."""
    # The two ends keep their places, because the interpolation is not symmetric to the last bit.
    ends = [one, other]
    low = 0 if one.value <= other.value else 1
    near_end_before = False
    while tries < _MOST and abs(ends[1].t - ends[0].t) * reach >= least_change:
        least, most = min(ends[0].t, ends[1].t), max(ends[0].t, ends[1].t)
        t = cubic_minimum(ends[0], ends[1], (least, most))
        margin = 0.1 * (most - least)
        near_end = min(most - t, t - least) < margin
        if near_end and (near_end_before or t >= most or t <= least):
            t = most - margin if abs(t - most) < abs(t - least) else least + margin
            near_end = False
        near_end_before = near_end
        here = evaluate(t)
        count, tries = count + 1, tries + 1
        if _too_high(here, start) or here.value >= ends[low].value:
            ends[1 - low] = here
            low = 0 if ends[0].value <= ends[1].value else 1
            continue
        done = _flat(here, start)
        if not done and here.slope * (ends[1 - low].t - ends[low].t) >= 0.0:
            ends[1 - low] = ends[low]
        ends[low] = here
        if done:
            break
    return Found(ends[low], count)


def cubic_minimum(one: Point, other: Point, bounds: tuple[float, float]) -> float:
    """Where the cubic through two points with their slopes is least, held between bounds; their middle without one.

    Source: Nocedal and Wright, equation 3.59.
    """
    bend = one.slope + other.slope - 3.0 * (one.value - other.value) / (one.t - other.t)
    square = bend * bend - one.slope * other.slope
    if square < 0.0:
        return (bounds[0] + bounds[1]) / 2.0
    root = math.sqrt(square)
    left, right = (one, other) if one.t <= other.t else (other, one)
    share = (right.slope + root - bend) / (right.slope - left.slope + 2.0 * root)
    return min(max(right.t - (right.t - left.t) * share, bounds[0]), bounds[1])
