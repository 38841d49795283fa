"""Calls into core form: rules by name, functions defined inside and small ones in place, the rest as calls."""

from __future__ import annotations

import builtins
import functools
import inspect
import types
from typing import Any

import gast

from runtime.primitives import registry
from sourcead.errors import EndlessRecursion, NoSource
from sourcead.frontend.carries import active_names
from sourcead.frontend.exits import single_exit
from sourcead.frontend.loops import Loops
from sourcead.frontend.names import MISSING, Closure, Frame, own_names
from sourcead.frontend.source import Source, find
from sourcead.frontend.syntax import all_parameters, assign, attribute, call, const, load, pack, subscript, walk, walk_own

DEEPEST = 60


class Calls(Loops):
    """Lowering of calls."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.inlining: list[object] = []

    def call(self, node: gast.Call, frame: Frame) -> gast.AST:
        """A call with active arguments, or of a function defined inside."""
        closure = self.closure(node.func, frame)
        if closure is None and isinstance(node.func, (gast.Call, gast.IfExp)):
            closure = self._made(node.func, frame)
        if closure is not None:
            return self.inline(closure.node, closure.frame.source, closure.frame, node, frame)
        function = self.static(node.func, frame)
        special = self._builtin(function)
        if special is not None:
            lowered = special(node, frame)
            if lowered is not None:
                return lowered
        if is_user_function(function) and self._must_inline(function, node, frame):
            return self.inline_function(function, node, frame)
        return self._plain(node, function, frame)

    def _plain(self, node: gast.Call, function: Any, frame: Frame) -> gast.AST:
        """The call itself, on operands; a method of a variable keeps its variable in front."""
        keywords = list(node.keywords)
        if isinstance(node.func, gast.Attribute) and self.active(node.func.value, frame):
            base = self.atom(node.func.value, frame)
            func: gast.AST = attribute(base if isinstance(base, gast.Name) else self.name(base), node.func.attr)
        else:
            func = self.inert(node.func, frame)
        if any(k.arg is None for k in keywords) or any(isinstance(a, gast.Starred) for a in node.args):
            return self._spread_call(node, func, function, frame)
        values = self.atoms([*node.args, *(k.value for k in keywords)], frame)
        made = call(func, *values[: len(node.args)])
        made.keywords = [gast.keyword(arg=k.arg, value=v) for k, v in zip(keywords, values[len(node.args) :])]
        if is_user_function(function):
            return self._positional(made, function)
        return made

    def _spread_call(self, node: gast.Call, func: gast.AST, function: Any, frame: Frame) -> gast.AST:
        raise self.refuse(
            "`*` or `**` in this call with active values cannot be matched to parameters ahead of time",
            "Write the arguments out.",
        )

    def _positional(self, made: gast.Call, function: Any) -> gast.Call:
        """Arguments of a call of a user's function in the order of its parameters, defaults left out."""
        try:
            bound = inspect.signature(function).bind(*made.args, **{k.arg: k.value for k in made.keywords})
        except TypeError as error:
            raise self.refuse(f"this call does not fit the function: {error}", "Correct the arguments.") from None
        made.args, made.keywords = list(bound.args), [gast.keyword(arg=k, value=v) for k, v in bound.kwargs.items()]
        return made

    def _made(self, node: gast.AST, frame: Frame) -> Closure | None:
        """The function that a call of a user's function returns, when it is one defined inside."""
        if not isinstance(node, gast.Call):
            return None
        closure = self.closure(node.func, frame)
        if closure is not None:
            inner = self._enter(closure.node, closure.frame.source, closure.frame, node, frame)
            body = closure.node.body
            return self._returned(body if isinstance(body, list) else [gast.Return(value=body)], inner)
        function = self.static(node.func, frame)
        if not is_user_function(function):
            return None
        source = find(function)
        inner = self._enter(source.tree, source, None, node, frame)
        return self._returned(source.tree.body, inner)

    def _returned(self, body: list[gast.AST], frame: Frame) -> Closure | None:
        last = body[-1]
        if not isinstance(last, gast.Return) or last.value is None:
            return None
        names_function = isinstance(last.value, gast.Lambda) or (
            isinstance(last.value, gast.Name)
            and any(isinstance(s, gast.FunctionDef) and s.name == last.value.id for s in body)
        )
        if not names_function:
            return None
        self.statements(body[:-1], frame)
        return self.closure(last.value, frame)

    def _builtin(self, function: Any) -> Any:
        table = {
            builtins.max: self._extreme,
            builtins.min: self._extreme,
            builtins.sum: self._sum,
            builtins.list: self._collect,
            builtins.tuple: self._collect,
            builtins.dict: self._keywords,
            builtins.map: self._map,
            functools.reduce: self._reduce,
        }
        try:
            return table.get(function)
        except TypeError:
            return None

    def _extreme(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`max(a, b)`: the branch that Python takes, first one first."""
        if node.keywords:
            raise self.refuse("`key=` or `default=` of max or min with active values", "Compare the values in a loop.")
        compare = gast.Gt() if self.static(node.func, frame) is builtins.max else gast.Lt()

        def better(item: gast.AST) -> gast.AST:
            return gast.Compare(left=item, ops=[compare], comparators=[load(best)])

        best = self.fresh("best")
        if len(node.args) > 1:
            first, *rest = self.atoms(node.args, frame)
            self.emit(assign(best, first))
            for item in rest:
                self.branch(better(item), lambda item=item: self.emit(assign(best, item)), lambda: None, frame)
            return load(best)
        found = self.fresh("found")
        self.emit(assign(found, const(False)))

        def consider(item: gast.AST) -> None:
            test = gast.BoolOp(op=gast.Or(), values=[gast.UnaryOp(gast.Not(), load(found)), better(item)])
            self.branch(test, lambda: self.emit(assign(best, item)), lambda: None, frame)
            self.emit(assign(found, const(True)))

        self.each(node.args[0], frame, consider)
        return load(best)

    def _sum(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`sum` over anything: a loop."""
        start = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords), const(0))
        total = self.fresh("total")
        self.emit(assign(total, self.value(start, frame)))

        def add(item: gast.AST) -> None:
            self.emit(assign(total, gast.BinOp(left=load(total), op=gast.Add(), right=item)))

        self._over(node.args[0], frame, add)
        return load(total)

    def _over(self, node: gast.AST, frame: Frame, body: Any) -> None:
        """Like `each`, for generator expressions and `map` too, whose elements are never collected."""
        if isinstance(node, gast.Call) and self.static(node.func, frame) is map:
            node = self._mapped(node)
        if isinstance(node, (gast.GeneratorExp, gast.ListComp)):
            self.comprehension(node, frame, lambda inner: body(self.atom(node.elt, inner)))
        else:
            self.each(node, frame, body)

    def _mapped(self, node: gast.Call) -> gast.AST:
        names = [f".m{k}" for k in range(len(node.args) - 1)]
        stores = [gast.Name(id=n, ctx=gast.Store(), annotation=None, type_comment=None) for n in names]
        target = stores[0] if len(stores) == 1 else pack(stores, gast.Store())
        over = node.args[1] if len(stores) == 1 else call("zip", *node.args[1:])
        generator = gast.comprehension(target=target, iter=over, ifs=[], is_async=0)
        made = call(node.args[0], *(load(n) for n in names))
        return gast.copy_location(gast.GeneratorExp(elt=made, generators=[generator]), node)

    def _map(self, node: gast.Call, frame: Frame) -> gast.AST:
        return self._list(self._mapped(node), frame)

    def _reduce(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`functools.reduce(f, items, start)`: a loop."""
        if len(node.args) != 3:
            raise self.refuse("`reduce` without a start value", "Give the start value as the third argument.")
        total, name = self.fresh("total"), ".r"
        self.emit(assign(total, self.value(node.args[2], frame)))
        inner = Frame(frame.source, frame, {name, ".i"}, {name, ".i"})

        def step(item: gast.AST) -> None:
            inner.aliases.update({name: load(total), ".i": item})
            value = self.value(call(node.args[0], load(name), load(".i")), inner)
            self.emit(assign(total, value))

        self._over(node.args[1], frame, step)
        return load(total)

    def _collect(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        """`list(...)` and `tuple(...)`: a list built step by step."""
        if len(node.args) != 1 or node.keywords:
            return None
        items = self.name(gast.List(elts=[], ctx=gast.Load()), "items")
        self._over(node.args[0], frame, lambda item: self._append(items, item))
        return items if self.static(node.func, frame) is list else call("tuple", items)

    def _keywords(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        if node.args or any(k.arg is None for k in node.keywords):
            return None
        keys = [const(k.arg) for k in node.keywords]
        return gast.Dict(keys=keys, values=self.atoms([k.value for k in node.keywords], frame))

    def _must_inline(self, function: Any, node: gast.Call, frame: Frame) -> bool:
        """Whether a user's function is written out in place: it takes functions, or is one plain expression."""
        if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in inspect.signature(function).parameters.values()):
            return True
        if any(self.closure(a, frame) or self._is_function(a, frame) for a in node.args):
            return True
        source = find(function)
        if function in self.inlining:
            return False
        if source.function.__closure__:
            return True
        body = [s for s in source.tree.body if not _is_docstring(s)]
        short = len(body) == 1 and isinstance(body[0], gast.Return) and _size(body[0]) < 16
        return short or changes_arguments(source.tree)

    def _is_function(self, node: gast.AST, frame: Frame) -> bool:
        return isinstance(self.static(node, frame), (types.FunctionType, types.BuiltinFunctionType))

    def inline_function(self, function: Any, node: gast.Call, frame: Frame) -> gast.AST:
        """The body of a user's function in place of its call."""
        source = find(function)
        if function in self.inlining:
            raise self.refuse(
                f"`{source.name}` calls itself with a function as argument, or changes its arguments and calls itself",
                "Let it return the changed value, and take no functions as arguments.",
                EndlessRecursion,
            )
        self.inlining.append(function)
        try:
            return self.inline(source.tree, source, None, node, frame)
        finally:
            self.inlining.pop()

    def inline(self, tree: gast.AST, source: Source, parent: Frame | None, node: gast.Call, frame: Frame) -> gast.AST:
        """The body of a function in place of its call; gives the core value of its result."""
        if len(self.inlining) > DEEPEST or sum(f is tree for f in self.inlining) > 0 and parent is not None:
            raise self.refuse(
                "a function defined inside calls itself",
                "Define it at the top of the module and pass what it needs as arguments.",
                EndlessRecursion,
            )
        inner = self._enter(tree, source, parent, node, frame)
        if isinstance(tree, gast.Lambda):
            return self.value(tree.body, inner)
        body = [s for s in tree.body if not _is_docstring(s)]
        body, result = single_exit(body, self._flag(inner))
        self.inlining.append(tree)
        try:
            self.statements(body, inner)
        finally:
            self.inlining.pop()
        if result is None:
            return const(None)
        return self.reference(result, inner)

    def _flag(self, frame: Frame) -> Any:
        def fresh(hint: str) -> str:
            name = hint
            while name in frame.own:
                name += "_"
            frame.own.add(name)
            return name

        return fresh

    def _enter(self, tree: gast.AST, source: Source, parent: Frame | None, node: gast.Call, frame: Frame) -> Frame:
        """A frame for the function's variables, its parameters bound to the call's arguments."""
        inner = Frame(source, parent, own_names(tree))
        given = self._match(tree, source, node, frame)
        written = {n.id for n in walk_own(tree.body) if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)}
        for name, argument in given.items():
            self._bind_parameter(name, argument, written, inner, frame)
        body = tree.body if isinstance(tree.body, list) else [tree.body]
        around = self._active_names(parent) - inner.own if parent else set()
        found = active_names(body, inner.active | around, lambda n: self.static(n, inner))
        inner.active = (found - around) | inner.active
        return inner

    def _bind_parameter(self, name: str, argument: Any, written: set[str], inner: Frame, frame: Frame) -> None:
        if isinstance(argument, list):
            value: gast.AST = pack(self.atoms(argument, frame))
            active = any(self.active(a, frame) for a in argument)
        elif isinstance(argument, dict):
            values = self.atoms(list(argument.values()), frame)
            value = gast.Dict(keys=[const(k) for k in argument], values=values)
            active = any(self.active(a, frame) for a in argument.values())
        elif isinstance(argument, Default):
            value, active = argument.node, False
        else:
            closure = self.closure(argument, frame)
            if closure is not None:
                inner.closures[name] = closure
                return
            if self._is_function(argument, frame):
                inner.aliases[name] = self.inert(argument, frame)
                inner.statics[name] = self.static(argument, frame)
                return
            value, active = self.atom(argument, frame), self.active(argument, frame)
        if active:
            inner.active.add(name)
        plain = isinstance(value, (gast.Name, gast.Constant)) and name not in written
        if plain:
            inner.aliases[name] = value
        else:
            self.emit(assign(self.variable(inner, name), value))

    def _match(self, tree: gast.AST, source: Source, node: gast.Call, frame: Frame) -> dict[str, Any]:
        """Arguments by parameter: nodes, a list for `*args`, a dict for `**kwargs`, or a default."""
        arguments = tree.args
        positional = [n.id for n in [*arguments.posonlyargs, *arguments.args] if n.id not in source.bound]
        given: dict[str, Any] = {}
        extra: list[gast.AST] = []
        supplied = [*self._flat(node, frame)]
        for k, value in enumerate(supplied):
            if k < len(positional):
                given[positional[k]] = value
            else:
                extra.append(value)
        named = {k.arg: k.value for k in node.keywords if k.arg is not None}
        for keyword in (k for k in node.keywords if k.arg is None):
            named.update(self._entries_of(keyword.value))
        others = {k: named.pop(k) for k in list(named) if k not in all_parameters(arguments)}
        given.update(named)
        if arguments.vararg:
            given[arguments.vararg.id] = extra
        if arguments.kwarg:
            given[arguments.kwarg.id] = others
        if (extra and not arguments.vararg) or (others and not arguments.kwarg):
            raise self.refuse("this call does not fit the function's parameters", "Correct the arguments.")
        for name, default in self._defaults(tree, source).items():
            given.setdefault(name, default)
        missing = [n for n in all_parameters(arguments) if n not in given and n not in source.bound]
        if missing:
            raise self.refuse(f"this call leaves out `{missing[0]}`", "Give every argument.")
        return given

    def _flat(self, node: gast.Call, frame: Frame) -> list[gast.AST]:
        made: list[gast.AST] = []
        for argument in node.args:
            if not isinstance(argument, gast.Starred):
                made.append(argument)
            elif isinstance(argument.value, (gast.Tuple, gast.List)):
                made += argument.value.elts
            else:
                raise self.refuse("`*` in this call, of something whose length is not written here", "Write the arguments out.")
        return made

    def _entries_of(self, node: gast.AST) -> dict[str, gast.AST]:
        if isinstance(node, gast.Dict) and all(isinstance(k, gast.Constant) for k in node.keys):
            return {k.value: v for k, v in zip(node.keys, node.values)}
        raise self.refuse("`**` in this call, of something whose entries are not written here", "Write the arguments out.")

    def _defaults(self, tree: gast.AST, source: Source) -> dict[str, Any]:
        arguments = tree.args
        found: dict[str, Any] = {}
        names = [n.id for n in [*arguments.posonlyargs, *arguments.args]]
        for name, node in zip(reversed(names), reversed(arguments.defaults)):
            found[name] = node
        for parameter, node in zip(arguments.kwonlyargs, arguments.kw_defaults):
            if node is not None:
                found[parameter.id] = node
        if tree is not source.tree:
            return {name: node for name, node in found.items()}
        function = source.function
        objects = dict(zip(reversed(names), reversed(function.__defaults__ or ()))) | (function.__kwdefaults__ or {})
        return {name: Default(self.literal(name, objects[name], source)) for name in found}

    def literal(self, name: str, value: object, source: Source) -> gast.AST:
        """A default value as an expression: itself where it can be written, else read off the user's function."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return const(value)
        if isinstance(value, tuple) and all(v is None or isinstance(v, (bool, int, float, str)) for v in value):
            return pack([const(v) for v in value])
        function = source.function
        owner = load(self.namespace.bind(function.__name__, function, function.__globals__))
        if name in (function.__kwdefaults__ or {}):
            return subscript(attribute(owner, "__kwdefaults__"), const(name))
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        place = names.index(name) - (len(names) - len(function.__defaults__))
        return subscript(attribute(owner, "__defaults__"), const(place))

    def statements(self, body: list[gast.AST], frame: Frame) -> None:
        """Lower statements into the current block."""
        raise NotImplementedError


class Default:
    """A parameter's default, already a core expression."""

    def __init__(self, node: gast.AST) -> None:
        self.node = node


def is_user_function(function: Any) -> bool:
    """Whether a callable is Python code of the user's (or of a library we have no rule for) that can be read."""
    if function is MISSING or registry.lookup(function) or registry.is_inactive(function):
        return False
    if getattr(function, "__dynamic__", False):
        return False
    if isinstance(function, types.MethodType):
        function = function.__func__
    if not isinstance(function, types.FunctionType):
        return False
    if (function.__module__ or "").split(".")[0] in ("numpy", "scipy", "runtime", "cupy"):
        return False
    try:
        find(function)
    except NoSource:
        return False
    return True


def changes_arguments(tree: gast.AST) -> bool:
    """Whether a function may change an object that it was given: an item or attribute of a parameter is written."""
    parameters = set(all_parameters(tree.args))
    names = set(parameters)
    for node in walk_own(tree.body):
        if isinstance(node, gast.Assign) and isinstance(node.value, (gast.Name, gast.Subscript, gast.Attribute)):
            if _root(node.value) in names:
                names |= {t.id for t in node.targets if isinstance(t, gast.Name)}
    for node in walk_own(tree.body):
        if isinstance(node, (gast.Subscript, gast.Attribute)) and isinstance(node.ctx, gast.Store):
            if _root(node) in names:
                return True
        if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name) and node.target.id in names:
            return True
        if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call):
            if isinstance(node.value.func, gast.Attribute) and _root(node.value.func) in names:
                return True
    return any(isinstance(n, (gast.Global, gast.Nonlocal)) for n in walk(tree))


def _root(node: gast.AST) -> str | None:
    while isinstance(node, (gast.Subscript, gast.Attribute)):
        node = node.value
    return node.id if isinstance(node, gast.Name) else None


def _is_docstring(statement: gast.AST) -> bool:
    return (
        isinstance(statement, gast.Expr)
        and isinstance(statement.value, gast.Constant)
        and isinstance(statement.value.value, str)
    )


def _size(node: gast.AST) -> int:
    return sum(1 for n in walk(node) if not isinstance(n, (gast.expr_context, gast.operator)))
