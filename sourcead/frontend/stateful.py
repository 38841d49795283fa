"""Objects that functions of their class change, also by those that no call names: operators, properties, `with`.

A function of a class may change its object by another one of the class, which its own text does not show.
"""

from __future__ import annotations

import types
import weakref
from collections.abc import Iterator
from typing import Any

import gast

from sourcead.frontend.callees import changes_arguments, is_user_function
from sourcead.frontend.source import find
from sourcead.frontend.syntax import all_parameters, walk

_known: weakref.WeakKeyDictionary[type, dict[Any, bool]] = weakref.WeakKeyDictionary()


def changes_object(kind: type, function: Any) -> bool:
    """Whether a function of a class may change its object, itself or by other functions of the class."""
    found = _known.setdefault(kind, {})
    if function not in found:
        waiting, seen = [function], [function]
        found[function] = False
        while waiting and not found[function]:
            reached = waiting.pop()
            if not is_user_function(reached):
                continue
            found[function] = changes_arguments(reached)
            more = [f for f in _used(kind, reached) if f not in seen]
            waiting += more
            seen += more
    return found[function]


def _used(kind: type, function: Any) -> Iterator[Any]:
    """The functions of a class that one of them may run on its object."""
    tree = find(function).tree
    parameters = all_parameters(tree.args)
    names = {n.attr for n in walk(tree) if isinstance(n, gast.Attribute)}
    bases = {id(n.value) for n in walk(tree) if isinstance(n, gast.Attribute)}
    bare = any(
        isinstance(n, gast.Name) and n.id in parameters[:1] and isinstance(n.ctx, gast.Load) and id(n) not in bases
        for n in walk(tree)
    )
    for name, function in functions_of(kind):
        if name in names or bare and name.startswith("__"):
            yield function


def functions_of(kind: type) -> Iterator[tuple[str, types.FunctionType]]:
    """The functions of a class with their names, those of properties among them."""
    seen: set[str] = set()
    for base in kind.__mro__:
        for name, value in vars(base).items():
            if name in seen:
                continue
            seen.add(name)
            parts = (value.fget, value.fset, value.fdel) if isinstance(value, property) else (value,)
            for part in parts:
                if isinstance(part, types.FunctionType):
                    yield name, part
