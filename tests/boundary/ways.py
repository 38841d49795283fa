"""Ways in which a derivative could be lost on the road from `x` to the result, each as a small program of its own.

Every program takes an array of four floats and gives a number that depends on it smoothly. In whatever way it is run,
its derivative is right, or it is refused.
"""

# ruff: noqa: F821

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

X = np.array([0.3, 0.7, 1.4, 0.9])
WAYS: list[Callable[..., Any]] = []


def way(f: Callable[..., Any]) -> Callable[..., Any]:
    """Add a program to the list."""
    WAYS.append(f)
    return f
