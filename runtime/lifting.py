"""Rules called on Variables, for the graph of a gradient."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from runtime.primitives import registry
from runtime.variable import Place, Variable, strip


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function of the table: recorded where an argument is a Variable, plainly otherwise."""
    if args and isinstance(args[0], Variable):
        first: Any = args[0]
        return first.__array_function__(function, (), args, kwargs)
    found: list[tuple[Place, Variable]] = []
    for argument in (*args, *kwargs.values()):
        strip(argument, (), found)
    if not found:
        return function(*args, **kwargs)
    # By NumPy's protocol, which a Variable's face answers.
    variable: Any = found[0][1]
    return variable.__array_function__(function, (), args, kwargs)


class _Lifted:
    """A module whose functions also take Variables."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return _lifted_value(getattr(self._module, name))


def _lifted_value(value: Any) -> Any:
    if isinstance(value, types.ModuleType):
        return _Lifted(value)
    if not callable(value):
        return value
    known = registry.lookup(value) or registry.is_inactive(value) or registry.definition(value)
    return functools.partial(call, value) if known else value


@functools.cache
def lift(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The same rule with its kernels and functions of numbers looked up in the table, so that it takes Variables."""
    if not isinstance(rule, types.FunctionType):
        return rule
    names = {name: _lifted_value(value) for name, value in rule.__globals__.items() if name in rule.__code__.co_names}
    lifted = types.FunctionType(
        rule.__code__,
        {**rule.__globals__, **names},
        rule.__name__,
        rule.__defaults__,
        rule.__closure__,
    )
    lifted.__kwdefaults__ = rule.__kwdefaults__
    return lifted
