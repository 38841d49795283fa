"""Strong zeros: a cotangent of zero stays zero whatever it is multiplied by, infinity and NaN included.

    z_bar * np.cos(x) / y        ->        absorb(absorb(z_bar, np.cos(x)), 1.0 / y)

A derivative of log at 0 is infinite, and 0.0 * inf is NaN, also where the result was not taken. The products of the
rules' own text are rewritten: those of a cotangent with what is no constant. So there is no second set of rules, and
the text of an emitted program, which is made of the same rules, is rewritten by the same function.
"""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import linecache
import textwrap
import types
from collections.abc import Callable
from typing import Any

from runtime.kernels import absorb
from runtime.places import note_written

# Builds `absorb(a, b)` and `1.0 / b` of two nodes of the tree.
Build = Callable[[str, Any, Any], Any]
Carries = Callable[[Any], bool]


def absorbed(node: Any, carries: Carries, build: Build) -> Any:
    """An expression with its products absorbing; `carries` says which parts depend on a cotangent.

    It takes trees of `ast` and of `gast`, which spell expressions alike. The tree is changed in place.
    """
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            setattr(node, name, [absorbed(v, carries, build) if isinstance(v, ast.AST) else v for v in value])
        elif isinstance(value, ast.AST):
            setattr(node, name, absorbed(value, carries, build))
    if type(node).__name__ != "BinOp":
        return node
    left, right, kind = node.left, node.right, type(node.op).__name__
    if kind == "Mult" and carries(left) != carries(right):
        g, factor = (left, right) if carries(left) else (right, left)
        return node if _is_constant(factor) else build("absorb", g, factor)
    if kind == "Div" and carries(left) and not carries(right) and not _is_constant(right):
        return build("absorb", left, build("reciprocal", right, None))
    return node


def _is_constant(node: Any) -> bool:
    while type(node).__name__ == "UnaryOp":
        node = node.operand
    return type(node).__name__ == "Constant"


@functools.cache
def absorbing(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A reverse rule, whose first parameter is the cotangent of the result, with its products absorbing."""
    if not isinstance(rule, types.FunctionType):
        return rule
    module = ast.parse(textwrap.dedent(inspect.getsource(rule)))
    definition = module.body[0]
    if not isinstance(definition, ast.FunctionDef):
        return rule
    definition.decorator_list = []
    names = {definition.args.args[0].arg}

    def carries(node: Any) -> bool:
        return any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))

    for statement in definition.body:
        if isinstance(statement, ast.Assign):
            carried = carries(statement.value)
            statement.value = absorbed(statement.value, carries, _build)
            names |= {n.id for t in statement.targets for n in ast.walk(t) if isinstance(n, ast.Name) and carried}
        elif isinstance(statement, ast.Return) and statement.value is not None:
            statement.value = absorbed(statement.value, carries, _build)
    return _compiled(rule, module)


def _build(kind: str, a: Any, b: Any) -> ast.expr:
    if kind == "reciprocal":
        return ast.BinOp(ast.Constant(1.0), ast.Div(), a)
    return ast.Call(ast.Name("absorb", ast.Load()), [a, b], [])


def _compiled(rule: types.FunctionType, module: ast.Module) -> Callable[..., Any]:
    text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(module)))
    filename = f"<absorbing {rule.__module__}.{rule.__qualname__} {id(rule)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    note_written(filename, {})
    scope: dict[str, Any] = {**rule.__globals__, "absorb": absorb}
    exec(compile(text, filename, "exec"), scope)
    made: Callable[..., Any] = scope[rule.__name__]
    return made
