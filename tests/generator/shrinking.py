"""Makes a program that fails smaller while it still fails in the same way.

Candidates are made on the syntax tree: a statement less, its body in its place, an expression replaced by one of its
parts or by a number. The first that fails like the original is taken, until none does (Zeller and Hildebrandt,
"Simplifying and Isolating Failure-Inducing Input", 2002, with trees in place of lines).
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import replace

from compare import Case, examine

MOST_TRIES = 1500


def shrink(case: Case, outcome: str, mode: str) -> Case:
    """The smallest program found that has the same outcome in the same mode."""
    case = replace(case, modes=(mode,))
    tries = 0
    smaller = True
    while smaller and tries < MOST_TRIES:
        smaller = False
        for source in _candidates(case.source):
            tries += 1
            cut = replace(case, source=source)
            if examine(cut, 2.0).outcome == outcome:
                case, smaller = cut, True
                break
            if tries >= MOST_TRIES:
                break
    return case


def _candidates(source: str) -> Iterator[str]:
    """Smaller programs, the much smaller ones first."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for change in (_without_statements, _without_expressions):
        for cut in change(tree):
            text = ast.unparse(ast.fix_missing_locations(cut)) + "\n"
            if text not in seen:
                seen.add(text)
                yield text


def _places(tree: ast.AST) -> list[tuple[int, str, int]]:
    """Every statement, as its parent's number in the walk, the field, and the place in it."""
    found = []
    for number, node in enumerate(ast.walk(tree)):
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            value = getattr(node, field, None)
            if isinstance(value, list):
                found += [(number, field, k) for k in range(len(value))]
    return found


def _without_statements(tree: ast.AST) -> Iterator[ast.AST]:
    for number, field, k in _places(tree):
        cut = copy.deepcopy(tree)
        parent = list(ast.walk(cut))[number]
        block = getattr(parent, field)
        removed = block.pop(k)
        if isinstance(removed, ast.Import):
            continue
        if not block and field in ("body",):
            block.append(ast.Pass())
        yield cut
        for inner in ("body", "orelse"):
            if not isinstance(removed, (ast.FunctionDef, ast.Lambda)) and isinstance(
                getattr(removed, inner, None), list
            ):
                lifted = copy.deepcopy(tree)
                getattr(list(ast.walk(lifted))[number], field)[k : k + 1] = copy.deepcopy(getattr(removed, inner))
                yield lifted


def _without_expressions(tree: ast.AST) -> Iterator[ast.AST]:
    for number, node in enumerate(ast.walk(tree)):
        for field, value in ast.iter_fields(node):
            for k, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.expr) and not isinstance(
                    getattr(child, "ctx", ast.Load()), (ast.Store, ast.Del)
                ):
                    for other in _parts(child):
                        cut = copy.deepcopy(tree)
                        parent = list(ast.walk(cut))[number]
                        if isinstance(value, list):
                            getattr(parent, field)[k] = other
                        else:
                            setattr(parent, field, other)
                        yield cut


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """What may stand in place of an expression."""
    if isinstance(node, (ast.Name, ast.Constant)):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and not (isinstance(child, ast.Name) and child.id == "np"):
            if not (isinstance(node, ast.Call) and child is node.func):
                yield copy.deepcopy(child)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        base = node.func.value
        if not (isinstance(base, ast.Name) and base.id == "np"):
            yield copy.deepcopy(base)
    if not isinstance(node, ast.Call) or node.args:
        yield ast.Constant(value=0.5)
