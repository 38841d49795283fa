"""What one core operation adds to the cotangents of its operands."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from runtime.kernels import accumulate, require_constant, take_out, unbroadcast
from runtime.kernels.reading import SHAPE_ARGUMENTS, SILENT_ARGUMENTS
from runtime.primitives import registry
from sourcead.analysis.activity import put_back_at, root
from sourcead.analysis.kinds import Kinds
from sourcead.analysis.shapes import Shapes
from sourcead.analysis.steps import Bar
from sourcead.errors import Origin, Unsupported
from sourcead.frontend.calls import is_user_function
from sourcead.frontend.carries import carries
from sourcead.frontend.lower import Core
from sourcead.frontend.syntax import call, clone, const, load, names_read, names_written, subscript, walk
from sourcead.transform.algebra import READS_SHAPE, has_shape_of, literal, number, times
from sourcead.transform.calls import CallContributions, Emit, Part, Program
from sourcead.transform.fillings import Fillings
from sourcead.transform.freshness import shared_by
from sourcead.transform.operations import Operation, operation, resolve, unfit
from sourcead.transform.paste import paste, text_of
from sourcead.transform.records import is_record, keeps_fields


class Contributions(CallContributions):
    """Contributions of the operations of one core program."""

    join = staticmethod(accumulate)
    taken = staticmethod(take_out)

    def __init__(
        self,
        core: Core,
        varied: frozenset[str],
        variables: frozenset[str],
        shapes: Shapes,
        kinds: Kinds,
        program: Program,
    ) -> None:
        self.core = core
        self.varied = varied
        self.variables = variables
        self.shapes = shapes
        self.kinds = kinds
        self.program = program
        # Intermediate values whose cotangent has the shape of a larger result; their own operands sum it up.
        self.wide: set[str] = set()
        # Whether the text shows complex numbers: then variables of one shape may differ in dtype.
        self.complex = core.namespace.complex
        self.fillings = Fillings()
        # The cotangent of an entry that is replaced becomes the number zero.
        self.replaces_entries = not {_stored_in(n) for n in walk(core.body)} <= kinds.numeric | {None}

    def is_container(self, variable: str) -> bool:
        """Whether a variable may hold a list, tuple, dict or object, whose cotangents are added entry by entry."""
        return variable not in self.kinds.numeric

    def active(self, node: Any) -> bool:
        """Whether an operand carries a derivative."""
        if isinstance(node, tuple):
            return any(self.active(n) for n in node)
        return isinstance(node, gast.Name) and node.id in self.varied

    def fresh(self, hint: str) -> str:
        """A new local name."""
        return self.core.namespace.local(hint, self.core.taken)

    def bind(self, function: Callable[..., Any]) -> gast.Name:
        """A kernel or library function by name."""
        return load(self.core.namespace.bind(function.__name__.split(".")[-1], function))

    def operation(self, value: gast.AST) -> Operation | None:
        """The operation that a right-hand side is."""
        return operation(value, self.core.namespace, self.variables)

    def _static(self, node: gast.AST) -> object:
        return resolve(node, self.core.namespace, self.variables)

    def reads_result(self, value: gast.AST) -> bool:
        """Whether an adjoint of this operation reads the operation's result."""
        found = self.operation(value)
        if found is None or found.rule is None:
            return False
        rule = found.rule
        texts = [t for table in (rule.partials, rule.reverse) for group in table.values() for t in group]
        leading = 0 if rule.kind == "elementwise" else 1
        return any(_parameter(t, leading) in names_read(text_of(t).body) for t in texts)

    def of(
        self,
        variable: str,
        value: gast.AST,
        g: gast.AST,
        result: gast.AST,
        bar: Bar,
        statement: gast.AST,
        emit: Emit,
    ) -> tuple[list[Part], list[gast.AST] | None]:
        """The contributions of `variable = value`, and the forward statements where those must be others.

        `g` is the cotangent of the result, `bar` what is known of it.
        """
        origin = statement.origin
        if not carries(value, set(self.varied), self._static):
            return [], None
        if isinstance(value, gast.Name):
            return ([Part(value, g, bar)] if self.active(value) else []), None
        if isinstance(value, (gast.Tuple, gast.List, gast.Dict)):
            self._refuse_hidden(value.values if isinstance(value, gast.Dict) else value.elts, origin)
        if isinstance(value, (gast.Tuple, gast.List)):
            elements = [(k, e) for k, e in enumerate(value.elts) if self.active(e)]
            return [Part(e, subscript(clone(g), const(k)), self.of_entry(e, bar)) for k, e in elements], None
        if isinstance(value, gast.Dict):
            entries = [(k, v) for k, v in zip(value.keys, value.values) if self.active(v)]
            return [Part(v, subscript(clone(g), clone(k)), self.of_entry(v, bar)) for k, v in entries], None
        if isinstance(value, gast.Subscript):
            return ([Part(clone(value), g, bar)] if root(value) in self.varied else []), None
        found = self.operation(value)
        for operand in found.operands if found and not registry.is_inactive(found.function) else ():
            lost = not isinstance(operand, gast.Name) and carries(operand, set(self.varied), self._static)
            lost = lost and not (found and found.rule and self._shape_only(found.rule, found, operand))
            if lost:
                raise Unsupported(
                    "a value that carries a derivative is computed here in a way that has no emitted form",
                    "Write it as plain assignments, or loops over ranges.",
                    origin,
                )
        array = isinstance(value, gast.Attribute) and hasattr(np.ndarray, value.attr)
        if array and found is None and value.attr not in self.core.fields:
            raise Unsupported(
                f"the array attribute `.{value.attr}` has no rule", "Use indexing or reshape instead.", origin
            )
        if found is None and isinstance(value, gast.Attribute):
            return [Part(clone(value), g, bar)], None
        if found is None:
            raise Unsupported(
                f"`{type(value).__name__}` has no adjoint", "Compute the value in plain statements.", origin
            )
        return self._of_operation(variable, found, g, result, bar, statement, emit)

    def of_entry(self, entry: gast.Name, bar: Bar) -> Bar:
        """What is known of the cotangent of an entry of a list whose own is known."""
        return Bar(bar.owned, bar.whole and (not self.replaces_entries or self.shapes.is_scalar(entry.id)))

    def _refuse_hidden(self, entries: list[gast.AST], origin: Origin | None) -> None:
        """An entry of a display that carries a derivative is a variable, or its derivative would be lost."""

        def static(node: gast.AST) -> Any:
            return resolve(node, self.core.namespace, self.variables)

        if any(not isinstance(e, gast.Name) and carries(e, set(self.varied), static) for e in entries):
            raise AssertionError(f"internal error in lowering: an entry of a display is computed in place ({origin})")

    def _of_operation(
        self, variable: str, found: Operation, g: gast.AST, result: gast.AST, bar: Bar, statement: gast.AST, emit: Emit
    ) -> tuple[list[Part], list[gast.AST] | None]:
        if registry.is_inactive(found.function):
            return [], None
        if found.function in (tuple, list) and found.args and not found.kwargs:
            return [Part(found.args[0], g, bar)] if self.active(found.args[0]) else [], None
        if found.rule is not None:
            self._refuse_containers(found, statement)
            return self._of_rule(found, found.rule, g, result, bar, statement, emit), None
        if inspect.isclass(found.function) and is_record(found.function):
            if not keeps_fields(found.function):
                raise Unsupported(
                    f"making a `{found.function.__name__}` runs code of its own",
                    "Compute the fields before, and let the class only hold them.",
                    statement.origin,
                )
            return self._of_record(found, g, bar, statement), None
        if is_user_function(found.function):
            return self._of_function(variable, found, g, statement, emit)
        return self._of_unknown(variable, found, g, statement, emit)

    # Rules

    def _of_rule(
        self,
        found: Operation,
        rule: registry.Rule,
        g: gast.AST,
        result: gast.AST,
        bar: Bar,
        statement: gast.AST,
        emit: Emit,
    ) -> list[Part]:
        exponent = number(found.args[1]) if rule.function is np.power else None
        if exponent is not None:
            return self._of_power(found, exponent, g, bar, statement)
        tables = rule.partials if rule.kind == "elementwise" else rule.reverse
        leading = 1 if rule.kind == "elementwise" else 2
        parts: list[Part] = []
        names = self._parameters(rule, found, statement)
        for name, node in names.items():
            if not self.active(node):
                continue
            if name not in tables:
                starred = f"*{name}"
                if starred in tables:
                    parts += self._of_starred(tables[starred], found, node, g, result, emit, statement)
                    continue
                if self._shape_only(rule, found, node):
                    continue
                # Often a whole number, as an axis or a length that a function found: that does not vary.
                check = load(self.core.namespace.bind("require_constant", require_constant))
                emit(gast.Expr(value=call(check, clone(node), const(f"`{name}` of `{rule.name}`"))))
                continue
            text = registry.select(tables[name], leading, found.args, found.kwargs)
            if text is None:
                raise unfit(found, statement)
            bound = registry.bind(text, leading, found.args, found.kwargs) or {}
            head = [result] if rule.kind == "elementwise" else [g, result]
            pasted = paste(text, [clone(h) for h in head], bound, self.core.namespace, self.fresh, emit)
            pasted = self._simpler_shapes(pasted, statement)
            if rule.kind == "elementwise":
                parts.append(self._elementwise(node, g, pasted, bar, statement))
            else:
                # An array that stands for the cotangent of a list is not yet the list that its entries are added to.
                parts.append(Part(node, pasted, Bar(self.is_fresh(pasted) and node.id in self.kinds.numeric, True)))
        return parts

    def _shape_only(self, rule: registry.Rule, found: Operation, node: Any) -> bool:
        """Whether a kernel reads only the shape of an argument, so that its values have no effect."""
        places = SHAPE_ARGUMENTS.get(rule.function, SILENT_ARGUMENTS.get(rule.function, ()))
        return any(k < len(found.args) and found.args[k] is node for k in places)

    def _of_starred(
        self,
        texts: list[Any],
        found: Operation,
        nodes: tuple[gast.AST, ...],
        g: gast.AST,
        result: gast.AST,
        emit: Emit,
        statement: gast.AST,
    ) -> list[Part]:
        parts = []
        for k, node in enumerate(nodes):
            if self.active(node):
                text = registry.select(texts, 3, found.args, found.kwargs)
                if text is None:
                    raise unfit(found, statement)
                bound = registry.bind(text, 3, found.args, found.kwargs) or {}
                head = [clone(g), clone(result), const(k)]
                pasted = paste(text, head, bound, self.core.namespace, self.fresh, emit)
                parts.append(Part(node, pasted, Bar(self.is_fresh(pasted), True)))
        return parts

    def _of_power(self, found: Operation, exponent: float, g: gast.AST, bar: Bar, statement: gast.AST) -> list[Part]:
        """`x ** n` with a literal exponent, as a person writes it."""
        base = found.args[0]
        if exponent == 0 or not self.active(base):
            return []
        reduced = exponent - 1
        if reduced == 0:
            slope: gast.AST = const(1.0)
        elif reduced == 1:
            slope = times(const(float(exponent)), clone(base))
        else:
            power = gast.BinOp(left=clone(base), op=gast.Pow(), right=literal(reduced))
            slope = times(literal(float(exponent)), power)
        return [self._elementwise(base, g, slope, bar, statement)]

    def _simpler_shapes(self, value: gast.AST, statement: gast.AST) -> gast.AST:
        """Where only a shape is read, read it from the first variable that is known to have it."""
        simpler = self.shapes.simpler.get(id(statement), {})
        for node in walk(value) if simpler else ():
            if isinstance(node, gast.Call):
                reader = getattr(node.func, "attr", "")
                place = READS_SHAPE.get(reader)
                if place is not None and place < len(node.args) and isinstance(node.args[place], gast.Name):
                    other = simpler.get(node.args[place].id, node.args[place].id)
                    # `full_like` takes the dtype too: integers would round, a real array drop an imaginary part.
                    if reader != "full_like" or other in self.varied and not self.complex:
                        node.args[place] = load(other)
        return value

    def _elementwise(self, node: gast.AST, g: gast.AST, slope: gast.AST, bar: Bar, statement: gast.AST) -> Part:
        filling = None if self._is_wide(statement) else self.fillings.of(g)
        if filling is not None and self.shapes.fits(statement, node.id) and self._stretches(slope, node, statement):
            # It was written for a later statement: what it reads must be there, and the same, at this one.
            if names_read(filling) & self.variables <= names_read(statement.value) - names_written(statement):
                g = filling
        scaled = times(clone(g), slope)
        fitted = self.fitted(scaled, node, statement)
        summed = isinstance(fitted, gast.Call) and fitted is not scaled
        return Part(node, fitted, Bar(not isinstance(scaled, gast.Name), bar.whole or summed))

    def _stretches(self, slope: gast.AST, node: gast.AST, statement: gast.AST) -> bool:
        """Whether a slope has the shape of the result by itself, because an operand stands in it that has that shape.

        Other operands of that shape came of the same arrays, so that they are no narrower floats.
        """
        operands = {node.id}
        if not self.complex:
            operands |= {n for n in names_read(statement.value) & self.varied if self.shapes.fits(statement, n)}
        return any(has_shape_of(slope, load(name)) for name in operands)

    def needs_shape(self, value: gast.AST) -> bool:
        """Whether the adjoint of an operation needs a cotangent of full shape, not a number that stands for zeros."""
        if isinstance(value, (gast.Name, gast.Subscript)):
            return False
        found = self.operation(value)
        return found is None or found.rule is None or found.rule.kind != "elementwise"

    def _parameters(self, rule: registry.Rule, found: Operation, statement: gast.AST) -> dict[str, Any]:
        leading = 1 if rule.kind == "elementwise" else 2
        for name, texts in (rule.partials if rule.kind == "elementwise" else rule.reverse).items():
            text = registry.select(texts, leading + name.startswith("*"), found.args, found.kwargs)
            if text is not None:
                return registry.bind(text, leading + name.startswith("*"), found.args, found.kwargs) or {}
        raise unfit(found, statement)

    def _refuse_containers(self, found: Operation, statement: gast.AST) -> None:
        for node in found.args:
            if isinstance(node, gast.Name) and node.id in self.kinds.displays and found.text in ("Add", "Mult"):
                raise Unsupported(
                    "lists are joined or repeated with an operator, and they carry derivatives",
                    "Build the list with append, or use np.concatenate on arrays.",
                    statement.origin,
                )

    def fitted(self, value: gast.AST, operand: gast.AST, statement: gast.AST | None = None) -> gast.AST:
        """A contribution summed over the axes along which the operand was stretched."""
        if number(value) is not None:
            return value
        narrow = not self._is_wide(statement)
        self.wide.discard(operand.id)
        if self._may_widen(statement, operand):
            return call(self.bind(unbroadcast), value, load(operand.id))
        if narrow and statement is not None and self.shapes.fits(statement, operand.id):
            return value
        if operand.id in self.kinds.passing:
            self.wide.add(operand.id)
            return value
        # The value of a number need not be kept to know its shape.
        scalar = self.shapes.is_scalar(operand.id) and not self.complex
        return call(self.bind(unbroadcast), value, const(0.0) if scalar else load(operand.id))

    def _may_widen(self, statement: gast.AST | None, operand: gast.AST) -> bool:
        """Whether a real operand may meet a complex one: its cotangent is the real part, before anything reads it."""
        if not self.complex or statement is None:
            return False
        parts = [n for n in walk(statement.value) if isinstance(n, (gast.Name, gast.Constant))]
        return any(self._may_be_complex(n) for n in parts if not isinstance(n, gast.Name) or n.id != operand.id)

    def _may_be_complex(self, node: gast.AST) -> bool:
        if isinstance(node, gast.Constant):
            return isinstance(node.value, complex)
        if node.id in self.variables:
            return node.id not in self.core.integers
        value = self.core.namespace.value(node.id)
        return not (callable(value) or isinstance(value, (types.ModuleType, bool, int, float)))

    def _is_wide(self, statement: gast.AST | None) -> bool:
        """Whether the cotangent of what a statement makes may still have the shape of what was made of that."""
        target = statement.targets[0] if isinstance(statement, gast.Assign) else None
        return isinstance(target, gast.Name) and target.id in self.wide

    def is_fresh(self, value: gast.AST) -> bool:
        """Whether a value is an array that no name can hold yet."""
        return not self.shared_by(value)

    def shared_by(self, value: gast.AST) -> set[str]:
        """The names whose memory a value may be."""
        return shared_by(value, self.operation)


def _stored_in(node: gast.AST) -> str | None:
    """The variable that a statement puts an entry into, whole or in place of another."""
    if put_back_at(node) is not None:
        return root(node.value.args[0])
    target = node.targets[0] if isinstance(node, gast.Assign) else None
    return root(target) if isinstance(target, (gast.Subscript, gast.Attribute)) else None


def _parameter(text: Callable[..., Any], place: int) -> str:
    return list(inspect.signature(text).parameters)[place]
