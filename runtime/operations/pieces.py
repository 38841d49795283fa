"""Elements held between bounds."""

from __future__ import annotations

from typing import Any

from runtime.kernels import clamp as clamped
from runtime.operations.calling import as_input, call, is_floating, operand, refuse
from runtime.operations.titles import named
from runtime.promotion import cast, common_type
from runtime.variable import Variable

_PLAIN = {float, int, type(None)}


def clamp(input: Any, min: Any = None, max: Any = None) -> Any:
    """Raised to `min` and then lowered to `max`; on a bound the slope is 1. A bound may be a Tensor or None."""
    x = as_input(input)
    if min is None and max is None:
        refuse("torch.clamp: At least one of 'min' or 'max' must not be None")
    if is_floating(x) and not {type(min), type(max)} - _PLAIN:
        return call(clamped, x, min, max) if max is not None else call(clamped, x, min)
    bounds = [None if bound is None else operand(bound) for bound in (min, max)]
    wanted = common_type([x, *[bound for bound in bounds if bound is not None]])
    low, high = (cast(bound, wanted) if isinstance(bound, Variable) else bound for bound in bounds)
    return call(clamped, cast(x, wanted), low, high) if high is not None else call(clamped, cast(x, wanted), low)


@named("ClampMinBackward0")
def clamp_min(input: Any, min: Any) -> Any:
    """Raised to `min`."""
    return clamp(input, min)


@named("ClampMaxBackward0")
def clamp_max(input: Any, max: Any) -> Any:
    """Lowered to `max`."""
    return clamp(input, None, max)


clip = clamp
