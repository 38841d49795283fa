"""How elimination exchanges rows: as an order of rows, or as the exchange in each step. These are places."""

from __future__ import annotations

from typing import Any

import numpy as np


def row_order(a: Any) -> np.ndarray:
    """The order of rows that partial pivoting chooses: the largest element of a column stands on the diagonal."""
    work = np.array(a)
    n = work.shape[-2]
    order = np.broadcast_to(np.arange(n), work.shape[:-1]).copy()
    for k in range(min(work.shape[-2:])):
        pick = k + np.argmax(np.abs(work[..., k:, k]), axis=-1)
        swap = np.broadcast_to(np.arange(n), work.shape[:-1]).copy()
        np.put_along_axis(swap, pick[..., None], k, -1)
        swap[..., k] = pick
        work = np.take_along_axis(work, swap[..., None], -2)
        order = np.take_along_axis(order, swap, -1)
        pivot = work[..., k, k]
        factors = work[..., k + 1 :, k] / np.where(pivot == 0, 1, pivot)[..., None]
        work[..., k + 1 :, :] -= factors[..., None] * work[..., k, None, :]
    return order


def exchanges(order: Any, count: int) -> np.ndarray:
    """The row that each of `count` steps exchanges with its own, of type int32, so that the rows get this order."""
    found = np.empty((*order.shape[:-1], count), dtype=np.int32)
    rows = np.broadcast_to(np.arange(order.shape[-1]), order.shape).copy()
    for k in range(count):
        place = np.argmax(rows == order[..., k, None], axis=-1)
        found[..., k] = place
        moved = rows[..., k].copy()
        np.put_along_axis(rows, place[..., None], moved[..., None], -1)
        rows[..., k] = order[..., k]
    return found


def order_after(steps: Any, rows_count: int) -> np.ndarray:
    """The order of rows after these exchanges, each of the row of its number with another one."""
    rows = np.broadcast_to(np.arange(rows_count), (*steps.shape[:-1], rows_count)).copy()
    for k in range(steps.shape[-1]):
        place = steps[..., k]
        moved = np.take_along_axis(rows, place[..., None], -1)[..., 0]
        np.put_along_axis(rows, place[..., None], rows[..., k, None].copy(), -1)
        rows[..., k] = moved
    return rows
