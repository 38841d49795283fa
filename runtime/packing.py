"""Values that a node keeps in a form of the user's choice: see `autograd.graph.saved_tensors_hooks`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runtime.errors import CotangentMismatch
from runtime.variable import Variable


class Packed:
    """What the user's `pack` made of a value, and how to get the value back."""

    __slots__ = ("packed", "shape", "unpack")

    def __init__(self, tensor: Variable, pack: Callable[[Any], Any], unpack: Callable[[Any], Any]) -> None:
        self.packed = pack(tensor)
        self.unpack = unpack
        self.shape = tensor._data.shape

    def unpacked(self) -> Any:
        """The value as an array. Raises CotangentMismatch where `unpack` gives something else."""
        value = self.unpack(self.packed)
        if not isinstance(value, Variable) or value._data.shape != self.shape:
            raise CotangentMismatch(
                f"the unpack hook gave {type(value).__name__} where a Tensor of shape {self.shape} had been packed",
                "Return the Tensor that pack was given, or an equal one.",
            )
        return value._data
