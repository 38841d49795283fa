"""Special methods and properties of users' classes, called as functions where Python would call them itself.

Python calls `__add__` for `a + b` and the getter of a property for `a.size` without a call in the text. A traced
function has these functions there, so that the user's method is traced too. `call` is what calls a function then.
"""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime.errors import SourceADError
from runtime.places import is_users_code

Call = Callable[..., Any]

_BINARY: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any], str]] = {
    "Add": (operator.add, operator.iadd, "add"),
    "Sub": (operator.sub, operator.isub, "sub"),
    "Mult": (operator.mul, operator.imul, "mul"),
    "Div": (operator.truediv, operator.itruediv, "truediv"),
    "FloorDiv": (operator.floordiv, operator.ifloordiv, "floordiv"),
    "Mod": (operator.mod, operator.imod, "mod"),
    "Pow": (operator.pow, operator.ipow, "pow"),
    "MatMult": (operator.matmul, operator.imatmul, "matmul"),
    "BitAnd": (operator.and_, operator.iand, "and"),
    "BitOr": (operator.or_, operator.ior, "or"),
    "BitXor": (operator.xor, operator.ixor, "xor"),
    "LShift": (operator.lshift, operator.ilshift, "lshift"),
    "RShift": (operator.rshift, operator.irshift, "rshift"),
}
_COMPARED: dict[str, tuple[Callable[[Any, Any], Any], str, str]] = {
    "Lt": (operator.lt, "__lt__", "__gt__"),
    "LtE": (operator.le, "__le__", "__ge__"),
    "Gt": (operator.gt, "__gt__", "__lt__"),
    "GtE": (operator.ge, "__ge__", "__le__"),
    "Eq": (operator.eq, "__eq__", "__eq__"),
    "NotEq": (operator.ne, "__ne__", "__ne__"),
}
_UNARY: dict[str, tuple[Callable[[Any], Any], str]] = {
    "USub": (operator.neg, "__neg__"),
    "UAdd": (operator.pos, "__pos__"),
    "Invert": (operator.invert, "__invert__"),
}
# Functions that only call a special method of what they are given.
_ASKING: dict[Any, str] = {abs: "__abs__", len: "__len__", float: "__float__", int: "__int__", round: "__round__"}
_OPERATORS = {plain: name for name, (plain, _, _) in _BINARY.items()}
_SIGNS = {plain: name for name, (plain, _) in _UNARY.items()}
# These go through the elements of what they are given.
_THROUGH: tuple[Any, ...] = (list, tuple, set, sum, max, min, sorted, zip, enumerate, map, filter, any, all, iter)

# Of these, those that Python lets ask how long it is, once they have the iterator.
_MEASURING: tuple[Any, ...] = (list, tuple, sorted)

# Classes without methods of the user's, which are asked most often.
_PLAIN = frozenset({bool, int, float, complex, str, tuple, list, dict, np.ndarray, np.float64, types.ModuleType})


def _method(kind: type, name: str) -> types.FunctionType | None:
    """The user's function that a class has under the name of a special method."""
    found = None if kind in _PLAIN else getattr(kind, name, None)
    return found if type(found) is types.FunctionType and is_users_code(found.__code__) else None


def _getter(kind: type, name: str) -> Any:
    """The property of the user's that a class has under a name; None for everything else."""
    found = None if kind in _PLAIN else getattr(kind, name, None)
    if type(found) is not property and type(found) is not functools.cached_property:
        return None
    function = found.fget if isinstance(found, property) else found.func
    return found if type(function) is types.FunctionType and is_users_code(function.__code__) else None


def binary(call: Call, name: str, left: Any, right: Any) -> Any:
    """`left + right`, for the operator of that name."""
    plain, _, stem = _BINARY[name]
    return _of_two(call, plain, f"__{stem}__", f"__r{stem}__", left, right)


def updated(call: Call, name: str, target: Any, value: Any) -> Any:
    """What a name is after `target += value`."""
    _, plain, stem = _BINARY[name]
    own = _method(type(target), f"__i{stem}__")
    made = NotImplemented if own is None else call(own, target, value)
    return _of_two(call, plain, f"__{stem}__", f"__r{stem}__", target, value) if made is NotImplemented else made


def compared(call: Call, name: str, left: Any, right: Any) -> Any:
    """`left < right`, for the comparison of that name."""
    return _of_two(call, *_COMPARED[name], left, right)


def _of_two(call: Call, plain: Callable[[Any, Any], Any], name: str, mirrored: str, left: Any, right: Any) -> Any:
    kind, other = type(left), type(right)
    own, theirs = _method(kind, name), _method(other, mirrored)
    if own is None and theirs is None:
        return plain(left, right)
    turns = [(own, name, left, right)]
    compares = mirrored[:3] != "__r"
    if other is not kind or compares:
        # A class that extends that of the other operand is asked first, for an operator if it has its own method.
        extends = theirs is not None and other is not kind and issubclass(other, kind)
        first = extends and (compares or theirs is not getattr(kind, mirrored, None))
        turns.insert(0 if first else 1, (theirs, mirrored, right, left))
    for method, asked, owner, given in turns:
        native = getattr(type(owner), asked, None) if method is None else None
        if method is not None or native is not None:
            made = native(owner, given) if native is not None else call(method, owner, given)
            if made is not NotImplemented:
                return made
    # Python's own error.
    return plain(left, right)


def unary(call: Call, name: str, operand: Any) -> Any:
    """`-operand`, for the operator of that name."""
    plain, asked = _UNARY[name]
    method = _method(type(operand), asked)
    return plain(operand) if method is None else call(method, operand)


def item(call: Call, owner: Any, index: Any) -> Any:
    """`owner[index]`."""
    method = _method(type(owner), "__getitem__")
    return owner[index] if method is None else call(method, owner, index)


def field(call: Call, owner: Any, name: str) -> Any:
    """`owner.name`."""
    found = _getter(type(owner), name)
    if found is None or isinstance(found, functools.cached_property) and name in vars(owner):
        return getattr(owner, name)
    if isinstance(found, property):
        return call(found.fget, owner)
    made = vars(owner)[name] = call(found.func, owner)
    return made


def elements(call: Call, items: Any) -> Any:
    """What a loop over `items` goes through."""
    method = _method(type(items), "__iter__")
    return items if method is None else call(method, items)


def gone_through(call: Call, function: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of a function that goes through them, with the iterators that the user's `__iter__` gives."""
    if not any(function is known for known in _THROUGH):
        return args
    given = tuple([elements(call, arg) for arg in args])
    if given and given[0] is not args[0] and any(function is known for known in _MEASURING):
        _measure(call, args[0])
    return given


def _measure(call: Call, items: Any) -> None:
    """Run what Python runs for a first guess of the length."""
    method = _method(type(items), "__len__") or _method(type(items), "__length_hint__")
    if method is not None:
        try:
            call(method, items)
        except TypeError as error:
            # To Python this says that there is no length.
            if isinstance(error, SourceADError):
                raise


def is_operator(function: Any) -> bool:
    """Whether a function is one of those that only do what an operator does."""
    return type(function) is types.BuiltinFunctionType and (function in _OPERATORS or function in _SIGNS)


def asked(call: Call, function: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The result, in a tuple, of a builtin function that runs special methods of the user's; empty for all others."""
    if type(function) is not types.BuiltinFunctionType and function is not float and function is not int:
        return ()
    asks = _method(type(args[0]), _ASKING[function]) if len(args) == 1 and function in _ASKING else None
    if asks is not None:
        return (call(asks, args[0]),)
    if len(args) == 1 and function in _SIGNS:
        return (unary(call, _SIGNS[function], *args),)
    if len(args) == 2 and function in _OPERATORS and any(_is_users(type(a)) for a in args):
        return (binary(call, _OPERATORS[function], *args),)
    if function is sum and isinstance(args[0], (list, tuple)) and any(_is_users(type(a)) for a in args[0]):
        return (functools.reduce(functools.partial(binary, call, "Add"), args[0], args[1] if len(args) > 1 else 0),)
    return ()


def _is_users(kind: type) -> bool:
    return any(_method(kind, name) is not None for name in ("__add__", "__radd__", "__mul__", "__rmul__", "__sub__"))
