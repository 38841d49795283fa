"""What can be named but not looked into by emitted code: containers of their own kind, iterators, imported modules."""

from __future__ import annotations

import collections
import csv
import io
from typing import Any

import gast

from sourcead.errors import NoEmittedForm, Unsupported
from sourcead.frontend.annotations import is_opaque_class
from sourcead.frontend.effects import Effects
from sourcead.frontend.importing import imported
from sourcead.frontend.names import MISSING, Frame
from sourcead.frontend.syntax import load, names_written, walk_own

CONTAINERS: tuple[Any, ...] = (
    collections.deque,
    collections.defaultdict,
    collections.OrderedDict,
    collections.Counter,
)
ITERATORS: tuple[Any, ...] = (
    iter,
    map,
    filter,
    zip,
    enumerate,
    reversed,
    open,
    csv.reader,
    csv.DictReader,
    io.StringIO,
)


class Containers(Effects):
    """What is asked of the values that variables are given."""

    def refuse_container(self, name: str, value: gast.AST, frame: Frame) -> None:
        """An object that does more than a list, a dict or a plain object does, and will hold active values."""
        made: Any = self.static(value.func, frame) if isinstance(value, gast.Call) else None
        if name in self.varying(frame) and (is_container(made) or is_opaque_class(made)):
            # A container copies what it is given; any other object may change it, and only as a whole that is seen.
            form = NoEmittedForm if is_container(made) else Unsupported
            raise self.refuse(f"a `{made.__name__}` of active values", "Use a list or a dict.", form)

    def reads_on(self, maker: gast.AST, frame: Frame) -> bool:
        """Whether a statement binds an iterator, which something else may go on reading."""
        value = maker.value if isinstance(maker, gast.Assign) else getattr(maker, "context_expr", None)
        made = self.static(value.func, frame) if isinstance(value, gast.Call) else MISSING
        return isinstance(value, gast.GeneratorExp) or any(made is kind for kind in ITERATORS)

    def import_names(self, node: gast.Import | gast.ImportFrom, frame: Frame) -> None:
        """An import inside the function: the names stand for what they import."""
        package = frame.source.function.__globals__.get("__package__")
        for alias in node.names:
            if isinstance(node, gast.ImportFrom):
                path, name = "." * (node.level or 0) + (node.module or ""), alias.asname or alias.name
            else:
                path, name = alias.name, alias.asname or alias.name.partition(".")[0]
            if sum(name in names_written(s) for s in walk_own(frame.body) if isinstance(s, gast.stmt)) > 1:
                raise self.refuse(f"`{name}` is imported here and assigned elsewhere", "Use another name.")
            try:
                value = imported(path, alias, package, isinstance(node, gast.ImportFrom))
            except ImportError as error:
                raise self.refuse(
                    f"this import fails: {error}", "Install the module, or import it elsewhere."
                ) from None
            frame.statics[name] = value
            frame.aliases[name] = load(self.namespace.bind(name, value))


def is_container(made: Any) -> bool:
    """Whether a class makes containers that emitted code cannot look into."""
    return any(made is kind for kind in CONTAINERS)
