"""Dynamic regions in the emitted text: the function that a region is, in front of its call, with the reason."""

from __future__ import annotations

import gast

from sourcead.errors import NoEmittedForm, NoRule, Origin, SourceADError
from sourcead.frontend.comment import Comment
from sourcead.frontend.names import Namespace, Region
from sourcead.frontend.syntax import clone, names_read


def definitions(node: gast.AST, namespace: Namespace) -> list[gast.AST]:
    """What stands in front of a simple core statement: the definitions of the regions that it runs."""
    if not namespace.regions or not isinstance(node, (gast.Assign, gast.Expr)):
        return []
    found = [namespace.regions[name] for name in sorted(names_read(node.value) & namespace.regions.keys())]
    return [part for r in found for part in (Comment(f"dynamic: {r.reason}"), clone(r.definition))]


def unwritten(allowed: bool, fact: str, cure: str, origin: Origin | None) -> SourceADError:
    """The error for a call without source or rule: where the dynamic graph is allowed, the function may run there."""
    return (NoEmittedForm if allowed else NoRule)(fact, cure, origin)


def refused(region: Region) -> NoEmittedForm:
    """The error where the dynamic graph is not allowed."""
    return NoEmittedForm(region.reason, f'{region.cure} Regions run there with dynamic="auto".', region.origin)
