"""Lists and dicts that are made longer or shorter, under any of their names."""

from __future__ import annotations

from collections.abc import Callable

import gast

from sourcead.analysis.activity import root
from sourcead.analysis.groups import Groups
from sourcead.frontend.syntax import names_read, names_written, walk

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
        self._made, own = _made(body, sources)
        self._made -= set(parameters)
        self._own = own & self._made
        self._into = _flows(body)
        self._reached: dict[str, set[str]] = {}

    def may_resize(self, name: str, statements: list[gast.AST], keyed: bool) -> bool:
        """Whether statements may make what `name` holds longer or shorter; `keyed` says that it is a dict."""
        for place in [*resized(statements), *(stored(statements) if keyed else [])]:
            other = root(place)
            another = isinstance(place, gast.Name) and other != name and self._is_another(name, other)
            if other is not None and not another and self._groups.together(name, other):
                return True
        return False

    def _is_another(self, name: str, other: str | None) -> bool:
        """Whether a list or dict that `other` holds was made for it, and cannot have become what `name` holds."""
        if other not in self._made:
            return False
        if other in self._own:
            return True
        if other not in self._reached:
            found, waiting = {other}, [other]
            while waiting:
                new = self._into.get(waiting.pop(), set()) - found
                found |= new
                waiting += new
            self._reached[other] = found
        return name not in self._reached[other]


def _flows(body: list[gast.AST]) -> dict[str, set[str]]:
    """For each variable those that something of it may be put into, by an assignment or a call."""
    found: dict[str, set[str]] = {}
    for node in walk(body):
        if isinstance(node, (gast.Assign, gast.AugAssign, gast.For, gast.Expr)):
            names = names_read(node) | names_written(node) if not isinstance(node, gast.For) else set()
            names |= names_read(node.iter) | names_written(node.target) if isinstance(node, gast.For) else set()
            into = names if isinstance(node, gast.Expr) else _roots(node)
            for name in names:
                found.setdefault(name, set()).update(into)
    return found


def _roots(node: gast.AST) -> set[str]:
    targets = node.targets if isinstance(node, gast.Assign) else [node.target]
    return {n.id for t in targets for n in walk(t) if isinstance(n, gast.Name)}


def _made(body: list[gast.AST], sources: Callable[[gast.AST], set[str]]) -> tuple[set[str], set[str]]:
    """The variables that only ever hold displays made for them; and those of them that nothing else may hold, for they
    are read to look into them or to make new things.
    """
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
    return made - shared, made - shared - read
