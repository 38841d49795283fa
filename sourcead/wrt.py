"""Which parameters of a function a derivative is with respect to."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels.checks import holds_floats
from runtime.records import is_record
from sourcead.errors import UnknownArgument
from sourcead.frontend.source import Source
from sourcead.frontend.syntax import all_parameters

Wrt = int | str | tuple[int | str, ...]


def _free(source: Source) -> list[str]:
    return [n for n in all_parameters(source.tree.args) if n not in source.bound]


def positional(source: Source, count: int) -> list[str]:
    """Names of the first `count` positional parameters."""
    arguments = source.tree.args
    names = [n.id for n in [*arguments.posonlyargs, *arguments.args] if n.id not in source.bound]
    if count > len(names):
        raise UnknownArgument(
            f"`{source.name}` takes {len(names)} positional arguments, and {count} are given", "Pass fewer."
        )
    return names[:count]


def arguments(source: Source, wrt: Wrt) -> tuple[tuple[str, ...], bool]:
    """Parameter names for `wrt`, and whether one was given bare."""
    names = _free(source)
    single = not isinstance(wrt, (tuple, list))
    found: list[str] = []
    for item in [wrt] if single else wrt:  # type: ignore[list-item, union-attr]
        if isinstance(item, (int, np.integer)) and not isinstance(item, bool) and -len(names) <= item < len(names):
            found.append(names[item])
        elif isinstance(item, str) and item in names:
            found.append(item)
        else:
            listed = ", ".join(f"`{n}`" for n in names) or "none"
            given = isinstance(item, str) and item in source.bound
            raise UnknownArgument(
                f"`{source.name}` has been given its argument {item!r} already"
                if given
                else f"`{source.name}` has no argument {item!r}",
                f"Its arguments are {listed}; name one of them, or give its position.",
            )
    if len(set(found)) != len(found):
        raise UnknownArgument(f"wrt={wrt!r} names an argument twice", "Name each argument once.")
    return tuple(found), single


def is_real(value: Any) -> bool:
    """Whether an argument holds a floating-point or complex number to differentiate by."""
    if isinstance(value, (list, tuple)):
        return any(is_real(v) for v in value)
    if isinstance(value, dict):
        return any(is_real(v) for v in value.values())
    dtype = getattr(value, "dtype", None)
    return (
        isinstance(value, (float, complex))
        or hasattr(value, "__dataclass_fields__")
        or (is_record(value) and holds_floats(value))
        or getattr(dtype, "kind", "") in ("f", "c")
    )
