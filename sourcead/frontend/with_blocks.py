"""`with` around active code: which context managers let exceptions pass, and what stands for them in core.

with np.errstate(all="ignore"):         with_entered(np.errstate(all="ignore"), True)
    y = np.log(x)                  ->   y = np.log(x)
                                        with_left(np.errstate(all="ignore"))

In core the two calls stand beside the statements of the body, so that no analysis need know of blocks that run once.
Emitted text has the `with` again (`sourcead.optimize.nesting`). A manager that may swallow an exception, or of which
that is not known, is none of these: after it, nobody knows how far the body came.
"""

from __future__ import annotations

import contextlib
import decimal
import inspect
import io
import threading
import types
import warnings
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from sourcead.errors import NoEmittedForm
from sourcead.frontend.callees import is_user_function
from sourcead.frontend.names import MISSING, Frame
from sourcead.frontend.source import find
from sourcead.frontend.syntax import assign, call, clone, const, walk_own

# Classes whose managers let every exception pass and look at nothing of the block.
PASSING: tuple[Any, ...] = (
    contextlib.closing, contextlib.nullcontext, contextlib.redirect_stderr, contextlib.redirect_stdout,
    decimal.localcontext, io.IOBase, np.errstate, np.printoptions, open, threading.Condition, threading.Semaphore,
    type(threading.Lock()), type(threading.RLock()), warnings.catch_warnings,
)  # fmt: skip


def with_entered(manager: Any, again: bool = False) -> Any:
    """In core: what a `with` binds when it begins; `again` where the adjoints run under the manager, too."""
    raise AssertionError("internal error in managers: a core statement is run")


def with_left(manager: Any = None) -> None:
    """In core: the end of the innermost `with`; the manager stands here where the adjoints run under it."""
    raise AssertionError("internal error in managers: a core statement is run")


def is_marker(node: gast.Expr) -> bool:
    """Whether a core statement is the beginning or the end of a `with` that binds nothing."""
    func = node.value.func if isinstance(node.value, gast.Call) else None
    return isinstance(func, gast.Name) and func.id in (with_entered.__name__, with_left.__name__)


def lower_with(node: gast.With, builder: Any, frame: Frame) -> None:
    """Emit a `with` whose managers are known to let exceptions pass."""
    ends: list[gast.AST] = []

    def static(inner: gast.AST) -> Any:
        return builder.static(inner, frame)

    for item in node.items:
        if builder.active(item.context_expr, frame) or not _passes(
            item.context_expr, lambda n: builder.static(n, frame)
        ):
            raise builder.refuse(
                "`with` around active code",
                "Move the active code out of it, or allow the dynamic graph.",
                NoEmittedForm,
            )
        manager = builder.inert(item.context_expr, frame)
        again = _is_errstate(item.context_expr, lambda n: builder.static(n, frame))
        begin = call(builder.namespace.bind("with_entered", with_entered), manager)
        end = call(builder.namespace.bind("with_left", with_left))
        if again:
            begin.args.append(const(True))
            end.args.append(clone(manager))
        if item.optional_vars is None:
            builder.emit(gast.Expr(value=begin))
        elif isinstance(item.optional_vars, gast.Name):
            builder.emit(assign(builder.variable(frame, item.optional_vars.id), begin))
        else:
            builder.bind(item.optional_vars, builder.name(begin, "given"), frame)
        ends.append(end)
    builder.statements(node.body, frame)
    for end in reversed(ends):
        builder.emit(gast.Expr(value=end))


def _is_errstate(node: gast.AST, static: Callable[[gast.AST], Any]) -> bool:
    """Whether a manager sets how NumPy answers to overflow and the like, with settings that are written there."""
    called = isinstance(node, gast.Call) and static(node.func) is np.errstate and not node.args
    return called and all(isinstance(k.value, gast.Constant) for k in node.keywords)


def _passes(node: gast.AST, static: Callable[[gast.AST], Any]) -> bool:
    """Whether the manager that an expression gives is sure to let exceptions pass."""
    if not isinstance(node, gast.Call):
        manager = static(node)
        return manager is not MISSING and _kind_passes(type(manager))
    made = static(node.func)
    if made is MISSING:
        return False
    if isinstance(made, type):
        return _kind_passes(made)
    generator = getattr(made, "__wrapped__", None)
    if inspect.isgeneratorfunction(generator) and made.__code__.co_filename == contextlib.__file__:
        return is_user_function(generator) and not _catches(generator)
    return any(made is known for known in PASSING)


def _kind_passes(kind: type) -> bool:
    if any(isinstance(known, type) and issubclass(kind, known) for known in PASSING):
        return True
    leave = inspect.getattr_static(kind, "__exit__", None)
    if not isinstance(leave, types.FunctionType) or not is_user_function(leave):
        return False
    returned = [n.value for n in walk_own(find(leave).tree.body) if isinstance(n, gast.Return)]
    return all(v is None or isinstance(v, gast.Constant) and not v.value for v in returned)


def _catches(generator: Any) -> bool:
    """Whether a generator that makes a manager may go on after an exception of the block."""
    tries = [n for n in walk_own(find(generator).tree.body) if isinstance(n, (gast.Try, gast.TryStar))]
    return any(n.handlers for n in tries) or any(isinstance(n, gast.With) for n in walk_own(find(generator).tree.body))
