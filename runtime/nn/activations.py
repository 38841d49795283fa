"""Activations as Modules."""

from __future__ import annotations

from typing import Any

from runtime.nn import functional
from runtime.nn.module import Module


class ReLU(Module):
    """The input where it is above 0, elsewhere 0. `inplace` writes into the input."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        """The result, of the input's shape."""
        return functional.relu(input)

    def extra_repr(self) -> str:
        """`inplace`, as printed."""
        return "inplace=True" if self.inplace else ""
