"""Forward mode: the tangent of every core statement beside it, in one sweep.

Requires: core, webs split, activity known.   Ensures: plain Python that computes the value and its tangent.

    x = 0.5 * t        ->      x_dot = 0.5 * t_dot
                               x = 0.5 * t

Which tangents are zero is known here, statement by statement, and nothing is written for these. Where one way through
the program makes a variable vary and another does not, the other sets its tangent to zeros.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any

import gast

from runtime.kernels import overlap, private, refreshed
from sourcead.analysis.activity import root
from sourcead.analysis.aliases import Change
from sourcead.analysis.liveness import exposed, live_after
from sourcead.analysis.webs import is_whole
from sourcead.errors import Unsupported
from sourcead.frontend.names import MISSING
from sourcead.frontend.syntax import assign, call, clone, const, load, names_read, names_written, rename, walk
from sourcead.transform.functions import Analysed
from sourcead.transform.guards import argument_guards
from sourcead.transform.mirrored import Mirrored, is_method
from sourcead.transform.regions import definitions
from sourcead.transform.shared_cotangents import look
from sourcead.transform.tangents import RESULT, Tangent, TangentProgram, reads_result, value_and_tangent


@dataclass
class Forward:
    """The tangent program of a function: its body, and the names of its arguments' tangents and of its result's.

    `result_dot` is None where the result's tangent is sure to be zero; `numeric` says that the result is sure to be a
    number or an array. `analysed` knows of changes to tangents too.
    """

    analysed: Analysed
    body: list[gast.AST]
    dots: tuple[str, ...]
    result_dot: str | None
    numeric: bool

    @property
    def bars(self) -> dict[str, str]:
        """The cotangents, which are summed up: there are none."""
        return {}


def parameter_dots(analysed: Analysed) -> tuple[str, ...]:
    """Names for the tangents of the arguments that vary."""
    core = analysed.core
    return tuple(core.namespace.local(f"{name}_dot", core.taken) for name in analysed.wrt)


def forward(analysed: Analysed, program: TangentProgram, dots: tuple[str, ...]) -> Forward:
    """The tangent program of an analysed function; `dots` are the names of its arguments' tangents."""
    sweep = _Sweep(analysed, program, dots)
    body = sweep.block(analysed.core.body)
    head = [assign(name, const(None)) for name in sorted(sweep.undefined)]
    head += argument_guards(analysed.core, analysed.aliases, analysed.certain, frozenset(analysed.wrt))
    for name in analysed.private:
        held = [name, sweep.dot(name)] if name in analysed.wrt else [name]
        head += [assign(n, call(sweep.facts.bind(private), load(n))) for n in held]
    result = analysed.core.result
    result_dot = sweep.dot(result) if result in sweep.active else None
    names = sweep.facts.names
    mirrored = {id(c): c for c in (_mirror(c, names) for c in analysed.changes.values())}
    sharing = {names[n]: _dots(shared, names) for n, shared in analysed.sharing.items() if n in names}
    known = replace(analysed, changes={**analysed.changes, **mirrored}, sharing={**analysed.sharing, **sharing})
    numeric = result in analysed.shapes.scalars or result in analysed.kinds.numeric or result in sweep.facts.starts
    return Forward(known, [*head, *body], dots, result_dot, numeric)


def _mirror(change: Change, names: dict[str, str]) -> Change:
    """What a change in place does to tangents."""
    variable = names.get(change.variable, change.variable)
    return replace(change, variable=variable, sharing=_dots(change.sharing, names))


def _dots(variables: frozenset[str], names: dict[str, str]) -> frozenset[str]:
    return frozenset(names[n] for n in variables if n in names)


class _Sweep(Mirrored):
    """The generator of the tangent program of one core program."""

    def __init__(self, analysed: Analysed, program: TangentProgram, dots: tuple[str, ...]) -> None:
        super().__init__(analysed, program, dots)
        result = analysed.core.result
        self.live = live_after(analysed.core.body, frozenset({result} if result else ()))

    def _put(self, active: set[str]) -> None:
        """Change which tangents are not known to be zero; the rules look at the same set."""
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
        for guard in self.analysed.guards.get(id(node), []):
            self.undefined |= (names_read(guard) & self.analysed.variables) - self.defined
            self.emit(clone(guard))
        mark = len(self.out)
        start: gast.AST | None = None
        if isinstance(node, gast.If) and not _closes(node):
            self._branch(node)
        elif isinstance(node, (gast.For, gast.While)) and not is_whole(node):
            self._loop(node)
        elif isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            start = self.start(node.targets[0].id, node.value)
            self.assignment(node.targets[0].id, node.value, node, node)
        elif isinstance(node, gast.Assign) and isinstance(node.targets[0], (gast.Subscript, gast.Attribute)):
            self.store(node)
        elif isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
            self.augmented(node)
        elif isinstance(node, gast.AugAssign) and isinstance(node.target, (gast.Subscript, gast.Attribute)):
            self.added(node)
        elif isinstance(node, gast.Expr):
            self.effect(node)
        else:
            self._whole(node)
        moves = isinstance(node, gast.Assign) and not names_written(node).isdisjoint(self.active)
        self.out[mark:mark] = definitions(node, self.core.namespace, moves)
        if not isinstance(node, (gast.If, gast.For, gast.While)):
            for made in self.out[mark:]:
                made.near = getattr(node, "origin", None), False
            self.defined |= names_written(node)
        self.facts.written(names_written(node))
        self._refresh(node)
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            self.facts.learn(node.targets[0].id, node.value, start)

    def _refresh(self, node: gast.AST) -> None:
        """Give other names for the memory that a statement has changed the tangent that it has now."""
        for other, (part, whole) in self.analysed.shared.joint.get(id(node), {}).items():
            variable = root(part)
            assert variable is not None, "internal error in forward: a change of nothing"
            if not {variable, other} & self.active:
                continue
            dot, _ = self._started(other), self._started(variable)
            self.undefined |= {other} - self.defined
            shared = look(self.facts.bind(overlap), part, other, whole)
            self.emit(assign(dot, call(self.facts.bind(refreshed), load(dot), self.path(part), shared)))

    def _started(self, variable: str) -> str:
        """The tangent of a variable, zero where it has not varied so far."""
        name = self.dot(variable)
        if variable not in self.active:
            self.emit(assign(name, self.zero(variable)))
            self.active.add(variable)
        return name

    def _whole(self, node: gast.AST) -> None:
        """A statement that stands whole carries no derivative, or is refused."""
        kept = (n for n in walk(node) if isinstance(n, (gast.Assign, gast.AugAssign, gast.For)))
        for inner in kept:
            if self.moves(inner.iter if isinstance(inner, gast.For) else inner.value):
                raise Unsupported(
                    "a value that carries a derivative is computed here in a way that has no emitted form",
                    "Write it as plain assignments, or loops over ranges.",
                    node.origin,
                )
        self.emit(clone(node))

    def _branch(self, node: gast.If) -> None:
        entry, defined, facts = set(self.active), set(self.defined), self.facts.state()
        body = self.block(node.body)
        first, known, after = set(self.active), self.defined, self.facts.state()
        self._put(entry)
        self.defined = set(defined)
        self.facts.begin(facts)
        orelse = self.block(node.orelse)
        second, other, ended = set(self.active), self.defined, self.facts.state()
        if _raises(node.body) or _raises(node.orelse):
            self._put(second if _raises(node.body) else first)
            self.defined = other if _raises(node.body) else known
        else:
            live = self.live[id(node)]
            for variable in sorted((first ^ second) & live):
                side, self.defined, at = (orelse, other, ended) if variable in first else (body, known, after)
                self.facts.begin(at)
                side.append(assign(self.dot(variable), self.zero(variable)))
            self._put((first | second) & live)
            self.defined = known & other
        self.facts.begin(facts)
        self.emit(gast.If(test=clone(node.test), body=body, orelse=orelse))

    def _loop(self, node: gast.AST) -> None:
        """The body as often as needed to know which tangents are carried around the loop."""
        live = self.live[id(node)]
        carried = live | exposed(node.body) | (names_read(node.test) if isinstance(node, gast.While) else frozenset())
        entry, defined, facts = set(self.active), set(self.defined), self.facts.state()
        assumed = set(entry)
        while True:
            mark = len(self.temporaries)
            self._put(assumed)
            self.defined = defined | (names_written(node.target) if isinstance(node, gast.For) else set())
            self.facts.begin(facts)
            self.facts.written(names_written(node))
            body = self.block(node.body)
            out = self.active & carried
            if out <= assumed:
                break
            assumed |= out
            self.core.taken.difference_update(self.temporaries[mark:])
            del self.temporaries[mark:]
        place = len(body) - 1 if _closes(node.body[-1]) else len(body)
        for variable in sorted((assumed & carried) - out):
            body.insert(place, assign(self.dot(variable), self.zero(variable)))
        inside, self.defined = self.defined, defined
        self.facts.begin(facts)
        for variable in sorted((assumed - entry) & carried):
            self.emit(assign(self.dot(variable), self.zero(variable)))
        self._put(assumed & live)
        if isinstance(node, gast.For):
            self.emit(gast.For(clone(node.target), clone(node.iter), body, [], None))
        else:
            self.emit(gast.While(clone(node.test), body, []))
            self.defined = inside if _is_true(node.test) else defined

    # Assignments

    def assignment(self, target: str, value: gast.AST, node: gast.AST, primal: gast.AST) -> None:
        """`primal` with the tangent of `target = value` beside it."""
        named = self._named(value, node)
        if named is not value and not isinstance(primal, gast.AugAssign):
            primal = _at(assign(target, clone(named)), node)
        value = named
        made = self._tangent(target, value, node)
        if made is None:
            self.emit(clone(primal))
            self.active.discard(target)
            return
        dot = self.dot(target)
        self.active.add(target)
        shared = isinstance(value, (gast.Name, gast.Subscript, gast.Attribute, gast.List, gast.Tuple, gast.Dict))
        if made.together:
            self.out += made.before
            self.emit(_at(value_and_tangent(target, dot, made.value), node))
        elif not reads_result(made):
            given = made.value if shared else self.kept(target, made.value)
            self.out += [*made.before, assign(dot, given), clone(primal)]
        else:
            self._after(target, dot, value, made, node, primal)

    def _after(self, target: str, dot: str, value: gast.AST, made: Tangent, node: gast.AST, primal: gast.AST) -> None:
        """A tangent that reads the result stands behind it, but before anything that it reads is overwritten."""
        overwritten = target in names_read(value)
        result = self.fresh(target) if overwritten else target
        self.emit(_at(assign(result, clone(value)), node) if overwritten else clone(primal))
        names = {RESULT: result}
        self.out += [rename(s, names) for s in made.before]
        self.emit(assign(dot, self.kept(target, rename(made.value, names))))
        if overwritten:
            again = isinstance(primal, gast.AugAssign)
            self.emit(clone(primal) if again else _at(assign(target, load(result)), node))

    def _tangent(self, target: str, value: gast.AST, node: gast.AST) -> Tangent | None:
        if isinstance(value, (gast.List, gast.Dict)) and target in self.varied:
            return Tangent(self._display(value))
        if not self.moves(value) or target not in self.varied:
            return None
        if isinstance(value, gast.Name):
            return Tangent(load(self.dot(value.id)))
        if isinstance(value, (gast.Tuple, gast.List, gast.Dict)):
            return Tangent(self._display(value))
        if isinstance(value, gast.Subscript) or isinstance(value, gast.Attribute) and not self.facts.operation(value):
            return Tangent(self.path(value)) if root(value) in self.active else None
        if is_method(value, "pop") and root(value.func) in self.active:
            return Tangent(call(self.path(value.func), *clone(value.args)))
        if not isinstance(value, (gast.BinOp, gast.UnaryOp, gast.Call, gast.Attribute)):
            raise Unsupported(
                f"`{type(value).__name__}` has no tangent", "Compute the value in plain statements.", node.origin
            )
        made = self.tangents.of_operation(target, value, node)
        self.out += [_at(check, node) for check in self.tangents.checks]
        return made

    def _display(self, value: gast.AST) -> gast.AST:
        if isinstance(value, gast.Dict):
            return gast.Dict(keys=clone(value.keys), values=[self.facts.of(v) for v in value.values])
        return type(value)(elts=[self.facts.of(e) for e in value.elts], ctx=gast.Load())

    def _named(self, value: gast.AST, node: gast.AST) -> gast.AST:
        """A right-hand side whose operands are variables wherever they vary; what must come first is emitted.

        The frontend leaves expressions whole that it takes for inactive, and some of these turn out to vary.
        """
        if isinstance(value, (gast.Name, gast.Constant)) or not self.moves(value):
            return value
        if isinstance(value, (gast.Subscript, gast.Attribute)):
            inner = isinstance(value.value, (gast.Subscript, gast.Attribute))
            return _with(value, "value", self._named(value.value, node) if inner else self.operand(value.value, node))
        if isinstance(value, gast.BinOp):
            value = _with(value, "left", self.operand(value.left, node))
            return _with(value, "right", self.operand(value.right, node))
        if isinstance(value, gast.UnaryOp):
            return _with(value, "operand", self.operand(value.operand, node))
        if isinstance(value, (gast.Tuple, gast.List)):
            return _with(value, "elts", [self.operand(e, node) for e in value.elts])
        if isinstance(value, gast.Dict):
            return _with(value, "values", [self.operand(v, node) for v in value.values])
        if isinstance(value, gast.Call):
            method = isinstance(value.func, gast.Attribute) and self.static(value.func) is MISSING
            if method and not is_method(value, "pop"):
                base = self.operand(value.func.value, node)
                value = _with(value, "func", _with(value.func, "value", base))
            value = _with(value, "args", [self.operand(a, node) for a in value.args])
            held = [_with(k, "value", self.operand(k.value, node)) for k in value.keywords]
            return _with(value, "keywords", held)
        return value

    def operand(self, node: gast.AST, statement: gast.AST) -> gast.AST:
        """An operand that is a variable wherever it varies."""
        if isinstance(node, (gast.Name, gast.Constant)) or not self.moves(node):
            return node
        held = self.fresh("t")
        made = _at(assign(held, clone(node)), statement)
        self.assignment(held, node, made, made)
        return load(held)


def _with(node: gast.AST, name: str, value: Any) -> gast.AST:
    """The node with another part; the same node where the part is the same."""
    old = getattr(node, name)
    if value is old or isinstance(value, list) and all(a is b for a, b in zip(value, old, strict=True)):
        return node
    made = copy.copy(node)
    setattr(made, name, value)
    return made


def _closes(node: gast.AST) -> bool:
    """Whether a statement is the exit at the end of a loop."""
    return isinstance(node, gast.If) and len(node.body) == 1 and isinstance(node.body[0], gast.Break)


def _raises(body: list[gast.AST]) -> bool:
    return bool(body) and isinstance(body[-1], gast.Raise)


def _is_true(node: gast.AST) -> bool:
    return isinstance(node, gast.Constant) and bool(node.value)


def _at(made: gast.AST, node: gast.AST) -> gast.AST:
    made.origin = node.origin
    return made
