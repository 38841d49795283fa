"""Compares the derivatives of drawn programs with each other and with finite differences."""

from __future__ import annotations

import contextlib
import copy
import linecache
import random
import signal
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from writing import ARGUMENTS, SIZES

import sourcead
from sourcead.compiler import Program as Module
from sourcead.optimize.nesting import nest

WRONG = ("value", "derivative", "crash", "changed")
MODES = ("reverse", "forward", "dynamic", "plain", "second", "mixed", "packed")
# How often a mode besides reverse is asked of a program.
OFTEN = {"forward": 0.25, "dynamic": 0.2, "plain": 0.06, "second": 0.03, "mixed": 0.03, "packed": 0.05}
_TWICE = ("second", "mixed")
_BROKEN = (
    NameError,
    IndexError,
    TypeError,
    ValueError,
    ArithmeticError,
    KeyError,
    AttributeError,
    RuntimeError,
    StopIteration,
)
Point = tuple[Any, ...]


@dataclass(frozen=True)
class Finding:
    """An outcome: "agree", "unsuitable" (no trustworthy reference), "refused", or one of WRONG, with the facts."""

    outcome: str
    mode: str = ""
    facts: str = ""


@dataclass(frozen=True)
class Case:
    """A program at a point: which arguments are differentiated by, along which direction, in which modes."""

    source: str
    wrt: tuple[int, ...]
    modes: tuple[str, ...]
    seed: int = 0

    def arguments(self) -> Point:
        rng = np.random.default_rng(self.seed)
        drawn = [rng.uniform(-1.0, 1.0, SIZES[shape]) for shape in ARGUMENTS.values()]
        return tuple(a if a.ndim else float(a) for a in drawn)

    def direction(self) -> Point:
        rng = np.random.default_rng(self.seed + 1)
        drawn = [rng.standard_normal(SIZES[shape]) for shape in ARGUMENTS.values()]
        return tuple((a if a.ndim else float(a)) * (k in self.wrt) for k, a in enumerate(drawn))


def case_of(seed: int, source: str) -> Case:
    """The program of a seed with some of its arguments held fixed, in reverse mode and some of the others."""
    chance = random.Random(f"case {seed}")
    wrt = tuple(k for k in range(len(ARGUMENTS)) if chance.random() < 0.7) or (0,)
    modes = ["reverse"]
    for mode, share in OFTEN.items():
        if chance.random() < share:
            modes.append(mode)
    return Case(source, wrt, tuple(modes))


def load(source: str, name: str = "f", **known: Any) -> types.FunctionType:
    """A function of a source text; its lines are known to `linecache`."""
    file = f"<program {abs(hash(source))}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    space: dict[str, Any] = {"__name__": "program", **known}
    exec(compile(source, file, "exec", dont_inherit=True), space)
    return space[name]


def weighted(value: Any, rng: np.random.Generator) -> float:
    """One number of a result of several: each weighted."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return sum((weighted(v, rng) for v in value), 0.0)
    return float(np.sum(np.asarray(value, dtype=float) * rng.uniform(0.5, 1.5, np.shape(value))))


def weights(value: Any, rng: np.random.Generator) -> Any:
    """The cotangent that `weighted` stands for."""
    if isinstance(value, dict):
        return {key: weights(v, rng) for key, v in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(weights(v, rng) for v in value)
    made = rng.uniform(0.5, 1.5, np.shape(value))
    return made if np.ndim(value) else float(made)


def reference(f: Callable[..., Any], point: Point, direction: Point) -> tuple[float, float] | None:
    """Value and directional derivative by central differences of three steps; None where these do not agree."""

    def along(step: float) -> float:
        moved = [np.asarray(a + step * d) if np.ndim(a) else a + step * d for a, d in zip(point, direction)]
        return weighted(f(*moved), np.random.default_rng(3))

    try:
        value = along(0.0)
        slopes = [(along(h) - along(-h)) / (2 * h) for h in (1e-4, 5e-5, 2.5e-5)]
        sides = [(along(h) - value) / h for h in (1e-6, -1e-6)]
    except Exception:  # whatever a program raises, one of its own exceptions too: it has no value there
        return None
    found = (4 * slopes[2] - slopes[1]) / 3
    scale = 1.0 + abs(found)
    if not np.isfinite([value, found]).all() or abs(value) > 1e5 or scale > 1e5:
        return None
    if abs(found - (4 * slopes[1] - slopes[0]) / 3) > 1e-6 * scale or abs(sides[0] - sides[1]) > 1e-2 * scale:
        return None
    return value, found


def _undefined(f: Callable[..., Any], point: Point) -> bool:
    """Whether a function comes by infinity or by a value that is no number, though its result does not show it."""
    try:
        with np.errstate(invalid="raise", divide="raise", over="raise"):
            f(*copy.deepcopy(point))
    except FloatingPointError:
        return True
    return False


def _unsettled(mode: str, f: Callable[..., Any], case: Case, error: float) -> bool:
    """Whether rounding makes the error of a derivative: that of its own terms, or of the differences it is compared to.

    So it is where terms of 1e13 cancel, or numbers of 32 bits are computed with. It is another one then for arguments
    that differ a little, while what is wrong is as wrong there. Of second derivatives only their own terms are asked.
    """
    chance = np.random.default_rng(4)
    errors = []
    for _ in range(4):
        near = _near(case, 1e-15 if mode in _TWICE else 1e-4, chance)
        try:
            with _limited(20.0):
                found = float(_run(mode, f, case, near, case.direction())[1])
                compared = (0.0, 0.0) if mode in _TWICE else reference(f, near, case.direction())
        except (_Late, sourcead.SourceADError, *_BROKEN):
            return False
        errors += [found - compared[1]] if compared is not None else []
    return len(errors) > 1 and np.ptp(errors) > 0.2 * abs(error)


def _near(case: Case, size: float, chance: np.random.Generator) -> Point:
    """The arguments of a program, but for a few of the last digits of this relative size."""
    moved = [a * (1.0 + size * chance.integers(-3, 4, np.shape(a))) for a in case.arguments()]
    return tuple(a if np.ndim(a) else float(a) for a in moved)


class _Late(BaseException):
    """What was run did not end in its time."""


def _ring(signum: int, frame: Any) -> None:
    raise _Late


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise _Late once a block has used this much of the processor's time."""
    known = signal.signal(signal.SIGPROF, _ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.01)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, known)


def examine(case: Case) -> Finding:
    """What is found of one program: the first thing wrong, else a refusal, else agreement.

    Programs take less than a millisecond; one that takes a hundred does not end (a smaller one may lack the step that
    its loop counts by).
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            f = load(case.source)
            with _limited(0.1):
                expected = reference(f, case.arguments(), case.direction())
        except (SyntaxError, *_BROKEN, _Late):
            return Finding("unsuitable")
        if expected is None:
            return Finding("unsuitable")
        findings = []
        for mode in case.modes:
            found = _check(mode, f, case, *expected)
            if found.outcome in WRONG:
                return found
            findings.append(found)
            if found.outcome == "refused" and mode == "reverse":
                findings += [_check(m, f, case, *expected) for m in case.modes[1:] if m == "dynamic"]
                break
    wrong = next((found for found in findings if found.outcome in WRONG), None)
    return wrong or next((found for found in findings if found.outcome != "agree"), findings[0])


def _check(mode: str, f: Any, case: Case, value: float, slope: float) -> Finding:
    """What one mode gives at a point along a direction, beside value and slope by differences."""
    point, direction = case.arguments(), case.direction()
    given = copy.deepcopy(point)
    if mode in _TWICE and not _is_number(f(*copy.deepcopy(point))):
        # A gradient is asked for, which only a number has.
        return Finding("agree", mode)
    try:
        with _limited(20.0):
            found_value, found = _run(mode, f, case, given, direction)
    except _Late:
        return Finding("crash", mode, "does not end")
    except sourcead.SourceADError as refusal:
        return Finding("refused", mode, f"{type(refusal).__name__}: {refusal.fact}")
    except Exception as error:  # whatever it is, it is a bug, and what is under examination is everything below
        return Finding("crash", mode, f"{type(error).__name__}: {error}")
    if any(not np.array_equal(a, b) for a, b in zip(given, point)):
        return Finding("changed", mode, "the caller's arrays")
    if mode in _TWICE:
        try:
            with _limited(2.0):
                again = _differences_of_gradient(f, case)
        except (_Late, sourcead.SourceADError):
            again = None
        if again is None:
            return Finding("agree", mode)
        value, slope = again
    if abs(float(found_value) - value) > 1e-9 * (1.0 + abs(value)):
        return Finding("value", mode, f"value {found_value}, expected {value}")
    # Differences of numbers of 32 bits are no better.
    tolerance = 5e-3 if "float32" in case.source else 1e-4
    if not abs(float(found) - slope) <= tolerance * (1.0 + abs(slope)):
        if not np.isfinite(found) and _undefined(f, point) or _unsettled(mode, f, case, float(found) - slope):
            return Finding("unsuitable", mode)
        return Finding("derivative", mode, f"derivative {found}, expected {slope}")
    return Finding("agree", mode)


def _run(mode: str, f: Any, case: Case, given: Point, direction: Point) -> tuple[float, float]:
    """Value and directional derivative in a mode."""
    rng = np.random.default_rng(3)
    moves = [direction[k] for k in case.wrt]
    if mode == "forward":
        value, dot = sourcead.tangent(f, case.wrt)(*given, *moves)
        return weighted(value, rng), weighted(dot, np.random.default_rng(3))
    if mode == "mixed":
        bars, dots = sourcead.tangent(_gradient(f, case), case.wrt)(*given, *moves)
        return _along(bars, moves), _along(dots, moves)
    if mode == "packed":
        value, bars = _packed(f, given)
        return value, _along(bars, list(direction))
    if mode == "second":
        h = load(_SLOPE, "h", df=_gradient(f, case), wrt=case.wrt, direction=direction)
        value, bars = sourcead.value_and_grad(h, case.wrt)(*given)
        return value, _along(bars, moves)
    with _untidied() if mode == "plain" else contextlib.nullcontext():
        if _is_number(f(*copy.deepcopy(given))):
            df = sourcead.value_and_grad(f, case.wrt, dynamic="always" if mode == "dynamic" else "auto")
            value, bars = df(*given)
            weight = rng.uniform(0.5, 1.5)
            return float(value) * weight, _along(bars, moves) * weight
        value = f(*copy.deepcopy(given))
        bars = sourcead.adjoint(f, case.wrt)(*given, weights(value, np.random.default_rng(3)))
        return weighted(value, rng), _along(bars, moves)


_SLOPE = """
import numpy as np


def h(x, y, m, p):
    bars = df(x, y, m, p)
    total = 0.0
    for k in range(len(wrt)):
        total = total + np.sum(bars[k] * direction[wrt[k]])
    return total
"""


_PACKED = """
def packed(data):
    y, (m, p) = data["l"]
    return f(data["x"], y, m, p)
"""


def _packed(f: Any, given: Point) -> tuple[float, Point]:
    """Value and gradient where the arguments are the entries of one container; by all of them."""
    x, y, m, p = given
    data = {"x": x, "l": [y, (m, p)]}
    value = f(*copy.deepcopy(given))
    _, pullback = sourcead.vjp(load(_PACKED, "packed", f=f), data)
    (bar,) = pullback(weights(value, np.random.default_rng(3)))
    return weighted(value, np.random.default_rng(3)), (bar["x"], bar["l"][0], *bar["l"][1])


def _gradient(f: Any, case: Case) -> Any:
    return sourcead.grad(f, case.wrt)


def _differences_of_gradient(f: Any, case: Case) -> tuple[float, float] | None:
    direction = case.direction()
    df = _gradient(f, case)
    moves = [direction[k] for k in case.wrt]
    weight = np.random.default_rng(3).uniform(0.5, 1.5)
    return reference(lambda *args: _along(df(*args), moves) / weight, case.arguments(), direction)


def _along(bars: Any, moves: list[Any]) -> float:
    return float(sum(np.sum(bar * d) for bar, d in zip(bars, moves, strict=True)))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.generic)) or isinstance(value, np.ndarray) and value.ndim == 0


@contextlib.contextmanager
def _untidied() -> Iterator[None]:
    """Programs as they are before the passes that make them short."""
    tidy = Module.tidy
    Module.tidy = lambda self, body, both: nest(body, self.resolver(both.analysed.core))  # type: ignore
    try:
        yield
    finally:
        Module.tidy = tidy  # type: ignore[method-assign]
