"""What counts as an array that can be changed in place: NumPy's, another library's with its interface, a Tensor."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_array(x: Any) -> bool:
    """Whether `x` is an array of any library, and not a number."""
    return isinstance(x, np.ndarray) or hasattr(x, "__array_function__") and hasattr(x, "shape")
