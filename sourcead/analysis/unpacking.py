"""Results of calls that are taken apart at once.

t = step(x, v)
x = t[0]          `t`, of two entries
v = t[1]
"""

from __future__ import annotations

import gast

from sourcead.frontend.syntax import names_read


def taken_apart(body: list[gast.AST], widths: dict[str, int], results: frozenset[str]) -> dict[str, int]:
    """How many entries each variable has that is a call's result and is taken apart by the next statements.

    `results` are the variables that are only read entry by entry. Every entry is read at most once, and nowhere else.
    """
    found: dict[str, int] = {}
    for k, node in enumerate(body):
        for block in ("body", "orelse"):
            if isinstance(node, (gast.If, gast.For, gast.While)):
                found |= taken_apart(getattr(node, block), widths, results)
        name = _called(node)
        if name not in results or name not in widths:
            continue
        places = []
        for after in body[k + 1 :]:
            if asks_entries(after) == name:
                continue
            place = _place_in(after, name)
            if place is None:
                break
            places.append(place)
        if len(set(places)) == len(places) == _reads(body, name):
            found[name] = widths[name]
    return found


def asks_entries(node: gast.AST) -> str | None:
    """The variable that a check before an unpacking is about, where a statement is one."""
    asked = node.value.args[0] if getattr(node, "asks_entries", False) else None
    return asked.id if isinstance(asked, gast.Name) else None


def _called(node: gast.AST) -> str:
    if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name) and isinstance(node.value, gast.Call):
        return node.targets[0].id
    return ""


def _place_in(node: gast.AST, name: str) -> int | None:
    """The place of the entry that a statement gives a name of its own."""
    value = node.value if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name) else None
    if not isinstance(value, gast.Subscript) or not isinstance(value.value, gast.Name) or value.value.id != name:
        return None
    place = value.slice.value if isinstance(value.slice, gast.Constant) else None
    return place if isinstance(place, int) and node.targets[0].id != name else None


def _reads(body: list[gast.AST], name: str) -> int:
    return sum(name in names_read(node) for node in body if asks_entries(node) != name)
