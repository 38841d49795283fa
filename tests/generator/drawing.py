"""Draws random programs over the core language, as source text, from a seed.

Each program uses a random half of the constructs, so that rare combinations meet ("swarm testing": Groce, Zhang, Eide,
Chen and Regehr, ISSTA 2012). Names have one of a few shapes, so that most programs run.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import acting
import callables
import changing
import enclosing
import flow
import holding
import inside
import instances
import placing
import raising
import taking
from writing import ARGUMENTS, Block, Writer

Kind = Callable[[Writer], Block]
KINDS: dict[str, tuple[Kind, ...]] = {
    "assign": (changing.assign, changing.assign, changing.assign),
    "augment": (changing.augment, changing.augment),
    "element": (changing.element, changing.element),
    "slice": (changing.slices, changing.slices),
    "fancy": (changing.fancy,),
    "whole": (changing.whole,),
    "overlap": (changing.overlap,),
    "swap": (changing.swap,),
    "view": (changing.view, changing.view),
    "alias": (changing.alias,),
    "list": (changing.listed, changing.listed),
    "dict": (changing.keyed,),
    "arrays": (changing.arrays, changing.arrays),
    "constant": (changing.constant,),
    "counted": (flow.counted, flow.counted),
    "over": (flow.over, flow.pairs),
    "rows": (flow.rows,),
    "while": (flow.repeated,),
    "branch": (flow.branch, flow.branch),
    "remade": (flow.remade, flow.remade),
    "held": (holding.held, holding.held),
    "leave": (flow.leave,),
    "comprehension": (flow.comprehension,),
    "choice": (flow.choice,),
    "guarded": (flow.guarded,),
    "call": (callables.called, callables.called),
    "inner": (callables.inner,),
    "maker": (enclosing.maker,),
    "several": (enclosing.several,),
    "stream": (enclosing.stream, enclosing.stream),
    "nested": (changing.nested, changing.nested),
    "unpacked": (changing.unpacked,),
    "observed": (changing.observed,),
    "object": (instances.made, instances.used, instances.used, instances.used),
    "record": (instances.records,),
    "entries": (instances.entries, instances.entries),
    "items": (instances.items, instances.items),
    "patterns": (instances.patterns,),
    "primitive": (callables.primitive, callables.primitive),
    "acting": (acting.acting, acting.acting, acting.acting, acting.acting),
    "taken": (taking.taken, taking.taken),
    "within": (inside.within, inside.within),
    "raised": (raising.raised, raising.raised),
    "placed": (placing.placed, placing.placed),
}
# How often a construct is among those of a program.
SHARE = {
    "assign": 1.0,
    "guarded": 0.2,
    "several": 0.15,
    "object": 0.3,
    "record": 0.2,
    "patterns": 0.2,
    "items": 0.25,
    "entries": 0.25,
}
SHARE |= {"maker": 0.2, "stream": 0.25, "nested": 0.25, "unpacked": 0.2, "observed": 0.15}
SHARE |= {"acting": 0.2, "taken": 0.25, "within": 0.3, "raised": 0.15}
IMPORTS = [
    "import copy",
    "import dataclasses",
    "import functools",
    "import itertools",
    "import math",
    "import typing",
    "",
    "import numpy as np",
    "",
    "RATE = 0.7",
]
TABLE = ["TABLE = np.array([0.3, 1.2, -0.4, 0.9])"]
APPLIED = ["", "", "def applied(g, *rest, **named):", "    return g(*rest, **named)"]


def draw(seed: int, longest: int = 6) -> str:
    """The program of a seed: up to `longest` statements at its top, and what stands under them."""
    chance = random.Random(seed)
    kinds = [kind for name, group in KINDS.items() if chance.random() < SHARE.get(name, 0.45) for kind in group]
    writer = Writer(chance, dict(ARGUMENTS), kinds)
    helpers = [line for k in range(chance.randrange(3)) for line in callables.helper(writer, k)]
    helpers += enclosing.generator(writer, 0) if enclosing.stream in kinds else []
    body = writer.block(chance.randrange(2, (longest if chance.random() < 0.9 else 2 * longest) + 1))
    head = f"def f({', '.join(ARGUMENTS)}):"
    lines = [*helpers, "", "", head, *_under(body), f"    return {writer.result()}", ""]
    text = "\n".join(lines)
    used = [*IMPORTS, *TABLE, *(APPLIED if "applied(" in text else [])]
    used += instances.head(writer) if any(name in text for name in ("Pair(", "Point(", "Couple(")) else []
    used += acting.head(writer) if "Cell(" in text else []
    used += placing.HEAD.splitlines() if "Slot(" in text else []
    used += raising.head(writer) if "stopped(" in text or "Stop" in text else []
    return "\n".join([*used, text])


def _under(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
