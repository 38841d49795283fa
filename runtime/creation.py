"""Making Tensors.

`dtype` is an element type of PyTorch's or NumPy's, `device` can only be the CPU, `requires_grad` makes a leaf whose
gradient is wanted. What is made from Python floats is of the default type.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from runtime import devices, dtypes
from runtime.errors import DerivativeLost, NotDifferentiable, ShapeMismatch
from runtime.operation import apply, tracked
from runtime.promotion import holds
from runtime.tensor import Tensor
from runtime.variable import Place, Variable, strip


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A leaf Tensor with a copy of `data`. Python floats become float32, arrays keep their dtype.

    Raises NotDifferentiable where gradients are wanted of integers or bools.
    """
    devices.checked(device)
    if isinstance(data, Tensor):
        warnings.warn(
            "torch.tensor(x) of a Tensor copies it and forgets its history. Use x.detach().clone() to say so.",
            stacklevel=2,
        )
    return _made(_array(data, dtype), requires_grad)


def _array(data: Any, dtype: Any) -> np.ndarray:
    if not isinstance(data, Variable):
        found: list[tuple[Place, Variable]] = []
        plain = strip(data, (), found)
        if any(tracked(x) for _, x in found):
            raise DerivativeLost(
                "a Tensor is made from numbers that carry a derivative, and the derivative would be lost",
                "Use torch.stack, or detach them.",
            )
        data = plain
    else:
        data = data._data
    array = np.array(data, dtype=None if dtype is None else dtypes.numpy_dtype(dtype))
    if array.dtype.kind not in "biufc":
        raise NotDifferentiable(
            f"a Tensor holds numbers, not {type(data).__name__} of {array.dtype}", "Give it numbers of one kind."
        )
    if dtype is not None or isinstance(data, (np.ndarray, np.generic)):
        return array
    if array.size == 0 or array.dtype.kind in "fc" and not _holds_arrays(data):
        return array.astype(dtypes.default_numpy(array.dtype.kind == "c"))
    return array


def _holds_arrays(data: Any) -> bool:
    """Whether nested lists end in arrays, whose types decide; PyTorch looks at the first element too."""
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return isinstance(data, (np.ndarray, np.generic))


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a Tensor: itself where it is one of the right dtype, sharing the memory of an array."""
    devices.checked(device)
    wanted = None if dtype is None else dtypes.numpy_dtype(dtype)
    if isinstance(data, Tensor):
        return data if wanted is None or data._data.dtype == wanted else data.astype(wanted)
    found: list[tuple[Place, Variable]] = []
    strip(data, (), found)
    if found:
        return apply(np.array, (data,), {} if wanted is None else {"dtype": wanted})
    return from_numpy(np.asarray(data, dtype=wanted)) if isinstance(data, np.ndarray) else tensor(data, dtype=wanted)


asarray = as_tensor


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A Tensor over the memory of another library's array that speaks DLPack."""
    return Tensor.wrap(np.from_dlpack(ext_tensor))


def from_numpy(array: np.ndarray) -> Tensor:
    """A Tensor that shares the memory of an array."""
    return Tensor.wrap(array)


def variable(data: Tensor, requires_grad: bool = False) -> Tensor:
    """PyTorch's old `autograd.Variable`: the Tensor over the same memory, as a leaf that may require a gradient."""
    return data.detach().requires_grad_(requires_grad)


def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A Tensor that shares the memory of a Python buffer."""
    return _made(np.frombuffer(buffer, dtypes.numpy_dtype(dtype), count, offset), requires_grad)


def scalar_tensor(value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """One number as a Tensor without axes, of the default floating-point type."""
    return full((), value, dtype=dtypes.get_default_dtype() if dtype is None else dtype, requires_grad=requires_grad)


def zeros(*sizes: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of a shape given as one tuple or as several lengths."""
    devices.checked(device)
    return _made(np.zeros(shape_of(sizes, size), floating_type(dtype)), requires_grad)


def ones(*sizes: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of a shape given as one tuple or as several lengths."""
    devices.checked(device)
    return _made(np.ones(shape_of(sizes, size), floating_type(dtype)), requires_grad)


def empty(*sizes: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Memory of a shape with whatever numbers are in it."""
    devices.checked(device)
    return _made(np.empty(shape_of(sizes, size), floating_type(dtype)), requires_grad)


def full(size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A shape filled with one value."""
    devices.checked(device)
    if isinstance(fill_value, Variable):
        fill_value = fill_value._data
    kind = _array(fill_value, None).dtype if dtype is None else dtypes.numpy_dtype(dtype)
    holds(kind, fill_value)
    return _made(np.full(shape_of((size,)), fill_value, kind), requires_grad)


def _like(input: Any, dtype: Any) -> np.dtype:
    return input._data.dtype if dtype is None else dtypes.numpy_dtype(dtype)


def zeros_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the shape and type of another Tensor."""
    return _made(np.zeros(input._data.shape, _like(input, dtype)), requires_grad)


def ones_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of the shape and type of another Tensor."""
    return _made(np.ones(input._data.shape, _like(input, dtype)), requires_grad)


def empty_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Memory of the shape and type of another Tensor with whatever numbers are in it."""
    return _made(np.empty(input._data.shape, _like(input, dtype)), requires_grad)


def full_like(
    input: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """The shape and type of another Tensor filled with one value."""
    kind = _like(input, dtype)
    holds(kind, fill_value)
    return _made(np.full(input._data.shape, fill_value, kind), requires_grad)


def arange(*bounds: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Tensor:
    """Numbers at equal steps, as `range` counts: start, end, step."""
    devices.checked(device)
    start, end, step = _bounds(bounds, named)
    if dtype is not None:
        kind = dtypes.numpy_dtype(dtype)
        if kind.kind in "iu":
            start, end, step = int(start), int(end), int(step)
    elif any(isinstance(n, float) for n in (start, end, step)):
        kind = dtypes.default_numpy()
    else:
        kind = np.dtype(np.int64)
    if step == 0 or (end - start) * step < 0:
        raise ShapeMismatch(
            f"arange from {start} to {end} by steps of {step} never gets there", "Turn the sign of the step."
        )
    count = math.ceil((end - start) / step)
    return _made((start + np.arange(count) * step).astype(kind), requires_grad)


def _bounds(bounds: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
    """Start, end and step, given by position as for `range`, or by name."""
    names = ["end"] if len(bounds) == 1 and "end" not in named else ["start", "end", "step"]
    given = {"start": 0, "step": 1, **dict(zip(names, bounds, strict=False)), **named}
    if set(given) != {"start", "end", "step"} or len(bounds) > 3:
        raise TypeError("arange() takes start, end and step")
    return [given[name].item() if hasattr(given[name], "item") else given[name] for name in ("start", "end", "step")]


def range(start: Any = 0, end: Any = None, step: Any = 1, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Numbers at equal steps with both ends included, floating-point."""
    count = math.floor((end - start) / step) + 1
    return _made((start + np.arange(count) * step).astype(floating_type(dtype)), requires_grad)


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """`steps` numbers at equal distances from `start` to `end`, both included."""
    devices.checked(device)
    _not_below_0("steps", int(steps))
    return _made(_evenly(_plain(start), _plain(end), int(steps), floating_type(dtype)), requires_grad)


def _evenly(start: Any, end: Any, steps: int, kind: Any) -> np.ndarray:
    """PyTorch's way: steps of the wanted precision, counted from the nearer end, so that both ends are exact."""
    if np.dtype(kind).kind in "iu" and steps > 1:
        # The bounds are rounded toward 0 first, and then each number.
        first, last = int(start), int(end)
        step = (last - first) / (steps - 1)
        k = np.arange(steps)
        return np.where(k < steps // 2, first + step * k, last - step * (steps - 1 - k)).astype(kind)
    if np.dtype(kind).kind != "f" or steps < 2:
        return np.linspace(start, end, steps).astype(kind)
    real = np.dtype(kind).type
    first, last = real(start), real(end)
    step = float(real((last - first) / real(steps - 1)))
    k = np.arange(steps)
    low, high = float(first) + step * k, float(last) - step * (steps - 1 - k)
    return np.where(k < steps // 2, low, high).astype(kind)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`base` to the power of `steps` numbers at equal distances from `start` to `end`."""
    devices.checked(device)
    kind = floating_type(dtype)
    bounds = [int(_plain(n)) if kind.kind in "iu" else _plain(n) for n in (start, end)]
    return _made(np.power(float(base), np.linspace(bounds[0], bounds[1], int(steps))).astype(kind), requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones on the diagonal of an `n` by `m` matrix of zeros."""
    devices.checked(device)
    return _made(np.eye(*shape_of((n, n if m is None else m)), dtype=floating_type(dtype)), requires_grad)


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:
    """Powers of a vector's elements as columns, the highest first unless `increasing`."""
    count = x._data.shape[-1] if N is None else N
    exponents = np.arange(count) if increasing else np.arange(count)[::-1]
    return apply(np.power, (apply(np.expand_dims, (x, -1)), exponents.astype(x._data.dtype)))


def _plain(x: Any) -> Any:
    return x._data if isinstance(x, Variable) else x


def floating_type(dtype: Any) -> np.dtype:
    """The NumPy type asked for, the default floating-point type for None."""
    return dtypes.default_numpy() if dtype is None else dtypes.numpy_dtype(dtype)


def shape_of(sizes: tuple[Any, ...], size: Any = None) -> tuple[int, ...]:
    """A shape given as one tuple or as several lengths, or by keyword."""
    lengths = size if size is not None else sizes[0] if len(sizes) == 1 else sizes
    shape = (int(lengths),) if not isinstance(lengths, (tuple, list)) else tuple([int(n) for n in lengths])
    if shape and min(shape) < 0:
        _not_below_0("the length of an axis", min(shape))
    return shape


def _not_below_0(what: str, number: int) -> None:
    if number < 0:
        raise ShapeMismatch(f"{what} is at least 0, not {number}", "Check how the number is computed.")


def _made(array: np.ndarray, requires_grad: bool) -> Tensor:
    found = Tensor.wrap(array)
    return found.requires_grad_() if requires_grad else found
