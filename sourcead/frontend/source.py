"""The text of a Python callable and its syntax tree."""

from __future__ import annotations

import ast
import inspect
import itertools
import linecache
import types
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast

from sourcead.errors import NoSource, Origin
from sourcead.frontend import unfiled
from sourcead.frontend.locating import FunctionNode, locate
from sourcead.frontend.patterns import without_match
from sourcead.frontend.unwrap import unwrap

# Texts that belong to no file, by the function found in them: who asks next may come when nothing holds them.
_found: weakref.WeakKeyDictionary[types.FunctionType, str] = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Source:
    """A plain function, its syntax tree and its text.

    `tree` is fresh: the caller may change it. Its line numbers are those of the user's file, its decorators are
    left out, `match` is written as branches (`patterns.py`), and a lambda is a `FunctionDef` named `lambda_` with one
    `return`; `async def` stays an `AsyncFunctionDef`, and generators are given as they are: refusing them is up to the
    caller.

    `bound` holds the arguments that the callable already has (the object of a method, the arguments of a partial)
    by the name of their parameter.
    """

    function: types.FunctionType
    tree: gast.FunctionDef
    file: str
    lines: tuple[str, ...]
    name: str
    bound: dict[str, object]

    def origin(self, node: gast.AST) -> Origin:
        """Place and text of a node; of a compound statement, only the text of its head."""
        line, column, end_line, end_column = _span(node)
        first = self.lines[line - 1]
        start = _characters(first, column)
        if isinstance(node, gast.If) and first.lstrip().startswith("case ") and not first[:start].isspace():
            # The branch that a case of a `match` is begins at its pattern.
            start = len(first) - len(first.lstrip())
        if isinstance(getattr(node, "body", None), list) and node.body:
            text = self._head(node, start)
        else:
            text = self._segment(line, start, end_line, _characters(self.lines[end_line - 1], end_column))
        return Origin(self.file, line, start + 1, text)

    def _segment(self, line: int, start: int, end_line: int, end: int) -> str:
        if line == end_line:
            return self.lines[line - 1][start:end]
        first = self.lines[line - 1]
        margin = len(first) - len(first.lstrip())
        rest = [*self.lines[line : end_line - 1], self.lines[end_line - 1][:end]]
        return first[start:] + "".join(text[min(margin, len(text) - len(text.lstrip(" \t"))) :] for text in rest)

    def _head(self, node: gast.AST, start: int) -> str:
        """Text up to the colon that opens the body: the first one after the last expression of the head."""
        line = node.lineno
        spot = (line, node.col_offset)
        for name, value in gast.iter_fields(node):
            if name in ("body", "orelse", "finalbody", "handlers", "decorator_list", "cases"):
                continue
            for part in value if isinstance(value, list) else [value]:
                for inner in gast.walk(part) if isinstance(part, gast.AST) else ():
                    if getattr(inner, "end_lineno", None):
                        spot = max(spot, (inner.end_lineno, inner.end_col_offset))
        end_line, column = spot
        end = _colon(self.lines[end_line - 1], _characters(self.lines[end_line - 1], column))
        last = getattr(node.body[0], "lineno", len(self.lines))
        while end < 0 and end_line < last:
            end_line += 1
            end = _colon(self.lines[end_line - 1], 0)
        return self._segment(line, start, end_line, end + 1)


def find(function: Callable[..., Any]) -> Source:
    """The source of a callable: function, method, lambda, closure, `functools.partial`, callable object.

    The text found is compiled and compared with the function's own code. Raises `NoSource` where there is no text,
    or where the text is not what the function was made from.
    """
    plain, bound = unwrap(function)
    code = plain.__code__
    lines = linecache.getlines(code.co_filename, plain.__globals__) or _other_lines(plain)
    node = _locate(code, lines)
    if node is None and lines:
        linecache.checkcache(code.co_filename)
        lines = linecache.getlines(code.co_filename, plain.__globals__) or _other_lines(plain)
        node = _locate(code, lines)
    if node is None:
        node, lines = _unfiled(plain, lines)
    name = "lambda_" if isinstance(node, ast.Lambda) else plain.__name__
    return Source(plain, _tree(node, plain), code.co_filename, tuple(lines), name, bound)


def with_origins(tree: gast.AST, source: Source) -> gast.AST:
    """The tree itself, whose statements have been told their places in the text that they stand in."""
    for node in gast.walk(tree):
        if isinstance(node, gast.stmt) and getattr(node, "lineno", None):
            node.origin = source.origin(node)
    return tree


def _locate(code: types.CodeType, lines: list[str]) -> FunctionNode | None:
    try:
        return locate(code, "".join(lines)) if lines else None
    except SyntaxError:
        return None


def _unfiled(function: types.FunctionType, known: list[str]) -> tuple[FunctionNode, list[str]]:
    """The node and text of a function that came from no file; `known` are lines that do not hold it."""
    code = function.__code__
    if known and not code.co_filename.startswith("<"):
        raise _missing(function, True)
    for text in itertools.chain(filter(None, [_found.get(function)]), unfiled.texts(function)):
        lines = text.splitlines(keepends=True)
        node = _locate(code, lines)
        if node is not None and _has_defaults(node, function):
            _found[function] = text
            return node, lines
    raise _missing(function, bool(known))


def _has_defaults(node: FunctionNode, function: types.FunctionType) -> bool:
    """Whether the parameters with a default are the function's. Which values they have is asked of the function."""
    named = {p.arg for p, default in zip(node.args.kwonlyargs, node.args.kw_defaults) if default is not None}
    return len(node.args.defaults) == len(function.__defaults__ or ()) and named == set(function.__kwdefaults__ or ())


def _other_lines(function: types.FunctionType) -> list[str]:
    """Lines that only `inspect` knows how to reach: a file found beside its compiled form, `python -c` of 3.13."""
    try:
        return inspect.findsource(function)[0]
    except (OSError, TypeError, IndexError):
        return []


def _tree(node: FunctionNode, function: types.FunctionType) -> gast.FunctionDef:
    tree = without_match(gast.ast_to_gast(node), function)
    if isinstance(tree, gast.Lambda):
        body = gast.copy_location(gast.Return(tree.body), tree.body)
        return gast.copy_location(gast.FunctionDef("lambda_", tree.args, [body], [], None, None, []), tree)
    tree.decorator_list = []
    return tree


def _missing(function: types.FunctionType, text_known: bool) -> NoSource:
    file, line = function.__code__.co_filename, function.__code__.co_firstlineno
    if text_known:
        place = Origin(file, line, 1, "")
        return NoSource(
            f"the text of {function.__qualname__} is not what the function was made from: "
            "the file has changed since it was imported, or something rewrote the function",
            "Reload it (importlib.reload), or start Python again.",
            place,
        )
    if file == "<stdin>":
        cure = "Put the function in a file: a prompt with line editing keeps what is typed, a pipe keeps nothing."
    elif file.startswith("<"):
        cure = "Put the function in a file, keep its text in a variable, or register it with linecache."
    else:
        cure = f"Make the file readable: {file}"
    return NoSource(f"the source text of {function.__qualname__} is not known", cure)


def _colon(line: str, start: int) -> int:
    """Index of the first colon from `start` that is not in a comment, or -1."""
    comment = line.find("#", start)
    return line.find(":", start, comment if comment >= 0 else len(line))


def _span(node: gast.AST) -> tuple[int, int, int, int]:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _characters(line: str, column: int) -> int:
    """The character at a column that counts UTF-8 bytes, as syntax trees do."""
    return column if line.isascii() else len(line.encode()[:column].decode(errors="ignore"))
