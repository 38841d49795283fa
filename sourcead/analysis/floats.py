"""Which variables are sure to hold floats, lists or dicts, so that what is stored in them keeps its derivative.

Storing into an array of integers rounds: the derivative of that is zero, not one. Where a variable may be such an
array, the emitted program checks it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from runtime.primitives import registry
from sourcead.frontend.carries import carries
from sourcead.frontend.syntax import walk

MADE_OF_FLOATS = (np.zeros, np.ones, np.empty, np.linspace, np.eye, np.identity)
MADE_ALIKE = (np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.copy)
FLOAT_TYPES = (float, np.float64, np.float32, np.double, np.single)
Resolve = Callable[[gast.AST], Any]


def hold_floats(
    body: list[gast.AST], varied: frozenset[str], seeds: frozenset[str], resolve: Resolve
) -> frozenset[str]:
    """Variables every definition of which gives floating-point contents, as far as the text tells."""
    definitions: dict[str, list[gast.AST]] = {}
    for node in walk(body):
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            definitions.setdefault(node.targets[0].id, []).append(node.value)
    known = set(seeds) | set(definitions)
    while True:
        kept = {
            name
            for name in known
            if name in seeds
            and name not in definitions
            or name in definitions
            and all(_floats(v, known, varied, resolve) for v in definitions[name])
        }
        if kept == known:
            return frozenset(known)
        known = kept


def made_arrays(body: list[gast.AST], resolve: Resolve) -> frozenset[str]:
    """Variables every definition of which makes a new array."""
    made: set[str] = set()
    other: set[str] = set()
    for node in walk(body):
        if isinstance(node, gast.Assign) and isinstance(node.targets[0], gast.Name):
            function = resolve(node.value.func) if isinstance(node.value, gast.Call) else None
            array = any(function is f for f in (*MADE_OF_FLOATS, *MADE_ALIKE))
            (made if array else other).add(node.targets[0].id)
    return frozenset(made - other)


def _floats(value: gast.AST, known: set[str], varied: frozenset[str], resolve: Resolve) -> bool:
    if isinstance(value, gast.Name):
        return value.id in known
    if isinstance(value, (gast.List, gast.Tuple, gast.Dict)):
        return True
    if isinstance(value, gast.Subscript):
        return isinstance(value.value, gast.Name) and value.value.id in known
    if isinstance(value, (gast.BinOp, gast.UnaryOp)):
        return carries(value, set(varied), resolve)
    if not isinstance(value, gast.Call):
        return False
    function = resolve(value.func)
    dtype = next((k.value for k in value.keywords if k.arg == "dtype"), None)
    if dtype is not None:
        return resolve(dtype) in FLOAT_TYPES or isinstance(dtype, gast.Name) and dtype.id == "float"
    if any(function is made for made in MADE_OF_FLOATS):
        return len(value.args) < 2 or function is np.linspace
    if any(function is made for made in MADE_ALIKE):
        return isinstance(value.args[0], gast.Name) and value.args[0].id in known
    if isinstance(value.func, gast.Attribute) and value.func.attr in ("copy", "reshape", "ravel", "flatten"):
        return isinstance(value.func.value, gast.Name) and value.func.value.id in known
    return _computes(function) and any(carries(a, set(varied), resolve) for a in value.args) and not _casts(value)


def _computes(function: Any) -> bool:
    """Whether a function gives floats for floats: what has a rule does; places and counts have none."""
    return registry.lookup(function) is not None


def _casts(value: gast.Call) -> bool:
    return isinstance(value.func, gast.Attribute) and value.func.attr in ("astype", "view")
