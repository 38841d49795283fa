"""The checks at the start of an emitted function: of the arguments that it is differentiated by, and of data."""

from __future__ import annotations

from collections.abc import Sequence

import gast

from runtime.kernels import require_inexact, require_plain, require_real, require_real_data
from runtime.records import is_record
from sourcead.frontend.syntax import call, const, load
from sourcead.transform.constants import ENTRIES, FIELDS, ITSELF, assumes_number, computed_fields, constants_of
from sourcead.transform.functions import Analysed
from sourcead.transform.guards import told_names


def check_arguments(analysed: Analysed) -> gast.AST:
    """The statement that refuses arguments that are no floating-point values, or have operators of their own.

    A list is refused where the function hands it to NumPy as an array, for its gradient would be an array.
    """
    names, facts, namespace = analysed.wrt, analysed.kinds, analysed.core.namespace
    told = told_names(analysed.core)
    flat = [n for n in names if n not in facts.arrays | facts.entered and n in facts.numeric | facts.turned]
    kernel = require_inexact if namespace.complex else require_real
    said = {"arrays": flat, "told": [n for n in names if n in told]}
    keywords = {key: const(", ".join(listed)) for key, listed in said.items() if listed}
    check = load(namespace.bind(kernel.__name__, kernel))
    return gast.Expr(value=call(check, const(", ".join(names)), *map(load, names), **keywords))


def check_data(analysed: Analysed, others: Sequence[Analysed] = (), seen: bool = True) -> list[gast.AST]:
    """The statement that refuses data with operators of its own, and complex data where the result would be complex.

    Of complex data nothing is said where the result is `seen`. `others` are functions that this one calls.
    """
    core, namespace = analysed.core, analysed.core.namespace
    alone = constants_of(analysed, namespace)
    for other in others:
        if other is not analysed:
            inner = constants_of(other, namespace)
            alone = {**{n: how for n, how in inner.items() if namespace.is_global(n)}, **alone}
    kernel = require_plain if seen or not assumes_number(analysed) else require_real_data
    if kernel is require_plain:
        # Emitted text checks its data itself, and so does the dynamic graph.
        checked = core.source.file.startswith("<sourcead ") or core.source.function in namespace.whole
        alone = {n: how for n, how in alone.items() if not checked and n not in core.integers}
    if not alone:
        return []
    known = told_names(core) | {n for n in alone if namespace.is_global(n) and is_record(namespace.value(n))}
    fields = " ".join(computed_fields(core.body))
    marks = {ITSELF: "", ENTRIES: "{}", FIELDS: f"[{fields}]"}
    names = ", ".join(f"{n}({fields})" if n in known else n + marks[how] for n, how in alone.items())
    check = load(namespace.bind(kernel.__name__, kernel))
    return [gast.Expr(value=call(check, const(names), *map(load, alone)))]
