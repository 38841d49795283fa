"""A case of the catalogue as a function of only what it is differentiated by."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any

from catalogue import Case


def position(case: Case, name: int | str) -> int | str:
    """Where an argument stands: its position, or its name where it is given by keyword."""
    if isinstance(name, int):
        return name
    if name in case.kwargs():
        return name
    return list(inspect.signature(case.program.function).parameters).index(name)


def of(case: Case) -> tuple[Callable[[Any], Any], Any]:
    """`(f, x)`: `x` is the argument (a tuple of them where `wrt` is a tuple) and `f` the program with the others fixed.

    `f` works on copies, so that a program that writes into its arguments can be called again and again.
    """
    args, kwargs = case.args(), case.kwargs()
    several = isinstance(case.program.wrt, tuple)
    names = case.program.wrt if isinstance(case.program.wrt, tuple) else (case.program.wrt,)
    where = [position(case, name) for name in names]

    def f(x: Any) -> Any:
        call_args, call_kwargs = copy.deepcopy((list(args), kwargs))
        for place, value in zip(where, x if several else (x,), strict=True):
            if isinstance(place, str):
                call_kwargs[place] = copy.deepcopy(value)
            else:
                call_args[place] = copy.deepcopy(value)
        return case.program.function(*call_args, **call_kwargs)

    picked = tuple(kwargs[place] if isinstance(place, str) else args[place] for place in where)
    return f, picked if several else picked[0]
