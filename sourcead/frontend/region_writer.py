"""One dynamic region as text: its function, the call of it, and what becomes of its results.

A region works on copies of the arrays that it is given, so what it changes in place is written back afterwards: to the
variable where no other name can hold the object, else into the object itself.
"""

from __future__ import annotations

import builtins
import functools
import numbers
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gast
import numpy as np

from runtime.kernels import apart, copied, private
from runtime.untouched import unchanging
from sourcead.errors import NoEmittedForm, Refused, Unsupported
from sourcead.frontend.callees import CHANGING_METHODS, changed_names, looks_around, may_change, path_root, touched
from sourcead.frontend.exposure import Exposure, body_of, calls_within_functions
from sourcead.frontend.names import MISSING, Frame, Region
from sourcead.frontend.region_functions import definitions_called
from sourcead.frontend.sharing import changes_deeply, has_one_name, is_array, is_array_or_number
from sourcead.frontend.statements import Statements
from sourcead.frontend.syntax import (
    assign,
    attribute,
    call,
    const,
    load,
    names_read,
    names_written,
    pack,
    param,
    store,
    subscript,
    walk,
)
from sourcead.frontend.unseen import calls_unseen


class WholeBody(NoEmittedForm):
    """Only the whole of a function's body can be a region: what it changes is known under several names before."""


class RegionWriter:
    """One region: its function, the call of it, and what becomes of its results."""

    def __init__(
        self, lowering: Statements, part: list[gast.AST], frame: Frame, outside: list[gast.Name], error: NoEmittedForm
    ) -> None:
        self.lowering, self.part, self.frame, self.error, self.outside = lowering, part, frame, error, outside
        self.called: list[gast.AST] = []
        updated = {n.target for n in walk(frame.body) if isinstance(n, gast.AugAssign)}  # `c += v` reads `c`.
        self.read_outside = {n.id for n in outside if isinstance(n.ctx, gast.Load) or n in updated}
        loops = [n for n in walk(frame.body) if isinstance(n, (gast.For, gast.While)) and n is not part[0]]
        self.looped = any(i is part[0] for n in loops for i in walk(n.body))
        self.static: Callable[[gast.AST], Any] = lambda n: lowering.resolved(n, frame)
        # Nothing of the function runs after the region, so what it changes need not be put back.
        self.final = frame is lowering.main and part[-1] is frame.body[-1]

    def write(self) -> None:
        """Emit the call of the region and the assignments of its results."""
        self._check()
        definitions, self.called = definitions_called(self.part, self.frame, self.lowering)
        body = [*definitions, *(self.lowering.renamed(s, self.frame) for s in self.part)]
        known = self.lowering.namespace.value
        for node in calls_within_functions(body):
            if isinstance(node.func, gast.Name) and looks_around(known(node.func.id), len(node.args)):
                raise self._unseen()
        exposure = Exposure()
        ended = exposure.block(body, frozenset())
        inputs = {n for n in exposure.reads if n in self.lowering.taken} | self._looked_at()
        touching = self._changed(inputs)
        unseen = calls_unseen(self.analysed, self.static, self._is_defined)
        if self.part[0] is not self.frame.body[0]:
            # Another name may hold what is changed, and copies would not share it; nor may what is called unseen do it.
            before = {n.id for n in self.outside if isinstance(n.ctx, gast.Store)} if unseen else set()
            if changed_names(self.analysed, before, self.static) or self.final and not all(map(self._alone, touching)):
                raise WholeBody(self.error.fact, self.error.cure, self.error.origin)
        changed = [] if self.final else [n for n in touching if not self._rebinds_only(n)]
        outputs = self._outputs(inputs, changed, body)
        unsure = [n for n in outputs if n not in inputs and (ended is None or n not in ended)]
        before = {n for n in unsure if self._bound_before(n)}
        inputs |= before
        head = [assign(n, const(None)) for n in unsure if n not in before]
        # A region that runs without a derivative would change the objects themselves.
        copying = private if self.final else copied
        head += [assign(n, call(self.lowering.namespace.bind(copying.__name__, copying), load(n))) for n in touching]
        self._keep_apart(changed, inputs)
        order = sorted(inputs, key=lambda n: _first(body, n))
        self.lowering.given |= inputs
        results = [*outputs, *changed]
        name = self.lowering.namespace.region(self.lowering.taken)
        returned = load(results[0]) if len(results) == 1 else pack(load(n) for n in results)
        last = [gast.Return(value=returned)] if results else []
        arguments = gast.arguments([param(n) for n in order], [], None, [], [], None, [])
        watch = [load(self.lowering.namespace.bind("unchanging", unchanging))] if unseen or self._hides(body) else []
        definition = gast.FunctionDef(name, arguments, [*head, *body, *last], watch, None, None, [])
        origin = self.error.origin or self.lowering.origin
        reason = self.error.fact + (f" ({Path(origin.file).name}:{origin.line})" if origin else "")
        self.lowering.namespace.regions[name] = Region(definition, reason, self.error.cure, origin)
        self._bind(call(name, *(load(n) for n in order)), outputs, changed)

    def _is_defined(self, node: gast.AST) -> bool:
        return isinstance(node, gast.Name) and self.lowering.closure(node, self.frame) is not None

    def _hides(self, body: list[gast.AST]) -> bool:
        """Whether a function within the region may change, by a name of its own, what the region is given."""
        functions = [n for n in walk(body) if isinstance(n, (gast.Lambda, gast.FunctionDef))]
        changing = any(touched(n, self.static) for f in functions for n in walk(f.body))
        return changing or bool(self._looked_at())

    @functools.cached_property
    def analysed(self) -> list[gast.AST]:
        """The statements of the region and of the functions defined inside that it calls."""
        return [*self.part, *(s for node in self.called for s in body_of(node))]

    @functools.cached_property
    def _keepers(self) -> set[str]:
        """Variables that hold objects made within the region, whose methods may change what is put into them."""
        made = [n for n in walk(self.analysed) if isinstance(n, gast.Assign) and isinstance(n.value, gast.Call)]
        functions = [(n, self.static(n.value.func)) for n in made]
        targets = [t for n, f in functions if isinstance(f, type) and may_change(f) for t in n.targets]
        return {t.id for t in targets if isinstance(t, gast.Name)}

    def _alone(self, core: str) -> bool:
        """Whether no other name can hold the object of a variable, nor an element of it that is changed."""
        user = self._user(core)
        return user is not None and self._is_alone(user)

    def _is_alone(self, user: str) -> bool:
        if changes_deeply(self.analysed, user, self.frame, self.static):
            return False
        places = changed_names(self.analysed, {user}, self.static, self._keepers)
        return places <= {user} and has_one_name(user, self.frame, self.static)

    def _keep_apart(self, changed: list[str], inputs: set[str]) -> None:
        """Copies do not share memory, so what is changed must not share any with the rest that the region is given."""
        for name in changed:
            for other in sorted(inputs - {name}) if not self._alone(name) else ():
                self._check_apart(name, other, load(name))

    def _check_apart(self, name: str, other: str, value: gast.AST) -> None:
        origin = self.lowering.origin
        said = f"{name}, {other}, {origin.file}:{origin.line}" if origin else ""
        check = self.lowering.namespace.bind("apart", apart)
        self.lowering.emit(gast.Expr(value=call(check, value, load(other), const(said))))

    def _changed_elsewhere(self, names: list[str]) -> bool:
        """Whether the rest of the function may change one of these in place."""
        inside = {id(n) for n in walk(self.part)}
        nodes = [n for n in walk(self.frame.body) if id(n) not in inside]
        users = {self._user(name) for name in names}
        return any(users & touched(n, self.static) for n in nodes)

    def _bind(self, made: gast.Call, outputs: list[str], changed: list[str]) -> None:
        lowering = self.lowering
        count = len(outputs) + len(changed)
        if not count:
            lowering.emit(gast.Expr(value=made))
            return
        if count == 1 and outputs:
            lowering.emit(assign(outputs[0], made))
            self._settle(outputs[0])
            return
        held = lowering.name(made, "results" if count > 1 else "result")
        if count > 1:
            lowering.widths[held.id] = count
        for k, name in enumerate([*outputs, *changed]):
            value = subscript(load(held.id), const(k)) if count > 1 else load(held.id)
            if name in changed:
                self._write_back(name, value)
            else:
                lowering.emit(assign(name, value))
                self._settle(name)
        if outputs and changed and self._changed_elsewhere([*outputs, *changed]):
            # A result may be the copy of what is changed, and the change goes back into another object.
            for k, name in enumerate(changed, len(outputs)):
                for other in outputs:
                    self._check_apart(name, other, subscript(load(held.id), const(k)))

    def _settle(self, core: str) -> None:
        """A result that no active value flows into carries no derivative, whatever the region was given."""
        user = self._user(core)
        if user not in (None, self.frame.result) and user not in self.lowering.varying(self.frame):
            self.lowering.settled.add(core)

    def _user(self, core: str) -> str | None:
        return next((user for user, name in self.frame.names.items() if name == core), None)

    # What goes in and out

    def _outputs(self, inputs: set[str], changed: list[str], body: list[gast.AST]) -> list[str]:
        """Variables that the region binds and that are read when it is done."""
        written = names_written(body) | {n for d in walk(body) if isinstance(d, gast.Nonlocal) for n in d.names}
        found = []
        for name in sorted(written & self.lowering.taken, key=lambda n: _first(body, n)):
            user = self._user(name)
            if name in changed or _is_function(name, body):
                continue
            if user is None or user in self.read_outside or user == self.frame.result:
                found.append(name)
            elif self.looped and name in inputs or user in self.frame.nonlocals:
                found.append(name)
        return found

    def _looked_at(self) -> set[str]:
        """All variables that there may be, where the region calls `eval` or the like, which finds them by name."""
        called = [n for n in walk(self.part) if isinstance(n, gast.Call)]
        if all(self._tells(n, set()) and not looks_around(self.static(n.func), len(n.args)) for n in called):
            return set()
        inside = {n for s in self.part for n in names_written(s)}
        users = {u for u in self.frame.own if u in self.frame.names and (u not in inside or self._stored(u))}
        if self.frame is not self.lowering.main or any(self.frame.names[u] != u for u in users):
            raise self._unseen()
        if any(not self._tells(n, users | inside) for n in called):
            raise self._unseen()
        return users

    def _tells(self, node: gast.Call, variables: set[str]) -> bool:
        """Whether a call finds nothing by name but variables: the emitted module has not the names of the user's."""
        function = self.static(node.func)
        if function is not eval and function is not exec or len(node.args) > 1:
            return function is not globals
        text = node.args[0].value if node.args and isinstance(node.args[0], gast.Constant) else None
        try:
            tree = gast.parse(text) if isinstance(text, str) else None
        except SyntaxError:
            tree = None
        return tree is not None and names_read(tree.body) <= variables | names_written(tree.body) | set(dir(builtins))

    def _unseen(self) -> Unsupported:
        return Unsupported(
            f"{self.error.fact}, within which variables are found by their names",
            "Write out the code that `eval` or the like is given.",
            self.error.origin,
        )

    def _stored(self, user: str) -> bool:
        return user in self.frame.parameters or any(
            n.id == user and not isinstance(n.ctx, gast.Load) for n in self.outside
        )

    def _bound_before(self, core: str) -> bool:
        """Whether a variable may have a value when the region begins."""
        user = self._user(core)
        if user is None:
            return True
        return self._stored(user) or self.looped

    def _changed(self, inputs: set[str]) -> list[str]:
        """Inputs whose objects the region may change in place."""
        analysed = self.analysed
        names = {n for s in analysed for n in names_read(s)} | {n for s in analysed for n in names_written(s)}
        found: list[str] = []
        for user in sorted(names):
            if self.frame.holder(user) is None:
                continue
            places = changed_names(analysed, {user}, self.static, self._keepers)
            places |= {user} if self.lowering.computes_with(user, analysed, self.frame) else set()
            unread = self.frame.holder(user) is self.frame and user not in self.read_outside and not self.looped
            if not places or unread and self._is_alone(user):
                continue
            deep = changes_deeply(analysed, user, self.frame, self.static)
            if not self.final and (places != {user} or deep):
                # An element is changed, which other names may hold too.
                raise NoEmittedForm(self.error.fact, self.error.cure, self.error.origin)
            core = self.lowering.reference(user, self.frame)
            if isinstance(core, gast.Name) and core.id in inputs and core.id not in found:
                found.append(core.id)
        return found

    def _rebinds_only(self, core: str) -> bool:
        """`total += v` alone, of a variable with no other name: rebinding it says the same."""
        user = self._user(core)
        if user is None or not has_one_name(user, self.frame, self.static):
            return False
        inside = [n for n in walk(self.analysed) if user in touched(n, self.static)]
        return bool(inside) and all(isinstance(n, gast.AugAssign) and isinstance(n.target, gast.Name) for n in inside)

    def _rebinds(self, user: str) -> bool:
        """Whether the region may give a name another object, besides by an update."""
        updated = {id(n.target) for n in walk(self.analysed) if isinstance(n, gast.AugAssign)}
        stores = [n for n in walk(self.analysed) if isinstance(n, gast.Name) and n.id == user]
        return any(isinstance(n.ctx, gast.Store) and id(n) not in updated for n in stores)

    def _write_back(self, name: str, value: gast.AST) -> None:
        """Put what the region made of an object into the object itself, for all its other names."""
        lowering, user = self.lowering, self._user(name)
        if user is not None and has_one_name(user, self.frame, self.static):
            lowering.emit(assign(name, value))
            self._settle(name)
            return
        if user is not None and self._rebinds(user):
            # What the name stands for in the end may not be what was changed under it.
            raise NoEmittedForm(self.error.fact, self.error.cure, self.error.origin)
        new = lowering.name(value, "new")
        if user not in lowering.varying(self.frame):
            lowering.settled.add(new.id)
        if user is not None and lowering.kind(load(user), self.frame) == "list":
            self._refill(name, new)
            return
        if user is None or not is_array_or_number(user, self.frame, self.static):
            raise NoEmittedForm(self.error.fact, self.error.cure, self.error.origin)
        place = subscript(load(name), const(Ellipsis), gast.Store())
        store_all = gast.Assign(targets=[place], value=new, type_comment=None)
        if is_array(user, self.frame, self.static):
            lowering.emit(store_all)
            return
        # A function of NumPy may have given a number, as may a sum: then the name stands for another one now.
        number = lowering.namespace.bind("Number", numbers.Number)
        with lowering.inside() as stored:
            lowering.emit(store_all)
        with lowering.inside() as replaced:
            lowering.emit(assign(name, new))
        lowering.emit(gast.If(test=call("isinstance", load(name), load(number)), body=replaced, orelse=stored))

    def _refill(self, name: str, new: gast.Name) -> None:
        lowering = self.lowering
        with lowering.inside() as block:
            lowering.name(call(attribute(load(name), "pop")), "dropped")
        counted = call("range", call("len", load(name)))
        lowering.emit(gast.For(store(lowering.fresh("k")), counted, block, [], None))
        counter = lowering.fresh("k")
        lowering.integers.add(counter)
        with lowering.inside() as block:
            item = lowering.name(subscript(load(new.id), load(counter)), "item")
            lowering.emit(gast.Expr(value=call(attribute(load(name), "append"), item)))
        lowering.emit(gast.For(store(counter), call("range", call("len", load(new.id))), block, [], None))

    # What a region may not do

    def _check(self) -> None:
        """Refuse what would let a value that carries a derivative slip out of the region unseen."""
        frame = self.frame
        made = {n for s in self.part for n in names_written(s)}
        for node in walk(self.part):
            if isinstance(node, (gast.Await, gast.AsyncFor, gast.AsyncWith, gast.Yield, gast.YieldFrom)):
                if not self._within_function(node):
                    raise self.error
            if isinstance(node, gast.Attribute) and not isinstance(node.ctx, gast.Load):
                root = path_root(node)
                kept = root is not None and root in made and not self._lives_on(root)
                if not kept and self._stored_active(node):
                    if root is not None and frame.holder(root) is None:
                        raise self._leaks(node)
                    raise NoEmittedForm(self.error.fact, self.error.cure, self.error.origin)
            if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
                self._check_method(node)
            if isinstance(node, gast.Subscript) and not isinstance(node.ctx, gast.Load):
                root = path_root(node)
                if (root is None or frame.holder(root) is None) and self._stored_active(node):
                    raise self._leaks(node)

    def _check_method(self, node: gast.Call) -> None:
        root = path_root(node.func)
        given = [*node.args, *(k.value for k in node.keywords)]
        if node.func.attr in CHANGING_METHODS and root is not None and self.frame.holder(root) is None:
            known = self.static(load(root))
            if known is not MISSING and not isinstance(known, (type, type(np))):
                if any(self.lowering.active(a, self.frame) for a in given):
                    raise self._leaks(node)

    def _leaks(self, node: gast.AST) -> Unsupported:
        return Refused(
            f"{self.error.fact}, and an active value is put into an object that belongs to no call",
            "Return the value, or store a copy made by sourcead.stop_gradient.",
            self.frame.source.origin(node),
        )

    def _within_function(self, node: gast.AST) -> bool:
        functions = [n for n in walk(self.part) if isinstance(n, (gast.FunctionDef, gast.Lambda))]
        return any(i is node for f in functions for i in walk(f.body))

    def _lives_on(self, name: str) -> bool:
        return name in self.read_outside or name == self.frame.result

    def _stored_active(self, target: gast.AST) -> bool:
        for node in walk(self.part):
            if isinstance(node, gast.Assign) and any(n is target for t in node.targets for n in walk(t)):
                return self.lowering.active(node.value, self.frame)
            if isinstance(node, (gast.AugAssign, gast.AnnAssign)) and any(n is target for n in walk(node.target)):
                return node.value is not None and self.lowering.active(node.value, self.frame)
        return True


def _is_function(name: str, body: list[gast.AST]) -> bool:
    return any(isinstance(n, (gast.FunctionDef, gast.ClassDef)) and n.name == name for n in walk(body))


def _first(body: list[gast.AST], name: str) -> tuple[int, str]:
    """Where a name first stands, to list names as a reader meets them."""
    for k, node in enumerate(walk(body)):
        if isinstance(node, gast.Name) and node.id == name:
            return k, name
    return 10**9, name
