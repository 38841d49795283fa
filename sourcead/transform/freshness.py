"""Which arrays a cotangent may be: a new one, or one that has a name already."""

from __future__ import annotations

from collections.abc import Callable

import gast
import numpy as np

from runtime.kernels import (
    as_cotangent,
    as_gradient,
    dot_left,
    dot_right,
    inner_left,
    inner_right,
    like,
    matmul_left,
    matmul_right,
    own,
    private,
    seeded,
    tensordot_left,
    tensordot_right,
    unbroadcast,
    zeros_like,
)
from sourcead.frontend.syntax import names_read
from sourcead.transform.operations import Operation

MAKE_NEW = (
    dot_left,
    dot_right,
    inner_left,
    inner_right,
    matmul_left,
    matmul_right,
    own,
    private,
    tensordot_left,
    tensordot_right,
    zeros_like,
    np.full_like,
    np.sum,
    np.matmul,
    np.dot,
    np.outer,
    np.where,
)
PASS_ON = (unbroadcast, as_gradient, as_cotangent, like, seeded)


def shared_by(value: gast.AST, operation: Callable[[gast.AST], Operation | None]) -> set[str]:
    """The names whose memory a value may be, none where it is new; `operation` tells what a call is."""
    if isinstance(value, (gast.BinOp, gast.UnaryOp, gast.Constant)):
        return set()
    if isinstance(value, gast.Call):
        found = operation(value)
        function = found.function if found else None
        if isinstance(function, np.ufunc) or any(function is f for f in MAKE_NEW):
            return set()
        if any(function is f for f in PASS_ON):
            return shared_by(value.args[0], operation)
    return names_read(value)
