"""Which rules of the table answer a call, and what they read."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from runtime.errors import DerivativeLost
from runtime.primitives import registry
from runtime.reads import SHAPE, VALUE, ignores_value, reads


class Part(NamedTuple):
    """How one argument of an operation gets its cotangent.

    `kind` is "partial", "reverse" or "index" (reading by index: the cotangent is sparse). `operand` is the position
    among arguments collected by `*operands`.
    """

    kind: str
    rule: Callable[..., Any]
    slot: int | str
    operand: int | None


class Plan(NamedTuple):
    """What the table says of one form of call: its rules, and what they read of the arguments and the result."""

    parts: tuple[Part, ...]
    reads: dict[int | str, str]
    result: str | None


def title(function: Callable[..., Any]) -> str:
    """A function's name as users write it."""
    name = getattr(function, "__name__", type(function).__name__)
    parts = (getattr(function, "__module__", None) or "").split(".")
    if isinstance(function, np.ufunc) and getattr(np, name, None) is function or parts[0] == "numpy":
        return f"np.{name}" if len(parts) == 1 or parts[1] not in ("linalg", "fft") else f"np.{parts[1]}.{name}"
    if parts[0] == "scipy":
        return ".".join([*[part for part in parts if not part.startswith("_")], name])
    return name


@functools.cache
def plan_for(function: Callable[..., Any], count: int, keywords: tuple[str, ...], slots: tuple[int | str, ...]) -> Plan:
    """The rules for a call with `count` positional arguments and these keywords, of which `slots` carry derivatives.

    Raises DerivativeLost where the table has none.
    """
    rule = registry.lookup(function)
    if rule is None:
        raise DerivativeLost(
            f"{title(function)} has no derivative rule",
            "Write it with functions that have one, register one, or call it on detached data.",
        )
    parts: list[Part] = []
    reading: dict[int | str, str] = {}
    result: str | None = None
    answered: set[int | str] = set()
    for wrt in rule.active:
        kind, texts, leading = _texts(rule, wrt)
        markers = {key: key for key in keywords}
        text = registry.select(texts, leading, tuple(range(count)), markers)
        if text is None:
            continue
        bound = registry.bind(text, leading, tuple(range(count)), markers) or {}
        starred = wrt.startswith("*")
        answering = bound.get(wrt.lstrip("*"))
        if answering is None:
            continue
        chosen = [slot for slot in slots if slot in (answering if starred else (answering,))]
        for slot in chosen:
            answered.add(slot)
            parts.append(Part(kind, text, slot, answering.index(slot) if starred else None))
        if chosen:
            result = _stronger(result, _note_reads(text, kind, leading, bound, reading))
            for slot in chosen:
                # What comes back must have the shape and dtype of the argument.
                reading.setdefault(slot, SHAPE)
    for slot in slots:
        if slot not in answered and not ignores_value(function, slot):
            raise DerivativeLost(
                f"{title(function)} has no derivative rule for its argument {slot!r} in a call with {count} positional"
                f" arguments and the keywords {', '.join(keywords) or '(none)'}",
                "Leave the keyword out, or write the call with functions that have a rule.",
            )
    if function is operator.getitem:
        parts = [part._replace(kind="index") for part in parts]
    return Plan(tuple(parts), reading, result)


def _texts(rule: registry.Rule, wrt: str) -> tuple[str, list[registry.RuleFunction], int]:
    if wrt in rule.partials:
        return "partial", rule.partials[wrt], 1
    return "reverse", rule.reverse.get(wrt, []), 3 if wrt.startswith("*") else 2


def _note_reads(
    text: Callable[..., Any], kind: str, leading: int, bound: dict[str, Any], reading: dict[int | str, str]
) -> str | None:
    """Add what a rule's text reads of the arguments to `reading`; returns how it reads the result."""
    read = reads(text)
    for name, answering in bound.items():
        how = read.get(name)
        for slot in answering if isinstance(answering, tuple) else (answering,):
            if how is not None and not isinstance(slot, dict):
                reading[slot] = _stronger(reading.get(slot), how) or how
    names = list(text.__code__.co_varnames)
    return read.get(names[leading - 1 if kind == "partial" else 1])


def _stronger(one: str | None, other: str | None) -> str | None:
    return VALUE if VALUE in (one, other) else one or other


@functools.cache
def forward_rule(
    function: Callable[..., Any], part: Part, count: int, keywords: tuple[str, ...]
) -> tuple[str, Callable[..., Any]]:
    """The kind of an operation and its forward rule in the argument of `part`; a linear operation is its own."""
    rule = registry.lookup(function)
    if rule is None or rule.kind == "elementwise":
        return "elementwise", part.rule
    if rule.kind == "linear":
        return "linear", function
    for wrt, texts in rule.forward.items():
        leading = 3 if wrt.startswith("*") else 2
        markers = {key: key for key in keywords}
        text = registry.select(texts, leading, tuple(range(count)), markers)
        if text is not None:
            answering = (registry.bind(text, leading, tuple(range(count)), markers) or {}).get(wrt.lstrip("*"))
            if part.slot == answering or wrt.startswith("*") and part.slot in (answering or ()):
                return "general", text
    raise DerivativeLost(
        f"{title(function)} has no forward rule for its argument {part.slot!r}",
        "Use reverse mode, or register a forward rule.",
    )
