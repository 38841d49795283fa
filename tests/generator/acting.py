"""Objects that act: properties with setters, entries, operators in place, iteration, `with`."""

from __future__ import annotations

import changing
from writing import Block, Writer

# "C" is an object of this class: `a` gives a vector and `b` a number.
HEAD = """
class Cell:
    rate = 0.8

    def __init__(self, a, b=0.5):
        self._a = {kept}
        self.b = b
        self.log = []

    @property
    def a(self):
        {asked}
        return self._a

    @a.setter
    def a(self, new):
        {stored}

    @property
    def first(self):
        return self._a[0] * self.b

    @classmethod
    def of(cls, a):
        return cls(a * cls.rate, a[1])

    @staticmethod
    def mixed(a, k):
        return a * k + 0.1

    def __getitem__(self, k):
        return self._a[k]

    def __setitem__(self, k, new):
        self._a[k] = new
        {noted}

    def __len__(self):
        return len(self._a)

    def __iter__(self):
        {gone}

    def __contains__(self, e):
        return bool(self.b > e)

    def __bool__(self):
        return bool(self.b < 0.4)

    def __iadd__(self, other):
        {added}
        return self

    def __mul__(self, other):
        return Cell(self._a * other, self.b)

    def __rmul__(self, other):
        return Cell(other * self._a, self.b * 1.1)

    def __sub__(self, other):
        return self._a - (other._a if isinstance(other, Cell) else other)

    def __neg__(self):
        return Cell(-self._a, self.b)

    def __lt__(self, other):
        return self.b < other

    def __enter__(self):
        {entered}
        return self

    def __exit__(self, *error):
        self.b = self.b * 0.9
        return False

    def __call__(self, u):
        {called}
        return self._a * u

    def push(self, e):
        self.log.append(e)
        return self

    def last(self):
        return self.log[-1] if self.log else self.b"""

BODIES = {
    "kept": ("a", "a", "a * 1.0", "np.asarray(a)"),
    "asked": ("pass", "pass", "self.b = self.b * 1.05", "self.log.append(self.b)"),
    "stored": ("self._a = new", "self._a[...] = new", "self._a = new * self.b", "self._a[:2] = new[:2]"),
    "noted": ("pass", "self.b = self.b + 0.1", "self.log.append(self._a[0])", "self.b *= self._a[1]"),
    "gone": ("return iter(self._a)", "yield from self._a", "for e in self._a:\n            yield e * self.b"),
    "added": ("self._a += other", "self._a = self._a + other", "self.b += np.sum(other)", "self._a[0] += other[1]"),
    "entered": ("pass", "self._a[1] = self.b", "self.b = self.b + self._a[0]"),
    "called": ("pass", "self.b = u[0]", "self._a[0] = u[1]", "self.log.append(u[2])"),
}
SETS = {
    "s": ("{c}.first", "{c}[{k}]", "{c}[{k}] * {c}.b", "sum({c})", "{c}.last()", "{s} if {s} in {c} else {c}.b"),
    "v": ("{c}.a", "{c} - {v}", "{c}({v})", "{c}.mixed({v}, {s})", "np.array([*{c}])", "{c}[:] * {s}", "({c} * {v}).a"),
    "h": ("{c}[1:3]", "{c}[:2] * {s}"),
    "C": ("{c} * {s}", "{s} * {c}", "-{c}", "{c}", "Cell.of({c}.a)", "{c}.push({s})", "[{c}, {c}][1]", "({c},)[0]"),
}
SETS["v"] += ("({v} * {c}.a)", "[{c}][0].a", "{c}.a if {c} else {v}")
SETS["s"] += ("next(iter({c}))", "max({c})", "np.sum({c} - {c})", "{c}.push({s}).last()", "{c}.rate * {s}")
STEPS = (
    ["{c}.a = {v}"],
    ["{c}.a += {v}"],
    ["{c}.a *= {s}"],
    ["{c}.a[{k}] = {s}"],
    ["{c}.a[1:3] *= {s}"],
    ["{c}[{k}] = {s}"],
    ["{c}[{k}] += {s}"],
    ["{c}[1:3] = {h}"],
    ["{c} += {v}"],
    ["{c}.b = {s}"],
    ["{c}.b *= {s}"],
    ["{c}.rate = {s}"],
    ["{c}({v})"],
    ["{c}.push({s})"],
    ["{c}.log.append({s})"],
    ["with {c} as {o}:", "    {o}[{k}] = {s}"],
    ["with {c}:", "    {c}.b = {s}"],
    ["for {e} in {c}:", "    {c}.b = {c}.b * 0.5 + {e}"],
    ["for {e} in {c}:", "    {c}[0] = {e}"],
    ["try:", "    {c}[{k}] = {s}", "except ZeroDivisionError:", "    pass"],
    ["try:", "    {c}.b = {s}", "finally:", "    {c}.a = {v}"],
    ["if {c} < {s}:", "    {c}[0] = {s}", "else:", "    {c} = {c} * 0.5"],
    ["if {c}:", "    {c}.b = {s}"],
    ["{o} = {c}.__class__({v}, {s})", "{o}.a, {c}.a = {c}.a, {o}.a"],
    ["{o} = {c}.push", "{o}({s})"],
    ["{o} = {c}.a", "{o}[{k}] = {s}"],
    ["setattr({c}, 'b', getattr({c}, 'b') * {s})"],
)


def head(w: Writer) -> list[str]:
    """The class that programs use."""
    chosen = {name: w.pick(bodies) for name, bodies in BODIES.items()}
    text = HEAD
    for name, body in chosen.items():
        text = text.replace(f"{{{name}}}", body)
    return ["", *text.splitlines()]


def acting(w: Writer) -> Block:
    """An object made, changed, or read by what its class says of operators, entries and attributes."""
    named = w.named("C")
    if not named or w.chance.random() < 0.1:
        return [w.set("C", f"Cell({w.expression('v', 1)}, {w.expression('s', 1)})")]
    known = {"c": w.pick(named)}
    if w.chance.random() < 0.45:
        shape = w.pick("ssvvhC")
        return [w.set(shape, _filled(w, w.pick(SETS[shape]), known))]
    form = w.pick(STEPS)
    if len(form) > 1 and w.depth > 1:
        return changing.assign(w)
    known |= {"o": w.fresh(), "e": f"y{w.depth}"}
    return [_filled(w, line, known) for line in form]


def _filled(w: Writer, form: str, known: dict[str, str]) -> str:
    return form.format(**known, s=w.leaf("s"), v=w.leaf("v"), h=w.leaf("h"), k=w.index())
