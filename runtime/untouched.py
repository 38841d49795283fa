"""What a program around a traced function may rely on: arguments left alone, and results that are the same objects."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from runtime.errors import SharedArray
from runtime.structure import flatten
from runtime.tracing import call
from runtime.variable import Variable


def unchanging(fn: Callable[..., Any]) -> Callable[..., Any]:
    """`fn`, refused by SharedArray where it changes what it is given.

    A traced function works on copies, so that the program around it would go on with the old contents; one that is not
    traced would change what adjoints read.
    """

    @functools.wraps(fn)
    def run(*args: Any, **kwargs: Any) -> Any:
        before = [(leaf, _state(leaf)) for leaf in flatten((args, kwargs))[0]]
        value = call(fn, *args, **kwargs)
        after = flatten((args, kwargs))[0]
        same = len(after) == len(before) and all(a is b for a, (b, _) in zip(after, before))
        written = [(leaf, state) for leaf, state in before if _differs(_state(leaf), state)]
        if written or not same:
            for leaf, (_, contents) in written:
                if type(leaf) is np.ndarray:
                    # Nothing is traced: it was given the array itself, which may be the caller's.
                    leaf[...] = contents
            raise SharedArray(
                f"`{getattr(fn, '__name__', 'a function')}`, which is called as it is, changes an argument in place",
                'Let it return the new value, or differentiate the whole function with dynamic="always".',
            )
        return value

    return run


def _state(leaf: Any) -> Any:
    """What tells whether a leaf was written to: the writes that changed the graph, and the contents."""
    if isinstance(leaf, Variable):
        return leaf.recorded_writes(), _state(leaf._data)
    return 0, leaf.copy() if isinstance(leaf, np.ndarray) else 0


def _differs(a: Any, b: Any) -> bool:
    """Whether two states differ; NaN is equal to itself."""
    if isinstance(a, tuple):
        return any(_differs(p, q) for p, q in zip(a, b))
    return not np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind in "fc")


def in_place_of(result: Any, inputs: Sequence[Any], leaves: Sequence[Any]) -> Any:
    """`result`, or the part of an argument that it stands for where it looks into the traced copy of that argument.

    `inputs` are the traced copies of the `leaves`; None for what is not traced. One that was written to is no copy any
    more. Raises SharedArray for a part that the argument has no view for.
    """
    if not isinstance(result, np.ndarray):
        return result
    for traced, leaf in zip(inputs, leaves, strict=True):
        if isinstance(leaf, np.ndarray) and traced is not None and traced.recorded_writes() == 0:
            if np.shares_memory(result, traced._data):
                return _part(result, traced._data, leaf)
    return result


def _part(result: np.ndarray, copied: np.ndarray, original: np.ndarray) -> np.ndarray:
    """The same place in `original` that `result` is in its copy."""
    if result is copied:
        return original
    if copied.strides != original.strides or result.dtype != original.dtype:
        raise SharedArray(
            "a function on the dynamic graph returns a view of an argument that is a view itself",
            "Return a copy: `return value.copy()`.",
        )
    offset = result.__array_interface__["data"][0] - copied.__array_interface__["data"][0]
    memory = original.ravel(order="K")[offset // original.itemsize :]
    return np.lib.stride_tricks.as_strided(memory, result.shape, result.strides)


def refuse_shared_writes(inputs: Sequence[Any], leaves: Sequence[Any]) -> None:
    """Raise SharedArray where an argument was written to that is one array with another argument.

    A traced function works on copies of its arguments, each by itself.
    """
    for k, (traced, leaf) in enumerate(zip(inputs, leaves, strict=True)):
        if isinstance(leaf, np.ndarray) and traced is not None and traced.recorded_writes():
            others = [o for j, o in enumerate(leaves) if j != k and isinstance(o, np.ndarray)]
            if any(np.shares_memory(leaf, other) for other in others):
                raise SharedArray(
                    "a function on the dynamic graph changes an argument that is the same array as another one",
                    "Pass copies, or write the change as a new value.",
                )
