"""What stands for a call: the definition of its function, or that of what a keyword asks of any ufunc."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Collection
from typing import Any

import numpy as np

from runtime.definitions.grids import vectorized
from runtime.definitions.windows import columns, rows
from runtime.kernels.places import running_places
from runtime.primitives import registry

__all__ = ["behind", "put_together", "told"]


def told(function: Any, count: int, keywords: Collection[str]) -> tuple[Any, tuple[Any, ...]]:
    """What tells a call of `count` arguments by place and `keywords` in terms of others, and its first arguments.

    None and no arguments where nothing does.
    """
    ufunc = getattr(function, "__self__", None)
    if isinstance(ufunc, np.ufunc):
        text = _by_method(ufunc, function.__name__) if "out" not in keywords else None
        return (text, (ufunc,)) if text is not None else (None, ())
    if isinstance(function, np.ufunc) and function.signature is None and keywords:
        text = _by_keyword(function, count, keywords)
        if text is not None and _takes(text, count + 1, frozenset(keywords)):
            return text, (function,)
    text = registry.definition(function)
    if text is not None and _takes(text, count, frozenset(keywords)):
        return text, ()
    return behind(function) or (None, ())


@functools.cache
def _takes(text: Any, count: int, keywords: frozenset[str]) -> bool:
    """Whether a definition has parameters for so many arguments by place and these keywords."""
    try:
        inspect.signature(text).bind(*range(count), **dict.fromkeys(keywords))
    except TypeError:
        return False
    return True


def put_together(place: Any) -> Any:
    """What puts parts together as `np.r_[parts]` or `np.c_[parts]` does; None for every other object."""
    return rows if place is np.r_ else columns if place is np.c_ else None


def behind(callee: Any) -> tuple[Any, tuple[Any, ...]] | None:
    """The definition that a call of such an object is, and its first arguments; None for everything else."""
    if type(callee) is np.vectorize and callee.signature is None and not callee.excluded:
        return vectorized, (callee.pyfunc,)
    return None


def _by_keyword(ufunc: np.ufunc, count: int, keywords: Collection[str]) -> Any:
    written = "out" in keywords or count > ufunc.nin
    form = "where" if "where" in keywords and written else "dtype" if "dtype" in keywords and not written else None
    return None if ufunc.nout != 1 else _FORMS.get((form, ufunc.nin))


def _by_method(ufunc: np.ufunc, method: str) -> Any:
    if method == "outer" and (ufunc.nin, ufunc.nout) == (2, 1):
        return outer
    return running if method == "accumulate" and ufunc in (np.maximum, np.minimum) else None


def outer(ufunc: Any, A: Any, B: Any) -> Any:  # noqa: N803 (NumPy's names)
    """`ufunc.outer(A, B)`: the function of every element of `A` with every one of `B`."""
    return ufunc(np.reshape(A, np.shape(A) + (1,) * np.ndim(B)), np.asarray(B))


def running(ufunc: Any, array: Any, axis: int = 0) -> Any:
    """`np.maximum.accumulate` and `np.minimum.accumulate`: the extreme so far; of equal ones the last."""
    return np.take_along_axis(np.asarray(array), running_places(ufunc, array, axis), axis)


def masked(ufunc: Any, x: Any, out: Any, where: Any = True) -> Any:
    """Elements of `out` where the mask holds; the others are not computed."""
    chosen = np.broadcast_to(where, np.shape(out))
    out[chosen] = ufunc(np.broadcast_to(x, np.shape(out))[chosen])
    return out


def masked_pair(ufunc: Any, x: Any, y: Any, out: Any, where: Any = True) -> Any:
    """Elements of `out` where the mask holds, of two operands."""
    chosen = np.broadcast_to(where, np.shape(out))
    out[chosen] = ufunc(np.broadcast_to(x, np.shape(out))[chosen], np.broadcast_to(y, np.shape(out))[chosen])
    return out


def typed(ufunc: Any, x: Any, dtype: Any = None) -> Any:
    """The elements cast before they are computed with."""
    return ufunc(np.asarray(x, dtype=dtype))


def typed_pair(ufunc: Any, x: Any, y: Any, dtype: Any = None) -> Any:
    """The elements of both operands cast before they are computed with."""
    return ufunc(np.asarray(x, dtype=dtype), np.asarray(y, dtype=dtype))


_FORMS: dict[tuple[str | None, int], Any] = {
    ("where", 1): masked,
    ("where", 2): masked_pair,
    ("dtype", 1): typed,
    ("dtype", 2): typed_pair,
}
