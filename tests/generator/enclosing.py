"""Functions made inside, given back, and kept in containers; generators."""

from __future__ import annotations

import changing
import flow
from writing import Block, Writer


def maker(w: Writer) -> Block:
    """A function that gives back a function over what it was given."""
    if w.depth:
        return changing.assign(w)
    w.made += 1
    name, made, shape = f"make{w.made}", f"l{w.made}", w.pick("sv")
    with w.scope():
        w.names |= {"k": "s", "a": shape}
        text = w.expression(shape, 2)
    if w.chance.random() < 0.4:
        lines = [f"{name} = lambda k: lambda a: {text}"]
    else:
        lines = [f"def {name}(k):", "    def made(a):", f"        return {text}", "    return made"]
    w.helpers.append((made, shape, shape))
    return [*lines, f"{made} = {name}({w.expression('s', 1)})"]


def several(w: Writer) -> Block:
    """Functions in a list or a dict, called one by one."""
    if w.depth > 1:
        return changing.assign(w)
    name, result = w.fresh(), w.fresh()
    with w.scope():
        w.names["a"] = "s"
        first, second = w.expression("s", 1), w.expression("s", 1)
    start = f"{result} = {w.expression('s', 1)}"
    w.names[result] = "s"
    if w.chance.random() < 0.5:
        made = [f"{name} = [lambda a: {first}, lambda a: {second}]"]
        return [start, *made, f"for g in {name}:", f"    {result} = g({result})"]
    key = w.pick(("'one'", "'two'", f"'one' if {w.condition()} else 'two'"))
    made = [f"{name} = {{'one': lambda a: {first}, 'two': lambda a: {second}}}"]
    return [start, *made, f"{result} = {name}[{key}]({result})"]


def generator(w: Writer, k: int) -> Block:
    """A generator of numbers at the top of the module, which the program may draw from."""
    name = f"drawn{k}"
    outer, kept, w.names, w.returns = w.names, w.kinds, {"a": "v", "b": w.pick("vs")}, False
    w.kinds = [kind for kind in w.kinds if kind.__module__ not in (__name__, "callables")]
    shapes = "v" + w.names["b"]
    w.depth += 1
    before = w.block(w.chance.randrange(2))
    with w.scope():
        w.names["e"] = "s"
        w.looped = True
        inside = w.block(w.chance.randrange(2))
        given = w.expression("s", 2)
    after = [f"yield {w.expression('s', 1)}"] if w.chance.random() < 0.3 else []
    w.depth -= 1
    w.names, w.kinds, w.returns = outer, kept, True
    w.streams.append((name, shapes))
    lines = [*before, "for e in a:", *("    " + line for line in [*inside, f"yield {given}"]), *after]
    return ["", "", f"def {name}(a, b):", *("    " + line for line in lines)]


def stream(w: Writer) -> Block:
    """What a generator gives: added up, listed, or gone through."""
    if not w.streams:
        return flow.comprehension(w)
    name, shapes = w.chance.choice(w.streams)
    drawn = f"{name}({', '.join(w.leaf(s) for s in shapes)})"
    kind = w.chance.random()
    if kind < 0.4 and w.depth < 2:
        return flow.loop(w, f"for e{w.depth} in {drawn}:", {f"e{w.depth}": "s"}, [])
    if kind < 0.7:
        return [w.set("s", f"{w.pick(('sum', 'max'))}({drawn})")]
    return [w.set("L", f"list({drawn})")]
