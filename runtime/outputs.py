"""Where a function of NumPy takes the array that it writes its result into."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np


@functools.cache
def place_of_out(function: Any) -> int | None:
    """The place of the parameter `out` among those of a ufunc or another function of NumPy; None where it has none."""
    if isinstance(function, np.ufunc):
        return function.nin
    if not (getattr(function, "__module__", None) or "").startswith("numpy"):
        return None
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        # Functions written in C may not tell.
        return {np.dot: 2, np.concatenate: 2}.get(function)
    named = parameters.get("out")
    by_place = named is not None and named.kind is named.POSITIONAL_OR_KEYWORD
    return list(parameters).index("out") if by_place else None
