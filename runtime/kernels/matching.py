"""What `match` and `sorted` ask of a value; none of the answers carries a derivative."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def is_sequence(value: Any) -> bool:
    """Whether a sequence pattern may match a value: as in Python, neither a text nor an array."""
    return isinstance(value, (Sequence, deque)) and not isinstance(value, (str, bytes, bytearray, np.ndarray))


def is_mapping(value: Any) -> bool:
    """Whether a mapping pattern may match a value."""
    return isinstance(value, Mapping)


def ranking(keys: Any, reverse: bool = False) -> list[int]:
    """The places of `keys` in ascending order; equal keys keep their order, also where the order is reversed."""
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=bool(reverse))
