"""Values that a node keeps in a form of the user's choice: see `autograd.graph.saved_tensors_hooks`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runtime.errors import CotangentMismatch
from runtime.storage import check_unchanged, tick
from runtime.variable import Variable


class Packed:
    """What the user's `pack` made of a value, and how to get the value back."""

    __slots__ = ("packed", "serial", "shape", "unpack")

    def __init__(self, tensor: Variable, pack: Callable[[Any], Any], unpack: Callable[[Any], Any]) -> None:
        self.serial = tick()
        self.packed = pack(tensor)
        self.unpack = unpack
        self.shape = tensor._data.shape

    def unpacked(self) -> Any:
        """The value as an array. Raises CotangentMismatch where `unpack` gives something else, SharedArray
        where that was written to since."""
        value = self.unpack(self.packed)
        if not isinstance(value, Variable) or value._data.shape != self.shape:
            raise CotangentMismatch(
                f"the unpack hook gave {type(value).__name__} where a Tensor of shape {self.shape} had been packed",
                "Return the Tensor that pack was given, or an equal one.",
            )
        # Where the packed form is the Tensor itself, it must not have been written to.
        check_unchanged((value._data,), self.serial, "an unpack hook")
        return value._data
