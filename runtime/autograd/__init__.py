"""Gradients of Tensors: `grad`, `backward`, and what PyTorch keeps beside them under `autograd`."""

from typing import Any

from runtime import loading
from runtime.autograd.gradients import backward, grad
from runtime.modes import enable_grad, no_grad, set_grad_enabled

# What is loaded when its name is first read, so that importing the rest stays quick.
_HOMES = {name: f"runtime.autograd.{name}" for name in ("functional", "profiler")}

__all__ = ["backward", "enable_grad", "functional", "grad", "no_grad", "profiler", "set_grad_enabled"]


def __getattr__(name: str) -> Any:
    return loading.load(__name__, name, _HOMES)
