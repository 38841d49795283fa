"""Which of the user's lines each statement of an emitted module comes from, and which sweep it belongs to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

import gast

from sourcead.errors import Origin
from sourcead.frontend.comment import Comment
from sourcead.frontend.syntax import names_read

_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")


class Place(NamedTuple):
    """The user's statement, None where the text belongs to no single one; `backward` in the reverse sweep."""

    origin: Origin | None
    backward: bool


def places(functions: list[gast.FunctionDef]) -> tuple[Place, ...]:
    """The place of every statement of the functions, each before the statements inside it.

    In the forward sweep statements carry their origin, or in `near` the one that they were written for and whether in
    the reverse sweep; what has neither goes with the statement before it. In the reverse sweep a comment with the
    user's statement stands over each group.
    """
    return tuple([place for function in functions for place in _of_block(function.body, False)])


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of the text in the order of `places`."""
    for statement in body:
        yield statement
        for block in _blocks(statement):
            yield from statements(block)


def read_later(function: gast.FunctionDef) -> set[str]:
    """The names that an emitted function reads from the first statement on that belongs to a reverse sweep."""
    first = next((k for k, statement in enumerate(function.body) if _has_origin([statement])), len(function.body))
    return names_read([s for s in function.body[first:] if not isinstance(s, Comment)])


def _of_block(body: list[Any], backward: bool) -> Iterator[Place]:
    current: Origin | None = None
    said = False
    for statement in body:
        if isinstance(statement, Comment):
            if statement.origin is not None:
                current, backward = statement.origin, True
            continue
        said = True
        blocks = _blocks(statement)
        if blocks:
            backward = backward or any(_has_origin(block) for block in blocks)
            yield Place(getattr(statement, "origin", None), backward)
            for block in blocks:
                yield from _of_block(block, backward)
            current = None
        else:
            near, seeds = getattr(statement, "near", None) or (None, False)
            current = getattr(statement, "origin", None) or near or current
            backward = backward or seeds
            yield Place(current, backward)
    if body and not said:
        # The printer writes `pass` where only comments stand.
        yield Place(current, backward)


def _blocks(statement: Any) -> list[list[Any]]:
    """The lists of statements inside one, in the order of the text; a handler or case gives its own."""
    found = []
    for field in _BLOCKS:
        inner = getattr(statement, field, None)
        if isinstance(inner, list) and inner:
            if field in ("handlers", "cases"):
                found += [part.body for part in inner]
            else:
                found.append(inner)
    return found


def _has_origin(block: list[Any]) -> bool:
    return any(
        statement.origin is not None
        if isinstance(statement, Comment)
        else any(_has_origin(inner) for inner in _blocks(statement))
        for statement in block
    )
