"""What stands for objects of NumPy that call functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.definitions.grids import vectorized

__all__ = ["behind"]


def behind(callee: Any) -> tuple[Any, tuple[Any, ...]] | None:
    """The definition that a call of such an object is, and its first arguments; None for everything else."""
    if type(callee) is np.vectorize and callee.signature is None and not callee.excluded:
        return vectorized, (callee.pyfunc,)
    return None
