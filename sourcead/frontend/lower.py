"""From a user's function to the core program.

Requires: a `Source`.   Ensures: `core` (docs/core-language.md; `check_core` is the predicate).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import gast

from sourcead.errors import Origin, Refused, UnknownArgument
from sourcead.frontend.annotations import starting_classes
from sourcead.frontend.blocks import Block
from sourcead.frontend.carries import active_names
from sourcead.frontend.counters import whole_numbers
from sourcead.frontend.exits import single_exit
from sourcead.frontend.names import Frame, Namespace, Placed, own_names
from sourcead.frontend.outside import conflict
from sourcead.frontend.regions import Regions
from sourcead.frontend.source import Source
from sourcead.frontend.syntax import all_parameters, assign, is_docstring, load, names_written, walk_own
from sourcead.frontend.texts import refuse_numbers_of_text
from sourcead.frontend.whole import run_whole


@dataclass
class Core:
    """A function in core form: its parameters and defaults, its body, and the name that holds its result.

    Of dynamic regions, `given` are the variables that they read, `settled` those results that carry no derivative.
    `blocks` are the bodies of `with cotangent(...)`, by number. `names` has the name of each of the user's parameters:
    another one where that is a global name of the emitted module. `constant` are the variables that the lowering held
    to carry no derivative, each with the user's name for it. `entries` has, for an update in place of an entry that may
    be a number, the variable that holds it as it stood before. `placed` are the functions written out in place.
    """

    name: str
    source: Source
    namespace: Namespace
    arguments: gast.arguments
    body: list[gast.AST]
    result: str | None
    taken: set[str]
    integers: set[str]
    ending: Origin | None = None
    parameters: list[str] = field(default_factory=list)
    widths: dict[str, int] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    blocks: list[Block] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    constant: dict[str, str] = field(default_factory=dict)
    entries: dict[int, str] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)


def lower(
    source: Source,
    namespace: Namespace,
    wrt: tuple[str, ...],
    owner: type | None = None,
    varying: frozenset[str] = frozenset(),
) -> Core:
    """The core program of a function, for derivatives with respect to the parameters `wrt`.

    `owner` is the class of the object that a method is called on, where that is sure. `varying` are names that carry
    derivatives though the text by itself does not show it.
    """
    if source.function in namespace.whole:
        return _on_the_graph(source, namespace, wrt)
    tree = source.tree
    builder = Regions(namespace)
    builder.origin = source.origin(tree)
    if isinstance(tree, gast.AsyncFunctionDef) or any(
        isinstance(n, (gast.Yield, gast.YieldFrom, gast.Await)) for n in walk_own(tree.body)
    ):
        raise builder.refuse(
            f"`{source.name}` is a generator or a coroutine, which has no emitted form",
            "Collect the values in a list and return it.",
            Refused,
        )
    shared = conflict(source)
    if shared is not None:
        raise builder.refuse(
            f"{shared} belongs to no call: it is read here, and changed by a function that is called",
            "Pass it as an argument and return its new value.",
        )
    builder.origin = None
    builder.inlining.append(source.function)
    # An argument that the callable already has is a constant, unless its name is given another value.
    again = set(source.bound) & names_written(tree.body)
    given = starting_classes(source, owner)
    frame = Frame(source, None, own_names(tree) - (set(source.bound) - again), body=tree.body, given=given)
    frame.parameters = frozenset(all_parameters(tree.args))
    builder.main = frame
    builder.varying_names = varying
    builder.read.append((frame, frozenset(frame.own)))
    _name_parameters(builder, frame, source, wrt)
    seeds = set(wrt) | varying & frame.own
    frame.active = active_names(tree.body, seeds, lambda n: builder.resolved(n, frame))
    refuse_numbers_of_text(tree.body, frame.active, lambda n: builder.resolved(n, frame), source.origin)
    # An argument may be anything, whatever is done with it afterwards.
    parameters = set(all_parameters(tree.args))
    builder.integers = {builder.variable(frame, n) for n in whole_numbers(tree.body, parameters) if frame.holder(n)}
    ending = next((source.origin(s) for s in reversed(list(walk_own(tree.body))) if isinstance(s, gast.Return)), None)
    builder.note_methods(tree.body, frame)
    body = [s for s in tree.body if not is_docstring(s)]
    body, result = single_exit(body, builder.flags(frame), source.origin)
    frame.body, frame.result = body, result
    with builder.inside() as block:
        for name in sorted(again):
            given = load(namespace.bind(f"{name}_given", source.bound[name]))
            builder.emit(assign(builder.variable(frame, name), given))
        builder.statements(body, frame)
        held = builder.reference(result, frame) if result is not None else None
        if held is not None and not isinstance(held, gast.Name):
            held = builder.name(held, "result")
    arguments = _arguments(builder, frame, source)
    return Core(
        source.name,
        source,
        namespace,
        arguments,
        block,
        held.id if held is not None else None,
        builder.taken,
        builder.integers,
        ending,
        all_parameters(arguments),
        builder.widths,
        builder.settled,
        builder.given,
        builder.blocks,
        builder.fields,
        {name: frame.names[name] for name in all_parameters(tree.args) if name in frame.names},
        builder.held_constant(),
        placed=builder.placed,
    )


def _name_parameters(builder: Regions, frame: Frame, source: Source, wrt: tuple[str, ...]) -> None:
    """Core names for the parameters: their own, unless those are global names of the emitted module."""
    namespace = builder.namespace
    for name in all_parameters(source.tree.args):
        if name in source.bound:
            continue
        if namespace.is_global(name):
            builder.variable(frame, name)
        else:
            frame.names[name] = name
            builder.taken.add(name)
            namespace.locals.add(name)
    for name in wrt:
        if name not in frame.names:
            raise UnknownArgument(
                f"`{source.name}` has no argument `{name}`", f"Its arguments are {', '.join(frame.names)}."
            )


def _on_the_graph(source: Source, namespace: Namespace, wrt: tuple[str, ...]) -> Core:
    """The core program of a function that runs on the dynamic graph as a whole."""
    builder = Regions(namespace)
    frame = Frame(source, None, own_names(source.tree) - set(source.bound))
    frame.parameters = frozenset(all_parameters(source.tree.args))
    _name_parameters(builder, frame, source, wrt)
    arguments = _arguments(builder, frame, source)
    body, result = run_whole(source, namespace, arguments, builder.taken)
    names = {n: frame.names[n] for n in all_parameters(source.tree.args) if n in frame.names}
    return Core(
        source.name,
        source,
        namespace,
        arguments,
        body,
        result,
        builder.taken,
        builder.integers,
        parameters=all_parameters(arguments),
        names=names,
    )


def lower_signature(source: Source, namespace: Namespace) -> gast.arguments:
    """The signature of an emitted function, for one whose body is not lowered."""
    builder = Regions(namespace)
    frame = Frame(source, None, set(all_parameters(source.tree.args)) - set(source.bound))
    frame.names = {name: name for name in frame.own}
    namespace.locals |= frame.own
    return _arguments(builder, frame, source)


def _arguments(builder: Regions, frame: Frame, source: Source) -> gast.arguments:
    """The signature of the emitted function: the user's, less what is bound, defaults as core expressions."""
    tree = source.tree.args
    defaults = builder._defaults(source.tree, source)

    def made(nodes: list[gast.Name]) -> list[gast.Name]:
        return [gast.Name(frame.names[n.id], gast.Param(), None, None) for n in nodes if n.id not in source.bound]

    ordered = [n.id for n in [*tree.posonlyargs, *tree.args] if n.id not in source.bound]
    return gast.arguments(
        args=made(tree.args),
        posonlyargs=made(tree.posonlyargs),
        vararg=tree.vararg and gast.Name(frame.names[tree.vararg.id], gast.Param(), None, None),
        kwonlyargs=made(tree.kwonlyargs),
        kw_defaults=[
            defaults[n.id].node if n.id in defaults else None for n in tree.kwonlyargs if n.id not in source.bound
        ],
        kwarg=tree.kwarg and gast.Name(frame.names[tree.kwarg.id], gast.Param(), None, None),
        defaults=[defaults[n].node for n in ordered if n in defaults],
    )
