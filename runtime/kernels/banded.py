"""Matrices with few diagonals, in the form of `scipy.linalg.solve_banded`: `ab[u + i - j, j]` is the entry (i, j).

`lower` and `upper` count the diagonals below and above the main one. Places of `ab` outside of the matrix are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def banded_transposed(ab: Any, lower: int, upper: int) -> Any:
    """The transpose of the matrix, which has `upper` diagonals below the main one."""
    out = np.zeros_like(ab)
    for row, inside, outside in _diagonals(np.shape(ab)[1], lower, upper):
        out[lower + upper - row, outside] = ab[row, inside]
    return out


def banded_product(ab: Any, x: Any, lower: int, upper: int) -> Any:
    """The matrix times a vector, or times the columns of a matrix."""
    out = np.zeros_like(x, dtype=np.result_type(ab, x))
    for row, inside, outside in _diagonals(np.shape(ab)[1], lower, upper):
        band = ab[row, inside]
        out[outside] += (band if np.ndim(x) == 1 else band[:, None]) * x[inside]
    return out


def banded_outer(w: Any, x: Any, lower: int, upper: int) -> Any:
    """The diagonals of `w x^T`, summed over columns where these are matrices."""
    n = np.shape(w)[0]
    out = np.zeros((lower + upper + 1, n), np.result_type(w, x))
    for row, inside, outside in _diagonals(n, lower, upper):
        products = w[outside] * x[inside]
        out[row, inside] = products if np.ndim(products) == 1 else np.sum(products, axis=1)
    return out


def _diagonals(n: int, lower: int, upper: int) -> Iterator[tuple[int, slice, slice]]:
    """For each diagonal its row in `ab`, the columns that it has entries in, and the rows of the matrix there."""
    for row in range(lower + upper + 1):
        below = row - upper
        if abs(below) < n:
            yield row, slice(max(0, -below), n - max(0, below)), slice(max(0, below), n - max(0, -below))
