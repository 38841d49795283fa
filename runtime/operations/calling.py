"""How the operations call the rule table: operands made Tensors, results made Tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from runtime import dtypes
from runtime.errors import DerivativeLost
from runtime.operation import apply, tracked
from runtime.promotion import cast, cast_to_floating, checked, common_type, pair
from runtime.tensor import Tensor
from runtime.variable import Variable

_NUMBERS = (bool, int, float, complex)
_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


def operand(x: Any) -> Any:
    """A Tensor or a Python number as it is, an array as a Tensor with a copy of it. Raises TypeError for all else."""
    if isinstance(x, Variable):
        return x
    if isinstance(x, np.generic):
        return x.item()
    if isinstance(x, _NUMBERS):
        return x
    if isinstance(x, np.ndarray):
        return Tensor.wrap(x.copy())
    raise TypeError(f"expected a Tensor or a number, not {type(x).__name__}")


def as_input(x: Any) -> Any:
    """A Tensor as it is, a number or an array as a Tensor. Raises TypeError for all else."""
    if isinstance(x, Variable):
        return x
    x = operand(x)
    if isinstance(x, Variable):
        return x
    kind = dtypes.default_numpy(isinstance(x, complex)) if isinstance(x, (float, complex)) else None
    return Tensor.wrap(np.asarray(x, dtype=kind))


def plain(x: Any) -> Any:
    """The array under a Tensor; anything else as it is."""
    return x._data if isinstance(x, Variable) else x


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function of the rule table, recorded; arrays and NumPy numbers in its result become Tensors."""
    z = apply(function, args, kwargs)
    return z if type(z) is Tensor else as_tensors(z)


def as_tensors(z: Any) -> Any:
    """Arrays and NumPy numbers as Tensors, also inside tuples and lists."""
    if isinstance(z, Variable):
        return z
    if isinstance(z, (np.ndarray, np.generic)):
        return Tensor.wrap(np.asarray(z))
    if type(z) in (list, tuple):
        return type(z)([as_tensors(part) for part in z])
    return z


def floating(input: Any) -> Any:
    """The input with integers and bools cast to the default floating-point type."""
    return input if is_floating(input) else cast_to_floating(as_input(input))


def is_floating(input: Any) -> bool:
    """Whether this is surely a Tensor of floating-point numbers; views are not looked into."""
    if isinstance(input, Tensor):
        kind = input._kind
        return kind is _SINGLE or kind is _DOUBLE
    return False


def ordered(x: Any, what: str) -> Any:
    """A Tensor or number as it is. Raises RuntimeError for complex ones, which have no order."""
    plain_x = x._data if isinstance(x, Variable) else x
    if np.iscomplexobj(plain_x):
        refuse(f"{what} is not defined for complex numbers, which have no order: compare their sizes")
    return x


def smooth(function: Callable[..., Any], input: Any) -> Any:
    """Apply an elementwise function whose result is floating-point also for integers."""
    return call(function, floating(input))


def binary(function: Callable[..., Any], input: Any, other: Any) -> Any:
    """Apply a function of two operands to operands of one type."""
    x, y = operand(input), operand(other)
    x, y = pair(x if isinstance(x, Variable) or isinstance(y, Variable) else as_input(x), y)
    checked(function, x, y)
    return call(function, x, y)


def smooth_binary(function: Callable[..., Any], input: Any, other: Any) -> Any:
    """As `binary`, with integers and bools cast to the default floating-point type."""
    x, y = operand(input), operand(other)
    x, y = pair(x if isinstance(x, Variable) or isinstance(y, Variable) else as_input(x), y)
    return call(function, *[cast_to_floating(v) if isinstance(v, Variable) else v for v in (x, y)])


def alike(*operands: Any) -> list[Any]:
    """Operands as Tensors of the type of the result; a number keeps all its digits that the type has."""
    given = [operand(x) for x in operands]
    wanted = common_type(given)
    return [cast(x, wanted) if isinstance(x, Variable) else Tensor.wrap(np.asarray(x, wanted)) for x in given]


def typed(input: Any, dtype: Any) -> Any:
    """The input cast to `dtype`, or as it is where that is None."""
    x = input if isinstance(input, Tensor) else as_input(input)
    return x if dtype is None else cast(x, dtypes.numpy_dtype(dtype))


def constant(x: Any) -> np.ndarray:
    """The array under a Tensor, or an array made of what is given: for what no derivative passes through."""
    return np.asarray(plain(x))


def fixed(x: Any, what: str) -> np.ndarray:
    """As `constant`, for what the result varies with. Raises DerivativeLost where it carries a derivative."""
    if tracked(x):
        raise DerivativeLost(f"no derivative is known here with respect to {what}", "Pass a detached Tensor.")
    return constant(x)


def lengths(given: tuple[Any, ...], named: Any = None) -> tuple[int, ...]:
    """Lengths or axes given one by one, or together as one tuple, list or Size, or by keyword."""
    if named is not None:
        given = (named,)
    for n in given:
        if type(n) is not int:
            break
    else:
        return given
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = tuple(given[0])
    return tuple([int(n) for n in given])


def axis_of(dim: int, rank: int) -> int:
    """The axis that `dim` names, counted from the front. Raises IndexError where there is none."""
    if type(dim) is int and 0 <= dim < rank:
        return dim
    if not -max(rank, 1) <= dim < max(rank, 1):
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-max(rank, 1)}, {max(rank, 1) - 1}], but got {dim})"
        )
    return int(dim) % max(rank, 1)


def refuse(message: str) -> NoReturn:
    """Raise RuntimeError, as PyTorch does for operands that do not go together."""
    raise RuntimeError(message)
