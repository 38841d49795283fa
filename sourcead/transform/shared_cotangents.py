"""Cotangents of memory that several names may hold: they go to the name under which it is changed."""

from __future__ import annotations

import gast

from runtime.kernels import given_up, overlap, taken_over
from sourcead.analysis.activity import root
from sourcead.analysis.shapes import Shapes
from sourcead.analysis.steps import NOTHING, Bar
from sourcead.frontend.lower import Core
from sourcead.frontend.syntax import assign, call, clone, const, load, store, walk
from sourcead.transform.contributions import Contributions
from sourcead.transform.cotangents import Cotangents, depth

Joint = dict[int, dict[str, tuple[gast.AST, bool]]]


def look(kernel: gast.AST, part: gast.AST, other: str, whole: bool) -> gast.AST:
    """The call that finds what a part that has been changed shares with another variable."""
    flag = {"whole": const(True)} if whole else {}
    return call(kernel, clone(part), load(other), **flag)


class SharedCotangents(Cotangents):
    """The cotangents of one core program; `joint` are, for each change in place, the other names that may see it."""

    def __init__(
        self,
        core: Core,
        varied: frozenset[str],
        shapes: Shapes,
        contributions: Contributions,
        joint: Joint,
    ) -> None:
        super().__init__(core, varied, shapes, contributions)
        self.joint = joint
        self.links: dict[tuple[int, str], str] = {}
        # What has gone to another name leaves the number zero, at any depth.
        others = {name for names in joint.values() for name in names}
        for node in walk(core.body) if others else ():
            if isinstance(node, (gast.Subscript, gast.Attribute)) and (variable := root(node)) in others:
                self.replaced.setdefault(variable, set()).add(depth(node))

    def names_so_far(self) -> tuple[dict[str, str], frozenset[str]]:
        """The names given to cotangents, and all names in use."""
        return dict(self.names), frozenset(self.core.taken)

    def forget_names(self, known: tuple[dict[str, str], frozenset[str]]) -> None:
        """Take back the names given since: what they stood in is written again. Those of what lasts are kept."""
        lasting = {n.id for parts in self.entries.values() for n in parts.values() if isinstance(n, gast.Name)}
        self.names = dict(known[0])
        self.core.taken &= known[1] | lasting | set(self.links.values())

    def take_over(self, node: gast.AST) -> list[gast.AST]:
        """Give the name that is changed the cotangents of other names for the same memory.

        The result are the statements of the forward sweep that look for such memory, right after the change.
        """
        looks: list[gast.AST] = []
        for other, (part, whole) in self.joint.get(id(node), {}).items():
            if other not in self.bars:
                continue
            variable, link = root(part), self.links.get((id(node), other))
            assert variable is not None, "internal error in reverse: a change of nothing"
            if link is None:
                link = self.links[id(node), other] = self.fresh(f"{variable}_in_{other}")
            looks.append(assign(link, look(self.kernel(overlap), part, other, whole)))
            name, other_bar = self.bar(variable), self.bar(other)
            if isinstance(part, gast.Name):
                place: gast.AST = load(name) if variable in self.bars else const(0.0)
                target: gast.AST = store(name)
                self.bars.setdefault(variable, NOTHING)
            else:
                place = self.place(part)
                place.ctx = gast.Load()
                target = clone(place)
                target.ctx = gast.Store()
            given = call(self.kernel(taken_over), place, load(other_bar), load(link))
            self.emit(gast.Assign(targets=[target], value=given, type_comment=None))
            self.emit(assign(other_bar, call(self.kernel(given_up), load(other_bar), load(link))))
            if self.contributions.is_container(other):
                self.bars[other] = Bar(self.bars[other].owned, False)
            for changing in (name, other_bar):
                self.contributions.fillings.note(changing, None)
        return looks
