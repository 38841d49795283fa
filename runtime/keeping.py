"""What a node keeps of the arguments and results of a call, and how it gets them back."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from runtime.packing import Packed
from runtime.reads import VALUE
from runtime.storage import Kept
from runtime.variable import Variable


def kept(plain: Any, original: Any, how: str | None) -> Any:
    """What a node keeps of one argument or result: as much as its rules read, guarded against later writes."""
    if isinstance(original, Variable):
        return original.keep(plain) if how == VALUE else stand_in(plain)
    if isinstance(original, (list, tuple)) and type(plain) is type(original) and type(plain) in (list, tuple):
        return type(plain)([kept(inner, outer, how) for inner, outer in zip(plain, original)])
    if isinstance(plain, np.ndarray):
        # Nothing tells when somebody writes to a plain array, so its numbers are kept, not the array.
        return plain.copy() if how == VALUE and plain.flags.writeable else stand_in(plain) if how != VALUE else plain
    return plain


def stand_in(value: Any) -> Any:
    """An array of the same shape and dtype that takes no memory and cannot be written to."""
    if not isinstance(value, np.ndarray):
        return value
    return blank(value.shape, value.dtype)


@functools.lru_cache(maxsize=4096)
def blank(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Zeros that take no memory and cannot be written to."""
    return np.broadcast_to(np.zeros((), dtype), shape)


def release(value: Any) -> Any:
    """The kept thing as it was."""
    kind = type(value)
    if kind is Kept:
        return value.value
    if kind is Packed:
        return value.unpacked()
    if kind is list or kind is tuple:
        return kind([release(element) for element in value])
    return value


def secure(keepings: Any, memory: np.ndarray) -> Any:
    """The kept things with copies of what lies in `memory`, so that a write that follows at once is no loss."""
    if type(keepings) is np.ndarray and np.may_share_memory(keepings, memory):
        return keepings.copy()
    if type(keepings) in (list, tuple):
        return type(keepings)([secure(keeping, memory) for keeping in keepings])
    return keepings
