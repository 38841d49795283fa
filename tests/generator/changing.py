"""Statements that make values and change them in place."""

from __future__ import annotations

from writing import Block, Writer

STORES = ("[1:3]", "[:2]", "[2:]", "[::2]", "[-3:-1]", "[[3, 0]]", "[1::2]", "[::-1][:2]")


def assign(w: Writer) -> Block:
    shape = w.pick("ssvvhmctq")
    text = w.expression(shape, w.chance.randrange(1, 3))
    return [w.set(shape, text)]


def augment(w: Writer) -> Block:
    name = w.pick([n for n, s in w.names.items() if s in "svhmctq"])
    shape = w.names[name]
    return [f"{name} {w.pick(('+=', '-=', '*=', '+='))} {w.expression(w.pick((shape, shape, 's')), 2)}"]


def sign(w: Writer) -> str:
    return w.pick(("=", "=", "+=", "*=", "-="))


def _written(w: Writer, shape: str) -> str | None:
    named = w.named(shape)
    return w.pick(named) if named else None


def element(w: Writer) -> Block:
    name = _written(w, w.pick("vvmhq"))
    if name is None:
        return assign(w)
    if w.names[name] in "mq":
        place = w.pick(("[0, 1]", "[1, 0]", f"[{w.index()}, 1]", "[0][1]"))
    else:
        place = f"[{w.index()}]" if w.names[name] == "v" else w.pick(("[0]", "[-1]"))
    if w.chance.random() < 0.15 and w.names[name] == "v":
        return [f"{name}[0], {name}[2] = {name}[2], {name}[0]"]
    return [f"{name}{place} {sign(w)} {w.expression('s', 2)}"]


def slices(w: Writer) -> Block:
    matrix = _written(w, "m")
    if matrix and w.chance.random() < 0.4:
        place, shape = w.chance.choice(
            (("[0]", "v"), ("[1:, ::2]", "s"), ("[:, 1]", "s"), ("[-1]", "v"), ("[:2, :2]", "q"), ("[:, :1]", "c"))
        )
        return [f"{matrix}{place} {sign(w)} {w.expression(shape, 2)}"]
    vector = _written(w, "v")
    return [f"{vector}{w.pick(STORES)} {sign(w)} {w.expression('h', 2)}"] if vector else assign(w)


def remade(w: Writer) -> Block:
    """An array of one step, changed and then read: what a round of a loop makes might be made again, but is changed."""
    vector, other = w.leaf("v"), w.leaf("v")
    steps = (f"{vector} * {w.leaf('s')}", f"{vector} + {other}", f"-{vector}", f"{vector} - 0.5", f"{vector} / 2.0")
    made = w.set("v", w.pick(steps))
    name = made.partition(" = ")[0]
    changes = (
        f"{name}[{w.index()}] {sign(w)} {w.expression('s', 1)}",
        f"{name}{w.pick(STORES)} {sign(w)} {w.expression('h', 1)}",
        f"{name} {w.pick(('*=', '-='))} {other}",
        f"np.add.at({name}, [0, 0], {w.expression('h', 1)})",
    )
    sums = w.named("s")
    if sums and w.chance.random() < 0.7:
        read = f"{w.pick(sums)} += 0.3 * np.sum({name} * {other})"
    else:
        read = w.set("v", f"{name} * {other}")
    return [made, w.pick(changes), read]


def fancy(w: Writer) -> Block:
    vector = _written(w, "v")
    if vector is None:
        return assign(w)
    return [
        w.pick(
            (
                lambda: f"{vector}[{w.leaf('v')} > 0.3] {sign(w)} {w.expression('s', 1)}",
                lambda: f"{vector}[np.array([2, 0])] {sign(w)} {w.expression('h', 1)}",
                lambda: f"{vector}[[1, 1]] {sign(w)} {w.expression('h', 1)}",
                lambda: f"np.add.at({vector}, [0, 0], {w.expression('h', 1)})",
                lambda: f"np.subtract.at({vector}, np.array([3, 1]), {w.expression('s', 1)})",
                lambda: f"np.add({vector}, {w.leaf('s')}, out={vector}, where={w.leaf('v')} > 0.1)",
                lambda: f"np.put({vector}, [1, 3], {w.expression('h', 1)})",
                lambda: f"np.putmask({vector}, {w.leaf('v')} > 0.2, {w.leaf('v')})",
                lambda: f"{vector} = np.where({w.leaf('v')} > 0.2, {vector}, {w.expression('s', 1)})",
            )
        )()
    ]


def whole(w: Writer) -> Block:
    shape = w.pick("vvmh")
    name = _written(w, shape)
    if name is None:
        return assign(w)
    return [
        w.pick(
            (
                lambda: f"{name}[...] = {w.expression(shape, 2)}",
                lambda: f"{name}[:] = {w.expression(shape, 1)}",
                lambda: f"np.copyto({name}, {w.expression(shape, 1)})",
                lambda: f"{name}.fill({w.expression('s', 1)})",
                lambda: f"np.multiply({w.leaf(shape)}, {w.leaf(shape)}, out={name})",
                lambda: f"np.sin({name}, out={name})",
                lambda: f"{name}.sort()",
                lambda: f"{name} **= 2",
                lambda: f"{name} /= {w.leaf('s')} + 3.0",
                lambda: w.set(shape, f"np.add({w.leaf(shape)}, {w.leaf('s')}, out={name})"),
            )
        )()
    ]


def overlap(w: Writer) -> Block:
    name, matrix = _written(w, "v"), _written(w, "m")
    if name is None or matrix is None:
        return assign(w)
    return [
        w.pick(
            (
                lambda: f"{name}[1:] {sign(w)} {name}[:-1]",
                lambda: f"{name}[:-1] {sign(w)} {name}[1:]",
                lambda: f"{name}[:] = {name}[::-1]",
                lambda: f"{name} += {name}[::-1]",
                lambda: f"{matrix}[0] {sign(w)} {matrix}[1]",
                lambda: f"{matrix}[1:] {sign(w)} {matrix}[:-1]",
                lambda: f"{matrix}[:, 1] {sign(w)} {matrix}[:, 2]",
                lambda: f"{name} {w.pick(('+=', '-=', '*='))} {name}",
            )
        )()
    ]


def swap(w: Writer) -> Block:
    name, other, matrix = _written(w, "v"), _written(w, "v"), _written(w, "m")
    if name is None or other is None or matrix is None:
        return assign(w)
    return [
        w.pick(
            (
                lambda: f"{name}, {other} = {other}, {name}",
                lambda: f"{name}[:2], {name}[2:] = {name}[2:].copy(), {name}[:2].copy()",
                lambda: f"{name}[:2], {name}[2:] = {name}[2:], {name}[:2]",
                lambda: f"{matrix}[0], {matrix}[1] = {matrix}[1].copy(), {matrix}[0].copy()",
                lambda: f"{matrix}[[0, 2]] = {matrix}[[2, 0]]",
                lambda: f"{name}[[0, 3]] = {name}[[3, 0]]",
            )
        )()
    ]


def view(w: Writer) -> Block:
    shape = w.pick("vvhhtqc")
    text = w.part(shape) or w.expression(shape, 1)
    return [w.set(shape, text)]


def alias(w: Writer) -> Block:
    old = w.pick(list(w.names))
    shape = w.names[old]
    text = w.pick((old, old, f"{old}.copy()", f"np.asarray({old})")) if shape in "vhmctq" else old
    return [w.set(shape, text)]


def listed(w: Writer) -> Block:
    name = _written(w, "L")
    if name is None or w.chance.random() < 0.2:
        return [w.set("L", f"[{w.expression('s', 2)}, {w.expression('s', 1)}]")]
    return [
        w.pick(
            (
                lambda: f"{name}.append({w.expression('s', 2)})",
                lambda: f"{name}.append({w.expression('s', 1)})",
                lambda: f"{name}[0] {sign(w)} {w.expression('s', 2)}",
                lambda: w.set("s", f"{name}.pop() if len({name}) > 1 else {w.leaf('s')}"),
                lambda: f"{name} = {name} + [{w.leaf('s')}]",
                lambda: f"{name}.extend([{w.leaf('s')}, {w.leaf('s')}])",
                lambda: w.set("h", f"np.array({name})[-2:]"),
            )
        )()
    ]


def keyed(w: Writer) -> Block:
    name = _written(w, "D")
    if name is None:
        return [w.set("D", f'{{"k": {w.expression("s", 2)}, "l": {w.leaf("s")}}}')]
    key = w.pick(('"k"', '"k"', '"l"'))
    return [f"{name}[{key}] {sign(w)} {w.expression('s', 2)}"]


def arrays(w: Writer) -> Block:
    """A list of vectors: entries added, replaced, and changed in place."""
    name = _written(w, "A")
    if name is None:
        return [w.set("A", f"[{w.expression('v', 1)}, {w.leaf('v')}]")]
    return [
        w.pick(
            (
                lambda: f"{name}.append({w.expression('v', 1)})",
                lambda: f"{name}.append({w.leaf('v')})",
                lambda: f"{name}[0] = {w.expression('v', 1)}",
                lambda: f"{name}[-1][{w.index()}] {sign(w)} {w.expression('s', 1)}",
                lambda: f"{name}[0] {w.pick(('+=', '*='))} {w.expression('v', 1)}",
                lambda: w.set("v", f"{name}[-1]"),
                lambda: w.set("m", f"np.stack([{name}[0], {name}[1], {name}[-1]])"),
            )
        )()
    ]


def constant(w: Writer) -> Block:
    """An array that carries no derivative, read by what does, and changed."""
    name = _written(w, "k")
    if name is None:
        return [w.set("k", "np.arange(4) + 1.5")]
    return [
        w.pick(
            (
                lambda: f"{name}[{w.index()}] {w.pick(('=', '*=', '+='))} 1.7",
                lambda: f"{name} = {name} * 1.1",
                lambda: f"{name} += 0.3",
                lambda: w.set("v", f"{name} * {w.leaf('v')}"),
                lambda: w.set("v", f"{name} * {w.leaf('s')}"),
                lambda: w.set("s", f"{name}[{w.index()}] * {w.expression('s', 1)}"),
                lambda: w.set("k", f"{name}[::-1]"),
                lambda: f"{name}[1:3] = [0.2, 0.9]",
            )
        )()
    ]


def nested(w: Writer) -> Block:
    """Lists, tuples and dicts within a dict."""
    name = _written(w, "N")
    if name is None:
        inner = f"'a': [{w.leaf('v')}, {w.expression('s', 1)}], 'b': ({w.leaf('v')}, {w.leaf('s')})"
        return [w.set("N", f"{{{inner}, 'c': {{'k': {w.expression('v', 1)}}}}}")]
    return [
        w.pick(
            (
                lambda: f"{name}['a'][0][{w.index()}] {sign(w)} {w.expression('s', 1)}",
                lambda: f"{name}['a'][0] {w.pick(('=', '+='))} {w.expression('v', 1)}",
                lambda: f"{name}['a'][1] {sign(w)} {w.expression('s', 1)}",
                lambda: f"{name}['a'].append({w.leaf('s')})",
                lambda: f"{name}['b'] = ({w.leaf('v')}, {w.expression('s', 1)})",
                lambda: f"{name}['b'][0][1:3] {sign(w)} {w.expression('h', 1)}",
                lambda: f"{name}['c']['k'] {sign(w)} {w.expression('v', 1)}",
                lambda: f"{name}['c']['k'][{w.index()}] {sign(w)} {w.expression('s', 1)}",
                lambda: f"{name}['c'] = {{'k': {w.leaf('v')}}}",
                lambda: w.set("v", f"{name}['b'][0]"),
                lambda: w.set("v", f"{name}['a'][0] * {name}['a'][-1]"),
                lambda: w.set("s", f"{name}['b'][1] * {name}['a'][1]"),
                lambda: w.set("N", f"dict({name}, b=({w.leaf('v')}, {w.leaf('s')}))"),
            )
        )()
    ]


def unpacked(w: Writer) -> Block:
    """Several targets, stars, and one value for several names."""
    first, second = w.fresh(), w.fresh()
    kind = w.chance.random()
    if kind < 0.3:
        line, shapes = f"{first}, *{second} = {w.leaf('v')}", "sL"
    elif kind < 0.5:
        line, shapes = f"{first}, {second} = {w.leaf('h')}", "ss"
    elif kind < 0.7:
        line, shapes = f"({first}, _), {second} = {w.leaf('h')}, {w.expression('v', 1)}", "sv"
    elif kind < 0.85:
        line, shapes = f"{first} = {second} = {w.expression('v', 1)}", "vv"
    else:
        line, shapes = f"{first}, _, {second} = {w.leaf('m')}", "vv"
    w.names |= {first: shapes[0], second: shapes[1]}
    return [line]


def observed(w: Writer) -> Block:
    """What only looks, and what ends a name."""
    name = w.pick(list(w.names))
    again = w.fresh()
    return w.pick(
        (
            lambda: [f"assert {w.leaf('s')} < 1e9, f'{{{name}}}'"],
            lambda: [f"assert isinstance({w.leaf('v')}, np.ndarray) and len({w.leaf('v')}) == 4"],
            lambda: [f"{again} = f'{{{name}!r}}'"],
            lambda: [f"{again} = {w.expression('v', 1)}", f"{name} = {name}", f"del {again}"],
            lambda: [f"{again} = {w.leaf('v')}.shape[0] * 0.25", w.set("s", f"{again} * {w.leaf('s')}")],
        )
    )()
