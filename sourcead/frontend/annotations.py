"""Classes that stand in the text of a function: those of annotations, and the class that a method belongs to."""

from __future__ import annotations

import enum
import inspect
import sys
import types
from typing import Any

from runtime.primitives import registry
from runtime.records import is_record_class
from sourcead.frontend.callees import LIBRARIES
from sourcead.frontend.names import ANY, MISSING, Known, resolve_free
from sourcead.frontend.source import Source

if sys.version_info >= (3, 14):
    import annotationlib


def is_known_class(kind: Any) -> bool:
    """Whether instances of a class do what the class says: no attribute is looked up in a way of its own."""
    if not isinstance(kind, type) or issubclass(kind, types.SimpleNamespace):
        return False
    if not is_record_class(kind) and not (issubclass(kind, tuple) and hasattr(kind, "_fields")):
        return False
    return kind.__getattribute__ in (object.__getattribute__, tuple.__getattribute__) and not hasattr(
        kind, "__getattr__"
    )


def is_opaque_class(kind: Any) -> bool:
    """Whether a class makes objects that emitted code cannot look into: it does something of its own with attributes.

    Of classes that cannot be told from functions, as `float` and those with a rule, nothing is said.
    """
    if not isinstance(kind, type) or issubclass(kind, (BaseException, enum.Enum)):
        return False
    if is_known_class(kind) or registry.lookup(kind) is not None or registry.is_inactive(kind):
        return False
    module = kind.__module__.partition(".")[0]
    return kind is types.MappingProxyType or module not in LIBRARIES and module != "builtins"


def member(kind: type, name: str) -> Any:
    """What a class holds under a name, as it stands there; MISSING where it holds nothing."""
    return inspect.getattr_static(kind, name, MISSING)


def is_method_of(kind: Any, name: str) -> bool:
    """Whether what is read off `kind` by a name is a function that takes an object of this class first."""
    return isinstance(kind, type) and isinstance(member(kind, name), types.FunctionType)


def left_is_asked(left: Known, right: Known | None, name: str, mirrored: str) -> bool:
    """Whether the class of the left operand says what an operator does, and not that of the right one.

    Python asks the right operand first where its class extends that of the left one: for an operator if it has a method
    of its own, for a comparison always.
    """
    if member(left.kind, f"__{name}__") is MISSING:
        return False
    if right is None or right.kind is left.kind or not issubclass(right.kind, left.kind):
        return True
    found = member(right.kind, mirrored)
    own = not mirrored.startswith("__r") or found is not member(left.kind, mirrored)
    return not (isinstance(found, types.FunctionType) and own)


def owner_of(source: Source) -> type | None:
    """The class that a plain function is a method of, by its qualified name."""
    *path, name = source.function.__qualname__.split(".")
    found: Any = MISSING
    for k, part in enumerate(path):
        found = resolve_free(source, part)[1] if k == 0 else getattr(found, part, MISSING)
    if not isinstance(found, type):
        return None
    own = vars(found).get(name)
    return found if own is source.function or isinstance(own, property) and own.fget is source.function else None


def starting_classes(source: Source, owner: type | None) -> dict[str, Known | None]:
    """What is known of the parameters of a function that is lowered: the class of the object of a method.

    `owner` is that class where it is sure; otherwise it is likely the class that the method is defined in.
    """
    first = first_parameter(source.function)
    if not first or first in source.bound:
        return {}
    if owner is not None:
        return {first: Known(owner, True)}
    found = likely(owner_of(source))
    return {} if found is None else {first: found}


def first_parameter(function: types.FunctionType) -> str:
    """The name of a function's first parameter; empty where it has none."""
    return function.__code__.co_varnames[0] if function.__code__.co_argcount else ""


def annotations_of(holder: Any) -> dict[str, Any]:
    """The annotations of a function, or those of a class that it does not inherit.

    One that names what does not exist, as names imported for type checkers alone do, is some object that is no class.
    """
    if sys.version_info >= (3, 14):
        return annotationlib.get_annotations(holder, format=annotationlib.Format.FORWARDREF)
    return inspect.get_annotations(holder)


def signature_of(function: Any, follow_wrapped: bool = True) -> inspect.Signature:
    """The signature of a function, whatever its annotations name."""
    if sys.version_info >= (3, 14):
        form = annotationlib.Format.FORWARDREF
        return inspect.signature(function, follow_wrapped=follow_wrapped, annotation_format=form)
    return inspect.signature(function, follow_wrapped=follow_wrapped)


def annotated(source: Source, name: str, elements: bool) -> Known | None:
    """The class that the annotation of a parameter names, or that of its elements."""
    found = annotations_of(source.function).get(name)
    return named(found, source.function.__globals__, elements)


def annotated_field(kind: type, name: str, elements: bool) -> Known | None:
    """The class that the annotation of a field of a class names, or that of its elements."""
    said = (annotations_of(base) for base in kind.__mro__)
    annotation = next((fields[name] for fields in said if name in fields), None)
    home = next((f.__globals__ for f in vars(kind).values() if isinstance(f, types.FunctionType)), {})
    return named(annotation, home, elements)


def is_list(annotation: Any) -> bool:
    """Whether an annotation is that of a list of something."""
    if isinstance(annotation, str):
        return annotation.startswith("list[")
    return getattr(annotation, "__origin__", None) is list


def named(annotation: Any, home: dict[str, Any], elements: bool) -> Known | None:
    """The class that an annotation names, `P` or, for elements, `list[P]`."""
    if isinstance(annotation, str):
        text = annotation.strip()
        if elements:
            start, _, rest = text.partition("[")
            if start not in ("list", "tuple", "Sequence", "Iterable") or not rest.endswith("]"):
                return None
            text = rest[:-1].split(",")[0].strip()
        return likely(home.get(text)) if text.isidentifier() else None
    if elements:
        inner = getattr(annotation, "__args__", ())
        return likely(inner[0]) if inner and getattr(annotation, "__origin__", None) in (list, tuple) else None
    return likely(annotation)


def likely(kind: Any) -> Known | None:
    """A class that is to be checked when the program runs; None for what is no known class."""
    return Known(kind, False) if is_known_class(kind) else None


def agreed(first: Known | None, second: Known | None) -> Known | None:
    """What two sources say of one class together."""
    if first is ANY or second is ANY:
        return second if first is ANY else first
    if first is None or second is None or first.kind is not second.kind:
        return None
    return Known(first.kind, first.sure and second.sure)
