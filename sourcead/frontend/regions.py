"""Dynamic regions: statements that cannot be written down run on the dynamic graph, as a function of what they read.

try:                                    def region(y):
    z = settle(y)                           try:
except ArithmeticError:          ->             z = settle(y)
    z = y                                   except ArithmeticError:
                                                z = y
                                            return z

                                        z = region(y)

A region is the smallest statement that cannot be lowered. It grows over the statements that follow while it would hand
them something whose inside carries a derivative and that cannot be looked into (an iterator, a set, a function), and
to the statement around it where it cannot stand alone. `region_writer.py` writes it.
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

import runtime
from sourcead.errors import NoEmittedForm, Unsupported
from sourcead.frontend.callees import CHANGING_METHODS, makes_class, path_root
from sourcead.frontend.containers import is_container
from sourcead.frontend.exposure import names_of_scope
from sourcead.frontend.generators import yields
from sourcead.frontend.names import MISSING, Frame
from sourcead.frontend.region_writer import RegionWriter, WholeBody
from sourcead.frontend.statements import Statements
from sourcead.frontend.syntax import names_read, names_written, walk, walk_own

ITERATORS: tuple[Any, ...] = (iter, map, filter, zip, enumerate, reversed, np.ndenumerate, open, set, frozenset)


@dataclass
class _Mark:
    """What the lowering of one statement may have changed, to start again from."""

    length: int
    frame: dict[str, Any]
    integers: set[str]
    widths: dict[str, int]


class Regions(Statements):
    """Lowering of statements, with the dynamic graph for those that have no emitted form."""

    def statements(self, body: list[gast.AST], frame: Frame) -> None:
        """Lower statements into the current block."""
        start, k = self._mark(frame), 0
        while k < len(body):
            mark = self._mark(frame)
            try:
                with self.at(frame, body[k]):
                    self.statement(body[k], frame)
                k += 1
            except NoEmittedForm as error:
                self._back(mark, frame)
                try:
                    k = self._grown(body, k, frame, error)
                except WholeBody as whole:
                    if body is not frame.body or frame is not self.main:
                        raise
                    self._back(start, frame)
                    k = self._run_there(body, 0, len(body), frame, whole)

    def _mark(self, frame: Frame) -> _Mark:
        kept = {n: dict(getattr(frame, n)) for n in ("closures", "aliases", "statics", "collected")}
        return _Mark(len(self.block), kept, set(self.integers), dict(self.widths))

    def _back(self, mark: _Mark, frame: Frame) -> None:
        del self.block[mark.length :]
        for name, value in mark.frame.items():
            setattr(frame, name, value)
        self.integers, self.widths = mark.integers, mark.widths

    def _grown(self, body: list[gast.AST], start: int, frame: Frame, error: NoEmittedForm) -> int:
        """Lower the region that begins with `body[start]`; gives the place of the statement behind it."""
        stop = start + 1
        while True:
            part = body[start:stop]
            hidden = self._hidden(part, frame)
            later = [k for k in range(stop, len(body)) if names_read(body[k]) & hidden]
            if not later:
                break
            stop = later[-1] + 1
        mark = self._mark(frame)
        try:
            return self._run_there(body, start, stop, frame, error)
        except NoEmittedForm:
            self._back(mark, frame)
            if stop == len(body):
                raise
        return self._run_there(body, start, len(body), frame, error)

    def _run_there(self, body: list[gast.AST], start: int, stop: int, frame: Frame, error: NoEmittedForm) -> int:
        part = body[start:stop]
        if any(isinstance(n, gast.Call) and self.static(n.func, frame) is super for n in walk(part)):
            # It finds its class and object in the function that it stands in.
            raise Unsupported(error.fact, error.cure, error.origin)
        hidden = self._hidden(part, frame)
        outside = self._elsewhere(part, frame)
        writer = RegionWriter(self, part, frame, outside, error)
        kept = [n for n in outside if writer.looped or isinstance(n.ctx, gast.Load)]
        if any(n.id in hidden for n in kept) or frame.result in hidden:
            raise error
        calls = [n for n in walk_own(part) if isinstance(n, gast.Call)]
        filled = set().union(*(self._filled(n, hidden, frame) for n in calls))
        if any(n.id in filled and isinstance(n.ctx, gast.Store) for n in outside):
            # What has a name before the region is filled with what cannot be looked into.
            raise WholeBody(error.fact, error.cure, error.origin)
        with self.at(frame, part[0]):
            writer.write()
        return stop

    def _elsewhere(self, part: list[gast.AST], frame: Frame) -> list[gast.Name]:
        """The names in a function's body that do not belong to a region."""
        inside = {id(n) for n in walk(part)}
        return [n for n in names_of_scope(frame.body) if id(n) not in inside]

    def _hidden(self, part: list[gast.AST], frame: Frame) -> set[str]:
        """Variables that hold what cannot be looked into: iterators, functions, objects that carry a derivative."""
        found: set[str] = set()
        while True:
            before = len(found)
            for node in walk_own(part):
                if isinstance(node, (gast.FunctionDef, gast.ClassDef)):
                    found.add(node.name)
                elif isinstance(node, gast.Assign) and self._is_pullback(node, frame):
                    found |= names_written(node.targets[0].elts[1])
                elif isinstance(node, gast.Assign) and self._hides(node.value, found, frame):
                    found |= {n for t in node.targets for n in names_written(t)}
                elif isinstance(node, gast.Subscript) and isinstance(node.ctx, gast.Store):
                    if self.is_dict(node.value, frame) and self.active(node.slice, frame):
                        found.add(path_root(node) or "")
                elif isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
                    root = path_root(node.func)
                    if (
                        node.func.attr in CHANGING_METHODS
                        and root
                        and any(self._hides(a, found, frame) for a in node.args)
                    ):
                        found.add(root)
            if len(found) == before:
                return found

    def _is_pullback(self, node: gast.Assign, frame: Frame) -> bool:
        """`value, pullback = runtime.vjp(...)`, as emitted programs write it."""
        target, value = node.targets[0], node.value
        paired = isinstance(target, gast.Tuple) and len(target.elts) == 2 and isinstance(value, gast.Call)
        return paired and self.static(value.func, frame) is runtime.vjp

    def _filled(self, node: gast.Call, hidden: set[str], frame: Frame) -> set[str]:
        """Containers that a call puts something into that cannot be looked into."""
        if self.static(node.func, frame) is exec:
            return {path_root(a) or "" for a in node.args[1:]}
        changing = isinstance(node.func, gast.Attribute) and node.func.attr in CHANGING_METHODS
        root = path_root(node.func) if changing else None
        return {root} if root is not None and any(self._hides(a, hidden, frame) for a in node.args) else set()

    def _hides(self, value: gast.AST, hidden: set[str], frame: Frame) -> bool:
        if isinstance(value, gast.Name) and value.id in hidden:
            return True
        if isinstance(value, (gast.Name, gast.Attribute)):
            return self.closure(value, frame) is not None
        if isinstance(value, (gast.Tuple, gast.List)):
            return any(self._hides(e, hidden, frame) for e in value.elts)
        if isinstance(value, (gast.GeneratorExp, gast.Lambda, gast.Set, gast.SetComp)):
            return True
        if isinstance(value, gast.IfExp):
            return self._hides(value.body, hidden, frame) or self._hides(value.orelse, hidden, frame)
        if isinstance(value, gast.ListComp):
            return self._hides(value.elt, hidden, frame)
        if isinstance(value, gast.DictComp):
            keys = gast.ListComp(elt=value.key, generators=value.generators)
            return self.active(keys, frame) or self._hides(value.value, hidden, frame)
        if isinstance(value, gast.Dict):
            asked = any(self.active(k, frame) for k in value.keys if k is not None)
            return asked or any(self._hides(v, hidden, frame) for v in value.values)
        if isinstance(value, gast.Subscript):
            return path_root(value) in hidden or self._hides(value.value, hidden, frame)
        if not isinstance(value, gast.Call):
            return False
        if isinstance(value.func, gast.Name) and value.func.id in hidden:
            # What a function or class of the region makes may hold what that closes over.
            return True
        taken = isinstance(value.func, gast.Attribute) and value.func.attr in CHANGING_METHODS
        return taken and path_root(value.func) in hidden or self.gives_hidden(value, frame)

    def gives_hidden(self, node: gast.Call, frame: Frame) -> bool:
        """Whether a call gives an iterator, a function, or an object that keeps a value that carries a derivative."""
        function = self.static(node.func, frame)
        if function is MISSING:
            closure = self.closure(node.func, frame)
            return closure is not None and (yields(closure.node) or self.makes_function(node, frame))
        if function is functools.reduce and node.args:
            return self.makes_function(gast.Call(func=node.args[0], args=[], keywords=[]), frame)
        if makes_class(function, len(node.args)) or is_container(function) or self.makes_function(node, frame):
            return True
        module = getattr(function, "__module__", "") or ""
        makers = (*ITERATORS, runtime.vjp)
        return (
            any(function is maker for maker in makers) or module == "itertools" or inspect.isgeneratorfunction(function)
        )
