"""Fully connected layers as functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime import kernels
from runtime.lifting import call


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """`input @ weight.T + bias`: input of shape (..., in), weight (out, in) or (in,), bias (out,) or None."""
    if weight.ndim == 1:
        z = call(np.matmul, input, weight)
        return z if bias is None else z + bias
    return call(kernels.linear, input, weight) if bias is None else call(kernels.linear, input, weight, bias)


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """`input1 @ weight[k] @ input2` for each k: inputs (..., in1) and (..., in2), weight (out, in1, in2)."""
    z = call(np.einsum, "...i,kij,...j->...k", input1, weight, input2)
    return z if bias is None else z + bias
