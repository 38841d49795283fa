"""Whole functions: the gradient, the adjoint and the forward and backward halves of a user's function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import gast

from runtime.kernels import as_cotangent, own, private, require_numbers, seeded, unit, zeros_like
from runtime.primitives.registry import Rule
from sourcead.analysis.activity import root, varied, written_at
from sourcead.analysis.aliases import Aliases, Change, SeenBy, aliases, updates_element
from sourcead.analysis.blocks import every_statement
from sourcead.analysis.containers import entry_stores, sure_containers
from sourcead.analysis.copies import opened_copies
from sourcead.analysis.floats import hold_floats, made_arrays
from sourcead.analysis.groups import Groups, statements_of
from sourcead.analysis.kinds import Kinds, kinds
from sourcead.analysis.liveness import exposed
from sourcead.analysis.objects import arithmetic_on, mark_fields, objects_in
from sourcead.analysis.places import name_places
from sourcead.analysis.record import Record
from sourcead.analysis.recorded import Recorder
from sourcead.analysis.scalars import always_numbers, numbers_after
from sourcead.analysis.shapes import Shapes, infer, parameters_of
from sourcead.analysis.steps import OWNED, SHARED, Step
from sourcead.analysis.webs import split_webs
from sourcead.errors import NotScalar, Unsupported
from sourcead.frontend.carries import SILENT_ATTRIBUTES, carries
from sourcead.frontend.counters import whole_numbers
from sourcead.frontend.expressions import is_basic
from sourcead.frontend.lower import Core, lower
from sourcead.frontend.names import MISSING, Namespace
from sourcead.frontend.source import Source
from sourcead.frontend.syntax import assign, call, clone, const, load, names_read, names_written, subscript, walk
from sourcead.transform.branches import name_asked
from sourcead.transform.contributions import Contributions, Program
from sourcead.transform.growing import note_numbers, restored
from sourcead.transform.guards import (
    apart_guards,
    argument_guards,
    guard_statements,
    shared_names,
    told_names,
    unknown_guards,
    watch_tables,
)
from sourcead.transform.operations import Operation, operation, resolve
from sourcead.transform.records import field_names, is_record
from sourcead.transform.reverse import Reverse
from sourcead.transform.sources import shared_by
from sourcead.transform.sweeps import Sweeps


@dataclass
class Analysed:
    """A core program with the facts that the transforms read; `webs` says of which variable another is a part."""

    core: Core
    wrt: tuple[str, ...]
    variables: frozenset[str]
    varied: frozenset[str]
    shapes: Shapes
    kinds: Kinds
    changes: dict[int, Change]
    aliases: Aliases
    shared: SeenBy
    private: tuple[str, ...]
    guards: dict[int, list[gast.AST]]
    certain: frozenset[str]
    sharing: dict[str, frozenset[str]]
    webs: dict[str, str]


def analyse(
    source: Source,
    namespace: Namespace,
    given: tuple[str, ...],
    number: bool,
    owner: type | None = None,
    varying: frozenset[str] = frozenset(),
) -> Analysed:
    """Lower a function and find the facts; `number` says that its result is sure to be a single number.

    `owner` is the class of the object that a method is called on, `varying` are names that the lowering is to hold for
    active. Its own reading of the user's text may miss one, as where a call gives an array another name under which it
    is changed: what the core program shows is asked, and the function lowered again with what was missed.
    """
    core = lower(source, namespace, given, owner, varying)
    wrt = tuple(core.names[name] for name in given)

    def fresh(hint: str) -> str:
        return namespace.local(hint, core.taken)

    # What a region is given may have no value yet; where it has none, the region does not read it.
    unset = core.given & exposed(core.body) - set(core.parameters)
    named = frozenset(names_written(core.body)) | frozenset(core.parameters)
    asked = name_asked(core, lambda value: shared_by(value, namespace, named), fresh)
    core.body = [*(_unset(name) for name in sorted(unset)), *asked]
    core.body, core.result, origins = split_webs(core.parameters, core.body, core.result, fresh)
    counted = core.integers | {new for new, old in origins.items() if old in core.integers}
    core.integers = counted & whole_numbers(core.body, set(core.parameters))

    def changes_in(body: list[gast.AST]) -> dict[int, Change]:
        known = frozenset(names_written(body)) | frozenset(core.parameters)
        opened = opened_copies(body)
        lists = sure_containers(body, core.parameters, lambda node: resolve(node.func, namespace, known))

        def sharing(value: gast.AST) -> set[str]:
            return shared_by(value, namespace, known, opened, lists) - core.integers

        return aliases(body, core.parameters, frozenset(), sharing).changes

    settled = {new for new, old in origins.items() if old in core.settled}

    def active_in(body: list[gast.AST]) -> frozenset[str]:
        known = frozenset(names_written(body)) | frozenset(core.parameters)
        return varied(body, set(wrt), lambda node: resolve(node, namespace, known), settled)

    core.body = name_places(core.body, core.parameters, core.integers, changes_in, active_in, fresh)
    variables = frozenset(names_written(core.body)) | frozenset(core.parameters)

    def static(node: gast.AST) -> object:
        return resolve(node, namespace, variables)

    active = active_in(core.body)
    held = {origins.get(name, name) for name in active} & core.constant.keys()
    missed = {core.constant[name] for name in held} - varying
    if missed:
        return analyse(source, namespace, given, number, owner, varying | missed)

    def makes_record(node: gast.AST) -> bool:
        made = resolve(node.func, namespace, variables) if isinstance(node, gast.Call) else None
        return isinstance(made, type) and is_record(made)

    objects = objects_in(core.body, active)
    mark_fields(core.body, objects | told_names(core), makes_record)
    computed = arithmetic_on(core.body, objects)
    if computed is not None:
        raise Unsupported(
            "an operator on an object whose class is not known",
            "Annotate the argument with its class, or give each object a name of its own.",
            getattr(computed, "origin", None),
        )
    _refuse_hidden_fields(core, namespace, variables)
    _check_stored(core, active, static)

    def function_of(node: gast.AST) -> object:
        found = operation(node, namespace, variables)
        return found.function if found else MISSING

    def rule_of(node: gast.AST) -> Rule | None:
        found = operation(node, namespace, variables)
        return found.rule if found else None

    def operation_of(node: gast.AST) -> Operation | None:
        return operation(node, namespace, variables)

    shapes = infer(core.body, core.parameters, namespace, variables, core.integers, operation_of)
    numbers = shapes.scalars | core.integers
    if number:
        shapes.numbers, _ = numbers_after(core.body, core.result, variables, _elementwise(rule_of))
        shapes.scalars |= always_numbers(core.body, shapes.numbers) - set(core.parameters)
    facts = kinds(core.body, core.result, rule_of, function_of)

    opened = opened_copies(core.body)
    containers = sure_containers(core.body, core.parameters, function_of)
    lists = containers | facts.displays | facts.tuples

    def sources(value: gast.AST) -> set[str]:
        return shared_by(value, namespace, variables, opened, lists) - numbers

    stores = entry_stores(core.body, containers)
    stores -= {id(n) for n in walk(core.body) if updates_element(n)}
    arrays = facts.numeric | made_arrays(core.body, static)
    shared = aliases(core.body, core.parameters, arrays, sources, stores)

    names = shared_names(core, shared.changes, active, numbers)
    guards = apart_guards(core, shared.changes, names, facts.numeric, containers)
    facts = replace(facts, passing=facts.passing - {n for joint in names.joint.values() for n in joint})
    floats = hold_floats(core.body, active, frozenset(wrt), static)
    guard_statements(core, guards, active, floats, facts)
    unknown_guards(core, active, static, guards)
    watch_tables(core, active, static)
    variables |= note_numbers(core, facts.arrays, numbers, active, static, fresh)
    private = tuple(p for p in core.parameters if p in shared.written)
    seen = (shared.changes, shared, names, private, guards, numbers, shared.sharing, origins)
    return Analysed(core, wrt, variables, active, shapes, facts, *seen)


def _unset(name: str) -> gast.AST:
    made = assign(name, const(None))
    made.origin = None
    return made


def _refuse_hidden_fields(core: Core, namespace: Namespace, variables: frozenset[str]) -> None:
    """A record with a field named like an inactive array attribute: reading `.size` of it would lose the derivative."""
    for node in walk(core.body):
        if isinstance(node, gast.Call):
            made = resolve(node.func, namespace, variables)
            fields = field_names(made) if isinstance(made, type) and is_record(made) else ()
            if hidden := sorted(SILENT_ATTRIBUTES.intersection(fields)):
                raise Unsupported(
                    f"the class {made.__name__} has a field `{hidden[0]}`, which is also an attribute of arrays",
                    "Give the field another name.",
                )


def _check_stored(core: Core, active: frozenset[str], static: Callable[[gast.AST], object]) -> None:
    """What is stored in a place is a variable if it carries a derivative; an expression would lose it."""
    for node in every_statement(core.body):
        stored: list[gast.AST] = []
        if isinstance(node, (gast.Assign, gast.AugAssign)):
            target = node.target if isinstance(node, gast.AugAssign) else node.targets[0]
            stored = [node.value] if isinstance(target, (gast.Subscript, gast.Attribute)) else []
        elif written_at(node) is not None:
            stored = node.value.args[2:]
        lost = any(not isinstance(v, gast.Name) and carries(v, set(active), static) for v in stored)
        if lost:
            raise Unsupported(
                "a value that carries a derivative is stored here in a way that has no emitted form",
                "Give it a name first.",
                node.origin,
            )


def _elementwise(rule_of: Callable[[gast.AST], Rule | None]) -> Callable[[gast.AST], bool]:
    def answer(node: gast.AST) -> bool:
        rule = rule_of(node)
        return rule is not None and rule.kind == "elementwise"

    return answer


@dataclass
class Halves:
    """The two sweeps, the names between them, and their facts; the last `forms` of `reverse` form the gradients."""

    analysed: Analysed
    forward: list[gast.AST]
    reverse: list[gast.AST]
    bars: dict[str, str]
    generator: Reverse
    seed: str | None
    record: Record
    steps: dict[int, Step]
    sweeps: Sweeps
    owned: frozenset[str]
    forms: int


def halves(analysed: Analysed, program: Program, seed_name: str | None, scalar: bool, aux: bool) -> Halves:
    """Both sweeps.

    `seed_name` is the parameter that brings the result's cotangent; without one the seed is 1 and the result must be
    a single number (`scalar`), the first of a pair where the second is auxiliary (`aux`).
    """
    core = analysed.core
    contributions = Contributions(
        core,
        analysed.varied,
        analysed.variables,
        analysed.shapes,
        analysed.kinds,
        program,
    )
    generator = Reverse(core, analysed.varied, analysed.shapes, contributions, analysed.shared.joint)
    start = Step(None)
    generator.out = start.early
    _seed(analysed, generator, seed_name, scalar, aux)
    for statement in start.early:
        statement.near = core.ending, True
    steps = generator.block(core.body)
    generator.out = (end := Step(None)).early
    shared = _handed_over_twice(analysed, generator, [start, *steps], seed_name) if scalar else set()
    owned = {n for n in analysed.wrt if n not in generator.bars or generator.bars[n].owned}
    for name in analysed.wrt:
        if name not in generator.bars:
            generator.emit(assign(generator.bar(name), call(generator.kernel(zeros_like), load(name))))
        elif not generator.bars[name].whole or name in shared:
            owned.add(name)
            bar = load(generator.bar(name))
            # A whole one is its own model, so that the argument need not be there any more. In a container one array
            # may stand twice, and each place has to get its own.
            whole = generator.bars[name].whole
            if whole and name in analysed.kinds.numeric:
                copied = call(generator.kernel(private), bar)
            else:
                copied = call(generator.kernel(own), bar, clone(bar) if whole else load(name))
            generator.emit(assign(generator.bar(name), copied))
    ending = Step(gast.Pass(), early=end.early)
    beginning = Step(gast.Pass(), early=start.early)
    recorder = Recorder(
        analysed.variables,
        analysed.aliases,
        analysed.shared,
        [beginning, *steps, ending],
        generator.fresh,
        analysed.kinds.displays,
        analysed.kinds.numeric,
    )
    again = restored(core, analysed.wrt, analysed.changes.values(), analysed.kinds)
    record = recorder.run([ending.core, *core.body, beginning.core], core.parameters, again)

    def plain(place: gast.AST, copied: bool) -> bool:
        variable = root(place)
        if _is_key(place.slice) or variable in analysed.kinds.dicts:
            return False
        # What may be an array or a list tells when the program runs whether a copy is saved, or the object itself.
        return variable in analysed.kinds.numeric if copied else is_basic(place.slice, core.integers)

    sweeps = Sweeps(record, analysed.guards, generator.fresh, generator.kernel, plain, core.namespace)
    index = recorder.steps
    forward = sweeps.forward(core.body, index)
    beginning.core = ending.core = None
    reverse = sweeps.reverse([beginning, *steps, ending])
    head = [assign(n, const(None)) for n in sorted(record.undefined)]
    head += argument_guards(core, analysed.aliases, analysed.certain, frozenset(analysed.wrt))
    head += [assign(p, call(generator.kernel(private), load(p))) for p in analysed.private]
    head += [assign(t, gast.List(elts=[], ctx=gast.Load())) for t in sweeps.tapes.values()]
    return Halves(
        analysed,
        [*head, *forward],
        reverse,
        generator.names,
        generator,
        seed_name,
        record,
        index,
        sweeps,
        frozenset(owned),
        len(end.early),
    )


def _handed_over_twice(analysed: Analysed, generator: Reverse, steps: list[Step], seed_name: str | None) -> set[str]:
    """The arguments whose gradient may be the array of another one, or an array that the caller holds already."""
    bars = {n: generator.names[n] for n in analysed.wrt if n in generator.bars and not generator.bars[n].owned}
    if not bars or len(analysed.wrt) == 1 and seed_name is None:
        return set()
    cotangents = frozenset(generator.names.values())

    def sources(node: gast.AST) -> set[str]:
        if isinstance(node, gast.AugAssign):
            return set() if root(node.target) in cotangents else names_read(node)
        return generator.contributions.shared_by(node)

    groups = Groups([*analysed.core.body, *statements_of(steps)], frozenset(analysed.core.taken), sources)
    held = {*analysed.core.parameters, *(generator.names[n] for n in analysed.wrt if n in generator.bars)}
    held |= {seed_name} if seed_name is not None else set()
    return {n for n, bar in bars.items() if any(groups.together(bar, other) for other in held - {bar})}


def _is_key(index: gast.AST) -> bool:
    return isinstance(index, gast.Constant) and isinstance(index.value, str)


def _seed(analysed: Analysed, generator: Reverse, seed_name: str | None, scalar: bool, aux: bool) -> None:
    """The cotangent that the reverse sweep starts from."""
    core = analysed.core
    result = core.result
    if result is None and seed_name is None:
        raise NotScalar(
            f"`{core.name}` returns nothing, and grad needs a function whose result is one real number",
            "Return the number.",
        )
    if result is None or result not in analysed.varied:
        if result is not None and seed_name is None:
            checked = subscript(load(result), const(0)) if aux else load(result)
            generator.emit(gast.Expr(value=call(generator.kernel(unit), checked)))
        return
    if seed_name is not None:
        if scalar:
            given = as_cotangent if analysed.core.namespace.complex else seeded
            generator.emit(assign(generator.bar(result), call(generator.kernel(given), load(seed_name), load(result))))
        else:
            generator.names[result] = seed_name
        generator.bars[result] = SHARED
        return
    if aux:
        first = subscript(load(result), const(0))
        rest = call(generator.kernel(zeros_like), subscript(load(result), const(1)))
        pair = gast.List(elts=[call(generator.kernel(unit), first), rest], ctx=gast.Load())
        generator.emit(assign(generator.bar(result), pair))
    elif analysed.core.namespace.complex:
        generator.emit(assign(generator.bar(result), call(generator.kernel(unit), load(result))))
    elif result not in analysed.certain and parameters_of(analysed.shapes.final.get(result)) is not None:
        # The result has the shape of these parameters, so that the value itself need not be computed to check it.
        names = parameters_of(analysed.shapes.final.get(result)) or []
        check = call(generator.kernel(require_numbers), **{n: load(n) for n in names})
        generator.emit(gast.Expr(value=check))
        generator.emit(assign(generator.bar(result), const(1.0)))
    elif result in analysed.certain:
        generator.emit(assign(generator.bar(result), const(1.0)))
    else:
        generator.emit(assign(generator.bar(result), call(generator.kernel(unit), load(result))))
    generator.bars[result] = OWNED
