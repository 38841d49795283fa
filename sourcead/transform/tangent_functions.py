"""Whole functions in forward mode: the tangent function asked for, and one for each user's function that it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import gast

from runtime.kernels.tangent import formed, matched, zero_tangent
from sourcead.errors import EndlessRecursion, Origin, within
from sourcead.frontend.names import Namespace
from sourcead.frontend.source import Source, find
from sourcead.frontend.syntax import assign, call, const, load, names_read, pack, returning, with_parameters
from sourcead.transform.callees import analyse_callee
from sourcead.transform.checks import check_data
from sourcead.transform.forward import Forward, forward, parameter_dots
from sourcead.transform.functions import analyse
from sourcead.transform.guards import told_names

MOST_FUNCTIONS = 200


@dataclass
class TangentCall:
    """The function that gives a user's function together with its tangent.

    `dots` are its parameters for tangents, passed by name where `by_name` says so; `names` has its name for each of
    the user's parameters; `still` says that the tangent is
    sure to be zero, so that the user's own function will do.
    """

    name: str
    dots: tuple[str, ...]
    by_name: bool
    names: dict[str, str]
    still: bool = False


class Host(Protocol):
    """The program that tangent functions are written into."""

    namespace: Namespace
    functions: list[gast.FunctionDef]
    tangents: dict[tuple[Any, tuple[str, ...], type | None], TangentCall]

    def dynamic_allowed(self) -> bool:
        """Whether a call without source or rule may run on the dynamic graph."""

    def forward_of(
        self, function: Callable[..., Any], active: tuple[str, ...], origin: Origin | None, owner: type | None = None
    ) -> TangentCall:
        """The tangent function of a user's function."""

    def function_name(self, preferred: str) -> str:
        """A new name for an emitted function."""

    def tidy(self, body: list[gast.AST], both: Any) -> list[gast.AST]:
        """The passes that make emitted text short."""


def tangent_function(program: Host, source: Source, wrt: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Write the tangent function of `source` into a program; gives the names of its parameters for tangents."""
    analysed = analyse(source, program.namespace, wrt, False)
    dots = parameter_dots(analysed)
    made = forward(analysed, program, dots)
    core = analysed.core
    told = told_names(core)
    checks = []
    for n, d in zip(wrt, dots):
        keywords = {"told": const(True)} if n in told else {}
        checks.append(assign(d, call(_bound(program, matched), load(d), load(n), **keywords)))
    value, tangent = _results(program, made)
    if core.result and not made.numeric:
        tangent = call(_bound(program, formed), tangent, load(core.result))
    body = [*checks, *check_data(analysed), *made.body, returning(pack([value, tangent]), analysed.core.ending)]
    said = f"Value and tangent of {source.name} in the direction {', '.join(dots)}."
    program.functions.append(_definition(program, name, made, body, said))
    return dots


def callee(
    program: Host, function: Callable[..., Any], active: tuple[str, ...], origin: Origin | None, owner: type | None
) -> TangentCall:
    """The tangent function of a function that the user's function calls; written on first use.

    `owner` is the class of the object where a method is called.
    """
    key = (function, active, owner)
    if key in program.tangents:
        return program.tangents[key]
    if len(program.tangents) > MOST_FUNCTIONS:
        raise EndlessRecursion(
            f"more than {MOST_FUNCTIONS} functions would have to be written for this program",
            "Simplify the recursion, or run it on the dynamic graph.",
            origin,
        )
    source = find(function)
    name = program.function_name(f"{source.name if source.name.isidentifier() else 'function'}_tangent")
    with within(source.function):
        analysed = analyse_callee(source, program.namespace, active, False, owner)
        arguments = analysed.core.arguments
        by_name = bool(arguments.defaults or arguments.vararg or arguments.kwonlyargs)
        found = program.tangents[key] = TangentCall(name, parameter_dots(analysed), by_name, analysed.core.names)
        made = forward(analysed, program, found.dots)
    value, tangent = _results(program, made)
    body = [*made.body, returning(pack([value, tangent]), analysed.core.ending)]
    found.still = made.result_dot is None
    if not found.still or any(name in names_read(f) for f in [*body, *program.functions]):
        said = f"Value and tangent of {source.name} in the direction {', '.join(found.dots)}."
        program.functions.append(_definition(program, name, made, body, said, by_name))
    return found


def _results(program: Host, made: Forward) -> tuple[gast.AST, gast.AST]:
    """The function's value and its tangent, as expressions."""
    result = made.analysed.core.result
    if result is None:
        return const(None), const(None)
    if made.result_dot is not None:
        return load(result), load(made.result_dot)
    if made.analysed.shapes.is_scalar(result):
        return load(result), const(0.0)
    return load(result), call(_bound(program, zero_tangent), load(result))


def _definition(
    program: Host, name: str, made: Forward, body: list[gast.AST], said: str, by_name: bool = False
) -> gast.FunctionDef:
    arguments = with_parameters(made.analysed.core.arguments, list(made.dots), by_name)
    tidied = program.tidy(body, made)
    return gast.FunctionDef(name, arguments, [gast.Expr(value=const(said)), *tidied], [], None, None, [])


def _bound(program: Host, function: Callable[..., Any]) -> gast.AST:
    return load(program.namespace.bind(function.__name__, function))


__all__ = ["TangentCall", "callee", "tangent_function"]
