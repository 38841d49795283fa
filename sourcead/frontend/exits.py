"""One way out of every block: no early return, no `continue`, and `break` only as a loop's last statement.

Requires: a function body as the user wrote it.
Ensures: `return` stands only at the very end, `break` only as `if flag: break` at the end of a loop body,
and loops have no `else`. A statement that may leave takes what follows it into its other branch, so that
tests are written once and nothing is copied:

    if a < 0:                 if a < 0:
        return b                  out = b
    c = b * a         ->      else:
    return c                      c = b * a
                                  out = c
                              return out
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import gast

from runtime.places import Origin
from sourcead.errors import Unsupported
from sourcead.frontend.syntax import assign, const, load, negate, walk_own

LEAVE = (gast.Return, gast.Break, gast.Continue)
ONCE = (gast.With, gast.Try, gast.TryStar)


@dataclass(frozen=True)
class _Around:
    """What a block's exits must set: the result's name, and the flags of the loop it stands in.

    `left` are flags that every exit sets, `gone` those that only a `return` does: within an inner loop, `break` and
    `continue` stay there.
    """

    result: str | None = None
    stop: str | None = None
    returned: str | None = None
    left: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def single_exit(
    body: list[gast.AST], fresh: Callable[[str], str], place: Callable[[gast.AST], Origin]
) -> tuple[list[gast.AST], str | None]:
    """The body with one exit, and the name that holds the result (None where the function returns nothing).

    Raises Unsupported for an exit in a `finally`, at its place.
    """
    for node in walk_own(body):
        leaving = [s for s in getattr(node, "finalbody", []) if _leaves(s)]
        if leaving:
            raise Unsupported(
                "an exit in a `finally` swallows what was raised", "Put it behind the try statement.", place(leaving[0])
            )
    if not _leaves(body, (gast.Return,)):
        return _block(body, _Around(), fresh), None
    if sum(isinstance(n, gast.Return) for n in walk_own(body)) == 1 and isinstance(body[-1], gast.Return):
        last = body[-1]
        rest = _block(body[:-1], _Around(), fresh)
        if last.value is None:
            return rest, None
        if isinstance(last.value, gast.Name):
            return rest, last.value.id
        result = fresh("result")
        return [*rest, _at(assign(result, last.value), last)], result
    result = fresh("result")
    head = [] if _always(body) else [assign(result, const(None))]
    return [*head, *_block(body, _Around(result), fresh)], result


def _at(made: gast.AST, origin: gast.AST) -> gast.AST:
    return gast.copy_location(made, origin)


def _leaves(node: gast.AST | list[gast.AST], kinds: tuple[type, ...] = LEAVE) -> bool:
    """Whether control may leave `node` itself; a `break` or `continue` inside an inner loop stays within."""
    stack = [(n, False) for n in (node if isinstance(node, list) else [node])]
    while stack:
        item, inner = stack.pop()
        if isinstance(item, gast.Return) and gast.Return in kinds:
            return True
        if isinstance(item, (gast.Break, gast.Continue)) and type(item) in kinds and not inner:
            return True
        if isinstance(item, (gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef, gast.Lambda)):
            continue
        looping = isinstance(item, (gast.For, gast.While))
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            for child in getattr(item, field, []) or [] if not isinstance(item, (gast.IfExp, gast.expr)) else []:
                stack.append((child, inner or (looping and field == "body")))
    return False


def _always(body: list[gast.AST]) -> bool:
    """Whether control never falls out of the end of `body`."""
    for statement in body:
        if isinstance(statement, (*LEAVE, gast.Raise)):
            return True
        if isinstance(statement, gast.If) and _always(statement.body) and _always(statement.orelse):
            return True
        if isinstance(statement, gast.With) and _always(statement.body):
            return True
        if isinstance(statement, ONCE[1:]) and _always_tried(statement):
            return True
        if isinstance(statement, gast.While) and isinstance(statement.test, gast.Constant) and statement.test.value:
            if not _leaves(statement.body, (gast.Break,)):
                return True
    return False


def _always_tried(statement: gast.Try) -> bool:
    handled = all(_always(h.body) for h in statement.handlers)
    return _always(statement.finalbody) or handled and (_always(statement.body) or _always(statement.orelse))


def _block(body: list[gast.AST], around: _Around, fresh: Callable[[str], str]) -> list[gast.AST]:
    out: list[gast.AST] = []
    for k, statement in enumerate(body):
        rest = body[k + 1 :]
        if isinstance(statement, LEAVE):
            return [*out, *_leave(statement, around)]
        if isinstance(statement, gast.Raise):
            return [*out, statement]
        if isinstance(statement, gast.If) and _leaves(statement):
            return [*out, *_branch(statement, rest, around, fresh)]
        if isinstance(statement, ONCE) and _leaves(statement):
            return [*out, *_once(statement, rest, around, fresh)]
        if isinstance(statement, (gast.For, gast.While)):
            return [*out, *_loop(statement, rest, around, fresh)]
        out.append(_inside(statement, fresh))
    return out


def _inside(statement: gast.AST, fresh: Callable[[str], str]) -> gast.AST:
    """A statement that control does not leave, with the loops in it put in order."""
    if not isinstance(statement, (gast.If, *ONCE, gast.Match)):
        return statement
    parts = [statement, *getattr(statement, "handlers", []), *getattr(statement, "cases", [])]
    for part in parts:
        for field in ("body", "orelse", "finalbody"):
            if getattr(part, field, None):
                setattr(part, field, _block(getattr(part, field), _Around(), fresh) or [gast.Pass()])
    return statement


def _leave(statement: gast.AST, around: _Around) -> list[gast.AST]:
    made: list[gast.AST] = []
    flags: list[str | None] = []
    if isinstance(statement, gast.Return):
        if around.result:
            made.append(assign(around.result, statement.value or const(None)))
        flags = [around.returned, around.stop, *around.left, *around.gone]
    elif isinstance(statement, gast.Break):
        flags = [around.stop, *around.left]
    else:
        flags = [*around.left]
    made += [assign(flag, const(True)) for flag in flags if flag]
    return [_at(m, statement) for m in made]


def _once(statement: gast.AST, rest: list[gast.AST], around: _Around, fresh: Callable[[str], str]) -> list[gast.AST]:
    """`with` and `try`: exits inside set a flag, and what follows runs where it is not set.

    An exit is set last, after the value of `return` is there: computing that may raise, and a handler may go on.
    The `else` of a `try` does not run where its body has left.
    """
    left = fresh("left") if rest or isinstance(statement, ONCE[1:]) and statement.orelse else None
    inside = replace(around, left=(*around.left, left)) if left else around

    def block(body: list[gast.AST]) -> list[gast.AST]:
        return _block(body, inside, fresh) or [gast.Pass()]

    if isinstance(statement, gast.With):
        made: gast.AST = gast.With(items=statement.items, body=block(statement.body), type_comment=None)
    else:
        orelse = statement.orelse
        if orelse and left and _leaves(statement.body):
            orelse = [_at(gast.If(test=negate(load(left)), body=orelse, orelse=[]), orelse[0])]
        handlers = [
            _at(gast.ExceptHandler(type=h.type, name=h.name, body=block(h.body)), h) for h in statement.handlers
        ]
        made = type(statement)(
            body=block(statement.body),
            handlers=handlers,
            orelse=block(orelse) if orelse else [],
            finalbody=statement.finalbody,
        )
    head = [_at(assign(left, const(False)), statement)] if left else []
    after = _block(rest, around, fresh)
    if after and left:
        after = [_at(gast.If(test=negate(load(left)), body=after, orelse=[]), rest[0])]
    return [*head, _at(made, statement), *after]


def _branch(statement: gast.If, rest: list[gast.AST], around: _Around, fresh: Callable[[str], str]) -> list[gast.AST]:
    """A branch with exits: what follows goes where it is reached from, or runs where a flag is not set."""

    def made(body: list[gast.AST], orelse: list[gast.AST], inside: _Around) -> gast.AST:
        then = _block(body, inside, fresh) or [gast.Pass()]
        return _at(gast.If(test=statement.test, body=then, orelse=_block(orelse, inside, fresh)), statement)

    if not rest:
        return [made(statement.body, statement.orelse, around)]
    if _always(statement.body):
        return [made(statement.body, [*statement.orelse, *rest], around)]
    if _always(statement.orelse):
        return [made([*statement.body, *rest], statement.orelse, around)]
    left = fresh("left")
    branch = made(statement.body, statement.orelse, replace(around, left=(*around.left, left)))
    guarded = gast.If(test=negate(load(left)), body=_block(rest, around, fresh) or [gast.Pass()], orelse=[])
    return [_at(assign(left, const(False)), statement), branch, _at(guarded, rest[0])]


def _loop(statement: gast.AST, rest: list[gast.AST], around: _Around, fresh: Callable[[str], str]) -> list[gast.AST]:
    """The loop with its exits as flags, and after it the statements that run only where control gets there."""
    breaks = _leaves(statement.body, (gast.Break,))
    returns = _leaves(statement.body, (gast.Return,))
    stop = fresh("stop") if breaks or returns else None
    returned = (around.returned or fresh("returned")) if returns else None
    inside = _Around(around.result, stop, returned, gone=(*around.left, *around.gone))
    body = _block(statement.body, inside, fresh) or [gast.Pass()]
    made: list[gast.AST] = []
    if stop:
        made.append(assign(stop, const(False)))
        body = [*body, gast.If(test=load(stop), body=[gast.Break()], orelse=[])]
    if returned and returned != around.returned:
        made.append(assign(returned, const(False)))
    if isinstance(statement, gast.For):
        made.append(gast.For(target=statement.target, iter=statement.iter, body=body, orelse=[], type_comment=None))
    else:
        made.append(gast.While(test=statement.test, body=body, orelse=[]))
    if returned and around.stop:
        made.append(gast.If(test=load(returned), body=[assign(around.stop, const(True))], orelse=[]))
    out = [_at(s, statement) for s in made]
    if statement.orelse and stop:
        rest = [_at(gast.If(test=negate(load(stop)), body=statement.orelse, orelse=[]), statement), *rest]
    else:
        rest = [*statement.orelse, *rest]
    after = _block(rest, around, fresh)
    if returned and after:
        return [*out, _at(gast.If(test=negate(load(returned)), body=after, orelse=[]), statement)]
    return [*out, *after]
