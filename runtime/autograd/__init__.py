"""Gradients of Tensors: `grad`, `backward`, and what PyTorch keeps beside them under `autograd`."""

from typing import Any

from runtime import loading
from runtime.autograd.anomaly import (
    detect_anomaly,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    set_detect_anomaly,
)
from runtime.autograd.gradients import backward, grad
from runtime.modes import enable_grad, inference_mode, no_grad, set_grad_enabled

# What is loaded when its name is first read, so that importing the rest stays quick.
_HOMES = {
    **{name: f"runtime.autograd.{name}" for name in ("function", "functional", "graph", "profiler")},
    "set_multithreading_enabled": "runtime.settings:set_multithreading_enabled",
    "Variable": "runtime.creation:variable",
    "Function": "runtime.autograd.function:Function",
    "gradcheck": "runtime.autograd.finite_differences:gradcheck",
    "gradgradcheck": "runtime.autograd.finite_differences:gradgradcheck",
}

__all__ = [
    "Function",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "function",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_anomaly_enabled",
    "no_grad",
    "profiler",
    "set_detect_anomaly",
    "set_grad_enabled",
]


def __getattr__(name: str) -> Any:
    return loading.load(__name__, name, _HOMES)
