"""Which values are sure to be single numbers, and which operands are sure to have the shape of the result.

Shapes are not known when nothing has run, but many are known to be equal: `np.tanh(h)` has the shape of `h`, a literal
stretches to anything. A shape is a set of symbols, one for each value whose shape is unknown; an elementwise result
has the union of its operands' symbols and a number has none. A symbol stands for one execution of the statement that
made it: when that statement runs again, whatever still carries the symbol loses it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from sourcead.analysis.webs import is_whole
from sourcead.frontend.expressions import is_integer
from sourcead.frontend.names import MISSING, Namespace
from sourcead.frontend.syntax import clone, names_read, names_written

Shape = frozenset[Any]
SCALAR: Shape = frozenset()
TOTALS = {
    np.sum,
    np.mean,
    np.prod,
    np.max,
    np.min,
    np.amax,
    np.amin,
    np.var,
    np.std,
    np.linalg.norm,
}
# Of lists of arrays these give arrays.
_COMBINING = ("prod", "sumprod")
NUMBERS = {float, int, len, bool, round, ord, hash}


@dataclass
class Shapes:
    """What is known of the shapes in a core program."""

    scalars: frozenset[str] = frozenset()
    equal: dict[int, frozenset[str]] = field(default_factory=dict)
    numbers: dict[int, frozenset[str]] = field(default_factory=dict)
    simpler: dict[int, dict[str, str]] = field(default_factory=dict)
    final: dict[str, Shape] = field(default_factory=dict)

    def is_scalar(self, name: str) -> bool:
        """Whether a variable is always a single number (of shape `()`)."""
        return name in self.scalars

    def fits(self, statement: gast.AST, name: str) -> bool:
        """Whether an operand has the shape of the statement's result."""
        return name in self.equal.get(id(statement), frozenset()) or self.is_number(statement)

    def is_number(self, statement: gast.AST) -> bool:
        """Whether what a statement assigns is sure to be a single number."""
        target = statement.target if isinstance(statement, gast.AugAssign) else statement.targets[0]
        return isinstance(target, gast.Name) and target.id in self.numbers.get(id(statement), frozenset())


class _Flow:
    def __init__(self, namespace: Namespace, variables: frozenset[str], integers: set[str], operation: Any) -> None:
        self.namespace = namespace
        self.variables = variables
        self.integers = integers
        self.operation = operation
        self.equal: dict[int, frozenset[str]] = {}
        self.simpler: dict[int, dict[str, str]] = {}
        self.caps: dict[int, gast.AST] = {}
        self.full: dict[str, Shape] = {}
        self.depth = 0
        self.made: dict[str, set[str]] = {}
        self.unsure: set[str] = set()
        self._mentioned: dict[Shape, frozenset[Any]] = {}

    def shape(self, node: gast.AST, state: dict[str, Shape], place: Any) -> Shape:
        """The shape of an expression; `place` names the unknown it may make."""
        if isinstance(node, gast.Constant) or is_integer(node, self.integers):
            return SCALAR
        if isinstance(node, gast.Name):
            if node.id in state:
                return state[node.id]
            value = MISSING if node.id in self.variables else self.namespace.value(node.id)
            return SCALAR if isinstance(value, (int, float)) else frozenset({("name", node.id)})
        if isinstance(node, gast.UnaryOp) and not isinstance(node.op, gast.Not):
            return self.shape(node.operand, state, place)
        if isinstance(node, gast.BinOp) and not isinstance(node.op, gast.MatMult):
            return self.shape(node.left, state, (place, 0)) | self.shape(node.right, state, (place, 1))
        if isinstance(node, gast.Call):
            return self._call(node, state, place)
        if isinstance(node, gast.Subscript) and isinstance(node.value, gast.Name):
            kept = _kept(node.slice)
            base = self.shape(node.value, state, place)
            if kept is not None and len(base) == 1:
                return frozenset({("part", next(iter(base)), kept)})
        return frozenset({place})

    def _call(self, node: gast.Call, state: dict[str, Shape], place: Any) -> Shape:
        found = self.operation(node)
        # Of a method what it is called on is the first operand: `x.sum(0)` is no total.
        function, operands = found.function, found.args
        arguments = [self.shape(a, state, (place, k)) for k, a in enumerate(operands)]
        try:
            known = function in NUMBERS or function in TOTALS and len(operands) == 1 and not node.keywords
        except TypeError:
            return frozenset({place})
        if known or _is_of_numbers(function):
            return SCALAR
        if function is abs or (isinstance(function, np.ufunc) and function.signature is None and not node.keywords):
            return SCALAR.union(*arguments) if arguments else SCALAR
        return frozenset({place})

    def block(self, body: list[gast.AST], state: dict[str, Shape]) -> dict[str, Shape]:
        self._cap(body)
        for statement in body:
            state = self.statement(statement, state)
        return state

    def _cap(self, body: list[gast.AST]) -> None:
        """A value made to be stored in a place has at most the shape of the place, or storing it fails."""
        made: dict[str, tuple[int, gast.AST]] = {}
        for k, node in enumerate(body):
            if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
                made[node.targets[0].id] = (k, node)
            elif isinstance(node, (gast.Assign, gast.AugAssign)) and isinstance(node.value, gast.Name):
                place = node.targets[0] if isinstance(node, gast.Assign) else node.target
                start, maker = made.get(node.value.id, (k, None))
                if maker is None or not isinstance(place, gast.Subscript):
                    continue
                between = set().union(*(names_written(s) for s in body[start : k + 1]))
                if not (names_read(place) & between):
                    self.caps[id(maker)] = place

    def define(self, name: str, shape: Shape, place: Any, state: dict[str, Shape]) -> dict[str, Shape]:
        """The new value's symbols are of this execution; the same symbols elsewhere are of an earlier one."""
        made = {k: frozenset({("stale", k, place)}) if place in self._parts(s) else s for k, s in state.items()}
        made[name] = shape
        return made

    def _parts(self, shape: Shape) -> frozenset[Any]:
        """Everything that a shape's symbols are made of."""
        found = self._mentioned.get(shape)
        if found is None:
            found = self._mentioned[shape] = frozenset().union(*(_all_parts(symbol) for symbol in shape))
        return found

    def statement(self, node: gast.AST, state: dict[str, Shape]) -> dict[str, Shape]:
        if isinstance(node, gast.If):
            return self._join(node, self.block(node.body, state), self.block(node.orelse, state))
        if isinstance(node, (gast.For, gast.While)) and not is_whole(node):
            return self._loop(node, state)
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            shape = self.shape(node.value, state, id(node))
            self._note(node, node.value, shape, state)
            self.made[node.targets[0].id] = names_read(node.value)
            return self.define(node.targets[0].id, shape, id(node), state)
        if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            name = node.target.id
            shape = state.get(name, frozenset({("name", name)})) | self.shape(node.value, state, (id(node), 1))
            self._note(node, gast.BinOp(gast.Name(name, gast.Load(), None, None), node.op, node.value), shape, state)
            return self.define(name, shape, id(node), state)
        if isinstance(node, (gast.AugAssign, gast.Assign)):
            self._stored(node, state)
            return state
        written = names_written(node)
        for name in sorted(written):
            state = self.define(name, frozenset({(id(node), name)}), (id(node), name), state)
        return state

    def _stored(self, node: gast.AST, state: dict[str, Shape]) -> None:
        """A value stored in a place: whether it fills the place, or is stretched over it."""
        place = node.targets[0] if isinstance(node, gast.Assign) else node.target
        if isinstance(node.value, gast.Name) and isinstance(place, gast.Subscript):
            whole = self.shape(_read(place), state, (id(node), "place"))
            if state.get(node.value.id) == whole or self.full.get(node.value.id) == whole:
                self.equal[id(node)] = frozenset({node.value.id})

    def _note(self, node: gast.AST, value: gast.AST, shape: Shape, state: dict[str, Shape]) -> None:
        operands = []
        if isinstance(value, gast.BinOp):
            operands = [value.left, value.right]
        elif isinstance(value, gast.UnaryOp):
            operands = [value.operand]
        elif isinstance(value, gast.Call):
            operands = [*value.args, *([value.func.value] if isinstance(value.func, gast.Attribute) else [])]
        names = {o.id for o in operands if isinstance(o, gast.Name)}
        shapes = [shape]
        if id(node) in self.caps:
            # An operand as large as the place that the result is stored in is as large as the result.
            shapes.append(self.shape(_read(self.caps[id(node)]), state, (id(node), "cap")))
            if any(state.get(n) == shapes[1] for n in names) and isinstance(node.targets[0], gast.Name):
                self.full[node.targets[0].id] = shapes[1]
        self.equal[id(node)] = frozenset(n for n in names if state.get(n) is not None and state[n] in shapes)
        if isinstance(value, gast.Call):
            # What the statement overwrites has another shape by the time that the shape is read.
            written = names_written(node)
            kept = {n: s for n, s in state.items() if n not in written} if written & state.keys() else state
            older = {n: self._older(n, kept) for n in names if state.get(n)}
            self.simpler[id(node)] = {n: o for n, o in older.items() if o != n}

    def _older(self, name: str, state: dict[str, Shape]) -> str:
        """The first variable of the same shape; in a loop one that this one is made of, which is no dearer to keep."""
        found = state if self.depth == 0 else sorted(self.made.get(name, ()))
        return next((o for o in found if o in state and state[o] == state.get(name) and o not in self.unsure), name)

    def _join(self, node: gast.AST, a: dict[str, Shape], b: dict[str, Shape]) -> dict[str, Shape]:
        state: dict[str, Shape] = {}
        for name in [*a, *(n for n in b if n not in a)]:
            if name in a and name in b and a[name] == b[name]:
                state[name] = a[name]
            elif name in a and name in b:
                state[name] = frozenset({("join", id(node), name)})
            else:
                self.unsure.add(name)
                state[name] = a.get(name, b.get(name, SCALAR))
        return state

    def _loop(self, node: gast.AST, state: dict[str, Shape]) -> dict[str, Shape]:
        widened: set[str] = set()
        self.depth += 1
        while True:
            head = {k: frozenset({("head", id(node), k)}) if k in widened else s for k, s in state.items()}
            inside = dict(head)
            if isinstance(node, gast.For):
                inside[node.target.id] = SCALAR
            after = self.block(node.body, inside)
            moved = {k for k in head if k in after and after[k] != head[k]} - widened
            if not moved:
                break
            widened |= moved
        self.depth -= 1
        joined = self._join(node, head, after)
        return {k: frozenset({("end", id(node), k)}) if k in widened else s for k, s in joined.items()}


def _all_parts(symbol: Any) -> set[Any]:
    if not isinstance(symbol, tuple):
        return {symbol}
    return {symbol}.union(*(_all_parts(part) for part in symbol))


def _kept(index: gast.AST) -> tuple[Any, ...] | None:
    """What slices with literal ends keep of each axis, as how many they leave out; None where that depends."""
    parts = index.elts if isinstance(index, gast.Tuple) else [index]
    kept: list[Any] = []
    for part in parts:
        if not isinstance(part, gast.Slice) or part.step is not None:
            return None
        lower = 0 if part.lower is None else _literal(part.lower)
        upper = 0 if part.upper is None else _literal(part.upper)
        if lower is None or upper is None or lower < 0 or upper > 0 or (part.upper is not None and upper == 0):
            return None
        kept.append(lower - upper)
    return tuple(kept)


def _literal(node: gast.AST) -> int | None:
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        inner = _literal(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, gast.Constant) and type(node.value) is int else None


def _read(place: gast.AST) -> gast.AST:
    made = clone(place)
    made.ctx = gast.Load()
    return made


def infer(
    body: list[gast.AST],
    parameters: list[str],
    namespace: Namespace,
    variables: frozenset[str],
    integers: set[str],
    operation: Any,
    numbers: frozenset[str] = frozenset(),
) -> Shapes:
    """Shape facts of a core program; `operation(call)` gives the function that a call is of, and its operands."""
    flow = _Flow(namespace, variables, integers, operation)
    start = {p: SCALAR if p in numbers else frozenset({("parameter", p)}) for p in parameters}
    shapes: dict[str, list[Shape]] = {}
    define = flow.define

    def noting(name: str, shape: Shape, place: Any, state: dict[str, Shape]) -> dict[str, Shape]:
        shapes.setdefault(name, []).append(shape)
        return define(name, shape, place, state)

    flow.define = noting  # type: ignore[method-assign]
    end = flow.block(body, start)
    scalars = {n for n, seen in shapes.items() if all(s == SCALAR for s in seen) and n not in start}
    return Shapes(frozenset(scalars | numbers), flow.equal, {}, flow.simpler, end)


def parameters_of(shape: frozenset[object] | None) -> list[str] | None:
    """The parameters whose shapes, broadcast together, are this shape; None where it depends on anything else."""
    if not shape or not all(isinstance(s, tuple) and s[0] == "parameter" for s in shape):
        return None
    return sorted(s[1] for s in shape)  # type: ignore[index]


def _is_of_numbers(function: Any) -> bool:
    """Whether a function is one of `math` that gives a number."""
    name = getattr(function, "__name__", "")
    return callable(function) and name not in _COMBINING and function is getattr(math, name, None)
