"""Webs: which assignments of one name belong together.

Two definitions are in one web when some use may see either. Giving each web a name of its own turns
straight-line reassignment into single assignment, so that nothing is overwritten there and nothing need be saved:

    x = np.sin(x)             x2 = np.sin(x)
    x = x * x          ->     x3 = x2 * x2
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast

from sourcead.frontend.names import own_names
from sourcead.frontend.syntax import COMPREHENSIONS, names_read, names_written, range_of, walk

Definitions = dict[str, frozenset[int]]


@dataclass
class _Reaching:
    """Union-find over definitions, filled while reaching definitions flow through the body."""

    parent: list[int] = field(default_factory=list)
    owner: list[str] = field(default_factory=list)
    writes: dict[int, int] = field(default_factory=dict)
    reads: dict[int, int] = field(default_factory=dict)

    def define(self, node: gast.AST, name: str) -> int:
        found = self.writes.get(id(node))
        if found is None:
            found = self.writes[id(node)] = len(self.parent)
            self.parent.append(found)
            self.owner.append(name)
        return found

    def find(self, item: int) -> int:
        while self.parent[item] != item:
            self.parent[item] = self.parent[self.parent[item]]
            item = self.parent[item]
        return item

    def join(self, items: frozenset[int]) -> None:
        first, *rest = [self.find(i) for i in sorted(items)]
        for other in rest:
            a, b = sorted((self.find(first), self.find(other)))
            self.parent[b] = a

    def see(self, node: gast.AST, state: Definitions) -> None:
        """Every name read in `node` sees the definitions of `state`."""
        for inner in _visible(node):
            if not isinstance(inner.ctx, gast.Param) and inner.id in state:
                if isinstance(inner.ctx, gast.Load):
                    self.join(state[inner.id])
                    self.reads[id(inner)] = min(state[inner.id])


def _visible(node: Any) -> list[gast.Name]:
    """The names in a node but those that functions and comprehensions in it have of their own."""
    if isinstance(node, list):
        return [name for part in node for name in _visible(part)]
    if isinstance(node, gast.Name):
        return [node]
    if not isinstance(node, (gast.Lambda, gast.FunctionDef, gast.AsyncFunctionDef, *COMPREHENSIONS)):
        return [name for part in gast.iter_child_nodes(node) for name in _visible(part)]
    if isinstance(node, COMPREHENSIONS):
        outside, own = [node.generators[0].iter], names_written([g.target for g in node.generators])
    else:
        outside, own = (
            [*node.args.defaults, *node.args.kw_defaults, *getattr(node, "decorator_list", [])],
            own_names(node),
        )
    around = [name for part in outside if part is not None for name in _visible(part)]
    known = set(map(id, around))
    inner = [name for part in gast.iter_child_nodes(node) for name in _visible(part)]
    return [*around, *(name for name in inner if name.id not in own and id(name) not in known)]


def split_webs(
    parameters: list[str], body: list[gast.AST], result: str | None, fresh: Callable[[str], str]
) -> tuple[list[gast.AST], str | None, dict[str, str]]:
    """The body with a name for each web, the new name of the result, and the user's name behind each new one."""
    flow = _Reaching()
    state: Definitions = {}
    heads = {name: gast.Name(name, gast.Param(), None, None) for name in parameters}
    for name, head in heads.items():
        state[name] = frozenset({flow.define(head, name)})
    state = _block(body, state, flow)
    final = None
    if result is not None and result in state:
        flow.join(state[result])
        final = min(state[result])
    names: dict[int, str] = {}
    used: set[str] = set()
    read = {flow.find(item) for item in flow.reads.values()}
    for item, name in enumerate(flow.owner):
        root = flow.find(item)
        if root not in names:
            # Counters of loops that only repeat share the name that says so.
            unread = name == "_" and root not in read
            names[root] = name if name not in used or unread else fresh(name)
            used.add(name)
    known = flow.reads | flow.writes
    for node in walk(body):
        if isinstance(node, gast.Name) and id(node) in known:
            node.id = names[flow.find(known[id(node)])]
    origins = {names[flow.find(i)]: name for i, name in enumerate(flow.owner)}
    return body, names[flow.find(final)] if final is not None else result, origins


def _merge(a: Definitions, b: Definitions) -> Definitions:
    return {name: a.get(name, frozenset()) | b.get(name, frozenset()) for name in a.keys() | b.keys()}


def _block(body: list[gast.AST], state: Definitions, flow: _Reaching) -> Definitions:
    for statement in body:
        state = _statement(statement, state, flow)
    return state


def _statement(node: gast.AST, state: Definitions, flow: _Reaching) -> Definitions:
    if isinstance(node, gast.If):
        flow.see(node.test, state)
        return _merge(_block(node.body, state, flow), _block(node.orelse, state, flow))
    if isinstance(node, (gast.For, gast.While)) and is_core_loop(node):
        return _loop(node, state, flow)
    if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
        flow.see(node.value, state)
        name = node.target.id
        made = flow.define(node.target, name)
        flow.join(frozenset({made}) | state.get(name, frozenset()))
        return {**state, name: frozenset({made})}
    if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
        flow.see(node.value, state)
        target = node.targets[0]
        return {**state, target.id: frozenset({flow.define(target, target.id)})}
    return _opaque(node, state, flow)


def _opaque(node: gast.AST, state: Definitions, flow: _Reaching) -> Definitions:
    """A statement that stands whole: what it writes joins what was there, for it may or may not happen."""
    written = names_written(node)
    for name in sorted(names_read(node) | written):
        stores = [n for n in walk(node) if isinstance(n, gast.Name) and n.id == name and isinstance(n.ctx, gast.Store)]
        items = {flow.define(n, name) for n in stores} if name in written else set()
        joined = frozenset(items) | state.get(name, frozenset())
        if joined:
            flow.join(joined)
        if name in written and joined:
            state = {**state, name: joined}
    flow.see(node, state)
    return state


def _loop(node: gast.AST, state: Definitions, flow: _Reaching) -> Definitions:
    if isinstance(node, gast.For):
        flow.see(node.iter, state)
    head = state
    while True:
        inside = head
        if isinstance(node, gast.For):
            name = node.target.id
            inside = {**head, name: frozenset({flow.define(node.target, name)})}
        else:
            flow.see(node.test, head)
        after = _block(node.body, inside, flow)
        joined = _merge(head, after)
        if joined == head:
            return head
        head = joined


def is_core_loop(node: gast.AST) -> bool:
    """Whether a loop is one of the core language: over a counted range, or a `while`."""
    if isinstance(node, gast.While):
        return not _has_early_exit(node)
    counted = range_of(node.iter) is not None and isinstance(node.target, gast.Name)
    return counted and not node.orelse and not _has_early_exit(node)


def is_whole(node: gast.AST) -> bool:
    """Whether a statement of a core program stands as the user wrote it: one with others in it, or an unpacking."""
    if isinstance(node, (gast.For, gast.While)):
        return not is_core_loop(node)
    if isinstance(node, gast.Assign):
        return len(node.targets) > 1 or isinstance(node.targets[0], (gast.Tuple, gast.List))
    return isinstance(node, (gast.With, gast.Try, gast.TryStar, gast.Match, gast.ClassDef, gast.FunctionDef))


def _has_early_exit(node: gast.AST) -> bool:
    def inside(body: list[gast.AST], top: bool) -> bool:
        for k, s in enumerate(body):
            if isinstance(s, (gast.Break, gast.Continue)):
                return True
            if isinstance(s, gast.If):
                closing = top and k == len(body) - 1 and len(s.body) == 1 and isinstance(s.body[0], gast.Break)
                if not closing and (inside(s.body, False) or inside(s.orelse, False)):
                    return True
            elif isinstance(s, (gast.With, gast.Try, gast.TryStar)) and inside(s.body, False):
                return True
        return False

    return bool(node.orelse) or inside(node.body, True)
