"""Looking for what goes wrong on the way backward, and for the forward line that it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Any

import numpy as np

from runtime.errors import SourceADError
from runtime.graph import Node
from runtime.variable import Variable


class AnomalyDetected(SourceADError, ArithmeticError):
    """A NaN appeared on the way backward while `autograd.detect_anomaly` was looking for it."""


class Blame:
    """Adds the forward line of a node to an error that is raised in its step backward."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if error is not None and self._node.hooks is not None and self._node.hooks.line:
            error.add_note(
                f"The error is in the backward step of {self._node.name()}, recorded by\n    {line_of(self._node)}"
            )


def line_of(node: Node) -> str:
    """Where the forward operation of a node stood; empty where nobody asked to remember it."""
    return node.hooks.line if node.hooks is not None else ""


def checked(node: Node, bars: Iterable[Any], check_nan: bool) -> list[Any]:
    """The cotangents that a node's step gave. Raises AnomalyDetected for a NaN among them."""
    found = list(bars)
    for k, bar in enumerate(found):
        g = getattr(bar, "g", bar)
        array = g._data if isinstance(g, Variable) else g
        if check_nan and isinstance(array, (np.ndarray, np.generic)) and np.isnan(array).any():
            place = line_of(node)
            raise AnomalyDetected(
                f"{node.name()} returned NaN in the gradient of its input number {k}"
                + (f"; the operation was recorded by\n    {place}" if place else ""),
                "Look for a division by zero, a root or logarithm at zero, or inf - inf in that line.",
            )
    return found
