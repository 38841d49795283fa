"""Fully connected layers, and Modules that only reshape."""

from __future__ import annotations

import math
from typing import Any

from runtime.creation import zeros
from runtime.nn import functional, init
from runtime.nn.module import Module
from runtime.nn.parameter import Parameter


class Identity(Module):
    """Gives back its input. Arguments are taken and ignored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """The input."""
        return input


class Linear(Module):
    """`x @ weight.T + bias`, for x of shape (..., in_features).

    weight, shape (out_features, in_features), and bias, shape (out_features,), start uniform in
    +-1 / sqrt(in_features).
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(zeros(out_features, in_features, dtype=dtype))
        self.bias: Parameter | None
        if bias:
            self.bias = Parameter(zeros(out_features, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the first values again."""
        bound = 1.0 / math.sqrt(self.in_features) if self.in_features else 0.0
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Any) -> Any:
        """The layer's result, shape (..., out_features)."""
        return functional.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Sizes, as printed."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
