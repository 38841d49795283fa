"""Objects made by calls: a new object and the body of its `__init__`, a record with other fields.

Class(a)                obj = Class.__new__(Class)
                        Class.__init__(obj, a)
                   ->
replace(state, x=a)     State(x=a, v=state.v)
pair._asdict()          {"first": pair.first, "second": pair.second}
"""

from __future__ import annotations

import dataclasses
import types
from typing import Any

import gast

from sourcead.errors import Refused
from sourcead.frontend.annotations import is_known_class, member
from sourcead.frontend.callees import is_user_function
from sourcead.frontend.names import Frame, Known
from sourcead.frontend.objects import Objects
from sourcead.frontend.syntax import attribute, call, clone, const, load


class Making(Objects):
    """Lowering of calls that make objects."""

    def constructed(self, node: gast.Call, function: Any, frame: Frame) -> gast.AST | None:
        """`Class(a, b)`: a new object, and the body of `__init__`; None for classes that only hold things."""
        if not is_known_class(function) or type(function).__call__ is not type.__call__:
            return None
        if dataclasses.is_dataclass(function) and "__init__" not in _written(function):
            return self._made_record(node, function, frame) if hasattr(function, "__post_init__") else None
        start = member(function, "__init__")
        if not isinstance(start, types.FunctionType) or not is_user_function(start):
            return None
        if function.__new__ is not object.__new__:
            raise self.refuse(
                f"`{function.__name__}` has a `__new__` of its own, and is given a value that carries a derivative",
                "Make the object in a function, and give it the value there.",
            )
        made = self._blank(function, frame)
        given = gast.Call(attribute(self.class_name(function, frame), "__init__"), [made, *node.args], node.keywords)
        self.call(gast.copy_location(given, node), frame)
        return clone(frame.aliases[made.id])

    def _blank(self, kind: type, frame: Frame) -> gast.Name:
        """A new object without fields."""
        bound = self.namespace.bind(kind.__name__, kind)
        hint = kind.__name__.lstrip("_").lower() or "made"
        held = self.name(call(attribute(load(bound), "__new__"), load(bound)), hint)
        made = self.stand_in(held, frame, True)
        frame.classes[made.id] = Known(kind, True)
        return made

    def _made_record(self, node: gast.Call, kind: Any, frame: Frame) -> gast.AST:
        """A dataclass with a `__post_init__`: its fields one by one, then that."""
        if kind.__dataclass_params__.frozen:
            raise self.refuse(
                f"`{kind.__name__}` is frozen, and its `__post_init__` computes with values that carry a derivative",
                "Compute in a function that makes the object, and let the class only hold the values.",
            )
        node = self.written_out(node, frame)
        fields = [f for f in kind.__dataclass_fields__.values() if f._field_type is not dataclasses._FIELD_CLASSVAR]  # type: ignore[attr-defined]
        places = [f.name for f in fields if f.init and not f.kw_only]
        given = dict(zip(places, node.args)) | {k.arg: k.value for k in node.keywords}
        values = dict(zip(given, self.all_held(list(given.values()), frame)))
        made = self._blank(kind, frame)
        extra: list[gast.AST] = []
        for f in fields:
            value: gast.AST | None = values.get(f.name)
            if value is None and f.default is not dataclasses.MISSING:
                value = self._default_of(kind, f, "default", frame)
            elif value is None and f.default_factory is not dataclasses.MISSING:
                value = call(self._default_of(kind, f, "default_factory", frame))
            if value is None and f.init:
                raise self.refuse(
                    f"`{kind.__name__}` is made without its field `{f.name}`", "Give every field.", Refused
                )
            if f._field_type is dataclasses._FIELD_INITVAR:  # type: ignore[attr-defined]
                extra.append(value)
            elif value is not None:
                target = gast.Attribute(value=load(made.id), attr=f.name, ctx=gast.Store())
                self.store_field(target, value, frame)
        after = gast.Call(attribute(self.class_name(kind, frame), "__post_init__"), [load(made.id), *extra], [])
        self.call(gast.copy_location(after, node), frame)
        return clone(frame.aliases[made.id])

    def _default_of(self, kind: Any, field: Any, name: str, frame: Frame) -> gast.AST:
        value = getattr(field, name)
        if name == "default" and (value is None or isinstance(value, (bool, int, float, str))):
            return const(value)
        place = attribute(self.class_name(kind, frame), "__dataclass_fields__")
        return attribute(gast.Subscript(value=place, slice=const(field.name), ctx=gast.Load()), name)

    def remade(self, node: gast.Call, function: Any, frame: Frame) -> gast.AST | None:
        """`dataclasses.replace(obj, ...)`, `obj._replace(...)` and `obj._asdict()`; None for all other calls."""
        method = node.func.attr if isinstance(node.func, gast.Attribute) else ""
        if function is dataclasses.replace and node.args:
            given = node.args[0]
        elif method in ("_replace", "_asdict") and isinstance(node.func, gast.Attribute):
            given = node.func.value
        else:
            return None
        owner = self.known_class(given, frame)
        if owner is None:
            if function is not dataclasses.replace:
                return None
            raise self.refuse(
                "`replace` of an object whose class the text does not tell",
                "Annotate the argument with its class, or make the new object by calling its class.",
            )
        kind: Any = owner.kind
        active = self.active(given, frame)
        core = self.held(given, frame)
        if not owner.sure and isinstance(core, gast.Name):
            self.require(core.id, kind, given, frame)
        held = self.stand_in(core, frame, active)
        frame.classes[held.id] = Known(kind, True)
        names = list(kind._fields) if issubclass(kind, tuple) else [f.name for f in dataclasses.fields(kind) if f.init]
        if method == "_asdict":
            entries: list[gast.AST] = [attribute(load(held.id), name) for name in names]
            return self.value(gast.Dict(keys=[const(name) for name in names], values=entries), frame)
        changes = {k.arg: k.value for k in node.keywords}
        if not changes.keys() <= set(names):
            raise self.refuse(f"`{kind.__name__}` has no such field to replace", "Name fields of the class.", Refused)
        values = [gast.keyword(arg=n, value=changes.get(n) or attribute(load(held.id), n)) for n in names]
        made = gast.Call(func=self.class_name(kind, frame), args=[], keywords=values)
        return self.call(gast.copy_location(made, node), frame)

    def store_field(self, target: gast.Attribute, value: gast.AST, frame: Frame) -> None:
        """`target = value`, both as the user writes them."""
        raise NotImplementedError

    def written_out(self, node: gast.Call, frame: Frame) -> gast.Call:
        """The call with its starred arguments written out one by one."""
        raise NotImplementedError


def _written(kind: Any) -> set[str]:
    """Methods that the user's text of a dataclass defines, not the decorator."""
    return {
        name for name, value in vars(kind).items() if isinstance(value, types.FunctionType) and is_user_function(value)
    }
