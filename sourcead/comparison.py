"""Reverse mode, forward mode and finite differences of one function at one point, side by side.

An output that is not a single number is weighted by fixed random numbers and summed, so that every entry of it takes
part. Finite differences are central, with a step of the cube root of the rounding unit.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from runtime.structure import flatten, is_inexact, match, paths
from sourcead import api
from sourcead.errors import DerivativeMismatch, NotDifferentiable, UnknownArgument
from sourcead.frontend.annotations import signature_of
from sourcead.target import UserCode

SEED = 20240229
MODES = ("fwd", "rev")
HEADINGS = ("argument", "index", "reverse", "forward", "numeric")


@dataclass(frozen=True)
class Row:
    """One element of an argument, or a direction in it, and its derivative three times."""

    argument: str
    index: str
    reverse: float
    forward: float
    numeric: float
    agrees: bool


@dataclass(frozen=True)
class Comparison:
    """The rows, how many elements were compared one by one, and how many there are."""

    rows: tuple[Row, ...]
    compared: int
    elements: int

    @property
    def agrees(self) -> bool:
        """Whether all three numbers agree in every row."""
        return all(row.agrees for row in self.rows)

    def __str__(self) -> str:
        lines = [[*HEADINGS, ""]]
        for row in self.rows:
            numbers = [f"{number:.9g}" for number in (row.reverse, row.forward, row.numeric)]
            lines.append([row.argument, row.index, *numbers, "" if row.agrees else "differs"])
        widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
        table = ["  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths)).rstrip() for line in lines]
        wrong = sum(not row.agrees for row in self.rows)
        verdict = f"{wrong} of {len(self.rows)} rows differ" if wrong else "all agree"
        return "\n".join([*table, f"{self.compared} of {self.elements} elements compared one by one: {verdict}"])


@dataclass(frozen=True)
class _Leaf:
    """A floating-point array or number within an argument: where it stands and what its elements are called."""

    argument: int
    position: int
    name: str
    value: np.ndarray


def compare(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    wrt: Any = None,
    limit: int = 10,
    modes: tuple[str, ...] = MODES,
    rtol: float | None = None,
    atol: float | None = None,
) -> Comparison:
    """Compare the derivatives of `function` at `args`.

    `wrt` is a name, a position or a tuple of these; None means every one of `args` that holds floating-point numbers.
    An argument with more than `limit` elements gets `limit` rows, spread evenly, and one row along a random direction.
    A mode that is not in `modes` is not computed, and its numbers are those of the differences. Without `rtol` and
    `atol` the tolerance is what central differences can tell.

    Raises: NotDifferentiable where there is nothing to differentiate, and whatever the transforms refuse.
    """
    given = len(args)
    with UserCode("calling the function", "Give arguments that the function accepts."):
        names, args = _positional(function, args)
        value = function(*_copied(args))
    chosen = _given_floats(args[:given]) if wrt is None else _positions(names, wrt)
    weights = _weights(value)
    reversed_ = "rev" in modes
    pulled = dict(zip(chosen, _call(api.adjoint(function, chosen), function, args, [weights]))) if reversed_ else {}
    pushed = api.tangent(function, chosen) if "fwd" in modes else None
    rows: list[Row] = []
    compared = elements = 0
    for leaf in _leaves(names, args, chosen):
        bar = match(args[leaf.argument], pulled[leaf.argument])[leaf.position] if reversed_ else None
        for label, direction in _directions(leaf, limit):
            reverse = forward = numeric = _difference(function, args, leaf, direction, weights)
            if bar is not None:
                reverse = float(np.real(np.sum(np.conjugate(bar) * direction)))
            if pushed is not None:
                dots = [_tangent(args[k], leaf if k == leaf.argument else None, direction) for k in chosen]
                forward = _weighted(_call(pushed, function, args, dots)[1], weights)
            agrees = all(_close(found, numeric, leaf, value, rtol, atol) for found in (reverse, forward))
            rows.append(Row(leaf.name, label, reverse, forward, numeric, agrees))
        compared += min(limit, leaf.value.size)
        elements += leaf.value.size
    return Comparison(tuple(rows), compared, elements)


def _positional(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[list[str], tuple[Any, ...]]:
    """Names and values of all positional arguments, defaults included."""
    bound = signature_of(function).bind(*args)
    bound.apply_defaults()
    names: list[str] = []
    for name, parameter in bound.signature.parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{name}[{k}]" for k in range(len(bound.arguments[name]))]
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            names.append(name)
    return names, bound.args


def _given_floats(args: tuple[Any, ...]) -> tuple[int, ...]:
    found = tuple(k for k in range(len(args)) if any(map(is_inexact, flatten(args[k])[0])))
    if not found:
        fact = "none of the arguments holds floating-point numbers"
        raise NotDifferentiable(fact, "Write numbers with a decimal point: 3.0, np.ones(3).")
    return found


def _positions(names: list[str], wrt: Any) -> tuple[int, ...]:
    return tuple(_position(names, key) for key in (wrt if isinstance(wrt, tuple) else (wrt,)))


def _position(names: list[str], key: int | str) -> int:
    if isinstance(key, str) and key in names:
        return names.index(key)
    if isinstance(key, int) and key < len(names):
        return key
    raise UnknownArgument(f"there is no argument {key!r}", f"The arguments are: {', '.join(names)}.")


def _call(derived: Callable[..., Any], function: Callable[..., Any], args: tuple[Any, ...], added: list[Any]) -> Any:
    """Call an adjoint or tangent; what it takes besides the function's own arguments may be keyword-only."""
    own = signature_of(function).parameters
    new = [p for p in signature_of(derived).parameters.values() if p.name not in own]
    if any(p.kind is p.KEYWORD_ONLY for p in new):
        return derived(*_copied(args), **{p.name: value for p, value in zip(new, added, strict=True)})
    return derived(*_copied(args), *added)


def _copied(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The function may write into its arguments; each call gets its own."""
    leaves, rebuild = flatten(args)
    return rebuild([leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in leaves])


def _leaves(names: list[str], args: tuple[Any, ...], chosen: tuple[int, ...]) -> Iterator[_Leaf]:
    for k in chosen:
        for position, (path, leaf) in enumerate(zip(paths(args[k]), flatten(args[k])[0])):
            name = names[k] + "".join(f"[{key!r}]" for key in path)
            if is_inexact(leaf):
                yield _Leaf(k, position, name, np.asarray(leaf))


def _directions(leaf: _Leaf, limit: int) -> Iterator[tuple[str, np.ndarray]]:
    """Unit vectors, spread evenly where there are more than `limit`, and then a random direction as well.

    An element of a complex array has two: one along the real axis, one along the imaginary.
    """
    shape, dtype, size = leaf.value.shape, leaf.value.dtype, leaf.value.size
    for flat in sorted(set(np.linspace(0, size - 1, min(size, limit)).astype(int).tolist())):
        index = ", ".join(str(int(i)) for i in np.unravel_index(flat, shape)) or "-"
        for part, unit in (("", 1.0),) if dtype.kind == "f" else ((" re", 1.0), (" im", 1.0j)):
            direction = np.zeros(shape, dtype)
            direction.flat[flat] = unit
            yield index + part, direction
    if size > limit:
        direction = _random(leaf.value)
        yield "direction", (direction / np.linalg.norm(direction)).astype(dtype)


def _random(like: Any) -> Any:
    """Fixed random numbers of the shape and dtype of `like`."""
    shape, dtype = np.shape(like), np.result_type(like)
    random = np.random.default_rng(SEED)
    drawn = random.standard_normal(shape)
    return (drawn if dtype.kind == "f" else drawn + 1j * random.standard_normal(shape)).astype(dtype)


def _tangent(argument: Any, leaf: _Leaf | None, direction: np.ndarray) -> Any:
    """`direction` in the place of `leaf`, zero everywhere else in the argument."""
    leaves, rebuild = flatten(argument)
    dots = [np.zeros_like(value) if isinstance(value, np.ndarray) and is_inexact(value) else 0.0 for value in leaves]
    if leaf is not None:
        dots[leaf.position] = direction if isinstance(leaves[leaf.position], np.ndarray) else direction.item()
    return rebuild(dots)


def _moved(args: tuple[Any, ...], leaf: _Leaf, step: np.ndarray) -> tuple[Any, ...]:
    leaves, rebuild = flatten(args[leaf.argument])
    moved = leaf.value + step
    leaves[leaf.position] = moved if isinstance(leaves[leaf.position], np.ndarray) else moved.item()
    argument = rebuild(leaves)
    return _copied((*args[: leaf.argument], argument, *args[leaf.argument + 1 :]))


def _weights(value: Any) -> Any:
    """A cotangent of the output: one for a single number, fixed random numbers for anything else."""
    leaves, rebuild = flatten(value)
    if len(leaves) == 1 and np.ndim(leaves[0]) == 0 and np.result_type(leaves[0]).kind == "f":
        return rebuild([1.0])
    return rebuild([_random(leaf) if is_inexact(leaf) else 0.0 for leaf in leaves])


def _weighted(value: Any, weights: Any) -> float:
    """The real part of the weighted sum of an output or of its tangent; parts that are not numbers weigh nothing."""
    pairs = zip(match(weights, value), flatten(weights)[0])
    return float(np.real(sum(np.sum(np.conjugate(weight) * leaf) for leaf, weight in pairs if is_inexact(leaf))))


def _difference(
    function: Callable[..., Any], args: tuple[Any, ...], leaf: _Leaf, direction: np.ndarray, weights: Any
) -> float:
    """The central difference along `direction`, for a step that the leaf's own precision allows."""
    scale = max(1.0, float(np.max(np.abs(leaf.value))))
    step = (direction * (np.finfo(leaf.value.dtype).eps ** (1 / 3) * scale)).astype(leaf.value.dtype)
    ahead, behind = _moved(args, leaf, step), _moved(args, leaf, -step)
    length = float(np.linalg.norm(step) / np.linalg.norm(direction))
    return (_weighted(function(*ahead), weights) - _weighted(function(*behind), weights)) / (2.0 * length)


def _close(derivative: float, numeric: float, leaf: _Leaf, value: Any, rtol: float | None, atol: float | None) -> bool:
    """Within what central differences can tell: truncation relative to the derivative, rounding to the value."""
    precision = float(np.finfo(leaf.value.dtype).eps) ** (2 / 3)
    relative = max(1e-5, 1e3 * precision) if rtol is None else rtol
    size = max([1.0, *(float(np.max(np.abs(v))) for v in flatten(value)[0] if is_inexact(v) and np.size(v))])
    absolute = 1e2 * precision * size if atol is None else atol
    return abs(derivative - numeric) <= relative * max(abs(derivative), abs(numeric)) + absolute


def check_grads(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    wrt: Any = 0,
    *,
    order: int = 1,
    modes: tuple[str, ...] = MODES,
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """Raise DerivativeMismatch where a derivative of `f` at `args` disagrees with central differences.

    `wrt` is a position, a name, a tuple of these, or None for every argument that holds floating-point numbers.
    With `order=2` the derivatives are checked as functions too, in all of `modes`, and so on. An argument of more than
    ten elements is checked at ten of them and along one random direction. Passing proves little at a kink, and nothing
    about other arguments.
    """
    if not set(modes) <= set(MODES) or not modes:
        raise ValueError(f"modes are among {MODES}, not {modes!r}")
    if order < 1:
        raise ValueError(f"order is at least 1, not {order}")
    _check(f, tuple(args), wrt, order, tuple(modes), (rtol, atol), getattr(f, "__name__", "the function"))


def _check(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    wrt: Any,
    order: int,
    modes: tuple[str, ...],
    tolerances: tuple[float | None, float | None],
    called: str,
) -> None:
    for row in compare(f, args, wrt, modes=modes, rtol=tolerances[0], atol=tolerances[1]).rows:
        if not row.agrees:
            mode, found = max((("reverse", row.reverse), ("forward", row.forward)), key=lambda m: _gap(m[1], row))
            place = row.argument if row.index == "-" else f"{row.argument}[{row.index}]"
            raise DerivativeMismatch(
                f"the {mode} derivative of {called} with respect to {place} is {found:.9g}, and differences give "
                f"{row.numeric:.9g}",
                "Look at the rules that it uses, and at kinks near this point; else give a larger rtol or atol.",
            )
    if order == 1:
        return
    names, args = _positional(f, args)
    chosen = _given_floats(args) if wrt is None else _positions(names, wrt)
    weights = _weights(f(*_copied(args)))
    directions = [_weights_like(args[k]) for k in chosen]
    for mode in modes:
        derived = api.adjoint(f, chosen) if mode == "rev" else api.tangent(f, chosen)
        own = signature_of(f).parameters
        given = [n for n in signature_of(derived).parameters if n not in own]
        seeds = dict(zip(given, [weights] if mode == "rev" else directions, strict=True))
        name = f"the {'adjoint' if mode == 'rev' else 'tangent'} of {called}"
        _check(functools.partial(derived, **seeds), args, chosen, order - 1, modes, tolerances, name)


def _gap(found: float, row: Row) -> float:
    return np.inf if np.isnan(found) else abs(found - row.numeric)


def _weights_like(argument: Any) -> Any:
    leaves, rebuild = flatten(argument)
    return rebuild([_random(leaf) if is_inexact(leaf) else 0.0 for leaf in leaves])
