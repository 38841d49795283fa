"""Activations as functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.operation import apply


def relu(input: Any) -> Any:
    """The input where it is above 0, elsewhere 0. Its slope at 0 is 0."""
    return apply(np.where, (input > 0.0, input, 0.0))
