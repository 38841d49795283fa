"""PyTorch's names of operations: what `grad_fn` prints and what a profiler lists."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

# Where PyTorch's name is not that of NumPy's function without underscores.
_NAMES: dict[Any, str] = {
    np.absolute: "Abs",
    np.add: "Add",
    np.arccos: "Acos",
    np.arccosh: "Acosh",
    np.arcsin: "Asin",
    np.arcsinh: "Asinh",
    np.arctan: "Atan",
    np.arctan2: "Atan2",
    np.arctanh: "Atanh",
    np.astype: "ToCopy",
    np.broadcast_to: "Expand",
    np.concatenate: "Cat",
    np.conjugate: "Conj",
    np.copy: "Clone",
    np.divide: "Div",
    np.einsum: "Einsum",
    np.expand_dims: "Unsqueeze",
    np.linalg.inv: "LinalgInvEx",
    np.linalg.solve: "LinalgSolveEx",
    np.multiply: "Mul",
    np.negative: "Neg",
    np.power: "Pow",
    np.reshape: "View",
    np.split: "Split",
    np.square: "Pow",
    np.subtract: "Sub",
    np.swapaxes: "Transpose",
    np.transpose: "Permute",
    operator.getitem: "Index",
}

_MATRIX_PRODUCTS = {(2, 2): "Mm", (2, 1): "Mv", (1, 1): "Dot", (3, 3): "Bmm"}


def title_of(function: Callable[..., Any], args: tuple[Any, ...] = (), kwargs: Any = ()) -> str:
    """The name of an operation in capitals and small letters, as in `MulBackward0`; the arguments may matter."""
    if function is np.matmul and len(args) == 2:
        return _MATRIX_PRODUCTS.get((np.ndim(args[0]), np.ndim(args[1])), "UnsafeView")
    if function is operator.getitem and len(args) == 2:
        return _title_of_reading(args[1])
    name = _NAMES.get(function)
    if name is None:
        words = getattr(function, "__name__", "call").split("_")
        name = "".join([word[:1].upper() + word[1:] for word in words])
    return name


def _title_of_reading(index: Any) -> str:
    """PyTorch reads by a chain of plain steps; the last one gives the name."""
    last = index[-1] if isinstance(index, tuple) and index else index
    if isinstance(last, (int, np.integer)) and not isinstance(last, bool):
        return "Select"
    if isinstance(last, slice) or last is Ellipsis:
        return "Slice"
    return "Unsqueeze" if last is None else "Index"


def backward_name(function: Callable[..., Any], args: tuple[Any, ...] = (), kwargs: Any = ()) -> str:
    """The name of the node that an operation makes. PyTorch counts the forms of one operation."""
    along = function in (np.sum, np.mean, np.prod) and (len(args) > 1 or "axis" in kwargs)
    by_tensor = function is np.power and len(args) == 2 and np.ndim(args[1]) > 0
    return f"{title_of(function, args, kwargs)}Backward{1 if along or by_tensor else 0}"


def operation_name(function: Callable[..., Any]) -> str:
    """The name of an operation as PyTorch's profiler lists it: `aten::mul`."""
    return "aten::" + "".join(["_" + c.lower() if c.isupper() else c for c in title_of(function)]).lstrip("_")
