"""Functions behind `functools.cache` in a traced function: a call that the cache answers does not run again.

What a cache kept of earlier runs are plain numbers, so each run begins with an empty one. A traced value is known there
by the variable that it is: of two that happen to be equal, each has a derivative of its own. So the function runs once
more than Python would run it, and must be one to which this does not matter.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from runtime.computing import only_computes
from runtime.errors import DerivativeLost
from runtime.variable import Place, Variable, strip


class _State(threading.local):
    def __init__(self) -> None:
        self.caches: dict[Any, Any] = {}
        # For each function, what it was given as plain values, with the keys that these stand for.
        self.given: dict[Any, dict[Any, Any]] = {}


_state = _State()


@contextlib.contextmanager
def emptied() -> Iterator[None]:
    """Caches hold nothing at the start of this block, and afterwards what they held before."""
    before = _state.caches, _state.given
    _state.caches, _state.given = {}, {}
    try:
        yield
    finally:
        _state.caches, _state.given = before


class _Same:
    """A traced value as a key."""

    def __init__(self, value: Variable) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value


def answered(call: Callable[..., Any], function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a function behind a cache gives; `call` is what a call in a traced function does."""
    inside: list[tuple[Place, Variable]] = []
    strip((args, tuple(kwargs.values())), (), inside)
    keys = [_key(value) for value in args]
    named = {name: _key(value) for name, value in kwargs.items()}
    if len(inside) != sum(_same_in(key) for key in (*keys, *named.values())):
        return call(function.__wrapped__, *args, **kwargs)  # An object or list holds traced values: no key of a cache.
    if function not in _state.caches:
        _state.caches[function], _state.given[function] = _empty(call, function), {}
    exact = (tuple(keys), tuple(named.items()))
    first = _state.given[function].setdefault(_plain(exact), exact)
    if first != exact and not only_computes(function):
        raise DerivativeLost(
            f"{getattr(function, '__qualname__', function)} is cached, does more than to compute, and is called with "
            "values that are equal and differ in their derivatives",
            "Python runs it once for both, their derivatives need it twice. Take out of it what it changes, draws or "
            "prints, or leave the cache out.",
        )
    return _state.caches[function](*keys, **named)


def _empty(call: Callable[..., Any], function: Any) -> Callable[..., Any]:
    """The function behind an empty cache of the same size."""

    @functools.lru_cache(**function.cache_parameters())
    def kept(*args: Any, **kwargs: Any) -> Any:
        return call(function.__wrapped__, *map(_value, args), **{k: _value(v) for k, v in kwargs.items()})

    return kept


def _key(value: Any) -> Any:
    if type(value) is tuple:
        return tuple([_key(part) for part in value])
    return _Same(value) if isinstance(value, Variable) else value


def _plain(key: Any) -> Any:
    if type(key) is tuple:
        return tuple([_plain(part) for part in key])
    # Only numbers are equal keys in Python: Tensors are known by what they are, and arrays are none.
    return np.asarray(key.value._data).item() if isinstance(key, _Same) and np.ndim(key.value._data) == 0 else key


def _value(key: Any) -> Any:
    if type(key) is tuple:
        return tuple([_value(part) for part in key])
    return key.value if isinstance(key, _Same) else key


def _same_in(key: Any) -> int:
    return sum(_same_in(part) for part in key) if type(key) is tuple else isinstance(key, _Same)
