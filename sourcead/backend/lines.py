"""Which statement of the user each line of an emitted module comes from.

Tracebacks and debuggers read the lines of a module from `linecache`. There every emitted statement ends in a comment
that names the user's own: file, line, and the statement where it is another. The text in `.source` has none of these.
"""

from __future__ import annotations

import ast
import os

import gast

from runtime.places import is_ours, note_written, users
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
    found: dict[int, Place] = {}
    _known[file] = found
    bodies = (s for function in _definitions(tree) for s in statements(function.body))
    for statement, place in zip(bodies, places(functions), strict=True):
        place = _users(place)
        origin = place.origin
        if origin is None:
            continue
        own = range(statement.lineno, _head(statement) + 1)
        found.update(dict.fromkeys(own, place))
        text = " ".join(origin.text.split())
        said = "" if text == " ".join(lines[k - 1].strip() for k in own) else f": {text}"
        for k in own:
            lines[k - 1] += f"  # {os.path.basename(origin.file)}:{origin.line}{said}"
    known = {line: place.origin for line, place in found.items() if place.origin is not None}
    note_written(file, {line: origin for line, origin in known.items() if not is_ours(origin.file)})
    return [f"{line}\n" for line in lines]


def _definitions(tree: ast.Module) -> list[ast.FunctionDef]:
    """The emitted functions: of the module, or within its factory."""
    own = [s for s in tree.body if isinstance(s, ast.FunctionDef)]
    if len(own) == 1 and own[0].name.startswith("make_"):
        return [s for s in own[0].body if isinstance(s, ast.FunctionDef)]
    return own


def _head(statement: ast.stmt) -> int:
    """The last line of a statement, or of the head of one that has a body."""
    if not getattr(statement, "body", None):
        return statement.end_lineno or statement.lineno
    parts = [n for n in ast.iter_child_nodes(statement) if isinstance(n, ast.expr)]
    return max([statement.lineno, *(n.end_lineno or n.lineno for n in parts)])


def _users(place: Place) -> Place:
    """Where the line came from that a line of a derivative of a derivative comes from."""
    if place.origin is None:
        return place
    inner = lines_of(place.origin.file).get(place.origin.line)
    return Place(users(place.origin), place.backward or inner is not None and inner.backward)
