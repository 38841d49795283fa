"""What a result is made of besides the arguments that are differentiated by: other arguments, and data from outside.

A gradient that never computes its result cannot see that it is complex. That can only be where one of these is.
"""

from __future__ import annotations

import types

import gast

from sourcead.analysis.activity import root
from sourcead.analysis.blocks import every_statement, first
from sourcead.analysis.shapes import parameters_of
from sourcead.frontend.names import MISSING, Namespace
from sourcead.frontend.syntax import names_read
from sourcead.transform.functions import Analysed

# What these give is real, or a whole number, whatever they are given.
REAL = {"abs", "absolute", "len", "shape", "ndim", "size", "range", "zeros_like", "ones_like"}
CODE = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)


def constants_of(analysed: Analysed, namespace: Namespace) -> list[str]:
    """The names, sorted, of arguments and outer data that stand as operands where something varies."""
    core, varied = analysed.core, analysed.varied
    made: dict[str, set[str]] = {}
    found: set[str] = set()
    for node in every_statement(core.body):
        if not isinstance(node, (gast.Assign, gast.AugAssign, gast.Expr)):
            continue
        target = first(node)
        into = root(target) if target is not None else None
        operands = _operands(node.value)
        if into is not None and into not in varied:
            made.setdefault(into, set()).update(operands)
        elif operands & varied or into is not None:
            found |= operands
    found -= varied
    waiting = list(found)
    while waiting:
        new = made.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    outside = {n for n in found if _is_data(n, namespace)}
    return sorted((found & set(core.parameters) - set(analysed.wrt)) | outside)


def assumes_number(analysed: Analysed) -> bool:
    """Whether a gradient takes its result for a single real number without having computed it."""
    result = analysed.core.result
    if result is None or result not in analysed.varied or analysed.core.namespace.complex:
        return False
    return result in analysed.certain or parameters_of(analysed.shapes.final.get(result)) is not None


def _operands(node: gast.AST) -> set[str]:
    """The names whose values an expression takes part of, not those that only say where or how large."""
    if isinstance(node, gast.Name):
        return {node.id}
    if isinstance(node, gast.Subscript):
        return _operands(node.value)
    if isinstance(node, (gast.Compare, gast.Lambda)):
        return set()
    if isinstance(node, gast.Call):
        called = node.func.attr if isinstance(node.func, gast.Attribute) else getattr(node.func, "id", "")
        if called in REAL:
            return set()
        method = node.func.value if isinstance(node.func, gast.Attribute) else None
        parts = [*([method] if method is not None else []), *node.args, *(k.value for k in node.keywords)]
        return set().union(*map(_operands, parts))
    if isinstance(node, gast.Attribute):
        return set() if node.attr in REAL else _operands(node.value)
    if isinstance(node, (gast.ListComp, gast.GeneratorExp, gast.SetComp, gast.DictComp)):
        return names_read(node)
    return set().union(*(_operands(n) for n in gast.iter_child_nodes(node)))


def _is_data(name: str, namespace: Namespace) -> bool:
    """Whether a name is data of the user's module, or of a function around this one."""
    if name not in namespace.homes and name not in namespace.cells:
        return False
    value = namespace.value(name)
    return value is not MISSING and not isinstance(value, CODE) and not callable(value)
