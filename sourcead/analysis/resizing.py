"""Lists and dicts that are made longer or shorter, under any of their names."""

from __future__ import annotations

from collections.abc import Callable

import gast

from sourcead.analysis.activity import root
from sourcead.analysis.groups import Groups
from sourcead.frontend.syntax import walk

RESIZES = {"append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}


def resized(statements: list[gast.AST]) -> list[gast.AST]:
    """What statements may make longer or shorter by what they call, as they name it: `v`, `d[key]`, `o.rows`."""
    found: list[gast.AST] = []
    for node in walk(statements):
        if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr in RESIZES:
            found.append(node.func.value)
        elif isinstance(node, gast.Subscript) and not isinstance(node.ctx, gast.Load):
            found += [node.value] if isinstance(node.slice, gast.Slice) or isinstance(node.ctx, gast.Del) else []
        elif isinstance(node, gast.AugAssign) and isinstance(node.value, (gast.List, gast.ListComp, gast.Set)):
            found.append(node.target)
    return found


def stored(statements: list[gast.AST]) -> list[gast.AST]:
    """What statements store in by index, which makes a dict longer where the key is new."""
    places = [n for n in walk(statements) if isinstance(n, gast.Subscript) and isinstance(n.ctx, gast.Store)]
    return [n.value for n in places if not isinstance(n.slice, gast.Slice)]


class Resizing:
    """Which names may be one list or dict with those that a loop goes through, and are made longer in it.

    Coarse as `Groups` is, but that a list which only its own name knows is no other one, whatever is put into it.
    """

    def __init__(
        self, body: list[gast.AST], parameters: list[str], groups: Groups, sources: Callable[[gast.AST], set[str]]
    ) -> None:
        self._groups = groups
        self._own = _own(body, sources) - set(parameters)

    def may_resize(self, name: str, statements: list[gast.AST], keyed: bool) -> bool:
        """Whether statements may make what `name` holds longer or shorter; `keyed` says that it is a dict."""
        for place in [*resized(statements), *(stored(statements) if keyed else [])]:
            other = root(place)
            another = isinstance(place, gast.Name) and other != name and other in self._own
            if other is not None and not another and self._groups.together(name, other):
                return True
        return False


def _own(body: list[gast.AST], sources: Callable[[gast.AST], set[str]]) -> set[str]:
    """The variables that only ever hold displays of their own, and are read to look into them or to make new things."""
    nodes = walk(body)
    made: set[str] = set()
    shared: set[str] = set()
    looked: set[int] = set()
    for node in nodes:
        if isinstance(node, (gast.Subscript, gast.Attribute)) and isinstance(node.value, gast.Name):
            looked.add(id(node.value))
        elif isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id == "len":
            looked |= {id(a) for a in node.args}
        elif isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            fresh = isinstance(node.value, (gast.List, gast.Dict, gast.ListComp, gast.DictComp))
            (made if fresh else shared).add(node.targets[0].id)
            if isinstance(node.value, gast.Call) and not sources(node.value):
                looked |= {id(n) for n in walk(node.value)}
    read = {n.id for n in nodes if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Load) and id(n) not in looked}
    return made - shared - read
