"""Sample arguments for the rows beside the rules: the same numbers in every run."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.primitives.registry import Call, call


def normal(*shape: int, seed: int = 0, dtype: Any = np.float64) -> Any:
    """Normal numbers of the given shape; another `seed` gives others."""
    numbers = np.random.default_rng([len(shape), seed, *shape]).standard_normal(shape)
    return np.asarray(numbers, dtype=dtype)


def unary_rows(low: float = -2.0, high: float = 2.0) -> Any:
    """Rows for an operation of one array: several shapes, a Python float, float32 and no elements, in `[low, high]`."""

    def rows() -> list[Call]:
        def points(*shape: int, dtype: Any = np.float64) -> Any:
            spread = 0.5 + 0.5 * np.tanh(normal(*shape, seed=7))
            return np.asarray(low + (high - low) * spread, dtype=dtype)

        return [
            call(points(4)),
            call(points(2, 3)),
            call(points()),
            call(float(points())),
            call(points(3, dtype=np.float32)),
            call(points(0, 2)),
        ]

    return rows


def binary_rows(low: float = -2.0, high: float = 2.0) -> Any:
    """Rows for an operation of two arrays: every way of broadcasting, Python floats, float32 and no elements."""

    def rows() -> list[Call]:
        def points(*shape: int, seed: int = 1, dtype: Any = np.float64) -> Any:
            spread = 0.5 + 0.5 * np.tanh(normal(*shape, seed=seed))
            return np.asarray(low + (high - low) * spread, dtype=dtype)

        return [
            call(points(3), points(3, seed=2)),
            call(points(3), points(2, 3, seed=2)),
            call(points(2, 3), points(3, seed=2)),
            call(points(2, 1), points(1, 3, seed=2)),
            call(points(2, 3), points(seed=2)),
            call(float(points()), points(2, 3, seed=2)),
            call(points(2, 3), float(points(seed=2))),
            call(float(points()), float(points(seed=2))),
            call(points(2, 3, dtype=np.float32), points(3, seed=2, dtype=np.float32)),
            call(points(3, dtype=np.float32), float(points(seed=2))),
            call(points(3, dtype=np.float32), points(3, seed=2)),
            call(points(0, 3), points(3, seed=2)),
        ]

    return rows
