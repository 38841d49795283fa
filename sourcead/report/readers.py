"""Whose adjoint reads what the forward sweep made: definitions and uses from one sweep into the other.

x_tape.append(x)                    the store `x = x_tape.pop()` is read by line 3, and so
x = x * w                    ->     is what was saved for it; the last `x = x * w` by line 4
# line 4: return np.sum(x * x)
x_bar = 2.0 * x
x = x_tape.pop()
# line 3: x = x * w
w_bar += np.sum(x_bar * x)

Found by walking over both sweeps with the stores that may have made each variable (Aho, Lam, Sethi, Ullman,
Compilers, section 9.2.4). Where the reverse sweep makes a value of the program again, what it is made from is read
by whoever reads that value.
"""

from __future__ import annotations

from typing import Any

import gast

from sourcead.analysis.activity import root, written_at
from sourcead.frontend.comment import Comment
from sourcead.frontend.syntax import names_read, names_written

Store = tuple[int, str]
State = dict[str, frozenset[Store]]
Line = tuple[str, int]

# Stands for what gives gradients their form at the end, which belongs to no line.
FORM: Line = ("", 0)


class Readers:
    """The lines of the adjoints that read the values of a program, from its two sweeps.

    `values` are the variables of the program itself; what is stored in any other one is part of an adjoint. The last
    `forms` statements of the reverse sweep give gradients their form.
    """

    def __init__(self, forward: list[gast.AST], reverse: list[gast.AST], forms: int, values: frozenset[str]) -> None:
        self.values = values
        self.reads: dict[Store, set[Line]] = {}
        self.onward: dict[Store, set[Store]] = {}
        self.line: Line | None = None
        self.backward = False
        state = self._block(forward, {})
        self.backward = True
        last = len(reverse) - forms
        state = self._block(reverse[:last], state)
        self.line = FORM
        self._block(reverse[last:], state)

    def lines(self, store: gast.AST, name: str) -> tuple[Line, ...]:
        """The user's lines, with their files, whose adjoints read what a statement of either sweep stores in `name`."""
        found: set[Line] = set()
        seen = {(id(store), name)}
        pending = [(id(store), name)]
        while pending:
            key = pending.pop()
            found |= self.reads.get(key, set())
            more = self.onward.get(key, set()) - seen
            seen |= more
            pending += more
        return tuple(sorted(found))

    def _block(self, body: list[gast.AST], state: State) -> State:
        for node in body:
            state = self._statement(node, state)
        return state

    def _statement(self, node: Any, state: State) -> State:
        if isinstance(node, Comment):
            if node.origin is not None:
                self.line = (node.origin.file, node.origin.line)
            return state
        if isinstance(node, (gast.If, gast.For, gast.While)):
            return self._compound(node, state)
        names, whole = stored(node, self.values)
        self._read(names_read(node) | (set() if whole else names), node, names, state)
        made = dict(state)
        for name in names:
            made[name] = frozenset([(id(node), name)]) | (frozenset() if whole else state.get(name, frozenset()))
        return made

    def _compound(self, node: Any, state: State) -> State:
        origin = getattr(node, "origin", None)
        if self.backward and origin is not None:
            self.line = (origin.file, origin.line)
        head = node.iter if isinstance(node, gast.For) else node.test
        self._read(names_read(head), node, set(), state)
        if isinstance(node, gast.If):
            return _joined(self._block(node.body, state), self._block(node.orelse, state))
        line = self.line
        counters = names_written(node.target) if isinstance(node, gast.For) else set()
        while True:
            self.line = line
            begun = {**state, **{name: frozenset([(id(node), name)]) for name in counters}}
            after = _joined(state, self._block(node.body, begun))
            self._read(names_read(head), node, set(), after)
            if after == state:
                return state
            state = after

    def _read(self, names: set[str], node: gast.AST, into: set[str], state: State) -> None:
        """`names` are read by a statement that stores into the variables `into`."""
        if not self.backward:
            return
        again = bool(into) and into <= self.values
        for store in frozenset().union(*(state.get(name, frozenset()) for name in names)):
            if again:
                self.onward.setdefault(store, set()).update((id(node), name) for name in into)
            elif self.line is not None:
                self.reads.setdefault(store, set()).add(self.line)


def _joined(one: State, other: State) -> State:
    return {name: one.get(name, frozenset()) | other.get(name, frozenset()) for name in one.keys() | other.keys()}


def stored(node: Any, values: frozenset[str]) -> tuple[set[str], bool]:
    """Those of the variables `values` that a statement stores into, and whether nothing of their old values is left."""
    if isinstance(node, gast.Assign) and isinstance(node.targets[0], (gast.Subscript, gast.Attribute)):
        return _root(node.targets[0]), False
    if isinstance(node, gast.AugAssign):
        return _root(node.target), False
    if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call):
        func, args = node.value.func, node.value.args
        method = isinstance(func, gast.Attribute) and _root(func.value) <= values
        writes = isinstance(func, gast.Attribute) or written_at(node) is not None
        return _root(func.value) if method else _root(args[0]) if args and writes else set(), False
    return names_written(node), True


def _root(place: gast.AST) -> set[str]:
    name = root(place)
    return set() if name is None else {name}
