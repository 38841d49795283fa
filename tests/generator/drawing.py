"""Draws random programs over the core language, as source text, from a seed.

A program is a tree of statements, so that a search for a smaller one can cut branches off. Every value has one of five
shapes: a number "s", a vector of four "v", half a vector "h", a matrix of three by four "m", a column of three "c".
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

SIZES = {"s": (), "v": (4,), "h": (2,), "m": (3, 4), "c": (3, 1)}
ARGUMENTS = {"x": "v", "y": "v", "m": "m", "p": "s"}
_SMOOTH = ("np.sin({})", "np.tanh({})", "np.cos({})", "(0.5 * {})", "({} - 0.3)", "np.exp(-0.1 * {} ** 2)", "abs({})")
_PAIRS = ("({} + {})", "({} - {})", "({} * {})", "({} / (2.5 + np.cos({})))", "np.maximum({}, {})", "({} * {} + 1.0)")
_REDUCTIONS = ("np.sum({})", "np.mean({} ** 2)", "{}.sum()", "np.max({})")
_SLICES = ("[1:3]", "[:2]", "[2:]", "[::2]", "[1::2]", "[::-1][:2]", "[[0, 2]]", "[[1, 1]]")
_STORES = ("[1:3]", "[:2]", "[2:]", "[::2]", "[-3:-1]", "[[3, 0]]")
_BROADCASTS = {"v": ("s",), "m": ("s", "v", "c"), "h": ("s",), "c": ("s",), "s": ()}


@dataclass
class Statement:
    """One statement: its line, and the statements under it. `fixed` ones are never cut off."""

    text: str
    body: list[Statement] = field(default_factory=list)
    fixed: bool = False

    def lines(self, depth: int) -> Iterator[str]:
        yield "    " * depth + self.text
        if self.text.endswith(":"):
            inner = [line for statement in self.body for line in statement.lines(depth + 1)]
            yield from inner or ["    " * (depth + 1) + "pass"]


@dataclass
class Program:
    """Functions as trees of statements; the last one is `f`, of the arguments ARGUMENTS."""

    functions: list[Statement]

    def source(self) -> str:
        lines = ["import numpy as np"]
        for function in self.functions:
            lines += ["", "", *function.lines(0)]
        return "\n".join(lines) + "\n"


def draw(seed: int, longest: int = 10) -> Program:
    """The program of a seed: three to `longest` statements, and what stands under them."""
    chance = random.Random(seed)
    helpers = [_helper(chance, k) for k in range(chance.randrange(3))]
    writer = _Writer(chance, dict(ARGUMENTS), [(name, shapes, result) for name, shapes, result, _ in helpers])
    body = writer.block(chance.randrange(3, longest + 1), depth=0)
    body.append(Statement(f"return {writer.total()}", fixed=True))
    main = Statement(f"def f({', '.join(ARGUMENTS)}):", body, fixed=True)
    return Program([*(tree for *_, tree in helpers), main])


def _helper(chance: random.Random, k: int) -> tuple[str, list[str], str, Statement]:
    shapes = [chance.choice("vsh"), chance.choice("vs")]
    writer = _Writer(chance, {"a": shapes[0], "b": shapes[1]}, [])
    body = writer.block(chance.randrange(3), depth=1)
    result = chance.choice("sv")
    body.append(Statement(f"return {writer.expression(result, 2)}", fixed=True))
    return f"g{k}", shapes, result, Statement(f"def g{k}(a, b):", body, fixed=True)


class _Writer:
    """Writes statements over the names it knows the shapes of."""

    def __init__(self, chance: random.Random, names: dict[str, str], helpers: list[tuple[str, list[str], str]]) -> None:
        self.chance = chance
        self.names = names
        self.helpers = helpers
        self.lists: list[str] = []
        self.records: list[str] = []
        self.indices: list[str] = []
        self.made = 0

    def fresh(self) -> str:
        self.made += 1
        return f"{self.chance.choice('uvwt')}{self.made}"

    def named(self, shape: str) -> list[str]:
        return [name for name, known in self.names.items() if known == shape]

    def index(self) -> str:
        return self.chance.choice([*self.indices, "0", "1", "2", "-1"])

    def leaf(self, shape: str) -> str:
        """A name, a constant, or a part of something larger."""
        options: list[Callable[[], str]] = (
            [lambda: self.chance.choice(named)] * 3 if (named := self.named(shape)) else []
        )
        vectors, matrices, halves = self.named("v"), self.named("m"), self.named("h")
        if shape == "s":
            options.append(lambda: self.chance.choice(("0.5", "1.5", "-0.7")))
            options += [lambda: f"{self.chance.choice(vectors)}[{self.index()}]"] * (2 * bool(vectors))
            options += [lambda: f"{self.chance.choice(matrices)}[{self.index()}, 1]"] * bool(matrices)
            options += [lambda: f"{self.chance.choice(self.lists)}[-1]"] * bool(self.lists)
            options += [lambda: f'{self.chance.choice(self.records)}["k"]'] * bool(self.records)
        if shape == "v":
            options += [lambda: f"{self.chance.choice(matrices)}[{self.chance.randrange(3)}]"] * bool(matrices)
            options += [lambda: f"{self.chance.choice(vectors)}[::-1]"] * bool(vectors)
            options += [lambda: f"np.concatenate([{self.chance.choice(halves)}, np.ones(2)])"] * bool(halves)
            options += [lambda: "np.ones(4)"] * (not options)
        if shape == "h":
            options += [lambda: self.chance.choice(vectors) + self.chance.choice(_SLICES)] * bool(vectors)
            options += [lambda: "np.ones(2)"] * (not options)
        if shape == "c":
            options += [lambda: f"{self.chance.choice(matrices)}[:, :1]"] * bool(matrices)
            options += [lambda: "np.ones((3, 1))"] * (not options)
        if shape == "m":
            options += [lambda: "np.ones((3, 4))"] * (not options)
        return self.chance.choice(options)()

    def expression(self, shape: str, depth: int) -> str:
        if depth <= 0 or self.chance.random() < 0.15:
            return self.leaf(shape)
        kind = self.chance.random()
        if kind < 0.35:
            return self.chance.choice(_SMOOTH).format(self.expression(shape, depth - 1))
        if kind < 0.7:
            other = self.chance.choice([shape, *_BROADCASTS[shape]])
            parts = [self.expression(shape, depth - 1), self.expression(other, depth - 1)]
            return self.chance.choice(_PAIRS).format(*(parts if self.chance.random() < 0.7 else parts[::-1]))
        if kind < 0.8:
            return f"np.where({self.leaf(shape)} > 0.4, {self.expression(shape, depth - 1)}, {self.leaf(shape)})"
        fitting = [h for h in self.helpers if h[2] == shape]
        if fitting and kind < 0.9:
            name, shapes, _ = self.chance.choice(fitting)
            return f"{name}({', '.join(self.expression(s, depth - 2) for s in shapes)})"
        if shape == "s":
            inner = self.expression(self.chance.choice("vhm"), depth - 1)
            return self.chance.choice(_REDUCTIONS).format(inner)
        if shape == "v":
            return self.chance.choice(
                (f"np.sum({self.expression('m', depth - 1)}, axis=0)", f"({self.leaf('m')}.T @ np.ones(3))")
            )
        if shape == "c":
            return f"{self.expression('m', depth - 1)}.mean(axis=1, keepdims=True)"
        return self.leaf(shape)

    def block(self, count: int, depth: int) -> list[Statement]:
        return [statement for _ in range(count) for statement in self.statement(depth)]

    def inner(self, count: int, depth: int) -> list[Statement]:
        """A block whose new names, lists and indices end with it."""
        kept = dict(self.names), list(self.lists), list(self.records), list(self.indices)
        body = self.block(count, depth)
        self.names, self.lists, self.records, self.indices = kept
        return body

    def statement(self, depth: int) -> list[Statement]:
        kinds = [
            self.assign,
            self.assign,
            self.augment,
            self.augment,
            self.store,
            self.store,
            self.view,
            self.container,
        ]
        if depth < 2:
            kinds += [self.counted, self.counted, self.branch, self.branch, self.over, self.conditional_loop]
        kind = self.chance.choice(kinds)
        return kind(depth)

    def assign(self, depth: int) -> list[Statement]:
        shape = self.chance.choice("svvhmc")
        text = self.expression(shape, self.chance.randrange(1, 4))
        old = self.named(shape)
        name = self.chance.choice(old) if old and self.chance.random() < 0.5 else self.fresh()
        self.names[name] = shape
        return [Statement(f"{name} = {text}")]

    def augment(self, depth: int) -> list[Statement]:
        name = self.chance.choice(list(self.names))
        shape = self.names[name]
        sign = self.chance.choice(("+=", "-=", "*="))
        return [Statement(f"{name} {sign} {self.expression(shape, 2)}")]

    def store(self, depth: int) -> list[Statement]:
        vectors, matrices = self.named("v"), self.named("m")
        sign = self.chance.choice(("=", "=", "+=", "*=", "-="))
        kind = self.chance.random()
        if matrices and kind < 0.25:
            place, shape = self.chance.choice(
                (("[0]", "v"), ("[1:, ::2]", "s"), ("[:, 1]", "s"), ("[2, 3]", "s"), ("[-1]", "v"))
            )
            return [Statement(f"{self.chance.choice(matrices)}{place} {sign} {self.expression(shape, 2)}")]
        if not vectors:
            return self.assign(depth)
        name = self.chance.choice(vectors)
        if kind < 0.65:
            return [Statement(f"{name}[{self.index()}] {sign} {self.expression('s', 2)}")]
        if kind < 0.75:
            return [Statement(f"{name}[{self.leaf('v')} > 0.3] {sign} {self.expression('s', 1)}")]
        return [Statement(f"{name}{self.chance.choice(_STORES)} {sign} {self.expression('h', 2)}")]

    def view(self, depth: int) -> list[Statement]:
        vectors, matrices = self.named("v"), self.named("m")
        name = self.fresh()
        if matrices and self.chance.random() < 0.4:
            text, shape = f"{self.chance.choice(matrices)}[{self.chance.randrange(3)}]", "v"
        elif vectors and self.chance.random() < 0.6:
            text, shape = f"{self.chance.choice(vectors)}{self.chance.choice(_SLICES)}", "h"
        elif vectors and self.chance.random() < 0.6:
            text, shape = f"{self.chance.choice(vectors)}.copy()", "v"
        else:
            text = self.chance.choice(list(self.names))
            shape = self.names[text]
        self.names[name] = shape
        return [Statement(f"{name} = {text}")]

    def container(self, depth: int) -> list[Statement]:
        if self.lists and self.chance.random() < 0.5:
            name = self.chance.choice(self.lists)
            return [
                Statement(
                    self.chance.choice(
                        (f"{name}.append({self.expression('s', 2)})", f"{name}[0] = {self.expression('s', 2)}")
                    )
                )
            ]
        if self.records and self.chance.random() < 0.5:
            sign = self.chance.choice(("=", "+=", "*="))
            return [Statement(f'{self.chance.choice(self.records)}["k"] {sign} {self.expression("s", 2)}')]
        name = self.fresh()
        if self.chance.random() < 0.5:
            made = Statement(f"{name} = [{self.expression('s', 2)}, {self.expression('s', 1)}]")
            self.lists.append(name)
        else:
            made = Statement(f'{name} = {{"k": {self.expression("s", 2)}}}')
            self.records.append(name)
        return [made]

    def counted(self, depth: int) -> list[Statement]:
        index = f"i{depth}"
        loop = Statement(f"for {index} in range({self.chance.choice(('0', '1', '2', '3', '4', '1, 4', '3, -1, -1'))}):")
        self.indices.append(index)
        loop.body = self.inner(self.chance.randrange(1, 4), depth + 1)
        self.indices.remove(index)
        if self.chance.random() < 0.3:
            leave = Statement(f"if {self.condition()}:", [Statement(self.chance.choice(("break", "continue")))])
            loop.body.insert(self.chance.randrange(len(loop.body) + 1), leave)
        return [loop]

    def over(self, depth: int) -> list[Statement]:
        vectors = self.named("v")
        if not vectors:
            return self.counted(depth)
        item = f"e{depth}"
        loop = Statement(f"for {item} in {self.chance.choice(vectors)} * 1.0:")
        outside = self.names.get(item)
        self.names[item] = "s"
        loop.body = self.inner(self.chance.randrange(1, 3), depth + 1)
        if outside is None:
            del self.names[item]
        return [loop]

    def conditional_loop(self, depth: int) -> list[Statement]:
        count = f"n{depth}"
        step = Statement(f"{count} += 1", fixed=True)
        body = [step, *self.inner(self.chance.randrange(1, 4), depth + 1)]
        return [Statement(f"{count} = 0"), Statement(f"while {count} < 3 and {self.condition()}:", body)]

    def branch(self, depth: int) -> list[Statement]:
        made = [Statement(f"if {self.condition()}:", self.inner(self.chance.randrange(1, 3), depth + 1))]
        if self.chance.random() < 0.5:
            made.append(Statement("else:", self.inner(self.chance.randrange(1, 3), depth + 1)))
        elif self.chance.random() < 0.2:
            made[0].body.append(Statement(f"return {self.total()}" if depth == 0 or not self.helpers else "pass"))
        return made

    def condition(self) -> str:
        if self.indices and self.chance.random() < 0.4:
            return f"{self.chance.choice(self.indices)} {self.chance.choice(('<', '>=', '=='))} 2"
        return f"{self.expression('s', 1)} {self.chance.choice('<>')} {self.chance.choice(('0.35', '-0.45', '9.0'))}"

    def total(self) -> str:
        """One number made of several of the names."""
        names = self.chance.sample(list(self.names), min(len(self.names), self.chance.randrange(1, 4)))
        forms = {"s": ("{}", "{} ** 2")}
        arrays = ("np.sum({})", "np.sum(np.sin({}))", "np.mean({} * {})")
        parts = [self.chance.choice(forms.get(self.names[n], arrays)).replace("{}", n) for n in names]
        if self.lists:
            parts.append(f"{self.chance.choice(self.lists)}[-1]")
        if self.records:
            parts.append(f'{self.chance.choice(self.records)}["k"]')
        return self.chance.choice((" + ", " * ")).join(parts)
