"""Forward mode: the tangent of every core statement beside it, in one sweep.

Requires: core, webs split, activity known.   Ensures: plain Python that computes the value and its tangent.

    x = 0.5 * t        ->      x_dot = 0.5 * t_dot
                               x = 0.5 * t

A tangent always has the structure and shape of its value, so whatever moves, shares or changes values in place has a
mirror image that does the same to tangents. Which tangents are zero is known here, statement by statement, and
nothing is written for these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import gast
import numpy as np

from runtime.kernels import private, saved, zeros_like
from runtime.kernels.tangent import blank_tangent, stretched, zero_tangent
from sourcead.analysis.activity import root
from sourcead.analysis.aliases import Change
from sourcead.analysis.liveness import exposed, live_after
from sourcead.analysis.webs import is_core_loop
from sourcead.errors import NoRule, Unsupported
from sourcead.frontend.carries import carries
from sourcead.frontend.syntax import (
    assign,
    attribute,
    augment,
    call,
    clone,
    const,
    load,
    names_read,
    names_written,
    rename,
    store,
    walk,
)
from sourcead.transform.functions import Analysed
from sourcead.transform.operations import resolve
from sourcead.transform.tangents import (
    RESULT,
    Facts,
    Tangent,
    TangentProgram,
    Tangents,
    reads_result,
    value_and_tangent,
)

DISPLAYS = (gast.List, gast.Tuple, gast.Dict)
WRITERS = {np.copyto, np.put, np.place, np.putmask, np.fill_diagonal, np.put_along_axis}


@dataclass
class Forward:
    """The tangent program of a function: its body, and the tangents of its arguments and of its result.

    `result_dot` is None where the result's tangent is sure to be zero. `analysed` knows the tangents too.
    """

    analysed: Analysed
    body: list[gast.AST]
    dots: tuple[str, ...]
    result_dot: str | None


def parameter_dots(analysed: Analysed) -> tuple[str, ...]:
    """Names for the tangents of the arguments that vary."""
    core = analysed.core
    return tuple(core.namespace.local(f"{name}_dot", core.taken) for name in analysed.wrt)


def forward(analysed: Analysed, program: TangentProgram, dots: tuple[str, ...]) -> Forward:
    """The tangent program of an analysed function; `dots` are the names of its arguments' tangents."""
    sweep = _Sweep(analysed, program, dots)
    body = sweep.block(analysed.core.body)
    head = [assign(name, const(None)) for name in sorted(sweep.undefined)]
    for name in analysed.private:
        held = [name, sweep.dot(name)] if name in analysed.wrt else [name]
        head += [assign(n, call(sweep.facts.bind(private), load(n))) for n in held]
    result = analysed.core.result
    result_dot = sweep.dot(result) if result in sweep.active else None
    mirrored = {id(c): c for c in (_mirror(c, sweep.names) for c in analysed.changes.values())}
    known = replace(analysed, changes={**analysed.changes, **mirrored})
    return Forward(known, [*head, *body], dots, result_dot)


def _mirror(change: Change, names: dict[str, str]) -> Change:
    """What a change in place does to tangents."""
    sharing = frozenset(names[n] for n in change.sharing if n in names)
    return Change(change.statement, names.get(change.variable, change.variable), sharing)


class _Sweep:
    """The generator of the tangent program of one core program."""

    def __init__(self, analysed: Analysed, program: TangentProgram, dots: tuple[str, ...]) -> None:
        core = analysed.core
        self.analysed, self.core = analysed, core
        self.varied = analysed.varied
        self.names = dict(zip(analysed.wrt, dots))
        self.active: set[str] = set(analysed.wrt)
        self.defined: set[str] = set(core.parameters)
        self.undefined: set[str] = set()
        self.temporaries: list[str] = []
        self.out: list[gast.AST] = []
        self.live = live_after(core.body, frozenset({core.result} if core.result else ()))
        self.mutable = {n for c in analysed.changes.values() for n in c.sharing | {c.variable}}
        self.blank = {root(n) for n in walk(core.body) if isinstance(n, gast.Subscript) and isinstance(n.ctx, gast.Store)}
        self.facts = Facts(
            core, analysed.variables, analysed.shapes, analysed.kinds, self.active, set(), self.dot, self.fresh
        )
        self.tangents = Tangents(self.facts, program)

    # Names

    def dot(self, variable: str) -> str:
        """The name of a variable's tangent."""
        if variable not in self.names:
            self.names[variable] = self.core.namespace.local(f"{variable}_dot", self.core.taken)
        return self.names[variable]

    def fresh(self, hint: str) -> str:
        """A new local name."""
        name = self.core.namespace.local(hint, self.core.taken)
        self.temporaries.append(name)
        return name

    def emit(self, statement: gast.AST) -> None:
        """Append a statement to the program being written."""
        self.out.append(statement)

    def zero(self, variable: str) -> gast.AST:
        """A tangent that is zero so far."""
        if variable not in self.defined:
            self.undefined.add(variable)
        if self.facts.is_number(load(variable)):
            return const(0.0)
        if variable in self.blank:
            return call(self.facts.bind(blank_tangent), load(variable))
        kernel: Callable[..., object] = zeros_like if variable in self.analysed.kinds.numeric else zero_tangent
        return call(self.facts.bind(kernel), load(variable))

    def own(self, variable: str) -> str:
        """The tangent of a variable that is about to be changed in place."""
        name = self.dot(variable)
        if variable not in self.active:
            self.emit(assign(name, self.zero(variable)))
            self.active.add(variable)
        return name

    def _put(self, active: set[str]) -> None:
        """Change which tangents are known not to be zero; the rules look at the same set."""
        self.active.clear()
        self.active.update(active)

    # Blocks

    def block(self, body: list[gast.AST]) -> list[gast.AST]:
        """The statements of a block with their tangents."""
        outer, self.out = self.out, []
        for node in body:
            self.statement(node)
        made, self.out = self.out, outer
        return made

    def statement(self, node: gast.AST) -> None:
        """One core statement and its tangent."""
        self.out += clone(self.analysed.guards.get(id(node), []))
        if isinstance(node, gast.If) and not _closes(node):
            self._branch(node)
        elif isinstance(node, (gast.For, gast.While)) and is_core_loop(node):
            self._loop(node)
        elif isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            self._assign(node.targets[0].id, node.value, node, node)
        elif isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Subscript):
            self._store(node.targets[0], node)
        elif isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            self._augmented(node)
        elif isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Subscript):
            self._added(node.target, node)
        else:
            if isinstance(node, gast.Expr):
                self._effect(node)
            self.emit(clone(node))
        self.defined |= names_written(node) if not isinstance(node, (gast.If, gast.For, gast.While)) else set()

    def _branch(self, node: gast.If) -> None:
        entry, defined = set(self.active), set(self.defined)
        body = self.block(node.body)
        first, known = set(self.active), self.defined
        self._put(entry)
        self.defined = set(defined)
        orelse = self.block(node.orelse)
        second = set(self.active)
        ends = isinstance(node.body[-1], gast.Raise), bool(node.orelse) and isinstance(node.orelse[-1], gast.Raise)
        if ends[0] or ends[1]:
            self._put(second if ends[0] else first)
            self.defined = self.defined if ends[0] else known
            self.emit(gast.If(test=clone(node.test), body=body, orelse=orelse))
            return
        live = self.live[id(node)]
        other = self.defined
        for variable in sorted((first ^ second) & live):
            side, self.defined = (orelse, other) if variable in first else (body, known)
            side.append(assign(self.dot(variable), self.zero(variable)))
        self._put((first | second) & live)
        self.defined = known & other
        self.emit(gast.If(test=clone(node.test), body=body, orelse=orelse))

    def _loop(self, node: gast.AST) -> None:
        """The body as often as needed to know which tangents are carried around the loop."""
        live = self.live[id(node)]
        carried = live | exposed(node.body) | (names_read(node.test) if isinstance(node, gast.While) else frozenset())
        entry, defined = set(self.active), set(self.defined)
        assumed = set(entry)
        forever = isinstance(node, gast.While) and isinstance(node.test, gast.Constant) and bool(node.test.value)
        while True:
            mark = len(self.temporaries)
            self._put(assumed)
            self.defined = defined | (names_written(node.target) if isinstance(node, gast.For) else set())
            body = self.block(node.body)
            out = self.active & carried
            if out <= assumed:
                break
            assumed |= out
            self.core.taken.difference_update(self.temporaries[mark:])
            del self.temporaries[mark:]
        inside = self.defined
        place = len(body) - 1 if _closes(node.body[-1]) else len(body)
        for variable in sorted((assumed & carried) - out):
            body.insert(place, assign(self.dot(variable), self.zero(variable)))
        self.defined = defined
        for variable in sorted((assumed - entry) & carried):
            self.emit(assign(self.dot(variable), self.zero(variable)))
        self._put(assumed & live)
        if isinstance(node, gast.For):
            self.emit(gast.For(clone(node.target), clone(node.iter), body, [], None))
        else:
            self.emit(gast.While(clone(node.test), body, []))
            self.defined = inside if forever else defined

    # Statements

    def _assign(self, target: str, value: gast.AST, node: gast.AST, primal: gast.AST) -> None:
        """`primal` with the tangent of `target = value` beside it."""
        named = self._with_names(value, node)
        if named is not value:
            value, primal = named, _at(assign(target, named), node)
        made = self._tangent(target, value, node)
        dot = self.dot(target) if made is not None else ""
        if made is None:
            self.emit(clone(primal))
            self.active.discard(target)
            return
        self.active.add(target)
        if made.together:
            self.emit(_at(value_and_tangent(target, dot, made.value), node))
            return
        if not reads_result(made):
            self.out += [*made.before, assign(dot, self._kept(target, made.value)), clone(primal)]
            return
        result = target
        if target in names_read(value):
            result = self.fresh(target)
            self.emit(assign(result, clone(value)))
        else:
            self.emit(clone(primal))
        named = {RESULT: result}
        self.out += [rename(s, named) for s in made.before]
        self.emit(assign(dot, self._kept(target, rename(made.value, named))))
        if result != target:
            self.emit(clone(primal) if isinstance(primal, gast.AugAssign) else _at(assign(target, load(result)), node))

    def _with_names(self, value: gast.AST, node: gast.AST) -> gast.AST:
        """A right-hand side whose operands are variables wherever they vary; what must come first is emitted.

        The frontend leaves expressions whole that it takes for inactive; some turn out to vary.
        """
        if isinstance(value, (gast.Name, gast.Constant)) or not carries(value, self.active, self._static):
            return value
        made = copy.copy(value)
        for name in value._fields:
            old = getattr(value, name, None)
            if name in ("slice", "keys", "ctx", "op") or isinstance(old, str):
                continue
            if isinstance(old, list):
                setattr(made, name, [self._operand(item, node) for item in old])
            elif isinstance(old, gast.AST):
                path = isinstance(value, (gast.Subscript, gast.Attribute)) and isinstance(old, (gast.Subscript, gast.Attribute))
                setattr(made, name, self._with_names(old, node) if path else self._operand(old, node))
        same_parts = all(_same_parts(getattr(made, f, None), getattr(value, f, None)) for f in value._fields)
        return value if same_parts else made

    def _operand(self, node: gast.AST, statement: gast.AST) -> gast.AST:
        """An operand that is a variable wherever it varies."""
        if isinstance(node, gast.keyword):
            held = self._operand(node.value, statement)
            return node if held is node.value else gast.keyword(arg=node.arg, value=held)
        if isinstance(node, gast.Attribute) and self._static(node) is not MISSING:
            return node
        if isinstance(node, (gast.Name, gast.Constant)) or not carries(node, self.active, self._static):
            return node
        if isinstance(node, gast.Attribute) and not isinstance(node.value, gast.Name):
            node = self._with_names(node, statement)
        held = self.fresh("t")
        self._assign(held, node, statement, _at(assign(held, node), statement))
        return load(held)

    def _kept(self, target: str, value: gast.AST) -> gast.AST:
        """A tangent that another variable holds too, copied where either value may change in place."""
        if not isinstance(value, gast.Name) or self.sharing:
            return value
        source = next((v for v, name in self.names.items() if name == value.id), "")
        numbers = self.facts.is_number(load(target)) and self.facts.is_number(load(source))
        if numbers or not {target, source} & self.mutable:
            return value
        return call(self.facts.bind(saved), value)

    def _tangent(self, target: str, value: gast.AST, node: gast.AST) -> Tangent | None:
        self.sharing = isinstance(value, (gast.Name, gast.Subscript, gast.Attribute, *DISPLAYS))
        if isinstance(value, (gast.List, gast.Dict)) and target in self.varied:
            return Tangent(self._display(value))
        if not carries(value, self.active, self._static):
            return None
        if isinstance(value, gast.Name):
            return Tangent(load(self.dot(value.id)))
        if isinstance(value, gast.Tuple):
            return Tangent(self._display(value))
        if isinstance(value, gast.Subscript):
            return Tangent(self._mirrored(value)) if root(value) in self.active else None
        if isinstance(value, gast.Attribute) and self.facts.operation(value) is None:
            return Tangent(self._mirrored(value))
        if _is_method(value, "pop") and root(value.func) in self.active:
            popped = attribute(load(self.dot(value.func.value.id)), "pop")
            return Tangent(call(popped, *clone(value.args)))
        if not isinstance(value, (gast.BinOp, gast.UnaryOp, gast.Call, gast.Attribute)):
            raise Unsupported(
                f"`{type(value).__name__}` has no tangent", "Compute the value in plain statements.", node.origin
            )
        return self.tangents.of_operation(target, value, node)

    def _static(self, node: gast.AST) -> object:
        return resolve(node, self.core.namespace, self.analysed.variables)

    def _display(self, value: gast.AST) -> gast.AST:
        if isinstance(value, gast.Dict):
            return gast.Dict(keys=clone(value.keys), values=[self.facts.of(v) for v in value.values])
        return type(value)(elts=[self.facts.of(e) for e in value.elts], ctx=gast.Load())

    def _mirrored(self, path: gast.AST) -> gast.AST:
        """`u[i].a` on the tangent: `u_dot[i].a`; the index is the same."""
        if isinstance(path, gast.Name):
            return gast.Name(self.dot(path.id), path.ctx, None, None)
        if isinstance(path, gast.Subscript):
            return gast.Subscript(value=self._mirrored(path.value), slice=clone(path.slice), ctx=path.ctx)
        return gast.Attribute(value=self._mirrored(path.value), attr=path.attr, ctx=path.ctx)

    def _store(self, target: gast.Subscript, node: gast.Assign) -> None:
        """`u[i] = value`: the same store in the tangent."""
        variable = root(target)
        if variable in self.active or self.facts.varies(node.value):
            self.own(variable)
            place = self._mirrored(target)
            array = self._is_array(target)
            if self.facts.varies(node.value):
                given = self.facts.of(node.value)
                if node.value.id in self.facts.loose and not array:
                    given = call(self.facts.bind(stretched), given, clone(node.value))
            else:
                given = const(0.0) if array else self.facts.of(node.value)
            self.emit(gast.Assign(targets=[place], value=given, type_comment=None))
        self.emit(clone(node))

    def _is_array(self, target: gast.Subscript) -> bool:
        """Whether what is stored into is sure to be an array, which broadcasts and copies what it is given."""
        if isinstance(target.value, gast.Name) and target.value.id in self.analysed.kinds.numeric:
            return True
        return isinstance(target.slice, (gast.Slice, gast.Tuple))

    def _augmented(self, node: gast.AugAssign) -> None:
        """`x += y`: in place where `x` is an array, as in the value."""
        variable, value = node.target.id, node.value
        adds = isinstance(node.op, (gast.Add, gast.Sub))
        number = self.facts.is_number(load(variable))
        joins = self.facts.is_display(node.target) or self.facts.is_display(value)
        if joins and isinstance(node.op, gast.Add):
            if variable in self.active or self.facts.varies(value):
                self.own(variable)
                self.emit(augment(store(self.dot(variable)), gast.Add(), self.facts.of(value)))
            self.emit(clone(node))
            return
        if adds and self.facts.varies(value) and (variable in self.active or not number):
            self.own(variable)
            self.emit(augment(store(self.dot(variable)), clone(node.op), self.facts.of(value)))
            self.emit(clone(node))
            return
        if adds and variable in self.active and not self.facts.varies(value):
            self.emit(clone(node))
            if not (self.analysed.shapes.fits(node, variable) or self.facts.is_number(value)):
                dot = self.dot(variable)
                self.emit(assign(dot, call(self.facts.bind(stretched), load(dot), load(variable))))
            return
        as_value = gast.BinOp(left=load(variable), op=node.op, right=value)
        self._assign(variable, as_value, node, node)

    def _added(self, target: gast.Subscript, node: gast.AugAssign) -> None:
        """`u[i] += value`: the same in the tangent."""
        variable = root(target)
        moves = self.facts.varies(node.value)
        if not moves and variable not in self.active:
            self.emit(clone(node))
            return
        if not isinstance(node.op, (gast.Add, gast.Sub)):
            raise Unsupported("this update of an element has no tangent", "Write it as `u[i] = ...`.", node.origin)
        self.own(variable)
        if moves:
            place = self._mirrored(target)
            self.emit(augment(place, clone(node.op), self.facts.of(node.value)))
            self.emit(clone(node))
            return
        self.emit(clone(node))
        if not self._is_array(target) and not self.facts.is_number(node.value):
            place, read = self._mirrored(target), clone(target)
            held = clone(place)
            held.ctx = read.ctx = gast.Load()
            given = call(self.facts.bind(stretched), held, read)
            self.emit(gast.Assign(targets=[place], value=given, type_comment=None))

    def _effect(self, node: gast.Expr) -> None:
        """The tangent of a call for its effect."""
        value = node.value
        if not isinstance(value, gast.Call):
            return
        if _is_method(value, "append") and value.func.value.id in self.varied:
            source = value.func.value.id
            append = attribute(load(self.own(source)), "append")
            self.emit(gast.Expr(value=call(append, self.facts.of(value.args[0]))))
            return
        if _is_method(value, "pop") and root(value.func) in self.active:
            pop = attribute(load(self.dot(value.func.value.id)), "pop")
            self.emit(gast.Expr(value=call(pop, *clone(value.args))))
            return
        self._refuse_writer(value, node)

    def _refuse_writer(self, value: gast.Call, node: gast.AST) -> None:
        """A function that writes into its argument would leave the tangent behind."""
        function = self._static(value.func)
        given = [*value.args, *(k.value for k in value.keywords)]
        reads = {n for a in given for n in names_read(a)} & (self.active | self.varied)
        at = isinstance(value.func, gast.Attribute) and value.func.attr == "at"
        writes = at and isinstance(self._static(value.func.value), np.ufunc) or any(k.arg == "out" for k in value.keywords)
        if reads and (writes or any(function is w for w in WRITERS)):
            raise NoRule(
                "this call writes into an array that it is given, and a derivative flows through it",
                "Write it as an assignment: `y[i] = ...`, `y[i] += ...` or `y = ...`.",
                node.origin,
            )


def _closes(node: gast.AST) -> bool:
    """Whether a statement is the exit at the end of a loop."""
    return isinstance(node, gast.If) and len(node.body) == 1 and isinstance(node.body[0], gast.Break)


def _at(made: gast.AST, node: gast.AST) -> gast.AST:
    made.origin = node.origin
    return made


def _is_method(value: gast.AST, name: str) -> bool:
    return (
        isinstance(value, gast.Call)
        and isinstance(value.func, gast.Attribute)
        and value.func.attr == name
        and isinstance(value.func.value, gast.Name)
    )
