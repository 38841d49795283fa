"""A Module called with other values in the places of its parameters and buffers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def functional_call(
    module: Any, parameter_and_buffer_dicts: Any, args: Any = (), kwargs: dict[str, Any] | None = None
) -> Any:
    """Call a Module as if its parameters and buffers had the values of a dict by dotted names, or of several dicts.

    Gradients flow to the values; the Module has its own again after the call. A value for one name of a shared
    parameter holds for all its names. Raises KeyError for names that the Module does not have.
    """
    given = parameter_and_buffer_dicts
    values: dict[str, Any] = {}
    for part in [given] if isinstance(given, Mapping) else given:
        values.update(part)
    places = _places(module)
    unknown = [name for name in values if name not in places]
    if unknown:
        raise KeyError(f"the module has no parameter or buffer {', '.join(unknown)}")
    instead = {id(places[name][0][places[name][1]]): value for name, value in values.items()}
    undo = [(table, name, table[name]) for table, name in places.values()]
    for table, name, own in undo:
        if own is not None and id(own) in instead:
            table[name] = instead[id(own)]
    try:
        return module(*(args if isinstance(args, tuple) else (args,)), **(kwargs or {}))
    finally:
        for table, name, own in undo:
            table[name] = own


def _places(module: Any) -> dict[str, tuple[dict[str, Any], str]]:
    """The table and the name there of every parameter and buffer, by dotted name."""
    found = {}
    for path, part in module.named_modules(remove_duplicate=False):
        for table in (part._parameters, part._buffers):
            for name in table:
                found[f"{path}.{name}" if path else name] = (table, name)
    return found
