"""The cotangents of a core program while its reverse sweep is written: names, what is known of each, and sums.

Which of them are zero is known statement by statement, so nothing is written for a zero, and the first contribution
to a cotangent is an assignment. A cotangent is `owned` when no other name can hold its array; only then is it added to
in place.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from runtime.kernels import entries_of, own, zeros_like
from sourcead.analysis.activity import put_back_at, root, takes_all
from sourcead.analysis.blocks import every_statement
from sourcead.analysis.kinds import indexed
from sourcead.analysis.shapes import Shapes
from sourcead.analysis.steps import NOTHING, OWNED, SHARED, Bar, Bars
from sourcead.analysis.unpacking import taken_apart
from sourcead.frontend.lower import Core
from sourcead.frontend.syntax import assign, augment, call, clone, const, load, store, subscript
from sourcead.transform.algebra import plus
from sourcead.transform.contributions import Contributions


class Cotangents:
    """The cotangents of one core program."""

    def __init__(self, core: Core, varied: frozenset[str], shapes: Shapes, contributions: Contributions) -> None:
        self.core = core
        self.varied = varied
        self.shapes = shapes
        self.contributions = contributions
        self.bars: Bars = {}
        self.names: dict[str, str] = {}
        self.out: list[gast.AST] = []
        self.indexed = indexed(core.body)
        self.replaced = _replaced(core.body)
        # The cotangents of the entries of a call's result, by their places, until the call's own adjoint.
        self.taken_apart = taken_apart(core.body, core.widths, contributions.kinds.tuples)
        self.entries: dict[str, dict[int, gast.AST]] = {}

    def bar(self, variable: str) -> str:
        """The name of a variable's cotangent."""
        if variable not in self.names:
            self.names[variable] = self.fresh(f"{variable}_bar")
        return self.names[variable]

    def fresh(self, hint: str) -> str:
        """A new local name."""
        return self.core.namespace.local(hint, self.core.taken)

    def kernel(self, function: Callable[..., object]) -> gast.Name:
        """A kernel by name."""
        return load(self.core.namespace.bind(function.__name__, function))

    def emit(self, statement: gast.AST) -> None:
        """Append a statement to the adjoint being written."""
        self.out.append(statement)

    def zero(self, variable: str, sure: bool = False) -> gast.AST:
        """The start of a sum: the number that stands for zeros, or zeros.

        Zeros need the value's shape, and so a value: arguments have one, and where it is `sure` so have the
        variables whose elements are added to one by one.
        """
        if variable in self.core.parameters or sure and variable in self.indexed:
            return call(self.kernel(zeros_like), load(variable))
        return const(0.0)

    def started(self, variable: str, sure: bool = False) -> Bar:
        """What is known of a cotangent that `zero` starts."""
        whole = variable in self.core.parameters or self.shapes.is_scalar(variable)
        return OWNED if whole or sure and variable in self.indexed else NOTHING

    def add(self, variable: str, value: gast.AST, given: Bar) -> None:
        """Add a contribution to the cotangent of a variable."""
        name = self.bar(variable)
        status = self.bars.get(variable)
        self.contributions.fillings.note(name, value if status is None else None)
        if status is None:
            if not (isinstance(value, gast.Name) and value.id == name):
                self.emit(assign(name, value))
            self.bars[variable] = given
            return
        if self.contributions.is_container(variable):
            self.emit(assign(name, call(self.kernel(self.contributions.join), load(name), value)))
        elif status.owned:
            negative = isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.USub)
            op, term = (gast.Sub(), value.operand) if negative else (gast.Add(), value)
            self.emit(augment(store(name), op, term))
        else:
            self.emit(assign(name, plus(load(name), value)))
        self.bars[variable] = Bar(True, status.whole or given.whole)

    def array(self, variable: str) -> str:
        """The cotangent of a variable as an array (or list, or dict) of its own, to be added to by index."""
        name = self.bar(variable)
        self.contributions.fillings.note(name, None)
        if variable not in self.bars:
            self.emit(assign(name, call(self.kernel(zeros_like), load(variable))))
        elif self.bars[variable] != OWNED:
            self.emit(assign(name, call(self.kernel(own), load(name), load(variable))))
        self.bars[variable] = OWNED
        return name

    def hold(self, entry: gast.Subscript, value: gast.AST) -> None:
        """Keep the cotangent of one entry of a result that is taken apart at once."""
        variable = entry.value.id
        held = self.fresh(f"{self.bar(variable)}{entry.slice.value}")
        self.emit(assign(held, value))
        self.entries.setdefault(variable, {})[entry.slice.value] = load(held)
        self.bars[variable] = SHARED

    def gather(self, variable: str) -> None:
        """The cotangent of a result that is taken apart at once, from those of its entries."""
        entries = self.entries.pop(variable, None)
        if entries is not None:
            # An entry that nothing reads: the rules behind it may need zeros of its shape, not the number.
            parts = [
                entries.get(k) or call(self.kernel(zeros_like), subscript(load(variable), const(k)))
                for k in range(self.taken_apart[variable])
            ]
            self.emit(assign(self.bar(variable), gast.List(elts=parts, ctx=gast.Load())))

    def place(self, path: gast.AST) -> gast.AST:
        """The place in the cotangent of a variable that a path to a part of the variable leads to.

        An entry that is replaced has the number zero for its cotangent; where the path leads on, that becomes zeros.
        """
        variable = root(path)
        assert variable is not None, "internal error in reverse: a place in nothing"
        name = self.array(variable)
        if variable not in self.contributions.kinds.numeric:
            for entry in _on_the_way(path):
                if self.may_be_zero(entry):
                    self.whole(entry)
        if takes_all(path):
            self.whole(path.value)
        return rebased(path, name)

    def may_be_zero(self, path: gast.AST) -> bool:
        """Whether the number zero may stand for the cotangent of a list or object within a variable."""
        return depth(path) in self.replaced.get(root(path) or "", ())

    def whole(self, path: gast.AST) -> None:
        """See that the cotangent of an entry is one that can be changed in place."""
        place = rebased(path, self.bar(root(path) or ""))
        target = clone(place)
        place.ctx, target.ctx = gast.Load(), gast.Store()
        value = clone(path)
        value.ctx = gast.Load()
        self.emit(gast.Assign(targets=[target], value=call(self.kernel(entries_of), place, value), type_comment=None))


def rebased(place: gast.AST, name: str) -> gast.AST:
    """The same place within another variable; what its indices read stays as it is."""
    if isinstance(place, gast.Name):
        return load(name)
    made = clone(place)
    made.value = rebased(place.value, name)
    return made


def _replaced(body: list[gast.AST]) -> dict[str, set[int]]:
    """For each variable at which depths its entries are given new values: 1 for `v[i] = w`, 2 for `v[i][j] = w`."""
    found: dict[str, set[int]] = {}
    for node in every_statement(body):
        target = node.targets[0] if isinstance(node, gast.Assign) else None
        back = put_back_at(node)
        if back is not None:
            target = subscript(back.args[0], back.args[1])
        if isinstance(target, (gast.Subscript, gast.Attribute)) and (variable := root(target)):
            found.setdefault(variable, set()).add(depth(target))
    return found


def _on_the_way(path: gast.AST) -> list[gast.AST]:
    """The entries that a path leads through, the outermost first."""
    found: list[gast.AST] = []
    while isinstance(path, (gast.Subscript, gast.Attribute)):
        path = path.value
        found.insert(0, path)
    return found[1:]


def depth(path: gast.AST) -> int:
    """How many steps a path takes into a variable."""
    return 1 + depth(path.value) if isinstance(path, (gast.Subscript, gast.Attribute)) else 0
