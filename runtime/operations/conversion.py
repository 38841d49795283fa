"""Changing the type or place of elements, and complex numbers as pairs of real ones."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from runtime import devices, dtypes, kernels
from runtime.inplace import overwrite
from runtime.operations.calling import as_input, call, fixed, refuse
from runtime.operations.titles import named
from runtime.promotion import cast, element_type, holds
from runtime.tensor import Tensor


def to(input: Any, *args: Any, dtype: Any = None, device: Any = None, copy: Any = False, **options: Any) -> Any:
    """The Tensor with another element type, or on another device, or as another Tensor has them; itself if it has."""
    for given in args:
        if isinstance(given, Tensor):
            dtype = given._data.dtype
        elif isinstance(given, (dtypes.dtype, np.dtype, builtins.type)):
            dtype = given
        elif isinstance(given, (str, devices.device)):
            device = given
    devices.checked(device)
    found = input if dtype is None else cast(input, dtypes.numpy_dtype(dtype))
    return found.clone() if copy and found is input else found


def type(input: Any, dtype: Any = None) -> Any:
    """The Tensor with another element type; without one, the name of its type."""
    if dtype is not None:
        return to(input, dtype=dtype)
    name = {"float32": "Float", "float64": "Double", "int64": "Long", "int32": "Int", "int16": "Short", "int8": "Char"}
    short = {**name, "uint8": "Byte", "bool": "Bool", "float16": "Half", "complex64": "ComplexFloat"}
    return f"torch.{short.get(element_type(input).name, 'ComplexDouble')}Tensor"


def type_as(input: Any, other: Any) -> Any:
    """The Tensor with the element type of another one."""
    return cast(input, element_type(other))


def cpu(input: Any, memory_format: Any = None) -> Any:
    """The Tensor in the memory of the CPU, where it is."""
    return input


def cuda(input: Any, device: Any = None, non_blocking: Any = False, memory_format: Any = None) -> Any:
    """The Tensor on a CUDA device. Raises SourceADError, because there is none."""
    return to(input, device="cuda" if device is None else device)


def float(input: Any, memory_format: Any = None) -> Any:
    """The elements in float32."""
    return cast(input, dtypes.float32.dtype)


def double(input: Any, memory_format: Any = None) -> Any:
    """The elements in float64."""
    return cast(input, dtypes.float64.dtype)


def half(input: Any, memory_format: Any = None) -> Any:
    """The elements in float16."""
    return cast(input, dtypes.float16.dtype)


def long(input: Any, memory_format: Any = None) -> Any:
    """The elements in int64, rounded toward zero."""
    return cast(input, dtypes.int64.dtype)


def int(input: Any, memory_format: Any = None) -> Any:
    """The elements in int32, rounded toward zero."""
    return cast(input, dtypes.int32.dtype)


def short(input: Any, memory_format: Any = None) -> Any:
    """The elements in int16, rounded toward zero."""
    return cast(input, dtypes.int16.dtype)


def char(input: Any, memory_format: Any = None) -> Any:
    """The elements in int8, rounded toward zero."""
    return cast(input, dtypes.int8.dtype)


def byte(input: Any, memory_format: Any = None) -> Any:
    """The elements in uint8, rounded toward zero."""
    return cast(input, dtypes.uint8.dtype)


def bool(input: Any, memory_format: Any = None) -> Any:
    """Whether each element is not 0."""
    return cast(input, dtypes.bool.dtype)


def cfloat(input: Any, memory_format: Any = None) -> Any:
    """The elements in complex64."""
    return cast(input, dtypes.complex64.dtype)


def cdouble(input: Any, memory_format: Any = None) -> Any:
    """The elements in complex128."""
    return cast(input, dtypes.complex128.dtype)


def real(input: Any) -> Any:
    """The real part; a real Tensor itself."""
    return call(np.real, input) if element_type(input).kind == "c" else input


def imag(input: Any) -> Any:
    """The imaginary part. Raises RuntimeError for real Tensors, which have none."""
    if element_type(input).kind != "c":
        refuse("imag is not implemented for tensors with non-complex dtypes.")
    return call(np.imag, input)


def conj(input: Any) -> Any:
    """The conjugate; a real Tensor itself."""
    return call(np.conjugate, input) if element_type(input).kind == "c" else input


@named("ComplexBackward0")
def complex(real: Any, imag: Any) -> Any:
    """Complex numbers from real and imaginary parts of one type."""
    if element_type(real) != element_type(imag):
        refuse("Expected object of the same dtype for the real and the imaginary part")
    unit = np.asarray(1j, np.result_type(element_type(real), np.complex64))
    return call(np.add, real, call(np.multiply, imag, unit))


@named("PolarBackward0")
def polar(abs: Any, angle: Any) -> Any:
    """Complex numbers from lengths and angles."""
    return complex(call(np.multiply, abs, call(np.cos, angle)), call(np.multiply, abs, call(np.sin, angle)))


def view_as_real(input: Any) -> Any:
    """Real and imaginary parts as a last axis of length 2."""
    if element_type(input).kind != "c":
        refuse("view_as_real is only supported for complex tensors")
    return call(kernels.view_as_real, input)


def view_as_complex(input: Any) -> Any:
    """Complex numbers from a last axis of length 2."""
    return call(kernels.view_as_complex, input)


def resolve_conj(input: Any) -> Any:
    """The Tensor: conjugates are never put off."""
    return input


def clone(input: Any, *, memory_format: Any = None) -> Any:
    """A copy in memory of its own, through which gradients flow."""
    return call(np.copy, as_input(input))


def detach(input: Any) -> Any:
    """The same memory without history."""
    return input.detach()


def copy_(input: Any, src: Any, non_blocking: Any = False) -> Any:
    """Put the elements of `src`, which broadcasts, into the Tensor; returns it."""
    value = cast(as_input(src), element_type(input))
    return overwrite(input, call(np.broadcast_to, value, input._data.shape))


def fill(input: Any, value: Any) -> Any:
    """The shape filled with one value."""
    kind = element_type(input)
    holds(kind, value)
    if not isinstance(value, Tensor):
        filled = np.full(input._data.shape, value, kind)
        return call(kernels.still, filled, input) if kind.kind in "fc" else Tensor.wrap(filled)
    return call(np.copy, call(np.broadcast_to, cast(value, kind), input._data.shape))


def new_tensor(input: Any, data: Any, *, dtype: Any = None, requires_grad: Any = False) -> Any:
    """A leaf of the Tensor's element type with a copy of `data`."""
    found = Tensor.wrap(
        np.array(
            fixed(data, "what new_tensor copies"), element_type(input) if dtype is None else dtypes.numpy_dtype(dtype)
        )
    )
    return found.requires_grad_() if requires_grad else found


def new_full(
    input: Any, size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: Any = False
) -> Any:
    """A shape filled with one value, of the Tensor's element type."""
    kind = element_type(input) if dtype is None else dtypes.numpy_dtype(dtype)
    holds(kind, fill_value)
    return Tensor.wrap(np.full(size, fill_value, kind)).requires_grad_(requires_grad)


def new_zeros(input: Any, *size: Any, **options: Any) -> Any:
    """Zeros of the Tensor's element type; options as of `new_full`."""
    return new_full(input, size[0] if len(size) == 1 else size, 0, **options)


def new_ones(input: Any, *size: Any, **options: Any) -> Any:
    """Ones of the Tensor's element type; options as of `new_full`."""
    return new_full(input, size[0] if len(size) == 1 else size, 1, **options)


def new_empty(input: Any, *size: Any, **options: Any) -> Any:
    """Memory of the Tensor's element type; here it is zeroed."""
    return new_zeros(input, *size, **options)


def element_size(input: Any) -> Any:
    """Bytes of one element."""
    return element_type(input).itemsize


conj_physical = conj
