"""What stands for objects of NumPy that call functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.definitions.grids import vectorized
from runtime.primitives import registry

__all__ = ["behind", "told"]


def told(function: Any) -> tuple[Any, tuple[Any, ...]]:
    """What tells a function in terms of others, and its first arguments; None where nothing does."""
    text = registry.definition(function)
    return (text, ()) if text is not None else behind(function) or (None, ())


def behind(callee: Any) -> tuple[Any, tuple[Any, ...]] | None:
    """The definition that a call of such an object is, and its first arguments; None for everything else."""
    if type(callee) is np.vectorize and callee.signature is None and not callee.excluded:
        return vectorized, (callee.pyfunc,)
    return None
