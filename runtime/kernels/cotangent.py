"""Arithmetic of cotangents: what emitted programs call where shapes or structures are known only when they run.

A cotangent has the structure of its primal: an array for an array, a float for a number, a list for a list or
tuple, a dict for a dict, a namespace for a dataclass. The float `0.0` is the zero of every structure.
"""

from __future__ import annotations

import dataclasses
import types
from typing import Any

import numpy as np


def unbroadcast(g: Any, x: Any) -> Any:
    """Sum `g` over the axes along which broadcasting stretched `x`; the result has the shape and dtype of `x`.

    `g` has a shape that `x` broadcasts to, or is a scalar that stands for that shape.
    """
    if type(g) is float or type(x) is float and type(g) is np.float64:
        return g
    shape = np.shape(x)
    extra = np.ndim(g) - len(shape)
    if extra > 0:
        g = np.sum(g, axis=tuple(range(extra)))
    if np.shape(g) != shape and np.ndim(g) == len(shape):
        axes = tuple(k for k, (have, want) in enumerate(zip(np.shape(g), shape)) if want == 1 and have != 1)
        g = np.sum(g, axis=axes, keepdims=True) if axes else g
    dtype = getattr(x, "dtype", None)
    if dtype is not None and getattr(g, "dtype", dtype) != dtype and dtype.kind in "fc":
        g = (np.real(g) if dtype.kind == "f" else g).astype(dtype)
    return g


def zeros_like(x: Any) -> Any:
    """Zeros with the structure of `x`, in arrays that nobody else holds: the cotangent that nothing has been added to."""
    if isinstance(x, (list, tuple)):
        return [zeros_like(element) for element in x]
    if isinstance(x, dict):
        return {key: zeros_like(element) for key, element in x.items()}
    if dataclasses.is_dataclass(x):
        return types.SimpleNamespace(**{f.name: zeros_like(getattr(x, f.name)) for f in dataclasses.fields(x)})
    if np.ndim(x) == 0 and not hasattr(x, "dtype"):
        return 0.0
    return np.zeros_like(x) if x.dtype.kind in "fc" else np.zeros_like(x, dtype=float)


def sequence(items: Any) -> Any:
    """The elements of an iterable by place: the thing itself where it can be indexed, else a list of its elements."""
    if isinstance(items, (list, tuple, np.ndarray, range, str)) or hasattr(items, "__array_ufunc__"):
        return items
    return list(items)
