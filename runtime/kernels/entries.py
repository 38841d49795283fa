"""Checks that emitted programs make of containers: their keys, their entries, how many there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from runtime.errors import DerivativeLost, NotDifferentiable
from runtime.kernels.arrays import is_array

_SEQUENCES = (tuple, list, str, bytes, range, deque)


def require_key(key: Any) -> Any:
    """A key of a dict. Raises `DerivativeLost` for a floating-point number, which can be read back from the keys."""
    for part in key if isinstance(key, tuple) else (key,):
        if isinstance(part, (float, complex)) or getattr(getattr(part, "dtype", None), "kind", "") in ("f", "c"):
            raise DerivativeLost(
                f"the number {part} carries a derivative and becomes a key of a dict, and the derivative would be lost",
                "Keep the values in a list beside the dict.",
            )
    return key


def require_elements(values: Any) -> None:
    """Raise `NotDifferentiable` where an array is added to a list with `+=`, which gives an array."""
    if is_array(values):
        raise NotDifferentiable(
            "an array is added to a list by `+=`, which makes an array of the list",
            "Use `extend` for more elements, or make the list an array first: np.array(...).",
        )


def require_entries(*values: Any, count: int | None = None, least: int = 0) -> None:
    """Raise `NotDifferentiable` where what is unpacked, as in `a, b = v`, does not give its entries by place.

    A dict gives its keys, and a class with an `__iter__` of its own anything. Raises ValueError, as Python does, where
    there are not `count` entries, or fewer than `least`.
    """
    for value in values:
        kind = type(value)
        if kind is not tuple and kind is not list and kind is not np.ndarray and not _iterates_by_place(value):
            raise NotDifferentiable(
                f"a {kind.__name__} is unpacked, which gives what its `__iter__` gives and not its entries by place",
                "Unpack a list of what is meant: `list(d)` or `list(d.values())` of a dict, `list(v)` of others.",
            )
        if least and len(value) < least:
            raise ValueError(f"not enough values to unpack (expected at least {least}, got {len(value)})")
        if count is not None and len(value) != count:
            few = f"not enough values to unpack (expected {count}, got {len(value)})"
            raise ValueError(few if len(value) < count else f"too many values to unpack (expected {count})")


def _iterates_by_place(value: Any) -> bool:
    """Whether an iterable gives what `value[0]`, `value[1]` ... are; what cannot be iterated over says so itself."""
    kind = type(value)
    iterates = getattr(kind, "__iter__", None)
    reads = getattr(kind, "__getitem__", None)
    if iterates is None or iterates is Sequence.__iter__ or is_array(value):
        return True
    return any(iterates is base.__iter__ and reads is base.__getitem__ for base in _SEQUENCES)


def unresized(length: int, before: int) -> None:
    """Raise `NotDifferentiable` where a list or dict grows or shrinks while a loop goes through it."""
    if length != before:
        raise NotDifferentiable(
            f"a list or dict of {before} entries has {length} after a round of the loop that goes through it",
            'Loop over a copy, `list(...)`, or count with `while`; or differentiate with dynamic="always".',
        )


def require_count(times: Any) -> None:
    """Raise `NotDifferentiable` where a list is multiplied by what is no whole number, which makes an array of it."""
    if not isinstance(times, (int, np.integer)):
        raise NotDifferentiable(
            "a list is multiplied by a number or an array that is no whole number",
            "Make an array of the list: `np.array([...])`.",
        )


def require_room(u_dot: Any, u: Any) -> None:
    """Raise `DerivativeLost` where a complex array is changed in place and its tangent is an array of real numbers."""
    if is_array(u) and is_array(u_dot) and u.dtype.kind == "c" and u_dot.dtype.kind != "c":
        raise DerivativeLost(
            "a complex array is changed in place, and its tangent, which is real, cannot hold the tangent's new values",
            "Start from a complex array: x.astype(complex) for x + 0j.",
        )
