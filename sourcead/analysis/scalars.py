"""Single numbers, found from the end: what must be a number because the result is one.

The gradient of a function is asked for only where its result is a single number, and that is checked when it runs.
Broadcasting never makes a shape smaller, so every operand of an elementwise operation whose result is a number is a
number too; no cotangent need be summed there. The facts flow backward from the result.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from sourcead.analysis.webs import is_whole
from sourcead.frontend.syntax import names_written, walk

Facts = frozenset[str]


def numbers_after(
    body: list[gast.AST], result: str | None, universe: Facts, is_elementwise: Callable[[gast.AST], bool]
) -> tuple[dict[int, Facts], Facts]:
    """For each statement the variables that hold single numbers right after it, given that `result` ends as one.

    The second value are the facts at the start of the body.
    """
    flow = _Flow(universe, is_elementwise)
    start = flow.block(body, frozenset({result} if result else ()))
    return flow.after, start


class _Flow:
    def __init__(self, universe: Facts, is_elementwise: Callable[[gast.AST], bool]) -> None:
        self.universe = universe
        self.is_elementwise = is_elementwise
        self.after: dict[int, Facts] = {}

    def block(self, body: list[gast.AST], facts: Facts) -> Facts:
        for statement in reversed(body):
            self.after[id(statement)] = facts
            facts = self.statement(statement, facts)
        return facts

    def statement(self, node: gast.AST, facts: Facts) -> Facts:
        if isinstance(node, gast.If):
            return self.block(node.body, facts) & self.block(node.orelse, facts)
        if isinstance(node, (gast.For, gast.While)) and not is_whole(node):
            return self._loop(node, facts)
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            name = node.targets[0].id
            before = facts - {name}
            return before | _operands(node.value) if name in facts and self._spreads(node.value) else before
        if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            spreads = not isinstance(node.op, gast.MatMult)
            if node.target.id in facts and spreads:
                return facts | _operands(node.value)
            return facts - {node.target.id}
        return facts - names_written(node)

    def _loop(self, node: gast.AST, facts: Facts) -> Facts:
        """The greatest set that the loop's body keeps, for the body may run any number of times."""
        head = self.universe
        while True:
            entered = self.block(node.body, head)
            if isinstance(node, gast.For):
                entered -= names_written(node.target)
            kept = facts & entered & head
            if kept == head:
                return head
            head = kept

    def _spreads(self, value: gast.AST) -> bool:
        return isinstance(value, gast.Name) or self.is_elementwise(value)


def _operands(value: gast.AST) -> Facts:
    if isinstance(value, gast.Name):
        nodes = [value]
    elif isinstance(value, gast.BinOp):
        nodes = [value.left, value.right]
    elif isinstance(value, gast.UnaryOp):
        nodes = [value.operand]
    elif isinstance(value, gast.Call):
        nodes = [*value.args]
        if isinstance(value.func, gast.Attribute) and isinstance(value.func.value, gast.Name) and not value.args:
            nodes.append(value.func.value)
    else:
        nodes = []
    return frozenset(n.id for n in nodes if isinstance(n, gast.Name))


def always_numbers(body: list[gast.AST], numbers: dict[int, frozenset[str]]) -> frozenset[str]:
    """Variables that hold a single number after every statement that writes them."""
    seen: dict[str, bool] = {}
    for node in walk(body):
        if isinstance(node, (gast.Assign, gast.AugAssign, gast.For, gast.With, gast.Import, gast.ImportFrom)):
            for name in names_written(node.target if isinstance(node, gast.For) else node):
                holds = isinstance(node, gast.For) or name in numbers.get(id(node), frozenset())
                seen[name] = seen.get(name, True) and holds
    return frozenset(name for name, always in seen.items() if always)
