"""Emitted functions as members of importable modules, so that they pickle by name as any function does.

A recipe says how to derive a function again: the primal's module and name, the transform, its options. It is any
dict that JSON can hold, and it is written into the name of a module, `sourcead.emitted.<recipe>`. Importing such a
module reads the recipe back; asking it for the function gives the living one, or derives it again.
"""

from __future__ import annotations

import base64
import functools
import importlib.machinery
import json
import sys
import types
import weakref
from collections.abc import Callable, Sequence
from typing import Any, cast

PACKAGE = "sourcead.emitted"

Rebuild = Callable[[dict[str, Any]], types.FunctionType]

_living: weakref.WeakValueDictionary[str, types.FunctionType] = weakref.WeakValueDictionary()
_rebuild: list[Rebuild] = []


def module_name(recipe: dict[str, Any]) -> str:
    """The name of the module that holds the function of a recipe."""
    text = json.dumps(recipe, sort_keys=True, separators=(",", ":"))
    return f"{PACKAGE}.{base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}"


def recipe_of(name: str) -> dict[str, Any]:
    """The recipe in the name of a module. Raises `ValueError` where the name holds none."""
    code = name.removeprefix(f"{PACKAGE}.")
    recipe = json.loads(base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True))
    if not isinstance(recipe, dict):
        raise ValueError(f"{name} holds no recipe")
    return recipe


def register_rebuild(rebuild: Rebuild) -> None:
    """Say how a function is derived again from its recipe; the compiler calls this once, when it is imported."""
    _rebuild[:] = [rebuild]


def remember(function: types.FunctionType) -> None:
    """Make `function` the living one of its module; it is held weakly."""
    _living[function.__module__] = function


def living(name: str) -> types.FunctionType | None:
    """The living function of a module, or None."""
    return _living.get(name)


def install() -> None:
    """Let `import` find the modules of emitted functions."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())


class _Finder:
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith(f"{PACKAGE}."):
            return None
        try:
            recipe_of(fullname)
        except ValueError:
            return None
        # `importlib.abc`, whose classes these would be, takes long to import.
        return importlib.machinery.ModuleSpec(fullname, cast(Any, _Loader()), origin="sourcead")


class _Loader:
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        module.__dict__["__getattr__"] = functools.partial(_member, module.__name__)


def _member(module: str, name: str) -> Any:
    """A function of an emitted module: the one handed to the user, or one that it calls."""
    if not name.startswith("__"):
        function = living(module)
        if function is None and _rebuild:
            function = _rebuild[0](recipe_of(module))
        if function is not None and function.__name__ == name:
            return function
        if function is not None and name in function.__globals__:
            return function.__globals__[name]
    raise AttributeError(f"module {module!r} has no attribute {name!r}")
