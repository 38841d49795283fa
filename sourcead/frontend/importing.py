"""What the imports inside a function bind."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import gast

from sourcead.frontend.names import MISSING


def imported(path: str, alias: gast.alias, package: str | None, member: bool) -> Any:
    """What an import binds: a member of a module, a submodule, or the top of a dotted path."""
    module = importlib.import_module(path, package)
    if not member:
        return module if alias.asname else sys.modules[module.__name__.partition(".")[0]]
    found = getattr(module, alias.name, MISSING)
    return importlib.import_module(f"{module.__name__}.{alias.name}") if found is MISSING else found
