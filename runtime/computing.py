"""Functions that only compute: it does not matter how often one runs. Told by their code, and in doubt they do not.

Such a function reads nothing from around it but numbers, texts, arrays, lists, functions of this kind and those of
NumPy and `math`, and stores nothing there. What it makes itself it may change, unless it reads something that can be
changed.
"""

from __future__ import annotations

import builtins
import dis
import functools
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from runtime.variable import Variable

_STORING = frozenset({"STORE_GLOBAL", "DELETE_GLOBAL", "STORE_ATTR", "DELETE_ATTR", "IMPORT_NAME", "STORE_NAME"})
_ATTRIBUTES = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
_FREE = frozenset({"STORE_DEREF", "DELETE_DEREF"})
_PLAIN = (int, float, complex, str, bytes, type(None), np.generic, np.dtype, np.ufunc)
_MODULES = frozenset({"numpy", "numpy.linalg", "numpy.fft", "math", "cmath", "operator"})
# What of these modules draws, writes or sets something.
_ACTING = frozenset(
    {"random", "save", "savez", "savez_compressed", "savetxt", "seterr", "seterrcall", "errstate", "set_printoptions"}
    | {"memmap", "lib", "testing", "ctypeslib", "setbufsize", "tofile", "dump"}
)
_ACTING_BUILTINS = frozenset(
    {"print", "open", "input", "exec", "eval", "compile", "setattr", "delattr", "globals", "vars", "locals", "next"}
    | {"breakpoint", "__import__"}
)

_WRITERS = frozenset({"copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"})
# Names of methods and functions that change what they are given.
_CHANGING = frozenset(
    {name for kind in (list, dict, set) for name in vars(kind) if not name.startswith("_")}
    - {"copy", "count", "index", "get", "items", "keys", "values", "union"}
    | {"fill", "partition", "resize", "at", "out", "itemset", "setflags", "setfield", "byteswap", *_WRITERS}
)
CACHE = type(functools.lru_cache(len))
_CHANGEABLE = (list, dict, set, np.ndarray, Variable)


def only_computes(function: Any, seen: tuple[Any, ...] = ()) -> bool:
    """Whether running a function once more changes nothing, as far as its code can show."""
    function = function.__wrapped__ if isinstance(function, CACHE) else function
    if any(function is each for each in seen):
        return True
    if not isinstance(function, types.FunctionType):
        return _is_plain(function)
    return all(_only_computes(code, function, (*seen, function)) for code in _codes(function.__code__))


def _only_computes(code: types.CodeType, function: types.FunctionType, seen: tuple[Any, ...]) -> bool:
    around = _around(function)
    steps = list(dis.get_instructions(code))
    outside = [*around.values(), *[_global(function, s.argval) for s in steps if s.opname == "LOAD_GLOBAL"]]
    for step in steps:
        if step.opname in _STORING or step.opname in _FREE and step.argval in around:
            return False
        if step.opname in _ATTRIBUTES and step.argval in _ACTING:
            return False
    if any(isinstance(value, _CHANGEABLE) for value in outside) and any(map(_may_change, steps)):
        return False
    return all(_is_plain(value, seen) for value in outside)


def _may_change(step: dis.Instruction) -> bool:
    """Whether a step may change a list or an array, wherever that is from."""
    if step.opname in _ATTRIBUTES:
        return step.argval in _CHANGING
    if step.opname == "BINARY_OP":
        return step.argrepr.endswith("=")
    if step.opname in ("KW_NAMES", "LOAD_CONST"):
        return isinstance(step.argval, tuple) and "out" in step.argval
    return step.opname in ("STORE_SUBSCR", "DELETE_SUBSCR", "STORE_SLICE")


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from _codes(part)


def _around(function: types.FunctionType) -> dict[str, Any]:
    """What the free variables hold, and None for one that holds nothing yet."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents if cell != types.CellType() else None for name, cell in cells}


def _global(function: types.FunctionType, name: str) -> Any:
    return function.__globals__.get(name, getattr(builtins, name, None))


def is_reading(method: str) -> bool:
    """Whether a method of this name only looks at its object: one of arrays, lists, dicts, sets or texts that does."""
    kinds = (np.ndarray, list, dict, set, str, tuple)
    return any(hasattr(kind, method) for kind in kinds) and method not in _CHANGING | _ACTING


def _is_plain(value: Any, seen: tuple[Any, ...] = ()) -> bool:
    if isinstance(value, (tuple, list, set)):
        return all(_is_plain(part, seen) for part in value)
    if isinstance(value, dict):
        return all(_is_plain(part, seen) for part in value.values())
    if isinstance(value, types.ModuleType):
        return value.__name__ in _MODULES or value.__name__.startswith("scipy")
    if isinstance(value, (*_PLAIN, np.ndarray, Variable)):
        return True
    module, name = getattr(value, "__module__", None) or "", getattr(value, "__name__", "")
    if module == "builtins":
        return name not in _ACTING_BUILTINS
    if module in _MODULES or module.startswith("scipy."):
        return name not in _WRITERS | _ACTING
    return isinstance(value, (types.FunctionType, CACHE)) and only_computes(value, seen)
