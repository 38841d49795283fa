"""The order of evaluation: what an expression does besides giving a value moves out in front of it.

k[0] + g(k)        ->      held = k[0]          where g writes into k
                           k[0] = ...           its body, in place
                           ... held + r
"""

from __future__ import annotations

import copy

import gast

from runtime.untouched import unchanging
from sourcead.errors import Unsupported
from sourcead.frontend.callees import path_root, roots
from sourcead.frontend.implicit import stateful
from sourcead.frontend.names import Closure, Frame
from sourcead.frontend.passing import Passing
from sourcead.frontend.stateful import functions_of
from sourcead.frontend.syntax import COMPREHENSIONS, call, clone, load, names_read, negate, walk
from sourcead.frontend.unseen import is_unseen

# What may run a function of an object's class without being a call.
_SPELLED = (gast.Attribute, gast.BinOp, gast.Compare, gast.Subscript, gast.UnaryOp)


class Hoisting(Passing):
    """Inactive expressions, whole but for what must be computed before them."""

    def moved_by(self, operand: gast.AST, later: list[gast.AST], frame: Frame) -> bool:
        """Whether an operand may have another value once what stands behind it has been evaluated."""
        if any(self.rebinds(n, frame) & names_read(operand) for n in later):
            return True
        return not isinstance(operand, (gast.Name, gast.Constant)) and any(self.acts(n, frame) for n in later)

    def acts(self, node: gast.AST, frame: Frame) -> bool:
        """Whether evaluating an expression binds a variable or changes one that the analyses must see."""
        return any(self._acts(n, frame) for n in walk(node))

    def rebinds(self, node: gast.AST, frame: Frame) -> set[str]:
        """The variables that evaluating an expression gives another value."""
        named = {n.target.id for n in walk(node) if isinstance(n, gast.NamedExpr)}
        found = {self.variable(frame, n) for n in named if frame.holder(n)}
        for closure in self._reached(node, frame):
            outer = {n for inner in walk(closure.node) if isinstance(inner, gast.Nonlocal) for n in inner.names}
            # A name that is not local means what it means where the function was defined.
            home = closure.frame
            found |= {self.variable(home, n) for n in outer if home is not None and home.holder(n)}
        return found

    def steady(self, node: gast.AST, value: gast.AST, frame: Frame) -> gast.AST:
        """An operand that every round of a loop reads, for `node` of the user: what it is before the first round."""
        parts = any(isinstance(n, (gast.Subscript, gast.Attribute)) for n in walk(node))
        again = parts or any(self._becomes_another(name, frame) for name in names_read(node))
        return self.name(value, "held") if again else value

    def _becomes_another(self, name: str, frame: Frame) -> bool:
        """Whether a variable is given a value more than once, or by a function defined inside."""
        holder = frame.holder(name)
        if holder is None:
            return False
        inner = any(isinstance(n, gast.Nonlocal) and name in n.names for n in walk(holder.source.tree))
        return inner or len(holder.makers(name)) + (name in holder.parameters) > 1

    def _reached(self, node: gast.AST, frame: Frame) -> list[Closure]:
        """The functions defined inside that evaluating an expression may call, also through one another."""
        found: list[Closure] = []
        waiting = [(node, frame)]
        while waiting:
            part, home = waiting.pop()
            for inner in walk(part):
                called = inner.func if isinstance(inner, gast.Call) else inner
                closure = self.closure(called, home) if isinstance(called, gast.Name) else None
                if closure is not None and all(closure.node is not known.node for known in found):
                    found.append(closure)
                    waiting.append((closure.node, closure.frame or home))
        return found

    def inert(self, node: gast.AST, frame: Frame) -> gast.AST:
        """An inactive expression, whole but for what must be computed before it."""
        hoisted = self.passed_on(self._hoisted(node, frame), frame)
        return self.renamed(self.watched(hoisted, frame), frame)

    def standing(self, node: gast.Call, frame: Frame) -> gast.AST:
        """A call that stands as a statement, whole but for what must be computed before it."""
        parts = self._in_order(node, frame) if any(self.acts(n, frame) for n in gast.iter_child_nodes(node)) else node
        return self.renamed(self.watched(parts, frame), frame)

    def watched(self, node: gast.AST, frame: Frame) -> gast.AST:
        """A text that stands whole, where what is called is seen to leave alone what is not its own.

        An array that carries no derivative may still be read by adjoints, and be the caller's.
        """
        inside = {n.id for n in walk(node) if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)}
        found = {k for k, n in enumerate(walk(node)) if isinstance(n, gast.Call) and self._unseen(n, inside, frame)}
        if not found:
            return node
        made = clone(node)
        for k, called in enumerate(walk(made)):
            if k in found:
                watch = self.stand_in(load(self.namespace.bind("unchanging", unchanging)), frame, False)
                called.func = gast.copy_location(call(watch, called.func), called.func)
        return made

    def _unseen(self, node: gast.Call, inside: set[str], frame: Frame) -> bool:
        """Whether a call may change, in a way that no text tells, what a variable holds that it is given."""
        if isinstance(node.func, gast.Call) and self.static(node.func.func, frame) is unchanging:
            return False
        if self.static(node.func, frame) is globals:
            raise self.refuse("the names of the module as a dict, which emitted text has not", "Name each of them.")
        if self.static(node.func, frame) is super:
            raise self.refuse(
                "`super()` finds its class in the function that it stands in", "Name the class: `Above.size`."
            )
        given = [*node.args, *(k.value for k in node.keywords)]
        names = set().union(*(roots(a, lambda n: self.resolved(n, frame)) for a in given))
        held = any(n in inside or frame.holder(n) is not None and not self.is_counter(n, frame) for n in names)
        return held and is_unseen(node.func, self.resolved(node.func, frame))

    def is_counter(self, user: str, frame: Frame) -> bool:
        """Whether a variable is a number that a loop counts."""
        found = self.name_of(user, frame)
        return isinstance(found, gast.Name) and found.id in self.integers

    def _hoisted(self, node: gast.AST, frame: Frame) -> gast.AST:
        """What an expression does besides giving a value moves out in front of it."""
        if not self.acts(node, frame):
            return node
        if isinstance(node, (gast.BoolOp, gast.IfExp)):
            parts = node.values[1:] if isinstance(node, gast.BoolOp) else [node.body, node.orelse]
            if any(self.acts(part, frame) for part in parts):
                return self._given(self.form(node, frame), frame)
        if isinstance(node, gast.Compare) and len(node.comparators) > 1:
            if any(self.acts(part, frame) for part in node.comparators[1:]):
                return self._hoisted(_links(node), frame)
        if isinstance(node, gast.NamedExpr):
            return self._given(self.form(node, frame), frame)
        if self._acts(node, frame):
            called = node if isinstance(node, gast.Call) else self._spelled_here(node, frame)
            given = self._given(self.name(self.call(called, frame)), frame)
            if not isinstance(node, gast.Compare) or not isinstance(node.ops[0], (gast.In, gast.NotIn)):
                return given
            # Whatever `__contains__` gives, `in` gives its truth.
            found = negate(given)
            return found if isinstance(node.ops[0], gast.NotIn) else negate(found)
        if isinstance(node, (*COMPREHENSIONS, gast.Lambda)):
            if isinstance(node, (gast.ListComp, gast.GeneratorExp)):
                items = gast.ListComp(elt=node.elt, generators=node.generators)
                return self._given(self.form(gast.copy_location(items, node), frame), frame)
            raise self.refuse("this expression calls a function defined inside, or changes a variable", "Write a loop.")
        return self._in_order(node, frame)

    def _spelled_here(self, node: gast.AST, frame: Frame) -> gast.Call:
        """An operator of an object's class as a call. Raises Unsupported for an object that belongs to no call."""
        called = self.spelled(node, frame)
        assert called is not None, "internal error in hoisting: an operator that no class has"
        name = path_root(called.args[0])
        if name is not None and frame.holder(name) is None:
            raise self.refuse(
                f"`{name}` belongs to no call, and an operator of its class changes it", "Pass it as an argument."
            )
        return called

    def _in_order(self, node: gast.AST, frame: Frame) -> gast.AST:
        """The parts of an expression one after the other, for what one does may give those before it another value."""
        made = copy.copy(node)
        fields = {f: getattr(node, f, None) for f in node._fields}
        parts = [p for old in fields.values() for p in (old if isinstance(old, list) else [old])]
        if isinstance(node, gast.Dict):
            parts = [p for entry in zip(node.keys, node.values) for p in entry]
        found: dict[int, object] = {}
        for k, part in enumerate(parts):
            if isinstance(part, (gast.expr, gast.keyword, gast.Slice)):
                found[id(part)] = self._in_turn(part, [p for p in parts[k + 1 :] if isinstance(p, gast.AST)], frame)
        for field, old in fields.items():
            new = [found.get(id(o), o) for o in old] if isinstance(old, list) else found.get(id(old), old)
            setattr(made, field, new)
        return made

    def _in_turn(self, part: gast.AST, later: list[gast.AST], frame: Frame) -> gast.AST:
        """A part of an expression, with a name where what stands behind it may give it another value."""
        if isinstance(part, gast.Starred) and any(self.acts(n, frame) for n in later):
            # The elements are read here, not only the object that has them.
            elements = gast.List(elts=[part], ctx=gast.Load())
            return gast.Starred(value=self._given(self.name(self.inert(elements, frame)), frame), ctx=gast.Load())
        if isinstance(part, (gast.keyword, gast.Starred)):
            made = copy.copy(part)
            made.value = self._in_turn(part.value, later, frame)
            return made
        if callable(self.static(part, frame)):
            # A name for it would hide which function is called.
            return part
        if isinstance(part, gast.expr) and self.moved_by(self.renamed(part, frame), later, frame):
            return self._given(self.name(self.inert(part, frame)), frame)
        return self._hoisted(part, frame)

    def _acts(self, node: gast.AST, frame: Frame) -> bool:
        """Whether evaluating one node of an expression binds a variable or changes one that the analyses must see."""
        if isinstance(node, _SPELLED):
            spelled = self.spelled(node, frame)
            # What stays an operator is taken for one of numbers: sums and products may be put in another order.
            by_operator = isinstance(node, (gast.BinOp, gast.UnaryOp))
            return spelled is not None and (by_operator or self.changes_local(spelled, frame))
        if not isinstance(node, gast.Call):
            return isinstance(node, gast.NamedExpr)
        if isinstance(node.func, gast.Attribute) and self.above(node.func, frame) is not None:
            return True
        return self.closure(node.func, frame) is not None or self.changes_local(node, frame)

    def computes_with(self, user: str, body: list[gast.AST], frame: Frame) -> bool:
        """Whether a body may change an object by functions of its class, as operators and `with` run them, too."""
        known = self.known_class(load(user), frame)
        if known is None or not stateful(known.kind):
            return False
        functions = {name for name, _ in functions_of(known.kind)}
        read = {id(n.value) for n in walk(body) if isinstance(n, gast.Attribute) and n.attr not in functions}
        return any(isinstance(n, gast.Name) and n.id == user and id(n) not in read for n in walk(body))

    def changes_local(self, node: gast.Call, frame: Frame) -> bool:
        """Whether a call may change an object that a local variable holds, in a way that is lowered."""
        raise NotImplementedError

    def _given(self, value: gast.AST, frame: Frame) -> gast.AST:
        return self.stand_in(value if isinstance(value, (gast.Name, gast.Constant)) else self.name(value), frame, False)

    # What lowers expressions

    def form(self, node: gast.AST, frame: Frame) -> gast.AST:
        """An expression taken apart, whether it carries a derivative or not."""
        raise NotImplementedError

    def call(self, node: gast.Call, frame: Frame) -> gast.AST:
        """A call with active arguments."""
        raise NotImplementedError


def _links(node: gast.Compare) -> gast.AST:
    """`a < b < c` as `a < b and b < c`, for a middle that may be read twice."""
    operands = [node.left, *node.comparators]
    held = [n for n in operands[1:-1] if not isinstance(n, (gast.Name, gast.Constant, gast.NamedExpr))]
    if held:
        middle = next(iter(held))
        raise Unsupported(
            f"`{type(middle).__name__}` stands in the middle of a chained comparison that binds or changes a variable",
            "Compare in two steps, joined by `and`.",
        )
    pairs = []
    for k, op in enumerate(node.ops):
        left = operands[k]
        left = left.target if k and isinstance(left, gast.NamedExpr) else left
        read = gast.Name(left.id, gast.Load(), None, None) if isinstance(left, gast.Name) else left
        pairs.append(gast.Compare(left=read, ops=[op], comparators=[operands[k + 1]]))
    return gast.BoolOp(op=gast.And(), values=pairs)
