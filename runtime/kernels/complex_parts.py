"""Cotangents of complex numbers, inside of programs and outside of them.

Inside, the cotangent `g` of a complex number `x` is the one with `dL = Re(sum(g * dx))`: then the rules of real
numbers hold as they are. PyTorch's gradient is its conjugate, the direction of steepest ascent, and that is what
users give and get.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.kernels.cotangent import as_mapping, fitting, like
from runtime.records import fields_of, is_record, with_fields


def as_gradient(g: Any, x: Any) -> Any:
    """The cotangent `g` as users see it: in the structure, shape and dtype of `x`, conjugated where that is complex."""
    return _conjugated(like(g, x))


def as_cotangent(cotangent: Any, result: Any) -> Any:
    """A cotangent given by the caller, checked against the value that it belongs to, as programs use it."""
    return _conjugated(fitting(cotangent, result))


def _conjugated(tree: Any) -> Any:
    if isinstance(tree, dict):
        held = {key: _conjugated(value) for key, value in tree.items()}
        return held if type(tree) is dict else as_mapping(held, tree)
    if isinstance(tree, (list, tuple)):
        made = [_conjugated(value) for value in tree]
        return type(tree)(*made) if fields_of(tree) else type(tree)(made)
    if is_record(tree):
        return with_fields(tree, {name: _conjugated(getattr(tree, name)) for name in fields_of(tree)})
    return np.conjugate(tree) if np.iscomplexobj(tree) else tree
