"""The state of a program being drawn: the names it has, by shape, and expressions over them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

Block = list[str]
SIZES = {"s": (), "v": (4,), "h": (2,), "m": (3, 4), "c": (3, 1), "t": (4, 3), "q": (2, 2), "B": (2, 3, 2)}
ARGUMENTS = {"x": "v", "y": "v", "m": "m", "p": "s"}
SMOOTH = (
    "np.sin({})",
    "np.tanh({})",
    "np.cos({})",
    "0.5 * {}",
    "({} - 0.3)",
    "np.exp(-0.1 * {} ** 2)",
    "abs({})",
    "(-{})",
    "({} ** 2)",
    "({} % 1.7)",
)
PAIRS = ("({} + {})", "({} - {})", "({} * {})", "{} / (2.5 + np.cos({}))", "np.maximum({}, {})", "({} * {} + 1.0)")
TOTALS = ("np.sum({})", "np.mean({})", "{}.sum()", "np.max({})", "np.sum({} ** 2)")
BROADCASTS = {"v": "s", "m": "svc", "h": "s", "c": "s", "s": "", "t": "s", "q": "sh", "B": "shq"}
# How a shape is read out of another one; each gives a view, or an element.
PARTS = {
    "s": (
        "v[{i}]",
        "v[{i}]",
        "m[{i}, 1]",
        "h[0]",
        "q[1, 0]",
        "L[-1]",
        "L[{j}]",
        'D["k"]',
        "t[3, 2]",
        "A[0][{i}]",
        "B[1, 2, 0]",
        "B[{j}, 1, 1]",
        "O.b",
    ),
    "v": (
        "m[{i}]",
        "v[::-1]",
        "np.asarray(v)",
        "v.reshape(4)",
        "q.ravel()",
        "A[{j}]",
        "A[-1]",
        "t[:, 1]",
        "m.T[:, {j}]",
        "v[[3, 0, 0, 1]]",
        "m[[0, 2, 1, 0], [1, 1, 3, 0]]",
        "O.a",
    ),
    "h": (
        "v[1:3]",
        "v[:2]",
        "v[2:]",
        "v[::2]",
        "v[[0, 2]]",
        "v[[1, 1]]",
        "q[0]",
        "q[:, 1]",
        "v[-2:]",
        "q.diagonal()",
        "B[0, 1]",
        "B[1, 1:, 0]",
    ),
    "c": ("m[:, :1]", "m[:, 1:2]", "t.T[:, 2:3]"),
    "t": ("m.T", "np.transpose(m)", "m.swapaxes(0, 1)", "m.reshape(4, 3)", "B.reshape(4, 3)"),
    "q": (
        "v.reshape(2, 2)",
        "m[:2, 1:3]",
        "v.reshape(2, -1).T",
        "m[1:, ::3]",
        "m[np.ix_([0, 2], [1, 3])]",
        "B[:, 1]",
        "B[..., :2, 0]",
    ),
    "m": ("t.T", "m[::-1]", "t.reshape(3, 4)", "m[:, ::-1]", "B.reshape(3, 4)", "m[[2, 0, 0]]"),
    "B": (
        "m.reshape(2, 3, 2)",
        "t.reshape(2, 3, 2)",
        "np.transpose(B, (2, 1, 0))",
        "B[:, ::-1]",
        "np.moveaxis(B, 0, 2)",
    ),
}
NEW = {"s": "0.7", "v": "np.ones(4)", "h": "np.ones(2)", "m": "np.ones((3, 4))", "c": "np.ones((3, 1))"}
# What is given to a function in place of a container that the program does not have.
GIVEN = {
    "L": "[{s}, 0.3]",
    "A": "[{v}, {v}]",
    "D": '{"k": {s}, "l": {s}}',
    "O": "Pair({v}, {s})",
    "C": "Cell({v}, {s})",
}
GIVEN["N"] = "{'a': [{v}, {s}], 'b': ({v}, {s}), 'c': {'k': {v}}}"
NEW |= {"t": "np.ones((4, 3))", "q": "np.eye(2)", "B": "np.ones((2, 3, 2))"}
MIXED = {
    "s": (
        "np.dot(v, v)",
        "(h @ h)",
        "max(s, s)",
        "min(s, 0.2)",
        "np.sum(m @ v)",
        "float(s)",
        "v.max()",
        "sum(L)",
        "np.sum(v[v > 0.1])",
        "np.einsum('ijk,ijk->', B, B)",
        "np.max(B)",
        "RATE",
        "(RATE * s)",
        "np.linalg.norm(v + 3.0)",
        "np.take(v, 2)",
        "np.sum(np.abs(np.exp(1j * v) + s))",
        "((s + 2.0j) * (1.0 - 0.5j)).real",
        "v.item(2)",
        "np.vdot(v, v)",
        "divmod(s, 0.9)[1]",
        "v.std()",
        "math.fsum(L)",
    ),
    "v": (
        "np.sum(m, axis=0)",
        "(t @ np.ones(3))",
        "np.concatenate([h, h])",
        "np.cumsum(v)",
        "np.roll(v, 1)",
        "v.copy()",
        "(B.sum(axis=1).reshape(4) + TABLE)",
        "np.einsum('ij,j->i', t, np.ones(3))",
        "np.where(v > 0.0, v, TABLE)",
        "(TABLE * v)",
        "((v + 0.5j) * np.conj(v - 1j)).imag",
        "np.sort(v)",
        "v.clip(-0.5, 0.6)",
        "np.fft.ifft(np.fft.fft(v) * 2.0).real",
        "np.array([*v[:2], s, 0.1])",
        "np.vectorize(lambda e: e * e)(v)",
    ),
    "h": (
        "q @ h",
        "np.array([s, s])",
        "np.stack([s, s])",
        "np.sum(q, axis=1)",
        "np.hstack([s, 0.5])",
        "B.mean(axis=(0, 1))",
        "np.array([s for _ in range(2)])",
    ),
    "m": (
        "np.outer(np.ones(3), v)",
        "np.stack([v, v, v])",
        "m.copy()",
        "np.where(m > 0.1, m, v)",
        "(c * v)",
        "(v + m)",
        "np.tensordot(m, np.eye(4), 1)",
    ),
    "c": ("m.mean(axis=1, keepdims=True)", "c[::-1]"),
    "t": ("np.stack([v, v, v], axis=1)", "t * 1.0"),
    "q": (
        "np.outer(h, h)",
        "(q @ q)",
        "q.copy()",
        "np.sum(B, axis=1)",
        "np.tensordot(B, np.ones(3), axes=([1], [0]))",
        "np.linalg.inv(q + 3.0 * np.eye(2))",
    ),
    "B": (
        "np.stack([q, q, q], axis=1)",
        "B.copy()",
        "(B @ np.eye(2))",
        "np.concatenate([B[:1], B[1:] * s])",
        "np.broadcast_to(q[:, None], (2, 3, 2)).copy()",
    ),
}


class Writer:
    """Writes statements over the names it knows the shapes of.

    Besides the shapes of SIZES a name may be a list of numbers "L", a list of vectors "A", a dict of numbers "D", an
    object "O" or "C" with a vector and a number, a constant array "k" of four integers, or a dict
    "N" that holds a list, a tuple and a dict.
    """

    def __init__(self, chance: random.Random, names: dict[str, str], kinds: list[Callable[[Writer], Block]]) -> None:
        self.chance = chance
        self.names = names
        self.kinds = kinds
        self.helpers: list[tuple[str, str, str]] = []
        self.streams: list[tuple[str, str]] = []
        self.indices: list[str] = []
        self.depth = 0
        self.looped = False
        self.returns = True
        self.made = 0

    def pick(self, options: Sequence[T]) -> T:
        return self.chance.choice(options)

    def fresh(self) -> str:
        self.made += 1
        return f"{self.pick('uvwz')}{self.made}"

    def named(self, shape: str) -> list[str]:
        return [name for name, known in self.names.items() if known == shape]

    def set(self, shape: str, text: str) -> str:
        """An assignment of a value of a shape to a name that there is, or to a new one."""
        old = self.named(shape)
        name = self.pick(old) if old and self.chance.random() < 0.5 else self.fresh()
        self.names[name] = shape
        return f"{name} = {text}"

    def index(self) -> str:
        return self.pick([*self.indices, "0", "1", "2", "-1"])

    def part(self, shape: str) -> str | None:
        """A part of something that there is; None where nothing has one."""
        options = [form for form in PARTS[shape] if self.named(form[_letter(form)])]
        return self.filled(self.pick(options)) if options else None

    def filled(self, form: str) -> str:
        """A form with names in place of its letters."""
        out, k = "", 0
        while k < len(form):
            before = form[k - 1] if k else " "
            after = form[k + 1] if k + 1 < len(form) else " "
            alone = not (before.isalnum() or before in "_.\"'" or after.isalnum() or after in "_=\"'")
            if form[k] in "svhmctqBLADO" and alone:
                out += self.leaf(form[k]) if form[k] in SIZES else self.pick(self.named(form[k]) or ["[0.3]"])
            else:
                out += form[k]
            k += 1
        return out.replace("{i}", self.index()).replace("{j}", self.pick(("0", "-1")))

    def leaf(self, shape: str) -> str:
        named = self.named(shape)
        if named and self.chance.random() < 0.7:
            return self.pick(named)
        if shape == "s" and self.chance.random() < 0.3:
            return self.pick(("0.5", "1.5", "-0.7", "2"))
        return self.part(shape) or (self.pick(named) if named else NEW[shape])

    def given(self, shape: str) -> str:
        """What a function is given for a shape: something that there is, or made for it."""
        if shape in SIZES:
            return self.leaf(shape)
        named = self.named(shape)
        if named and self.chance.random() < 0.8:
            return self.pick(named)
        parts = GIVEN[shape].split("{s}")
        text = parts[0] + "".join(self.leaf("s") + part for part in parts[1:])
        first, *rest = text.split("{v}")
        return first + "".join(self.leaf("v") + part for part in rest)

    def expression(self, shape: str, depth: int = 2) -> str:
        if depth <= 0 or self.chance.random() < 0.2:
            return self.leaf(shape)
        kind = self.chance.random()
        if kind < 0.3:
            return self.pick(SMOOTH).format(self.expression(shape, depth - 1))
        if kind < 0.65:
            other = self.pick([shape, shape, *BROADCASTS[shape]])
            parts = [self.expression(shape, depth - 1), self.expression(other, depth - 1)]
            return self.pick(PAIRS).format(*(parts if self.chance.random() < 0.7 else parts[::-1]))
        if kind < 0.7:
            return f"np.where({self.leaf(shape)} > 0.4, {self.expression(shape, depth - 1)}, {self.leaf(shape)})"
        if kind < 0.8 and (made := self.call(shape)):
            return made
        if shape == "s" and kind < 0.93:
            return self.pick(TOTALS).format(self.expression(self.pick("vhm"), depth - 1))
        return self.filled(self.pick(MIXED[shape]))

    def call(self, shape: str) -> str | None:
        """A call of a function of the program that gives this shape."""
        fitting = [h for h in self.helpers if h[2] == shape]
        if not fitting:
            return None
        name, shapes, _ = self.chance.choice(fitting)
        given = [self.given(s) for s in shapes]
        form = self.chance.random()
        if form < 0.1:
            return f"{name}({', '.join(f'{k}={g}' for k, g in reversed(list(zip('ab', given))))})"
        if form < 0.2:
            return f"{name}({given[0]}{''.join(f', {k}={g}' for k, g in zip('b', given[1:]))})"
        if form < 0.25:
            return f"{name}(*({', '.join(given)},))"
        if form < 0.3:
            return f"functools.partial({name}, {given[0]})({', '.join(given[1:])})"
        if form < 0.35:
            return f"applied({name}, {', '.join(given)})"
        return f"{name}({', '.join(given)})"

    def condition(self) -> str:
        if self.indices and self.chance.random() < 0.4:
            return f"{self.pick(self.indices)} {self.pick(('<', '>=', '=='))} {self.pick('12')}"
        test = f"{self.expression('s', 1)} {self.pick('<>')} {self.pick(('0.35', '-0.45', '9.0'))}"
        other = self.chance.random()
        if other < 0.1:
            return self.pick((f"not {test}", f"-0.8 < {self.leaf('s')} < 0.7", f"np.any({self.leaf('v')} > 0.8)"))
        return test if self.chance.random() < 0.8 else f"{test} {self.pick(('and', 'or'))} {self.leaf('s')} < 0.6"

    def block(self, count: int) -> Block:
        return [line for _ in range(count) for line in self.chance.choice(self.kinds)(self)]

    def inner(self, count: int) -> Block:
        """A block under a statement, whose new names end with it."""
        with self.scope():
            return ["    " + line for line in self.block(count)] or ["    pass"]

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Names made here end here."""
        kept = dict(self.names), list(self.indices), self.looped
        self.depth += 1
        yield
        self.depth -= 1
        self.names, self.indices, self.looped = kept

    def total(self) -> str:
        """One number made of several of the names."""
        names = self.chance.sample(list(self.names), min(len(self.names), self.chance.randrange(2, 5)))
        forms = {"s": ("{0}", "{0} ** 2"), "L": ("{0}[-1]", "sum({0})"), "A": ("np.sum({0}[-1])", "np.sum(sum({0}))")}
        forms |= {"D": ('{0}["k"]',), "k": ("0.1 * {0}[1]",), "O": ("{0}.total()", "np.sum({0}.a) * {0}.b")}
        forms["C"] = ("{0}.b + np.sum({0}._a)", "np.sum({0}.a * {0}.b)", "sum({0}) + {0}.last()")
        forms["N"] = ("np.sum({0}['c']['k']) * {0}['a'][1]", "np.sum({0}['b'][0] * {0}['a'][0])")
        arrays = ("np.sum({0})", "np.sum(np.sin({0}))", "np.mean({0} * {0})")
        return self.pick((" + ", " * ")).join(self.pick(forms.get(self.names[n], arrays)).format(n) for n in names)

    def result(self) -> str:
        """What the program returns: mostly one number, else several values."""
        if self.chance.random() < 0.85:
            return self.total()
        names = [n for n, shape in self.names.items() if shape not in "kONC"]
        first, second = self.pick(names), self.pick(names)
        return self.pick(
            (f"({self.total()}, {first})", f"{{'a': {first}, 'b': {second}}}", f"[{first}, {self.total()}]")
        )


def _letter(form: str) -> int:
    """Where the letter of the shape that a form reads stands."""
    opening = form.find("(")
    inside = opening > 0 and form.startswith("np.")
    return opening + 1 if inside else 0
