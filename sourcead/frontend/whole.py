"""A function that runs on the dynamic graph as a whole, as a core program: one region that calls it.

def f(x, n): ...          ->          def region(x, n):
                                          return f(x, n)

                                      result = region(x, n)

All arguments go in, so that arrays which the function writes into are traced too.
"""

from __future__ import annotations

import gast

from runtime.untouched import unchanging
from sourcead.frontend.names import Namespace, Region
from sourcead.frontend.source import Source
from sourcead.frontend.syntax import all_parameters, assign, call, load, param


def run_whole(
    source: Source, namespace: Namespace, arguments: gast.arguments, taken: set[str]
) -> tuple[list[gast.AST], str]:
    """The body of such a core program and the name of its result; `arguments` are those that it has in core."""
    name, result = namespace.region(taken), namespace.local("result", taken)
    why = namespace.whole[source.function]
    parameters = gast.arguments([param(n) for n in all_parameters(arguments)], [], None, [], [], None, [])
    last = gast.Return(value=_passed(source, namespace, arguments))
    definition = gast.FunctionDef(name, parameters, [last], [], None, None, [])
    namespace.regions[name] = Region(definition, why.reason, why.cure, why.origin, whole=True)
    made = assign(result, call(name, *(load(n) for n in all_parameters(arguments))))
    made.origin = source.origin(source.tree)
    return [made], result


def _passed(source: Source, namespace: Namespace, arguments: gast.arguments) -> gast.Call:
    """The call of the function with its arguments, and those in their places that the callable has already."""
    tree, bound = source.tree.args, source.bound
    own = source.name if source.name.isidentifier() else "function"
    known = source.function.__globals__
    home = known if known.get(own) is source.function else None
    free = iter(all_parameters(arguments))
    given = {
        p: load(namespace.bind(f"{p}_given", bound[p]) if p in bound else next(free)) for p in all_parameters(tree)
    }
    callee: gast.AST = load(namespace.bind(own, source.function, home))
    if source.function is not namespace.main:
        # What it changes of its copies would not be seen by the function that calls it.
        callee = call(load(namespace.bind("unchanging", unchanging)), callee)
    made = call(callee, *(given[p.id] for p in tree.posonlyargs))
    made.args += [given[p.id] for p in tree.args]
    if tree.vararg:
        made.args.append(gast.Starred(value=given[tree.vararg.id], ctx=gast.Load()))
    made.keywords = [gast.keyword(arg=p.id, value=given[p.id]) for p in tree.kwonlyargs]
    if tree.kwarg:
        made.keywords.append(gast.keyword(arg=None, value=given[tree.kwarg.id]))
    return made
