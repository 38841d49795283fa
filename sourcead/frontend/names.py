"""What a name means: the objects behind global names, and the variables of each function being lowered."""

from __future__ import annotations

import builtins
import functools
import itertools
import operator
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast

from runtime.blocks import cotangent_block
from runtime.kernels import add_at, is_mapping, is_sequence, put_back
from sourcead.errors import Origin
from sourcead.frontend.source import Source
from sourcead.frontend.syntax import all_parameters, names_written, walk, walk_own

MISSING = object()
# Calls that are statements of the core language go by these names, which nothing else may have.
STATEMENTS = {"add_at": add_at, "cotangent_block": cotangent_block, "put_back": put_back}
# What rewritten statements call, under names that no user can write.
HELPERS: dict[str, Any] = {
    ".chain": itertools.chain,
    ".delitem": operator.delitem,
    ".hasattr": hasattr,
    ".is_mapping": is_mapping,
    ".is_sequence": is_sequence,
    ".isinstance": isinstance,
    ".len": len,
    ".list": list,
    ".zip": zip,
}


@dataclass(frozen=True)
class Region:
    """Statements that run on the dynamic graph, as a function of what they read; `reason` says why they do.

    A region is `whole` where it is a call of the function that it stands in.
    """

    definition: gast.FunctionDef
    reason: str
    cure: str
    origin: Origin | None
    whole: bool = False

    def __call__(self, *args: Any) -> Any:
        raise AssertionError("internal error in regions: a region stands for a function of the emitted program")


@dataclass(frozen=True)
class Whole:
    """Why a function runs on the dynamic graph as a whole, and what to do where that is not allowed."""

    reason: str
    cure: str = ""
    origin: Origin | None = None


@dataclass(frozen=True)
class Known:
    """The class of an object: `sure` where the text shows it, else to be checked when the program runs."""

    kind: type
    sure: bool


# The class of what is still being looked at, which agrees with every class.
ANY = Known(object, True)


@dataclass
class Namespace:
    """The global names of one emitted module, each bound to the object that it is.

    `regions` are the functions that emitted functions define for themselves, each under a name of its own. `homes`
    keeps, for a name read from a user's module, that module's globals, `spelled` the name there where it is another;
    `cells` keeps the closure cells of the user's function. No global name is also a local one, so emitted text needs no
    care. `complex` says that the program is one of complex numbers. `whole`
    has the functions that run on the dynamic graph as a whole; one that is not the function `main` that the module is
    written for works on copies there, and may not change its arguments. Calls of `checkpoint` are computed again in the
    reverse sweep. `reading` says for what the methods in the text are right: "either" arrays or Tensors, "arrays" where
    some mean two, "tensors" where all that is called runs on the dynamic graph.
    """

    objects: dict[str, Any] = field(default_factory=lambda: dict(STATEMENTS))
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    cells: dict[str, types.CellType] = field(default_factory=dict)
    locals: set[str] = field(default_factory=set)
    regions: dict[str, Region] = field(default_factory=dict)
    complex: bool = False
    whole: dict[types.FunctionType, Whole] = field(default_factory=dict)
    main: types.FunctionType | None = None
    checkpoint: tuple[Callable[..., Any], ...] = ()
    reading: str = "either"

    def bind(self, preferred: str, value: Any, home: dict[str, Any] | None = None) -> str:
        """A global name for `value`: the preferred one unless it is taken for something else."""
        for name in _variants(preferred):
            if name in self.objects and self.objects[name] is value:
                same = self.homes.get(name) is home and self.spelled.get(name, name) == preferred
                if same or home is None or isinstance(value, (types.ModuleType, type)):
                    return name
            if name in self.objects or name in self.locals or name in self.cells:
                continue
            if hasattr(builtins, name) and getattr(builtins, name) is not value:
                continue
            self.objects[name] = value
            if home is not None:
                self.homes[name] = home
                if name != preferred:
                    self.spelled[name] = preferred
            return name
        raise AssertionError("internal error in names: no variant left")

    def close_over(self, name: str, cell: types.CellType) -> str:
        """A name for a closure variable of the user's function."""
        for variant in _variants(name):
            if self.cells.get(variant) is cell:
                return variant
            if variant in self.objects or variant in self.cells or variant in self.locals:
                continue
            self.cells[variant] = cell
            return variant
        raise AssertionError("internal error in names: no variant left")

    def local(self, preferred: str, taken: set[str]) -> str:
        """A new local name, different from every global one and from `taken`."""
        return self._named(preferred, taken, taken)

    def region(self, taken: set[str]) -> str:
        """A name for a region: no variable has it in any function of the module, where its calls are looked for."""
        return self._named("region", taken, taken | self.locals)

    def _named(self, preferred: str, taken: set[str], others: set[str]) -> str:
        for name in _variants(preferred):
            if name not in others and not self.is_global(name) and not _reserved(name):
                taken.add(name)
                self.locals.add(name)
                return name
        raise AssertionError("internal error in names: no variant left")

    def is_global(self, name: str) -> bool:
        """Whether a name means one thing in all functions of the emitted module."""
        return name in self.objects or name in self.cells or name in self.regions

    def value(self, name: str) -> Any:
        """The object behind a global or closure name, or MISSING."""
        if name in self.regions:
            return self.regions[name]
        if name in self.objects:
            return self.objects[name]
        if name in self.cells:
            try:
                return self.cells[name].cell_contents
            except ValueError:
                return MISSING
        return getattr(builtins, name, MISSING)


def _variants(name: str) -> Any:
    yield name
    number = 2
    while True:
        yield f"{name}_{number}" if name[-1:].isdigit() else f"{name}{number}"
        number += 1


def _reserved(name: str) -> bool:
    return hasattr(builtins, name)


@dataclass(frozen=True)
class Closure:
    """A function to be written out in place.

    `frame` is where its free names are found (None for a function of the module), `defaults` are its defaults where
    they have been evaluated. `eager` are expressions that the function reads by name, evaluated where it is defined.
    """

    node: gast.AST
    frame: Frame | None
    source: Source
    defaults: dict[str, Any] | None = None
    eager: dict[str, gast.AST] = field(default_factory=dict)


@dataclass
class Frame:
    """The variables of one function: what each of the user's local names is called in the core program.

    A name of `aliases` stands for a core expression, one of `closures` for a function defined inside, one of `statics`
    for an object known ahead of time, one of `collected` (`*args`, `**kwargs`) for a display of known entries.
    `given` are the classes of arguments, `classes` those of variables as far as they have been asked for. `parameters`
    are those of the function itself, which may be one defined inside the function that `source` is the text of.
    """

    source: Source
    parent: Frame | None
    own: set[str]
    active: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    closures: dict[str, Closure] = field(default_factory=dict)
    aliases: dict[str, gast.AST] = field(default_factory=dict)
    statics: dict[str, Any] = field(default_factory=dict)
    collected: dict[str, gast.AST] = field(default_factory=dict)
    parameter_kinds: dict[str, str | None] = field(default_factory=dict)
    kinds: dict[str, str | None] | None = None
    given: dict[str, Known | None] | None = None
    classes: dict[str, Known | None] = field(default_factory=dict)
    body: list[gast.AST] = field(default_factory=list)
    parameters: frozenset[str] = frozenset()
    result: str | None = None
    _indexed: list[gast.AST] | None = None
    _makers: dict[str, list[gast.AST]] = field(default_factory=dict)

    @functools.cached_property
    def nonlocals(self) -> set[str]:
        """Names that functions defined inside assign."""
        return {name for n in walk(self.source.tree) if isinstance(n, gast.Nonlocal) for name in n.names}

    def makers(self, name: str) -> list[gast.AST]:
        """The nodes of the body that may give a variable its value, or append to it; found once for a body."""
        if self._indexed is not self.body:
            self._indexed, self._makers = self.body, {}
            for node in walk_own(self.body):
                for made in _made_by(node):
                    self._makers.setdefault(made, []).append(node)
        return self._makers.get(name, [])

    def holder(self, name: str) -> Frame | None:
        """The frame, this one or one around it, that owns the variable; None where it is not local at all."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.own:
                return frame
            frame = frame.parent
        return None


@dataclass(frozen=True)
class Placed:
    """A function whose body stands in place of its call at `origin`: its tree, and the names of its variables."""

    origin: Origin | None
    tree: gast.AST
    frame: Frame


def _made_by(node: gast.AST) -> set[str]:
    """The names that one node may bind or append to."""
    if isinstance(node, gast.Assign):
        return {n.id for t in node.targets for n in walk(t) if isinstance(n, gast.Name)}
    if isinstance(node, (gast.AnnAssign, gast.AugAssign, gast.NamedExpr, gast.For)):
        return {n.id for n in walk(node.target) if isinstance(n, gast.Name)}
    if isinstance(node, (gast.withitem, gast.ExceptHandler, gast.MatchAs, gast.MatchStar, gast.alias)):
        named = {getattr(node, "name", None), getattr(node, "asname", None)}
        bound = {n.id for n in walk(node) if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)}
        return bound | {name for name in named if isinstance(name, str)}
    appends = isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr == "append"
    return {node.func.value.id} if appends and isinstance(node.func.value, gast.Name) else set()


def parametrised(kind: Any) -> Any:
    """What `Box[float]` makes an object of, as a class: `Box` itself; MISSING for what is no generic class."""
    generic = isinstance(kind, type) and hasattr(kind, "__class_getitem__") and not hasattr(type(kind), "__getitem__")
    return kind if generic else MISSING


def own_names(node: gast.AST) -> set[str]:
    """The names that are local to a function: parameters and what its body binds, less `global` and `nonlocal`."""
    parameters = set(all_parameters(node.args))
    if isinstance(node, gast.Lambda):
        return parameters | names_written(node.body)
    elsewhere = {n for s in walk_own(node.body) if isinstance(s, (gast.Global, gast.Nonlocal)) for n in s.names}
    return (parameters | names_written(node.body)) - elsewhere


def resolve_free(source: Source, name: str) -> tuple[str, Any]:
    """What a name that is not local means: `("cell", cell)`, `("global", object)`, `("builtin", object)`, missing.

    `("helper", object)` is what a name of `HELPERS` stands for.
    """
    if name in HELPERS:
        return "helper", HELPERS[name]
    code = source.function.__code__
    if name in code.co_freevars and source.function.__closure__:
        return "cell", source.function.__closure__[code.co_freevars.index(name)]
    if name in source.function.__globals__:
        return "global", source.function.__globals__[name]
    if hasattr(builtins, name):
        return "builtin", getattr(builtins, name)
    return "missing", None
