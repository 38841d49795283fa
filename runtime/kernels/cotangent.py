"""Arithmetic of cotangents: what emitted programs call where shapes or structures are known only when they run.

A cotangent has the structure of its primal: an array for an array, a float for a number, a list for a list or
tuple, a dict for a dict, a namespace for a dataclass. The float `0.0` is the zero of every structure.
"""

from __future__ import annotations

import dataclasses
import types
from typing import Any

import numpy as np

from runtime.errors import NotScalar


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


def own(g: Any, x: Any) -> Any:
    """The cotangent `g` of `x` in arrays that nobody else holds; zeros where `g` is the number zero."""
    if isinstance(x, (list, tuple)):
        return [own(g[k] if isinstance(g, (list, tuple)) else 0.0, element) for k, element in enumerate(x)]
    if isinstance(x, dict):
        return {key: own(g[key] if isinstance(g, dict) else 0.0, element) for key, element in x.items()}
    if dataclasses.is_dataclass(x):
        fields = [f.name for f in dataclasses.fields(x)]
        return types.SimpleNamespace(**{f: own(getattr(g, f, 0.0), getattr(x, f)) for f in fields})
    return zeros_like(x) + g


def accumulate(a: Any, b: Any) -> Any:
    """The sum of two cotangents of one structure; neither is changed."""
    if isinstance(a, (list, tuple)):
        return [accumulate(p, q) for p, q in zip(a, b, strict=True)] if isinstance(b, (list, tuple)) else a
    if isinstance(a, dict):
        return {key: accumulate(value, b[key]) for key, value in a.items()} if isinstance(b, dict) else a
    if isinstance(a, types.SimpleNamespace):
        same = isinstance(b, types.SimpleNamespace)
        return types.SimpleNamespace(**{k: accumulate(v, getattr(b, k)) for k, v in vars(a).items()}) if same else a
    if isinstance(b, (list, tuple, dict, types.SimpleNamespace)):
        return b
    return a + b


def add_at(x_bar: Any, index: Any, g: Any) -> None:
    """`x_bar[index] += g` in place; the terms of repeated indices add up."""
    if isinstance(x_bar, np.ndarray) and not _is_basic(index):
        np.add.at(x_bar, index, g)
    else:
        x_bar[index] += g


def _is_basic(index: Any) -> bool:
    if isinstance(index, tuple):
        return all(_is_basic(part) for part in index)
    return index is None or index is Ellipsis or isinstance(index, (int, np.integer, slice, str))


def take_out(place: Any) -> Any:
    """A copy of a place in a cotangent, which the caller is about to clear."""
    return place.copy() if isinstance(place, np.ndarray) else place


def unit(result: Any) -> float:
    """The seed of a gradient. Raises `NotScalar` where the result is not one real number."""
    if np.ndim(result) == 0 and getattr(result, "dtype", np.dtype(float)).kind == "f" and isinstance(result, (float, np.generic, np.ndarray)):
        return 1.0
    shown = f"an array of shape {result.shape}" if hasattr(result, "shape") else f"a {type(result).__name__}"
    raise NotScalar(
        f"grad needs a function whose result is one real number, and this one gives {shown}",
        "Reduce it (np.sum, np.mean), or use vjp, adjoint or jacobian.",
    )
