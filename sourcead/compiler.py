"""The order of the passes, and the program that grows around one derivative.

    source -> core -> facts -> steps -> sweeps -> folded, dead code dropped -> module

A program is the functions that one emitted module holds: the derivative asked for, and a forward and a backward
function for each user's function that it calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast

from runtime.kernels import (
    as_gradient,
    like,
    put_whole,
    saved,
    take_out,
    takes_back,
)
from sourcead.backend.binding import Emitted
from sourcead.errors import EndlessRecursion, Origin, Refused, within
from sourcead.frontend.callees import is_checkpoint
from sourcead.frontend.complex_numbers import shows_complex
from sourcead.frontend.lower import Core
from sourcead.frontend.names import Namespace
from sourcead.frontend.source import Source, find
from sourcead.frontend.syntax import (
    all_parameters,
    assign,
    clone,
    const,
    load,
    names_read,
    names_written,
    pack,
    param,
    returning,
    same,
    store,
    subscript,
    walk,
    with_parameters,
)
from sourcead.frontend.syntax import call as make_call
from sourcead.optimize.checks import check_once
from sourcead.optimize.consuming import mark_consumed
from sourcead.optimize.dead import drop_dead
from sourcead.optimize.effects import Resolve
from sourcead.optimize.flow import defined, upward
from sourcead.optimize.fold import Fold
from sourcead.optimize.known import Known
from sourcead.optimize.listed import read_by_entry
from sourcead.optimize.nesting import nest
from sourcead.optimize.repeatable import refuse_twice
from sourcead.optimize.shapes import read_shapes_elsewhere
from sourcead.optimize.targets import name_at_once
from sourcead.optimize.unpacking import sure_by_place, unpack
from sourcead.options import Options
from sourcead.transform.absorbing import absorb_all
from sourcead.transform.callees import analyse_callee, leave_alone
from sourcead.transform.checks import check_arguments, check_data
from sourcead.transform.functions import Analysed, Halves, analyse, halves
from sourcead.transform.operations import resolve
from sourcead.transform.tangent_functions import TangentCall, callee, tangent_function

MOST_FUNCTIONS = 200


@dataclass
class Call:
    """The forward and backward functions of a user's function, for one set of active parameters.

    The function that is differentiated may be one that changes a parameter (`changed`), of which it works on a copy.
    """

    forward: str
    backward: str
    taped: bool
    needs: tuple[str, ...]
    names: dict[str, str]
    owned: frozenset[str] = frozenset()
    changed: str = ""


@dataclass
class Program:
    """The functions of one emitted module."""

    options: Options
    namespace: Namespace = field(default_factory=Namespace)
    functions: list[gast.FunctionDef] = field(default_factory=list)
    pairs: dict[tuple[Any, tuple[str, ...], bool, type | None], Call] = field(default_factory=dict)
    pure: set[str] = field(default_factory=set)
    tangents: dict[tuple[Any, tuple[str, ...], type | None], TangentCall] = field(default_factory=dict)
    written: list[Halves] = field(default_factory=list)

    @classmethod
    def of(cls, source: Source, options: Options, complex_numbers: bool = False) -> Program:
        """A program without functions, to be written for `source`; whether it has complex numbers the text tells.

        The dynamic graph takes complex numbers as they come, and its text is the same for them.
        """
        whole = source.function in options.whole
        mixed = complex_numbers or whole or shows_complex(source)
        reading = "tensors" if whole else getattr(source.function, "reading", "either")
        space = Namespace(complex=mixed, reading=reading, whole=options.whole, main=source.function)
        space.checkpoint = options.checkpoint
        return cls(options, space)

    def pulling_back(self) -> str:
        """The function of `runtime` that runs a region and gives its pullback."""
        return "strong_vjp" if self.options.strong_zero else "vjp"

    def dynamic_allowed(self) -> bool:
        """Whether a call without source or rule may run on the dynamic graph."""
        return self.options.dynamic != "never"

    def emitted(self, main: str) -> Emitted:
        """What the backend needs to write the module."""
        used: set[str] = set()
        for function in self.functions:
            used |= names_read(function)
        own = {f.name for f in self.functions}
        space = self.namespace
        return Emitted(
            list(self.functions),
            main,
            {n: o for n, o in space.objects.items() if n in used and n not in own},
            {n: h for n, h in space.homes.items() if n in used and n not in own},
            {n: c for n, c in space.cells.items() if n in used},
            tuple(self.written),
            {n: s for n, s in space.spelled.items() if n in used and n not in own},
            space.reading,
        )

    def pair(
        self,
        function: Callable[..., Any],
        active: tuple[str, ...],
        number: bool,
        origin: Origin | None,
        owner: type | None = None,
        source: Source | None = None,
    ) -> Call:
        """The functions that stand for a call of a function, or of a method of `owner`; written on first use."""
        key = (function, active, number, owner)
        if key in self.pairs:
            if source is None and self.pairs[key].changed:
                leave_alone(find(function), self.pairs[key].changed)
            return self.pairs[key]
        if len(self.pairs) > MOST_FUNCTIONS:
            raise EndlessRecursion(
                f"more than {MOST_FUNCTIONS} functions would have to be written for this program",
                "Simplify the recursion, or run it on the dynamic graph.",
                origin,
            )
        entry, source = source is not None, source or find(function)
        name = source.name if source.name.isidentifier() else "function"
        forward, backward = self.function_name(f"{name}_fwd"), self.function_name(f"{name}_bwd")
        with within(source.function):
            analysed = (analyse if entry else analyse_callee)(source, self.namespace, active, number, owner)
            call = self.pairs[key] = Call(forward, backward, True, (), analysed.core.names)
            call.changed = next(iter(analysed.private), "")
            seed = self.namespace.local(f"{analysed.core.result or 'result'}_bar", analysed.core.taken)
            both = self.sweeps(analysed, seed, scalar=False)
            call.owned = both.owned
            self._write_pair(call, both, analysed, seed, function)
        other = self.pairs.get((function, active, not number, owner))
        if other is not None and self._is_again(call, other):
            # That the result is one number made no difference: the functions that are there do.
            del self.functions[-2:], self.namespace.objects[forward], self.namespace.objects[backward]
            self.written.remove(both)
            self.pairs[key] = other
        return self.pairs[key]

    def _is_again(self, call: Call, other: Call) -> bool:
        """Whether the pair written last says the same as another one."""
        texts = {f.name: f for f in self.functions}
        pairs = [(texts[call.forward], texts.get(other.forward)), (texts[call.backward], texts.get(other.backward))]
        return call.owned == other.owned and all(
            old is not None and same(old.args, new.args) and same(gast.Module(old.body, []), gast.Module(new.body, []))
            for new, old in pairs
        )

    def sweeps(self, analysed: Analysed, seed: str | None, scalar: bool = True, aux: bool = False) -> Halves:
        """Both sweeps of one function, which the program remembers."""
        function = analysed.core.source.function
        kernels = [k for k in (takes_back, put_whole) if function.__globals__.get(k.__name__) is k]
        if len(kernels) == 2 and {k.__name__ for k in kernels} <= {*function.__code__.co_names}:
            # Emitted text that puts objects back while it undoes putting them back.
            raise Refused(
                "a third derivative by reverse mode of code that changes what is held by a list or an object",
                "Take one of the three in forward mode: sourcead.tangent or hvp of the gradient.",
                analysed.core.source.origin(analysed.core.source.tree),
            )
        made = halves(analysed, self, seed, scalar, aux)
        if self.options.strong_zero:
            made.reverse = absorb_all(made.reverse, {*made.bars.values(), *([seed] if seed else [])}, self.namespace)
        self.written.append(made)
        return made

    def forward_of(
        self, function: Callable[..., Any], active: tuple[str, ...], origin: Origin | None, owner: type | None = None
    ) -> TangentCall:
        """The tangent function of a user's function, for the parameters that vary; written on first use."""
        return callee(self, function, active, origin, owner)

    def function_name(self, preferred: str) -> str:
        """A new name for an emitted function."""
        name = preferred
        number = 2
        while name in self.namespace.objects or name in self.namespace.locals or name in self.namespace.cells:
            name, number = f"{preferred}{number}", number + 1
        self.namespace.objects[name] = object()
        return name

    def _write_pair(self, call: Call, both: Halves, analysed: Analysed, seed: str, function: Any) -> None:
        core = analysed.core
        results = [both.bars[n] for n in analysed.wrt]
        returned = load(results[0]) if len(results) == 1 else pack(load(r) for r in results)
        last = gast.Return(value=returned)
        value = load(core.result) if core.result else const(None)
        again = is_checkpoint(function) or function in self.options.checkpoint
        if again:
            refuse_twice(core.name, both.forward, self.functions, self.resolver(core))
        reverse = [*map(clone, both.forward), *both.reverse] if again else both.reverse
        backward = self.tidy([*reverse, last], both)
        made = set() if again else names_written(both.forward)
        needed = upward(backward) & (made | set(core.parameters))
        taped = sorted(needed, key=lambda n: (n not in core.parameters, n))
        tape: gast.AST = pack(load(n) for n in taped)
        undefined = sorted(set(taped) - defined(both.forward) - set(core.parameters))
        head = [assign(n, const(None)) for n in undefined]
        if again:
            # The arguments as they were given: the function may use their names for other values.
            given = self.namespace.local("given", core.taken)
            head, tape = [assign(given, tape)], load(given)
        forward = [*head, *both.forward, returning(pack([value, tape]), core.ending)]
        forward = self.tidy(forward, both)
        holder = self.namespace.local("tape", core.taken)
        if taped:
            targets = pack((store(n) for n in taped), gast.Store())
            backward = [gast.Assign(targets=[targets], value=load(holder), type_comment=None), *backward]
        said = f"Value of {core.name}, and what its backward function needs."
        self.functions.append(function_of(call.forward, clone(core.arguments), forward, said))
        arguments = arguments_of([holder, seed])
        said = f"Cotangent of {', '.join(analysed.wrt)} in {core.name}."
        self.functions.append(function_of(call.backward, arguments, backward, said))

    def analysed_functions(self) -> list[Analysed]:
        """The functions that are written so far."""
        return [made.analysed for made in self.written]

    def resolver(self, core: Core) -> Resolve:
        """Finds the object that an expression of an emitted body names."""
        variables = frozenset(core.taken)
        return lambda node: resolve(node, self.namespace, variables)

    def tidy(self, body: list[gast.AST], both: Halves) -> list[gast.AST]:
        """The passes that make emitted text short, in their order."""
        core = both.analysed.core
        own = frozenset(core.taken - _users_names(core))
        written = {n for c in both.analysed.changes.values() for n in c.sharing | {c.variable}}
        sharing = both.analysed.sharing
        aliased = frozenset(n for n in sharing if sharing[n] & written)
        copying = next((n for n, o in self.namespace.objects.items() if o is take_out), None)
        found = self.resolver(core)
        known = Known(found, frozenset(self.pure))
        mark_consumed(body, core.parameters, found)
        sums = frozenset(both.bars.values())
        body = read_by_entry(body, lambda hint: self.namespace.local(hint, core.taken))
        body = drop_dead(read_shapes_elsewhere(body, frozenset(core.parameters)), known, aliased, own)
        body = Fold(own, known, sharing, copying, sums, both.analysed.varied | sums).run(body)
        # Folding empties statements that only named a value, and may leave comments and branches with nothing in them.
        body = nest(drop_dead(body, known, aliased, own, folded=True), found)
        sure = sure_by_place(core.body, core.parameters, found) | both.analysed.kinds.numeric
        body = unpack(body, own, both.analysed.varied - sure, found)
        return name_at_once(body, own, core.widths, known)


def gradient(
    source: Source, wrt: tuple[str, ...], name: str, single: bool, value: bool, aux: bool, options: Options
) -> Emitted:
    """The module of a gradient: `single` returns it bare, `value` with the function's value in front."""
    program = Program.of(source, options)
    main = program.function_name(name)
    analysed = analyse(source, program.namespace, wrt, not aux)
    both = program.sweeps(analysed, None, aux=aux)
    core = analysed.core
    returned = _gradients(both, single, program)
    kept: list[gast.AST] = []
    if value or aux:
        # The reverse sweep puts variables back to what they were, the result among them.
        name = program.namespace.local("value", core.taken)
        held: gast.AST = load(core.result) if core.result else const(None)
        changed = {c.variable for c in analysed.changes.values()}
        if changed & (analysed.sharing.get(core.result or "", frozenset()) | {core.result}):
            held = make_call(load(program.namespace.bind("saved", saved)), held)
        kept.append(assign(name, held))
        returned = pack([load(name), returned] if value else [returned, subscript(load(name), const(1))])
    body = program.tidy([*both.forward, *kept, *both.reverse, gast.Return(value=returned)], both)
    body = [check_arguments(analysed), *check_data(analysed, program.analysed_functions(), aux), *body]
    listed = ", ".join(wrt)
    said = f"{'Value and gradient' if value else 'Gradient'} of {source.name} with respect to {listed}."
    program.functions.append(function_of(main, clone(core.arguments), body, said))
    return program.emitted(main)


def adjoint(source: Source, wrt: tuple[str, ...], name: str, single: bool, options: Options) -> tuple[Emitted, str]:
    """The module of an adjoint, and the name of the parameter that takes the result's cotangent."""
    program = Program.of(source, options)
    main = program.function_name(name)
    seed = write_adjoint(program, source, wrt, main, single)
    return program.emitted(main), seed


def write_adjoint(program: Program, source: Source, wrt: tuple[str, ...], main: str, single: bool) -> str:
    """Write the adjoint `main` into a program; gives the name of its parameter for the result's cotangent."""
    analysed = analyse(source, program.namespace, wrt, False)
    core = analysed.core
    seed = program.namespace.local(f"{core.result or 'result'}_bar", core.taken)
    both = program.sweeps(analysed, seed)
    returned = _gradients(both, single, program)
    body = program.tidy([*both.forward, *both.reverse, gast.Return(value=returned)], both)
    body = [check_arguments(analysed), *check_data(analysed, program.analysed_functions()), *body]
    arguments = with_parameters(core.arguments, [seed])
    said = f"Cotangents of {', '.join(wrt)} in {source.name}, given the cotangent of its result."
    program.functions.append(function_of(main, arguments, body, said))
    return seed


def tangent(
    source: Source, wrt: tuple[str, ...], name: str, options: Options, complex_numbers: bool = False
) -> tuple[Emitted, tuple[str, ...]]:
    """The module of a tangent function, and the names of the parameters that take the tangents of the arguments."""
    program = Program.of(source, options, complex_numbers)
    main = program.function_name(name)
    dots = tangent_function(program, source, wrt, main)
    return program.emitted(main), dots


def _gradients(both: Halves, single: bool, program: Program) -> gast.AST:
    """The gradients as they are returned: in the structure of the argument, where that may be a list or a dict."""
    facts, result = both.analysed.kinds, both.analysed.core.result
    bars: list[gast.AST] = []
    for name in both.analysed.wrt:
        bar: gast.AST = load(both.bars[name])
        if program.namespace.complex or name not in facts.arrays and (name in facts.entered or name == result):
            bar = shown(bar, load(name), program)
        bars.append(bar)
    return bars[0] if single else pack(bars)


def shown(bar: gast.AST, primal: gast.AST, program: Program) -> gast.AST:
    """The cotangent of an argument as users see it: of a complex number it is PyTorch's, the conjugate."""
    kernel = as_gradient if program.namespace.complex else like
    return make_call(load(program.namespace.bind(kernel.__name__, kernel)), bar, primal)


def arguments_of(names: list[str]) -> gast.arguments:
    """Parameters of these names."""
    return gast.arguments([param(n) for n in names], [], None, [], [], None, [])


def function_of(name: str, arguments: gast.arguments, body: list[gast.AST], docstring: str) -> gast.FunctionDef:
    """A function with this docstring."""
    said = gast.Expr(value=const(docstring))
    return gast.FunctionDef(name, arguments, [said, *check_once(body)], [], None, None, [])


def _users_names(core: Any) -> set[str]:
    """Names a reader knows: those of the user's function, and their cotangents and tangents."""
    own = set(all_parameters(core.arguments)) | {n.id for n in walk(core.source.tree) if isinstance(n, gast.Name)}
    return own | {f"{n}{ending}" for n in own for ending in ("_bar", "_dot")}
