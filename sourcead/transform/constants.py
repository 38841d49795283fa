"""What a result is made of besides the arguments that are differentiated by: other arguments, and data from outside.

A gradient that never computes its result cannot see that it is complex. That can only be where one of these is.
"""

from __future__ import annotations

import types

import gast
import numpy as np

from sourcead.analysis.activity import root
from sourcead.analysis.blocks import every_statement, first
from sourcead.analysis.shapes import parameters_of
from sourcead.frontend.names import MISSING, Namespace
from sourcead.frontend.syntax import names_read, walk
from sourcead.transform.functions import Analysed

# What these give is real, or a whole number, whatever they are given.
REAL = {
    "abs", "absolute", "len", "shape", "ndim", "size", "range", "zeros", "ones", "empty", "eye", "zeros_like",
    "ones_like",
}  # fmt: skip
# How a name stands in what varies: by its fields and what its methods give, by its entries, or itself.
FIELDS, ENTRIES, ITSELF = 0, 1, 2
CODE = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)


def constants_of(analysed: Analysed, namespace: Namespace) -> dict[str, int]:
    """The names, sorted, of arguments and outer data that stand as operands where something varies.

    With each name, how it stands there: FIELDS, ENTRIES or ITSELF.
    """
    core, varied = analysed.core, analysed.varied
    made: dict[str, dict[str, int]] = {}
    found: dict[str, int] = {}
    for node in every_statement(core.body):
        if not isinstance(node, (gast.Assign, gast.AugAssign, gast.Expr)):
            continue
        target = first(node)
        into = root(target) if target is not None else None
        operands = _operands(node.value)
        if into is not None and into not in varied:
            _note(made.setdefault(into, {}), operands, ITSELF)
        elif operands.keys() & varied or into is not None:
            _note(found, {n: how for n, how in operands.items() if n not in varied}, ITSELF)
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        waiting += _note(found, made.get(name, {}), found[name])
    for node in walk(core.body):
        if isinstance(node, gast.Compare) and names_read(node) & varied:
            # What is asked of a value may be kept by an object that is read afterwards.
            asked = {part.id for part in (node.left, *node.comparators) if isinstance(part, gast.Name)}
            found.update(dict.fromkeys(asked & found.keys(), ITSELF))
    given = set(core.parameters) - set(analysed.wrt)
    return {n: found[n] for n in sorted(found) if n in given or _is_data(n, namespace)}


def computed_fields(body: list[gast.AST]) -> list[str]:
    """The names of fields that are read themselves, and not only for a field or method of theirs."""
    nodes = walk(body)
    called = {id(n.func) for n in nodes if isinstance(n, gast.Call)}
    passed = {id(_base(n.value)) for n in nodes if isinstance(n, gast.Attribute)}
    read = [n for n in nodes if isinstance(n, gast.Attribute) and id(n) not in called | passed]
    return sorted({n.attr for n in read if not hasattr(np.ndarray, n.attr)})


def _base(node: gast.AST) -> gast.AST:
    while isinstance(node, gast.Subscript):
        node = node.value
    return node


def _note(found: dict[str, int], operands: dict[str, int], most: int) -> list[str]:
    """Add operands to those found, as what is at `most` so; gives the names of which something is new."""
    new = [n for n, how in operands.items() if n not in found or min(most, how) > found[n]]
    found.update({n: min(most, operands[n]) for n in new})
    return new


def assumes_number(analysed: Analysed) -> bool:
    """Whether a gradient takes its result for a single real number without having computed it."""
    result = analysed.core.result
    if result is None or result not in analysed.varied or analysed.core.namespace.complex:
        return False
    return result in analysed.certain or parameters_of(analysed.shapes.final.get(result)) is not None


def _operands(node: gast.AST, how: int = ITSELF) -> dict[str, int]:
    """The names whose values an expression takes part of, not those that only say where or how large.

    With each, how it stands there, where the whole expression stands `how`.
    """
    if isinstance(node, gast.Name):
        return {node.id: how}
    if isinstance(node, gast.Subscript):
        return _operands(node.value, min(how, ENTRIES))
    if isinstance(node, (gast.Compare, gast.Lambda)):
        return {}
    if isinstance(node, gast.Attribute):
        return {} if node.attr in REAL else _operands(node.value, how if hasattr(np.ndarray, node.attr) else FIELDS)
    if isinstance(node, (gast.ListComp, gast.GeneratorExp, gast.SetComp, gast.DictComp)):
        return dict.fromkeys(names_read(node), FIELDS)
    parts = list(gast.iter_child_nodes(node))
    found: dict[str, int] = {}
    if isinstance(node, gast.Call):
        called = node.func.attr if isinstance(node.func, gast.Attribute) else getattr(node.func, "id", "")
        if called in REAL:
            return {}
        parts = [*node.args, *(k.value for k in node.keywords)]
        if isinstance(node.func, gast.Attribute):
            found = _operands(node.func.value, how if hasattr(np.ndarray, node.func.attr) else FIELDS)
    for part in parts:
        _note(found, _operands(part, how), ITSELF)
    return found


def _is_data(name: str, namespace: Namespace) -> bool:
    """Whether a name is data of the user's module, or of a function around this one."""
    if name not in namespace.homes and name not in namespace.cells:
        return False
    value = namespace.value(name)
    return value is not MISSING and not isinstance(value, CODE) and not callable(value)
