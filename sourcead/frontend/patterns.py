"""`match` into tests and captures.

match p:                                subject = p
    case ("disc", r) if r > 0:          if is_sequence(subject) and len(subject) == 2 and subject[0] == "disc":
        a = r * r              ->           r = subject[1]
    case _:                                 ...
        a = 0.0

Requires: a `match` statement as the user wrote it.   Ensures: `if` statements and assignments, in the user's names.
A case is taken where its test holds and, after its captures, its guard: each test is asked once, in the order of the
cases. As in Python, captures of a case whose guard fails stay bound.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast

from sourcead.frontend.syntax import (
    assign,
    attribute,
    call,
    clone,
    const,
    load,
    names_written,
    negate,
    store,
    subscript,
    walk,
)

SELF_MATCHING = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)
Static = Callable[[gast.AST], Any]


class NoCases(Exception):
    """A `match` that cannot be written as branches; it stays as it is."""


@dataclass
class _Case:
    """Tests that are asked from left to right, and what is captured where all of them hold."""

    tests: list[gast.AST] = field(default_factory=list)
    captures: list[tuple[str, gast.AST]] = field(default_factory=list)
    lists: list[tuple[str, gast.AST]] = field(default_factory=list)
    rests: list[tuple[str, gast.AST, list[gast.AST]]] = field(default_factory=list)


class Patterns:
    """Writes the cases of one `match` statement.

    `static` finds the object that a class pattern names. Builtins and predicates that tests call stand under names
    that no user can write (`sourcead.frontend.names.HELPERS`).
    """

    def __init__(self, static: Static) -> None:
        self.static = static

    def statements(self, node: gast.Match, subject: str, fresh: Callable[[str], str]) -> list[gast.AST]:
        """The statement as branches on the variable `subject`; `fresh` makes names for flags."""
        out = [assign(subject, node.subject)]
        done = fresh("matched") if any(c.guard is not None for c in node.cases[:-1]) else None
        if done:
            out.append(assign(done, const(False)))
        tail: list[gast.AST] = out
        for case in node.cases:
            tail = self._case(case, subject, tail, done)
        placed = [_placed(s, node) for s in out]
        # The text of the first is the head alone.
        out[0].end_lineno, out[0].end_col_offset = node.subject.end_lineno, node.subject.end_col_offset
        return placed

    def _case(self, case: gast.match_case, subject: str, tail: list[gast.AST], done: str | None) -> list[gast.AST]:
        """Append one case to `tail`; gives the block for the cases that follow."""
        found = _Case()
        self.pattern(case.pattern, load(subject), found)
        captures: list[gast.AST] = [assign(n, v) for n, v in found.captures]
        captures += [assign(n, call(".list", v)) for n, v in found.lists]
        captures += [assign(n, self._rest(v, keys)) for n, v, keys in found.rests]
        tests = list(found.tests)
        body = case.body
        if case.guard is not None:
            taken = [assign(done, const(True)), *body] if done else body
            body = [gast.If(test=case.guard, body=taken, orelse=[])]
        if done:
            # A guard is asked after the captures, so the cases behind it cannot stand in an `else`.
            tests = [negate(load(done)), *tests]
            marked = [] if case.guard is not None else [assign(done, const(True))]
            inside = [*captures, *marked, *body]
            tail.append(_placed(gast.If(test=_all(tests), body=inside, orelse=[]), case.pattern))
            return tail
        if not tests:
            tail += [*captures, *body]
            return []
        branch = _placed(gast.If(test=_all(tests), body=[*captures, *body], orelse=[]), case.pattern)
        tail.append(branch)
        return branch.orelse

    def _rest(self, value: gast.AST, keys: list[gast.AST]) -> gast.AST:
        """What a mapping holds besides `keys`, as a new dict."""
        key, item = ".key", ".value"
        generator = gast.comprehension(
            target=gast.Tuple([store(key), store(item)], gast.Store()),
            iter=call(attribute(value, "items")),
            ifs=[gast.Compare(left=load(key), ops=[gast.NotIn()], comparators=[gast.Tuple(clone(keys), gast.Load())])],
            is_async=0,
        )
        return gast.DictComp(key=load(key), value=load(item), generators=[generator])

    # Patterns

    def pattern(self, node: gast.AST, value: gast.AST, case: _Case) -> None:
        """Add the tests and captures of a pattern for the value that an expression gives."""
        if isinstance(node, gast.MatchValue):
            case.tests.append(gast.Compare(left=clone(value), ops=[gast.Eq()], comparators=[clone(node.value)]))
        elif isinstance(node, gast.MatchSingleton):
            case.tests.append(gast.Compare(left=clone(value), ops=[gast.Is()], comparators=[const(node.value)]))
        elif isinstance(node, gast.MatchAs):
            if node.pattern is not None:
                self.pattern(node.pattern, value, case)
            if node.name is not None:
                case.captures.append((node.name, clone(value)))
        elif isinstance(node, gast.MatchOr):
            self._either(node, value, case)
        elif isinstance(node, gast.MatchSequence):
            self._sequence(node, value, case)
        elif isinstance(node, gast.MatchMapping):
            self._mapping(node, value, case)
        elif isinstance(node, gast.MatchClass):
            self._instance(node, value, case)
        else:
            raise AssertionError(f"internal error in patterns: {type(node).__name__}")

    def _either(self, node: gast.MatchOr, value: gast.AST, case: _Case) -> None:
        """Alternatives, which all bind the same names: each name is what the first that fits gives it."""
        cases = []
        for part in node.patterns:
            made = _Case()
            self.pattern(part, value, made)
            if made.lists or made.rests:
                raise NoCases("a starred capture within an alternative")
            cases.append(made)
        case.tests.append(gast.BoolOp(op=gast.Or(), values=[_all(c.tests) for c in cases]))
        for name, last in cases[-1].captures:
            chosen = last
            for earlier in reversed(cases[:-1]):
                chosen = gast.IfExp(test=_all(clone(earlier.tests)), body=dict(earlier.captures)[name], orelse=chosen)
            case.captures.append((name, chosen))

    def _sequence(self, node: gast.MatchSequence, value: gast.AST, case: _Case) -> None:
        star = next((k for k, p in enumerate(node.patterns) if isinstance(p, gast.MatchStar)), None)
        count = len(node.patterns)
        length = call(".len", clone(value))
        compare = (gast.Eq(), const(count)) if star is None else (gast.GtE(), const(count - 1))
        case.tests.append(call(".is_sequence", clone(value)))
        case.tests.append(gast.Compare(left=length, ops=[compare[0]], comparators=[compare[1]]))
        for k, part in enumerate(node.patterns):
            if k == star:
                if part.name is not None:
                    stop = const(k + 1 - count) if k + 1 < count else None
                    middle = subscript(clone(value), gast.Slice(lower=const(k), upper=stop, step=None))
                    case.lists.append((part.name, middle))
                continue
            place = const(k) if star is None or k < star else const(k - count)
            self.pattern(part, subscript(clone(value), place), case)

    def _mapping(self, node: gast.MatchMapping, value: gast.AST, case: _Case) -> None:
        case.tests.append(call(".is_mapping", clone(value)))
        for key in node.keys:
            case.tests.append(gast.Compare(left=clone(key), ops=[gast.In()], comparators=[clone(value)]))
        for key, part in zip(node.keys, node.patterns):
            self.pattern(part, subscript(clone(value), clone(key)), case)
        if node.rest is not None:
            case.rests.append((node.rest, clone(value), list(node.keys)))

    def _instance(self, node: gast.MatchClass, value: gast.AST, case: _Case) -> None:
        kind = self.static(node.cls)
        if not isinstance(kind, type):
            raise NoCases("the class of a pattern is not known before anything runs")
        case.tests.append(call(".isinstance", clone(value), clone(node.cls)))
        names: list[str | None] = list(getattr(kind, "__match_args__", ()))
        if len(node.patterns) > len(names):
            if len(node.patterns) > 1 or not issubclass(kind, SELF_MATCHING):
                raise NoCases("more positional patterns than the class takes")
            names = [None]
        for name, part in [*zip(names, node.patterns), *zip(node.kwd_attrs, node.kwd_patterns)]:
            if name is None:
                self.pattern(part, value, case)
                continue
            declared = name in getattr(kind, "__dataclass_fields__", ()) or name in getattr(kind, "_fields", ())
            if not declared:
                case.tests.append(call(".hasattr", clone(value), const(name)))
            self.pattern(part, attribute(clone(value), name), case)


def _all(tests: list[gast.AST]) -> gast.AST:
    if not tests:
        return const(True)
    return tests[0] if len(tests) == 1 else gast.BoolOp(op=gast.And(), values=tests)


def _placed(made: gast.AST, node: gast.AST) -> gast.AST:
    """The statement and what is new in it, at the place of the user's."""
    for inner in walk(made):
        if getattr(inner, "lineno", None) is None and isinstance(inner, (gast.stmt, gast.expr)):
            gast.copy_location(inner, node)
    return made


def without_match(tree: gast.AST, function: types.FunctionType) -> gast.AST:
    """The tree of a function with every `match` as branches, as far as they can be written."""
    if not any(isinstance(n, gast.Match) for n in walk(tree)):
        return tree
    return _Rewrite(tree, function).visit(tree)


class _Rewrite(gast.NodeTransformer):
    def __init__(self, tree: gast.AST, function: types.FunctionType) -> None:
        self.function = function
        names = [n for n in walk(tree) if isinstance(n, gast.Name)]
        self.taken = {n.id for n in names} | set(function.__code__.co_names)
        self.bound = names_written(tree) | {n.id for n in names if not isinstance(n.ctx, gast.Load)}

    def fresh(self, hint: str) -> str:
        while hint in self.taken:
            hint += "_"
        self.taken.add(hint)
        return hint

    def static(self, node: gast.AST) -> Any:
        """The object that a name or a path of attributes of the module or a closure is; None where that may change."""
        if isinstance(node, gast.Attribute):
            return getattr(self.static(node.value), node.attr, None)
        if not isinstance(node, gast.Name) or node.id in self.bound:
            return None
        code = self.function.__code__
        if node.id in code.co_freevars and self.function.__closure__:
            cell = self.function.__closure__[code.co_freevars.index(node.id)]
            return getattr(cell, "cell_contents", None)
        return self.function.__globals__.get(node.id, getattr(builtins, node.id, None))

    def visit_Match(self, node: gast.Match) -> Any:
        self.generic_visit(node)
        try:
            return Patterns(self.static).statements(node, self.fresh("subject"), self.fresh)
        except NoCases:
            return node
