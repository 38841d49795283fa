"""Forgetting gradients between steps of training."""

from __future__ import annotations

from runtime.tensor import Tensor


def clear_gradient(parameter: Tensor, set_to_none: bool) -> None:
    """Forget the gradient of a leaf, or set it to zero."""
    if set_to_none or parameter.grad is None:
        parameter.grad = None
        return
    if parameter.grad.requires_grad:
        parameter.grad = parameter.grad.detach()
    parameter.grad.zero_()
