"""Objects of the program's own classes, dicts and lists by their methods, and patterns that take them apart."""

from __future__ import annotations

import changing
import flow
from writing import Block, Writer

# "O" is an object of this class: `a` holds a vector and `b` a number.
HEAD = """
class Base:
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def total(self):
        return np.sum(self.a) * self.b

    def moved(self, k):
        return {made}(self.a + k, self.b)


class Pair(Base):
    def scale(self, k):
        {scaled}
        return self

    @property
    def half(self):
        return self.a * 0.5

    def total(self):
        return super().total() + {more}

    def __call__(self, u):
        return self.a * u + self.b

    def __add__(self, other):
        return Pair(self.a + other.a, self.b * other.b)


@dataclasses.dataclass
class Point:
    a: object
    b: object

    def norm(self):
        return np.sum(self.a ** 2) + self.b


class Couple(typing.NamedTuple):
    a: object
    b: object"""

SCALED = ("self.a *= k", "self.a += k", "self.a = self.a * k", "self.b *= k")


def head(w: Writer) -> list[str]:
    """The classes that programs use."""
    made = w.pick(("Pair", "type(self)"))
    text = HEAD.format(made=made, scaled=w.pick(SCALED), more=w.pick(("0.0", "self.b", "self.a[0]")))
    return ["", *text.splitlines()]


def _object(w: Writer) -> str | None:
    named = w.named("O")
    return w.pick(named) if named else None


def made(w: Writer) -> Block:
    return [w.set("O", f"Pair({w.pick(('', 'a='))}{w.expression('v', 1)}, b={w.expression('s', 1)})")]


def used(w: Writer) -> Block:
    """An object read, changed, called, and given on."""
    name = _object(w)
    if name is None:
        return made(w)
    return [
        w.pick(
            (
                lambda: f"{name}.b {changing.sign(w)} {w.expression('s', 1)}",
                lambda: f"{name}.a {w.pick(('=', '+=', '*='))} {w.expression('v', 1)}",
                lambda: f"{name}.a[{w.index()}] {changing.sign(w)} {w.expression('s', 1)}",
                lambda: f"{name}.a[1:3] {changing.sign(w)} {w.expression('h', 1)}",
                lambda: f"{name}.scale({w.expression('s', 1)})",
                lambda: w.set("s", f"{name}.total()"),
                lambda: w.set("s", f"{name}.moved({w.leaf('s')}).total()"),
                lambda: w.set("v", f"{name}.half"),
                lambda: w.set("v", f"{name}({w.leaf('v')})"),
                lambda: w.set("O", f"{name} + {name}"),
                lambda: w.set("O", f"{name}.scale({w.leaf('s')})"),
                lambda: w.set("v", f"{name}.a"),
            )
        )()
    ]


def records(w: Writer) -> Block:
    """Dataclasses and named tuples, used at once."""
    name = w.fresh()
    if w.chance.random() < 0.5:
        lines = [f"{name} = Point({w.expression('v', 1)}, {w.leaf('s')})"]
        if w.chance.random() < 0.5:
            lines.append(f"{name}.a[{w.index()}] {changing.sign(w)} {w.expression('s', 1)}")
        return [*lines, w.set("s", f"{name}.norm() * {name}.b")]
    first, second = w.fresh(), w.fresh()
    lines = [f"{name} = Couple({w.leaf('v')}, b={w.expression('s', 1)})", f"{first}, {second} = {name}"]
    w.names |= {first: "v", second: "s"}
    return [*lines, w.set("s", f"{name}.b * np.sum({name}[0])")]


def entries(w: Writer) -> Block:
    """A dict by its methods."""
    name = w.pick(w.named("D") or [""])
    if not name:
        return changing.keyed(w)
    if w.depth < 2 and w.chance.random() < 0.25:
        key, item = f"d{w.depth}", f"e{w.depth}"
        return flow.loop(w, f"for {key}, {item} in {name}.items():", {item: "s"}, [])
    return [
        w.pick(
            (
                lambda: w.set("s", f'{name}.get("k", {w.leaf("s")})'),
                lambda: w.set("s", f'{name}.get("z", {w.leaf("s")})'),
                lambda: w.set("s", f"sum({name}.values())"),
                lambda: f"{name}.update({{'l': {w.expression('s', 1)}}})",
                lambda: f"{name}.update(k={w.expression('s', 1)})",
                lambda: w.set("D", f"{{**{name}, 'k': {w.expression('s', 1)}}}"),
                lambda: w.set("D", f"dict({name}, l={w.leaf('s')})"),
                lambda: w.set("D", f"{{key: e * {w.leaf('s')} for key, e in {name}.items()}}"),
                lambda: w.set("s", f'{name}.pop("l", {w.leaf("s")})'),
                lambda: w.set("s", f'{name}.setdefault("n", {w.expression("s", 1)})'),
            )
        )()
    ]


def items(w: Writer) -> Block:
    """A list by its methods and slices."""
    name = w.pick(w.named("L") or [""])
    if not name:
        return changing.listed(w)
    return [
        w.pick(
            (
                lambda: f"{name}.insert(0, {w.expression('s', 1)})",
                lambda: w.set("s", f"{name}.pop(0) if len({name}) > 1 else {w.leaf('s')}"),
                lambda: f"{name}.reverse()",
                lambda: w.set("L", f"sorted({name})"),
                lambda: w.set("L", f"sorted({name}, key=lambda e: -e)"),
                lambda: w.set("L", f"{name}[::-1] + [{w.leaf('s')}]"),
                lambda: w.set("s", f"max({name}) - min({name})"),
                lambda: w.set("s", f"functools.reduce(lambda a, b: a * 0.5 + b, {name})"),
                lambda: w.set("L", f"[*{name}, {w.leaf('s')}]"),
                lambda: w.set("L", f"list(map(lambda a: {w.leaf('s')} * a, {name}))"),
                lambda: w.set("L", f"{name}.copy()"),
                lambda: f"{name}[0], {name}[-1] = {name}[-1], {name}[0]",
            )
        )()
    ]


def patterns(w: Writer) -> Block:
    """`match` on values, sequences, mappings and objects."""
    if w.depth > 1:
        return changing.assign(w)
    made = {
        "s": (f"({w.leaf('s')}, {w.leaf('s')})", "(c0, c1) if c0 < 0.4"),
        "L": (f"[{w.leaf('s')}, 0.3, {w.leaf('s')}]", "[c0, *_, c1]"),
        "D": (f"{{'k': {w.leaf('s')}, 'l': {w.leaf('s')}}}", '{"k": c0, "l": c1}'),
        "O": (f"Pair({w.leaf('v')}, {w.leaf('s')})", "Pair(b=c0, a=_) if (c1 := c0 * 2.0) < 3.0"),
    }
    kind = w.pick("sLDO")
    subject, pattern = made[kind]
    if kind != "s" and w.named(kind):
        subject = w.pick(w.named(kind))
    with w.scope():
        w.names |= {"c0": "s", "c1": "s"}
        body = ["        " + line for line in w.block(w.chance.randrange(1, 3))]
    other = ["        " + line.removeprefix("    ") for line in w.inner(1)]
    return [f"match {subject}:", f"    case {pattern}:", *body, "    case _:", *other]
