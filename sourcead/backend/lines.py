"""Which statement of the user each line of an emitted module comes from.

Tracebacks and debuggers read the lines of a module from `linecache`. There every emitted statement ends in a comment
that names the user's own: file, line, and for an adjoint the statement itself. The text in `.source` has none of these.
"""

from __future__ import annotations

import ast
import os

import gast

from sourcead.backend.places import Place, places, statements

_known: dict[str, dict[int, Place]] = {}


def lines_of(file: str) -> dict[int, Place]:
    """The place of each statement of an emitted module, by the number of its first line; empty for any other file.

    In a derivative of a derivative it is the place that the inner one came from.
    """
    return _known.get(file, {})


def annotated(file: str, text: str, functions: list[gast.FunctionDef], tree: ast.Module) -> list[str]:
    """The lines of a module with a comment behind each statement; remembers them for `lines_of`.

    `functions` are what was printed, `tree` is the text as Python reads it.
    """
    lines = text.splitlines()
    found = _known[file] = {}
    parsed = [f for f in _definitions(tree) if isinstance(f, ast.FunctionDef)]
    bodies = (s for function in parsed for s in statements(function.body))
    for statement, place in zip(bodies, places(functions), strict=True):
        if place.origin is None:
            continue
        place = found[statement.lineno] = _users(place)
        said = f": {' '.join(place.origin.text.split())}" if place.backward else ""
        lines[_head(statement) - 1] += f"  # {os.path.basename(place.origin.file)}:{place.origin.line}{said}"
    return [f"{line}\n" for line in lines]


def _definitions(tree: ast.Module) -> list[ast.stmt]:
    """The emitted functions: of the module, or within its factory."""
    own = [s for s in tree.body if isinstance(s, ast.FunctionDef)]
    return own[0].body[:-1] if len(own) == 1 and own[0].name.startswith("make_") else own


def _head(statement: ast.stmt) -> int:
    """The last line of a statement, or of the head of one that has a body."""
    if not getattr(statement, "body", None):
        return statement.end_lineno or statement.lineno
    parts = [n for n in ast.iter_child_nodes(statement) if isinstance(n, ast.expr)]
    return max([statement.lineno, *(n.end_lineno or n.lineno for n in parts)])


def _users(place: Place) -> Place:
    """Where the line came from that a line of a derivative of a derivative comes from."""
    inner = None if place.origin is None else lines_of(place.origin.file).get(place.origin.line)
    return place if inner is None else Place(inner.origin, place.backward or inner.backward)
