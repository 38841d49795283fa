"""What every name of an emitted module stands for: in its text (an import, a parameter) and in this process.

- modules, and functions and classes that a fresh interpreter can import, are imported;
- data of an importable module of the user is read from the module each time, as `model.rate`: a copy could go
  stale, and the derivative would be silently wrong;
- data of a namespace that cannot be imported (a notebook, the prompt, `exec`) is read from a parameter `session`;
- closure variables, and functions that cannot be imported, are parameters of a factory around the functions.
"""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from keyword import iskeyword
from pathlib import PurePath
from typing import Any

import gast
import numpy as np

from sourcead.backend.recipes import PACKAGE, living
from sourcead.backend.scopes import bound_names, free_reads


@dataclass(frozen=True)
class Emitted:
    """The compiler's result: functions, callees first, and what the names they read stand for.

    `main` is the function handed to the user. `names` gives the object behind every global name; `homes` the
    namespace that a name of the user was read from, `spelled` its name there where that is another; `cells` the
    closure variables of the user's functions. `written` are the sweeps with the facts that they were written from, for
    `sourcead.report`. `reading` is that of the Namespace.
    """

    functions: list[gast.FunctionDef]
    main: str
    names: dict[str, Any] = field(default_factory=dict)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    cells: dict[str, types.CellType] = field(default_factory=dict)
    written: tuple[Any, ...] = ()
    spelled: dict[str, str] = field(default_factory=dict)
    reading: str = "either"


@dataclass
class Binding:
    """`imports` are statements of the text and `globals` the same names in this process; `cells` are the factory's
    parameters; `attributes` maps a name of data to the name of the namespace it is read from, and its name there.
    """

    imports: list[gast.stmt] = field(default_factory=list)
    globals: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, types.CellType] = field(default_factory=dict)
    attributes: dict[str, tuple[str, str]] = field(default_factory=dict)


class LiveNamespace(types.ModuleType):
    """A module that reads another namespace: attribute `rate` is `names["rate"]` at the time it is read."""

    def __init__(self, names: dict[str, Any]) -> None:
        super().__init__(str(names.get("__name__", "session")))
        object.__setattr__(self, "_names", names)

    def __getattr__(self, name: str) -> Any:
        try:
            return object.__getattribute__(self, "_names")[name]
        except KeyError:
            raise AttributeError(f"name {name!r} is not defined in {self.__name__}") from None


def bind(emitted: Emitted) -> Binding:
    """Decide for every name that the functions read and do not bind themselves."""
    own = [function.name for function in emitted.functions]
    bound = {function.name: bound_names(function) for function in emitted.functions}
    read = [node.id for function in emitted.functions for node in free_reads(function)]
    _check(emitted, own, bound)
    binder = _Binder({*read, *own}.union(*bound.values()))
    for name in dict.fromkeys(read):
        if name in own:
            continue
        if name in emitted.cells:
            binder.result.cells[name] = emitted.cells[name]
        elif name in emitted.names:
            binder.name(name, emitted.names[name], emitted.homes.get(name), emitted.spelled.get(name, name))
        elif not hasattr(builtins, name):
            raise AssertionError(f"internal error in binding: nothing is known of the name {name!r}")
    binder.result.imports = binder.imports()
    return binder.result


class _Binder:
    """Collects imports, objects and parameters; `taken` are the names that the functions use."""

    def __init__(self, taken: set[str]) -> None:
        self.result = Binding()
        self.taken = taken
        self.aliases: dict[int, str] = {}
        self.modules: set[tuple[str, str]] = set()
        self.members: dict[str, set[tuple[str, str]]] = {}

    def name(self, name: str, value: Any, home: dict[str, Any] | None, spelled: str) -> None:
        if hasattr(builtins, name) and getattr(builtins, name) is value:
            return
        if isinstance(value, types.ModuleType):
            path = module_path(vars(value))
            if path is None:
                self.result.cells[name] = types.CellType(value)
            else:
                self.module(path, name, value)
        elif callable(value) and hasattr(value, "__name__"):
            place = _member_path(spelled, value, home)
            if place is None:
                self.result.cells[name] = types.CellType(value)
            else:
                self.members.setdefault(place[0], set()).add((place[1], name))
                self.result.globals[name] = value
        elif home is not None:
            self.result.attributes[name] = self.namespace(home), spelled
        else:
            self.result.cells[name] = types.CellType(value)

    def module(self, path: str, name: str, value: types.ModuleType) -> None:
        self.result.globals[name] = value
        parent, _, last = path.rpartition(".")
        if parent and last == name:
            self.members.setdefault(parent, set()).add((last, name))
        else:
            self.modules.add((path, name))

    def namespace(self, home: dict[str, Any]) -> str:
        """The name under which the functions reach the user's namespace."""
        if id(home) in self.aliases:
            return self.aliases[id(home)]
        path = module_path(home)
        alias = path.rpartition(".")[2] if path else "session"
        while alias in self.taken:
            alias += "_"
        self.taken.add(alias)
        self.aliases[id(home)] = alias
        module = sys.modules.get(str(home.get("__name__")))
        if module is None or vars(module) is not home:
            module = LiveNamespace(home)
        if path is not None:
            self.module(path, alias, module)
        else:
            self.result.cells[alias] = types.CellType(module)
        return alias

    def imports(self) -> list[gast.stmt]:
        """Imports in the customary order: whole modules first, each kind by name."""
        statements: list[gast.stmt] = [
            gast.Import([gast.alias(path, name if name != path else None)]) for path, name in sorted(self.modules)
        ]
        for module, pairs in sorted(self.members.items()):
            aliases = [gast.alias(attribute, name if name != attribute else None) for attribute, name in sorted(pairs)]
            statements.append(gast.ImportFrom(module, aliases, 0))
        return statements


def module_path(namespace: dict[str, Any]) -> str | None:
    """The name that imports the module with this namespace in a fresh interpreter, or None.

    A script that runs as `__main__` is imported by the name of its file.
    """
    name = namespace.get("__name__")
    module = sys.modules.get(name) if isinstance(name, str) else None
    if module is None or vars(module) is not namespace:
        return None
    spec = namespace.get("__spec__")
    if name != "__main__":
        return name if spec is not None else None
    if spec is not None:
        return spec.name
    file = PurePath(str(namespace.get("__file__", "")))
    return file.stem if file.suffix == ".py" and file.stem.isidentifier() and not iskeyword(file.stem) else None


def _member_path(name: str, value: Callable[..., Any], home: dict[str, Any] | None) -> tuple[str, str] | None:
    """Module and attribute that give `value` in a fresh interpreter: the shortest public place that has it."""
    # Before NumPy 2.1 its elementwise functions do not say where they are from.
    module = getattr(value, "__module__", None) or ("numpy" if isinstance(value, np.ufunc) else "")
    if module.startswith(f"{PACKAGE}."):
        main = living(module)
        known = main is not None and (main is value or main.__globals__.get(value.__name__) is value)
        return (module, value.__name__) if known else None
    parts = module.split(".")
    places = [".".join(parts[: count + 1]) for count in range(len(parts))]
    for place in places:
        found = vars(sys.modules[place]) if place in sys.modules else {}
        path = module_path(found)
        if path is not None and found.get(value.__name__) is value:
            return path, value.__name__
    path = module_path(home) if home is not None else None
    return (path, name) if path is not None and home is not None and home.get(name) is value else None


def _check(emitted: Emitted, own: list[str], bound: dict[str, set[str]]) -> None:
    """A name has one meaning: no function is defined twice, and none hides what the compiler reads by name."""
    if len(set(own)) != len(own) or emitted.main not in own:
        raise AssertionError(f"internal error in binding: the functions {own} do not have one {emitted.main!r}")
    both = [name for name in own if name in emitted.names or name in emitted.cells]
    if both:
        raise AssertionError(f"internal error in binding: {both} name both an emitted function and something else")
    for name in emitted.names:
        hidden = [function for function in own if name in bound[function]]
        if hidden and name not in emitted.homes and name not in emitted.cells:
            raise AssertionError(f"internal error in binding: {name!r} is also a local of {hidden}")
