"""What counts as an array that can be changed in place: NumPy's, another library's with its interface, a Tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import DerivativeLost


def is_array(x: Any) -> bool:
    """Whether `x` is an array of any library, and not a number."""
    return isinstance(x, np.ndarray) or hasattr(x, "__array_function__") and hasattr(x, "shape")


def numeric(x: Any) -> Any:
    """`x` itself, a number or an array. Raises DerivativeLost for anything else, whose methods may mean anything."""
    if is_array(x) or isinstance(x, (float, complex, int, np.generic)):
        return x
    raise DerivativeLost(
        f"a method that Tensors have is called on a {type(x).__name__}, and its derivative is that of Tensors",
        "Write the call as a function of your own, or pass an array or a Tensor.",
    )


def constant(x: Any) -> Any:
    """The numbers of `x`, without a derivative; a copy, so that a later change of `x` is not seen there."""
    return x.copy() if is_array(x) else x
