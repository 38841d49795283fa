"""Names for a part of something, put back in place where that part is changed.

Requires: core, webs split.
Ensures: a variable that only names a place, and whose object is changed, is the place itself wherever it is used.

    p = particles[k]                   particles[k].x = t
    p.x = t                     ->     y = particles[k].x
    y = p.x

So the cotangent of the object is found under one name, that of what holds it. A variable stays as it is where the
place may hold something else by the time it is used; then the emitted program checks whether it does. So does one that
has no cotangent: a class that the text does not tell may give another object at each reading (`w = v.half`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import gast
import numpy as np

from runtime.primitives.registry import lookup_attribute, lookup_method
from sourcead.analysis.activity import root
from sourcead.analysis.aliases import Change, changed
from sourcead.frontend.expressions import is_basic, is_slice
from sourcead.frontend.syntax import assign, clone, load, names_read, names_written, substitute, walk

Changes = dict[int, Change]


def name_places(
    body: list[gast.AST],
    parameters: list[str],
    integers: set[str],
    changes_of: Callable[[list[gast.AST]], Changes],
    active_in: Callable[[list[gast.AST]], frozenset[str]],
    fresh: Callable[[str], str],
) -> list[gast.AST]:
    """The body with such variables replaced; `changes_of` and `active_in` find the changes in place of a program, and
    its active variables."""
    done: set[str] = set()
    while True:
        found = changes_of(body)
        names = {
            c.variable for c in found.values() if isinstance(_target(c.statement), (gast.Subscript, gast.Attribute))
        }
        names |= {c.variable for c in found.values() if c.resizes}
        chosen = _first_alias(body, names - done, parameters, integers, found)
        if chosen is None:
            return body
        block, k, name, path = chosen
        done.add(name)
        if not {name, root(path)} & active_in(body):
            continue
        block[k + 1 :] = [s for node in block[k + 1 :] for s in _replaced(node, name, path, fresh)]


def _first_alias(
    body: list[gast.AST], names: set[str], parameters: list[str], integers: set[str], found: Changes
) -> tuple[list[gast.AST], int, str, gast.AST] | None:
    """A variable of `names` that may be replaced: its block, where it is defined there, and the place that it names."""
    definitions = Counter(n for node in walk(body) for n in _defined(node))
    uses = Counter(n.id for n in walk(body) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load))
    for block in _blocks(body):
        for k, node in enumerate(block):
            if not isinstance(node, gast.Assign) or not isinstance(node.targets[0], gast.Name):
                continue
            name, path = node.targets[0].id, node.value
            if name not in names or name in parameters or definitions[name] != 1 or not _is_place(path, integers):
                continue
            rest = block[k + 1 :]
            inside = sum(isinstance(n, gast.Name) and n.id == name and isinstance(n.ctx, gast.Load) for n in walk(rest))
            fixed = all(definitions[n] + (n in parameters) <= 1 for n in names_read(path))
            if fixed and inside == uses[name] and not _moved(rest, name, path, found):
                return block, k, name, path
    return None


def _defined(node: gast.AST) -> set[str]:
    if isinstance(node, (gast.Assign, gast.AugAssign, gast.For)):
        targets = node.targets if isinstance(node, gast.Assign) else [node.target]
        return {t.id for t in targets if isinstance(t, gast.Name)}
    whole = isinstance(node, (gast.With, gast.Try, gast.Import, gast.ImportFrom, gast.ClassDef, gast.Match))
    return names_written(node) if whole else set()


def _is_place(path: gast.AST, integers: set[str]) -> bool:
    """Whether an expression is a variable, or a part of one that is no copy, told by variables and constants only."""
    while isinstance(path, (gast.Subscript, gast.Attribute)):
        # Of an array an attribute may be another array: `y.T`, `y.flat`.
        if isinstance(path, gast.Attribute) and hasattr(np.ndarray, path.attr):
            return False
        if isinstance(path, gast.Subscript) and not is_basic(path.slice, integers):
            return False
        if isinstance(path, gast.Subscript) and any(
            isinstance(n, (gast.Call, gast.Subscript)) for n in walk(path.slice)
        ):
            return False
        # Of a list it is a copy; of an array a view, which is followed when the program runs.
        if is_slice(path):
            return False
        path = path.value
    return isinstance(path, gast.Name)


def _steps(path: gast.AST) -> list[gast.AST]:
    found: list[gast.AST] = []
    while isinstance(path, (gast.Subscript, gast.Attribute)):
        found.append(path)
        path = path.value
    return found[::-1]


def _moved(rest: list[gast.AST], name: str, path: gast.AST, found: Changes) -> bool:
    """Whether the place may come to hold something else while the variable is in use."""
    steps, holder = _steps(path), root(path)
    fields = {s.attr for s in steps if isinstance(s, gast.Attribute)}
    counted = any(isinstance(s, gast.Subscript) for s in steps)
    for node in walk(rest):
        if isinstance(node, (gast.With, gast.Try, gast.Match)):
            return True
        if changed(node) is None or not isinstance(node, (gast.Assign, gast.AugAssign, gast.Expr)):
            continue
        target = _target(node)
        if isinstance(target, gast.Attribute) and target.attr in fields:
            return True
        change = found.get(id(node))
        if change is None or not counted or change.variable == name and isinstance(target, gast.Attribute):
            continue
        shares = {change.variable} | change.sharing | change.same
        if holder not in shares or isinstance(target, gast.Attribute) or isinstance(target, gast.Name):
            continue
        if change.variable == name and steps:
            continue
        deeper = change.variable == holder and target is not None and len(_steps(target)) > len(steps)
        if not deeper:
            return True
    return False


def _target(node: gast.AST) -> gast.AST | None:
    """The place that a statement writes; None where it makes a list grow or shrink."""
    if isinstance(node, gast.AugAssign):
        return node.target
    return node.targets[0] if isinstance(node, gast.Assign) and not isinstance(node.targets[0], gast.Name) else None


def _replaced(node: gast.AST, name: str, path: gast.AST, fresh: Callable[[str], str]) -> list[gast.AST]:
    """A statement that reads the place itself; where it passes the object on, that gets a name just before."""
    if name not in names_read(node):
        return [node]
    if isinstance(node, (gast.If, gast.For, gast.While)):
        for block in ("body", "orelse"):
            setattr(node, block, [s for inner in getattr(node, block) for s in _replaced(inner, name, path, fresh)])
        for head in ("test", "iter"):
            if hasattr(node, head):
                setattr(node, head, _put(getattr(node, head), name, path))
        return [node]
    if isinstance(node, gast.Assign) and isinstance(node.value, gast.Name) and node.value.id == name:
        if isinstance(node.targets[0], gast.Name):
            node.value = clone(path)
            return [node]
    operands = {id(n) for n in walk(node) if isinstance(n, gast.Name) and n.id == name}
    called = {id(n.func) for n in walk(node) if isinstance(n, gast.Call)}
    operands -= {
        id(n.value) for n in walk(node) if isinstance(n, (gast.Subscript, gast.Attribute)) and not _receives(n, called)
    }
    if not operands:
        return [_put(node, name, path)]
    held = fresh(name)
    first = assign(held, clone(path))
    first.origin = getattr(node, "origin", None)
    made = substitute(node, lambda n: load(held) if id(n) in operands else None)
    return [first, _put(made, name, path)]


def _receives(node: gast.AST, called: set[int]) -> bool:
    """Whether an object is an operand by way of an attribute: `y.T`, `y.reshape(2, 2)`; `append` and `pop` are core."""
    if not isinstance(node, gast.Attribute):
        return False
    return lookup_attribute(node.attr) is not None or id(node) in called and lookup_method(node.attr) is not None


def _put(node: gast.AST, name: str, path: gast.AST) -> gast.AST:
    made = substitute(node, lambda n: clone(path) if n.id == name and isinstance(n.ctx, gast.Load) else None)
    if hasattr(node, "origin"):
        made.origin = node.origin
    return made


def _blocks(body: list[gast.AST]) -> list[list[gast.AST]]:
    found = [body]
    for node in body:
        if isinstance(node, (gast.If, gast.For, gast.While)):
            found += _blocks(node.body) + _blocks(node.orelse)
    return found
