"""Changes in place, and what they do to tangents.

A tangent has the structure and shape of its value, so a store, an update or an append has a mirror image that does
the same to the tangent:

    u[i] = e           ->      u_dot[i] = e_dot
                               u[i] = e
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import gast
import numpy as np

from runtime.kernels import add_at, entries_of, put_back, put_whole, require_room, saved, zeros_like
from runtime.kernels.tangent import blank_tangent, stretched, zero_tangent
from sourcead.analysis.activity import block_at, root, takes_all
from sourcead.analysis.blocks import every_statement
from sourcead.errors import NoRule, Unsupported
from sourcead.frontend.carries import carries
from sourcead.frontend.names import MISSING
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
    store,
    subscript,
    walk,
)
from sourcead.transform.functions import Analysed
from sourcead.transform.operations import resolve
from sourcead.transform.tangent_facts import Facts
from sourcead.transform.tangents import TangentProgram, Tangents

ADDERS = (add_at, np.add.at, np.subtract.at)
SETTERS: dict[Any, int] = {np.copyto: 1, np.fill_diagonal: 1, np.put: 2, np.put_along_axis: 2, put_back: 2}
WRITERS = (np.place, np.putmask)
FLOATS = (np.zeros, np.ones, np.empty)


class Mirrored:
    """The state of a forward sweep, and its statements that change values in place."""

    def __init__(self, analysed: Analysed, program: TangentProgram, dots: tuple[str, ...]) -> None:
        core = analysed.core
        self.analysed, self.core, self.varied = analysed, core, analysed.varied
        self.out: list[gast.AST] = []
        self.defined: set[str] = set(core.parameters)
        self.undefined: set[str] = set()
        self.temporaries: list[str] = []
        places = (n for n in walk(core.body) if isinstance(n, (gast.Subscript, gast.Attribute)))
        stores = (n for n in places if isinstance(n.ctx, gast.Store))
        self.stored = {root(n) for n in stores}
        # The tangent of an array made complex by arithmetic with constants may still be real.
        self.complex = core.namespace.complex
        self.facts = Facts(analysed, dict(zip(analysed.wrt, dots)), self.fresh)
        self.active = self.facts.active
        self.tangents = Tangents(self.facts, program)

    def fresh(self, hint: str) -> str:
        """A new local name."""
        name = self.core.namespace.local(hint, self.core.taken)
        self.temporaries.append(name)
        return name

    def dot(self, variable: str) -> str:
        """The name of a variable's tangent."""
        return self.facts.dot(variable)

    def emit(self, statement: gast.AST) -> None:
        """Append a statement to the program being written."""
        self.out.append(statement)

    def static(self, node: gast.AST) -> Any:
        """The object that an expression names, or MISSING."""
        return resolve(node, self.core.namespace, self.analysed.variables)

    def moves(self, node: gast.AST) -> bool:
        """Whether an expression may depend on a variable whose tangent is not known to be zero."""
        return carries(node, self.active, self.static)

    def zero(self, variable: str) -> gast.AST:
        """The tangent of a variable that has not varied so far."""
        if variable not in self.defined:
            self.undefined.add(variable)
        if variable in self.facts.starts:
            return clone(self.facts.starts[variable])
        if self.facts.is_number(load(variable)):
            return const(0.0)
        kernel: Callable[..., Any] = zeros_like if variable in self.analysed.kinds.numeric else zero_tangent
        return call(self.facts.bind(blank_tangent if variable in self.stored else kernel), load(variable))

    def start(self, variable: str, value: gast.AST) -> gast.AST | None:
        """The zero tangent of a variable after `variable = value`, where the value says what it is."""
        if self.facts.is_number(value):
            return const(0.0)
        if isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute):
            plain = len(value.args) == 1 and not value.keywords
            if plain and any(self.static(value.func) is f for f in FLOATS):
                return call(attribute(clone(value.func.value), "zeros_like"), load(variable))
        return None

    def own(self, variable: str | None) -> str:
        """The tangent of a variable that is about to be changed in place."""
        assert variable is not None, "internal error in forward: a change of nothing"
        name = self.dot(variable)
        if variable not in self.active:
            self.emit(assign(name, self.zero(variable)))
            self.active.add(variable)
        elif self.complex:
            self.emit(gast.Expr(value=call(self.facts.bind(require_room), load(name), load(variable))))
        return name

    def _open(self, place: gast.AST) -> None:
        """See that the tangent of an array is an array where a place is all of it."""
        if takes_all(place) and (isinstance(place.value, gast.Name) or self._is_list(place.value.value)):
            held = self.path(place.value)
            read, target = clone(held), clone(held)
            read.ctx, target.ctx = gast.Load(), gast.Store()
            value = call(self.facts.bind(entries_of), read, clone(place.value))
            self.emit(gast.Assign(targets=[target], value=value, type_comment=None))

    def _is_list(self, node: gast.AST) -> bool:
        """Whether a variable is sure to be a list, whose entries can be given other values."""
        if not isinstance(node, gast.Name):
            return False
        assigned = [n for n in every_statement(self.core.body) if isinstance(n, gast.Assign)]
        values = [n.value for n in assigned if node.id in names_written(n)]
        return bool(values) and all(isinstance(value, gast.List) for value in values)

    def kept(self, target: str, value: gast.AST) -> gast.AST:
        """A tangent that another variable holds too, copied where either value may change in place."""
        held = value
        if isinstance(value, gast.Call) and self.static(value.func) is stretched:
            held = value.args[0]
        if not isinstance(held, gast.Name):
            return value
        source = self.facts.owner(held.id) or held.id
        numbers = self.facts.is_number(load(target)) and self.facts.is_number(load(source))
        if numbers or not {target, source} & self.facts.mutable:
            return value
        return call(self.facts.bind(saved), value)

    def path(self, place: gast.AST) -> gast.AST:
        """`u[i].a` on the tangent: `u_dot[i].a`; the index is the same."""
        if isinstance(place, gast.Name):
            return gast.Name(self.dot(place.id), place.ctx, None, None)
        if isinstance(place, gast.Subscript):
            return gast.Subscript(value=self.path(place.value), slice=clone(place.slice), ctx=place.ctx)
        return gast.Attribute(value=self.path(place.value), attr=place.attr, ctx=place.ctx)

    def assignment(self, target: str, value: gast.AST, node: gast.AST, primal: gast.AST) -> None:
        """`primal` with the tangent of `target = value` beside it."""
        raise NotImplementedError

    def operand(self, node: gast.AST, statement: gast.AST) -> gast.AST:
        """An operand that is a variable wherever it varies."""
        raise NotImplementedError

    # Statements

    def store(self, node: gast.Assign) -> None:
        """`u[i] = value`: the same store in the tangent."""
        target = node.targets[0]
        variable = root(target)
        value = self.operand(node.value, node)
        if variable in self.active or self.facts.varies(value):
            self.own(variable)
            self._open(target)
            array = self._is_array(target)
            given = const(0.0) if array and not self.facts.varies(value) else self.facts.of(value)
            if isinstance(value, gast.Name) and value.id in self.facts.loose and not array:
                given = call(self.facts.bind(stretched), given, clone(value))
            self.emit(gast.Assign(targets=[self.path(target)], value=given, type_comment=None))
        made = clone(node)
        made.value = clone(value)
        self.emit(made)

    def _is_array(self, target: gast.Subscript | gast.Attribute) -> bool:
        """Whether what is stored into is sure to be an array, which broadcasts and copies what it is given."""
        if (
            isinstance(target, gast.Subscript)
            and isinstance(target.value, gast.Name)
            and target.value.id in self.analysed.kinds.numeric
        ):
            return True
        return isinstance(target, gast.Subscript) and isinstance(target.slice, (gast.Slice, gast.Tuple))

    def augmented(self, node: gast.AugAssign) -> None:
        """`x += y`: in place where `x` is an array, as in the value."""
        value = self.operand(node.value, node)
        made = clone(node)
        made.value = clone(value)
        variable = node.target.id
        varies = self.facts.varies(value)
        if isinstance(node.op, gast.Add) and (self.facts.is_display(load(variable)) or self.facts.is_display(value)):
            if variable in self.active or varies:
                self.emit(augment(store(self.own(variable)), gast.Add(), self.facts.of(value)))
            self.emit(made)
            return
        if isinstance(node.op, (gast.Add, gast.Sub)):
            if varies and (variable in self.active or not self.facts.is_number(load(variable))):
                self.emit(augment(store(self.own(variable)), clone(node.op), self.facts.of(value)))
                self.emit(made)
                return
            if variable in self.active and not varies:
                self.emit(made)
                if not (self.analysed.shapes.fits(node, variable) or self.facts.is_number(value)):
                    dot = self.dot(variable)
                    self.emit(assign(dot, call(self.facts.bind(stretched), load(dot), load(variable))))
                return
        self.assignment(variable, gast.BinOp(left=load(variable), op=node.op, right=value), node, made)

    def added(self, node: gast.AugAssign) -> None:
        """`u[i] += value`: the same in the tangent."""
        target, value = node.target, self.operand(node.value, node)
        variable = root(target)
        made = clone(node)
        made.value = clone(value)
        if not self.facts.varies(value) and variable not in self.active:
            self.emit(made)
            return
        if not isinstance(node.op, (gast.Add, gast.Sub)):
            raise Unsupported("this update of an element has no tangent", "Write it as `u[i] = ...`.", node.origin)
        self.own(variable)
        self._open(target)
        place = self.path(target)
        if self.facts.varies(value):
            given = self.facts.of(value)
            if value.id in self.facts.loose and not self._is_array(target):
                given = call(self.facts.bind(stretched), given, clone(value))
            self.emit(augment(place, clone(node.op), given))
            self.emit(made)
            return
        self.emit(made)
        if not self._is_array(target) and not self.facts.is_number(value):
            held, read = clone(place), clone(target)
            held.ctx = read.ctx = gast.Load()
            given = call(self.facts.bind(stretched), held, read)
            self.emit(gast.Assign(targets=[place], value=given, type_comment=None))

    def effect(self, node: gast.Expr) -> None:
        """A call for its effect: `append` and `pop` of a list, and what has nothing to do with derivatives."""
        value = node.value
        if block_at(node) is not None:
            return
        if not isinstance(value, gast.Call):
            self.emit(clone(node))
            return
        base = root(value.func) if self.static(value.func) is MISSING else None
        if is_method(value, "append") and (base in self.varied or self.moves(value.args[0])):
            item = self.operand(value.args[0], node)
            self.own(base)
            self.emit(gast.Expr(value=call(self.path(value.func), self.facts.of(item))))
            made = clone(node)
            made.value.args = [clone(item)]
            self.emit(made)
            return
        if is_method(value, "pop") and base in self.active:
            self.emit(gast.Expr(value=call(self.path(value.func), *clone(value.args))))
            self.emit(clone(node))
            return
        place = self._written(value)
        if place is not None and (self.known(node, value) or self.static(value.func) in (add_at, put_back)):
            self._written_into(node, value, place)
            return
        self._refuse_writer(value, node, place)
        self.emit(clone(node))

    def _written(self, value: gast.Call) -> int | None:
        """The place of the argument that a function writes into its first one."""
        function = self.static(value.func)
        if value.keywords or function is MISSING or not isinstance(function, Hashable):
            return None
        place = 2 if function in ADDERS else SETTERS.get(function)
        return place if place is not None and len(value.args) > place else None

    def known(self, node: gast.AST, value: gast.Call) -> bool:
        """Whether the analysis knows that a call changes its first argument."""
        change = self.analysed.changes.get(id(node))
        return change is not None and change.variable == root(value.args[0])

    def _written_into(self, node: gast.Expr, value: gast.Call, place: int) -> None:
        """`np.add.at(y, i, x)`: the same on the tangents."""
        variable, item = root(value.args[0]), self.operand(value.args[place], node)
        adds = self.static(value.func) in ADDERS
        if self.facts.varies(item) or variable in self.active and not adds:
            self.own(variable)
            back = self.static(value.func) is put_back
            index = clone(value.args[1]) if len(value.args) > 2 else const(Ellipsis)
            if not back:
                self._open(subscript(value.args[0], index))
            given = clone(value)
            given.args[0] = self.path(value.args[0])
            # The entries of a dict are removed in the tangent as in the value; an array's are set to zero.
            given.args[place] = self.facts.of(item) if back or self.facts.varies(item) else const(0.0)
            if back and takes_all(subscript(given.args[0], index)) and isinstance(given.args[0], gast.Name):
                # The tangent of an array without axes may be a number.
                whole = call(self.facts.bind(put_whole), given.args[0], given.args[2])
                self.emit(assign(given.args[0].id, whole))
            else:
                self.emit(gast.Expr(value=given))
        made = clone(node)
        made.value.args[place] = clone(item)
        self.emit(made)

    def _refuse_writer(self, value: gast.Call, node: gast.AST, place: int | None) -> None:
        """A function that writes into its argument would leave the tangent behind."""
        function = self.static(value.func)
        given = [*value.args, *(k.value for k in value.keywords)]
        varies = any(self.moves(a) for a in given) or any(names_read(a) & self.varied for a in given)
        known = any(function is w for w in (*WRITERS, *SETTERS, *ADDERS))
        at = isinstance(value.func, gast.Attribute) and value.func.attr == "at"
        adds = at and isinstance(self.static(value.func.value), np.ufunc)
        if varies and (place is not None or known or adds or any(k.arg == "out" for k in value.keywords)):
            raise NoRule(
                "this call writes into an array that it is given, and a derivative flows through it",
                "Write it as an assignment: `y[i] = ...`, `y[i] += ...` or `y = ...`.",
                node.origin,
            )


def is_method(value: gast.AST, name: str) -> bool:
    """Whether an expression calls the method `name` of a variable or of something in it."""
    return isinstance(value, gast.Call) and isinstance(value.func, gast.Attribute) and value.func.attr == name
