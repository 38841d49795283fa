"""What a loop goes through, by place: how many elements there are, and the one at a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gast

from sourcead.frontend.syntax import store


@dataclass(frozen=True)
class Items:
    """An iterable as its length and its element at a place, both core expressions.

    Without a length it never ends, as `itertools.count`, and can only be read beside something that does. `over` are
    the lists that Python would go on reading, were they to grow, and the dicts, which are marked.
    """

    length: gast.AST | None
    element: Callable[[gast.AST], gast.AST]
    parts: tuple[Items, ...] = ()
    counted: bool = False
    over: tuple[tuple[str, bool], ...] = ()


def counted(counter: str, bounds: gast.AST, block: list[gast.AST], over: tuple[tuple[str, bool], ...] = ()) -> gast.For:
    """The loop `for counter in bounds`, which stands for one `over` lists and dicts."""
    made = gast.For(target=store(counter), iter=bounds, body=block, orelse=[], type_comment=None)
    made.over = over
    return made
