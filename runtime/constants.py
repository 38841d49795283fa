"""Arguments that need not be copied to be kept: plain constants, and slices and tuples of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

CONSTANTS = frozenset({int, float, bool, complex, type(None), str, np.dtype, type(Ellipsis)})


def are_constants(values: Iterable[Any]) -> bool:
    """Whether all values are plain constants, or slices of such."""
    for value in values:
        if type(value) not in CONSTANTS and not (type(value) is slice and is_plain_slice(value)):
            return False
    return True


def is_plain_slice(value: slice) -> bool:
    """Whether the bounds of a slice are plain constants."""
    return type(value.start) in CONSTANTS and type(value.stop) in CONSTANTS and type(value.step) in CONSTANTS
