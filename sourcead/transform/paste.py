"""The text of a rule, with a program's names in place of its parameters.

@reverse(np.tan, wrt="x")
def tan(z_bar, z, x):                     c = np.cos(t)
    c = np.cos(x)                ->       ... z_bar / (c * c) ...
    return z_bar / (c * c)
"""

from __future__ import annotations

import functools
import inspect
import linecache
from collections.abc import Callable
from typing import Any

import gast

from sourcead.frontend.names import Namespace
from sourcead.frontend.syntax import assign, clone, const, load, pack, subscript, substitute
from sourcead.transform.algebra import simplify

Emit = Callable[[gast.AST], None]


@functools.cache
def text_of(rule: Callable[..., Any]) -> gast.FunctionDef:
    """The syntax tree of a rule function."""
    lines = linecache.getlines(inspect.getsourcefile(rule) or "")
    first = rule.__code__.co_firstlineno - 1
    block = inspect.getblock(lines[first:])
    return gast.parse("".join(block)).body[0]


def paste(
    rule: Callable[..., Any],
    leading: list[gast.AST],
    arguments: dict[str, Any],
    namespace: Namespace,
    fresh: Callable[[str], str],
    emit: Emit,
) -> gast.AST:
    """The rule's result as an expression; what it computes on the way is emitted.

    `leading` are the rule's first arguments, `arguments` the operation's by parameter name: expressions, or a
    tuple of expressions for a starred parameter.
    """
    tree = text_of(rule)
    parameters = list(inspect.signature(rule).parameters.values())
    given: dict[str, Any] = {p.name: node for p, node in zip(parameters, leading)}
    for parameter in parameters[len(leading) :]:
        if parameter.name in arguments:
            given[parameter.name] = arguments[parameter.name]
        elif parameter.kind is parameter.VAR_POSITIONAL:
            given[parameter.name] = ()
        elif parameter.kind is parameter.VAR_KEYWORD:
            given[parameter.name] = {}
        else:
            given[parameter.name] = default(parameter.default, parameter.name, rule, namespace)

    def replace(node: gast.Name) -> gast.AST | None:
        if node.id in given:
            value = given[node.id]
            return pack(clone(list(value))) if isinstance(value, tuple) else clone(value)
        if node.id in rule.__globals__:
            return load(namespace.bind(node.id, rule.__globals__[node.id]))
        return None

    for statement in tree.body:
        if isinstance(statement, gast.Assign):
            value = simplify(substitute(_spread(statement.value, given), replace))
            target = statement.targets[0]
            if isinstance(target, gast.Tuple):
                local = fresh("parts")
                emit(assign(local, value))
                given.update({t.id: subscript(load(local), const(k)) for k, t in enumerate(target.elts)})
                continue
            local = fresh(target.id)
            emit(assign(local, value))
            given[target.id] = load(local)
        elif isinstance(statement, gast.Return):
            return simplify(substitute(_spread(statement.value, given), replace))
    raise AssertionError(f"internal error in paste: the rule {tree.name} returns nothing")


def default(value: Any, name: str, rule: Callable[..., Any], namespace: Namespace) -> gast.AST:
    """A rule's default value as an expression."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return const(value)
    if isinstance(value, tuple):
        return pack([default(v, name, rule, namespace) for v in value])
    return load(namespace.bind(f"{rule.__name__}_{name}", value))


def _spread(node: gast.AST, given: dict[str, Any]) -> gast.AST:
    """`f(a, *operands)` with the operands written out."""

    class Spread(gast.NodeTransformer):
        def visit_Call(self, call: gast.Call) -> gast.AST:
            self.generic_visit(call)
            args: list[gast.AST] = []
            for a in call.args:
                starred = isinstance(a, gast.Starred) and isinstance(a.value, gast.Name)
                values = given.get(a.value.id) if starred else None
                args += list(values) if isinstance(values, tuple) else [a]
            call.args = args
            return call

    return Spread().visit(substitute(node, lambda n: None))
