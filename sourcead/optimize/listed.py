"""Loops over the keys of a dict by key, where they were counted through.

Requires: an emitted function body.
Ensures: a loop that reads nothing but the entries of a list of its own goes through the list itself.

    for k in range(len(keys)):                  for name in keys:
        name = keys[k]                     ->       total += np.sum(params[name])
        total += np.sum(params[name])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import gast

from sourcead.analysis.blocks import every_statement
from sourcead.frontend.comment import Comment
from sourcead.frontend.syntax import call, clone, is_reversed, load, names_read, range_of, store, walk

BLOCKS = ("body", "orelse")


def read_by_entry(body: list[gast.AST], fresh: Callable[[str], str]) -> list[gast.AST]:
    """The body with such loops; `fresh` gives a new name for an entry that has none."""
    lists = {node.targets[0].id for node in every_statement(body) if _lists(node)}
    if not lists:
        return body
    nodes = walk([s for s in body if not isinstance(s, Comment)])
    stored = Counter(n.id for n in nodes if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load))
    read = Counter(n.id for n in nodes if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load))
    entries = Counter((n.value.id, n.slice.id) for n in nodes if _is_entry(n))
    returned = Counter(n.id for r in nodes if isinstance(r, gast.Return) for n in walk(r) if isinstance(n, gast.Name))
    loops: dict[str, list[gast.For]] = {}
    for node in nodes:
        if isinstance(node, gast.For) and isinstance(node.target, gast.Name):
            loops.setdefault(node.target.id, []).append(node)
    over: dict[str, str] = {}
    for counter, found in loops.items():
        name, *others = {_counted_through(loop) for loop in found}
        if name is not None and name in lists and not others and stored[name] == 1 and stored[counter] == len(found):
            if read[counter] == entries[name, counter] == _entries_in(found, name, counter):
                over[counter] = name
    # What else reads the list might change it.
    for name in set(over.values()):
        counters = [c for c in over if over[c] == name]
        if read[name] != sum(len(loops[c]) + entries[name, c] for c in counters) + returned[name]:
            over = {c: n for c, n in over.items() if n != name}
    if not over:
        return body
    inside: dict[str, set[int]] = {}
    for counter in over:
        for loop in loops[counter]:
            inner = walk(loop.body)
            for name in {n.targets[0].id for n in inner if _names(n, counter)}:
                inside.setdefault(name, set()).update(id(n) for n in inner if _reads(n, name))
    behind = {name for name in inside if any(_reads(n, name) and id(n) not in inside[name] for n in nodes)}
    return _block(body, over, behind, fresh)


def _block(body: list[gast.AST], over: dict[str, str], behind: set[str], fresh: Callable[[str], str]) -> list[gast.AST]:
    """The block with its loops; `behind` are names that are read outside of the loops that give them an entry."""
    out = []
    for node in body:
        if isinstance(node, (gast.If, gast.For, gast.While, gast.With)):
            node = clone(node)
            for field in BLOCKS:
                if getattr(node, field, None):
                    setattr(node, field, _block(getattr(node, field), over, behind, fresh))
            if isinstance(node, gast.For) and isinstance(node.target, gast.Name) and node.target.id in over:
                node = _by_entry(node, over[node.target.id], behind, fresh)
        out.append(node)
    return out


def _by_entry(loop: gast.For, name: str, behind: set[str], fresh: Callable[[str], str]) -> gast.For:
    """One loop, through the list; where the body gives the entry a name first, it is the loop's.

    What is read behind the loop has the last entry only where every round gives it one.
    """
    counter = loop.target.id
    naming = [n for n in walk(loop.body) if _names(n, counter)]
    stored = Counter(n.id for n in walk(loop.body) if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load))
    given = Counter(n.targets[0].id for n in naming)
    always = {n.targets[0].id for n in loop.body if _names(n, counter)}
    fitting = (n for n in given if given[n] == stored[n] and (n in always or n not in behind))
    entry = next((n for n in fitting if _always_given(loop.body, n, counter, False)), None)
    rest = _without(loop.body, entry, counter) if entry else loop.body
    entry = entry or fresh("key")
    iterated: gast.AST = call("reversed", load(name)) if is_reversed(loop.iter) else load(name)
    body = [_named(node, name, counter, entry) for node in rest]
    return gast.For(target=store(entry), iter=iterated, body=body or [gast.Pass()], orelse=[], type_comment=None)


def _entries_in(loops: list[gast.For], name: str, counter: str) -> int:
    """How many of the entries at a counter its loops read, if they neither contain each other nor bind the list."""
    inside = [n for loop in loops for n in walk(loop.body)]
    bound = any(
        isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load) and n.id in (name, counter) for n in inside
    )
    return -1 if bound else sum(_is_entry(n) and (n.value.id, n.slice.id) == (name, counter) for n in inside)


def _reads(node: gast.AST, name: str) -> bool:
    """Whether a node by itself reads a variable."""
    if isinstance(node, gast.AugAssign):
        return isinstance(node.target, gast.Name) and node.target.id == name
    return isinstance(node, gast.Name) and isinstance(node.ctx, gast.Load) and node.id == name


def _names(node: gast.AST, counter: str) -> bool:
    """Whether a statement gives the entry at the counter a name."""
    named = isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name)
    return named and _is_entry(node.value) and node.value.slice.id == counter


def _always_given(body: list[gast.AST], entry: str, counter: str, given: bool) -> bool:
    """Whether, wherever a block reads a variable, the block or one around it has given it the entry before."""
    for node in body:
        if isinstance(node, Comment):
            continue
        if _names(node, counter) and node.targets[0].id == entry:
            given = True
        elif isinstance(node, (gast.If, gast.For, gast.While)):
            head = node.iter if isinstance(node, gast.For) else node.test
            inner = [getattr(node, field) for field in BLOCKS]
            if not given and (
                entry in names_read(head) or not all(_always_given(b, entry, counter, given) for b in inner)
            ):
                return False
        elif not given and entry in names_read(node):
            return False
    return True


def _without(body: list[gast.AST], entry: str, counter: str) -> list[gast.AST]:
    """A block without the statements that give the entry this name; it is changed in place, the blocks in it too."""
    for node in body:
        for field in BLOCKS if isinstance(node, (gast.If, gast.For, gast.While)) else ():
            kept = _without(getattr(node, field), entry, counter)
            setattr(node, field, kept or ([gast.Pass()] if field == "body" else []))
    return [n for n in body if not (_names(n, counter) and n.targets[0].id == entry)]


def _named(node: Any, name: str, counter: str, entry: str) -> Any:
    """`node`, which is changed in place, with `entry` for `name[counter]`."""
    if _is_entry(node) and (node.value.id, node.slice.id) == (name, counter):
        return load(entry)
    if isinstance(node, gast.AST) and not isinstance(node, Comment):
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                setattr(node, field, [_named(item, name, counter, entry) for item in value])
            elif isinstance(value, gast.AST):
                setattr(node, field, _named(value, name, counter, entry))
    return node


def _lists(node: gast.AST) -> bool:
    """Whether a statement makes a list of what a container holds."""
    if not isinstance(node, gast.Assign) or not isinstance(node.targets[0], gast.Name):
        return False
    made = node.value
    return isinstance(made, gast.Call) and isinstance(made.func, gast.Name) and made.func.id in ("list", "sorted")


def _is_entry(node: Any) -> bool:
    """Whether an expression is `name[counter]`, read."""
    if not isinstance(node, gast.Subscript) or not isinstance(node.ctx, gast.Load):
        return False
    return isinstance(node.value, gast.Name) and isinstance(node.slice, gast.Name)


def _counted_through(loop: gast.For) -> str | None:
    """The list that a loop counts through from end to end; None where it is none."""
    bounds = range_of(loop.iter)
    if bounds is None or len(bounds.args) != 1 or loop.orelse:
        return None
    length = bounds.args[0]
    if not isinstance(length, gast.Call) or not isinstance(length.func, gast.Name) or length.func.id != "len":
        return None
    return length.args[0].id if isinstance(length.args[0], gast.Name) else None
