"""Gradients of Tensors: `grad`, `backward`, and what PyTorch keeps beside them under `autograd`."""

from runtime.autograd import functional, profiler
from runtime.autograd.gradients import backward, grad
from runtime.modes import enable_grad, no_grad, set_grad_enabled

__all__ = ["backward", "enable_grad", "functional", "grad", "no_grad", "profiler", "set_grad_enabled"]
