"""Every mistake that the compiler reports, one class a kind; the run-time ones come from `runtime.errors`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

from runtime.errors import (
    CotangentMismatch,
    DerivativeLost,
    NotDifferentiable,
    NotScalar,
    SharedArray,
    SourceADError,
)
from runtime.places import Origin, note_ours

__all__ = [
    "CotangentMismatch",
    "DerivativeLost",
    "DerivativeMismatch",
    "EndlessRecursion",
    "NoEmittedForm",
    "NoRule",
    "NoSource",
    "NotDifferentiable",
    "NotFinite",
    "NotScalar",
    "Origin",
    "Refused",
    "SharedArray",
    "SourceADError",
    "UnknownArgument",
    "Unsupported",
]

note_ours(os.path.dirname(__file__))


class NoSource(SourceADError, OSError):
    """The source text of a function cannot be found: it is built in, or was made without a file."""


class NoRule(SourceADError, TypeError):
    """A call has neither source nor a rule, and the dynamic graph is not allowed or cannot carry it."""


class UnknownArgument(SourceADError, ValueError):
    """`wrt` names an argument that the function does not have."""


class Unsupported(SourceADError, NotImplementedError):
    """A construct of the language that has no emitted form; the message names it and its line.

    Where the dynamic graph is allowed, the function that holds it runs there as a whole. `within` is that function.
    """

    within: Callable[..., Any] | None = None


class NoEmittedForm(Unsupported):
    """A construct that cannot be written down; where the dynamic graph is allowed, the smallest region runs there."""


class Refused(Unsupported):
    """A construct that the dynamic graph refuses too: its derivative has no meaning, or would be lost unseen."""


class EndlessRecursion(SourceADError, RecursionError):
    """The transform would have to write infinitely many functions."""


class DerivativeMismatch(SourceADError, AssertionError):
    """`check_grads` found a derivative that disagrees with finite differences."""


class NotFinite(SourceADError, ArithmeticError):
    """`detect_anomaly` found a cotangent that is NaN or infinite, or a value that is NaN."""


@contextlib.contextmanager
def within(function: Callable[..., Any]) -> Iterator[None]:
    """Note in errors of the block which of the user's functions could not be written."""
    try:
        yield
    except Unsupported as error:
        if error.within is None:
            error.within = function
        raise
