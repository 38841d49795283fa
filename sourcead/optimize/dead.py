"""Drop what nobody reads.

Requires: an emitted function body.   Ensures: the same result and the same effects, without statements whose
result is unused; branches, loops and `with np.errstate` left empty go too, and so do tapes from which only unused
values are popped.

    h = np.tanh(x)
    loss = np.sum(h)            h = np.tanh(x)
    x_bar = 1.0 - h * h   ->    x_bar = 1.0 - h * h
    return x_bar                return x_bar
"""

from __future__ import annotations

from typing import Any

import gast

from sourcead.frontend.comment import Comment
from sourcead.frontend.syntax import names_read, names_written
from sourcead.frontend.with_blocks import with_entered, with_left
from sourcead.optimize.consuming import is_consumed
from sourcead.optimize.known import Facts, Known, head_of

Live = frozenset[str]


def drop_dead(
    body: list[gast.AST],
    known: Known,
    aliased: frozenset[str],
    own: frozenset[str] = frozenset(),
    folded: bool = False,
) -> list[gast.AST]:
    """The body without dead statements; writes into `aliased` variables stay, for they may be read elsewhere.

    `own` are the compiler's own variables, among them the tapes. Once the body is `folded`, what a comment is about may
    stand in the `return` after it.
    """
    ends = Comment if folded else (Comment, gast.Return)
    while True:
        dead = _Dead(known, aliased)
        kept, _ = dead.block(body, frozenset())
        kept = _without_tapes(_drop_comments(kept, ends), _idle_tapes(kept, dead.popped, known) & own)
        if len(_every(kept)) == len(_every(body)):
            return kept
        body = kept


class _Dead:
    def __init__(self, known: Known, aliased: frozenset[str]) -> None:
        self.known, self.aliased = known, aliased
        # Whether the value of a pop is read; loops are looked at several times, and the last look counts.
        self.popped: dict[int, bool] = {}
        # What is read after the loops around, and at the start of their next rounds.
        self.exits: list[tuple[Live, Live]] = []

    def block(self, body: list[gast.AST], live: Live) -> tuple[list[gast.AST], Live]:
        kept: list[gast.AST] = []
        for statement in reversed(body):
            made, live = self.statement(statement, live)
            if made is None:
                continue
            end = self._end_of_idle(made, kept)
            if end is None:
                kept.append(made)
            else:
                del kept[end:]
        return kept[::-1], live

    def _end_of_idle(self, node: gast.AST, after: list[gast.AST]) -> int | None:
        """Where the `with` block that a statement begins ends, if nothing is in it and its manager does nothing else.

        `after` are the statements after it, the last one first.
        """
        if self.known.mark(node) is not with_entered or len(node.value.args) == 1:
            return None
        end = next((k for k in reversed(range(len(after))) if not isinstance(after[k], Comment)), None)
        return end if end is not None and self.known.mark(after[end]) is with_left else None

    def statement(self, node: gast.AST, live: Live) -> tuple[gast.AST | None, Live]:
        kind = node.__class__
        if kind is Comment:
            return node, live
        if kind is gast.If:
            return self._branch(node, live)
        if kind is gast.For or kind is gast.While:
            return self._loop(node, live)
        if kind is gast.Pass:
            return None, live
        if kind is gast.Break or kind is gast.Continue:
            after, head = self.exits[-1]
            return node, after if kind is gast.Break else head
        facts = self.known[node]
        if isinstance(node, gast.Assign) and _tape_of(node, "pop"):
            self.popped[id(node)] = not facts.naming or not facts.written.isdisjoint(live)
        if self._needless(node, facts, live):
            return None, live
        if facts.naming:
            live = live - facts.written
        elif isinstance(node, gast.AugAssign):
            live = live | facts.written
        return node, live | facts.reads

    def _needless(self, node: gast.AST, facts: Facts, live: Live) -> bool:
        if facts.lasting:
            return False
        if facts.naming:
            return facts.pure and not facts.written & live
        if isinstance(node, (gast.Assign, gast.AugAssign)):
            changed = facts.changed | (facts.written if isinstance(node, gast.AugAssign) else set())
            return facts.pure and not changed & (live | self.aliased)
        if isinstance(node, gast.Expr):
            if facts.changed:
                return not facts.changed & (live | self.aliased) and _is_append_only(node)
            return facts.pure
        return False

    def _branch(self, node: gast.If, live: Live) -> tuple[gast.AST | None, Live]:
        body, live1 = self.block(node.body, live)
        orelse, live2 = self.block(node.orelse, live)
        if not _real(body) and not _real(orelse):
            return (None, live) if self.known.is_pure(node.test) else (node, live | names_read(node.test))
        test = node.test
        if not _real(body):
            body, orelse = orelse, []
            test = (
                test.operand
                if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not)
                else gast.UnaryOp(gast.Not(), test)
            )
        made = gast.If(test=test, body=body, orelse=orelse if _real(orelse) else [])
        made.origin = getattr(node, "origin", None)
        return made, live1 | live2 | names_read(test)

    def _loop(self, node: gast.AST, live: Live) -> tuple[gast.AST | None, Live]:
        head = live | names_read(node.iter if isinstance(node, gast.For) else node.test)
        while True:
            self.exits.append((live, head))
            body, inside = self.block(node.body, head)
            self.exits.pop()
            grown = head | (inside - (names_written(node.target) if isinstance(node, gast.For) else frozenset()))
            if grown == head:
                break
            head = grown
        if isinstance(node, gast.For):
            needless = self.known.is_pure(node.iter) and not is_consumed(node.iter)
            if not _real(body) and needless and not names_written(node.target) & live:
                return None, live
            made: gast.AST = gast.For(node.target, node.iter, body if _real(body) else [gast.Pass()], [], None)
        else:
            made = gast.While(node.test, body if _real(body) else [gast.Pass()], [])
        made.origin = getattr(node, "origin", None)
        return made, head


def _tape_of(node: gast.AST, method: str) -> str:
    """The list that a statement appends to or pops from, by name; an empty name where it does not."""
    call = getattr(node, "value", None)
    if isinstance(call, gast.Call) and isinstance(call.func, gast.Attribute) and call.func.attr == method:
        if isinstance(call.func.value, gast.Name) and len(call.args) == (method == "append"):
            return call.func.value.id
    return ""


def _every(body: list[gast.AST]) -> list[gast.AST]:
    """The statements of a body and of the branches and loops in it."""
    found: list[gast.AST] = []
    for node in body:
        found.append(node)
        if isinstance(node, (gast.If, gast.For, gast.While)):
            found += [*_every(node.body), *_every(node.orelse)]
    return found


def _starts_tape(node: gast.AST) -> bool:
    return isinstance(node, gast.Assign) and isinstance(node.value, gast.List) and not node.value.elts


def _idle_tapes(body: list[gast.AST], popped: dict[int, bool], known: Known) -> frozenset[str]:
    """The lists that are only made empty, appended to and popped from, and whose popped values nobody reads."""
    statements = _every(body)
    made = {name for node in statements if _starts_tape(node) for name in known[node].written}
    if not made:
        return frozenset()
    busy: set[str] = set()
    for node in statements:
        if isinstance(node, (gast.If, gast.For, gast.While)):
            busy |= names_read(head_of(node))
            continue
        loads = known[node].loads
        for tape in made.intersection(loads):
            appends = isinstance(node, gast.Expr) and _tape_of(node, "append") == tape
            pops = isinstance(node, gast.Assign) and _tape_of(node, "pop") == tape
            needless = appends and known.is_pure(node.value.args[0]) or pops and not popped.get(id(node), True)
            if not needless or loads[tape] > 1:
                busy.add(tape)
    return frozenset(made - busy)


def _without_tapes(body: list[gast.AST], tapes: frozenset[str]) -> list[gast.AST]:
    kept: list[gast.AST] = []
    for node in body if tapes else ():
        for field in ("body", "orelse"):
            if getattr(node, field, None) and not isinstance(node, gast.expr):
                setattr(node, field, _without_tapes(getattr(node, field), tapes))
        started = _starts_tape(node) and names_written(node) <= tapes
        if not started and not {_tape_of(node, "append"), _tape_of(node, "pop")} & tapes:
            kept.append(node)
    return kept if tapes else body


def _is_append_only(node: gast.Expr) -> bool:
    return (
        isinstance(node.value, gast.Call)
        and isinstance(node.value.func, gast.Attribute)
        and node.value.func.attr == "append"
    )


def _real(body: list[gast.AST]) -> bool:
    return any(not isinstance(s, (Comment, gast.Pass)) for s in body)


def _drop_comments(body: list[gast.AST], ends: Any) -> list[gast.AST]:
    """Comments that no statement follows, but the end or one of `ends`, are dropped with what stood under them."""
    kept: list[gast.AST] = []
    for k, node in enumerate(body):
        if isinstance(node, Comment) and (k + 1 == len(body) or isinstance(body[k + 1], ends)):
            continue
        for field in ("body", "orelse"):
            if getattr(node, field, None) and not isinstance(node, gast.expr):
                setattr(node, field, _drop_comments(getattr(node, field), ends))
        kept.append(node)
    return kept
