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
import textwrap
import types
from collections.abc import Callable
from typing import Any

import gast

from sourcead.errors import Origin, Refused
from sourcead.frontend.names import Namespace
from sourcead.frontend.syntax import assign, clone, const, is_docstring, load, pack, subscript, substitute, walk
from sourcead.transform.algebra import simplify

Emit = Callable[[gast.AST], None]


@functools.cache
def text_of(rule: Callable[..., Any]) -> gast.FunctionDef:
    """The syntax tree of a rule function. Raises Unsupported where it is not assignments and one return."""
    file, line = rule.__code__.co_filename, rule.__code__.co_firstlineno
    lines = linecache.getlines(file, rule.__globals__)[line - 1 :]
    tree = _parsed(rule.__code__, lines) if lines else None
    place = Origin(file, line, 1, lines[0].strip() if lines else "")
    if not isinstance(tree, gast.FunctionDef):
        raise Refused(
            f"the text of the rule `{rule.__name__}` cannot be read", "Write it with `def`, in a file.", place
        )
    if rule.__code__.co_freevars:
        raise Refused(
            f"the rule `{rule.__name__}` reads `{rule.__code__.co_freevars[0]}` of the function around it",
            "Define what it reads at the top of a module: its text is pasted into other modules.",
            place,
        )
    body = [s for s in tree.body if not is_docstring(s)]
    for k, statement in enumerate(body):
        if not (_is_plain(statement) if k < len(body) - 1 else isinstance(statement, gast.Return) and statement.value):
            where = Origin(file, line + statement.lineno - 1, 1, lines[statement.lineno - 1].strip())
            raise Refused(
                f"the rule `{rule.__name__}` is more than assignments and one return",
                "Put what needs a branch, a loop or a change in place into a function with a rule of its own.",
                where,
            )
    tree.body = body
    return tree


def _parsed(code: types.CodeType, lines: list[str]) -> gast.AST | None:
    """The function that `lines` begin with.

    They are tried up to the last one that has code, which are all but where the last statement ends with a bracket on
    a line of its own. Finding the end by tokens takes far longer.
    """
    last = max(line for _, _, line in code.co_lines() if line is not None)
    try:
        return _first_of(lines[: last - code.co_firstlineno + 1])
    except SyntaxError:
        pass
    try:
        return _first_of(inspect.getblock(lines))
    except SyntaxError:
        return None


def _first_of(lines: list[str]) -> gast.AST:
    return gast.parse(textwrap.dedent("".join(lines))).body[0]


@functools.cache
def _parameters(rule: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(rule).parameters.values())


def _is_plain(statement: gast.AST) -> bool:
    """Whether a statement gives values names."""
    if not isinstance(statement, gast.Assign) or len(statement.targets) != 1:
        return False
    target = statement.targets[0]
    names = target.elts if isinstance(target, gast.Tuple) else [target]
    return all(isinstance(n, gast.Name) for n in names)


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
    parameters = _parameters(rule)
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
    """`f(a, *operands)` with the operands written out.

    Each stands there under a name that no user can write, for a variable of the program may be called as a parameter
    of the rule is.
    """
    if not any(isinstance(value, tuple) for value in given.values()):
        return node
    made = clone(node)
    for part in walk(made):
        if isinstance(part, gast.Call):
            args: list[gast.AST] = []
            for a in part.args:
                starred = isinstance(a, gast.Starred) and isinstance(a.value, gast.Name)
                values = given.get(a.value.id) if starred else None
                if not isinstance(values, tuple):
                    args.append(a)
                    continue
                names = [f".{a.value.id}{k}" for k in range(len(values))]
                given.update(zip(names, values))
                args += [load(name) for name in names]
            part.args = args
    return made
