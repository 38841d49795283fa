"""Checks for the forward sweep: what only the running program can tell about arrays that are changed in place."""

from __future__ import annotations

import gast

from runtime.kernels import apart, distinct, require_floats
from sourcead.analysis.activity import root
from sourcead.analysis.aliases import Change
from sourcead.analysis.liveness import live_after
from sourcead.frontend.lower import Core
from sourcead.frontend.syntax import call, clone, const, load, names_read, names_written, same

# What each temporary variable is made of.
Made = dict[str, gast.AST]


def guarded(
    core: Core, found: dict[int, Change], active: frozenset[str], numbers: frozenset[str], made: Made
) -> dict[int, frozenset[str]]:
    """For each change in place the other names that must not be the same array, because they are still in use.

    The adjoint of a change goes to the name that is changed. Where another name may share the memory, only the
    running program can tell; it refuses rather than give that name a wrong cotangent. `l[i] *= e` may give a list a new
    entry where the user's statement changes the old one, so there even a value without a derivative may be wrong.
    """
    live = live_after(core.body, frozenset({core.result} if core.result else ()))
    others: dict[int, frozenset[str]] = {}
    for key, change in found.items():
        written = names_written(change.statement) if isinstance(change.statement, gast.Assign) else set()
        sharing = change.same if change.resizes else change.sharing
        used = (sharing & live.get(key, frozenset())) - numbers - written
        carries = ({change.variable} | used) & active
        if change.variable not in numbers and (carries or _is_replaced(change.statement, made)):
            others[key] = frozenset(used)
    return others


def argument_guards(core: Core, changed: tuple[str, ...], numbers: frozenset[str]) -> list[gast.AST]:
    """The checks at the start that no argument which is changed in place is also another argument.

    Each argument that is changed is copied first, so that the caller's stays as it is; the other name of the same array
    would not see the change.
    """
    check = load(core.namespace.bind("apart", apart))
    origin = core.source.origin(core.source.tree)
    pairs = [(c, o) for c in changed for o in core.parameters if o not in numbers and o != c]
    once = [(c, o) for k, (c, o) in enumerate(pairs) if (o, c) not in pairs[:k]]
    place = f"{origin.file}:{origin.line}"
    return [gast.Expr(value=call(check, load(c), load(o), const(f"{c}, {o}, {place}"))) for c, o in once]


def apart_guards(core: Core, found: dict[int, Change], others: dict[int, frozenset[str]]) -> dict[int, list[gast.AST]]:
    """The checks that keep apart what `guarded` found, by statement."""
    check = load(core.namespace.bind("apart", apart))
    guards: dict[int, list[gast.AST]] = {}
    for key, names in others.items():
        change = found[key]
        origin = getattr(change.statement, "origin", None)
        place = f"{origin.file}:{origin.line}" if origin else ""
        guards[key] = [
            gast.Expr(value=call(check, changed, load(n), const(f"{change.variable}, {n}, {place}")))
            for n in sorted(names)
            for changed in _changed(change, n)
        ]
    return guards


def _changed(change: Change, other: str) -> list[gast.AST]:
    """What of a variable a change changes in place, as far as the other name may see it."""
    node = change.statement
    if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call):
        return [clone(node.value.func.value if isinstance(node.value.func, gast.Attribute) else node.value.args[0])]
    targets = [node.target] if isinstance(node, gast.AugAssign) else getattr(node, "targets", [None])
    target = targets[0]
    if isinstance(target, gast.Subscript) and not isinstance(target.value, gast.Name):
        return [clone(target.value)]
    if not isinstance(target, gast.Attribute):
        return [load(change.variable)]
    same = not isinstance(target.value, gast.Name) or other in change.same
    return ([clone(target.value)] if same else []) + ([_read(target)] if isinstance(node, gast.AugAssign) else [])


def guard_store(
    core: Core,
    node: gast.AST,
    active: frozenset[str],
    floats: frozenset[str],
    guards: dict[int, list[gast.AST]],
    made: Made,
    arrays: frozenset[str],
) -> None:
    """A check that an array which an active value is stored in keeps it, and does not round it to an integer."""
    if not isinstance(node, (gast.Assign, gast.AugAssign)):
        return
    target = node.targets[0] if isinstance(node, gast.Assign) else node.target
    variable = root(target)
    if not isinstance(target, (gast.Subscript, gast.Attribute)) or variable is None:
        return
    for part in _entered(node, target, made) if variable not in arrays else []:
        check = load(core.namespace.bind("distinct", distinct))
        guards.setdefault(id(node), []).append(gast.Expr(value=call(check, load(variable), const(variable), part)))
    if isinstance(target, gast.Subscript) and names_read(node.value) & active and variable not in floats:
        check = load(core.namespace.bind("require_floats", require_floats))
        written = [load(variable)] if isinstance(target.value, gast.Name) else [load(variable), clone(target.value)]
        for array in written:
            guards.setdefault(id(node), []).append(gast.Expr(value=call(check, array, const(variable))))


def _entered(node: gast.AST, target: gast.Subscript | gast.Attribute, made: Made) -> list[gast.AST]:
    """What a store may change that stands in a list, dict or object, beside that list, dict or object itself.

    It is what holds the place, and what stands there where the new value is made from it.
    """
    if isinstance(target.value, gast.Name):
        whole = isinstance(target, gast.Subscript) and isinstance(target.slice, (gast.Slice, gast.Tuple))
        return [] if whole or not _from_itself(node, made) else [_read(target)]
    return [clone(target.value), *([_read(target)] if _from_itself(node, made) else [])]


def _from_itself(node: gast.AST, made: Made) -> bool:
    """Whether the new value is made from the old one, in its memory where it has some."""
    return isinstance(node, gast.AugAssign) or _is_replaced(node, made)


def _is_replaced(node: gast.AST, made: Made) -> bool:
    """Whether a statement is the last of the three that `l[i] *= e` is lowered to: a read, a product, and a store."""
    if not isinstance(node, gast.Assign) or not isinstance(node.targets[0], gast.Subscript):
        return False
    value = made.get(node.value.id) if isinstance(node.value, gast.Name) else None
    left = value.left if isinstance(value, gast.BinOp) else None
    read = made.get(left.id) if isinstance(left, gast.Name) else None
    return read is not None and same(read, node.targets[0])


def _read(target: gast.AST) -> gast.AST:
    held = clone(target)
    held.ctx = gast.Load()
    return held
