"""Public names that are imported when they are first read, so that `import runtime` stays quick (PEP 562)."""

from __future__ import annotations

import importlib
import operator
import sys
from collections.abc import Callable, Mapping
from typing import Any


def read(home: str) -> Any:
    """What `package.module:name` names; the module itself where there is no name."""
    module, _, name = home.partition(":")
    found = importlib.import_module(module)
    return operator.attrgetter(name)(found) if name else found


def load(package: str, name: str, homes: Mapping[str, str]) -> Any:
    """A module's lazy attribute: read from its home in the table `homes` and kept in the module.

    Raises AttributeError where the table has no such name.
    """
    home = homes.get(name)
    if home is None:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    value = read(home)
    setattr(sys.modules[package], name, value)
    return value


class Fact:
    """A property that is imported when it is first read."""

    __slots__ = ("home",)

    def __init__(self, home: str) -> None:
        self.home = home

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else read(self.home)(instance)


class Method:
    """A method that is imported when it is first looked up on the class, and then stands there itself."""

    __slots__ = ("home", "make", "name")

    def __init__(self, name: str, home: str, make: Callable[[Any], Any] | None = None) -> None:
        self.name = name
        self.home = home
        self.make = make

    def __get__(self, instance: Any, owner: type) -> Any:
        found = read(self.home)
        function = found if self.make is None else self.make(found)
        for holder in owner.__mro__:
            if vars(holder).get(self.name) is self:
                setattr(holder, self.name, function)
        return function.__get__(instance, owner)
