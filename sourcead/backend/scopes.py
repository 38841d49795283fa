"""Which names of a function are its own, and which it reads from the module around it."""

from __future__ import annotations

from collections.abc import Iterator

import gast

from sourcead.frontend.syntax import walk

_FUNCTIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda)
_COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


def bound_names(function: gast.AST) -> set[str]:
    """Every name that the function, or anything inside it, binds."""
    return {name for node in walk(function) for name in _binds(node) if node is not function}


def free_reads(node: gast.AST, bound: frozenset[str] = frozenset()) -> Iterator[gast.Name]:
    """The `Name` nodes of a function that read a name of the module, in the order of the text.

    Functions, lambdas and comprehensions are scopes of their own; defaults, decorators and annotations, and the
    first iterable of a comprehension, belong to the scope around.
    """
    if isinstance(node, gast.Name):
        if isinstance(node.ctx, gast.Load) and node.id not in bound:
            yield node
        if node.annotation is not None:
            yield from free_reads(node.annotation, bound)
    elif isinstance(node, _FUNCTIONS):
        inside = node.body if isinstance(node.body, list) else [node.body]
        for outer in _around(node):
            yield from free_reads(outer, bound)
        inner = bound | _scope(inside) | {p.id for p in _parameters(node.args)}
        for part in inside:
            yield from free_reads(part, inner)
    elif isinstance(node, _COMPREHENSIONS):
        first, *rest = node.generators
        yield from free_reads(first.iter, bound)
        inner = bound | _scope([generator.target for generator in node.generators])
        results = [node.key, node.value] if isinstance(node, gast.DictComp) else [node.elt]
        for part in [*first.ifs, *rest, *results]:
            yield from free_reads(part, inner)
    elif isinstance(node, gast.ClassDef):
        inner = bound | _scope(node.body)
        for part in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            yield from free_reads(part, bound)
        for part in node.body:
            yield from free_reads(part, inner)
    else:
        for child in gast.iter_child_nodes(node):
            yield from free_reads(child, bound)


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
    left = list(parts)
    while left:
        node = left.pop()
        bound.update(_binds(node))
        if isinstance(node, gast.Global):
            declared.update(node.names)
        if isinstance(node, _FUNCTIONS):
            left += _around(node)
        elif isinstance(node, _COMPREHENSIONS):  # a walrus inside binds in the scope around
            bound.update(inner.target.id for inner in gast.walk(node) if isinstance(inner, gast.NamedExpr))
        elif not isinstance(node, gast.ClassDef):
            left += gast.iter_child_nodes(node)
    return frozenset(bound - declared)


def _binds(node: gast.AST) -> list[str]:
    """Names that this very node binds."""
    if isinstance(node, gast.Name):
        return [] if isinstance(node.ctx, gast.Load) else [node.id]
    if isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef)):
        return [node.name]
    if isinstance(node, gast.alias):
        return [node.asname or node.name.partition(".")[0]]
    if isinstance(node, (gast.MatchAs, gast.MatchStar)):
        return [node.name] if node.name else []
    if isinstance(node, gast.MatchMapping):
        return [node.rest] if node.rest else []
    return []
