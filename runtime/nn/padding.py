"""Borders around the last axes, as Modules."""

from __future__ import annotations

from typing import Any

from runtime.nn import functional
from runtime.nn.module import Module


class _Padding(Module):
    """`padding` is one width for all sides, or two for each axis, the last axis first."""

    rank: int
    mode = "constant"
    value = 0.0

    def __init__(self, padding: Any) -> None:
        super().__init__()
        sides = 2 * self.rank
        self.padding = (padding,) * sides if isinstance(padding, int) else tuple(padding)
        if len(self.padding) != sides:
            raise ValueError(f"padding takes one width or {sides} of them, not {len(self.padding)}")

    def forward(self, input: Any) -> Any:
        """The input with its borders."""
        return functional.pad(input, self.padding, self.mode, self.value if self.mode == "constant" else None)

    def extra_repr(self) -> str:
        """The widths, as printed."""
        return str(self.padding)


class _Constant(_Padding):
    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def extra_repr(self) -> str:
        """Widths and value, as printed."""
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_Constant):
    """One number around the last axis."""

    rank = 1


class ConstantPad2d(_Constant):
    """One number around the last two axes."""

    rank = 2


class ConstantPad3d(_Constant):
    """One number around the last three axes."""

    rank = 3


class ZeroPad1d(_Padding):
    """Zeros around the last axis."""

    rank = 1


class ZeroPad2d(_Padding):
    """Zeros around the last two axes."""

    rank = 2


class ZeroPad3d(_Padding):
    """Zeros around the last three axes."""

    rank = 3


class ReflectionPad1d(_Padding):
    """The elements beside the ends of the last axis, mirrored."""

    rank, mode = 1, "reflect"


class ReflectionPad2d(_Padding):
    """The elements beside the ends of the last two axes, mirrored."""

    rank, mode = 2, "reflect"


class ReflectionPad3d(_Padding):
    """The elements beside the ends of the last three axes, mirrored."""

    rank, mode = 3, "reflect"


class ReplicationPad1d(_Padding):
    """The end elements of the last axis, repeated."""

    rank, mode = 1, "replicate"


class ReplicationPad2d(_Padding):
    """The end elements of the last two axes, repeated."""

    rank, mode = 2, "replicate"


class ReplicationPad3d(_Padding):
    """The end elements of the last three axes, repeated."""

    rank, mode = 3, "replicate"


class CircularPad1d(_Padding):
    """The elements of the other end of the last axis."""

    rank, mode = 1, "circular"


class CircularPad2d(_Padding):
    """The elements of the other ends of the last two axes."""

    rank, mode = 2, "circular"


class CircularPad3d(_Padding):
    """The elements of the other ends of the last three axes."""

    rank, mode = 3, "circular"
