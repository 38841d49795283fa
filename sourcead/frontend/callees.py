"""What a called function is, and whether it may change what it is given."""

from __future__ import annotations

import bisect
import collections
import functools
import heapq
import inspect
import operator
import random
import types
import weakref
from collections.abc import Callable, Hashable
from typing import Any

import gast
import numpy as np

from runtime.kernels import add_at, put_back, put_whole
from runtime.outputs import place_of_out
from runtime.primitives import registry
from sourcead.errors import NoSource, Unsupported
from sourcead.frontend.names import MISSING, own_names, resolve_free
from sourcead.frontend.source import Source, find
from sourcead.frontend.syntax import COMPREHENSIONS, all_parameters, joined, names_read, walk

# What stands in these only looks: it prints, logs, warns, draws or measures.
OBSERVING_MODULES = {
    "_warnings", "gc", "logging", "loguru", "matplotlib", "pprint", "rich", "time", "tqdm", "traceback", "unittest",
    "warnings",
}  # fmt: skip
# NumPy's functions in terms of others: text that is read as a user's.
DEFINITIONS = "runtime.definitions."
LIBRARIES = ("numpy", "scipy", "runtime", "cupy")
LIST_METHODS = {"append", "extend", "insert", "pop", "clear", "remove", "sort", "reverse"}
DICT_METHODS = {"update", "setdefault", "popitem"}
DEQUE_METHODS = {"appendleft", "extendleft", "popleft", "rotate"}
SET_METHODS = {"add", "discard"}
ARRAY_METHODS = {"fill", "itemset", "put", "resize", "partition", "setfield", "setflags", "byteswap"}
UPDATES = ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift", "rshift")
MAKING = {"__init__", "__new__", "__post_init__"}  # They change the object that they make.
SPELLED_OUT = {"__setitem__", "__delitem__", "__setattr__", "__delattr__", *(f"__i{name}__" for name in UPDATES)}
CHANGING_METHODS = LIST_METHODS | DICT_METHODS | DEQUE_METHODS | SET_METHODS | ARRAY_METHODS | SPELLED_OUT
# Those of them and of WRITERS that give something besides.
GIVING = {
    "pop", "popitem", "popleft", "setdefault", "byteswap", "heappop", "heapreplace", "heappushpop",
    *(form for name in UPDATES for form in (f"__i{name}__", f"i{name}".rstrip("_"))),
}  # fmt: skip
WRITERS = {
    np.copyto,
    np.put,
    np.place,
    np.putmask,
    np.put_along_axis,
    np.fill_diagonal,
    random.shuffle,
    heapq.heappush,
    heapq.heappop,
    heapq.heapify,
    heapq.heapreplace,
    heapq.heappushpop,
    bisect.insort,
    bisect.insort_left,
    bisect.insort_right,
    setattr,
    operator.delitem,
    operator.setitem,
    *(getattr(operator, f"__i{name}__") for name in UPDATES),
}

CACHE = type(functools.lru_cache(len))
_readable: weakref.WeakKeyDictionary[types.FunctionType, bool] = weakref.WeakKeyDictionary()
_changing: weakref.WeakKeyDictionary[types.FunctionType, bool] = weakref.WeakKeyDictionary()
_shown: weakref.WeakSet[types.FunctionType] = weakref.WeakSet()


def is_user_function(function: Any) -> bool:
    """Whether a callable is Python code of the user's (or of a library we have no rule for) that can be read."""
    if function is MISSING or registry.lookup(function) or registry.is_inactive(function):
        return False
    if getattr(function, "__dynamic__", False):
        return False
    if isinstance(function, types.MethodType):
        function = function.__func__
    if isinstance(function, CACHE):
        function = function.__wrapped__
    if not isinstance(function, types.FunctionType):
        return False
    module = function.__module__ or ""
    if module.split(".")[0] in LIBRARIES and not module.startswith(DEFINITIONS):
        return False
    if function not in _readable:
        try:
            find(function)
            _readable[function] = True
        except NoSource:
            _readable[function] = False
    return _readable[function]


def is_generator(function: Any) -> bool:
    """Whether a function is a generator function of the user's, whose text can be read."""
    return inspect.isgeneratorfunction(function) and is_user_function(function)


def has_no_form(function: Any, given: int) -> bool:
    """Whether a known callable, `given` so many arguments, can stand in no core statement: a builtin without rule.

    It can still run on the dynamic graph, within the statement that it stands in.
    """
    if makes_class(function, given):
        return True
    if not callable(function) or registry.lookup(function) or registry.is_inactive(function):
        return False
    module = (getattr(function, "__module__", None) or "").split(".")[0]
    return module in ("builtins", "itertools", "functools", "_functools", "collections", "_collections")


def looks_around(function: Any, given: int) -> bool:
    """Whether a builtin, `given` so many arguments, reads the variables of the function that calls it, unseen."""
    if function is eval or function is exec:
        return given < 2
    return function is locals or function is vars and not given


def makes_class(function: Any, given: int) -> bool:
    """Whether a call makes a class, whose attributes may hold anything: `type(name, bases, members)`."""
    return function is type and given > 1


def is_checkpoint(function: Any) -> bool:
    """Whether a function is marked to be computed again in the reverse sweep instead of keeping what that reads."""
    return getattr(function, "__checkpoint__", None) is not None


def is_writer(function: Any) -> bool:
    """Whether a library function is known to change its first argument in place."""
    if not callable(function):
        return False
    if function in (add_at, put_back, put_whole):
        return True
    method = getattr(function, "__name__", "")
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        return method == "at"
    owner = type(getattr(function, "__self__", None))
    if isinstance(function, (types.MethodDescriptorType, types.WrapperDescriptorType)):
        # Read off the class: `list.append(v, x)`.
        return method in CHANGING_METHODS and function.__objclass__ in (list, dict, set, collections.deque, np.ndarray)
    if method == "shuffle" and (issubclass(owner, random.Random) or owner.__module__.startswith("numpy.random")):
        return True
    try:
        return function in WRITERS
    except TypeError:
        return False


class ChangesUnseen(Unsupported):
    """A function, found in `within`, changes what it is given by a way that its text alone did not tell."""


def note_changing(function: Any) -> bool:
    """Remember that a user's function changes what it is given, as its core program has shown; whether that is new."""
    known = function in _shown
    _shown.add(function)
    _changing.clear()
    return not known


def changes_only(node: gast.Call, function: Any) -> bool:
    """Whether a call changes its object or its first argument, and gives nothing."""
    if function is MISSING and isinstance(node.func, gast.Attribute):
        return node.func.attr in (CHANGING_METHODS | {"shuffle"}) - GIVING
    return is_writer(function) and function is not put_whole and function.__name__ not in GIVING


def changes_arguments(function: Any) -> bool:
    """Whether a user's function may change an object that it was given, itself or through a function that it calls.

    Its text alone tells most of it; the rest is known once a program has shown it (`note_changing`).
    """
    if isinstance(function, types.MethodType):
        function = function.__func__
    if isinstance(function, CACHE):
        function = function.__wrapped__
    if function in _changing:
        return _changing[function]
    known = set(_changing)
    _changing[function] = False  # A function that calls itself changes nothing by the call alone.
    found = function in _shown or _changes(find(function))
    if found:
        # What was found of those that call it took it to change nothing.
        for other in [f for f, changes in _changing.items() if not changes and f not in known]:
            del _changing[other]
    _changing[function] = found
    return found


def _changes(source: Source) -> bool:
    tree = source.tree
    if any(isinstance(n, (gast.Global, gast.Nonlocal)) for n in walk(tree)):
        return True
    parameters = set(all_parameters(tree.args))
    called = (n.func.id for n in walk(tree) if isinstance(n, gast.Call) and isinstance(n.func, gast.Name))
    if not parameters.isdisjoint(called):
        # A function that is given as an argument may be any.
        return True

    static = statics(source)
    return bool(changed_names(tree.body, parameters, static, holders_in(tree.body, static)))


def changed_names(
    body: Any, names: set[str], static: Any, holders: set[str] | frozenset[str] = frozenset()
) -> set[str]:
    """Those of `names`, and of the variables made from them, whose objects a body may change in place.

    Of what is put into one of `holders`, a change of that may be one too.
    """
    related = set(names)
    while True:
        before = len(related)
        for node in walk(body):
            given, bound = linked(node, holders, static)
            related |= bound if given & related else set()
        if len(related) == before:
            break
    return {name for node in walk(body) for name in touched(node, static) if name in related}


def linked(node: gast.AST, holders: set[str] | frozenset[str], static: Any) -> tuple[set[str], set[str]]:
    """Variables of which one node of a text may pass on a part, and those that it binds to it or puts it in."""
    value, targets, kept = _binding(node, static)
    if isinstance(value, gast.BinOp):
        value = gast.Tuple(elts=joined(value, holders), ctx=gast.Load())
    if value is None or _is_new(value, static):
        return set(), set()
    bound = {n.id for t in targets for n in walk(t) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)}
    parts = [n for t in targets for n in walk(t) if isinstance(n, (gast.Subscript, gast.Attribute))]
    return names_read(value), bound | holders.intersection(filter(None, map(path_root, [*parts, *kept])))


def _binding(node: gast.AST, static: Any) -> tuple[gast.AST | None, list[gast.AST], list[gast.AST]]:
    """A value that a node of a text binds or keeps: the targets that it goes to, and what it is put into besides."""
    if isinstance(node, gast.Assign):
        return node.value, node.targets, []
    if isinstance(node, gast.AugAssign):
        return node.value, [], [node.target]
    if isinstance(node, (gast.AnnAssign, gast.NamedExpr)):
        return node.value, [node.target], []
    if isinstance(node, (gast.For, gast.comprehension)):
        return node.iter, [node.target], []
    if isinstance(node, gast.withitem):
        return node.context_expr, [node.optional_vars] if node.optional_vars else [], []
    if isinstance(node, gast.Call):
        given = gast.Tuple(elts=[*node.args, *(k.value for k in node.keywords)], ctx=gast.Load())
        if is_writer(static(node.func)):
            return given, [], node.args[:1]
        if isinstance(node.func, gast.Attribute) and static(node.func) is MISSING:
            return given, [], [node.func.value]
    return None, [], []


def holders_in(body: Any, static: Any) -> set[str]:
    """Variables that are lists, dicts or objects, which keep what is put into them itself."""
    made = (gast.List, gast.Tuple, gast.Dict, gast.Set, *COMPREHENSIONS)
    found: set[str] = set()
    for node in walk(body):
        value, targets, _ = _binding(node, static)
        if isinstance(value, made) or isinstance(value, gast.Call) and not _is_new(value, static):
            found |= {n.id for t in targets for n in walk(t) if isinstance(n, gast.Name)}
    return found


def _is_new(value: gast.AST, static: Any) -> bool:
    """Whether the value of an expression shares no memory with what it is made from."""
    if isinstance(value, gast.Call):
        function = static(value.func)
        if function is MISSING and isinstance(value.func, gast.Attribute):
            function = registry.lookup_method(value.func.attr)
        rule = registry.lookup(function)
        return registry.is_inactive(function) or (rule is not None and rule.view_of is None)
    return isinstance(value, (gast.BinOp, gast.UnaryOp, gast.Compare, gast.Constant, gast.JoinedStr))


def touched(node: gast.AST, static: Any) -> set[str]:
    """Variables whose objects one node of a function's text may change in place."""
    if isinstance(node, (gast.Subscript, gast.Attribute)) and isinstance(node.ctx, (gast.Store, gast.Del)):
        return roots(node, static)
    if isinstance(node, gast.AugAssign):
        return roots(node.target, static)
    if not isinstance(node, gast.Call):
        return set()
    found: set[str] = set()
    function = static(node.func)
    target = out_of(node, static)
    if target is not None:
        found |= roots(target, static)
    if isinstance(node.func, gast.Attribute) and node.func.attr in CHANGING_METHODS:
        found |= set() if is_library(static(node.func.value)) else roots(node.func.value, static)
    for method in (a for a in node.args if isinstance(a, gast.Attribute)):
        known, named = static(method), method.attr in CHANGING_METHODS and not is_library(static(method.value))
        if named or is_user_function(known) and changes_arguments(known):
            found |= roots(method, static)
    if isinstance(node.func, gast.Attribute) and node.func.attr == "shuffle" and function is MISSING and node.args:
        found |= roots(node.args[0], static)
    if is_writer(function):
        found |= roots(node.args[0], static) if node.args else set()
    elif function is exec:
        found |= set().union(*(roots(a, static) for a in node.args[1:]))
    elif may_change(function):
        found |= set().union(*(roots(a, static) for a in [*node.args, *(k.value for k in node.keywords), node.func]))
    return found


def may_change(function: Any) -> bool:
    """Whether a user's function, or a method of the object that a class of the user's makes, may change what it got."""
    if not isinstance(function, type):
        return is_user_function(function) and changes_arguments(function)
    members = [m for kind in function.__mro__ for name, m in vars(kind).items() if name not in MAKING]
    parts = [part for m in members for part in ((m.fget, m.fset, m.fdel) if isinstance(m, property) else (m,))]
    return any(isinstance(m, types.FunctionType) and is_user_function(m) and changes_arguments(m) for m in parts)


def statics(source: Source) -> Callable[[gast.AST], Any]:
    """What gives the object that an expression in a function's text is, or MISSING, where only that text is known."""
    own = own_names(source.tree)

    def static(node: gast.AST) -> Any:
        if isinstance(node, gast.Name):
            kind, found = ("local", None) if node.id in own else resolve_free(source, node.id)
            return found if kind in ("global", "builtin") else MISSING
        if isinstance(node, gast.Attribute):
            base = static(node.value)
            return MISSING if base is MISSING else getattr(base, node.attr, MISSING)
        return MISSING

    return static


def is_library(value: object) -> bool:
    """Whether what a value holds are functions, not methods that change it: `np.sort`, `np.add.at`."""
    return isinstance(value, (types.ModuleType, np.ufunc))


def operation_of(node: gast.Call, static: Any) -> Any:
    """The function that a call runs; of a method of what is no known object, the function that NumPy's method is."""
    function = static(node.func)
    method = isinstance(node.func, gast.Attribute) and not callable(function)
    return registry.lookup_method(node.func.attr) or function if method else function


def out_of(node: gast.Call, static: Any) -> gast.AST | None:
    """What a call writes its result into: its `out`, given by keyword or by place."""
    target = next((k.value for k in node.keywords if k.arg == "out"), None)
    function = operation_of(node, static)
    place = place_of_out(function) if target is None and isinstance(function, Hashable) else None
    if place is not None:
        place -= function is not static(node.func)
        if len(node.args) > place and not any(isinstance(a, gast.Starred) for a in node.args):
            target = node.args[place]
    if isinstance(target, gast.Tuple) and len(target.elts) == 1:
        target = target.elts[0]
    return None if isinstance(target, gast.Constant) else target


def roots(node: gast.AST, static: Any) -> set[str]:
    """The variables whose objects the value of an expression may be, or hold, or lie within."""
    while isinstance(node, (gast.Subscript, gast.Attribute, gast.Starred, gast.NamedExpr)):
        node = node.value
    if isinstance(node, gast.Name):
        return {node.id}
    if _is_new(node, static):
        return set()
    if isinstance(node, gast.Call):
        return names_read([node.func, *node.args, *(k.value for k in node.keywords)])
    parts: list[gast.AST | None] = []
    if isinstance(node, (gast.Tuple, gast.List, gast.Set)):
        parts = node.elts
    elif isinstance(node, (gast.Dict, gast.BoolOp)):
        parts = node.values
    elif isinstance(node, gast.IfExp):
        parts = [node.body, node.orelse]
    return set().union(*(roots(part, static) for part in parts))


def path_root(node: gast.AST) -> str | None:
    """The variable at the bottom of a path such as `x[i].a`."""
    while isinstance(node, (gast.Subscript, gast.Attribute)):
        node = node.value
    return node.id if isinstance(node, gast.Name) else None


def changed_place(node: gast.AST) -> str | None:
    """The variable whose object a store by index or a changing method, as one node of a text, writes."""
    if isinstance(node, gast.Subscript) and isinstance(node.ctx, gast.Store):
        return path_root(node)
    if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr in CHANGING_METHODS:
        return path_root(node.func)
    return None
