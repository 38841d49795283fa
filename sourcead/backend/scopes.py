"""Which names of a function are its own, and which it reads from the module around it."""

from __future__ import annotations

from collections.abc import Sequence

import gast

from sourcead.frontend.syntax import COMPREHENSIONS, walk, walk_until

_FUNCTIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda)
_SCOPES = (*_FUNCTIONS, *COMPREHENSIONS, gast.ClassDef)
_BINDING = (
    gast.FunctionDef,
    gast.AsyncFunctionDef,
    gast.ClassDef,
    gast.alias,
    gast.MatchAs,
    gast.MatchStar,
    gast.MatchMapping,
)


def bound_names(function: gast.AST) -> set[str]:
    """Every name that the function, or anything inside it, binds."""
    return {name for node in walk(function) for name in _binds(node) if node is not function}


def free_reads(node: gast.AST) -> list[gast.Name]:
    """The `Name` nodes of a function that read a name of the module, in the order of the text.

    Functions, lambdas and comprehensions are scopes of their own; defaults, decorators and annotations, and the
    first iterable of a comprehension, belong to the scope around.
    """
    found: list[gast.Name] = []
    _read_in([node], frozenset(), found)
    return found


def _read_in(parts: list[gast.AST], bound: frozenset[str], found: list[gast.Name]) -> None:
    for node in walk_until(parts, _SCOPES):
        kind = node.__class__
        if kind is gast.Name:
            if node.ctx.__class__ is gast.Load and node.id not in bound:
                found.append(node)
            if node.annotation is not None:
                _read_in([node.annotation], bound, found)
        elif kind not in _SCOPES:
            continue
        elif isinstance(node, _FUNCTIONS):
            inside = node.body if isinstance(node.body, list) else [node.body]
            _read_in(_around(node), bound, found)
            _read_in(inside, bound | _scope(inside) | {p.id for p in _parameters(node.args)}, found)
        elif isinstance(node, COMPREHENSIONS):
            first, *rest = node.generators
            _read_in([first.iter], bound, found)
            results = [node.key, node.value] if isinstance(node, gast.DictComp) else [node.elt]
            inner = bound | _scope([generator.target for generator in node.generators])
            _read_in([*first.ifs, *rest, *results], inner, found)
        else:
            outer = [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
            _read_in(outer, bound, found)
            _read_in(node.body, bound | _scope(node.body), found)


def _parameters(arguments: gast.arguments) -> list[gast.Name]:
    single = [p for p in (arguments.vararg, arguments.kwarg) if p is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *single]


def _around(function: gast.AST) -> list[gast.AST]:
    parameters = _parameters(function.args)
    annotations = [p.annotation for p in parameters] + [getattr(function, "returns", None)]
    defaults = [*function.args.defaults, *function.args.kw_defaults]
    return [part for part in [*getattr(function, "decorator_list", []), *annotations, *defaults] if part is not None]


def _scope(parts: list[gast.AST]) -> frozenset[str]:
    """Names that these parts bind in their own scope, less those declared `global`."""
    bound: set[str] = set()
    declared: set[str] = set()
    for node in walk_until(parts, _SCOPES):
        kind = node.__class__
        bound.update(_binds(node))
        if kind is gast.Global:
            declared.update(node.names)
        elif kind in _FUNCTIONS:
            bound |= _scope(_around(node))
        elif kind in COMPREHENSIONS:  # a walrus inside binds in the scope around
            bound.update(inner.target.id for inner in walk(node) if isinstance(inner, gast.NamedExpr))
    return frozenset(bound - declared)


def _binds(node: gast.AST) -> Sequence[str]:
    """Names that this very node binds."""
    kind = node.__class__
    if kind is gast.Name:
        return () if node.ctx.__class__ is gast.Load else (node.id,)
    if kind not in _BINDING:
        return ()
    if isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef)):
        return [node.name]
    if isinstance(node, gast.alias):
        return [node.asname or node.name.partition(".")[0]]
    if isinstance(node, (gast.MatchAs, gast.MatchStar)):
        return [node.name] if node.name else []
    return [node.rest] if node.rest else []
