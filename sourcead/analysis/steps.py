"""The reverse program as steps beside the core statements, before anything is saved or restored.

`Steps` mirror the core program backwards: the step of a statement holds the statements of its adjoint, the step of a
branch or loop holds the steps of its blocks. Which values the forward sweep must save for them is decided
afterwards (`sourcead.analysis.recorded`), when it is known what they read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import gast


@dataclass(frozen=True)
class Bar:
    """What is known of a cotangent: whether no other name can hold its array, and whether it has its full shape.

    A cotangent that is not `whole` may be the number 0.0, which stands for zeros of any shape.
    """

    owned: bool
    whole: bool

    def meet(self, other: Bar) -> Bar:
        """What is known where control comes from two places."""
        return Bar(self.owned and other.owned, self.whole and other.whole)


Bars = dict[str, Bar]
OWNED, SHARED, NOTHING = Bar(True, True), Bar(False, True), Bar(True, False)


@dataclass
class Step:
    """The adjoint of one core statement.

    `early` runs while variables still hold what the statement gave them, `late` after they are put back to what they
    were before it. `forward` stands in the forward sweep instead of the statement, where that must be another one.
    `held` are variables whose very objects the adjoint reads, by way of a tape of `forward`.
    """

    core: gast.AST | None
    early: list[gast.AST] = field(default_factory=list)
    late: list[gast.AST] = field(default_factory=list)
    before: list[gast.AST] = field(default_factory=list)
    body: list[Step] = field(default_factory=list)
    orelse: list[Step] = field(default_factory=list)
    forward: list[gast.AST] | None = None
    held: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do here in the reverse sweep."""
        inner = all(s.empty for s in [*self.body, *self.orelse])
        return not self.early and not self.late and inner
