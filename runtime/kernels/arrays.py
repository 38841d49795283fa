"""What counts as an array that can be changed in place: NumPy's, another library's with its interface, a Tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import DerivativeLost

_ARITHMETIC = ("__add__", "__sub__", "__mul__", "__truediv__", "__pow__", "__array_ufunc__")


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


def has_own_arithmetic(kind: type) -> bool:
    """Whether `*` and `+` of arrays of a class are not NumPy's: `np.matrix`, masked arrays, sparse matrices."""
    if issubclass(kind, np.ndarray):
        return any(getattr(kind, name) is not getattr(np.ndarray, name) for name in _ARITHMETIC)
    return kind.__module__.startswith("scipy.sparse")


def own_arithmetic(kind: type) -> DerivativeLost:
    """The error for an array whose operators the rules do not know."""
    return DerivativeLost(
        f"a {kind.__name__} stands in arithmetic, and its operators are not those of arrays",
        "Pass an array: np.asarray(...), `.filled(...)` of a masked array, `.toarray()` of a sparse one.",
    )
