"""Which element type a result of several operands has, as PyTorch has it.

A Tensor with axes decides before one without, and that before a Python number: a lower kind of operand changes the
result only if it is of a higher category (bool, integer, floating, complex). Python's float is of the default type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from runtime import dtypes
from runtime.errors import SourceADError, TypeMismatch
from runtime.kernels import astype
from runtime.operation import apply
from runtime.primitives import registry
from runtime.protocols import NUMBERS
from runtime.variable import Variable


def element_type(x: Variable) -> np.dtype:
    """The NumPy type of the elements of a Variable."""
    data = x._data
    return data.dtype if isinstance(data, np.ndarray) else np.result_type(data)


def of_number(number: Any) -> np.dtype:
    """The type that a Python number counts as."""
    if isinstance(number, bool):
        return dtypes.bool.dtype
    if isinstance(number, int):
        return dtypes.int64.dtype
    if isinstance(number, (float, complex)):
        return dtypes.default_numpy(isinstance(number, complex))
    raise TypeError(f"expected a Tensor or a number, not {type(number).__name__}")


def _either(one: np.dtype | None, other: np.dtype | None) -> np.dtype | None:
    return other if one is None else one if other is None else dtypes.joined(one, other)


def _above(higher: np.dtype | None, lower: np.dtype | None) -> np.dtype | None:
    """The type of operands of a higher kind with those of a lower kind."""
    if higher is None or lower is None:
        return lower if higher is None else higher
    if higher.kind == "c" or higher.kind == "f" and lower.kind != "c":
        return higher
    if higher.kind == "f":
        return np.result_type(higher, np.complex64)
    return dtypes.joined(higher, lower) if higher.kind == "b" or lower.kind in "fc" else higher


def common_type(operands: Iterable[Any]) -> np.dtype:
    """The NumPy type of a result of Tensors and Python numbers. Raises TypeError for other operands."""
    with_axes: np.dtype | None = None
    single: np.dtype | None = None
    numbers: np.dtype | None = None
    for x in operands:
        if not isinstance(x, Variable):
            numbers = _either(numbers, of_number(x))
        elif isinstance(x._data, np.ndarray) and x._data.ndim:
            with_axes = _either(with_axes, x._data.dtype)
        else:
            single = _either(single, element_type(x))
    found = _above(with_axes, _above(single, numbers))
    if found is None:
        raise TypeError("expected at least one Tensor or number")
    return found


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The `dtype` of a result of these two, each a Tensor or a Python number."""
    return dtypes.of(common_type((tensor1, tensor2)))


def cast(x: Any, wanted: np.dtype) -> Any:
    """A Variable with elements of the NumPy type `wanted`: itself where it has them already."""
    return x if element_type(x) == wanted else wrapped(apply(astype, (x, wanted)), x)


def wrapped(value: Any, like: Variable) -> Any:
    """An array or number that came out of a recorded call as a Variable too, of the class of `like`."""
    # First, because traced values say that they are what they stand for.
    if isinstance(value, Variable):
        return value
    return type(like).wrap(np.asarray(value)) if isinstance(value, (np.ndarray, np.generic)) else value


def promoted(*operands: Any) -> tuple[Any, ...]:
    """The operands with every Tensor cast to the type of the result; numbers stay, as far as integers can hold them."""
    wanted = common_type(operands)
    return tuple([cast(x, wanted) if isinstance(x, Variable) else _held(x, wanted) for x in operands])


def _held(number: Any, wanted: np.dtype) -> Any:
    """A Python integer as integers of a type have it: beyond their range it comes in again at the other end."""
    return np.asarray(number).astype(wanted).item() if type(number) is int and wanted.kind in "iu" else number


def holds(wanted: np.dtype, value: Any) -> None:
    """Raises TypeMismatch where a complex number is to be put into a real array, which would drop a part of it."""
    if wanted.kind in "iuf" and np.iscomplexobj(value._data if isinstance(value, Variable) else value):
        raise TypeMismatch(f"{wanted} cannot hold complex numbers", "Take .real, or make the Tensor complex.")


def pair(x: Any, y: Any) -> tuple[Any, Any]:
    """`promoted(x, y)`, with a short way for what is of one type already."""
    if isinstance(x, Variable) and isinstance(x._data, np.ndarray):
        kind = type(y)
        if isinstance(y, Variable):
            if isinstance(y._data, np.ndarray) and x._data.dtype is y._data.dtype:
                return x, y
        elif (kind is float or kind is int) and x._data.dtype.kind in "fc":
            return x, y
    one, other = promoted(x, y)
    return one, other


def as_operand(other: Any, like: Variable) -> Any:
    """The other operand of an operator: NumPy's numbers count as Python's, arrays and lists as Tensors.

    An array is copied, because nothing tells when somebody writes to it. Traced values pass for arrays, and stay.
    """
    if isinstance(other, Variable):
        return other
    if isinstance(other, np.generic):
        return other.item()
    if isinstance(other, (np.ndarray, list, tuple)):
        return apply(np.array, (other,)) if _holds_variables(other) else type(like).wrap(np.array(other))
    return other


# Those that join the elements of a list, or make an array of it.
_TAKE_LISTS = {np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.concatenate, np.stack}
_TAKE_LISTS |= {np.vstack, np.hstack, np.dstack, np.column_stack}


def takes_arrays(function: Any) -> bool:
    """Whether a function of NumPy's reads a list as the array of its elements, and does no more with lists."""
    numpy = isinstance(function, np.ufunc) or (getattr(function, "__module__", "") or "").startswith("numpy")
    return numpy and registry.lookup(function) is not None and function not in _TAKE_LISTS


def arrays_of(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values, with arrays for the lists that hold Variables: NumPy would make plain arrays of these."""
    return tuple([apply(np.array, (value,)) if _holds_variables(value) else value for value in values])


def _holds_variables(other: Any) -> bool:
    return isinstance(other, (list, tuple)) and any(
        isinstance(part, Variable) or _holds_variables(part) for part in other
    )


_NOT_OF_BOOLS = {np.subtract: "-", np.floor_divide: "//", np.remainder: "%", np.fmod: "fmod", np.power: "**"}
_BY_WHOLE_NUMBERS = {np.floor_divide, np.remainder, np.fmod}


def checked(function: Any, x: Any, y: Any) -> None:
    """Raises SourceADError where operands of one type have no result that is a bool, or an integer."""
    if function not in _NOT_OF_BOOLS:
        return
    kind = element_type(x if isinstance(x, Variable) else y).kind
    if kind == "b":
        raise SourceADError(
            f"{_NOT_OF_BOOLS[function]} of two bool Tensors is not supported",
            "Use `^` or logical_xor() for a difference, or integers.",
        )
    if kind in "iu" and function in _BY_WHOLE_NUMBERS and not np.all(y._data if isinstance(y, Variable) else y):
        raise SourceADError("integers are divided by zero", "Divide floating-point numbers, or leave zeros out.")


def operator_method(
    function: np.ufunc, spelling: Callable[[Any, Any], Any], reflected: bool = False
) -> Callable[[Any, Any], Any]:
    """The method of a Python operator whose operands are brought to one type first; quotients are never integers."""

    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, NUMBERS):
            return NotImplemented
        x, y = pair(self, as_operand(other, self))
        checked(function, x, y)
        if function is np.divide:
            x, y = (cast_to_floating(v) if isinstance(v, Variable) else v for v in (x, y))
        return apply(function, (y, x) if reflected else (x, y), None, spelling)

    method.__name__ = method.__qualname__ = f"__{'r' * reflected}{spelling.__name__}__"
    return method


def cast_to_floating(x: Variable) -> Any:
    """A Variable of integers or bools cast to the default floating-point type; another one as it is."""
    return cast(x, dtypes.default_numpy()) if element_type(x).kind in "biu" else x
