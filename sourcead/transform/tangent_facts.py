"""What a forward sweep knows of a variable at the statement that it has come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from runtime.kernels import accumulate, refreshed, taken_over
from runtime.kernels.tangent import zero_tangent
from sourcead.frontend.expressions import is_integer
from sourcead.frontend.syntax import call, clone, const, load, names_read, same, walk
from sourcead.transform.algebra import number
from sourcead.transform.functions import Analysed
from sourcead.transform.operations import Operation, operation

# Kernels that are linear in their first two operands together, which may be lists or objects.
TOGETHER = (accumulate, refreshed, taken_over)
Starts = dict[str, gast.AST]
Parts = dict[str, list[gast.AST]]


class Facts:
    """What is known of the variables of a core program at the statement that the sweep has come to.

    `active` are the variables whose tangent is not known to be zero, `starts` the zero tangents of values that are
    known, `parts` the operands of elementwise results, whose shapes make up the result's. `loose` are the tangents
    that may be smaller than their value, because only elementwise operations that stretch them read them, each with
    the operands whose shapes it does have.
    """

    def __init__(self, analysed: Analysed, names: dict[str, str], fresh: Callable[[str], str]) -> None:
        self.core, self.variables = analysed.core, analysed.variables
        self.shapes, self.kinds = analysed.shapes, analysed.kinds
        self.names, self.fresh = names, fresh
        # A name may have moved on from an array that is changed under another name.
        self.mutable = {n for c in analysed.changes.values() for n in c.sharing} | analysed.aliases.kin.keys()
        self.active: set[str] = set(names)
        # Results whose parts are read by name, as in `np.linalg.qr(a).Q`.
        fields = (n for n in walk(self.core.body) if isinstance(n, gast.Attribute) and isinstance(n.value, gast.Name))
        self.by_name = {n.value.id for n in fields if not hasattr(np.ndarray, n.attr)}
        self.starts: Starts = {}
        self.parts: Parts = {}
        self.loose: Parts = {}
        self._owners = {dot: variable for variable, dot in names.items()}

    def dot(self, variable: str) -> str:
        """The name of a variable's tangent."""
        if variable not in self.names:
            self.names[variable] = self.core.namespace.local(f"{variable}_dot", self.core.taken)
            self._owners[self.names[variable]] = variable
        return self.names[variable]

    def owner(self, dot: str) -> str | None:
        """The variable whose tangent has a name."""
        return self._owners.get(dot)

    def state(self) -> tuple[Starts, Parts]:
        """What is known of values here."""
        return dict(self.starts), dict(self.parts)

    def begin(self, state: tuple[Starts, Parts]) -> None:
        """Go on from another place in the program."""
        self.starts, self.parts = dict(state[0]), dict(state[1])

    def learn(self, variable: str, value: gast.AST, start: gast.AST | None) -> None:
        """Note what `variable = value` says of the variable, which it has just written."""
        if start is not None:
            self.starts[variable] = start
        found = self.operation(value)
        if found is not None and found.rule is not None and found.rule.kind == "elementwise":
            if not any(variable in names_read(operand) for operand in found.operands):
                self.parts[variable] = found.operands

    def written(self, names: set[str]) -> None:
        """Forget what was known of variables that have been written, and of their shapes."""
        self.starts = {n: s for n, s in self.starts.items() if n not in names}
        self.parts = {n: p for n, p in self.parts.items() if n not in names and not names_read(p) & names}
        self.loose = {n: [] if names_read(reached) & names else reached for n, reached in self.loose.items()}

    def covered(self, operand: gast.AST, reached: list[gast.AST]) -> bool:
        """Whether an operand is sure not to be larger than operands of these shapes together."""
        if self.is_number(operand) or any(same(operand, r) for r in reached):
            return True
        if isinstance(operand, gast.BinOp) and not isinstance(operand.op, gast.MatMult):
            return self.covered(operand.left, reached) and self.covered(operand.right, reached)
        if isinstance(operand, gast.UnaryOp) and isinstance(operand.op, (gast.USub, gast.UAdd)):
            return self.covered(operand.operand, reached)
        parts = self.parts.get(operand.id) if isinstance(operand, gast.Name) else None
        return parts is not None and all(self.covered(part, reached) for part in parts)

    def bind(self, function: Callable[..., Any]) -> gast.Name:
        """A kernel or library function by name."""
        return load(self.core.namespace.bind(function.__name__, function))

    def operation(self, value: gast.AST) -> Operation | None:
        """The operation that a right-hand side is."""
        return operation(value, self.core.namespace, self.variables)

    def varies(self, node: Any) -> bool:
        """Whether an operand has a tangent that is not known to be zero."""
        if isinstance(node, tuple):
            return any(self.varies(n) for n in node)
        return isinstance(node, gast.Name) and node.id in self.active

    def is_number(self, node: gast.AST) -> bool:
        """Whether an expression is sure to be a single number."""
        if isinstance(node, gast.Name):
            start = self.starts.get(node.id)
            return self.shapes.is_scalar(node.id) or node.id in self.core.integers or isinstance(start, gast.Constant)
        return isinstance(node, gast.Constant) or number(node) is not None or is_integer(node, self.core.integers)

    def is_display(self, node: gast.AST) -> bool:
        """Whether an operand is sure to be a list, tuple or dict."""
        return isinstance(node, gast.Name) and node.id in self.kinds.displays

    def of(self, node: gast.AST) -> gast.AST:
        """The tangent of an operand, zero or not."""
        if self.varies(node):
            return load(self.dot(node.id))
        return const(0.0) if self.is_number(node) else call(self.bind(zero_tangent), clone(node))
