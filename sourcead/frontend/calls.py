"""Calls into core form: rules by name, functions defined inside and small ones in place, the rest as calls."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from runtime.computing import only_computes
from runtime.kernels import put_whole
from runtime.operations.spelling import is_form, spelled
from runtime.primitives import registry
from sourcead.errors import EndlessRecursion, NoEmittedForm
from sourcead.frontend.annotations import is_known_class, is_method_of, signature_of
from sourcead.frontend.arguments import FUNCTIONS
from sourcead.frontend.callees import (
    CACHE,
    changes_arguments,
    changes_only,
    is_checkpoint,
    is_generator,
    is_user_function,
    path_root,
)
from sourcead.frontend.exits import single_exit
from sourcead.frontend.makers import Makers
from sourcead.frontend.names import MISSING, Closure, Frame, Placed
from sourcead.frontend.outside import conflict
from sourcead.frontend.plain_calls import called_text
from sourcead.frontend.source import find
from sourcead.frontend.syntax import (
    attribute,
    call,
    const,
    is_docstring,
    load,
    walk,
    walk_own,
)

DEEPEST = 60


class Calls(Makers):
    """Lowering of calls."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.inlining: list[object] = []
        # Names that were made for the results of functions written out, and that nothing else reads.
        self.results: set[str] = set()

    def call(self, node: gast.Call, frame: Frame) -> gast.AST:
        """A call with active arguments, or of a function defined inside."""
        if self.static(node.func, frame) is super:
            raise self.refuse("`super()` as a value", "Name the class above, and give its method the object.")
        if self.static(node.func, frame) is put_whole:
            return self.put_whole_again(node, frame)
        if (
            len(node.args) == 1
            and isinstance(node.args[0], gast.Starred)
            and self.static(node.func, frame) in (max, min)
        ):
            node = gast.copy_location(
                gast.Call(func=node.func, args=[node.args[0].value], keywords=node.keywords), node
            )
        node = self.told(self._marked(node, frame), frame)
        asked = self.spelled(node, frame)
        if asked is not None:
            node = self.checked(asked, frame)
        node = self.written_out(node, frame)
        closure = self.closure(node.func, frame)
        if closure is None and isinstance(node.func, (gast.Call, gast.IfExp)):
            closure = self.made_function(node.func, frame)
        if closure is not None and any(
            isinstance(n, (gast.Yield, gast.YieldFrom)) for n in walk_own(closure.node.body)
        ):
            raise self.refuse(
                f"`{called_text(node.func)}`, a generator that is kept", "Make a list of it.", NoEmittedForm
            )
        if closure is not None:
            return self.inline(self.defined(closure), node, frame)
        function = self.static(node.func, frame)
        if is_generator(function):
            raise self.refuse(f"`{function.__name__}`, a generator that is kept", "Make a list of it.", NoEmittedForm)
        if isinstance(function, CACHE) and not only_computes(function):
            raise self.refuse(
                f"`{called_text(node.func)}` is cached and does more than to compute",
                "Leave the cache out.",
                NoEmittedForm,
            )
        form = spelled(function, len(node.args), [k.arg for k in node.keywords], self.of_complex)
        if form is not None:
            return self.in_place_of(form, node, frame)
        region = self.region_again(node, function, frame)
        if region is not None:
            return region
        stored = self.writes_out(node, frame)
        changed = self.hidden_change(node, frame) if stored is None else None
        if changed is not None and registry.lookup(function) is None and function is not np.copyto:
            return self.change_copy(node, changed, frame)
        if stored is not None:
            return stored
        popping = isinstance(node.func, gast.Attribute) and node.func.attr == "pop" and function is MISSING
        if popping and self._is_local(node.func.value, frame):
            return self.popped(self.reference(node.func.value.id, frame), node, frame)
        if popping and not node.args and not node.keywords:
            root = path_root(node.func.value)
            place = self.element(node.func.value, frame) if root is not None and frame.holder(root) else None
            if place is not None and isinstance(place, (gast.Subscript, gast.Attribute)):
                return call(attribute(place, "pop"))
        if self.is_set(node.func, frame) and changes_only(node, function):
            self.effect(gast.copy_location(gast.Expr(value=node), node), frame)
            return const(None)
        known = self.remade(node, function, frame) or self.known(node, function, frame)
        if known is None:
            known = self.constructed(node, function, frame)
        if known is not None:
            return known
        if function is MISSING and isinstance(node.func, gast.Attribute):
            found = self.tensors_method(node, frame)
            if found is not None:
                return found
        if changes_only(node, function) and self.changes_local(node, frame):
            self.effect(gast.copy_location(gast.Expr(value=node), node), frame)
            return const(None)
        if self.makes_function(node, frame):
            raise self.refuse(
                f"the function that `{called_text(node.func)}` makes, as a value",
                "Give it a name and call it by that, or pass it as an argument.",
                NoEmittedForm,
            )
        if is_user_function(function) and self._must_inline(function, node, frame):
            return self.inline_function(function, node, frame)
        owner = self._owner(node.func, frame)
        if owner is not None:
            # The function is read as one of an object of just this class.
            node = self.checked(node, frame, owner)
        return self.plain(node, function, frame)

    def _marked(self, node: gast.Call, frame: Frame) -> gast.Call:
        """`checkpoint(f)(x)` with the marked function in place of the call that marks it."""
        made = self.made_by_mark(node.func, frame)
        if made is None:
            return node
        held = self.stand_in(self.bound_mark(made), frame, False)
        frame.statics[held.id] = made
        return gast.copy_location(gast.Call(func=held, args=node.args, keywords=node.keywords), node)

    def in_place_of(self, form: Any, node: gast.Call, frame: Frame) -> gast.AST:
        """A call of a function that is read in another's place: NumPy's own, a kernel, or one expression."""
        if is_form(form):
            source = find(form)
            self.spelling += 1
            try:
                return self.inline(Closure(source.tree, None, source), node, frame)
            finally:
                self.spelling -= 1
        own = getattr(np, form.__name__, None) is form
        bind = self.namespace.bind
        func = attribute(load(bind("np", np)), form.__name__) if own else load(bind(form.__name__, form))
        return call(func, *self.atoms(node.args, frame))

    def writes_out(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        """`f(x, out=u)`: store the result in `u`, and give `u`; None where nothing is written."""
        raise NotImplementedError

    def hidden_change(self, node: gast.Call, frame: Frame) -> str | None:
        """The local variable that a call changes in a way that no core statement tells."""
        raise NotImplementedError

    def change_copy(self, node: gast.Call, variable: str, frame: Frame) -> gast.AST:
        """Change a new copy, so that whoever read the old one still has it; gives what the call gives."""
        raise NotImplementedError

    def element(self, node: gast.AST, frame: Frame) -> gast.AST | None:
        """The path to an element that is changed by a method, so that every step on the way is an element too."""
        raise NotImplementedError

    def popped(self, base: gast.Name, node: gast.Call, frame: Frame) -> gast.AST:
        """`v.pop()` and `v.pop(i)`: the element; those behind it move down by one."""
        raise NotImplementedError

    def _must_inline(self, function: Any, node: gast.Call, frame: Frame) -> bool:
        """Whether a user's function is written out in place: it takes functions, or is one plain expression."""
        plain = function.__wrapped__ if isinstance(function, CACHE) or is_checkpoint(function) else function
        parameters = signature_of(plain, follow_wrapped=False).parameters.values()
        if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
            return True
        if any(self.closure(a, frame) or self.is_function(a, frame) or self.maker(a, frame) for a in node.args):
            return True
        source = find(function)
        if function in self.inlining:
            # Emitted text may use up the tape that it is given.
            return changes_arguments(function) and not source.file.startswith("<sourcead ")
        owner = self._owner(node.func, frame)
        if any(self.known_class(a, frame) for a in node.args[owner is not None :]):
            return True
        known = self.known_class(node.args[0], frame) if owner is not None and node.args else None
        if known is not None and known.kind is not owner:
            return True
        if source.function.__closure__:
            return True
        if is_checkpoint(function) or function in self.namespace.checkpoint:
            return changes_arguments(function)
        body = [s for s in source.tree.body if not is_docstring(s)]
        short = len(body) == 1 and isinstance(body[0], gast.Return) and _size(body[0]) < 16
        return short or changes_arguments(function)

    def _owner(self, node: gast.AST, frame: Frame) -> type | None:
        """The class that a function is read off, as one of its methods; None for all other functions."""
        kind = self.static(node.value, frame) if isinstance(node, gast.Attribute) else None
        return kind if is_method_of(kind, getattr(node, "attr", "")) else None

    def is_function(self, node: gast.AST, frame: Frame) -> bool:
        """Whether an expression is sure to be a function known ahead of time."""
        found = self.static(node, frame)
        return isinstance(found, FUNCTIONS) or is_known_class(found)

    def inline_function(self, function: Any, node: gast.Call, frame: Frame) -> gast.AST:
        """The body of a user's function in place of its call."""
        source = find(function)
        if function in self.inlining:
            raise self.refuse(
                f"`{source.name}` calls itself with a function as argument, or changes its arguments and calls itself",
                "Let it return the changed value, and take no functions as arguments.",
                EndlessRecursion,
            )
        shared = conflict(source)
        if shared is not None:
            raise self.refuse(
                f"{shared} belongs to no call: `{source.name}` reads it, and it is changed by a function that it calls",
                "Pass it as an argument and return its new value.",
            )
        return self.inline(Closure(source.tree, None, source), node, frame, function)

    def inline(self, called: Closure, node: gast.Call, frame: Frame, function: object = None) -> gast.AST:
        """The body of a function in place of its call; gives the core value of its result."""
        tree = called.node
        if called.frame is not None and any(f is tree for f in self.inlining):
            raise self.refuse(
                "a function defined inside that calls itself",
                "Define it at the top of the module and pass what it needs as arguments.",
                NoEmittedForm,
            )
        if len(self.inlining) > DEEPEST:
            raise self.refuse(
                f"more than {DEEPEST} functions are written out within each other",
                "Define some of them at the top of the module.",
                EndlessRecursion,
            )
        inner = self.enter(called, node, frame)
        # Not before: an argument may be a call of the same function.
        self.placed.append(Placed(self.origin, tree, inner))
        within = [tree] if function is None else [function, tree]
        self.inlining += within
        try:
            self.note_methods([tree], inner)
            if isinstance(tree, gast.Lambda):
                return self.value(tree.body, inner)
            users = set(inner.own)
            statements = [s for s in tree.body if not is_docstring(s)]
            body, result = single_exit(statements, self.flags(inner), called.source.origin)
            inner.body, inner.result = body, result
            self.statements(body, inner)
        finally:
            del self.inlining[-len(within) :]
        if result is None:
            return const(None)
        found = self.value(load(result), inner) if result in inner.closures else self.reference(result, inner)
        # A variable of a function around this one is no name of the result's own either.
        if isinstance(found, gast.Name) and result in inner.own - users:
            self.results.add(found.id)
        return found

    def is_new_result(self, value: gast.AST) -> bool:
        """Whether a value is the result of a function written out, which the last statement has just been given."""
        last = self.block[-1] if self.block else None
        if not isinstance(value, gast.Name) or value.id not in self.results or not isinstance(last, gast.Assign):
            return False
        return isinstance(last.targets[0], gast.Name) and last.targets[0].id == value.id

    def flags(self, frame: Frame) -> Any:
        """Makes names for the flags of early exits."""

        def fresh(hint: str) -> str:
            name = hint
            while name in frame.own:
                name += "_"
            frame.own.add(name)
            return name

        return fresh

    def is_set(self, func: gast.AST, frame: Frame) -> bool:
        """Whether a function is written as a method of a variable that is only ever a set; a Tensor has an `add`."""
        variable = func.value if isinstance(func, gast.Attribute) else None
        holder = frame.holder(variable.id) if isinstance(variable, gast.Name) else None
        made = holder.makers(variable.id) if holder is not None and isinstance(variable, gast.Name) else []
        values = [getattr(node, "value", None) for node in made]
        displays = (gast.Set, gast.SetComp)
        return bool(values) and all(
            isinstance(v, displays) or isinstance(v, gast.Call) and self.static(v.func, frame) is set for v in values
        )

    def effect(self, node: gast.Expr, frame: Frame) -> None:
        """An expression that stands as a statement."""
        raise NotImplementedError

    def statements(self, body: list[gast.AST], frame: Frame) -> None:
        """Lower statements into the current block."""
        raise NotImplementedError


def _size(node: gast.AST) -> int:
    return sum(1 for n in walk(node) if not isinstance(n, (gast.expr_context, gast.operator)))
