"""Arguments of a call against the parameters of the function that it calls, for functions written out in place."""

from __future__ import annotations

import types
from typing import Any

import gast
import numpy as np

from sourcead.errors import NoEmittedForm, Refused
from sourcead.frontend.annotations import signature_of
from sourcead.frontend.callees import changed_names, is_user_function
from sourcead.frontend.carries import active_names
from sourcead.frontend.known_calls import KnownCalls
from sourcead.frontend.names import MISSING, Closure, Frame, own_names
from sourcead.frontend.source import Source
from sourcead.frontend.syntax import (
    all_parameters,
    assign,
    attribute,
    clone,
    const,
    load,
    pack,
    subscript,
    walk,
    walk_own,
)

FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc)


class Default:
    """A parameter's default: a core expression, whether it may carry a derivative, the function that it is, if any."""

    def __init__(self, node: gast.AST, active: bool = False, function: Any = MISSING) -> None:
        self.node = node
        self.active = active
        self.function = function


class Arguments(KnownCalls):
    """Binding of arguments to parameters."""

    def made_function(self, node: gast.AST, frame: Frame) -> Closure | None:
        """The function that a call of a user's function returns, when it is one defined inside."""
        raise NotImplementedError

    def enter(self, called: Closure, node: gast.Call, frame: Frame, lasting: bool = False) -> Frame:
        """A frame for the function's variables, its parameters bound to the call's arguments.

        A `lasting` frame is read after the call, by a function that the call gives.
        """
        tree, source, parent = called.node, called.source, called.frame
        if any(isinstance(n, gast.Await) for n in walk_own(tree.body)):
            raise self.refuse(
                f"`{source.name}` is a coroutine", "Compute in a plain function, and await around it.", NoEmittedForm
            )
        body = tree.body if isinstance(tree.body, list) else [tree.body]
        inner = Frame(source, parent, own_names(tree) - set(source.bound), body=body, given={})
        inner.parameters = frozenset(all_parameters(tree.args))
        self.read.append((inner, frozenset(inner.own)))
        if tree.args.kwarg is not None and any(self.acts(k.value, frame) for k in node.keywords):
            node = self._in_turns(node, frame)
        given = self._match(tree, source, node, frame, called.defaults)
        written = {n.id for n in walk(body) if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)}
        written |= {name for n in walk(body) if isinstance(n, gast.Nonlocal) for name in n.names}
        kept = {n for n, a in given.items() if isinstance(a, Default) and isinstance(a.node, gast.Subscript)}
        if kept and changed_names(body, kept, lambda n: self.static(n, inner)):
            raise self.refuse(
                f"`{source.name}` changes the default value of a parameter, which is kept from call to call",
                "Use None as the default, and make the list or array inside.",
                Refused,
            )
        for name, argument in given.items():
            named = {name} if lasting and self._rebound(argument, frame) else set()
            self._bind_parameter(name, argument, written | named, inner, frame)
        around = self.varying(parent) - inner.own if parent else set()
        seeds = inner.active | around | self.varying_names & inner.own
        found = active_names(body, seeds, lambda n: self.resolved(n, inner))
        inner.active = (found - around) | inner.active
        return inner

    def _in_turns(self, node: gast.Call, frame: Frame) -> gast.Call:
        """A call whose arguments are evaluated in front of it, in their order: `**options` takes some together."""
        values = [*node.args, *(k.value for k in node.keywords)]
        plain = [v for v in values if self.closure(v, frame) is None and not self.is_function(v, frame)]
        held = dict(zip(map(id, plain), self.all_held(plain, frame)))
        made = [held.get(id(v), v) for v in values]
        keywords = [gast.keyword(arg=k.arg, value=v) for k, v in zip(node.keywords, made[len(node.args) :])]
        return gast.copy_location(gast.Call(func=node.func, args=made[: len(node.args)], keywords=keywords), node)

    def _bind_parameter(self, name: str, argument: Any, written: set[str], inner: Frame, frame: Frame) -> None:
        if isinstance(argument, (list, dict)):
            value, active = self._collected(name, argument, written, inner, frame)
        elif isinstance(argument, Default):
            value, active = argument.node, argument.active
            if argument.function is not MISSING:
                inner.aliases[name], inner.statics[name] = value, argument.function
                return
        else:
            closure = self.closure(argument, frame)
            if closure is None and self.active(argument, frame):
                closure = self.made_function(argument, frame)
            if closure is not None:
                inner.closures[name] = self.defined(closure)
                return
            if self.is_function(argument, frame):
                inner.aliases[name] = self.inert(argument, frame)
                inner.statics[name] = self.static(argument, frame)
                return
            assert inner.given is not None, "internal error in arguments: a frame that no call entered"
            inner.given[name] = self.known_class(argument, frame)
            inner.given[f"{name}[]"] = self.element_class(argument, frame)
            value, active = self.atom(argument, frame), self.active(argument, frame)
            inner.parameter_kinds[name] = None if name in written else self.kind(argument, frame)
        if active:
            inner.active.add(name)
        if name not in written and self._lasts(value):
            inner.aliases[name] = value
        else:
            self.emit(assign(self.variable(inner, name), value))

    def _collected(
        self, name: str, argument: Any, written: set[str], inner: Frame, frame: Frame
    ) -> tuple[gast.AST, bool]:
        """The tuple of `*args` or the dict of `**kwargs`; its entries stay known to calls that pass it on."""
        nodes = list(argument.values()) if isinstance(argument, dict) else argument
        functions = [a for a in nodes if self.closure(a, frame) or self.is_function(a, frame)]
        if functions:
            raise self.refuse("a function is passed on through `*` or `**`", "Give it a parameter of its own.")
        values = [v if self._lasts(v) else self.name(v) for v in self.atoms(nodes, frame)]
        active = [self.active(a, frame) for a in nodes]
        held = [self.stand_in(v, inner, a) for v, a in zip(values, active)]
        inner.classes |= {h.id: self.known_class(a, frame) for h, a in zip(held, nodes)}
        display: gast.AST = pack(held)
        if isinstance(argument, dict):
            display = gast.Dict(keys=[const(k) for k in argument], values=display.elts)
        if name not in written:
            inner.collected[name] = display
        entries = [clone(v) for v in values]
        if isinstance(argument, dict):
            return gast.Dict(keys=[const(k) for k in argument], values=entries), any(active)
        return pack(entries), any(active)

    def defined(self, closure: Closure) -> Closure:
        """A function defined inside, its defaults evaluated here, where it is defined."""
        frame = closure.frame
        if closure.defaults is not None or frame is None:
            return closure
        if closure.eager:
            return Closure(closure.node, self._evaluated(closure, frame), closure.source, {})
        made: dict[str, Default] = {}
        for name, node in _default_nodes(closure.node.args).items():
            if self.closure(node, frame) or self.is_function(node, frame):
                raise self.refuse(f"the default of `{name}` is a function", "Pass the function as an argument.")
            value = self.atom(node, frame)
            if not isinstance(value, gast.Constant):
                value = self.name(value, name)
            made[name] = Default(value, self.active(node, frame))
        return Closure(closure.node, frame, closure.source, made)

    def _evaluated(self, closure: Closure, frame: Frame) -> Frame:
        """A frame around a function that holds what it reads, evaluated here."""
        inner = Frame(closure.source, frame, set(closure.eager))
        for name, node in closure.eager.items():
            function = self.closure(node, frame)
            if function is not None:
                inner.closures[name] = self.defined(function)
                continue
            if self.is_function(node, frame):
                inner.statics[name] = self.static(node, frame)
                inner.aliases[name] = self.inert(node, frame)
                continue
            if self.active(node, frame):
                inner.active.add(name)
            inner.classes[name] = self.known_class(node, frame)
            value = self.atom(node, frame)
            fixed = isinstance(value, gast.Constant) or isinstance(value, gast.Name) and self.is_bound_once(node, frame)
            inner.aliases[name] = value if fixed else self.name(value)
        return inner

    def _rebound(self, argument: Any, frame: Frame) -> bool:
        """Whether an argument is a variable that may get another value later on."""
        holder = frame.holder(argument.id) if isinstance(argument, gast.Name) else None
        names = [] if holder is None else [n for n in walk(holder.body) if isinstance(n, gast.Name)]
        return any(n.id == argument.id and not isinstance(n.ctx, gast.Load) for n in names)

    def _lasts(self, value: gast.AST) -> bool:
        """Whether a core value stays what it is while a function called with it runs."""
        return isinstance(value, gast.Constant) or isinstance(value, gast.Name) and value.id not in self.captured

    def is_function(self, node: gast.AST, frame: Frame) -> bool:
        """Whether an expression is sure to be a function known ahead of time."""
        raise NotImplementedError

    def _match(
        self, tree: gast.AST, source: Source, node: gast.Call, frame: Frame, defaults: dict[str, Default] | None
    ) -> dict[str, Any]:
        """Arguments by parameter: nodes, a list for `*args`, a dict for `**kwargs`, or a default."""
        arguments = tree.args
        by_name = {n.id for n in [*arguments.args, *arguments.kwonlyargs] if n.id not in source.bound}
        positional = [n.id for n in [*arguments.posonlyargs, *arguments.args] if n.id not in source.bound]
        given: dict[str, Any] = {}
        extra: list[gast.AST] = []
        for k, value in enumerate(node.args):
            if k < len(positional):
                given[positional[k]] = value
            else:
                extra.append(value)
        named = {k.arg: k.value for k in node.keywords}
        others = {k: named.pop(k) for k in list(named) if k not in by_name}
        twice = [k for k in named if k in given]
        # In the order of evaluation: what one argument does, those behind it see.
        if arguments.vararg:
            given[arguments.vararg.id] = extra
        given.update(named)
        if arguments.kwarg:
            given[arguments.kwarg.id] = others
        if (extra and not arguments.vararg) or (others and not arguments.kwarg) or twice:
            raise self.refuse("this call does not fit the function's parameters", "Correct the arguments.", Refused)
        for name, default in (self._defaults(tree, source) if defaults is None else defaults).items():
            given.setdefault(name, default)
        missing = [n for n in all_parameters(arguments) if n not in given and n not in source.bound]
        if missing:
            raise self.refuse(f"this call leaves out `{missing[0]}`", "Give every argument.", Refused)
        return given

    def written_out(self, node: gast.Call, frame: Frame) -> gast.Call:
        """The call with its starred arguments written out one by one."""
        if not any(isinstance(a, gast.Starred) for a in node.args) and all(k.arg for k in node.keywords):
            return node
        made: list[gast.AST] = []
        settled = False
        for argument in node.args:
            if isinstance(argument, gast.Starred):
                missing = self._positions_left(node, argument, len(made), frame)
                settled = missing is not None
                made += self._elements(argument.value, missing, frame)
            else:
                made.append(argument)
        named = {k.arg: k.value for k in node.keywords if k.arg is not None}
        for keyword in (k for k in node.keywords if k.arg is None):
            if settled and self._is_rest(keyword.value, frame):
                continue
            entries = self._entries_of(keyword.value, frame)
            if entries.keys() & named.keys():
                raise self.refuse("an argument is given twice in this call", "Give each argument once.")
            named.update(entries)
        keywords = [gast.keyword(arg=k, value=v) for k, v in named.items()]
        return gast.copy_location(gast.Call(func=node.func, args=made, keywords=keywords), node)

    def _positions_left(self, node: gast.Call, starred: gast.AST, given: int, frame: Frame) -> int | None:
        """How many elements a last starred argument must have, where the function's parameters say it."""
        function = self.static(node.func, frame)
        if starred is not node.args[-1] or not is_user_function(function):
            return None
        if not all(k.arg is None and self._is_rest(k.value, frame) for k in node.keywords):
            return None
        rest = list(signature_of(function).parameters.values())[given:]
        plain = all(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty for p in rest)
        return len(rest) if plain else None

    def _is_rest(self, node: gast.AST, frame: Frame) -> bool:
        """Whether an expression is the `**options` of the function being differentiated, which must be empty here."""
        holder = frame.holder(node.id) if isinstance(node, gast.Name) else None
        if holder is None or node.id in holder.collected:
            return False
        rest = holder.source.tree.args.kwarg
        return rest is not None and rest.id == node.id

    def _elements(self, node: gast.AST, count: int | None, frame: Frame) -> list[gast.AST]:
        known = self._display_behind(node, frame)
        if isinstance(known, (gast.Tuple, gast.List)) and not any(isinstance(e, gast.Starred) for e in known.elts):
            if known is node or known in self._collections(node, frame):
                return list(known.elts)
            count = len(known.elts)
        if count is not None:
            value, active = self.atom(node, frame), self.active(node, frame)
            held = self.stand_in(value if isinstance(value, gast.Name) else self.name(value), frame, active)
            return [subscript(load(held.id), const(k)) for k in range(count)]
        raise self.refuse(
            "`*` in this call, of something whose length is not written here",
            "Write the arguments out, or let the function take one sequence.",
            NoEmittedForm,
        )

    def _entries_of(self, node: gast.AST, frame: Frame) -> dict[str, gast.AST]:
        known = self._display_behind(node, frame)
        if isinstance(known, gast.Dict) and all(isinstance(k, gast.Constant) for k in known.keys):
            if known is node or known in self._collections(node, frame):
                return {k.value: v for k, v in zip(known.keys, known.values)}
            return {k.value: subscript(node, const(k.value)) for k in known.keys}
        raise self.refuse(
            "`**` in this call, of something whose entries are not written here",
            "Write the arguments out, or let the function take one dict.",
            NoEmittedForm,
        )

    def _collections(self, node: gast.AST, frame: Frame) -> list[gast.AST]:
        holder = frame.holder(node.id) if isinstance(node, gast.Name) else None
        return list(holder.collected.values()) if holder is not None else []

    def _display_behind(self, node: gast.AST, frame: Frame) -> gast.AST | None:
        """The display that an expression is, or that a variable is sure to hold: defined once, never changed."""
        if isinstance(node, (gast.Tuple, gast.List, gast.Dict)):
            return node
        holder = frame.holder(node.id) if isinstance(node, gast.Name) else None
        if holder is None:
            return None
        if node.id in holder.collected:
            return holder.collected[node.id]
        stores = [n for n in walk(holder.body) if isinstance(n, gast.Name) and n.id == node.id]
        stores = [n for n in stores if not isinstance(n.ctx, gast.Load)]
        made = [
            s.value
            for s in walk_own(holder.body)
            if isinstance(s, gast.Assign) and len(s.targets) == 1 and s.targets[0] in stores
        ]
        if len(stores) != 1 or len(made) != 1 or node.id in holder.parameters:
            return None
        changed = changed_names(holder.body, {node.id}, lambda n: self.static(n, frame))
        return None if changed else made[0]

    def _defaults(self, tree: gast.AST, source: Source) -> dict[str, Default]:
        """Defaults of a function of the user's, as they are now."""
        function = source.function
        ordered = [n.id for n in [*tree.args.posonlyargs, *tree.args.args]]
        objects = dict(zip(reversed(ordered), reversed(function.__defaults__ or ()))) | (function.__kwdefaults__ or {})
        names = [n for n in _default_nodes(tree.args) if n in objects]
        return {
            name: Default(self.literal(name, objects[name], source), False, _if_function(objects[name]))
            for name in names
        }

    def literal(self, name: str, value: object, source: Source) -> gast.AST:
        """A default value as an expression: itself where it can be written, else read off the user's function."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return const(value)
        if isinstance(value, tuple) and all(v is None or isinstance(v, (bool, int, float, str)) for v in value):
            return pack([const(v) for v in value])
        function = source.function
        owned = function.__name__ if function.__name__.isidentifier() else "function"
        owner = load(self.namespace.bind(owned, function, function.__globals__))
        if name in (function.__kwdefaults__ or {}):
            return subscript(attribute(owner, "__kwdefaults__"), const(name))
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        place = names.index(name) - (len(names) - len(function.__defaults__ or ()))
        return subscript(attribute(owner, "__defaults__"), const(place))


def _default_nodes(arguments: gast.arguments) -> dict[str, gast.AST]:
    """The default of each parameter that has one."""
    names = [n.id for n in [*arguments.posonlyargs, *arguments.args]]
    found = dict(zip(reversed(names), reversed(arguments.defaults)))
    found |= {p.id: node for p, node in zip(arguments.kwonlyargs, arguments.kw_defaults) if node is not None}
    return found


def _if_function(value: object) -> Any:
    return value if isinstance(value, FUNCTIONS) else MISSING
