"""Dataclasses and named tuples: which classes only hold what they are given."""

from __future__ import annotations

import dataclasses
from typing import Any


def is_record(kind: Any) -> bool:
    """Whether a class is a dataclass or a named tuple."""
    return dataclasses.is_dataclass(kind) or issubclass(kind, tuple) and hasattr(kind, "_fields")


def field_names(kind: Any) -> list[str]:
    """The names of a record's fields, in the order in which they are given; those given by name only come last."""
    if issubclass(kind, tuple):
        return list(kind._fields)
    return [f.name for f in sorted(dataclasses.fields(kind), key=lambda f: bool(f.kw_only)) if f.init]


def keeps_fields(kind: Any) -> bool:
    """Whether making an instance only stores what is given, so that the tangent of each field is known."""
    if issubclass(kind, tuple):
        return kind.__bases__ == (tuple,)
    for base in kind.__mro__:
        if "__dataclass_params__" in vars(base):
            return vars(base)["__dataclass_params__"].init and not hasattr(kind, "__post_init__")
        if "__init__" in vars(base):
            return False
    return False
