"""From any Python callable to the plain function whose text is read, and the arguments it already has.

A decorator is never skipped: a wrapper written in Python is a function with its own text, and the function it
wraps is found through its closure. Only wrappers without Python text that do not change the result are looked
through: `functools.lru_cache`, Numba's dispatchers. An `nn.Module` is its functional form, a function of its parameters
first.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

from runtime import loading, rewriting
from sourcead.errors import NoSource

_CACHE = type(functools.lru_cache(len))
_PLACEHOLDER = getattr(functools, "Placeholder", object())


def unwrap(function: Callable[..., Any]) -> tuple[types.FunctionType, dict[str, Any]]:
    """The plain function behind `function`, and the arguments it already has by the name of their parameter.

    A bound method gives its object, `functools.partial` its arguments. Arguments collected by `*rest` are one
    tuple under `"rest"`, those collected by `**options` one dict under `"options"`. Raises `NoSource`.
    """
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    current: Any = function
    while not isinstance(current, types.FunctionType) or hasattr(current, "__checkpoint__"):
        if isinstance(current, types.FunctionType):
            current = vars(current)["__checkpoint__"]
        elif isinstance(current, functools.partial):
            args = _fill(current.args, args)
            kwargs = {**current.keywords, **kwargs}
            current = current.func
        elif isinstance(current, types.MethodType):
            args = [current.__self__, *args]
            current = current.__func__
        elif isinstance(current, staticmethod):
            current = current.__func__
        elif isinstance(current, _CACHE):
            current = current.__wrapped__
        elif _is_dispatcher(current):
            current = current.py_func
        elif _is_module(current):
            current = loading.read("sourcead.frontend.modules:functional")(current)
        else:
            current, args = _call_of(current, args, function)
    # A function that an emitted module hands out looks for Tensors first; its text is that of the function without.
    unwatched = getattr(current, "unwatched", None)
    current = rewriting.as_written(current if unwatched is None else unwatched())
    return current, _by_name(current, args, kwargs) if args or kwargs else {}


def _fill(given: tuple[Any, ...], later: list[Any]) -> list[Any]:
    """Positional arguments of a partial, its placeholders (Python 3.14) filled from those given later."""
    rest = list(later)
    filled = [rest.pop(0) if value is _PLACEHOLDER and rest else value for value in given]
    if any(value is _PLACEHOLDER for value in filled):
        raise NoSource(
            "a functools.partial with placeholders has no source of its own", "Write it as a lambda or a function."
        )
    return filled + rest


def _is_module(value: Any) -> bool:
    """Whether a value is an `nn.Module`; where there is one, `runtime.nn` is loaded."""
    nn = sys.modules.get("runtime.nn.module")
    return nn is not None and isinstance(value, nn.Module)


def _is_dispatcher(value: Any) -> bool:
    return type(value).__module__.startswith("numba.") and isinstance(
        getattr(value, "py_func", None), types.FunctionType
    )


def _call_of(value: Any, args: list[Any], asked: Any) -> tuple[Any, list[Any]]:
    """The `__call__` of an object's class, with the object as first argument where the call would pass it."""
    if not callable(value):
        raise NoSource(f"{asked!r} cannot be called", "Give a function.")
    if isinstance(value, type):
        raise NoSource(
            f"{value.__qualname__} is a class, and calling it makes an object",
            "Give a function that makes the object and returns a number.",
        )
    call = inspect.getattr_static(type(value), "__call__", None)
    if isinstance(call, types.FunctionType):
        return call, [value, *args]
    bound = value.__call__ if isinstance(call, (staticmethod, classmethod, functools.partialmethod)) else None
    if isinstance(bound, (types.FunctionType, types.MethodType, functools.partial)):
        return bound, args
    name = getattr(value, "__name__", None) or type(value).__name__
    raise NoSource(
        f"{name} has no Python source: it is built in or compiled",
        "Call it from a function of your own, or register a rule for it with sourcead.derivative.",
    )


def _by_name(function: types.FunctionType, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    plain = types.FunctionType(function.__code__, {}, argdefs=function.__defaults__, closure=function.__closure__)
    plain.__kwdefaults__ = function.__kwdefaults__
    try:
        return dict(inspect.signature(plain).bind_partial(*args, **kwargs).arguments)
    except TypeError as mistake:
        raise NoSource(
            f"{function.__qualname__} does not accept the arguments it was given: {mistake}",
            "Correct the functools.partial or the method.",
        ) from mistake
