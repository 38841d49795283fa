"""The tangent of one core operation, as an expression in the operands and their tangents."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import gast
import numpy as np

import runtime
from runtime.kernels import require_constant, saved, sequence
from runtime.kernels.reading import SHAPE_ARGUMENTS, SILENT_ARGUMENTS
from runtime.kernels.tangent import formed, joined, record_tangent, stretched, view_alike
from runtime.primitives import registry
from runtime.untouched import unchanging
from sourcead.analysis.activity import root
from sourcead.errors import NoRule, Origin, Unsupported
from sourcead.frontend.calls import is_user_function
from sourcead.frontend.expressions import is_integer
from sourcead.frontend.names import MISSING, Region
from sourcead.frontend.syntax import attribute, call, clone, const, load, names_read, pack, store
from sourcead.transform.algebra import literal, number, plus, times
from sourcead.transform.operations import Operation, unfit
from sourcead.transform.paste import paste
from sourcead.transform.records import field_names, is_record, keeps_fields
from sourcead.transform.regions import CHOOSE, WRITE, reason, refused, said, unwritten
from sourcead.transform.tangent_facts import TOGETHER, Facts

RESULT = ".result"
MOVING = ("get", "tolist", "_replace")


class TangentCall(Protocol):
    """The function that gives a user's function together with its tangent."""

    name: str
    dots: tuple[str, ...]
    by_name: bool
    names: dict[str, str]
    still: bool


class TangentProgram(Protocol):
    """What forward mode needs of the program around a function."""

    def forward_of(
        self, function: Callable[..., Any], active: tuple[str, ...], origin: Origin | None, owner: type | None = None
    ) -> TangentCall:
        """The tangent function of a user's function, for the parameters that vary."""

    def dynamic_allowed(self) -> bool:
        """Whether a call without source or rule may run on the dynamic graph."""


@dataclass
class Tangent:
    """A tangent: its expression, and what must be computed before it.

    The name `RESULT` in it stands for the operation's result. Where `together` says so, the expression gives the
    operation's value and its tangent.
    """

    value: gast.AST
    before: list[gast.AST] = field(default_factory=list)
    together: bool = False


class Tangents:
    """Tangents of the operations of one core program."""

    def __init__(self, facts: Facts, program: TangentProgram) -> None:
        self.facts = facts
        self.program = program
        self.before: list[gast.AST] = []
        self.checks: list[gast.AST] = []

    def of_operation(self, target: str, value: gast.AST, statement: gast.AST) -> Tangent | None:
        """The tangent of `target = value`, an operation; None where it is sure to be zero."""
        self.before, self.checks = [], []
        found = self.facts.operation(value)
        if found is None or registry.is_inactive(found.function):
            return None
        if found.function in (tuple, list) and found.args and not found.kwargs:
            return Tangent(call(clone(value.func), self.facts.of(found.args[0])))
        if found.text in ("Add", "Mult") and any(self.facts.is_display(a) for a in found.args):
            return self._joined(found, statement)
        if found.function in TOGETHER:
            return Tangent(call(clone(value.func), *map(self.facts.of, found.args[:2]), *clone(list(found.args[2:]))))
        if found.rule is not None:
            made = self._of_rule(target, value, found, found.rule, statement)
            return None if made is None else Tangent(made, self.before)
        if inspect.isclass(found.function) and is_record(found.function):
            return self._record(found, statement)
        if is_user_function(found.function):
            return self._of_function(found, value, statement)
        if found.function is MISSING and isinstance(value.func, gast.Attribute) and found.text in MOVING:
            return self._moved(found, value)
        return self._of_unknown(found, value, statement)

    # Rules

    def _of_rule(
        self, target: str, value: gast.AST, found: Operation, rule: registry.Rule, statement: gast.AST
    ) -> gast.AST | None:
        exponent = number(found.args[1]) if rule.function is np.power else None
        if exponent is not None:
            terms = self._power(found, exponent)
        else:
            terms = self._terms(value, found, rule, statement)
        if not terms:
            return None
        total = functools.reduce(plus, terms)
        if rule.kind != "elementwise":
            total = self._alike(target, total, found, rule)
            return call(self.facts.bind(formed), total, load(RESULT)) if target in self.facts.by_name else total
        if isinstance(value, gast.Call) and isinstance(total, gast.Name) and not self.facts.is_number(load(target)):
            # The operand may be a list, and the result is an array.
            return call(self.facts.bind(stretched), total, load(RESULT))
        reached = self._reach(total)
        if self._has_shape(reached, found, statement):
            return total
        if target in self.facts.kinds.passing:
            self.facts.loose[target] = reached
            return total
        return call(self.facts.bind(stretched), total, load(RESULT))

    def _terms(self, value: gast.AST, found: Operation, rule: registry.Rule, statement: gast.AST) -> list[gast.AST]:
        terms: list[gast.AST] = []
        for name, node in self._parameters(rule, found, statement).items():
            if not self.facts.varies(node):
                continue
            if isinstance(node, tuple):
                for k, operand in enumerate(node):
                    if self.facts.varies(operand):
                        terms.append(self._starred(value, found, name, k, operand, statement))
                continue
            if name in rule.partials:
                pasted = self._pasted(rule.partials[name], 1, [load(RESULT)], found, statement)
                terms.append(times(self._as_array(node), pasted))
            elif name in rule.forward:
                head = [load(self.facts.dot(node.id)), load(RESULT)]
                terms.append(self._pasted(rule.forward[name], 2, head, found, statement))
            elif name in rule.reverse and rule.kind == "linear":
                terms.append(self._replaced(value, node))
            elif not self._shape_only(rule, found, node):
                # Often a whole number, as an axis or a length that a function found: that does not vary.
                check = self.facts.bind(require_constant)
                self.checks.append(gast.Expr(value=call(check, clone(node), const(f"`{name}` of `{rule.name}`"))))
        return terms

    def _as_array(self, node: gast.Name) -> gast.AST:
        """The tangent of an elementwise operation's operand, an array also where the operand is a list."""
        dot = load(self.facts.dot(node.id))
        if not self.facts.is_display(node):
            return dot
        return call(attribute(load(self.facts.core.namespace.bind("np", np)), "asarray"), dot)

    def _starred(
        self, value: gast.AST, found: Operation, name: str, k: int, node: gast.AST, statement: gast.AST
    ) -> gast.AST:
        rule = found.rule
        assert rule is not None, "internal error in tangents: no rule"
        starred = f"*{name}"
        dot = load(self.facts.dot(node.id))
        if starred in rule.partials:
            pasted = self._pasted(rule.partials[starred], 2, [load(RESULT), const(k)], found, statement)
            return times(dot, pasted)
        if starred in rule.forward:
            return self._pasted(rule.forward[starred], 3, [dot, load(RESULT), const(k)], found, statement)
        if starred in rule.reverse and rule.kind == "linear":
            return self._replaced(value, node)
        raise NoRule(
            f"`{rule.name}` has no forward derivative with respect to its argument {k + 1}",
            "Keep that argument independent of what you differentiate by, or use reverse mode.",
            statement.origin,
        )

    def _pasted(
        self, texts: list[Any], leading: int, head: list[gast.AST], found: Operation, statement: gast.AST
    ) -> gast.AST:
        text = registry.select(texts, leading, found.args, found.kwargs)
        if text is None:
            raise unfit(found, statement)
        bound = registry.bind(text, leading, found.args, found.kwargs) or {}
        return paste(text, head, bound, self.facts.core.namespace, self.facts.fresh, self.before.append)

    def _replaced(self, value: gast.AST, operand: gast.AST) -> gast.AST:
        """A linear operation on the tangent of one operand in its place."""
        return _with(value, operand, load(self.facts.dot(operand.id)))

    def _shape_only(self, rule: registry.Rule, found: Operation, node: gast.AST) -> bool:
        places = SHAPE_ARGUMENTS.get(rule.function, SILENT_ARGUMENTS.get(rule.function, ()))
        return any(k < len(found.args) and found.args[k] is node for k in places)

    def _power(self, found: Operation, exponent: float) -> list[gast.AST]:
        """`x ** n` with a literal exponent, as a person writes it."""
        base = found.args[0]
        if exponent == 0 or not self.facts.varies(base):
            return []
        reduced = exponent - 1
        if reduced == 0:
            slope: gast.AST = const(1.0)
        elif reduced == 1:
            slope = times(const(float(exponent)), clone(base))
        else:
            slope = times(literal(float(exponent)), gast.BinOp(left=clone(base), op=gast.Pow(), right=literal(reduced)))
        return [times(load(self.facts.dot(base.id)), slope)]

    def _parameters(self, rule: registry.Rule, found: Operation, statement: gast.AST) -> dict[str, Any]:
        """The operands by the names that the rule gives them."""
        tables = ((rule.partials, 1), (rule.forward, 2), (rule.reverse, 2))
        for table, leading in tables:
            for name, texts in table.items():
                more = leading + name.startswith("*")
                text = registry.select(texts, more, found.args, found.kwargs)
                if text is not None:
                    return registry.bind(text, more, found.args, found.kwargs) or {}
        raise unfit(found, statement)

    def _alike(self, target: str, total: gast.AST, found: Operation, rule: registry.Rule) -> gast.AST:
        """What only may be a view shares memory as the value does, and what is a copy is one, where it matters."""
        operands = {n for o in found.operands for n in names_read(o)}
        if not (operands | {target}) & self.facts.mutable:
            return total
        if rule.view_of is None:
            kernel = self.facts.operation(total) if isinstance(total, gast.Call) else None
            module = getattr(kernel.function, "__module__", "") if kernel else ""
            return call(self.facts.bind(saved), total) if module.startswith("runtime.kernels") else total
        moved = next((o for o in found.operands if self.facts.varies(o)), None)
        if rule.function is sequence or moved is None:
            return total
        shared = [load(self.facts.dot(moved.id)), load(RESULT), clone(moved)]
        return call(self.facts.bind(view_alike), total, *shared)

    # Shapes

    def _has_shape(self, reached: list[gast.AST], found: Operation, statement: gast.AST) -> bool:
        """Whether an elementwise tangent is sure to have the shape of the result, not a smaller one."""
        names = {n.id for n in reached if isinstance(n, gast.Name)}
        if RESULT in names or any(self.facts.shapes.fits(statement, n) for n in names):
            return True
        return all(self.facts.covered(operand, reached) for operand in found.operands)

    def _reach(self, node: gast.AST) -> list[gast.AST]:
        """Operands whose shapes are sure to go into the shape of an elementwise expression."""
        if isinstance(node, gast.Name):
            made = next((s for s in self.before if s.targets[0].id == node.id), None)
            if made is not None:
                return self._reach(made.value)
            owner = self.facts.owner(node.id)
            if owner in self.facts.loose:
                return self.facts.loose[owner]
            if owner is not None:
                return [load(owner)]
            return [node]
        if isinstance(node, gast.BinOp) and not isinstance(node.op, gast.MatMult):
            return self._reach(node.left) + self._reach(node.right)
        if isinstance(node, gast.UnaryOp):
            return self._reach(node.operand)
        if isinstance(node, gast.Call):
            found = self.facts.operation(node)
            if found is not None and found.rule is not None and found.rule.kind == "elementwise":
                return [n for a in found.operands for n in self._reach(a)]
            return []
        return [node] if isinstance(node, (gast.Subscript, gast.Attribute)) else []

    # Containers and records

    def _joined(self, found: Operation, statement: gast.AST) -> Tangent:
        """`v + w` and `v * n` of lists and tuples: their tangents are lists."""
        if found.text == "Add":
            if all(self.facts.is_display(a) for a in found.args):
                parts = [gast.Starred(value=self.facts.of(a), ctx=gast.Load()) for a in found.args]
                return Tangent(gast.List(elts=parts, ctx=gast.Load()))
            return Tangent(call(self.facts.bind(joined), *(self.facts.of(a) for a in found.args), load(RESULT)))
        items, count = found.args if self.facts.is_display(found.args[0]) else found.args[::-1]
        if not is_integer(count, self.facts.core.integers):
            raise Unsupported(
                "a list that carries a derivative is multiplied by something that may be no whole number",
                "Make the list an array first: `np.array(...)`.",
                statement.origin,
            )
        spread = gast.List(elts=[gast.Starred(value=self.facts.of(items), ctx=gast.Load())], ctx=gast.Load())
        return Tangent(gast.BinOp(left=spread, op=gast.Mult(), right=clone(count)))

    def _moved(self, found: Operation, value: gast.Call) -> Tangent:
        """A method that only moves values: `d.get(key, default)`, `x.tolist()`, `p._replace(mass=m)`."""
        args = [clone(a) for a in value.args]
        if found.text == "get":
            args[1:] = [self.facts.of(a) for a in value.args[1:]] or [const(0.0)]
        run = call(attribute(self.facts.of(found.args[0]), found.text), *args)
        run.keywords = [gast.keyword(arg=k, value=self.facts.of(v)) for k, v in found.kwargs.items()]
        return Tangent(run)

    def _record(self, found: Operation, statement: gast.AST) -> Tangent:
        """`Point(a, b)`: a dataclass or named tuple."""
        kind = found.function
        if not keeps_fields(kind):
            raise Unsupported(
                f"`{kind.__name__}` computes when it is made, and it is given a value that carries a derivative",
                "Compute in a function, and let the class only hold the values.",
                statement.origin,
            )
        fields = field_names(kind)
        given = {**dict(zip(fields, found.args)), **found.kwargs}
        dots = {name: load(self.facts.dot(node.id)) for name, node in given.items() if self.facts.varies(node)}
        return Tangent(call(self.facts.bind(record_tangent), load(RESULT), **dots))

    # Calls

    def _of_function(self, found: Operation, value: gast.AST, statement: gast.AST) -> Tangent | None:
        """A call of a user's function: one call gives its value and its tangent."""
        bound = found.bound
        active = tuple(name for name, node in bound.items() if self.facts.varies(node))
        made = self.program.forward_of(found.function, active, statement.origin, found.owner)
        if made.still:
            return None
        dots = [load(self.facts.dot(bound[name].id)) for name in active]
        run = call(made.name, *(clone(a) for a in found.args), *([] if made.by_name else dots))
        run.keywords = [gast.keyword(arg=made.names.get(k, k), value=clone(v)) for k, v in found.kwargs.items()]
        if made.by_name:
            run.keywords += [gast.keyword(arg=k, value=v) for k, v in zip(made.dots, dots)]
        return Tangent(run, together=True)

    def _of_unknown(self, found: Operation, value: gast.AST, statement: gast.AST) -> Tangent:
        """A call with neither source nor rule: it runs on the dynamic graph."""
        if isinstance(found.function, Region) and not self.program.dynamic_allowed():
            raise refused(found.function)
        by_value = found.function is MISSING and isinstance(value.func, (gast.Name, gast.Subscript))
        if by_value and self.facts.varies(load(root(value.func) or "")):
            raise unwritten(
                self.program.dynamic_allowed(),
                "the function that is called here carries a derivative itself",
                "Pass what varies as an argument, and keep the function itself fixed.",
                statement.origin,
            )
        known = by_value or found.function is not MISSING and callable(found.function)
        if not known or not self.program.dynamic_allowed():
            raise unwritten(
                self.program.dynamic_allowed(),
                reason(found, value) or f"`{found.text}` has neither a rule nor source that can be read",
                CHOOSE if by_value else WRITE,
                statement.origin,
            )
        function = clone(value.func)
        if found.kwargs:
            if any(self.facts.varies(v) for v in found.kwargs.values()):
                raise unwritten(
                    self.program.dynamic_allowed(),
                    f"an active value is passed by keyword to `{found.text}`, which has neither rule nor source",
                    "Pass it by position.",
                    statement.origin,
                )
            given = {k: clone(v) for k, v in found.kwargs.items()}
            function = call(self.facts.bind(functools.partial), function, **given)
        run = attribute(load(self.facts.core.namespace.bind("runtime", runtime)), "jvp")
        dots = [load(self.facts.dot(a.id)) if self.facts.varies(a) else const(0.0) for a in found.args]
        if not isinstance(found.function, Region):
            function = call(self.facts.bind(unchanging), function)
        made = call(run, function, pack(clone(list(found.args))), pack(dots))
        return Tangent(made, said(found, statement), together=True)


def reads_result(tangent: Tangent) -> bool:
    """Whether a tangent reads the result of its operation."""
    return any(RESULT in names_read(s) for s in [*tangent.before, tangent.value])


def value_and_tangent(target: str, dot: str, run: gast.AST) -> gast.Assign:
    """The statement `target, dot = run`."""
    return gast.Assign(targets=[pack([store(target), store(dot)], gast.Store())], value=run, type_comment=None)


def _with(node: Any, old: gast.AST, new: gast.AST) -> Any:
    """A copy of a tree with one of its nodes replaced."""
    if node is old:
        return new
    if isinstance(node, list):
        return [_with(item, old, new) for item in node]
    if not isinstance(node, gast.AST):
        return node
    made = copy.copy(node)
    for name in node._fields:
        setattr(made, name, _with(getattr(node, name, None), old, new))
    return made


__all__ = ["RESULT", "Facts", "Tangent", "Tangents", "reads_result", "value_and_tangent"]
