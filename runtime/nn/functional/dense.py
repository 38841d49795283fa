"""Fully connected layers as functions."""

from __future__ import annotations

from typing import Any

from runtime import kernels
from runtime.operation import apply


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """`input @ weight.T + bias`: input of shape (..., in), weight (out, in), bias (out,) or None."""
    return apply(kernels.linear, (input, weight) if bias is None else (input, weight, bias))
