"""Eager tensors in PyTorch's style over the shared rule table, with NumPy underneath.

`Tensor` remembers how it was computed and `backward` differentiates it; NumPy's functions take Tensors. `vjp` runs
any Python function on the dynamic graph and gives its pullback.
"""

from runtime import autograd
from runtime.creation import arange, as_tensor, eye, from_numpy, full, linspace, ones, tensor, zeros
from runtime.errors import SourceADError
from runtime.modes import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from runtime.printing import set_printoptions
from runtime.tensor import Tensor
from runtime.transforms import jvp, vjp

__all__ = [
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
    "no_grad",
    "ones",
    "set_grad_enabled",
    "set_printoptions",
    "tensor",
    "vjp",
    "zeros",
]
