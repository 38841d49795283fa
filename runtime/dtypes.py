"""The types of elements under PyTorch's names, how they mix, and the default for floating-point numbers.

A `dtype` prints as PyTorch prints it, stands for its NumPy type wherever NumPy takes one, and equals it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.errors import NotDifferentiable


class dtype:
    """The type of the elements of a Tensor. `dtype` is the NumPy type, which NumPy finds there itself."""

    __slots__ = ("dtype", "is_complex", "is_floating_point", "is_signed", "itemsize", "kind", "name", "type")

    def __init__(self, name: str, numpy: np.dtype) -> None:
        self.name = name
        self.dtype = numpy
        self.kind = numpy.kind
        self.type = numpy.type
        self.itemsize = numpy.itemsize
        self.is_floating_point = numpy.kind == "f"
        self.is_complex = numpy.kind == "c"
        self.is_signed = numpy.kind in "ifc"

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __eq__(self, other: object) -> Any:
        if isinstance(other, dtype):
            return self is other
        return isinstance(other, (np.dtype, type)) and self.dtype == other

    def __hash__(self) -> Any:
        return hash(self.dtype)

    def __reduce__(self) -> Any:
        return of, (self.dtype.str,)

    def to_complex(self) -> dtype:
        """The complex type of the same precision."""
        return of(np.result_type(self.dtype, np.complex64))

    def to_real(self) -> dtype:
        """The type of the real part."""
        return of(np.empty((), self.dtype).real.dtype)


float16 = half = dtype("float16", np.dtype(np.float16))
float32 = float = dtype("float32", np.dtype(np.float32))
float64 = double = dtype("float64", np.dtype(np.float64))
complex64 = cfloat = dtype("complex64", np.dtype(np.complex64))
complex128 = cdouble = dtype("complex128", np.dtype(np.complex128))
uint8 = dtype("uint8", np.dtype(np.uint8))
uint16 = dtype("uint16", np.dtype(np.uint16))
uint32 = dtype("uint32", np.dtype(np.uint32))
uint64 = dtype("uint64", np.dtype(np.uint64))
int8 = dtype("int8", np.dtype(np.int8))
int16 = short = dtype("int16", np.dtype(np.int16))
int32 = int = dtype("int32", np.dtype(np.int32))
int64 = long = dtype("int64", np.dtype(np.int64))
bool = dtype("bool", np.dtype(np.bool_))

_ALL = (
    float16,
    float32,
    float64,
    complex64,
    complex128,
    uint8,
    uint16,
    uint32,
    uint64,
    int8,
    int16,
    int32,
    int64,
    bool,
)
_BY_NUMPY = {entry.dtype: entry for entry in _ALL}
_PYTHON = {"bool": bool.dtype, "int": int64.dtype, "float": float64.dtype, "complex": complex128.dtype}
_default = float32


def of(given: Any) -> dtype:
    """The `dtype` of a NumPy type, or of what NumPy takes for one. Raises TypeError for strings and objects."""
    try:
        return _BY_NUMPY[given]
    except (KeyError, TypeError):
        found = _BY_NUMPY.get(numpy_dtype(given))
    if found is None:
        raise TypeError(f"{given!r} is not a type of the elements of a Tensor")
    return found


def numpy_dtype(given: Any) -> np.dtype:
    """The NumPy type of a `dtype`, of a NumPy type, or of Python's types: `float` is float64, `complex` complex128."""
    if isinstance(given, dtype):
        return given.dtype
    if isinstance(given, type) and given.__module__ == "builtins":
        return _PYTHON.get(given.__name__) or np.dtype(given)
    return np.dtype(given)


def get_default_dtype() -> dtype:
    """The floating-point type of what is made from Python numbers."""
    return _default


def set_default_dtype(d: Any) -> None:
    """Choose the floating-point type of what is made from Python numbers. Raises NotDifferentiable for other types."""
    global _default
    wanted = of(d)
    if not wanted.is_floating_point:
        raise NotDifferentiable(
            f"the default dtype must be a floating-point type, not {wanted!r}", "Use torch.float32 or torch.float64."
        )
    _default = wanted


def default_numpy(complex_too: Any = False) -> np.dtype:
    """The default floating-point type as NumPy's, or the complex one of the same precision."""
    return _default.to_complex().dtype if complex_too else _default.dtype


_RANK = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


def joined(first: np.dtype, second: np.dtype) -> np.dtype:
    """The type of a result of two types, as PyTorch has it: an integer never widens a floating-point type.

    Raises TypeError for `uint64` with a signed integer, which no integer type holds.
    """
    if first is second or first == second:
        return first
    one, other = _RANK[first.kind], _RANK[second.kind]
    if one < 2 <= other:
        return second
    if other < 2 <= one:
        return first
    found = np.promote_types(first, second)
    if found.kind == "f" and one < 2:
        raise TypeError(f"no integer type holds both {first} and {second}")
    return found


def promote_types(type1: Any, type2: Any) -> dtype:
    """The smallest type that a result of these two types has."""
    return of(joined(numpy_dtype(type1), numpy_dtype(type2)))


def can_cast(from_: Any, to: Any) -> Any:
    """Whether PyTorch allows a result of type `from_` to be written into a Tensor of type `to`."""
    source, target = numpy_dtype(from_), numpy_dtype(to)
    one, other = _RANK[source.kind], _RANK[target.kind]
    return one <= other


class finfo:
    """Limits of a floating-point type; of the default one where none is given."""

    __slots__ = ("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny")

    def __init__(self, type: Any = None) -> None:
        info = np.finfo(default_numpy() if type is None else of(type).to_real().dtype)
        self.bits = info.bits
        self.eps, self.max, self.min = info.eps.item(), info.max.item(), info.min.item()
        self.tiny = self.smallest_normal = info.tiny.item()
        self.resolution = info.resolution.item()
        self.dtype = of(info.dtype).name

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g},"
            f" smallest_normal={self.tiny:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:
    """Limits of an integer type."""

    __slots__ = ("bits", "dtype", "max", "min")

    def __init__(self, type: Any) -> None:
        info = np.iinfo(of(type).dtype)
        self.bits, self.max, self.min = info.bits, info.max, info.min
        self.dtype = of(info.dtype).name

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
