"""Eager tensors in PyTorch's style over the shared rule table, with NumPy underneath.

`Tensor` remembers how it was computed and `backward` differentiates it; NumPy's functions take Tensors. `vjp` runs
any Python function on the dynamic graph and gives its pullback.
"""

from typing import Any

from runtime import autograd, creation, cuda, definitions, dtypes, loading, methods, names
from runtime.creation import arange, as_tensor, eye, from_numpy, full, linspace, ones, tensor, zeros
from runtime.devices import Size, device
from runtime.errors import SourceADError
from runtime.generator import Generator, manual_seed
from runtime.modes import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
    strong_zero,
)
from runtime.printing import set_printoptions
from runtime.tensor import Tensor
from runtime.transforms import jvp, strong_vjp, vjp

# What is loaded when its name is first read, so that importing the rest stays quick.
_HOMES = names.homes()

__all__ = [
    "Generator",
    "SourceADError",
    "Tensor",
    "arange",
    "as_tensor",
    "autograd",
    "enable_grad",
    "eye",
    "from_numpy",
    "full",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "jvp",
    "linspace",
    "manual_seed",
    "nn",
    "no_grad",
    "ones",
    "optim",
    "profiler",
    "set_grad_enabled",
    "set_printoptions",
    "strong_vjp",
    "strong_zero",
    "tensor",
    "vjp",
    "zeros",
]


def __getattr__(name: str) -> Any:
    return loading.load(__name__, name, _HOMES)
