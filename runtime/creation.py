"""Making Tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import NotDifferentiable
from runtime.operation import apply
from runtime.tensor import Tensor
from runtime.variable import Place, Variable, strip

_DEFAULT_FLOAT = np.dtype(np.float32)


def tensor(data: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A leaf Tensor with a copy of `data`. Python floats become float32, arrays keep their dtype.

    Raises NotDifferentiable where gradients are wanted of integers or bools.
    """
    found = Tensor.wrap(_array(data, dtype))
    return found.requires_grad_() if requires_grad else found


def _array(data: Any, dtype: Any) -> np.ndarray:
    if isinstance(data, Tensor):
        data = data.detach()._data
    array = np.array(data, dtype=dtype)
    if array.dtype.kind == "O":
        raise NotDifferentiable("a Tensor cannot hold Python objects", "Give it numbers of one kind.")
    is_python = not isinstance(data, (np.ndarray, np.generic))
    return array.astype(_DEFAULT_FLOAT) if dtype is None and is_python and array.dtype == np.float64 else array


def as_tensor(data: Any, dtype: Any = None) -> Tensor:
    """`data` as a Tensor: itself where it is one of the right dtype, sharing the memory of an array."""
    if isinstance(data, Tensor):
        return data if dtype is None or data.dtype == np.dtype(dtype) else data.astype(dtype)
    found: list[tuple[Place, Variable]] = []
    strip(data, (), found)
    if found:
        return apply(np.array, (data,), {} if dtype is None else {"dtype": dtype})
    return from_numpy(np.asarray(data, dtype=dtype)) if isinstance(data, np.ndarray) else tensor(data, dtype)


def from_numpy(array: np.ndarray) -> Tensor:
    """A Tensor that shares the memory of an array."""
    return Tensor.wrap(array)


def zeros(*size: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of a shape given as one tuple or as several lengths."""
    return _made(np.zeros(_shape(size), dtype or _DEFAULT_FLOAT), requires_grad)


def ones(*size: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of a shape given as one tuple or as several lengths."""
    return _made(np.ones(_shape(size), dtype or _DEFAULT_FLOAT), requires_grad)


def full(size: Any, fill_value: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A shape filled with one value."""
    return _made(np.full(size, fill_value, dtype or _array(fill_value, None).dtype), requires_grad)


def arange(*bounds: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Numbers at equal steps, as `range` counts: start, stop, step."""
    return _made(_array(np.arange(*bounds).tolist(), dtype), requires_grad)


def linspace(start: float, end: float, steps: int, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`steps` numbers at equal distances from `start` to `end`, both included."""
    return _made(np.linspace(start, end, steps, dtype=dtype or _DEFAULT_FLOAT), requires_grad)


def eye(n: int, m: int | None = None, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones on the diagonal of an `n` by `m` matrix of zeros."""
    return _made(np.eye(n, m, dtype=dtype or _DEFAULT_FLOAT), requires_grad)


def _shape(size: tuple[Any, ...]) -> Any:
    return size[0] if len(size) == 1 else size


def _made(array: np.ndarray, requires_grad: bool) -> Tensor:
    found = Tensor.wrap(array)
    return found.requires_grad_() if requires_grad else found
