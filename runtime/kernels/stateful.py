"""Objects that change when they are read: by a property, or by what `c[0]`, `bool(c)` or `str(c)` run.

An emitted program reads what carries no derivative as often as it is needed, or not at all. That is right for objects
that stay as they are. What is changed only under a condition is taken for a value kept once it is computed.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
import weakref
from typing import Any

# What a text names, or runs where a program goes another way: called, entered, stored into, made.
_SPOKEN = {
    "__call__", "__enter__", "__exit__", "__aenter__", "__aexit__", "__setitem__", "__delitem__", "__init__", "__new__",
    "__post_init__", "__setattr__", "__delattr__", "__getattr__", "__getattribute__", "__del__", "__next__", "__copy__",
    "__deepcopy__", "__getstate__", "__setstate__", "__reduce__", "__reduce_ex__", "__init_subclass__", "__set_name__",
    *(f"__i{name}__" for name in (
        "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift",
    )),
}  # fmt: skip
_CHANGING = {
    "append", "extend", "insert", "pop", "popitem", "remove", "clear", "update", "setdefault", "add", "discard", "sort",
    "reverse", "appendleft", "popleft", "fill",
}  # fmt: skip
_known: weakref.WeakKeyDictionary[type, str | None] = weakref.WeakKeyDictionary()


def changing_read(kind: type) -> str | None:
    """The name of a property or special method of a class that changes its object each time; None where none does."""
    if kind not in _known:
        functions = _functions(kind)
        read = [n for n, (_, reads) in functions.items() if reads]
        _known[kind] = next((n for n in read if _changes(n, functions, set())), None)
    return _known[kind]


def _functions(kind: type) -> dict[str, tuple[types.FunctionType, bool]]:
    """The functions of a class, each with whether reading an object may run it without naming it."""
    found: dict[str, tuple[types.FunctionType, bool]] = {}
    for base in reversed(kind.__mro__):
        for name, value in vars(base).items():
            function = value.fget if isinstance(value, property) else value
            if isinstance(function, types.FunctionType):
                special = name.startswith("__") and name.endswith("__") and name not in _SPOKEN
                found[name] = function, special or isinstance(value, property)
            else:
                found.pop(name, None)
    return found


def _changes(name: str, functions: dict[str, tuple[types.FunctionType, bool]], seen: set[str]) -> bool:
    seen.add(name)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(functions[name][0]))).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return False
    if not isinstance(tree, ast.FunctionDef) or not (tree.args.posonlyargs + tree.args.args):
        return False
    owner = (tree.args.posonlyargs + tree.args.args)[0].arg
    for node in _unconditional(tree.body):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            if _root(node) == owner:
                return True
        if not isinstance(node, ast.Attribute) or _root(node) != owner:
            continue
        if isinstance(node.value, ast.Name):
            if node.attr in functions and node.attr not in seen and _changes(node.attr, functions, seen):
                return True
        elif node.attr in _CHANGING:
            return True
    return False


def _unconditional(body: list[ast.stmt]) -> list[ast.AST]:
    """The nodes that each run of a body comes by, as far as its text tells."""
    found: list[ast.AST] = []
    for statement in body:
        if isinstance(statement, ast.If):
            found += ast.walk(statement.test)
            if any(isinstance(n, (ast.Return, ast.Raise)) for n in ast.walk(statement)):
                break
        elif not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            inner = getattr(statement, "body", None)
            if isinstance(inner, list):
                found += [n for f, v in ast.iter_fields(statement) if f not in ("body", "orelse") for n in _walk(v)]
                found += _unconditional(inner)
            else:
                found += ast.walk(statement)
    return found


def _walk(value: Any) -> list[ast.AST]:
    parts = value if isinstance(value, list) else [value]
    return [n for part in parts if isinstance(part, ast.AST) for n in ast.walk(part)]


def _root(node: ast.AST) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
