"""Whether an object leads to a value that carries a derivative: a function by what it closes over, an iterator by
what it still gives, an object of any class by what it holds.

Containers that are known are looked into by `runtime.structure`; this is for what is not known, and only asks.
"""

from __future__ import annotations

import gc
import types
from typing import Any

from runtime.operation import tracked
from runtime.variable import Variable

# Nothing of one call is kept in these, and they lead everywhere.
_SHARED = (types.ModuleType, types.BuiltinFunctionType, types.CodeType, str, bytes, int, float, complex)
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: the class was made by a `class` statement.


def reaches_tracked(*values: Any) -> bool:
    """Whether a value that carries a derivative can be reached from any of the values."""
    seen: set[int] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if id(value) in seen or issubclass(kind, _SHARED):
            continue
        seen.add(id(value))
        if issubclass(kind, Variable):
            if tracked(value):
                return True
        elif not _is_of_a_module(value):
            waiting += gc.get_referents(value)
    return False


def _is_of_a_module(value: Any) -> bool:
    """The names of a module, and what its classes hold, are there before and after a call."""
    if type(value) is dict:
        return "__builtins__" in value
    if isinstance(value, type):
        return not value.__flags__ & _HEAP_TYPE or "<locals>" not in value.__qualname__
    return False
