"""What a program around a traced function may rely on: arguments left alone, and results that are the same objects."""

from __future__ import annotations

import collections
import functools
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from runtime.errors import SharedArray
from runtime.kernels.restoring import private
from runtime.operation import apply
from runtime.structure import flatten
from runtime.tracing import call
from runtime.variable import Variable, put

# What carries no derivative, and can be written to all the same.
_WRITABLE = (np.ndarray, set, bytearray, collections.deque)


def unchanging(fn: Callable[..., Any]) -> Callable[..., Any]:
    """`fn`, refused by SharedArray where it changes what it is given.

    A traced function works on copies, so that the program around it would go on with the old contents; one that is not
    traced would change what adjoints read. What the function holds itself it may change, but not so that it keeps
    something of its arguments: nobody would find a derivative there.
    """

    @functools.wraps(fn)
    def run(*args: Any, **kwargs: Any) -> Any:
        before = [(leaf, _state(leaf)) for leaf in flatten((args, kwargs))[0]]
        holds = _held(fn)
        value = call(fn, *args, **kwargs)
        held = _held(fn)
        if len(held) != len(holds) or not {id(leaf) for leaf in held} <= {id(leaf) for leaf in holds}:
            raise SharedArray(
                f"{_title(fn)} keeps something of its arguments",
                'Let it return the value instead, or differentiate the whole function with dynamic="always".',
            )
        after = flatten((args, kwargs))[0]
        same = len(after) == len(before) and all(a is b for a, (b, _) in zip(after, before))
        written = [(leaf, state) for leaf, state in before if _differs(_state(leaf), state)]
        if written or not same:
            for leaf, (_, contents) in written:
                if type(leaf) is np.ndarray:
                    # Nothing is traced: it was given the array itself, which may be the caller's.
                    leaf[...] = contents
            raise SharedArray(
                f"{_title(fn)} changes an argument in place",
                'Let it return the new value, or differentiate the whole function with dynamic="always".',
            )
        return value

    return run


def _title(fn: Any) -> str:
    """A function as an error names it; regions have no name that the user knows."""
    if isinstance(fn, types.FunctionType) and fn.__code__.co_filename.startswith("<sourcead "):
        return "a function called here, on the dynamic graph,"
    return f"`{getattr(fn, '__name__', type(fn).__name__)}`, which is called as it is,"


def _held(fn: Any) -> list[Any]:
    """What a function holds besides whole numbers, which may count its calls, and texts."""
    return [leaf for leaf in flatten(_holders(fn))[0] if not isinstance(leaf, (int, str))]


def _holders(fn: Any) -> list[Any]:
    """What a function can keep something in: the object of a method, the cells of a closure, its own attributes."""
    if isinstance(fn, functools.partial):
        return [*_holders(fn.func), fn.args, fn.keywords]
    if isinstance(fn, types.FunctionType):
        return [cell.cell_contents for cell in fn.__closure__ or () if _is_set(cell)]
    owner = getattr(fn, "__self__", None)
    if owner is not None:
        return [] if isinstance(owner, (types.ModuleType, type, np.ufunc)) else [owner]
    return [] if isinstance(fn, (type, np.ufunc)) else [vars(fn)] if hasattr(fn, "__dict__") else []


def _is_set(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _state(leaf: Any) -> Any:
    """What tells whether a leaf was written to: the writes that changed the graph, and the contents."""
    if isinstance(leaf, Variable):
        return leaf.recorded_writes(), _state(leaf._data)
    return 0, leaf.copy() if isinstance(leaf, _WRITABLE) else 0


def _differs(a: Any, b: Any) -> bool:
    """Whether two states differ; NaN is equal to itself."""
    if isinstance(a, (tuple, list, collections.deque)):
        return len(a) != len(b) or any(_differs(p, q) for p, q in zip(a, b))
    if not isinstance(a, np.ndarray):
        return a is not b and bool(a != b)
    return not np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


def to_work_on(leaves: Sequence[Any], inputs: Sequence[Any]) -> list[Any]:
    """What a traced function is given for its arguments: traced copies, `inputs`, and copies of what can be written to.

    What is one object twice is one copy.
    """
    kept = private([leaf for leaf, x in zip(leaves, inputs) if x is None and isinstance(leaf, _WRITABLE)])
    copies = iter(kept)
    return [
        x if x is not None else next(copies) if isinstance(leaf, _WRITABLE) else leaf for leaf, x in zip(leaves, inputs)
    ]


def in_place_of(result: Any, copies: Sequence[Any], leaves: Sequence[Any]) -> Any:
    """`result`, or the part of an argument that it stands for where it looks into the copy of that argument.

    `copies` are what the function was given `to_work_on` for the `leaves`. One that was written to is no copy any more.
    Raises SharedArray for a part that the argument has no view for.
    """
    for copied, leaf in zip(copies, leaves, strict=True):
        if copied is leaf or not isinstance(leaf, _WRITABLE):
            continue
        data = copied._data if isinstance(copied, Variable) else copied
        if result is data or isinstance(result, np.ndarray) and np.may_share_memory(result, data):
            if not is_written(copied, leaf) and (result is data or np.shares_memory(result, data)):
                return _part(result, data, leaf) if isinstance(leaf, np.ndarray) else leaf
    return result


def is_written(copied: Any, leaf: Any) -> bool:
    """Whether a function has written to what it was given for an argument."""
    return copied.recorded_writes() > 0 if isinstance(copied, Variable) else _differs(copied, leaf)


def seen_around(result: Any, inputs: Sequence[Any], leaves: Sequence[Any]) -> Any:
    """`in_place_of` where the arguments are traced by a function around: the argument, or the same view of it."""
    for traced, leaf in zip(inputs, leaves, strict=True):
        if not isinstance(leaf, Variable) or traced is None or not isinstance(result, Variable):
            continue
        if result is traced:
            return leaf
        view = result._view
        if view is not None and view.base is traced and traced.recorded_writes() == 0:
            found: Any = leaf
            for step in view.steps:
                args, kwargs = put(step.args, step.kwargs, step.place, found)
                found = apply(step.function, args, kwargs, step.evaluate)
                for k in step.pick:
                    found = found[k]
            return found
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


def refuse_shared_writes(copies: Sequence[Any], leaves: Sequence[Any]) -> None:
    """Raise SharedArray where an argument was written to that is one array with another argument.

    A traced function works on copies of its arguments, each by itself; only one that carries no derivative and stands
    there twice is one copy.
    """
    arrays = [(copied, leaf) for copied, leaf in zip(copies, leaves, strict=True) if isinstance(leaf, np.ndarray)]
    for k, (copied, leaf) in enumerate(arrays):
        others = [o for j, (c, o) in enumerate(arrays) if j != k and c is not copied]
        if any(np.may_share_memory(leaf, other) for other in others) and is_written(copied, leaf):
            if any(np.shares_memory(leaf, other) for other in others):
                raise SharedArray(
                    "a function on the dynamic graph changes an argument that is the same array as another one",
                    "Pass copies, or write the change as a new value.",
                )
