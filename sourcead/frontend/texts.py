"""Numbers that are read back from the text of a value that carries a derivative.

    label = f"{x[0]:.3f}"           text: printing it, or comparing it, is harmless
    y = float(label) * x[1]         refused: the derivative would be lost in the text

Text is no value with a derivative, so it is not active. What is made of such text is followed by name through one
function; within functions that it is given to, any call that makes numbers of text counts.
"""

from __future__ import annotations

import ast
import contextlib
import decimal
import fractions
import json
import weakref
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from sourcead.errors import Origin, Refused
from sourcead.frontend.callees import is_user_function
from sourcead.frontend.carries import Static, carries, drawn, formats
from sourcead.frontend.names import own_names, resolve_free
from sourcead.frontend.source import Source, find
from sourcead.frontend.syntax import names_written, walk

_MAKERS: tuple[Any, ...] = (
    str, repr, format, ascii, np.array2string, np.array_str, np.array_repr, np.format_float_positional,
    np.format_float_scientific,
)  # fmt: skip
_READERS: tuple[Any, ...] = (
    float, complex, eval, exec, ast.literal_eval, json.loads, decimal.Decimal, fractions.Fraction, float.fromhex,
    np.float64, np.float32, np.array, np.asarray, np.fromstring, np.loadtxt, np.genfromtxt, np.fromiter,
)  # fmt: skip
_REDIRECTING: tuple[Any, ...] = (contextlib.redirect_stdout, contextlib.redirect_stderr)


_giving: weakref.WeakKeyDictionary[Any, bool] = weakref.WeakKeyDictionary()


def number_read_back(body: list[gast.AST], active: set[str], static: Static) -> gast.AST | None:
    """The first call in a function's body that makes numbers of text that active values were put into, if any."""
    active = active | _elements(body, active, static)
    if not any(_makes_text(node, active, static) or _prints(node, active, static) for node in walk(body)):
        return None
    texts = _Texts(active, static)
    texts.follow(body)
    return next((node for node in walk(body) if isinstance(node, gast.Call) and texts.is_read_by(node)), None)


def refuse_numbers_of_text(
    body: list[gast.AST], active: set[str], static: Static, place: Callable[..., Origin]
) -> None:
    """Raise Unsupported where a number is read back from such text."""
    found = number_read_back(body, active, static)
    if found is not None:
        raise Refused(
            "a number is read from text that was made of a value that carries a derivative, and the derivative would"
            " be lost",
            "Use the value itself, or make the text of `stop_gradient(...)` of it where a constant is meant.",
            place(found),
        )


def _elements(body: list[gast.AST], active: set[str], static: Static) -> set[str]:
    """The variables of comprehensions that may hold active values."""
    comprehensions = [n for n in walk(body) if isinstance(n, gast.comprehension)]
    found: set[str] = set()
    while True:
        before = len(found)
        for node in comprehensions:
            for target, source in drawn(node.target, node.iter, static):
                if source is not None and carries(source, active | found, static):
                    found |= names_written(target)
        if len(found) == before:
            return found


def _prints(node: gast.AST, active: set[str], static: Static) -> bool:
    return (
        isinstance(node, gast.Call)
        and static(node.func) is print
        and any(carries(n, active, static) for a in node.args for n in _parts(a))
    )


def _makes_text(node: gast.AST, active: set[str], static: Static) -> bool:
    """Whether one node puts an active value into a text."""
    if isinstance(node, gast.FormattedValue):
        return carries(node.value, active, static)
    if formats(node):
        operands = [node.right] if isinstance(node, gast.BinOp) else [*node.args, *(k.value for k in node.keywords)]
        return any(carries(n, active, static) for operand in operands for n in _parts(operand))
    if not isinstance(node, gast.Call):
        return False
    given = any(carries(a, active, static) for a in node.args)
    if isinstance(node.func, gast.Attribute) and node.func.attr == "hex":
        return carries(node.func.value, active, static)
    mapped = bool(node.args) and _is_one_of(static(node.args[0]), _MAKERS)
    return given and (_is_one_of(static(node.func), _MAKERS) or mapped or _gives_text(static(node.func)))


def _parts(node: gast.AST) -> list[gast.AST]:
    return node.elts if isinstance(node, gast.Tuple) else [node]


def _is_one_of(function: Any, functions: tuple[Any, ...]) -> bool:
    return any(function is known or callable(function) and function == known for known in functions)


def _gives_text(function: Any) -> bool:
    """Whether a user's function returns text that its arguments are put into."""
    if not is_user_function(function):
        return False
    if function in _giving:
        return _giving[function]
    _giving[function] = False  # A function that calls itself gives no text by the call alone.
    source = find(function)
    own = own_names(source.tree)
    body = source.tree.body if isinstance(source.tree.body, list) else [gast.Return(value=source.tree.body)]
    returned = [n.value for n in walk(body) if isinstance(n, gast.Return) and n.value is not None]
    _giving[function] = any(_makes_text(n, own, _static_of(source)) for value in returned for n in walk(value))
    return _giving[function]


def _static_of(source: Source) -> Static:
    own = own_names(source.tree)

    def static(node: gast.AST) -> Any:
        if isinstance(node, gast.Name):
            return None if node.id in own else resolve_free(source, node.id)[1]
        return getattr(static(node.value), node.attr, None) if isinstance(node, gast.Attribute) else None

    return static


class _Texts:
    """The names of a function that may hold text that an active value was put into."""

    def __init__(self, active: set[str], static: Static) -> None:
        self.active, self.static = active, static
        self.names: set[str] = set()

    def has_text(self, node: gast.AST) -> bool:
        """Whether an expression is made of such text."""
        return any(
            isinstance(n, gast.Name) and n.id in self.names or _makes_text(n, self.active, self.static)
            for n in walk(node)
        )

    def is_read_by(self, node: gast.Call) -> bool:
        """Whether a call makes numbers of such text."""
        readers = [self.static(node.func), *(self.static(a) for a in node.args[:1])]
        cast = isinstance(node.func, gast.Attribute) and node.func.attr == "astype" and self.has_text(node.func.value)
        given = any(self.has_text(a) for a in node.args)
        return cast or given and any(_is_one_of(r, _READERS) or _reads_numbers(r) for r in readers)

    def follow(self, body: list[gast.AST]) -> None:
        """Find all such names."""
        while True:
            before = len(self.names)
            for node in walk(body):
                self.names |= self._gained(node)
            if len(self.names) == before:
                return

    def _gained(self, node: gast.AST) -> set[str]:
        if isinstance(node, gast.Assign) and self.has_text(node.value):
            return {n for t in node.targets for n in names_written(t) | _root(t)}
        if isinstance(node, (gast.AugAssign, gast.AnnAssign, gast.NamedExpr)) and node.value is not None:
            return names_written(node.target) | _root(node.target) if self.has_text(node.value) else set()
        if isinstance(node, (gast.For, gast.comprehension)) and self.has_text(node.iter):
            return names_written(node.target)
        if isinstance(node, gast.ExceptHandler) and isinstance(node.name, gast.Name):
            return {node.name.id}
        if not isinstance(node, gast.Call):
            return set()
        given = [*node.args, *(k.value for k in node.keywords)]
        if _is_one_of(self.static(node.func), _REDIRECTING):
            return {n for a in node.args for n in _root(a)}
        taken = {n for k in node.keywords if k.arg == "file" for n in _root(k.value)}
        if taken and any(self.has_text(a) or carries(a, self.active, self.static) for a in given):
            return taken
        method = isinstance(node.func, gast.Attribute) and any(self.has_text(a) for a in given)
        return _root(node.func.value) if method else set()


def _root(node: gast.AST) -> set[str]:
    while isinstance(node, (gast.Subscript, gast.Attribute)):
        node = node.value
    return {node.id} if isinstance(node, gast.Name) else set()


def _reads_numbers(function: Any) -> bool:
    """Whether a user's function makes numbers of text somewhere."""
    if not is_user_function(function):
        return False
    source = find(function)
    static = _static_of(source)
    return any(_is_one_of(static(n.func), _READERS) for n in walk(source.tree) if isinstance(n, gast.Call))
