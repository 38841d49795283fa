"""Jacobians put together from columns (one for each element of the input) or rows (one for each of the output).

A Jacobian has the structure of the output, and at each leaf of it the structure of the input; the array there has the
shape of the output's leaf followed by that of the input's.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runtime.errors import NotDifferentiable
from runtime.structure import flatten, is_inexact, match


def elements(tree: Any) -> int:
    """How many floating-point numbers there are in a value. Raises NotDifferentiable where some are complex."""
    return sum(_size(leaf) for leaf in flatten(tree)[0])


def unit_at(tree: Any, k: int) -> Any:
    """Zeros with the structure, shapes and dtypes of `tree`, and 1.0 at the `k`-th of its floating-point numbers."""
    leaves, rebuild = flatten(tree)
    made: list[Any] = []
    for leaf in leaves:
        if not is_inexact(leaf):
            made.append(0.0)
            continue
        unit = np.zeros_like(leaf)
        if 0 <= k < unit.size:
            unit.flat[k] = 1.0
        k -= unit.size
        made.append(unit if isinstance(leaf, np.ndarray) else unit[()] if hasattr(leaf, "dtype") else float(unit))
    return rebuild(made)


def jacobian_of_columns(columns: Any, y: Any, x: Any) -> Any:
    """The Jacobian whose `k`-th column is the tangent of `y` along `unit_at(x, k)`."""
    moved = [match(y, column) for column in columns]
    return _nested(y, x, lambda i, first, size: [column[i] for column in moved[first : first + size]], -1)


def jacobian_of_rows(rows: Any, y: Any, x: Any) -> Any:
    """The Jacobian whose `k`-th row is the cotangent of `x` for the cotangent `unit_at(y, k)` of the result."""
    pulled = [match(x, row) for row in rows]
    starts = _starts(y)

    def pieces(i: int, j: int) -> list[Any]:
        return [row[j] for row in pulled[starts[i] : starts[i + 1]]]

    ys, rebuild_y = flatten(y)
    xs, rebuild_x = flatten(x)
    return rebuild_y([rebuild_x([_joined(pieces(i, j), a, b, 0) for j, b in enumerate(xs)]) for i, a in enumerate(ys)])


def columns_of_jacobian(jacobian: Any, y: Any, x: Any) -> list[Any]:
    """The transpose of `jacobian_of_columns`: the columns of a cotangent of a Jacobian."""
    blocks, (ys, rebuild_y), (xs, _) = _blocks(jacobian, y, x), flatten(y), flatten(x)
    columns = []
    for j, b in enumerate(xs):
        for k in range(_size(b)):
            columns.append(rebuild_y([_taken(blocks[i][j], a, b, k, -1) for i, a in enumerate(ys)]))
    return columns


def rows_of_jacobian(jacobian: Any, y: Any, x: Any) -> list[Any]:
    """The transpose of `jacobian_of_rows`: the rows of a cotangent of a Jacobian."""
    blocks, (ys, _), (xs, rebuild_x) = _blocks(jacobian, y, x), flatten(y), flatten(x)
    rows = []
    for i, a in enumerate(ys):
        for k in range(_size(a)):
            rows.append(rebuild_x([_taken(blocks[i][j], a, b, k, 0) for j, b in enumerate(xs)]))
    return rows


def _nested(y: Any, x: Any, pieces: Any, axis: int) -> Any:
    ys, rebuild_y = flatten(y)
    xs, rebuild_x = flatten(x)
    starts = _starts(x)
    return rebuild_y([
        rebuild_x([_joined(pieces(i, starts[j], _size(b)), a, b, axis) for j, b in enumerate(xs)])
        for i, a in enumerate(ys)
    ])  # fmt: skip


def _starts(tree: Any) -> list[int]:
    """The number of the first element of each leaf, and the number of all elements."""
    counts = [0]
    for leaf in flatten(tree)[0]:
        counts.append(counts[-1] + _size(leaf))
    return counts


def _size(leaf: Any) -> int:
    if not is_inexact(leaf):
        return 0
    if np.iscomplexobj(leaf):
        raise NotDifferentiable(
            "a Jacobian of complex numbers is asked for, and it is not one array: the derivative need not be linear",
            "Take the real and the imaginary part apart, or use jvp and vjp along the directions that you need.",
        )
    return math.prod(np.shape(leaf))


def _joined(pieces: list[Any], a: Any, b: Any, axis: int) -> Any:
    """One block: pieces of the shape of one side, side by side along the other."""
    shape = np.shape(a) + np.shape(b)
    if not pieces:
        return np.zeros(shape)[()]
    inner = np.shape(a) if axis == -1 else np.shape(b)
    full = [np.broadcast_to(p, inner) for p in pieces]
    return np.reshape(np.stack(full, axis), shape)[()]


def _blocks(jacobian: Any, y: Any, x: Any) -> list[list[Any]]:
    """The arrays of a cotangent of a Jacobian, by leaf of the output and leaf of the input."""
    ys, rebuild_y = flatten(y)
    xs, rebuild_x = flatten(x)
    flat = match(rebuild_y([rebuild_x([0.0] * len(xs))] * len(ys)), jacobian)
    return [flat[i * len(xs) : (i + 1) * len(xs)] for i in range(len(ys))]


def _taken(block: Any, a: Any, b: Any, k: int, axis: int) -> Any:
    """The `k`-th column or row of a block; the number 0.0 stands for zeros."""
    whole = np.broadcast_to(block, np.shape(a) + np.shape(b))
    if axis == -1:
        return np.reshape(whole, (*np.shape(a), -1))[..., k]
    return np.reshape(whole, (-1, *np.shape(b)))[k]
