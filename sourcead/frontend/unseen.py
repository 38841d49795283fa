"""Calls of which no text tells what they change: unknown functions, and methods of objects of unknown classes.

A dynamic region works on copies, so that what such a call changes of them would be lost to the program around it.
"""

from __future__ import annotations

import sys
import types
import weakref
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from runtime.primitives import registry
from sourcead.frontend.callees import CACHE, OBSERVING_MODULES, changed_names, is_user_function, statics
from sourcead.frontend.carries import CALLERS
from sourcead.frontend.names import MISSING
from sourcead.frontend.source import find
from sourcead.frontend.syntax import all_parameters, walk
from sourcead.frontend.tensor_methods import CONTAINERS

_AS_KEY = ("key", "func", "default_factory")
Static = Callable[[gast.AST], Any]
_found: weakref.WeakKeyDictionary[types.FunctionType, bool] = weakref.WeakKeyDictionary()


def calls_unseen(body: Any, static: Static, defined: Callable[[gast.AST], bool] = lambda name: False) -> bool:
    """Whether a body calls, itself or through a user's function, what may change its arguments unseen.

    `defined` tells whether a name is that of a function defined inside, whose text is known.
    """
    inside = {n.name for n in walk(body) if isinstance(n, (gast.FunctionDef, gast.ClassDef))}
    calls = [n for n in walk(body) if isinstance(n, gast.Call)]
    return any(
        is_unseen(f, static(f)) and not (_is_in(f, inside) or defined(f)) for n in calls for f in _run(n, static)
    )


def _run(node: gast.Call, static: Static) -> list[gast.AST]:
    """The functions that a call runs: the one that is called, and those that it is given to call."""
    function = static(node.func)
    given = [k.value for k in node.keywords if k.arg in _AS_KEY]
    if any(function is caller for caller in CALLERS):
        given += node.args[:1]
    return [node.func, *(a for a in given if isinstance(a, (gast.Name, gast.Attribute)))]


def _is_in(node: gast.AST, names: set[str]) -> bool:
    return isinstance(node, gast.Name) and node.id in names


def is_unseen(node: gast.AST, function: Any) -> bool:
    """Whether it is not known what a function, written so in a text, changes."""
    if function is next or getattr(function, "__dynamic__", False):
        return True
    if function is MISSING and isinstance(node, gast.Attribute):
        kinds = (np.ndarray, *CONTAINERS)
        return registry.lookup_method(node.attr) is None and not any(hasattr(kind, node.attr) for kind in kinds)
    if function is MISSING:
        return not isinstance(node, gast.Lambda)
    module = (getattr(function, "__module__", None) or "").split(".")[0]
    if module in OBSERVING_MODULES or module in sys.stdlib_module_names:
        # Those that change what they are given are in the list of writers.
        return False
    if isinstance(function, type):
        made = vars(function).get("__init__")
        return is_user_function(made) and (_changes_what_it_takes(made) or _calls_unseen_within(made))
    return is_user_function(function) and _calls_unseen_within(function)


def _changes_what_it_takes(made: Any) -> bool:
    """Whether an `__init__` may change, besides its own object, what it is given."""
    source = find(made)
    own = [*source.tree.args.posonlyargs, *source.tree.args.args][:1]
    given = set(all_parameters(source.tree.args)) - {p.id for p in own}
    return bool(changed_names(source.tree.body, given, statics(source)))


def _calls_unseen_within(function: Any) -> bool:
    if isinstance(function, types.MethodType):
        function = function.__func__
    if isinstance(function, CACHE):
        function = function.__wrapped__
    if function not in _found:
        _found[function] = False  # A function that calls itself does nothing more by that.
        source = find(function)
        _found[function] = calls_unseen(source.tree.body, statics(source))
    return _found[function]
