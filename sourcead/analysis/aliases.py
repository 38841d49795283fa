"""Aliases: which variables may share memory when a statement changes one of them.

Pairs of variables that may share are followed through the program, so that two buffers that swap names stay two
buffers. A slice is a view, and so may be the results of operations declared to be views; what a call of unknown code
returns may be any of its arguments; everything arithmetic makes is new.

Two relations are followed. `pairs`: the two may share an array or an element. `within`: the first may be the second
itself or an object inside it, so that the second grows or shrinks when the first does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import gast

from sourcead.analysis.activity import added_at, put_back_at, written_at
from sourcead.analysis.inclusion import Inclusion, Names
from sourcead.analysis.webs import is_whole
from sourcead.frontend.syntax import names_read, names_written, walk

Sources = Callable[[gast.AST], set[str]]


@dataclass(frozen=True)
class Change:
    """A statement that changes memory in place.

    `variable` is the variable that it names, `sharing` those that may share with it then, `same` those that would
    grow or shrink with it. `resizes` tells a list that grows or shrinks, or an object that gets another field, from an
    element that is overwritten; `whole` says that only the list or object is changed, not what it holds.
    """

    statement: gast.AST
    variable: str
    sharing: frozenset[str]
    same: frozenset[str]
    resizes: bool
    whole: bool

    @property
    def owners(self) -> frozenset[str]:
        """The variables whose object is changed."""
        return (self.same if self.resizes else self.sharing) | {self.variable}


@dataclass(frozen=True)
class SeenBy:
    """For each change in place, by statement, the other names in use that may see it.

    `apart` must not: the emitted program refuses where they do. `joint` may: their cotangents and tangents
    follow. Beside each of these names stands the part of a variable that is changed, and whether as a whole: the list,
    dict or object, not what it holds.
    """

    apart: dict[int, frozenset[str]]
    joint: dict[int, dict[str, tuple[gast.AST, bool]]]


@dataclass(frozen=True)
class GivenChange:
    """A change of what the caller gave for the parameters `owners`, and who holds the other arguments then."""

    owners: frozenset[str]
    names: dict[str, frozenset[str]]


@dataclass(frozen=True)
class Aliases:
    """Every change in place of a core program, by statement, and who may share memory with whom.

    `sharing` tells for each variable which others may share with it at any one time. `kin` tells it for the memory
    that some statement changes, whatever names it goes by: a name may move on to another array while the old array is
    still changed under a second name. `written` are the parameters whose object, as the caller gave it, is changed;
    `given` tells more of each such change.
    """

    changes: dict[int, Change]
    sharing: dict[str, frozenset[str]]
    kin: dict[str, frozenset[str]]
    written: frozenset[str]
    given: dict[int, GivenChange]


def aliases(
    body: list[gast.AST],
    parameters: list[str],
    arrays: frozenset[str],
    sources: Sources,
    stores: frozenset[int] = frozenset(),
) -> Aliases:
    """The aliases of a core program.

    `sources(value)` are the variables that a value may share with; `arrays` are sure to be no lists, so that what is
    stored in them is copied. `stores` are statements that put another object in a place of a list or dict: they change
    the list or dict, not the object that was there.
    """
    # A second name for the object that the caller gave; no statement can move it on.
    given = {_given(p): p for p in parameters}
    flow = _Flow(arrays, sources, given, stores)
    start = flow.within
    for g, p in given.items():
        bits = start.names.bits((g, p))
        start = start.linked(bits, bits)
    flow.block(body, (start, start))
    ever = {name: frozenset(start.names.listed(bits)) | {name} for name, bits in flow.ever.around.items()}
    owners = {n for change in flow.found.values() for n in change.owners}
    found = {key: _without_given(change, given) for key, change in flow.found.items()}
    sharing = {name: others - given.keys() for name, others in ever.items() if name not in given}
    sharing = {name: others for name, others in sharing.items() if others != {name}}
    around: dict[str, frozenset[str]] = {}
    for inner, outer in flow.within.pairs():
        if given.keys().isdisjoint((inner, outer)):
            around[inner] = around.get(inner, frozenset()) | {outer}
    written = frozenset(p for g, p in given.items() if g in owners)
    return Aliases(found, sharing, _kin(found, sharing, around), written, flow.of_given)


def _given(parameter: str) -> str:
    return f"{parameter}, as given"


def _without_given(change: Change, given: dict[str, str]) -> Change:
    return replace(change, sharing=change.sharing - given.keys(), same=change.same - given.keys())


def _kin(
    found: dict[int, Change], sharing: dict[str, frozenset[str]], around: dict[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """For each variable whose memory is changed, all that are linked to it through any chain of names.

    A list that grows or shrinks changes what it is an entry of, not what its entries are.
    """
    kin: dict[str, frozenset[str]] = {}
    for change in found.values():
        group: frozenset[str] = frozenset()
        fresh = frozenset({change.variable})
        links = around if change.resizes else sharing
        while fresh:
            group |= fresh
            fresh = frozenset().union(*(links.get(n, frozenset()) for n in fresh)) - group
        kin.update({name: kin.get(name, frozenset()) | group for name in group})
    return kin


State = tuple[Inclusion, Inclusion]


class _Flow:
    def __init__(self, arrays: frozenset[str], sources: Sources, given: dict[str, str], stores: frozenset[int]) -> None:
        self.arrays = arrays
        self.sources = sources
        self.given = given
        self.stores = stores
        self.of_given: dict[int, GivenChange] = {}
        self.found: dict[int, Change] = {}
        # The pairs and what is within what, at any time.
        self.ever = self.within = Inclusion(Names(), {})

    def block(self, body: list[gast.AST], state: State) -> State:
        for statement in body:
            state = self.statement(statement, state)
            self.ever = self.ever.joined(state[0])
            self.within = self.within.joined(state[1])
        return state

    def statement(self, node: gast.AST, state: State) -> State:
        if isinstance(node, gast.If):
            return _join(self.block(node.body, state), self.block(node.orelse, state))
        if is_whole(node):
            return self._whole(node, state)
        if isinstance(node, (gast.For, gast.While)):
            return self._loop(node, state)
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            if _is_pop(node.value) and changed(node) is not None:
                self._change(node, changed(node), state)
            return self._assign(node.targets[0].id, node.value, state)
        variable = changed(node)
        if variable is not None:
            self._change(node, variable, state)
            return self._hold(node, variable, state)
        for name in names_written(node):
            state = _without(state, name)
        return state

    def _loop(self, node: gast.AST, state: State) -> State:
        while True:
            inside = state
            if isinstance(node, gast.For):
                for name in names_written(node.target):
                    inside = _without(inside, name)
            after = _join(state, self.block(node.body, inside))
            if after == state:
                return state
            state = after

    def _whole(self, node: gast.AST, state: State) -> State:
        """A statement that stands as the user wrote it: what is in it may happen in any order, or not at all."""
        while True:
            after = state
            for inner in walk(node):
                for target, value in _bindings(inner):
                    for name in names_written(target):
                        after = _join(after, self._assign(name, value, after))
                    for place in walk(target):
                        if isinstance(place, gast.Subscript) and isinstance(place.ctx, gast.Store):
                            bottom = _bottom(place)
                            for name in (bottom,) if bottom is not None else sorted(names_read(place.value)):
                                self._change(inner, name, after)
                if isinstance(inner, (gast.AugAssign, gast.Expr)) and changed(inner) is not None:
                    self._change(inner, changed(inner), after)
                    after = self._hold(inner, changed(inner) or "", after)
            if after == state:
                return state
            state = after

    def _change(self, node: gast.AST, variable: str | None, state: State) -> None:
        assert variable is not None, "internal error in aliases: a change of nothing"
        pairs, within = state
        before = self.found.get(id(node))
        same = _same(node, variable, within)
        sharing = same if id(node) in self.stores else _partners(pairs, variable)
        if before is not None:
            sharing, same = sharing | before.sharing, same | before.same
        if before is not None and before.variable != variable:
            sharing |= {before.variable}
        self.found[id(node)] = change = Change(
            node, variable, sharing, same, _resizes(node), _resizes(node) or id(node) in self.stores
        )
        owners = frozenset(p for g, p in self.given.items() if g in change.owners)
        if owners:
            known = self.of_given.get(id(node), GivenChange(frozenset(), {})).names
            names = {p: _partners(pairs, g) | known.get(p, frozenset()) for g, p in self.given.items()}
            self.of_given[id(node)] = GivenChange(owners, names)

    def _assign(self, name: str, value: gast.AST, state: State) -> State:
        sources = self.sources(value)
        pairs, within = state
        itself = pairs.names.bit(name)
        given = pairs.names.bits(sources)
        sharing = (given | pairs.outer_of(given)) & ~itself
        kept, kept_within = _without(state, name)
        pairs = kept.linked(itself, sharing).linked(sharing, itself)
        around = held = 0
        holding = isinstance(value, (gast.List, gast.Tuple, gast.Dict))
        # An object or list that a call makes may hold what it is given.
        may_hold = isinstance(value, gast.Name) or isinstance(value, gast.Call) and isinstance(value.func, gast.Name)
        for source in sources - {name}:
            whole, inside = within.names.bit(source), within.inner(source)
            if holding or may_hold:
                held |= inside | whole
            if not holding:
                # It may be any object within the source, too, by whatever name that was put there.
                around |= whole | within.outer(source) | inside | within.outer_of(inside)
                held |= inside
        return pairs, kept_within.linked(itself, around & ~itself).linked(held & ~itself, itself)

    def _hold(self, node: gast.AST, variable: str, state: State) -> State:
        """What a statement puts into an object is held by all that hold the object."""
        pairs, within = state
        for source in self._stored(node):
            names = within.names
            holders = names.bits((_same(node, variable, within) - self.arrays) | {variable})
            partners = pairs.outer(source) | names.bit(source)
            pairs = pairs.linked(holders, partners).linked(partners, holders)
            within = within.linked(within.inner(source) | names.bit(source), holders)
        return pairs, within

    def _stored(self, node: gast.AST) -> set[str]:
        """Variables whose objects are put into a container; an array copies what is stored in it, a list does not."""
        if added_at(node) is not None:
            return set()
        if put_back_at(node) is not None:
            index, value = node.value.args[1:]
            return names_read(value) if not _is_sliced(index) else set()
        if isinstance(node, gast.Expr):
            return names_read(node.value.args) if isinstance(node.value, gast.Call) else set()
        if isinstance(node, gast.Assign) and isinstance(node.value, gast.Name):
            target = node.targets[0]
            if isinstance(target, gast.Attribute):
                return {node.value.id}
            if isinstance(target.value, gast.Name) and target.value.id in self.arrays:
                return set()
            return set() if _is_sliced(target.slice) else {node.value.id}
        return set()


def _is_sliced(index: gast.AST) -> bool:
    return any(isinstance(n, (gast.Slice, gast.Tuple)) for n in walk(index))


def _bindings(node: gast.AST) -> list[tuple[gast.AST, gast.AST]]:
    """The targets that a part of a whole statement assigns, each with what it is given."""
    if isinstance(node, gast.Assign):
        return [(target, node.value) for target in node.targets]
    if isinstance(node, (gast.For, gast.comprehension)):
        return [(node.target, node.iter)]
    if isinstance(node, gast.NamedExpr):
        return [(node.target, node.value)]
    if isinstance(node, gast.With):
        return [(item.optional_vars, item.context_expr) for item in node.items if item.optional_vars is not None]
    if isinstance(node, gast.Match):
        return [(case.pattern, node.subject) for case in node.cases]
    return []


def _join(a: State, b: State) -> State:
    return a[0].joined(b[0]), a[1].joined(b[1])


def _without(state: State, name: str) -> State:
    return state[0].without(name), state[1].without(name)


def _same(node: gast.AST, variable: str, within: Inclusion) -> frozenset[str]:
    """The other variables that may be, or hold, the object that a statement changes, by the variable it names.

    That may be an object within the variable, which others hold or are within, too.
    """
    inner = within.inner(variable) if is_deep(node) else 0
    return frozenset(within.names.listed(within.outer(variable) | inner | within.outer_of(inner))) - {variable}


def _partners(pairs: Inclusion, name: str) -> frozenset[str]:
    return frozenset(pairs.names.listed(pairs.outer(name)))


def updates_element(node: gast.AST) -> bool:
    """Whether a store stands for a change of the element itself: `l[i] *= e` is lowered to a product and a store."""
    return getattr(node, "updates", False)


def _resizes(node: gast.AST) -> bool:
    if written_at(node) is not None:
        return False
    if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Attribute):
        return isinstance(node.targets[0].value, gast.Name) and not updates_element(node)
    return isinstance(node, gast.Expr) or isinstance(node, gast.Assign) and _is_pop(node.value)


def is_deep(node: gast.AST) -> bool:
    """Whether a statement changes an object within a variable, not the one that the variable is."""
    if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call):
        called = node.value
        part = called.func.value if isinstance(called.func, gast.Attribute) else called.args[0]
    elif isinstance(node, gast.Assign) and _is_pop(node.value):
        part = node.value.func.value
    else:
        target = node.target if isinstance(node, gast.AugAssign) else getattr(node, "targets", [node])[0]
        part = getattr(target, "value", target)
    return not isinstance(part, gast.Name)


def changed(node: gast.AST) -> str | None:
    """The variable whose memory a statement changes, if it does."""
    if written_at(node) is not None:
        return _bottom(node.value.args[0])
    if isinstance(node, gast.AugAssign):
        return _bottom(node.target)
    if isinstance(node, gast.Assign) and not isinstance(node.targets[0], gast.Name):
        return _bottom(node.targets[0])
    if isinstance(node, gast.Assign):
        return _bottom(node.value.func) if _is_pop(node.value) else None
    if (
        isinstance(node, gast.Expr)
        and isinstance(node.value, gast.Call)
        and isinstance(node.value.func, gast.Attribute)
    ):
        return _bottom(node.value.func) if node.value.func.attr == "append" else None
    return None


def _is_pop(value: gast.AST) -> bool:
    popping = isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute) and value.func.attr == "pop"
    return popping and not value.args


def _bottom(node: gast.AST) -> str | None:
    while isinstance(node, (gast.Subscript, gast.Attribute, gast.Starred)):
        node = node.value
    return node.id if isinstance(node, gast.Name) else None
