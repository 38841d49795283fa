"""Numeric derivatives that share nothing with the compiler: complex step and extrapolated central differences.

Complex step: W. Squire and G. Trapp, SIAM Review 40 (1998) 110-112. Extrapolation: C. Ridders, Advances in
Engineering Software 4 (1982) 75-76, with a fixed table.
"""

from __future__ import annotations

import copy
import dataclasses
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from catalogue import TOPICS

_REFUSALS = (RuntimeError, TypeError, ValueError, ArithmeticError, AssertionError, np.exceptions.ComplexWarning)
_STEP = 1e-100


class Derivative(NamedTuple):
    """A numeric directional derivative and the error that it may have."""

    value: float
    error: float


def is_real(leaf: Any) -> bool:
    """Whether a leaf is a floating-point number or array, so that it carries a derivative."""
    return isinstance(leaf, float | np.floating) or isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f"


def leaves(tree: Any) -> list[Any]:
    """The floating-point leaves of a tree of tuples, lists, dicts, named tuples and dataclasses, in order."""
    if is_real(tree) or isinstance(tree, complex | np.complexfloating):
        return [tree]
    if isinstance(tree, np.ndarray) and tree.dtype.kind == "c":
        return [tree]
    return [leaf for child in _children(tree) for leaf in leaves(child)]


def rebuild(tree: Any, new: Sequence[Any]) -> Any:
    """The tree with its floating-point leaves replaced, in order."""
    return _rebuild(tree, iter(new))


def _children(tree: Any) -> list[Any]:
    if isinstance(tree, list | tuple):
        return list(tree)
    if isinstance(tree, dict):
        return list(tree.values())
    return [getattr(tree, name) for name in _fields(tree)]


def _fields(tree: Any) -> list[str]:
    """The names under which an object of a class of the catalogue keeps what it holds."""
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return [f.name for f in dataclasses.fields(tree)]
    if type(tree).__module__ not in TOPICS:
        return []
    return [*getattr(type(tree), "__slots__", ()), *getattr(tree, "__dict__", ())]


def _with_fields(tree: Any, new: Callable[[Any], Any]) -> Any:
    made = object.__new__(type(tree))
    for name in _fields(tree):
        object.__setattr__(made, name, new(getattr(tree, name)))
    return made


def _rebuild(tree: Any, new: Any) -> Any:
    if is_real(tree):
        return next(new)
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*[_rebuild(child, new) for child in tree])
    if isinstance(tree, list | tuple):
        return type(tree)(_rebuild(child, new) for child in tree)
    if isinstance(tree, dict):
        return type(tree)((key, _rebuild(child, new)) for key, child in tree.items())
    return _with_fields(tree, lambda child: _rebuild(child, new)) if _fields(tree) else copy.deepcopy(tree)


def seed(tree: Any) -> Any:
    """A tangent or cotangent to hand in: what carries no derivative has the zero 0.0."""
    if isinstance(tree, int | np.integer):
        return 0.0
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*map(seed, tree))
    if isinstance(tree, list | tuple):
        return type(tree)(map(seed, tree))
    if isinstance(tree, dict):
        return {key: seed(child) for key, child in tree.items()}
    return _with_fields(tree, seed) if _fields(tree) else tree


def assert_like(found: Any, primal: Any, place: str = "gradient") -> None:
    """A derivative has the structure of its primal, and its shapes and dtypes where that is floating-point."""
    if isinstance(primal, list | tuple | dict):
        assert type(found) is type(primal) and len(found) == len(primal), place
        for key in primal if isinstance(primal, dict) else range(len(primal)):
            assert_like(found[key], primal[key], f"{place}[{key!r}]")
    elif _fields(primal):
        assert type(found) is type(primal) and _fields(found) == _fields(primal), place
        for name in _fields(primal):
            assert_like(getattr(found, name), getattr(primal, name), f"{place}.{name}")
    elif is_real(primal):
        assert np.shape(found) == np.shape(primal), place
        assert np.asarray(found).dtype == np.asarray(primal).dtype, place
        if np.ndim(primal):
            assert isinstance(found, np.ndarray), place


def random_like(tree: Any, rng: np.random.Generator) -> Any:
    """A tree of the same structure, shapes and dtypes with normal random leaves."""
    return rebuild(tree, [_cast(rng.standard_normal(np.shape(leaf)), leaf) for leaf in leaves(tree)])


def size(tree: Any) -> int:
    """The number of floating-point components."""
    return sum(int(np.size(leaf)) for leaf in leaves(tree))


def inner(a: Any, b: Any) -> float:
    """The inner product of two trees of one structure."""
    pairs = list(zip(leaves(a), leaves(b), strict=True))
    return float(sum((np.sum(np.asarray(x) * np.asarray(y)) for x, y in pairs), 0.0))


def _cast(value: Any, like: Any) -> Any:
    if isinstance(like, np.ndarray):
        return np.asarray(value, dtype=like.dtype)
    return type(like)(value)


def _moved(leaf: Any, direction: Any, step: Any) -> Any:
    """`leaf + step * direction`, in double precision, a Python number for a number."""
    if isinstance(leaf, np.ndarray):
        return np.asarray(leaf.astype(np.float64) + step * np.asarray(direction, dtype=np.float64))
    moved = np.float64(leaf) + step * np.float64(direction)
    return moved.item() if type(leaf) is float else moved


def directional(f: Callable[[Any], Any], x: Any, direction: Any, cotangent: Any = 1.0) -> Derivative:
    """d/dt <cotangent, f(x + t direction)> at t = 0, for trees `x` and `direction` of one structure.

    `f` is evaluated in double precision whatever the dtype of `x`. Central differences with steps h, h/2, h/4, h/8
    are extrapolated; where `f` also runs on complex numbers and agrees, the complex step is returned, which has
    no truncation error.
    """
    xs, ds = leaves(x), leaves(direction)

    def along(step: Any) -> Any:
        out = f(rebuild(x, [_moved(a, d, step) for a, d in zip(xs, ds, strict=True)]))
        pairs = zip(leaves(cotangent), leaves(out), strict=True)
        return sum((np.sum(np.asarray(c, dtype=np.float64) * np.asarray(o)) for c, o in pairs), 0.0)

    estimate = _extrapolated(along)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            exact = float(np.imag(along(1j * _STEP)) / _STEP)
        except _REFUSALS:
            return estimate
    if np.isfinite(exact) and abs(exact - estimate.value) <= estimate.error:
        return Derivative(exact, 1e-10 * (1.0 + abs(exact)))
    return estimate


def _extrapolated(along: Callable[[float], Any], h: float = 2e-3, rows: int = 4) -> Derivative:
    """Neville's table of central differences; the error is what the last column still changed, with a margin."""
    table = [[(along(h / 2**k) - along(-h / 2**k)) / (2 * h / 2**k)] for k in range(rows)]
    for k in range(1, rows):
        for j in range(1, k + 1):
            factor = 4.0**j
            table[k].append((factor * table[k][j - 1] - table[k - 1][j - 1]) / (factor - 1.0))
    value = float(table[-1][-1])
    change = max(abs(value - float(table[-1][-2])), abs(value - float(table[-2][-1])))
    return Derivative(value, 10.0 * change + 1e-8 * (1.0 + abs(value)))


def gradient(f: Callable[[Any], Any], x: Any, cotangent: Any = 1.0) -> Any:
    """Every component of the derivative of <cotangent, f(x)>, as a tree like `x` in double precision."""
    found = []
    flat = leaves(x)
    zero = [np.zeros(np.shape(leaf)) for leaf in flat]
    for k, leaf in enumerate(flat):
        bar = np.zeros(np.shape(leaf))
        for index in np.ndindex(np.shape(leaf)):
            unit = [z.copy() for z in zero]
            unit[k][index] = 1.0
            units = rebuild(x, [u if np.ndim(a) else float(u) for u, a in zip(unit, flat)])
            bar[index] = directional(f, x, units, cotangent).value
        found.append(bar if isinstance(leaf, np.ndarray) else float(bar))
    return rebuild(x, found)
