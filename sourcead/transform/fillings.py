"""Cotangents that hold one and the same number everywhere: those of sums and means, and multiples of them.

Ensures: for such a cotangent, the expression of the number.

    x_bar = np.full_like(x, 1.0) * np.cos(x)   ->   x_bar = np.cos(x)
"""

from __future__ import annotations

import gast

from sourcead.frontend.syntax import clone
from sourcead.transform.algebra import minus, number, times


class Fillings:
    """The numbers that cotangents hold, by the cotangents' names."""

    def __init__(self) -> None:
        self._known: dict[str, gast.AST] = {}

    def note(self, name: str, value: gast.AST | None) -> None:
        """Remember the new value of a cotangent; None where it is not known."""
        filling = self.of(value) if value is not None else None
        if filling is None:
            self._known.pop(name, None)
        else:
            self._known[name] = filling

    def forget(self) -> None:
        """Let go of all, where control may come from several places."""
        self._known.clear()

    def of(self, value: gast.AST) -> gast.AST | None:
        """The number that an expression holds everywhere; None where it may hold several."""
        if isinstance(value, gast.Name):
            return self._known.get(value.id)
        if isinstance(value, gast.Call) and getattr(value.func, "attr", "") == "full_like":
            return value.args[1]
        if isinstance(value, gast.UnaryOp):
            inner = self.of(value.operand)
            return None if inner is None else minus(inner)
        if isinstance(value, gast.BinOp) and isinstance(value.op, gast.Mult) and number(value.left) is not None:
            inner = self.of(value.right)
            return None if inner is None else times(clone(value.left), clone(inner))
        return None
