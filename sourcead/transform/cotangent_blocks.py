"""The body of a `with cotangent(x) as x_bar:` block in the reverse sweep, on the cotangent of `x` as it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from runtime.kernels import as_cotangent, as_gradient, seeded
from sourcead.frontend.blocks import Block
from sourcead.frontend.lower import Core
from sourcead.frontend.syntax import assign, call, clone, load, names_written, rename


def block_on(core: Core, block: Block, variable: gast.Name, reads: list[gast.Name], bar: str) -> list[gast.AST]:
    """The statements of a block; `reads` are the values of what its body reads, `bar` names the cotangent.

    Of complex numbers the body sees the cotangent as users do. What it puts in the place of the cotangent is checked
    for its shape.
    """
    names = {block.bar: bar, **{old: new.id for old, new in zip(block.reads, reads)}}
    body = [rename(clone(s), names) for s in block.body]

    def passed(kernel: Callable[..., Any]) -> gast.AST:
        made = assign(bar, call(load(core.namespace.bind(kernel.__name__, kernel)), load(bar), load(variable.id)))
        made.origin = getattr(block.body[0], "origin", None) if block.body else None
        return made

    if core.namespace.complex:
        return [passed(as_gradient), *body, passed(as_cotangent)]
    return [*body, passed(seeded)] if block.bar in names_written(block.body) else body
