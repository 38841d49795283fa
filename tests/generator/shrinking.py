"""Makes a program that fails smaller while it still fails in the same way.

Candidates are made on the syntax tree: a statement less, its body in its place, an expression replaced by one of its
parts or by a number. One that fails like the original is taken, until none does (Zeller and Hildebrandt,
"Simplifying and Isolating Failure-Inducing Input", 2002, with trees in place of lines).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from compare import Case, examine

MOST_TRIES = 1000
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def shrink(case: Case, outcome: str, mode: str) -> Case:
    """The smallest program found that has the same outcome in the same mode."""
    case = replace(case, modes=(mode,))
    place, tries, smaller = 0, 0, True
    while smaller and tries < MOST_TRIES:
        smaller = False
        candidates = _candidates(case.source)
        while (source := next(candidates, None)) is not None and tries < MOST_TRIES:
            tries += 1
            cut = replace(case, source=source)
            if examine(cut).outcome == outcome:
                # What stood before this place has been tried: go on from here, and begin again at the end.
                case, smaller = cut, True
                candidates = islice(_candidates(source), place, None)
            else:
                place += 1
        place = 0
    return case


def _candidates(source: str) -> Iterator[str]:
    """Smaller programs, the much smaller ones first."""
    tree = ast.parse(source)
    whole = ast.unparse(tree)
    for parent, field, other in [*_without_statements(tree), *_without_expressions(tree)]:
        kept = getattr(parent, field)
        setattr(parent, field, other)
        text = ast.unparse(tree)
        setattr(parent, field, kept)
        if text != whole:
            yield text + "\n"


Change = tuple[ast.AST, str, Any]


def _without_statements(tree: ast.AST) -> Iterator[Change]:
    """For each statement its block without it, and its block with its own statements in its place."""
    for parent in ast.walk(tree):
        for field in BLOCKS:
            block = getattr(parent, field, None)
            for k, removed in enumerate(block if isinstance(block, list) else []):
                if isinstance(removed, ast.Import):
                    continue
                rest = [*block[:k], *block[k + 1 :]]
                yield parent, field, rest if rest or field != "body" else [ast.Pass()]
                for inner in ("body", "orelse"):
                    lifted = getattr(removed, inner, None)
                    if isinstance(lifted, list) and not isinstance(removed, (ast.FunctionDef, ast.ClassDef)):
                        yield parent, field, [*block[:k], *lifted, *block[k + 1 :]]


def _without_expressions(tree: ast.AST) -> Iterator[Change]:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            for k, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.expr) and isinstance(getattr(child, "ctx", ast.Load()), ast.Load):
                    for other in _parts(child):
                        yield parent, field, [*value[:k], other, *value[k + 1 :]] if isinstance(value, list) else other


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """What may stand in place of an expression."""
    if isinstance(node, (ast.Name, ast.Constant)):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and not _is_numpy(child):
            if not (isinstance(node, ast.Call) and child is node.func):
                yield child
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not _is_numpy(node.func.value):
        yield node.func.value
    if not isinstance(node, ast.Call) or node.args:
        yield ast.Constant(value=0.5)


def _is_numpy(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "np"
