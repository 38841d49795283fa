"""Dynamic regions in the emitted text: the function that a region is, in front of its call, with the reason."""

from __future__ import annotations

from pathlib import Path

import gast

from sourcead.errors import NoEmittedForm, NoRule, Origin, SourceADError
from sourcead.frontend.callees import is_user_function
from sourcead.frontend.comment import Comment
from sourcead.frontend.names import MISSING, Namespace, Region
from sourcead.frontend.syntax import clone, names_read
from sourcead.transform.operations import Operation

WRITE = "Write it in Python and NumPy, or register a rule with sourcead.derivative."
CHOOSE = "Choose between the functions with `if`, or let the call run on the dynamic graph."


def definitions(node: gast.AST, namespace: Namespace, graph: bool) -> list[gast.AST]:
    """What stands in front of a simple core statement: the definitions of the regions that it runs.

    Where nothing that a region gives needs a derivative it is called as it is, not on the dynamic graph (`graph`).
    """
    if not namespace.regions or not isinstance(node, (gast.Assign, gast.Expr)):
        return []
    found = [namespace.regions[name] for name in sorted(names_read(node.value) & namespace.regions.keys())]
    return [part for r in found for part in (Comment(_said(r, graph)), clone(r.definition))]


def _said(region: Region, graph: bool) -> str:
    if graph:
        return f"dynamic: {region.reason}"
    place = f" ({Path(region.origin.file).name}:{region.origin.line})" if region.origin else ""
    return f"as it stands, for no derivative is needed of it{place}"


def reason(found: Operation, value: gast.AST) -> str | None:
    """Why a call of no rule runs on the dynamic graph; None where it does not, or where the user's text is read."""
    if isinstance(found.function, Region):
        return found.function.reason
    if getattr(found.function, "__dynamic__", False):
        return f"`{found.text}` is marked with @dynamic"
    if found.function is MISSING and isinstance(value.func, (gast.Name, gast.Subscript)):
        return "the function that is called is known only when the program runs"
    if found.function is MISSING or isinstance(found.function, type) or is_user_function(found.function):
        return None
    return f"`{found.text}` has neither a rule nor source that can be read"


def said(found: Operation, statement: gast.AST) -> list[gast.AST]:
    """The comment in front of a call on the dynamic graph; a region's stands in front of its definition."""
    why = None if isinstance(found.function, Region) else reason(found, statement.value)
    if why is None:
        return []
    origin = getattr(statement, "origin", None)
    place = f" ({Path(origin.file).name}:{origin.line})" if origin else ""
    return [Comment(f"dynamic: {why}{place}")]


def unwritten(allowed: bool, fact: str, cure: str, origin: Origin | None) -> SourceADError:
    """The error for a call without source or rule: where the dynamic graph is allowed, the function may run there."""
    return (NoEmittedForm if allowed else NoRule)(fact, cure, origin)


def refused(region: Region) -> NoEmittedForm:
    """The error where the dynamic graph is not allowed."""
    place = f" ({Path(region.origin.file).name}:{region.origin.line})" if region.origin else ""
    fact = region.reason.removesuffix(place)
    return NoEmittedForm(fact, f'{region.cure} Regions run there with dynamic="auto".', region.origin)
