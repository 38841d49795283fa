"""Which memory two variables share, and cotangents moved along it.

A reverse sweep undoes a change of an array under one name. What was read under other names afterwards was the same
memory, so its cotangent belongs to the name that is changed: `taken_over` brings it there, `given_up` takes it away
from the others. Forward, the other names get the tangent of what was changed: `refreshed`. All of them leave what they
are given as it is where `overlap` found nothing.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from runtime.errors import SharedArray
from runtime.kernels.arrays import is_array
from runtime.kernels.cotangent import accumulate, zeros_like
from runtime.kernels.restoring import private
from runtime.kernels.sharing import shares
from runtime.records import fields_of, is_record

Path = tuple[Any, ...]
_ndarray = np.ndarray
_may_share = np.may_share_memory
_NUMBERS = (float, np.float64, int)


@dataclass(frozen=True)
class Place:
    """One object that both hold: where it stands in either.

    Of arrays `inner` and `outer` are the elements that are the same memory, counted through the flattened arrays: in
    the one that is changed and in the other one. Of lists, dicts and objects, the same as a whole, both are None.
    """

    changed: Path
    other: Path
    inner: np.ndarray | None
    outer: np.ndarray | None


@dataclass(frozen=True)
class Overlap:
    """All places that two variables share, with zeros of the structure of each."""

    places: tuple[Place, ...]
    changed: Any
    other: Any


def overlap(changed: Any, other: Any, whole: bool = False) -> Overlap | None:
    """What an object that has just been changed in place shares with another one; None where they share nothing.

    `whole` says that only a list, dict or object itself was changed, not what it holds. Raises SharedArray where
    elements share memory in part only, as a complex array and its real part do, or where it cannot be told.
    """
    if type(changed) is _ndarray and type(other) is _ndarray and not _may_share(changed, other):
        return None
    if type(changed) in _NUMBERS:
        return None
    mine = [((), changed)] if whole else list(_parts(changed, ()))
    places: list[Place] = []
    taken: list[Path] = []
    for path, part in _parts(other, ()):
        if any(path[: len(t)] == t for t in taken):
            continue
        if not _has_memory(part):
            same = next((at for at, held in mine if held is part), None)
            if same is not None:
                places.append(Place(same, path, None, None))
                taken.append(path)
            continue
        left = None
        for at, held in mine:
            if _has_memory(held) and shares(held, part):
                inner, outer = _elements(held, part)
                if left is not None:
                    here = np.isin(outer, left)
                    inner, outer = inner[here], outer[here]
                left = np.setdiff1d(np.arange(part.size) if left is None else left, outer)
                places.append(Place(at, path, inner, outer))
    return Overlap(tuple(places), zeros_like(changed), zeros_like(other)) if places else None


def _has_memory(value: Any) -> bool:
    return is_array(value) or isinstance(value, np.flatiter)


def _parts(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The arrays, lists, dicts and objects in a value, with where they stand, the outer ones first."""
    if _has_memory(value):
        if getattr(getattr(value, "dtype", None), "kind", "f") in "fcO":
            yield path, value
        return
    if isinstance(value, (list, dict)) or is_record(value):
        yield path, value
    for key, part in _children(value):
        yield from _parts(part, (*path, key))


def _children(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, (list, tuple)):
        return list(enumerate(value))
    if isinstance(value, dict):
        return list(value.items())
    return [(name, getattr(value, name)) for name in fields_of(value)] if is_record(value) else []


def _elements(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of elements of two arrays that are the same memory; one element of `a` for each of `b` that has one."""
    if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)) or a.dtype != b.dtype or a.dtype.kind == "O":
        raise _in_part("shares memory with one of another kind")
    mine, others = _addresses(a), _addresses(b)
    order = np.argsort(mine, kind="stable")
    ends = mine[order]
    after = np.searchsorted(ends, others)
    above, below = ends[np.minimum(after, ends.size - 1)] - others, others - ends[np.maximum(after - 1, 0)]
    if any(np.any((gap > 0) & (gap < a.itemsize)) for gap in (above, below)):
        raise _in_part("overlaps with one in parts of its elements")
    outer = np.flatnonzero(above == 0)
    return order[after[outer]], outer


def _in_part(fact: str) -> SharedArray:
    return SharedArray(
        f"an array is changed in place that {fact}, and that one is read later",
        "Change a copy, made with `.copy()`, or read a copy.",
    )


def _addresses(a: np.ndarray) -> np.ndarray:
    """Where in memory each element of an array begins."""
    found = np.array(a.__array_interface__["data"][0])
    for count, stride in zip(a.shape, a.strides):
        found = found[..., None] + np.arange(count) * stride
    return found.ravel()


def taken_over(bar: Any, other_bar: Any, shared: Overlap | None) -> Any:
    """The cotangent `bar` of what was changed, with the part of `other_bar` that belongs to the same memory."""
    if shared is None or _is_zero(other_bar):
        return bar
    made = private(bar)
    for place in shared.places:
        part = _at(other_bar, place.other)
        if not _is_of_zeros(part, shared, place):
            if place.inner is not None and place.outer is not None:
                given = np.zeros(np.shape(_at(shared.changed, place.changed)), dtype=np.result_type(part))
                np.add.at(given.reshape(-1), place.inner, np.asarray(part).reshape(-1)[place.outer])
                part = given
            made = _put(made, place.changed, accumulate(_at(made, place.changed), part), shared.changed)
    return made


def given_up(other_bar: Any, shared: Overlap | None) -> Any:
    """The cotangent `other_bar` without the part that `taken_over` has taken."""
    if shared is None or _is_zero(other_bar):
        return other_bar
    made = private(other_bar)
    for place in shared.places:
        held = _at(made, place.other)
        if not _is_of_zeros(held, shared, place):
            left = 0.0 if place.outer is None else _with(held, place.outer, 0.0)
            made = _put(made, place.other, left, shared.other)
    return made


def handed_back(g: Any, other_bar: Any, shared: Overlap | None) -> Any:
    """The transpose of `taken_over` in `other_bar`: what `g` has for the shared memory, zeros elsewhere."""
    if shared is None or _is_zero(g):
        return zeros_like(other_bar)
    made = private(shared.other)
    for place in shared.places:
        part = _at(g, place.changed)
        if not _is_zero(part):
            if place.inner is not None and place.outer is not None:
                held = np.zeros(np.shape(_at(shared.other, place.other)), dtype=np.result_type(part))
                part = _with(held, place.outer, np.asarray(part).reshape(-1)[place.inner])
            made = _put(made, place.other, accumulate(_at(made, place.other), part), shared.other)
    return made


def refreshed(other_dot: Any, dot: Any, shared: Overlap | None) -> Any:
    """The tangent of another name after a change in place: `dot`, that of what was changed, in the shared memory."""
    if shared is None:
        return other_dot
    made = private(other_dot)
    for place in shared.places:
        part = _at(dot, place.changed)
        if place.inner is not None and place.outer is not None:
            held = _at(made, place.other)
            kind = np.result_type(held, part)
            part = _with(np.asarray(held, dtype=kind), place.outer, np.asarray(part).reshape(-1)[place.inner])
        made = _put(made, place.other, private(part), shared.other)
    return made


def _with(held: Any, elements: np.ndarray, values: Any) -> np.ndarray:
    """An array with other values in some elements, counted through the flattened array."""
    made = np.array(held)
    flat = made.reshape(-1)
    flat[elements] = values
    return flat.reshape(made.shape)


def _is_zero(bar: Any) -> bool:
    return isinstance(bar, (int, float)) and bar == 0.0


def _is_of_zeros(part: Any, shared: Overlap, place: Place) -> bool:
    """Whether a part of a cotangent is zero, or that of the number zero: a number itself, where the place is an array.

    At second order cotangents have cotangents, and those of numbers that stood for zeros of any shape are numbers. They
    belong to nobody.
    """
    if _is_zero(part):
        return True
    return place.outer is not None and np.ndim(part) == 0 and np.ndim(_at(shared.other, place.other)) > 0


def _at(bar: Any, path: Path) -> Any:
    """A part of a cotangent; 0.0 where it, or what it is in, is the number that stands for zeros."""
    for key in path:
        if _is_zero(bar):
            return 0.0
        if isinstance(bar, types.SimpleNamespace):
            bar = vars(bar).get(key, 0.0)
        elif is_record(bar):
            bar = getattr(bar, key)
        else:
            bar = bar.get(key, 0.0) if isinstance(bar, dict) else bar[key]
    return bar


def _put(bar: Any, path: Path, value: Any, zeros: Any) -> Any:
    """A cotangent, which is nobody else's, with another value in one place; `zeros` has its structure."""
    if not path:
        return value
    if _is_zero(bar):
        bar = private(zeros)
    key, rest = path[0], path[1:]
    inner = _put(_at(bar, (key,)), rest, value, _at(zeros, (key,)))
    if isinstance(bar, tuple):
        parts = [inner if k == key else part for k, part in enumerate(bar)]
        return type(bar)(*parts) if hasattr(bar, "_fields") else tuple(parts)
    if is_record(bar):
        object.__setattr__(bar, key, inner)
    else:
        bar[key] = inner
    return bar
