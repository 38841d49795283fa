"""Eager tensors in PyTorch's style over the shared rule table, with NumPy underneath.

`Tensor` remembers how it was computed and `backward` differentiates it; NumPy's functions take Tensors. `vjp` runs
any Python function on the dynamic graph and gives its pullback.
"""

import importlib
from typing import Any

from runtime import autograd
from runtime.creation import arange, as_tensor, eye, from_numpy, full, linspace, ones, tensor, zeros
from runtime.errors import SourceADError
from runtime.generator import Generator, manual_seed
from runtime.modes import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from runtime.printing import set_printoptions
from runtime.tensor import Tensor
from runtime.transforms import jvp, vjp

# Parts that are loaded when their name is first read, so that importing the rest stays quick.
_LAZY = frozenset({"nn", "optim"})

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
    "is_grad_enabled",
    "jvp",
    "linspace",
    "manual_seed",
    "nn",
    "no_grad",
    "ones",
    "optim",
    "set_grad_enabled",
    "set_printoptions",
    "tensor",
    "vjp",
    "zeros",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
