"""Whether a body of emitted code may run twice: what it does besides giving values would happen twice too."""

from __future__ import annotations

import random

import gast
import numpy as np

from sourcead.errors import Refused
from sourcead.frontend.names import MISSING
from sourcead.frontend.syntax import walk
from sourcead.optimize.effects import Resolve, is_pure

DRAWING = {
    "binomial", "choice", "exponential", "gauss", "integers", "normal", "permutation", "poisson", "rand", "randint",
    "randn", "random", "shuffle", "standard_normal", "uniform",
}  # fmt: skip
OF_LISTS = {"append", "pop", "vjp", "jvp"}


def refuse_twice(name: str, body: list[gast.AST], functions: list[gast.FunctionDef], resolve: Resolve) -> None:
    """Raise Unsupported for a checkpoint that draws random numbers, prints, or changes what lasts."""
    found = first_effect(body, functions, resolve)
    if found is not None:
        raise Refused(
            f"`{name}` is a checkpoint, so that this would run twice",
            "Draw, print and change things outside of it, and pass it the values.",
            getattr(found, "origin", None),
        )


def first_effect(
    body: list[gast.AST], functions: list[gast.FunctionDef], resolve: Resolve, seen: frozenset[str] = frozenset()
) -> gast.AST | None:
    """The first statement that calls something that may print, draw, or change what lasts; None where there is none.

    Calls of other emitted functions, `functions`, are looked into.
    """
    own = {f.name: f for f in functions}
    for statement in walk(body):
        if not isinstance(statement, gast.stmt) or getattr(statement, "body", None):
            continue
        for call in (n for n in walk(statement) if isinstance(n, gast.Call)):
            name = call.func.id if isinstance(call.func, gast.Name) else ""
            if name in own:
                inner = None if name in seen else first_effect(own[name].body, functions, resolve, seen | {name})
                if inner is not None:
                    return statement
            elif not _repeatable(call, resolve):
                return statement
    return None


def _repeatable(call: gast.Call, resolve: Resolve) -> bool:
    if is_pure(call, resolve, frozenset()):
        return True
    function = resolve(call.func)
    if getattr(function, "__module__", "").startswith("runtime."):
        return True
    return function is MISSING and isinstance(call.func, gast.Attribute) and call.func.attr in OF_LISTS


def refuse_draws(name: str, functions: list[gast.FunctionDef], resolve: Resolve) -> None:
    """Raise Unsupported for a program that draws random numbers: each of its runs would be another function."""
    for statement in (n for f in functions for n in walk(f.body) if isinstance(n, gast.stmt)):
        if getattr(statement, "body", None):
            continue
        if any(isinstance(n, gast.Call) and _draws(n, resolve) for n in walk(statement)):
            raise Refused(
                f"`{name}` draws random numbers, and a Jacobian runs it once for each row or column",
                "Draw them outside, and pass them as an argument.",
                getattr(statement, "origin", None),
            )


def _draws(call: gast.Call, resolve: Resolve) -> bool:
    function = resolve(call.func)
    if function is MISSING:
        return isinstance(call.func, gast.Attribute) and call.func.attr in DRAWING
    owner = getattr(function, "__self__", None)
    return isinstance(owner, (np.random.Generator, np.random.RandomState, random.Random))
