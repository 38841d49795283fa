"""What a rule reads, found in its own text.

A parameter is read by value, by shape only, or not at all. A node of the graph keeps what is read by value,
keeps a stand-in without memory for what is read by shape, and drops the rest.
"""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import textwrap
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.kernels.cotangent import unbroadcast, zeros_like

VALUE = "value"
SHAPE = "shape"

_SHAPE_ATTRIBUTES = frozenset({"shape", "dtype", "ndim", "size"})

# Which argument of these functions is read by its shape and dtype only.
_SHAPE_ARGUMENT: dict[Any, int] = {
    np.shape: 0,
    np.ndim: 0,
    np.size: 0,
    np.zeros_like: 0,
    np.ones_like: 0,
    np.full_like: 0,
    np.result_type: 0,
    np.empty_like: 0,
    zeros_like: 0,
    isinstance: 0,
    len: 0,
    type: 0,
    unbroadcast: 1,
}


@functools.cache
def reads(rule: Callable[..., Any]) -> dict[str, str]:
    """The parameters that a rule reads, each with `VALUE` or `SHAPE`. A rule without source reads all by value."""
    return _reads(rule, frozenset())


def _reads(rule: Callable[..., Any], around: frozenset[Any]) -> dict[str, str]:
    """As `reads`; kernels `around` this one are taken to read by value, so that recursion ends."""
    parameters = list(inspect.signature(rule).parameters)
    try:
        definition = ast.parse(textwrap.dedent(inspect.getsource(rule))).body[0]
    except (OSError, TypeError, SyntaxError):
        return dict.fromkeys(parameters, VALUE)
    if not isinstance(definition, ast.FunctionDef):
        return dict.fromkeys(parameters, VALUE)
    reader = _Reader(rule, parameters, around | {rule})
    for statement in definition.body:
        reader.visit(statement)
    return reader.found


class _Reader(ast.NodeVisitor):
    """Collects how the parameters of one rule or kernel are read.

    A name that a comprehension binds to the elements of a parameter counts as the parameter.
    """

    def __init__(self, rule: Callable[..., Any], parameters: list[str], around: frozenset[Any]) -> None:
        self.found: dict[str, str] = {}
        self._rule = rule
        self._around = around
        self._globals = getattr(rule, "__globals__", {})
        self._stands_for = {name: name for name in parameters}

    def _note(self, name: str, how: str) -> None:
        parameter = self._stands_for.get(name)
        if parameter is not None and self.found.get(parameter) != VALUE:
            self.found[parameter] = how

    def visit_Name(self, node: ast.Name) -> None:
        self._note(node.id, VALUE)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and node.attr in _SHAPE_ATTRIBUTES:
            self._note(node.value.id, SHAPE)
        else:
            self.generic_visit(node)

    def visit_ListComp(self, node: ast.ListComp | ast.GeneratorExp) -> None:
        for generator in node.generators:
            self._bind(generator.target, generator.iter)
            for condition in generator.ifs:
                self.visit(condition)
        self.visit(node.elt)

    visit_GeneratorExp = visit_ListComp

    def _bind(self, target: ast.expr, source: ast.expr) -> None:
        """What the target of `for target in source` stands for."""
        if isinstance(target, ast.Name) and isinstance(source, ast.Name):
            if source.id in self._stands_for:
                self._stands_for[target.id] = self._stands_for[source.id]
                self._note(source.id, SHAPE)
        elif isinstance(target, ast.Tuple) and isinstance(source, ast.Call) and self._resolve(source.func) is zip:
            for inner_target, inner_source in zip(target.elts, source.args):
                self._bind(inner_target, inner_source)
        else:
            self.visit(source)

    def visit_Call(self, node: ast.Call) -> None:
        self.visit(node.func)
        function = self._resolve(node.func)
        if function is getattr and self._asks_for_shape(node.args):
            return
        for k, argument in enumerate(node.args):
            if isinstance(argument, ast.Name):
                how = self._how_read(function, k, argument.id)
                if how is not None:
                    self._note(argument.id, how)
            else:
                self.visit(argument)
        for keyword in node.keywords:
            self.visit(keyword.value)

    def _asks_for_shape(self, arguments: list[ast.expr]) -> bool:
        """Whether `getattr` is called for the shape or dtype of a parameter, and that is noted."""
        match arguments:
            case [ast.Name(id=name), ast.Constant(value=attribute), *_] if attribute in _SHAPE_ATTRIBUTES:
                self._note(name, SHAPE)
                return True
        return False

    def _how_read(self, function: Any, position: int, name: str) -> str | None:
        """How a called function reads its argument at `position`; a kernel's own text says it."""
        try:
            if _SHAPE_ARGUMENT.get(function) == position:
                return SHAPE
        except TypeError:
            return VALUE
        if not _is_kernel(function):
            return VALUE
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        if position >= len(names):
            return VALUE
        if function is self._rule and self._stands_for.get(name) == names[position]:
            # The kernel calls itself on a part of the same argument: that reads nothing in another way.
            return None
        return VALUE if function in self._around else _reads(function, self._around).get(names[position])

    def _resolve(self, function: ast.expr) -> Any:
        """The object that a plain or dotted name in the rule stands for, or None."""
        if isinstance(function, ast.Name):
            return self._globals.get(function.id, getattr(builtins, function.id, None))
        if isinstance(function, ast.Attribute):
            owner = self._resolve(function.value)
            return getattr(owner, function.attr, None)
        return None


def ignores_value(function: Any, slot: int | str) -> bool:
    """Whether no derivative passes through an argument that the table has no rule for.

    So it is where only the shape is read. The kernels have a rule for every argument that a derivative passes
    through; of other functions that is known only where it is written above.
    """
    return _is_kernel(function) or _SHAPE_ARGUMENT.get(function) == slot


def _is_kernel(function: Any) -> bool:
    return isinstance(function, types.FunctionType) and function.__module__.startswith("runtime.kernels.")
