"""Checks for the forward sweep: what only the running program can tell about arrays that are changed in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from runtime.kernels import (
    apart,
    distinct,
    require_array,
    require_fields,
    require_floats,
    require_items,
    require_no_method,
    require_plain,
)
from runtime.primitives import registry
from sourcead.analysis.activity import root, written_at
from sourcead.analysis.aliases import Aliases, Change, SeenBy, updates_element
from sourcead.analysis.blocks import first
from sourcead.analysis.kinds import Kinds
from sourcead.analysis.liveness import live_after
from sourcead.analysis.unknown import computed_with
from sourcead.analysis.webs import is_whole
from sourcead.frontend.annotations import annotated, starting_classes
from sourcead.frontend.carries import SILENT_METHODS
from sourcead.frontend.expressions import index_value
from sourcead.frontend.lower import Core
from sourcead.frontend.names import MISSING
from sourcead.frontend.syntax import (
    call,
    clone,
    const,
    load,
    names_read,
    names_written,
    range_of,
    subscript,
    walk,
)


def shared_names(
    core: Core,
    found: dict[int, Change],
    active: frozenset[str],
    numbers: frozenset[str],
) -> SeenBy:
    """The names that may see each change in place. Cotangents can move only between variables that have one.

    `l[i] *= e` may give a list a new entry where the user's statement changes the old one, so there even a value
    without a derivative may be wrong.
    """
    live = live_after(core.body, frozenset({core.result} if core.result else ()))
    made = SeenBy({}, {})
    for key, change in found.items():
        written = names_written(change.statement) if isinstance(change.statement, gast.Assign) else set()
        sharing = change.same if change.resizes else change.sharing
        used = (sharing & live.get(key, frozenset())) - numbers - written
        carries = ({change.variable} | used) & active or updates_element(change.statement)
        if change.variable in numbers or not carries:
            continue
        joint = used & active if change.variable in active and not is_whole(change.statement) else frozenset()
        made.joint[key] = {n: (_part_changed(change, n), change.whole) for n in sorted(joint)}
        made.apart[key] = frozenset(used - joint)
    return made


def _part_changed(change: Change, other: str) -> gast.AST:
    """The object that a statement changes in place, as far as another name may see the change."""
    node = change.statement
    if isinstance(node, gast.Expr):
        called = node.value
        return clone(called.func.value if isinstance(called.func, gast.Attribute) else called.args[0])
    target: gast.AST = node.target if isinstance(node, gast.AugAssign) else node.targets[0]
    if isinstance(target, gast.Name):
        return clone(node.value.func.value) if isinstance(node, gast.Assign) else load(target.id)
    inner = isinstance(node, gast.AugAssign) and isinstance(target, gast.Attribute)
    if inner and isinstance(target.value, gast.Name) and other not in change.same:
        return _read(target)
    return clone(target.value)


def told_names(core: Core) -> frozenset[str]:
    """The parameters of which the text says what objects they are; in emitted text, where it checks them."""
    source = core.source
    if source.function in core.namespace.whole:
        return frozenset(core.parameters)  # The dynamic graph runs what their classes say.
    if source.file.startswith("<sourcead "):
        calls = [n for n in walk(source.tree) if isinstance(n, gast.Call)]
        said = [(n, k.value.value) for n in calls for k in n.keywords if k.arg == "told"]
        return frozenset(m for n, told in said for m in ([n.args[1].id] if told is True else told.split(", ")))
    told = {core.names[n] for n in core.names if any(annotated(source, n, each) for each in (False, True))}
    return frozenset(told | {core.names[n] for n in starting_classes(source, None) if n in core.names})


def unknown_guards(
    core: Core, active: frozenset[str], static: Callable[[gast.AST], object], guards: dict[int, list[gast.AST]]
) -> None:
    """Checks that what the program cannot tell is plain where it computes with it."""
    if core.source.file.startswith("<sourcead "):
        return  # Emitted text has these checks itself.

    def look(node: gast.AST, places: list[gast.AST], kernel: Any, mark: str = "", **keywords: gast.AST) -> None:
        check = load(core.namespace.bind(kernel.__name__, kernel))
        names = ", ".join(f"{root(place)}{mark}" for place in places)
        guard = gast.Expr(value=call(check, const(names), *map(_read, places), **keywords))
        guard.origin = getattr(node, "origin", None)
        guards.setdefault(id(node), []).append(guard)

    computed, compared, filled = computed_with(core.body, active, static)
    for node, places in computed:
        value = getattr(node, "value", None)
        given = isinstance(value, gast.Call) or isinstance(value, gast.BinOp) and isinstance(value.op, gast.MatMult)
        look(node, places, require_plain, **({} if given else {"arithmetic": const(True)}))
    for node, places in compared:
        look(node, places, require_plain, "[]")
    for node, places in filled:
        look(node, places, require_fields)


def watch_tables(core: Core, active: frozenset[str], static: Callable[[gast.AST], object]) -> None:
    """Look at what the program cannot tell where it is read by an index that varies: the entry is taken as constant."""
    if core.source.file.startswith("<sourcead "):
        return
    for read in [n for n in walk(core.body) if isinstance(n, gast.Subscript) and isinstance(n.ctx, gast.Load)]:
        if names_read(read.slice) & active and not names_read(read.value) & active and static(read.value) is MISSING:
            read.value = call(load(core.namespace.bind("require_items", require_items)), read.value)


def argument_guards(core: Core, found: Aliases, numbers: frozenset[str], floats: frozenset[str]) -> list[gast.AST]:
    """The checks at the start that no argument which is changed in place is also another one, if that is read then.

    Each argument that is changed is copied first, so that the caller's stays as it is; the other name of the same array
    would not see the change. `floats` are sure to hold floating-point numbers, and so are no bounds of a range.
    """
    check = load(core.namespace.bind("apart", apart))
    origin = core.source.origin(core.source.tree)
    live = live_after(core.body, frozenset({core.result} if core.result else ()))
    ranges = [range_of(n.iter) for n in walk(core.body) if isinstance(n, gast.For)]
    counts = {a.id for bounds in ranges if bounds is not None for a in bounds.args if isinstance(a, gast.Name)}
    pairs: list[tuple[str, str]] = []
    for key, change in found.given.items():
        for c in sorted(change.owners, key=core.parameters.index):
            read = [o for o in core.parameters if o != c and change.names[o] & live.get(key, frozenset())]
            pairs += [(c, o) for o in read if o not in numbers and not {(c, o), (o, c)} & set(pairs)]
    pairs = [(c, o) for c, o in pairs if not (c in floats and o in counts)]
    place = f"{origin.file}:{origin.line}"
    return [gast.Expr(value=call(check, load(c), load(o), const(f"{c}, {o}, {place}"))) for c, o in pairs]


def apart_guards(
    core: Core, found: dict[int, Change], names: SeenBy, arrays: frozenset[str], containers: frozenset[str]
) -> dict[int, list[gast.AST]]:
    """The checks that keep apart what may not see a change, by statement.

    `l[i] *= e` on a list stores another object, which other names for the element would have to see; on one of
    `arrays` it changes the array. `containers` are sure to be lists or dicts.
    """
    check = load(core.namespace.bind("apart", apart))
    guards: dict[int, list[gast.AST]] = {}
    for key, others in names.apart.items():
        change = found[key]
        origin = getattr(change.statement, "origin", None)
        place = f"{origin.file}:{origin.line}" if origin else ""
        said = {n: const(f"{change.variable}, {n}, {place}") for n in (*others, *names.joint[key])}
        guards[key] = [
            gast.Expr(value=call(check, changed, load(n), said[n]))
            for n in sorted(others)
            for changed in _changed(change, n, containers)
        ]
        if updates_element(change.statement) and change.variable not in arrays:
            guards[key] += [
                gast.Expr(value=call(check, clone(part), load(n), said[n], entry=_entry(first(change.statement))))
                for n, (part, _) in names.joint[key].items()
            ]
    return guards


def _changed(change: Change, other: str, containers: frozenset[str]) -> list[gast.AST]:
    """What of a variable a change changes in place, as far as the other name may see it."""
    node = change.statement
    target = first(node)
    if updates_element(node) and isinstance(target, gast.Subscript) and root(target.value) in containers:
        if isinstance(target.value, gast.Name):
            return [subscript(clone(target.value), clone(target.slice))]
    if not isinstance(target, gast.Attribute):
        return [load(change.variable)] if is_whole(node) else [_part_changed(change, other)]
    same = not isinstance(target.value, gast.Name) or other in change.same
    inside = isinstance(node, gast.AugAssign) or updates_element(node)
    return ([clone(target.value)] if same else []) + ([_read(target)] if inside else [])


def guard_statements(
    core: Core,
    guards: dict[int, list[gast.AST]],
    active: frozenset[str],
    floats: frozenset[str],
    facts: Kinds,
) -> None:
    """Add the checks that a derivative is not lost where a statement stores it or calls a method."""
    for node in walk(core.body):
        _guard_store(core, node, active, floats, guards, facts.arrays)
        _guard_slice(core, node, active, guards, facts)
        _guard_methods(core, node, active, guards, facts.numeric)
        for guard in guards.get(id(node), ()):
            guard.origin = getattr(node, "origin", None)


def _guard_store(
    core: Core,
    node: gast.AST,
    active: frozenset[str],
    floats: frozenset[str],
    guards: dict[int, list[gast.AST]],
    arrays: frozenset[str],
) -> None:
    """A check that an array which an active value is stored in keeps it, and does not round it to an integer."""
    called = None if core.source.file.startswith("<sourcead ") else written_at(node)
    if called is not None:
        array, value = called.args[0], called.args[2]
        if isinstance(array, gast.Name) and array.id not in floats and names_read(value) & active:
            check = load(core.namespace.bind("require_floats", require_floats))
            guards.setdefault(id(node), []).append(gast.Expr(value=call(check, clone(array), const(array.id))))
        return
    if not isinstance(node, (gast.Assign, gast.AugAssign)):
        return
    target = node.targets[0] if isinstance(node, gast.Assign) else node.target
    variable = root(target)
    if not isinstance(target, (gast.Subscript, gast.Attribute)) or variable is None:
        return
    for part in _entered(node, target) if variable not in arrays else []:
        check = load(core.namespace.bind("distinct", distinct))
        guards.setdefault(id(node), []).append(gast.Expr(value=call(check, load(variable), const(variable), part)))
    if isinstance(target, gast.Subscript) and names_read(node.value) & active and variable not in floats:
        check = load(core.namespace.bind("require_floats", require_floats))
        written = [load(variable)] if isinstance(target.value, gast.Name) else [load(variable), clone(target.value)]
        for array in written:
            guards.setdefault(id(node), []).append(gast.Expr(value=call(check, array, const(variable))))


def _guard_slice(
    core: Core, node: gast.AST, active: frozenset[str], guards: dict[int, list[gast.AST]], facts: Kinds
) -> None:
    """A check that a slice which is stored is one of an array: a list would have other entries, and maybe more."""
    target = first(node) if isinstance(node, (gast.Assign, gast.AugAssign)) else None
    if not isinstance(target, gast.Subscript) or not isinstance(target.slice, gast.Slice):
        return
    variable = root(target)
    if variable in active and (
        isinstance(target.value, gast.Subscript) or variable not in facts.numeric | facts.arrays
    ):
        check = load(core.namespace.bind("require_array", require_array))
        held = clone(target.value)
        guards.setdefault(id(node), []).append(gast.Expr(value=call(check, held, const(variable))))


def _guard_methods(
    core: Core, node: gast.AST, active: frozenset[str], guards: dict[int, list[gast.AST]], arrays: frozenset[str]
) -> None:
    """A check that a method which no derivative flows through is one of arrays, not of an object that carries one."""
    if not isinstance(node, (gast.Assign, gast.AugAssign, gast.Expr)):
        return
    for called in walk(node.value):
        method = called.func if isinstance(called, gast.Call) else None
        if not isinstance(method, gast.Attribute):
            continue
        if method.attr not in SILENT_METHODS and registry.lookup_method(method.attr) is not None:
            continue
        owner = root(method.value)
        if owner in active and owner not in arrays and method.attr not in ("append", "pop"):
            check = load(core.namespace.bind("require_no_method", require_no_method))
            guard = gast.Expr(value=call(check, clone(method.value), const(method.attr)))
            guards.setdefault(id(node), []).append(guard)


def _entered(node: gast.AST, target: gast.Subscript | gast.Attribute) -> list[gast.AST]:
    """What a store may change that stands in a list, dict or object, beside that list, dict or object itself.

    It is what holds the place, and what stands there where the new value is made from it, in its memory.
    """
    inside = [_read(target)] if isinstance(node, gast.AugAssign) or updates_element(node) else []
    if isinstance(target.value, gast.Name):
        whole = isinstance(target, gast.Subscript) and isinstance(target.slice, (gast.Slice, gast.Tuple))
        return [] if whole else inside
    return [clone(target.value), *inside]


def _read(target: gast.AST) -> gast.AST:
    held = clone(target)
    held.ctx = gast.Load()
    return held


def _entry(place: gast.AST) -> gast.AST:
    return const(place.attr) if isinstance(place, gast.Attribute) else index_value(place.slice)
