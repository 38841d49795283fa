"""Marks between the statements of an emitted program, so that its time and memory can be told by the user's lines.

A copy of the program is marked; the program that the user calls stays as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from time import perf_counter_ns
from typing import Any

import numpy as np

from sourcead.backend.places import Place, statements

AT, BACK, KEPT = "_sourcead_at", "_sourcead_back", "_sourcead_kept"

_ROUNDS, _TRIALS = 10, 200


class Clock:
    """Times and bytes by place; a place is known by its number in `places`, and 0 is outside all of them."""

    def __init__(self, places: tuple[Place, ...]) -> None:
        self.places = [Place(None, False), *dict.fromkeys(places)]
        self.spent = [0] * len(self.places)
        self.hits = [0] * len(self.places)
        self.marks = [0] * len(self.places)
        self.number = {place: k for k, place in enumerate(self.places) if k}
        self._bytes: dict[Any, tuple[int, int]] = {}
        self._current = 0
        self._since = perf_counter_ns()

    def at(self, number: int) -> None:
        """The program comes to another place."""
        self.spent[self._current] += perf_counter_ns() - self._since
        self.hits[number] += 1
        self.marks[number] += 1
        self._current = number
        self._since = perf_counter_ns()

    def back(self, number: int) -> None:
        """The program goes on where it was, after a call."""
        self.spent[self._current] += perf_counter_ns() - self._since
        self.marks[number] += 1
        self._current = number
        self._since = perf_counter_ns()

    def begin(self) -> None:
        """A new call: bytes are those of the last one."""
        self._bytes.clear()
        self._current = 0
        self._since = perf_counter_ns()

    def own_cost(self) -> float:
        """The nanoseconds that one mark adds to the time of the place before it."""
        costs = []
        # The least of a few, because other programs run beside this one.
        for _ in range(_ROUNDS):
            trial = Clock(())
            for _ in range(_TRIALS):
                trial.at(0)
            costs.append(trial.spent[0] / _TRIALS)
        return min(costs)

    def kept(self, number: int, name: str, value: Any) -> None:
        """A value is kept for the reverse sweep: in a tape (no `name`), or in a variable that is read there."""
        now = perf_counter_ns()
        self.spent[self._current] += now - self._since
        for array in _arrays(value):
            key = (number, name) if name else (array.__array_interface__["data"][0], array.nbytes)
            self._bytes.setdefault(key, (number, array.nbytes))
        self._since = perf_counter_ns()

    def kept_bytes(self) -> list[int]:
        """Bytes by place; an array that is kept twice counts once."""
        found = [0] * len(self.places)
        for number, count in self._bytes.values():
            found[number] += count
        return found


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _arrays(part)
    elif isinstance(value, dict):
        yield from _arrays(list(value.values()))


def mark(tree: ast.Module, places: tuple[Place, ...], clock: Clock) -> dict[str, Any]:
    """Put the marks into the text of an emitted program; returns the functions that they call, by name."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if len(functions) == 1 and _is_factory(functions[0]):
        functions = [node for node in functions[0].body if isinstance(node, ast.FunctionDef)]
    found = [statement for function in functions for statement in statements(function.body)]
    assert len(found) == len(places), "internal error in marking: the places are not those of the text"
    where = dict(zip(map(id, found), places))
    own = {function.name for function in functions}
    for function in functions:
        _Marker(where, clock, own, *_read_later(function, where)).block(function)
        ast.fix_missing_locations(function)
    return {AT: clock.at, BACK: clock.back, KEPT: clock.kept}


def _is_factory(function: ast.FunctionDef) -> bool:
    last = function.body[-1]
    inner = [node.name for node in function.body if isinstance(node, ast.FunctionDef)]
    return isinstance(last, ast.Return) and isinstance(last.value, ast.Name) and last.value.id in inner[-1:]


def _names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


def _read_later(function: ast.FunctionDef, where: dict[int, Place]) -> tuple[set[str], set[str]]:
    """Variables of the forward sweep that the reverse sweep reads, and those of them that it does not write itself."""
    written, read, again = set(), set(), set()
    for statement in statements(function.body):
        if where[id(statement)].backward:
            read |= _names(statement, ast.Load)
            again |= _names(statement, ast.Store)
        else:
            written |= _names(statement, ast.Store)
    return written & read, written & read - again


class _Marker:
    """Puts marks into one function. `tapes` may be appended to, `held` are variables read by both sweeps."""

    def __init__(self, where: dict[int, Place], clock: Clock, own: set[str], tapes: set[str], held: set[str]) -> None:
        self.where = where
        self.clock = clock
        self.own = own
        self.tapes = tapes
        self.held = held
        self.stored: dict[str, int] = {}

    def block(self, owner: Any) -> None:
        """Mark the statements in every list of statements of `owner`, and those inside these."""
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(owner, field, None)
            if isinstance(inner, list) and inner:
                setattr(owner, field, self._marked(inner))
        for part in [*getattr(owner, "handlers", ()), *getattr(owner, "cases", ())]:
            part.body = self._marked(part.body)

    def _marked(self, body: list[ast.stmt]) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        before: Place | None = None
        last: Place | None = None
        for statement in body:
            place = self.where[id(statement)]
            number = self.clock.number[place]
            is_said = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            if place != last and not is_said:
                out.append(_call(AT if place != before else BACK, ast.Constant(number)))
            out.append(statement)
            if not place.backward:
                out += self._keeping(statement, number)
            simple = not hasattr(statement, "body")
            # What a function of this program calls leaves the clock at its own place.
            before = place if simple else None
            last = place if simple and not is_said and not _names(statement, ast.Load) & self.own else None
            if not simple and not isinstance(statement, ast.FunctionDef):
                self.block(statement)
        return out

    def _keeping(self, statement: ast.stmt, number: int) -> list[ast.stmt]:
        """What notes the bytes that a statement of the forward sweep keeps for the reverse sweep."""
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=tape), attr="append"))):
                if tape in self.tapes:
                    if self.where[id(statement)].origin is None:
                        # Pushed at the end of a loop's body: the bytes are those of the line that made the value.
                        read = _names(statement, ast.Load) & self.stored.keys()
                        number = max((self.stored[name] for name in read), default=number)
                    last = ast.Subscript(_load(tape), ast.Constant(-1), ast.Load())
                    return [_call(KEPT, ast.Constant(number), ast.Constant(""), last)]
            case ast.Assign() | ast.AugAssign():
                self.stored.update(dict.fromkeys(_names(statement, ast.Store), number))
                names = sorted(_names(statement, ast.Store) & self.held)
                return [_call(KEPT, ast.Constant(number), ast.Constant(name), _load(name)) for name in names]
        return []


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _call(function: str, *args: ast.expr) -> ast.stmt:
    return ast.Expr(ast.Call(_load(function), list(args), []))
