"""What variables hold, as far as the text tells: numbers and arrays, displays, tuples of results.

`numeric` variables are sure to be numbers or arrays, because arithmetic is done on them or made them, and nothing asks
of which class they are. `displays` are sure to be lists, tuples or dicts. `tuples` are results that are only ever read
entry by entry. `passing` are intermediate values with one elementwise use, whose cotangent may keep the shape of that
use, because the adjoint of what made them sums it up. `arrays` are used as only numbers and arrays can be, `entered` as
lists, dicts and objects can be too, `turned` by an attribute of arrays that is an operation, as `.T` is: an object may
have a field so named.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import gast
import numpy as np

from runtime import kernels, regions
from runtime.primitives.registry import Rule, lookup_attribute, lookup_method
from sourcead.analysis.activity import root
from sourcead.analysis.objects import FIELD
from sourcead.analysis.unpacking import asks_entries
from sourcead.frontend.syntax import walk

# Operations with a rule whose result may be a list, dict or record.
ANY_STRUCTURE = {
    kernels.accumulate,
    kernels.as_cotangent,
    kernels.as_gradient,
    kernels.entries_of,
    kernels.filled,
    kernels.columns_of_jacobian,
    kernels.formed,
    kernels.given_up,
    kernels.handed_back,
    kernels.jacobian_of_columns,
    kernels.jacobian_of_rows,
    kernels.rows_of_jacobian,
    kernels.like,
    kernels.matched,
    kernels.own,
    kernels.private,
    kernels.refreshed,
    kernels.contents,
    kernels.saved,
    kernels.saved_item,
    kernels.seeded,
    kernels.sequence,
    kernels.sequence_dot,
    kernels.take_out,
    kernels.take_written,
    kernels.taken_over,
    kernels.view_alike,
    np.array_split,
    np.hsplit,
    np.split,
    np.vsplit,
    operator.getitem,
    regions.pulled_back,
    regions.pushed,
    regions.recorded,
}
FindRule = Callable[[gast.AST], Rule | None]
MAKE_ARRAYS = (np.zeros, np.ones, np.empty, np.full, np.eye, np.identity, np.arange, np.linspace)
TAKE_LISTS = {
    "array", "asarray", "block", "column_stack", "concatenate", "dist", "dstack", "fsum", "hstack", "one_array", "prod",
    "row_stack", "stack", "sumprod", "vstack",
}  # fmt: skip
DISPLAYS = (gast.List, gast.Tuple, gast.Dict)


@dataclass(frozen=True)
class Kinds:
    """The facts, as sets of variables."""

    numeric: frozenset[str]
    displays: frozenset[str]
    tuples: frozenset[str]
    passing: frozenset[str]
    dicts: frozenset[str]
    arrays: frozenset[str]
    entered: frozenset[str]
    turned: frozenset[str]


def kinds(
    body: list[gast.AST], result: str | None, rule_of: FindRule, function_of: Callable[[gast.AST], object]
) -> Kinds:
    """Facts about the variables of a core program.

    `rule_of` finds the rule of a right-hand side, `function_of` the function that it calls.
    """
    numeric: set[str] = set()
    displays: set[str] = set()
    uses: Counter[str] = Counter()
    definitions: Counter[str] = Counter()
    entries: Counter[str] = Counter()
    summing: set[str] = set()
    consumed: Counter[str] = Counter()
    copies: list[tuple[str, str]] = []
    asked: set[str] = set()
    if result is not None:
        uses[result] += 2
    for node in walk(body):
        if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load):
            uses[node.id] += 1
        if (unpacked := asks_entries(node)) is not None:
            uses[unpacked] -= 1
        if isinstance(node, gast.Subscript) and isinstance(node.value, gast.Name):
            place = node.slice
            if isinstance(place, gast.Constant) and isinstance(place.value, int):
                entries[node.value.id] += 1
            if isinstance(place, (gast.Slice, gast.Tuple)):
                continue
        if isinstance(node, gast.Call) and node.args and any(function_of(node) is each for each in (isinstance, type)):
            # It may be something else where no arithmetic is done on it.
            asked |= {n.id for n in node.args[:1] if isinstance(n, gast.Name)}
        if isinstance(node, gast.AugAssign):
            names = [n for n in (node.target, node.value) if isinstance(n, gast.Name)]
            numeric |= {n.id for n in names}
            if isinstance(node.target, gast.Name):
                definitions[node.target.id] += 2
        if isinstance(node, (gast.Assign, gast.AugAssign)) and isinstance(node.value, gast.Name):
            if isinstance(node.target if isinstance(node, gast.AugAssign) else node.targets[0], gast.Subscript):
                consumed[node.value.id] += 1
        if not isinstance(node, gast.Assign):
            continue
        target = node.targets[0]
        if isinstance(target, gast.Name):
            definitions[target.id] += 1
        rule = rule_of(node.value)
        operands = _operands(node.value) if rule or isinstance(node.value, (gast.BinOp, gast.UnaryOp)) else []
        if rule is not None and rule.kind == "elementwise":
            consumed.update(operands)
        if rule is not None and (rule.kind == "elementwise" or isinstance(node.value, gast.BinOp)):
            numeric |= set(operands)
        if isinstance(target, gast.Name):
            if isinstance(node.value, DISPLAYS):
                displays.add(target.id)
            elif (held := _copied(node.value)) is not None:
                copies.append((target.id, held))
            elif any(function_of(node.value) is f for f in MAKE_ARRAYS):
                numeric.add(target.id)
            elif rule is not None and rule.function not in ANY_STRUCTURE:
                numeric.add(target.id)
            if rule is not None and (rule.kind == "elementwise" or rule.function is np.matmul):
                summing.add(target.id)
    while True:
        before = len(numeric) + len(asked)
        for a, b in copies:
            for group in (numeric, asked):
                if a in group or b in group:
                    group |= {a, b}
        if len(numeric) + len(asked) == before:
            break
    beside = _defined_beside_use(body, rule_of)
    once = {n for n in summing & beside if definitions[n] == 1 and uses[n] == 1 and consumed[n] == 1}
    tuples = {n for n, c in entries.items() if definitions[n] == 1 and uses[n] == c} - summing
    return Kinds(
        frozenset(numeric - displays - asked),
        frozenset(displays),
        frozenset(tuples),
        frozenset(once),
        _dicts(body),
        *_used_as(body),
    )


def _copied(value: gast.AST) -> str | None:
    """The variable that a value is, or is a copy of: lists and dicts have the method `copy` too."""
    if isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute) and value.func.attr == "copy":
        value = value.func.value if not value.args and not value.keywords else value
    return value.id if isinstance(value, gast.Name) else None


def _dicts(body: list[gast.AST]) -> frozenset[str]:
    """Variables that may be dicts: made as one, or another name for one."""
    found: set[str] = set()
    for node in walk(body):
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            value = node.value
            if isinstance(value, gast.Dict) or isinstance(value, gast.Name) and value.id in found:
                found.add(node.targets[0].id)
    return frozenset(found)


def _used_as(body: list[gast.AST]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Variables that are used as only numbers and arrays can be, those read entry by entry as lists are too, and those
    of which an attribute is read that is an operation on arrays.
    """
    arrays: set[str] = set()
    entered: set[str] = set()
    turned: set[str] = set()
    for node in walk(body):
        if isinstance(node, gast.BinOp):
            sides = [node.left, node.right]
            strict = not isinstance(node.op, (gast.Add, gast.Mult)) or any(_is_float(s) for s in sides)
            arrays |= {s.id for s in sides if strict and isinstance(s, gast.Name)}
        elif (
            isinstance(node, gast.UnaryOp) and not isinstance(node.op, gast.Not) and isinstance(node.operand, gast.Name)
        ):
            arrays.add(node.operand.id)
        elif (
            isinstance(node, gast.AugAssign)
            and isinstance(node.target, gast.Name)
            and not isinstance(node.op, gast.Add)
        ):
            arrays.add(node.target.id)
        elif isinstance(node, gast.Attribute) and isinstance(node.value, gast.Name):
            if lookup_attribute(node.attr) is not None and node.ctx is not FIELD:
                turned.add(node.value.id)
            else:
                known = lookup_method(node.attr) or node.attr in ("shape", "ndim", "dtype")
                (arrays if known and node.ctx is not FIELD else entered).add(node.value.id)
        elif isinstance(node, gast.Subscript) and isinstance(node.value, gast.Name):
            (arrays if isinstance(node.slice, gast.Tuple) else entered).add(node.value.id)
        elif isinstance(node, gast.Call) and _takes_lists(node.func):
            entered |= {a.id for a in node.args if isinstance(a, gast.Name)}
        elif isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and _is_math(node.func):
            arrays |= {a.id for a in node.args if isinstance(a, gast.Name)}
        elif isinstance(node, gast.Call) and isinstance(node.func, gast.Name):
            known = node.func.id in ("abs", "float")
            (arrays if known else entered).update(a.id for a in node.args if isinstance(a, gast.Name))
        elif isinstance(node, (gast.List, gast.Tuple)):
            entered |= {e.id for e in node.elts if isinstance(e, gast.Name)}
        elif isinstance(node, (gast.Assign, gast.Return)) and isinstance(node.value, gast.Name):
            entered.add(node.value.id)
    return frozenset(arrays), frozenset(entered), frozenset(turned)


def _takes_lists(function: gast.AST) -> bool:
    if isinstance(function, gast.Attribute):
        return function.attr in TAKE_LISTS
    return isinstance(function, gast.Name) and function.id in ("sequence", "len")


def _is_math(function: gast.Attribute) -> bool:
    return isinstance(function.value, gast.Name) and function.value.id == "math"


def _is_float(node: gast.AST) -> bool:
    return isinstance(node, gast.Constant) and isinstance(node.value, float)


def _operands(value: gast.AST) -> list[str]:
    if isinstance(value, gast.BinOp):
        nodes = [value.left, value.right]
    elif isinstance(value, gast.UnaryOp):
        nodes = [value.operand]
    elif isinstance(value, gast.Call):
        nodes = [*value.args, *(k.value for k in value.keywords)]
    else:
        nodes = []
    return [n.id for n in nodes if isinstance(n, gast.Name)]


def _defined_beside_use(body: list[gast.AST], rule_of: FindRule) -> set[str]:
    """Variables that are made and used as an elementwise operand in one and the same block."""
    found: set[str] = set()
    made: set[str] = set()
    for node in body:
        if isinstance(node, (gast.Assign, gast.AugAssign)) and isinstance(node.value, gast.Name):
            target = node.target if isinstance(node, gast.AugAssign) else node.targets[0]
            if isinstance(target, gast.Subscript):
                found |= made & {node.value.id}
        for field in ("body", "orelse"):
            if not isinstance(node, gast.expr):
                found |= _defined_beside_use(getattr(node, field, []), rule_of)
        if isinstance(node, gast.Assign):
            rule = rule_of(node.value)
            if rule is not None and rule.kind == "elementwise":
                found |= made & set(_operands(node.value))
            if isinstance(node.targets[0], gast.Name):
                made.add(node.targets[0].id)
    return found


def indexed(body: list[gast.AST]) -> set[str]:
    """Variables whose elements are read or written one by one, or that grow and shrink."""
    found: set[str] = set()
    for node in walk(body):
        if isinstance(node, gast.Subscript):
            found.add(root(node) or "")
        elif (
            isinstance(node, gast.Call)
            and isinstance(node.func, gast.Attribute)
            and node.func.attr in ("append", "pop")
        ):
            found.add(root(node.func) or "")
    return found
