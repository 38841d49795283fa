"""Compares the derivatives of drawn programs with each other and with finite differences."""

from __future__ import annotations

import copy
import linecache
import types
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from drawing import ARGUMENTS, SIZES, Program, Statement

import sourcead

WRT = tuple(range(len(ARGUMENTS)))
WRONG = ("value", "grad", "tangent", "dynamic", "crash", "changed")


@dataclass(frozen=True)
class Finding:
    """An outcome: "agree", "unsuitable" (no trustworthy reference), "refused", or one of WRONG, with the facts."""

    outcome: str
    facts: str = ""


def load(source: str) -> types.FunctionType:
    """The function `f` of a source text; its lines are known to `linecache`."""
    name = f"<program {abs(hash(source))}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    space: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, name, "exec"), space)
    return space["f"]


def arguments(seed: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    drawn = [rng.uniform(-1.0, 1.0, SIZES[shape]) for shape in ARGUMENTS.values()]
    return tuple(a if a.ndim else float(a) for a in drawn)


def reference(f: Any, point: tuple[Any, ...], direction: tuple[Any, ...]) -> tuple[float, float] | None:
    """Value and directional derivative by central differences of two steps; None where these do not agree."""

    def along(step: float) -> float:
        return float(f(*[np.asarray(a + step * d) if np.ndim(a) else a + step * d for a, d in zip(point, direction)]))

    try:
        value = along(0.0)
        slopes = [(along(h) - along(-h)) / (2 * h) for h in (1e-4, 5e-5, 2.5e-5)]
        one_sided = [(along(h) - along(0.0)) / h for h in (1e-6, -1e-6)]
    except (NameError, IndexError, TypeError, ValueError, ArithmeticError, KeyError):
        return None
    found = (4 * slopes[2] - slopes[1]) / 3
    scale = 1.0 + abs(found)
    if not np.isfinite([value, found]).all() or abs(value) > 1e6 or scale > 1e6:
        return None
    if abs(found - (4 * slopes[1] - slopes[0]) / 3) > 1e-6 * scale or abs(one_sided[0] - one_sided[1]) > 1e-2 * scale:
        return None
    return value, found


def examine(program: Program, seed: int = 0) -> Finding:
    """What is found of one program."""
    source = program.source()
    try:
        f = load(source)
    except SyntaxError:
        return Finding("unsuitable")
    point = arguments(seed)
    rng = np.random.default_rng(seed + 1)
    direction = tuple(rng.standard_normal(np.shape(a)) if np.ndim(a) else float(rng.standard_normal()) for a in point)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        expected = reference(f, point, direction)
        if expected is None:
            return Finding("unsuitable")
        findings = [check(mode, f, point, direction, expected) for mode in ("grad", "tangent", "dynamic")]
    for finding in findings:
        if finding.outcome in WRONG:
            return finding
    return next((finding for finding in findings[:1] if finding.outcome == "refused"), findings[0])


def check(
    mode: str, f: Any, point: tuple[Any, ...], direction: tuple[Any, ...], expected: tuple[float, float]
) -> Finding:
    """What one mode gives at a point along a direction, beside value and slope by differences."""
    value, slope = expected
    given = copy.deepcopy(point)
    try:
        if mode == "tangent":
            found_value, found = sourcead.tangent(f, WRT)(*given, *direction)
        else:
            df = sourcead.value_and_grad(f, WRT, dynamic="always" if mode == "dynamic" else "auto")
            found_value, bars = df(*given)
            found = sum(np.sum(bar * d) for bar, d in zip(bars, direction))
    except sourcead.SourceADError as refusal:
        return Finding("refused", f"{mode}: {type(refusal).__name__}: {refusal.fact}")
    except Exception as error:  # whatever it is, it is a bug, and what is under examination is everything below
        return Finding("crash", f"{mode}: {type(error).__name__}: {error}")
    if any(not np.array_equal(a, b) for a, b in zip(given, point)):
        return Finding("changed", f"{mode}: the caller's arrays")
    if abs(float(found_value) - value) > 1e-9 * (1.0 + abs(value)):
        return Finding("value", f"{mode}: value {found_value}, expected {value}")
    if abs(float(found) - slope) > 1e-4 * (1.0 + abs(slope)):
        return Finding(mode, f"derivative {found}, expected {slope}")
    return Finding("agree")


def shrink(program: Program, outcome: str) -> Program:
    """The smallest program, by cutting off statements one after the other, that has the same outcome."""
    smaller = True
    while smaller:
        smaller = False
        for cut in _cuts(program):
            if examine(cut).outcome == outcome:
                program, smaller = cut, True
                break
    return program


def _cuts(program: Program) -> Iterable[Program]:
    for path in _paths(program.functions):
        cut = copy.deepcopy(program)
        place = cut.functions
        for step in path[:-1]:
            place = place[step].body
        statement = place[path[-1]]
        if not statement.fixed:
            del place[path[-1]]
            yield cut
            if statement.body:
                lifted = copy.deepcopy(cut)
                place = lifted.functions
                for step in path[:-1]:
                    place = place[step].body
                place[path[-1] : path[-1]] = statement.body
                yield lifted


def _paths(statements: list[Statement], prefix: tuple[int, ...] = ()) -> Iterable[tuple[int, ...]]:
    for k, statement in enumerate(statements):
        yield (*prefix, k)
        yield from _paths(statement.body, (*prefix, k))
