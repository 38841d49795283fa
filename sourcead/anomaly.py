"""Watching emitted code while it runs: the first cotangent that is not finite, or value that is not a number.

Emitted modules have no checks in them. While the watch is on, Python reports every line of theirs that runs, and what
the line assigned is looked at.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import linecache
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime import autograd
from runtime.records import is_record
from runtime.structure import flatten, paths
from runtime.variable import strip
from sourcead.backend.lines import lines_of
from sourcead.backend.places import Place
from sourcead.errors import NotFinite

_Trace = Callable[[types.FrameType, str, Any], Any]


class detect_anomaly(contextlib.ContextDecorator):  # noqa: N801 - the name that PyTorch's users know
    """While it is on, the first anomaly in emitted code raises NotFinite.

    In a cotangent NaN and infinities are anomalies, in a value only NaN, and only where none went into the statement.
    The error names the user's statement, the emitted line and the value. Use it as `with detect_anomaly():`, or as
    `checked = detect_anomaly()(df)`. It works through `sys.settrace`, for the current thread: the code runs many times
    slower, and a debugger that is attached pauses meanwhile. The dynamic graph is watched by `runtime`'s own
    `autograd.detect_anomaly`.

    >>> import numpy as np
    >>> import sourcead
    >>> def length(x):
    ...     return np.sqrt(np.sum(x * x))
    >>> with sourcead.detect_anomaly():
    ...     sourcead.grad(length)(np.zeros(2))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    sourcead.errors.NotFinite: a cotangent is inf ...
    """

    def __enter__(self) -> detect_anomaly:
        self._before, self._profile = sys.gettrace(), sys.getprofile()
        self._graph = autograd.set_detect_anomaly(True)
        sys.settrace(_called)
        if self._profile is None:
            sys.setprofile(_watch_again)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(self._profile)
        sys.settrace(self._before)
        self._graph.__exit__(None, None, None)


def _watch_again(frame: types.FrameType, event: str, argument: Any) -> None:
    """Python takes a trace function away that has raised; the next call is to be watched as well."""
    if sys.gettrace() is None:
        sys.settrace(_called)


def _called(frame: types.FrameType, event: str, argument: Any) -> _Trace | None:
    """The watch of a call: of emitted functions only."""
    file = frame.f_code.co_filename
    watched = event == "call" and frame.f_code.co_name != "<module>" and lines_of(file)
    return _Watch(file, frame.f_code).step if watched else None


class _Watch:
    """One call of an emitted function."""

    def __init__(self, file: str, code: types.CodeType) -> None:
        self.file = file
        self.statements = _statements(file, code)
        lines = lines_of(file)
        own = {line for s in self.statements.values() for line in range(s.lineno, (s.end_lineno or s.lineno) + 1)}
        # The reverse sweep stands behind the forward one.
        self.reverse_from = min((n for n in own if n in lines and lines[n].backward), default=sys.maxsize)
        self.values = {
            name
            for s in self.statements.values()
            if s.lineno < self.reverse_from
            for name in _targets(s)
        } | set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])  # fmt: skip
        self.running: ast.stmt | None = None
        self.clean = True

    def step(self, frame: types.FrameType, event: str, argument: Any) -> _Trace:
        """What Python calls before each line, and when the function returns."""
        statement = self.statements.get(frame.f_lineno)
        if event == "exception":
            self.running = None
        elif event == "return" or statement is not self.running or statement is None:
            if isinstance(self.running, ast.Return) and event == "return":
                self.returned(self.running, argument)
            elif self.running is not None:
                self.look(self.running, frame)
            self.running = statement
            self.clean = statement is None or not any(
                _first(frame.f_locals[n], np.isnan) for n in _reads(statement) if n in frame.f_locals
            )
        return self.step

    def look(self, statement: ast.stmt, frame: types.FrameType) -> None:
        """Raise for what a statement that has run assigned."""
        assigned = [(name, frame.f_locals[name]) for name in _targets(statement) if name in frame.f_locals]
        for name, now in [*assigned, *_pushed(statement, frame)]:
            cotangent = statement.lineno >= self.reverse_from and name not in self.values
            found = _first(now, _not_finite if cotangent else np.isnan)
            if found is None or not (cotangent or self.clean) or _is_blank(statement):
                continue
            place, value = found
            line = lines_of(self.file).get(statement.lineno)
            raise self.error(name + place, value, cotangent, statement, line)

    def returned(self, statement: ast.Return, value: Any) -> None:
        """Raise for a gradient, or another value, that is computed in the statement that returns it."""
        cotangent = statement.lineno >= self.reverse_from
        found = _first(value, _not_finite if cotangent else np.isnan) if cotangent or self.clean else None
        if found is not None:
            line = lines_of(self.file).get(statement.lineno)
            raise self.error(f"what is returned{found[0]}", found[1], cotangent, statement, line)

    def error(self, name: str, value: Any, cotangent: bool, statement: ast.stmt, line: Place | None) -> NotFinite:
        """The error for a variable or a place in it."""
        text = linecache.getline(self.file, statement.lineno).partition("  # ")[0].strip()
        what = "a cotangent" if cotangent else "a value"
        of = "the adjoint of this statement" if cotangent else "this statement"
        return NotFinite(
            f"{what} is {value} after {of}: `{name}`, line {statement.lineno} of {self.file}: {text}",
            "Look at the point where it is evaluated: a root or logarithm of zero, a division by zero, an overflow.",
            line.origin if line is not None else None,
        )


@functools.lru_cache(maxsize=256)
def _statements(file: str, code: types.CodeType) -> dict[int, ast.stmt]:
    """The simple statements of a function of an emitted module, by each of their lines."""
    tree = ast.parse("".join(linecache.getlines(file)), file)
    own = next(
        n for n in ast.walk(tree)
        if isinstance(n, ast.FunctionDef) and n.name == code.co_name and n.lineno == code.co_firstlineno
    )  # fmt: skip
    found: dict[int, ast.stmt] = {}
    for node in ast.walk(own):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Return):
            found.update(dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), node))
    return found


def _targets(statement: ast.stmt) -> list[str]:
    """The variables that a statement assigns, or in which it changes something."""
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AugAssign):
        targets = [statement.target]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and statement.value.args:
        targets = [statement.value.args[0]] if isinstance(statement.value.func, ast.Name) else []
    else:
        targets = []
    return [name for target in targets for name in _roots(target)]


def _pushed(statement: ast.stmt, frame: types.FrameType) -> list[tuple[str, Any]]:
    """What a statement has put at the end of a list, under the list's name and place."""
    match statement:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "append"), [ast.expr()])):
            entries = frame.f_locals.get(name)
            return [(f"{name}[-1]", entries[-1])] if isinstance(entries, list) and entries else []
    return []


def _roots(target: ast.expr) -> list[str]:
    if isinstance(target, ast.Tuple | ast.List):
        return [name for element in target.elts for name in _roots(element)]
    while isinstance(target, ast.Subscript | ast.Attribute | ast.Starred):
        target = target.value
    return [target.id] if isinstance(target, ast.Name) else []


def _reads(statement: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _is_blank(statement: ast.stmt) -> bool:
    """Whether memory is only reserved here: what an empty array holds means nothing."""
    value = getattr(statement, "value", None)
    name = getattr(getattr(value, "func", None), "attr", "")
    return name in ("empty", "empty_like")


def _not_finite(value: Any) -> Any:
    return ~np.isfinite(value)


def _first(value: Any, wrong: Callable[[Any], Any]) -> tuple[str, Any] | None:
    """The first number in a value that is `wrong`: where it stands, and the number. Traced ones are looked into."""
    value = strip(value, (), [])
    if isinstance(value, np.ndarray | np.generic | float | complex):
        return _first_of(value, wrong)
    if not isinstance(value, list | tuple | dict) and not is_record(value):
        return None
    for path, leaf in zip(paths(value), flatten(value)[0]):
        plain = strip(leaf, (), [])
        found = _first_of(plain, wrong) if isinstance(plain, np.ndarray | np.generic | float | complex) else None
        if found is not None:
            return _path(value, path) + found[0], found[1]
    return None


def _path(value: Any, path: tuple[Any, ...]) -> str:
    """A place in a container as it is written in a program."""
    said = ""
    for key in path:
        attribute = is_record(value)
        said += f".{key}" if attribute else f"[{key!r}]"
        value = getattr(value, key) if attribute else value[key]
    return said


def _first_of(value: Any, wrong: Callable[[Any], Any]) -> tuple[str, Any] | None:
    array = np.asarray(value)
    if array.dtype.kind not in "fc":
        return None
    bad = np.asarray(wrong(array))
    if not bad.any():
        return None
    index = np.unravel_index(int(np.argmax(bad)), array.shape)
    return (f"[{', '.join(str(int(i)) for i in index)}]" if index else ""), array[index].item()
