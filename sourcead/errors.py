"""Every mistake that the compiler reports, one class a kind; the run-time ones come from `runtime.errors`."""

from __future__ import annotations

from runtime.errors import (
    CotangentMismatch,
    DerivativeLost,
    NotDifferentiable,
    NotScalar,
    Origin,
    SharedArray,
    SourceADError,
)

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
    "SharedArray",
    "SourceADError",
    "UnknownArgument",
    "Unsupported",
]


class NoSource(SourceADError, OSError):
    """The source text of a function cannot be found: it is built in, or was made without a file."""


class NoRule(SourceADError, TypeError):
    """A call has neither source nor a rule, and the dynamic graph is not allowed or cannot carry it."""


class UnknownArgument(SourceADError, ValueError):
    """`wrt` names an argument that the function does not have."""


class Unsupported(SourceADError, NotImplementedError):
    """A construct of the language that has no emitted form; the message names it and its line."""


class NoEmittedForm(Unsupported):
    """A construct that cannot be written down; where the dynamic graph is allowed, the smallest region runs there."""


class EndlessRecursion(SourceADError, RecursionError):
    """The transform would have to write infinitely many functions."""


class DerivativeMismatch(SourceADError, AssertionError):
    """`check_grads` found a derivative that disagrees with finite differences."""


class NotFinite(SourceADError, ArithmeticError):
    """`detect_anomaly` found a cotangent that is NaN or infinite, or a value that is NaN."""
