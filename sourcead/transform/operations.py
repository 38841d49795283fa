"""What a core operation is: the function behind it, its arguments, and the rule that differentiates it."""

from __future__ import annotations

import functools
import operator
import types
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from runtime.primitives import registry
from sourcead.analysis.objects import FIELD
from sourcead.errors import NoRule
from sourcead.frontend.annotations import is_method_of, signature_of
from sourcead.frontend.names import MISSING, Namespace, parametrised
from sourcead.frontend.syntax import pack

OPERATORS: dict[type, Any] = {
    gast.Add: np.add,
    gast.Sub: np.subtract,
    gast.Mult: np.multiply,
    gast.Div: np.divide,
    gast.FloorDiv: np.floor_divide,
    gast.Mod: np.remainder,
    gast.Pow: np.power,
    gast.MatMult: np.matmul,
    gast.USub: np.negative,
    gast.UAdd: np.positive,
}


@dataclass(frozen=True)
class Operation:
    """One core operation: the function that it is (MISSING where that is not known), with its operands as trees.

    `owner` is the class that a method was read off: the class of its first argument.
    """

    function: Any
    args: tuple[gast.AST, ...]
    kwargs: dict[str, gast.AST]
    text: str
    owner: type | None = None

    @functools.cached_property
    def rule(self) -> registry.Rule | None:
        """The rule of the function."""
        return registry.lookup(self.function)

    @property
    def bound(self) -> dict[str, Any]:
        """The arguments of a call of a user's function by the names of its parameters."""
        return signature_of(self.function).bind(*self.args, **self.kwargs).arguments

    @property
    def operands(self) -> list[gast.AST]:
        """All arguments."""
        return [*self.args, *self.kwargs.values()]


def resolve(node: gast.AST, namespace: Namespace, variables: set[str] | frozenset[str]) -> Any:
    """The object that a core expression names, or MISSING for variables and everything computed."""
    if isinstance(node, gast.Name):
        return MISSING if node.id in variables else namespace.value(node.id)
    if isinstance(node, gast.Attribute):
        base = resolve(node.value, namespace, variables)
        return MISSING if base is MISSING else getattr(base, node.attr, MISSING)
    if isinstance(node, gast.Subscript):
        return parametrised(resolve(node.value, namespace, variables))
    return MISSING


def operation(node: gast.AST, namespace: Namespace, variables: set[str] | frozenset[str]) -> Operation | None:
    """The operation that a core right-hand side is; None for names, displays and subscripts."""
    if isinstance(node, gast.BinOp) and type(node.op) in OPERATORS:
        return Operation(OPERATORS[type(node.op)], (node.left, node.right), {}, type(node.op).__name__)
    if isinstance(node, gast.UnaryOp) and type(node.op) in OPERATORS:
        return Operation(OPERATORS[type(node.op)], (node.operand,), {}, type(node.op).__name__)
    if isinstance(node, gast.Attribute):
        function = None if node.ctx is FIELD else registry.lookup_attribute(node.attr)
        return None if function is None else Operation(function, (node.value,), {}, node.attr)
    if not isinstance(node, gast.Call):
        return None
    kwargs = {k.arg: k.value for k in node.keywords}
    function = resolve(node.func, namespace, variables)
    if function is MISSING and isinstance(node.func, gast.Attribute):
        method = registry.lookup_method(node.func.attr)
        if node.func.attr == "item" and node.args:
            # One index counts through the flattened array.
            index = pack(node.args) if len(node.args) > 1 else node.args[0]
            method = operator.getitem if len(node.args) > 1 else np.take
            return Operation(method, (node.func.value, index), kwargs, "item")
        args = _method_arguments(node.func.attr, node.args)
        return Operation(MISSING if method is None else method, (node.func.value, *args), kwargs, node.func.attr)
    owner = None
    if isinstance(function, types.FunctionType) and isinstance(node.func, gast.Attribute):
        owner = resolve(node.func.value, namespace, variables)
    made = f"{_spelled(node.func.func)}(...)" if isinstance(node.func, gast.Call) else ""
    text = _spelled(node.func) or made or getattr(function, "__name__", "call")
    is_owner = isinstance(node.func, gast.Attribute) and is_method_of(owner, node.func.attr)
    return Operation(function, tuple(node.args), kwargs, text, owner if is_owner else None)


def _spelled(node: gast.AST) -> str:
    """A name with its dots, as the user wrote it; an empty text for anything else."""
    if isinstance(node, gast.Attribute):
        base = _spelled(node.value)
        return f"{base}.{node.attr}" if base else ""
    return node.id if isinstance(node, gast.Name) else ""


def _method_arguments(name: str, args: list[gast.AST]) -> list[gast.AST]:
    """`x.reshape(3, -1)` and `x.transpose(1, 0)` in the form of the functions: one shape, one permutation."""
    if name in ("reshape", "transpose") and len(args) > 1:
        return [pack(args)]
    if name == "reshape" and len(args) == 1 and _is_number(args[0]):
        return [pack(args)]
    return args


def _is_number(node: gast.AST) -> bool:
    return isinstance(node, (gast.Constant, gast.UnaryOp))


def unfit(found: Operation, statement: gast.AST) -> NoRule:
    """The error for a call in a form that its rule does not know."""
    given = ", ".join([*("..." for _ in found.args), *(f"{k}=" for k in found.kwargs)])
    name = found.rule.name if found.rule else found.text
    return NoRule(
        f"the rule of `{name}` does not cover the call `{name}({given})`",
        "Leave out the argument that it does not know, or compute the same value in another way.",
        statement.origin,
    )
