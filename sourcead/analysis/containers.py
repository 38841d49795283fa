"""Which variables are sure to be lists or dicts, so that storing an entry changes the list or dict and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from runtime.kernels import contents, saved
from sourcead.analysis.activity import put_back_at
from sourcead.analysis.blocks import first
from sourcead.frontend.syntax import names_written, walk

DISPLAYS = (gast.List, gast.Dict, gast.ListComp, gast.DictComp)
MAKERS = (list, dict, sorted)
PASSING = (contents, saved)


def sure_containers(
    body: list[gast.AST], parameters: list[str], function_of: Callable[[gast.AST], Any]
) -> frozenset[str]:
    """The variables that hold a list or dict whenever they hold anything."""
    given: dict[str, list[gast.AST | None]] = {}
    for node in walk(body):
        if isinstance(node, gast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], gast.Name):
            given.setdefault(node.targets[0].id, []).append(node.value)
        elif not isinstance(node, (gast.If, gast.While, gast.Name)) and not isinstance(node, gast.expr):
            for name in names_written(node.target if isinstance(node, gast.For) else node):
                given.setdefault(name, []).append(None)
    known = set(given) - set(parameters)
    while True:
        kept = {n for n in known if all(v is not None and _is_container(v, known, function_of) for v in given[n])}
        if kept == known:
            return frozenset(known)
        known = kept


def _is_container(value: gast.AST, known: set[str], function_of: Callable[[gast.AST], Any]) -> bool:
    if isinstance(value, gast.Name):
        return value.id in known
    if isinstance(value, gast.Subscript):
        return isinstance(value.slice, gast.Slice) and _is_container(value.value, known, function_of)
    if isinstance(value, DISPLAYS):
        return True
    if not isinstance(value, gast.Call):
        return False
    function = function_of(value)
    if any(function is f for f in PASSING):
        return _is_container(value.args[0], known, function_of)
    return any(function is f for f in MAKERS)


def entry_stores(body: list[gast.AST], containers: frozenset[str]) -> frozenset[int]:
    """The statements that put another object in a place of a sure list or dict, by identity."""
    found: set[int] = set()
    for node in walk(body):
        target = first(node) if isinstance(node, gast.Assign) else None
        base = target.value if isinstance(target, gast.Subscript) else None
        if put_back_at(node) is not None:
            base = node.value.args[0]
        if isinstance(base, gast.Name) and base.id in containers:
            found.add(id(node))
    return frozenset(found)
