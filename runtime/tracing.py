"""Running a plain Python function on traced values.

NumPy's protocols carry traced values through NumPy, but `math.sin` or `float` cannot see them. So a function with
source is run from a second compilation of its source in which every call `f(x)` is `call(f, x)`, which decides then:

- a function of the rule table on traced values is recorded (so `math.sin` and `np.array` work),
- a user's function, method or callable object is run the same way, to any depth, also when NumPy or a builtin calls it,
- an array that a call has just made becomes a traced constant, so that traced values can be stored in it.

Nothing is patched: the user's modules, functions and classes stay as they are, and globals and closure cells are
shared with the plain function. What is not reached (functions without source, library code, arrays made elsewhere)
runs as it is, and raises DerivativeLost where it would turn a traced value into a plain number.

Limits: `type(x)` of a traced value is its own class (`isinstance` answers as for the plain value); traced values stored
in objects or globals stay there, as constants; decorators and class bodies are not run again.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
import math
import struct
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime import special_methods, texts
from runtime.caches import answered, emptied
from runtime.computing import CACHE
from runtime.definitions.functions import put_together, told
from runtime.errors import DerivativeLost, NotDifferentiable, SourceADError
from runtime.kernels.places import counted
from runtime.lifting import lift
from runtime.operation import tracked
from runtime.places import is_users_code, is_users_file
from runtime.plan import title
from runtime.primitives import registry
from runtime.promotion import arrays_of, takes_arrays
from runtime.protocols import array_function, unsupported
from runtime.reaching import reaches_tracked
from runtime.rewriting import compile_traced
from runtime.running import runs
from runtime.traced import hashable_within, trace
from runtime.variable import Place, Variable, strip

# Functions by identity, for what is called may have a `==` of its own.
# These read all that they are given before they compute, so an iterator may be read into a list for the table.
_WHOLE_ITERABLES = frozenset(map(id, (sum, max, min, math.fsum, math.prod)))
# These call what they are given first.
_ITERATE = frozenset(map(id, (map, filter, functools.reduce, itertools.accumulate, itertools.starmap)))
_CONTAINERS = (list, tuple, np.ndarray, Variable)
_SETS = (set, frozenset)


class _State(threading.local):
    depth = 0


_state = _State()


def is_tracing() -> bool:
    """Whether this thread is inside a traced function."""
    return _state.depth > 0


def run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call `function` on traced values."""
    _state.depth += 1
    runs.count(1)
    try:
        with emptied():
            return call(function, *args, **kwargs)
    except TypeError as error:
        # NumPy would take a number with entries for a sequence, so that it can have none at all.
        if "Number' object is not subscriptable" not in str(error):
            raise
        raise NotDifferentiable(
            "a number that carries a derivative is asked for an entry by an index",
            "Leave the index out, or make an array of the number: `np.reshape(x, (1,))`.",
        ) from error
    finally:
        _state.depth -= 1
        runs.count(-1)
        if not _state.depth:
            texts.forget()


def call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    """What a call in a traced function does."""
    if _state.depth == 0 or function is call or getattr(function, "takes_traced", False):
        return function(*args, **kwargs)
    kind = type(function)
    if kind is types.FunctionType:
        if registry.lookup(function) is None and is_users_code(function.__code__):
            return traced_function(_of_arrays(function, args, kwargs))(*args, **kwargs)
    elif kind is types.MethodType:
        if type(function.__func__) is types.FunctionType and is_users_code(function.__func__.__code__):
            return traced_function(function.__func__)(function.__self__, *args, **kwargs)
        if type(function.__func__) is CACHE:
            return answered(call, function.__func__, (function.__self__, *args), kwargs)
    elif kind is CACHE:
        return answered(call, function, args, kwargs)
    elif kind is functools.partial:
        return call(function.func, *function.args, *args, **{**function.keywords, **kwargs})
    elif isinstance(function, type):
        if _has_users_init(function):
            made: Any = object.__new__(function)
            call(made.__init__, *args, **kwargs)
            return made
    else:
        # Calling looks the method up on the type.
        own_call = getattr(kind, "__call__", None)  # noqa: B004
        if type(own_call) is types.FunctionType and is_users_code(own_call.__code__):
            return traced_function(own_call)(function, *args, **kwargs)
    return _call_plain(function, args, kwargs)


def _of_arrays(function: types.FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> types.FunctionType:
    """The function itself; of an emitted one that is not given Tensors what its text says, which is the one to read."""
    unwatched = getattr(function, "unwatched", None)
    if unwatched is None:
        return function
    inside: list[tuple[Place, Variable]] = []
    strip((args, tuple(kwargs.values())), (), inside)
    return unwatched() if all(value.traced for _, value in inside) else function


def _call_plain(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call what has no source of the user's: a function of the table, NumPy, a builtin, a library."""
    made = special_methods.asked(call, function, args) if args and not kwargs else ()
    if made:
        return made[0]
    args = special_methods.gone_through(call, function, args)
    if id(function) in _WHOLE_ITERABLES and len(args) == 1 and not isinstance(args[0], _CONTAINERS):
        args = (list(args[0]),)
    inside: list[tuple[Place, Variable]] = []
    strip((args, tuple(kwargs.values())), (), inside)
    if inside:
        text, given = told(function, len(args), kwargs)
        if text is not None and not isinstance(function, np.ufunc):  # those ask through NumPy's protocol
            return lift(text)(*[_for_foreign_hands(argument, False) for argument in (*given, *args)], **kwargs)
        if (getattr(function, "__module__", None) or "").startswith("numpy.testing"):
            return function(*strip(args, (), []), **kwargs)
        if isinstance(function, types.BuiltinMethodType) and isinstance(function.__self__, np.ndarray):
            if (known := registry.lookup_method(function.__name__)) is not None:
                return array_function(known, (function.__self__, *args), kwargs)
        if takes_arrays(function):
            args = arrays_of(args)
        given_to = [*args, *kwargs.values()]
        joins = function is sum and len(given_to) > 1 and isinstance(given_to[-1], (list, tuple))
        if _is_in_table(function) and not ((function is max or function is min) and kwargs) and not joins:
            return array_function(function, args, kwargs)
        owner = type(getattr(function, "__self__", None))
        # It would swap rows of a traced array one by one, through views of each other.
        if owner.__module__.startswith("numpy.random") and function.__name__ == "shuffle":
            raise unsupported("shuffle")
    iterates = id(function) in _ITERATE
    args = tuple([_for_foreign_hands(argument, iterates) for argument in args])
    kwargs = {key: _for_foreign_hands(argument, iterates) for key, argument in kwargs.items()}
    try:
        with hashable_within() if inside and _is_of_sets(function) else contextlib.nullcontext():
            result = function(*args, **kwargs)
    except DerivativeLost as error:
        if _is_of_library(function) and _is_foreign(error):
            raise DerivativeLost(
                f"`{title(_innermost(function))}` has no rule, and its library computes with plain numbers: the"
                " derivative would be lost",
                "Write it with functions of NumPy, or give it a rule of your own (sourcead.derivative).",
            ) from error
        raise
    except (TypeError, BufferError, struct.error) as error:
        if _is_foreign(error) and reaches_tracked(args, kwargs):
            name = getattr(function, "__qualname__", "this function")
            raise DerivativeLost(
                f"`{name}` is given a value that carries a derivative, and takes plain numbers only: {error}",
                "Call it outside the differentiated function, or give it a detached value where a constant is meant.",
            ) from error
        raise
    if isinstance(result, str) and any(tracked(value) for _, value in inside):
        texts.note(result)
    texts.refuse_numbers(result, getattr(function, "__self__", None), *args, *kwargs.values())
    if type(result) is not np.ndarray or result.dtype.kind not in "fc":
        return result
    if inside and (getattr(function, "__module__", None) or "").startswith("numpy.ma."):
        raise DerivativeLost(
            f"`{title(_innermost(function))}` takes the array out of a value that carries a derivative",
            "Use the array itself, and its mask: np.where(mask, 0.0, a).",
        )
    held = [result]
    del result
    return trace(held[0]) if _is_fresh(held) else held[0]


def _is_foreign(error: BaseException) -> bool:
    """Whether an error was raised in a library for what it was given, and not in a function of the user's."""
    trace_back = error.__traceback__.tb_next if error.__traceback__ is not None else None
    while trace_back is not None:
        if is_users_code(trace_back.tb_frame.f_code):
            return False
        trace_back = trace_back.tb_next
    return isinstance(error, DerivativeLost) or not isinstance(error, SourceADError)


def _innermost(function: Any) -> Any:
    """The function behind wrappers and `functools.partial`."""
    found = inspect.unwrap(function)
    return _innermost(found.func) if isinstance(found, functools.partial) else found


def _is_of_library(function: Any) -> bool:
    """Whether a function belongs to Python's library or an installed package, other than NumPy and this one."""
    root = (getattr(function, "__module__", None) or "builtins").partition(".")[0]
    file = getattr(sys.modules.get(root), "__file__", None)
    return root not in ("numpy", "runtime", "sourcead") and file is not None and not is_users_file(file)


def _is_of_sets(function: Any) -> bool:
    return function is set or function is frozenset or type(getattr(function, "__self__", None)) in _SETS


def contains(held: Any, element: Any) -> bool:
    """`element in held`, in a traced function."""
    with hashable_within() if type(held) in _SETS else contextlib.nullcontext():
        return element in held


def _is_in_table(function: Any) -> bool:
    """Whether the table has to be asked; ufuncs ask it through NumPy's protocol."""
    known = registry.lookup(function) is not None or registry.is_inactive(function)
    return known and not isinstance(function, np.ufunc)


def _for_foreign_hands(argument: Any, iterates: bool) -> Any:
    """A function that a builtin or library will call, so that it is traced there too.

    `float` is such a function where something `iterates`, and a class elsewhere.
    """
    called = (
        type(argument) is types.BuiltinFunctionType
        or iterates
        and type(argument) is type
        and argument in (float, complex, int)
    )
    if called and (_is_in_table(argument) or special_methods.is_operator(argument)):
        return functools.partial(call, argument)
    if type(argument) is types.FunctionType and is_users_code(argument.__code__):
        return functools.update_wrapper(functools.partial(call, argument), argument)
    if type(argument) is types.MethodType and type(argument.__func__) is types.FunctionType:
        return functools.partial(call, argument) if is_users_code(argument.__func__.__code__) else argument
    return argument


def _is_fresh(held: list[np.ndarray], views: int = 0) -> bool:
    """Whether the list alone holds the array, and `views` of it, so that what is written to it is seen only through us.

    In a list, for whether a variable of Python's counts as a reference differs from place to place since Python 3.14.
    """
    if sys.getrefcount(held[0]) > _FRESH_REFERENCES + views:
        return False
    bases: list[Any] = [held[0].base]
    return bases[0] is None or type(bases[0]) is np.ndarray and _is_fresh(bases, 1)


_FRESH_REFERENCES = (lambda held: sys.getrefcount(held[0]))([np.zeros(1)])


def _has_users_init(kind: type) -> bool:
    init = kind.__init__  # type: ignore[misc]
    return (
        type(kind) is type
        and kind.__new__ is object.__new__
        and type(init) is types.FunctionType
        and is_users_code(init.__code__)
    )


# The second compilation.


class _Caller:
    """What the rewritten code finds in place of the marker constant."""

    call = staticmethod(call)
    contains = staticmethod(contains)
    binary = staticmethod(functools.partial(special_methods.binary, call))
    updated = staticmethod(functools.partial(special_methods.updated, call))
    compared = staticmethod(functools.partial(special_methods.compared, call))
    unary = staticmethod(functools.partial(special_methods.unary, call))
    item = staticmethod(functools.partial(special_methods.item, call))
    field = staticmethod(functools.partial(special_methods.field, call))
    elements = staticmethod(functools.partial(special_methods.elements, call))
    set = staticmethod(functools.partial(call, set))

    slice = staticmethod(slice)

    @staticmethod
    def joined(place: Any, *parts: Any) -> Any:
        """`np.r_[parts]`, and `place[parts]` of anything else."""
        text = put_together(place)
        if text is None or any(isinstance(part, str) for part in parts):
            return place[parts if len(parts) > 1 else parts[0]]
        return lift(text)(*[counted(p.start, p.stop, p.step) if isinstance(p, slice) else p for p in parts])

    @staticmethod
    def code(text: Any) -> Any:
        """Text on its way to `eval` or `exec`."""
        texts.refuse_code(text)
        return text

    @staticmethod
    def formatted(text: str, given: Any) -> str:
        """`text % given`, which asks for the numbers themselves."""
        inside: list[tuple[Place, Variable]] = []
        made = text % strip(given, (), inside)
        return texts.note(made) if any(tracked(value) for _, value in inside) else made


_CALLER = _Caller()


def traced_function(function: types.FunctionType) -> types.FunctionType:
    """The function with every call in its source passed through `call`, or itself where there is no source."""
    code = _traced_code(function.__code__, function.__globals__.get("__name__"))
    if code is function.__code__:
        return function
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
    traced = types.FunctionType(
        code,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        tuple([cells[name] for name in code.co_freevars]),
    )
    traced.__kwdefaults__ = function.__kwdefaults__
    traced.__dict__.update(function.__dict__)
    traced.__qualname__ = function.__qualname__
    return traced


_codes: dict[tuple[int, types.CodeType], types.CodeType] = {}


def _traced_code(code: types.CodeType, module: str | None) -> types.CodeType:
    # Equal code objects may stand at different places, so the object itself is part of the key.
    key = (id(code), code)
    found = _codes.get(key)
    if found is None:
        found = _codes[key] = code if _is_traced(code) else compile_traced(code, _CALLER) or code
    return found


def _is_traced(code: types.CodeType) -> bool:
    return any(constant is _CALLER for constant in code.co_consts)
