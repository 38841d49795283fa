"""Where a Tensor's numbers are: PyTorch's `device`, and its `Size`."""

from __future__ import annotations

import math
from typing import Any

from runtime.errors import SourceADError


class device:
    """A kind of memory and the number of the device: `device("cpu")`, `device("cuda", 0)`, `device("cuda:0")`."""

    __slots__ = ("index", "type")

    type: str
    index: int | None

    def __init__(self, type: Any, index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index
        name, _, number = str(type).partition(":")
        if name not in ("cpu", "cuda") or number and not number.isdigit():
            raise SourceADError(f"there is no device {type!r}", 'Use "cpu", or "cuda" where CuPy finds a device.')
        self.type = name
        self.index = int(number) if number else index

    def __repr__(self) -> str:
        return (
            f"device(type={self.type!r})" if self.index is None else f"device(type={self.type!r}, index={self.index})"
        )

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __enter__(self) -> device:
        checked(self)
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def __reduce__(self) -> Any:
        return device, (self.type, self.index)


CPU = device("cpu")


def checked(given: Any) -> device:
    """The device asked for. Raises SourceADError where it is not the CPU: Tensors hold NumPy arrays."""
    wanted = CPU if given is None else device(given)
    if wanted.type != "cpu":
        raise SourceADError(
            "Tensors live in the memory of the CPU here: no CUDA device is in use",
            "Guard the call with `if torch.cuda.is_available():`, or use the cpu device.",
        )
    return wanted


class Size(tuple):
    """The shape of a Tensor: a tuple that prints as PyTorch's."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __getitem__(self, index: Any) -> Any:
        found = tuple.__getitem__(self, index)
        return Size(found) if isinstance(index, slice) else found

    def __add__(self, other: Any) -> Any:
        return Size(tuple.__add__(self, tuple(other))) if isinstance(other, tuple) else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return Size(tuple.__add__(other, self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times: Any) -> Size:
        return Size(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def numel(self) -> int:
        """Number of elements of a Tensor of this shape."""
        return math.prod(self)


class Marker:
    """A named choice that PyTorch's programs pass on; here every Tensor is strided and of one memory format."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


strided = Marker("strided")
contiguous_format = Marker("contiguous_format")
preserve_format = Marker("preserve_format")
channels_last = Marker("channels_last")
channels_last_3d = Marker("channels_last_3d")


def get_default_device() -> device:
    """The device of what is made without naming one: the CPU."""
    return CPU


def set_default_device(device: Any) -> None:
    """Choose the device of what is made without naming one. Raises SourceADError for any but the CPU."""
    checked(device)
