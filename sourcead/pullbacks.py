"""The module of a value and its pullback, around an emitted pair of functions."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from runtime.kernels import as_cotangent, private, seeded
from runtime.structure import flatten
from sourcead.backend.binding import Emitted
from sourcead.compiler import Program, arguments_of, function_of, shown
from sourcead.frontend.source import Source
from sourcead.frontend.syntax import all_parameters, clone, load, names_read, pack, store
from sourcead.frontend.syntax import call as make_call
from sourcead.options import Options
from sourcead.transform.checks import check_arguments, check_data
from sourcead.transform.sources import may_share


def pullback(source: Source, wrt: tuple[str, ...], name: str, options: Options, complex_numbers: bool) -> Emitted:
    """The module of a function that gives the value and the pullback at its arguments, some of which may be complex."""
    program = Program.of(source, options, complex_numbers)
    main = program.function_name(name)
    pair = program.pair(source.function, wrt, False, None, None, source)
    both = program.written[-1].analysed
    names = program.namespace
    taken: set[str] = set()
    forward, backward = program.functions[-2], program.functions[-1]
    arguments = clone(forward.args)
    taken |= set(all_parameters(arguments))
    value, tape, back, seed = (names.local(n, taken) for n in ("value", "tape", "pullback", f"{source.name}_bar"))
    passed = make_call(pair.forward, *(_passed(arguments)))
    passed.keywords = [gast.keyword(arg=p.id, value=load(p.id)) for p in arguments.kwonlyargs]
    if arguments.kwarg:
        passed.keywords.append(gast.keyword(arg=None, value=load(arguments.kwarg.id)))
    kernel = as_cotangent if names.complex else seeded
    checked = make_call(load(names.bind(kernel.__name__, kernel)), load(seed), load(value))
    found: gast.AST = make_call(backward.name, load(tape), checked)
    primals: gast.AST = load(wrt[0]) if len(wrt) == 1 else pack(load(n) for n in wrt)
    inner = gast.FunctionDef(
        back, arguments_of([seed]), [gast.Return(shown(found, primals, program))], [], None, None, []
    )
    targets = pack([store(value), store(tape)], gast.Store())
    result, kept = forward.body[-1].value.elts
    handed: gast.AST = load(value)
    if may_share(forward, result, names_read(kept), names):
        # Whoever gets the value may write to it before the pullback is called.
        handed = make_call(load(names.bind(private.__name__, private)), handed)
    body = [
        check_arguments(both),
        *check_data(both, program.analysed_functions()),
        gast.Assign(targets=[targets], value=passed, type_comment=None),
        inner,
        gast.Return(pack([handed, load(back)])),
    ]
    program.functions.append(function_of(main, arguments, body, f"Value of {source.name} and its pullback."))
    return program.emitted(main)


def separate(cotangents: Any, given: Any) -> Any:
    """The cotangents in arrays that neither another part of them nor `given`, which they are computed from, has too."""
    held = {id(_memory(leaf)) for leaf in flatten(given)[0] if type(leaf) is np.ndarray}
    leaves, rebuild = flatten(cotangents)
    for k, leaf in enumerate(leaves):
        if type(leaf) is np.ndarray:
            leaves[k] = leaf.copy() if id(_memory(leaf)) in held else leaf
            held.add(id(_memory(leaves[k])))
    return rebuild(leaves)


separate.takes_traced = True  # type: ignore[attr-defined]  # It looks for arrays themselves.


def _memory(array: np.ndarray) -> Any:
    """The array that owns the memory of another one."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _passed(arguments: gast.arguments) -> list[gast.AST]:
    made: list[gast.AST] = [load(p.id) for p in [*arguments.posonlyargs, *arguments.args]]
    if arguments.vararg:
        made.append(gast.Starred(value=load(arguments.vararg.id), ctx=gast.Load()))
    return made
