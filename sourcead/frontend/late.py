"""Elements that are computed one by one, in the middle of what else a loop does: `for e in gen(x): x[0] += e`.

Emitted text makes them all before the loop, which is right where the loop changes nothing that they are made from.
"""

from __future__ import annotations

from typing import Any

import gast

from sourcead.errors import NoEmittedForm
from sourcead.frontend.callees import changed_names
from sourcead.frontend.exposure import free_reads
from sourcead.frontend.names import Frame
from sourcead.frontend.sharing import with_partners
from sourcead.frontend.syntax import names_read, names_written, walk


def refuse_late(lowering: Any, iterable: gast.AST, body: list[gast.AST], frame: Frame) -> None:
    """Refuse an iterable whose elements are computed one by one while `body` changes what they are computed from."""
    made = [n for n in walk(iterable) if isinstance(n, (gast.GeneratorExp, gast.Call))]
    if not any(lowering.is_stream(n, frame) or lowering.goes_round(n, frame) for n in made):
        return

    def static(node: gast.AST) -> Any:
        return lowering.static(node, frame)

    closures = [lowering.closure(n, frame) for n in walk(iterable) if isinstance(n, (gast.Name, gast.Lambda))]
    around = set().union(*(free_reads(c.node) for c in closures if c is not None))
    read = {n for n in names_read(iterable) | around if frame.holder(n) is not None}
    # What an inlined function is given may be parts of one object.
    joined = set() if frame is lowering.main else set(frame.parameters)
    if read & names_written(body) or changed_names(body, with_partners(read, joined, frame, static), static):
        raise lowering.refuse(
            "a loop that changes what its iterator still reads", "Make a list of it first.", NoEmittedForm
        )
