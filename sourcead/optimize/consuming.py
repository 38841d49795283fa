"""Iterators: reading one takes from it what another reading would have got, though the value be used nowhere."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable
from typing import Any

import gast

from sourcead.analysis.activity import root
from sourcead.frontend.syntax import walk

MAKERS = (builtins.enumerate, builtins.filter, builtins.iter, builtins.map, builtins.reversed, builtins.zip)
TAKING = (
    builtins.all, builtins.any, builtins.dict, builtins.list, builtins.max, builtins.min, builtins.set, builtins.sorted,
    builtins.sum, builtins.tuple,
)  # fmt: skip


def mark_consumed(body: list[gast.AST], parameters: list[str], resolve: Callable[[gast.AST], Any]) -> None:
    """Mark the names whose reading may take something from an iterator.

    Those of iterators are marked wherever they stand, those of parameters where something goes through them.
    """
    named = [n for n in walk(body) if isinstance(n, gast.Assign) and isinstance(n.targets[0], gast.Name)]
    found: set[str] = set()
    while True:
        more = {n.targets[0].id for n in named if _is_iterator(n.value, found, resolve)} - found
        if not more:
            break
        found |= more
    for node in walk(body):
        if isinstance(node, gast.Name) and node.id in found:
            node.consumed = True
        for taken in _gone_through(node, resolve):
            if isinstance(taken, gast.Name) and taken.id in parameters:
                taken.consumed = True


def _is_iterator(value: gast.AST, known: set[str], resolve: Callable[[gast.AST], Any]) -> bool:
    if isinstance(value, gast.GeneratorExp):
        return True
    if isinstance(value, (gast.List, gast.Tuple)):
        return any(_is_iterator(e, known, resolve) for e in value.elts)
    if isinstance(value, gast.Call):
        function = resolve(value.func)
        made = any(function is maker for maker in MAKERS) or getattr(function, "__module__", "") == "itertools"
        return made or inspect.isgeneratorfunction(function)
    return root(value) in known


def _gone_through(node: gast.AST, resolve: Callable[[gast.AST], Any]) -> list[gast.AST]:
    if isinstance(node, gast.comprehension):
        return [node.iter]
    if isinstance(node, gast.Call):
        function = resolve(node.func)
        return node.args if any(function is taking for taking in (*TAKING, *MAKERS)) else []
    return []


def is_consumed(node: gast.AST) -> bool:
    """Whether a name is marked."""
    return isinstance(node, gast.Name) and getattr(node, "consumed", False)
