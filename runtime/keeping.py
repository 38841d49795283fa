"""What a node keeps of the arguments and results of a call, and how it gets them back."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.reads import VALUE
from runtime.storage import Kept, Storage, keep, stand_in
from runtime.variable import Variable


def kept_result(value: Any, result: Any, how: str | None) -> Any:
    """What a node keeps of one result; None where no rule reads it."""
    return None if how is None else kept(value, result, how)


def kept(plain: Any, original: Any, how: str | None) -> Any:
    """What a node keeps of one argument: as much as its rules read, guarded against later writes."""
    if isinstance(original, Variable):
        if how == VALUE:
            return keep(plain, original._storage)
        return stand_in(plain)
    if isinstance(original, (list, tuple)) and type(plain) is type(original) and type(plain) in (list, tuple):
        return type(plain)([kept(inner, outer, how) for inner, outer in zip(plain, original)])
    if isinstance(plain, np.ndarray):
        # Nothing tells when somebody writes to a plain array, so its numbers are kept, not the array.
        return plain.copy() if how == VALUE and plain.flags.writeable else stand_in(plain) if how != VALUE else plain
    return plain


def secure(keepings: tuple[Any, ...] | None, storage: Storage | None) -> None:
    """Copy what is kept of `storage`, so that a write to it that follows at once is no loss."""
    for keeping in keepings or ():
        if type(keeping) is Kept and keeping.storage is storage:
            keeping.value = keeping.value.copy()
            keeping.storage = None


def release(value: Any, label: str) -> Any:
    """The kept thing as it was. Raises SharedArray where an array has changed since; `label` names the operation."""
    if type(value) is Kept:
        return value.get(label)
    if type(value) in (list, tuple):
        return type(value)([release(element, label) for element in value])
    return value
