"""Updates in place of entries that may be numbers: what stood there is noted, to make its cotangent a number again.

Ensures: before such an update a variable holds the number that the entry is, or None where the entry is an object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import gast

from runtime.kernels import number_in, zeros_like
from sourcead.analysis.activity import root
from sourcead.analysis.aliases import Change
from sourcead.analysis.blocks import every_statement, first
from sourcead.analysis.growth import may_grow, put_before
from sourcead.analysis.kinds import Kinds
from sourcead.frontend.expressions import is_slice
from sourcead.frontend.lower import Core
from sourcead.frontend.syntax import assign, call, clone, load, names_read, names_written


def note_numbers(
    core: Core,
    still: frozenset[str],
    numbers: frozenset[str],
    active: frozenset[str],
    static: Callable[[gast.AST], Any],
    fresh: Callable[[str], str],
) -> set[str]:
    """Note in the core program what stood in places that an update may make arrays of; the names of the notes.

    `still` are variables whose entries keep their shape, `numbers` those that hold one number always.
    """

    def plain(value: gast.AST) -> bool:
        return not names_read(value) & active or isinstance(value, gast.Call) and static(value.func) is zeros_like

    made: dict[int, gast.AST] = {}
    for node in may_grow(core.body, core.parameters, still | core.integers, numbers, plain):
        if root(node.target) in active:
            entry = clone(node.target)
            entry.ctx = gast.Load()
            name = core.entries[id(node)] = fresh(f"{root(node.target)}_entry")
            note = assign(name, call(load(core.namespace.bind("number_in", number_in)), entry))
            note.origin = getattr(node, "origin", None)
            made[id(node)] = note
    if made:
        core.body = put_before(core.body, made)
    return set(core.entries.values())


def restored(core: Core, names: tuple[str, ...], changes: Iterable[Change], kinds: Kinds) -> frozenset[str]:
    """The arguments that have to be in the end what they were given as, for their gradients get their structure.

    A number may have become an array in them, a list grows or shrinks, an entry of a list is replaced, their name is
    given to something else.
    """
    found = {root(node.target) for node in every_statement(core.body) if id(node) in core.entries}
    entered = kinds.entered.intersection(names) - kinds.arrays
    found |= entered & names_written(core.body) if entered else entered
    stores = [first(n) for n in every_statement(core.body) if isinstance(n, gast.Assign)]
    stores = [place for place in stores if isinstance(place, (gast.Subscript, gast.Attribute)) and not is_slice(place)]
    found |= (entered - kinds.numeric).intersection(map(root, stores))
    resized = [c for c in changes if c.resizes and not isinstance(first(c.statement), gast.Attribute)]
    found = found.union(*(change.owners for change in resized))
    return frozenset(name for name in names if name in found)
