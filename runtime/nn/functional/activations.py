"""Activations, those that PyTorch lets write into their input with the option `inplace`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from runtime.operations import activations
from runtime.operations.in_place import in_place


def _both(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with one more parameter at its end, `inplace`."""
    count = len(inspect.signature(function).parameters)
    written = in_place(function)

    @functools.wraps(function)
    def chosen(*args: Any, inplace: bool = False, **options: Any) -> Any:
        if len(args) > count:
            *args, inplace = args  # type: ignore[assignment]
        return written(*args, **options) if inplace else function(*args, **options)

    return chosen


celu = _both(activations.celu)
elu = _both(activations.elu)
hardsigmoid = _both(activations.hardsigmoid)
hardswish = _both(activations.hardswish)
hardtanh = _both(activations.hardtanh)
leaky_relu = _both(activations.leaky_relu)
mish = _both(activations.mish)
relu = _both(activations.relu)
relu6 = _both(activations.relu6)
rrelu = _both(activations.rrelu)
selu = _both(activations.selu)
silu = _both(activations.silu)
threshold = _both(activations.threshold)

celu_ = in_place(activations.celu)
elu_ = in_place(activations.elu)
hardtanh_ = in_place(activations.hardtanh)
leaky_relu_ = in_place(activations.leaky_relu)
relu_ = in_place(activations.relu)
rrelu_ = in_place(activations.rrelu)
selu_ = in_place(activations.selu)
threshold_ = in_place(activations.threshold)
