"""Adding at places that may repeat."""

from __future__ import annotations

from typing import Any

import numpy as np

# Below so many numbers NumPy's own way is sooner done.
_MANY = 256


def add_repeated(out: Any, index: Any, g: Any) -> None:
    """`np.add.at(out, index, g)`: `out[index] += g` where the terms of repeated places add up.

    Whole rows, named by integers, are brought into the order of their places and summed place by place, which is many
    times sooner done than number by number.
    """
    plain = type(out) is type(index) is type(g) is np.ndarray
    if plain and index.dtype.kind in "iu" and out.ndim > 1 and index.ndim and g.size > _MANY:
        tail = out.shape[1:]
        if g.shape == index.shape + tail and index.min() >= -len(out):
            _add_rows(out, index.reshape(-1), g.reshape((-1, *tail)))
            return
    np.add.at(out, index, g)


def _add_rows(out: np.ndarray, rows: np.ndarray, g: np.ndarray) -> None:
    # A place counted from the end is the same place.
    rows = np.where(rows < 0, rows + len(out), rows)
    order = np.argsort(rows, kind="stable")
    places = rows[order]
    first = np.flatnonzero(np.concatenate(([True], places[1:] != places[:-1])))
    out[places[first]] += np.add.reduceat(g[order], first, axis=0)
