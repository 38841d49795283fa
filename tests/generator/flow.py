"""Statements with statements under them: loops, branches, exits."""

from __future__ import annotations

import changing
from writing import Block, Writer


def _body(w: Writer, most: int = 3) -> Block:
    return w.inner(w.chance.randrange(1, most + 1))


def loop(w: Writer, head: str, names: dict[str, str], indices: list[str], first: Block = []) -> Block:
    with w.scope():
        w.names |= names
        w.indices += indices
        w.looped = True
        body = [*first, *_body(w)]
    return [head, *(line if line.startswith("    ") else "    " + line for line in body)]


def counted(w: Writer) -> Block:
    if w.depth > 1:
        return changing.assign(w)
    index = f"i{w.depth}"
    times = w.pick(("0", "1", "2", "3", "1, 4", "3, -1, -1", f"len({w.leaf('v')})"))
    made = loop(w, f"for {index} in range({times}):", {}, [index])
    return [*made, "else:", *_body(w, 1)] if w.chance.random() < 0.1 else made


def over(w: Writer) -> Block:
    if w.depth > 1 or not w.named("v"):
        return changing.augment(w)
    item = f"e{w.depth}"
    if w.named("A") and w.chance.random() < 0.4:
        return loop(w, f"for {item} in {w.pick(w.named('A'))}:", {item: "v"}, [])
    what = w.pick([*w.named("v"), *w.named("L"), f"{w.leaf('v')} * 1.0"])
    return loop(w, f"for {item} in {what}:", {item: "s"}, [])


def pairs(w: Writer) -> Block:
    if w.depth > 1:
        return changing.element(w)
    index, item, other = f"i{w.depth}", f"e{w.depth}", f"o{w.depth}"
    if w.chance.random() < 0.5:
        return loop(w, f"for {index}, {item} in enumerate({w.leaf('v')}):", {item: "s"}, [index])
    return loop(w, f"for {item}, {other} in zip({w.leaf('v')}, {w.leaf('v')}):", {item: "s", other: "s"}, [])


def rows(w: Writer) -> Block:
    """The rows of a matrix are views of it."""
    if w.depth > 1 or not w.named("m"):
        return changing.slices(w)
    row = f"r{w.depth}"
    return loop(w, f"for {row} in {w.pick(w.named('m'))}:", {row: "v"}, [])


def repeated(w: Writer) -> Block:
    if w.depth > 1:
        return changing.assign(w)
    count = f"n{w.depth}"
    test = w.condition() if w.chance.random() < 0.7 else "True"
    made = loop(w, f"while {count} < {w.pick('23')} and {test}:", {}, [], [f"{count} += 1"])
    return [f"{count} = 0", *made]


def remade(w: Writer) -> Block:
    """An array that each round makes anew and changes."""
    if w.depth > 1:
        return changing.remade(w)
    index = f"i{w.depth}"
    with w.scope():
        w.indices.append(index)
        w.looped = True
        body = changing.remade(w)
    return [f"for {index} in range({w.pick('23')}):", *("    " + line for line in body)]


def branch(w: Writer) -> Block:
    if w.depth > 2:
        return changing.assign(w)
    made = [f"if {w.condition()}:", *_body(w, 2)]
    if w.chance.random() < 0.3:
        made += [f"elif {w.condition()}:", *_body(w, 1)]
    if w.chance.random() < 0.5:
        made += ["else:", *_body(w, 2)]
    return made


def leave(w: Writer) -> Block:
    """A way out: of the loop, of the round, or of the function."""
    if w.looped and w.chance.random() < 0.8:
        return [
            f"if {w.condition()}:",
            *(w.inner(1) if w.chance.random() < 0.4 else []),
            "    " + w.pick(("break", "continue")),
        ]
    return [f"if {w.condition()}:", f"    return {w.total()}"] if w.returns else changing.assign(w)


def comprehension(w: Writer) -> Block:
    vectors = w.named("v")
    vector = w.pick(vectors) if vectors else "np.ones(4)"
    with w.scope():
        w.names["e"] = "s"
        inner = w.expression("s", 1)
    kind = w.chance.random()
    if kind < 0.4:
        return [w.set("L", f"[{inner} for e in {vector}]")]
    if kind < 0.6:
        return [w.set("L", f"[{inner} for e in {vector} if e < 5.0]")]
    if kind < 0.8:
        return [w.set("s", f"sum({inner} for e in {vector})")]
    return [w.set("v", f"np.array([{inner} for e in {vector}])")]


def choice(w: Writer) -> Block:
    shape = w.pick("ssv")
    first, second = w.expression(shape, 1), w.expression(shape, 1)
    text = f"{first} if {w.condition()} else {second}"
    if shape == "s" and w.chance.random() < 0.3:
        text = w.pick((f"({w.leaf('s')} > 0.1 and {first}) or {second}", f"(w0 := {first}) * w0 + {second}"))
    return [w.set(shape, text)]


def guarded(w: Writer) -> Block:
    """Blocks that only guard what is under them."""
    if w.depth > 1:
        return changing.assign(w)
    kind = w.chance.random()
    if kind < 0.4:
        return ["try:", *_body(w, 2), "except ZeroDivisionError:", *_body(w, 1)]
    if kind < 0.6:
        return ["try:", *_body(w, 1), "finally:", *_body(w, 1)]
    if kind < 0.8:
        return ['with np.errstate(all="ignore"):', *_body(w, 2)]
    return [
        f"match len({w.leaf('v')}):",
        "    case 4:",
        *("    " + b for b in _body(w, 1)),
        "    case _:",
        "        pass",
    ]
