"""Modules around a pullback: that of an emitted pair of functions, or of the dynamic graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

import runtime
from runtime.kernels import as_cotangent, as_gradient, seeded, unit
from sourcead.backend.binding import Emitted
from sourcead.compiler import Options, Program, arguments_of, function_of, shown
from sourcead.frontend.comment import Comment
from sourcead.frontend.lower import lower_signature
from sourcead.frontend.source import Source
from sourcead.frontend.syntax import all_parameters, assign, attribute, clone, const, load, pack, store, subscript
from sourcead.frontend.syntax import call as make_call


def pullback(source: Source, wrt: tuple[str, ...], name: str, options: Options, complex_numbers: bool) -> Emitted:
    """The module of a function that gives the value and the pullback at its arguments, some of which may be complex."""
    program = Program.of(source, options, complex_numbers)
    main = program.function_name(name)
    pair = program.pair(source.function, wrt, False, None, None, source)
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
    body = [
        program.checked(None, wrt),
        gast.Assign(targets=[targets], value=passed, type_comment=None),
        inner,
        gast.Return(pack([load(value), load(back)])),
    ]
    program.functions.append(function_of(main, arguments, body, f"Value of {source.name} and its pullback."))
    return program.emitted(main)


def _passed(arguments: gast.arguments) -> list[gast.AST]:
    made: list[gast.AST] = [load(p.id) for p in [*arguments.posonlyargs, *arguments.args]]
    if arguments.vararg:
        made.append(gast.Starred(value=load(arguments.vararg.id), ctx=gast.Load()))
    return made


def dynamic_gradient(
    source: Source,
    function: Callable[..., Any],
    wrt: tuple[str, ...],
    name: str,
    single: bool,
    value: bool,
    aux: bool,
    options: Options,
) -> Emitted:
    """The module of a gradient that runs the whole function on the dynamic graph."""
    program = Program.of(source, options, True)
    main = program.function_name(name)
    names = program.namespace
    arguments = lower_signature(source, program.namespace)
    taken = set(all_parameters(arguments))
    known = source.function.__globals__
    own_name = source.name if source.name.isidentifier() else "function"
    primal = names.bind(own_name, function, known if known.get(own_name) is function else None)
    names.locals |= taken
    region, result, back, bars = (names.local(n, taken) for n in ("region", "result", "region_pullback", "bars"))
    passed = make_call(primal, *_passed(arguments))
    passed.keywords = [gast.keyword(arg=p.id, value=load(p.id)) for p in arguments.kwonlyargs]
    if arguments.kwarg:
        passed.keywords.append(gast.keyword(arg=None, value=load(arguments.kwarg.id)))
    # All arguments go in, so that arrays which the function writes into are traced too.
    given = [p.id for p in [*arguments.posonlyargs, *arguments.args]]
    given += [n for n in wrt if n not in given]
    shown = load(names.bind("as_gradient", as_gradient))
    entries = [make_call(shown, subscript(load(bars), const(given.index(n))), load(n)) for n in wrt]
    gradient: gast.AST = entries[0] if single else pack(entries)
    inner = gast.FunctionDef(region, arguments_of(given), [gast.Return(passed)], [], None, None, [])
    run = attribute(load(names.bind("runtime", runtime)), program.pulling_back())
    targets = pack([store(result), store(back)], gast.Store())
    out: gast.AST = subscript(load(result), const(0)) if aux else load(result)
    seed: gast.AST = make_call(load(names.bind("unit", unit)), out)
    if aux:
        seed = pack([seed, const(0.0)])
    returned = pack([load(result), gradient]) if value else gradient
    if aux and not value:
        returned = pack([gradient, subscript(load(result), const(1))])
    body = [
        program.checked(None, wrt),
        Comment(f'dynamic: the whole of {source.name}, as dynamic="always" asks'),
        inner,
        gast.Assign(
            targets=[targets], value=make_call(run, load(region), *(load(n) for n in given)), type_comment=None
        ),
        assign(bars, make_call(back, seed)),
        gast.Return(value=returned),
    ]
    said = f"Gradient of {source.name} with respect to {', '.join(wrt)}, on the dynamic graph."
    program.functions.append(function_of(main, arguments, body, said))
    return program.emitted(main)
