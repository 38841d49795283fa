"""Whose memory the value of a core right-hand side may share."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import gast
import numpy as np

from runtime.primitives import registry
from sourcead.analysis.groups import Groups
from sourcead.frontend.names import Namespace
from sourcead.frontend.syntax import all_parameters, joined, names_read, names_written, walk
from sourcead.transform.operations import Operation, operation

# Functions of Python whose results hold none of their arguments.
NEW = {
    abs,
    bool,
    complex,
    divmod,
    float,
    format,
    hash,
    id,
    int,
    isinstance,
    len,
    ord,
    pow,
    range,
    repr,
    round,
    str,
    sum,
}
# Functions of NumPy that may hand back an argument, or a view of it.
VIEWING = ("as", "atleast", "broadcast", "dsplit", "from", "hsplit", "nan_to_num", "require", "unstack", "vsplit")


def _may_not_copy(value: gast.AST) -> bool:
    """Whether a call says that it need not copy, as `np.array(x, copy=None)` and `x.astype(float, copy=False)` do."""
    if not isinstance(value, gast.Call):
        return False
    asked = [k.value for k in value.keywords if k.arg == "copy"]
    name = getattr(value.func, "attr", "")
    places = {"nan_to_num": 1, "astype": 4}
    asked += value.args[places[name] : places[name] + 1] if name in places else []
    return any(not (isinstance(a, gast.Constant) and a.value is True) for a in asked)


def _rearranges(found: Operation) -> bool:
    """Whether a call of `np.einsum` may give a view: of one array, of which no axis is summed."""
    if found.function is not np.einsum or len(found.args) != 2:
        return False
    said = found.args[0].value if isinstance(found.args[0], gast.Constant) else None
    if not isinstance(said, str):
        return True
    given, arrow, result = said.partition("->")
    result = result if arrow else "".join(letter for letter in given if given.count(letter) == 1)
    return set(given) - {" ", "."} <= set(result)


def _makes_new(function: Callable[..., object]) -> bool:
    """Whether what a function without a rule gives shares no memory with its arguments."""
    module = getattr(function, "__module__", None) or ""
    if module.startswith("runtime.kernels") and registry.is_inactive(function):
        return True
    if module == "numpy":
        return not isinstance(function, type) and not getattr(function, "__name__", "").startswith(VIEWING)
    return module == "math" or isinstance(function, Hashable) and function in NEW


def _viewed(found: Operation, rule: registry.Rule) -> list[gast.AST]:
    """The operands that the result of an operation may be a view of."""
    code = getattr(found.function, "__code__", None)
    if code is None or rule.view_of is None or not found.function.__module__.startswith("runtime.kernels"):
        return found.operands
    given = dict(zip(code.co_varnames, found.args)) | found.kwargs
    return [given[rule.view_of]] if rule.view_of in given else found.operands


def _binds(value: gast.AST) -> bool:
    return any(isinstance(n, gast.NamedExpr) for n in walk(value))


def _is_arithmetic(node: gast.AST) -> bool:
    """Whether an expression is sure to compute a number or an array, and not to join lists or sets."""
    if isinstance(node, gast.UnaryOp):
        return True
    if isinstance(node, gast.Constant):
        return isinstance(node.value, (int, float, complex))
    if not isinstance(node, gast.BinOp):
        return False
    if isinstance(node.op, gast.Mult):
        # A whole number of times a list is a list.
        return all(_is_arithmetic(n) for n in (node.left, node.right)) or any(
            isinstance(n, gast.Constant) and isinstance(n.value, (float, complex)) for n in (node.left, node.right)
        )
    one = isinstance(node.op, (gast.Add, gast.Sub)) and any(_is_arithmetic(n) for n in (node.left, node.right))
    return one or isinstance(node.op, (gast.Div, gast.FloorDiv, gast.Pow, gast.MatMult))


def _of_comprehension(
    value: gast.ListComp | gast.DictComp, namespace: Namespace, variables: frozenset[str]
) -> set[str]:
    """What the entries may share: with a target of the comprehension, with all that it runs through.

    Keys of a dict have no cotangents. A sum or product may be one of lists, which holds what they hold.
    """
    targets = frozenset(n for g in value.generators for n in names_written(g.target))
    entry = value.elt if isinstance(value, gast.ListComp) else value.value
    known = isinstance(entry, (gast.Call, gast.Constant)) or _is_arithmetic(entry)
    found = shared_by(entry, namespace, variables | targets) if known else names_read(entry)
    if found & targets:
        found |= {n for g in value.generators for n in names_read(g.iter)}
    return (found - targets) & variables


def may_share(function: gast.FunctionDef, value: gast.AST, others: set[str], namespace: Namespace) -> bool:
    """Whether what a function returns as `value` may be memory that some of its variables hold, too."""
    names = frozenset(names_written(function.body)) | frozenset(all_parameters(function.args))

    def sources(node: gast.AST) -> set[str]:
        return shared_by(node, namespace, names)

    groups = Groups(function.body, names, sources)
    return any(groups.together(name, other) for name in sources(value) for other in others)


def shared_by(
    value: gast.AST,
    namespace: Namespace,
    variables: frozenset[str],
    opened: frozenset[int] = frozenset(),
    lists: frozenset[str] = frozenset(),
) -> set[str]:
    """Variables whose memory the value of a core right-hand side may share.

    `opened` are copies of what may be a list, `lists` the variables that are known for lists and the like.
    """
    if id(value) in opened:
        return names_read(value) & variables
    if isinstance(value, (gast.Name, gast.Subscript)):
        base = value
        while isinstance(base, (gast.Subscript, gast.Attribute)):
            base = base.value
        return names_read(base) & variables
    if isinstance(value, (gast.Tuple, gast.List, gast.Dict, gast.IfExp)):
        return names_read(value) & variables
    if isinstance(value, gast.BinOp):
        return names_read(joined(value, lists)) & variables
    if isinstance(value, (gast.UnaryOp, gast.Compare, gast.Constant, gast.JoinedStr, gast.BoolOp)):
        return names_read(value) & variables if isinstance(value, gast.BoolOp) else set()
    if isinstance(value, (gast.ListComp, gast.DictComp)) and not _binds(value):
        return _of_comprehension(value, namespace, variables)
    found = operation(value, namespace, variables)
    if found is not None and found.rule is not None:
        if found.rule.view_of is None and not _may_not_copy(value) and not _rearranges(found):
            return set()
        return {n for a in _viewed(found, found.rule) for n in names_read(a)} & variables
    if isinstance(value, gast.Call) and found is not None and callable(found.function):
        if _makes_new(found.function):
            return set()
    return names_read(value) & variables
