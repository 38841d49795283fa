"""A decorator's wrapper with the parameters of the function inside, so that they can be named one by one.

@functools.wraps(f)                      def wrapper(x, y):
def wrapper(*args, **kwargs):     ->         args = x, y
    return 2.0 * f(*args, **kwargs)          kwargs = {}
                                             return 2.0 * f(*args, **kwargs)
"""

from __future__ import annotations

import dataclasses

import gast

from sourcead.frontend.annotations import signature_of
from sourcead.frontend.source import Source
from sourcead.frontend.syntax import assign, load, pack, param


def spelled_out(source: Source) -> Source:
    """The source of a wrapper of `*args`, with the required parameters of what it wraps; any other as it is."""
    arguments = source.tree.args
    bare = arguments.vararg is not None and not [*arguments.args, *arguments.posonlyargs, *arguments.kwonlyargs]
    if not bare or not hasattr(source.function, "__wrapped__"):
        return source
    parameters = signature_of(source.function).parameters.values()
    names = [
        p.name for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    if not names or len(names) != len(set(names) - {arguments.vararg.id}):
        return source
    first = [assign(arguments.vararg.id, pack(load(n) for n in names))]
    if arguments.kwarg is not None:
        first.append(assign(arguments.kwarg.id, gast.Dict(keys=[], values=[])))
    made = gast.FunctionDef(
        source.tree.name,
        gast.arguments([param(n) for n in names], [], None, [], [], None, []),
        [*(gast.copy_location(s, source.tree.body[0]) for s in first), *source.tree.body],
        [],
        None,
        None,
        [],
    )
    return dataclasses.replace(source, tree=gast.copy_location(made, source.tree))
