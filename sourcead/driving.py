"""Modules in which a short function drives a sweep: Jacobians column by column or row by row, Hessian-vector products.

    def f_jacobian(x):
        value = f(x)
        parts = []
        for k in range(elements(value)):
            parts.append(f_adjoint(x, y_bar=unit_at(value, k)))
        return jacobian_of_rows(parts, value, x)

The driving function is plain Python as well, so it is differentiated like any other.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import gast

from runtime.kernels import (
    elements,
    jacobian_of_columns,
    jacobian_of_rows,
    private,
    require_inexact,
    require_real,
    unit_at,
)
from sourcead.backend.binding import Emitted
from sourcead.compiler import Program, write_adjoint
from sourcead.errors import NoRule, Refused, Unsupported
from sourcead.frontend.callees import changes_arguments
from sourcead.frontend.lower import lower_signature
from sourcead.frontend.outside import conflict
from sourcead.frontend.source import Source, find
from sourcead.frontend.syntax import all_parameters, with_parameters
from sourcead.optimize.repeatable import refuse_draws
from sourcead.options import Options
from sourcead.transform.operations import resolve
from sourcead.transform.sources import may_share
from sourcead.transform.tangent_functions import tangent_function


def jacobian(
    source: Source, function: Callable[..., Any], wrt: tuple[str, ...], name: str, single: bool, mode: str, o: Options
) -> Emitted:
    """The module of a Jacobian: by tangents ("fwd"), by cotangents ("rev"), or by the fewer of both ("auto").

    Where forward mode is refused, "auto" is "rev".
    """
    driver = _Driver(source, function, wrt, name, single, o)
    columns = rows = None
    if mode != "rev":
        try:
            columns = driver.columns()
        except (NoRule, Unsupported):
            if mode == "fwd":
                raise
            driver = _Driver(source, function, wrt, name, single, o)
    if mode != "fwd":
        rows = driver.rows()
    listed = ", ".join(wrt)
    said = f"Jacobian of {source.name} with respect to {listed}."
    if columns is None or rows is None:
        return driver.emitted(said, f"{driver.value()}\n{columns or rows}")
    count = driver.bind(elements)
    test = f"if {count}({driver.given}) <= {count}({driver.result}):"
    chosen = "\n".join([test, textwrap.indent(columns, "    "), rows])
    return driver.emitted(said, f"{driver.value()}\n{chosen}")


def hessian(source: Source, wrt: tuple[str, ...], name: str, primal: str, single: bool, options: Options) -> Emitted:
    """The module of a Hessian: the tangents of the gradient `source`, which has the structure of the arguments."""
    driver = _Driver(source, source.function, wrt, name, single, options)
    driver.result = driver.given
    return driver.emitted(f"Hessian of {primal} with respect to {', '.join(wrt)}.", driver.columns())


def vector_product(source: Source, wrt: tuple[str, ...], name: str, primal: str, single: bool, o: Options) -> Emitted:
    """The module of a Hessian-vector product: the tangent of the gradient `source` in the direction `v`."""
    driver = _Driver(source, source.function, wrt, name, single, o)
    tangent, dots = driver.tangent()
    direction = driver.local("v")
    parts = {d: direction if single else f"{direction}[{k}]" for k, d in enumerate(dots)}
    said = f"Product of the Hessian of {primal} with respect to {', '.join(wrt)} and a vector."
    run = driver.called(tangent, parts)
    driver.arguments = with_parameters(driver.arguments, [direction])
    product = f"{run}[1]"
    if driver.hands_on(tangent, dots):
        # Where the Hessian is 1, the product would be the caller's own array.
        product = f"{driver.bind(private)}({product})"
    return driver.emitted(said, f"return {product}", repeats=False)


class _Driver:
    """The driving function of one module, and what it is made of."""

    def __init__(
        self,
        source: Source,
        function: Callable[..., Any],
        wrt: tuple[str, ...],
        name: str,
        single: bool,
        options: Options,
    ) -> None:
        self.program = Program.of(source, options)
        self.source, self.function, self.wrt, self.single = source, function, wrt, single
        self.main = self.program.function_name(name)
        self.plain = source.name if source.name.isidentifier() else "function"
        self.arguments = lower_signature(source, self.program.namespace)
        self.names = all_parameters(self.arguments)
        self.program.namespace.locals |= set(self.names)
        self.given = wrt[0] if single else f"({', '.join(wrt)},)"
        self.result, self.k, self.parts = (self.local(n) for n in ("value", "k", "parts"))

    def local(self, preferred: str) -> str:
        """A new local name of the driving function."""
        return self.program.namespace.local(preferred, set(self.names))

    def bind(self, function: Callable[..., Any]) -> str:
        """A name for a kernel."""
        return self.program.namespace.bind(function.__name__, function)

    def tangent(self) -> tuple[str, tuple[str, ...]]:
        """The name of the tangent function, and of its parameters for tangents."""
        name = self.program.function_name(f"{self.plain}_tangent")
        return name, tangent_function(self.program, self.source, self.wrt, name)

    def hands_on(self, tangent: str, dots: tuple[str, ...]) -> bool:
        """Whether the tangent that a tangent function returns may be an array that it is given for one."""
        function = next(f for f in self.program.functions if f.name == tangent)
        return may_share(function, function.body[-1].value.elts[1], set(dots), self.program.namespace)

    def called(self, function: str, added: dict[str, str], copied: bool = False) -> str:
        """The text of a call with the parameters of the driving function handed on."""
        a = self.arguments

        def given(name: str) -> str:
            return f"{self.bind(private)}({name})" if copied else name

        parts = [given(p.id) for p in [*a.posonlyargs, *a.args]]
        parts += [f"*{a.vararg.id}"] if a.vararg else []
        parts += [f"{p.id}={given(p.id)}" for p in a.kwonlyargs]
        parts += [f"{name}={value}" for name, value in added.items()]
        parts += [f"**{a.kwarg.id}"] if a.kwarg else []
        return f"{function}({', '.join(parts)})"

    def value(self) -> str:
        """The statement that computes the value, whose shape counts; the function may change its arguments."""
        known = self.source.function.__globals__
        home = known if known.get(self.plain) is self.function else None
        primal = self.program.namespace.bind(self.plain, self.function, home)
        return f"{self.result} = {self.called(primal, {}, changes_arguments(self.source.function))}"

    def columns(self) -> str:
        """The statements of forward mode."""
        tangent, dots = self.tangent()
        k, parts = self.k, self.parts
        unit = f"{self.bind(unit_at)}({self.given}, {k})"
        dot = {d: unit if self.single else f"{unit}[{n}]" for n, d in enumerate(dots)}
        return (
            f"{parts} = []\n"
            f"for {k} in range({self.bind(elements)}({self.given})):\n"
            f"    {parts}.append({self.called(tangent, dot)}[1])\n"
            f"return {self.bind(jacobian_of_columns)}({parts}, {self.result}, {self.given})"
        )

    def rows(self) -> str:
        """The statements of reverse mode."""
        adjoint = self.program.function_name(f"{self.plain}_adjoint")
        seed = write_adjoint(self.program, self.source, self.wrt, adjoint, self.single)
        k, parts, value = self.k, self.parts, self.result
        unit = f"{self.bind(unit_at)}({value}, {k})"
        return (
            f"{parts} = []\n"
            f"for {k} in range({self.bind(elements)}({value})):\n"
            f"    {parts}.append({self.called(adjoint, {seed: unit})})\n"
            f"return {self.bind(jacobian_of_rows)}({parts}, {value}, {self.given})"
        )

    def _refuse_state(self) -> None:
        """A function that runs as a whole on the dynamic graph, and leaves something behind for its next run."""
        for function in self.program.namespace.whole:
            shared = conflict(find(function))
            if shared is not None:
                raise Refused(
                    f"{shared} belongs to no call: `{function.__name__}` reads and changes it, and would run once for "
                    "each row or column",
                    "Pass it as an argument and return its new value.",
                )

    def emitted(self, said: str, body: str, repeats: bool = True) -> Emitted:
        """The module, with the driving function of this docstring and body; `repeats` where that runs many sweeps."""
        names = ", ".join(self.wrt)
        kernel = require_inexact if self.program.namespace.complex else require_real
        checked = f"{self.bind(kernel)}({names!r}, {names})"
        made = gast.parse(f"def {self.main}():\n    {said!r}\n    {checked}\n{textwrap.indent(body, '    ')}").body[0]
        made.args = self.arguments
        space = self.program.namespace
        if repeats:
            self._refuse_state()
            refuse_draws(self.plain, self.program.functions, lambda node: resolve(node, space, space.locals))
        self.program.functions.append(made)
        return self.program.emitted(self.main)
