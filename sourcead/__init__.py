"""Derivatives of plain Python and NumPy programs, written down as plain Python and NumPy."""

from typing import Any

from runtime import loading
from runtime.blocks import cotangent
from sourcead import derivative, graph_nodes
from sourcead.anomaly import detect_anomaly
from sourcead.api import (
    adjoint,
    explain,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    tangent,
    value_and_grad,
    vjp,
)
from sourcead.comparison import check_grads
from sourcead.errors import (
    CotangentMismatch,
    DerivativeLost,
    DerivativeMismatch,
    EndlessRecursion,
    NoRule,
    NoSource,
    NotDifferentiable,
    NotFinite,
    NotScalar,
    SharedArray,
    SourceADError,
    UnknownArgument,
    Unsupported,
)
from sourcead.marks import checkpoint, dynamic, stop_gradient

# What is loaded when its name is first read, so that importing the rest stays quick.
_HOMES = {
    "LineProfile": "sourcead.report.timing:LineProfile",
    "Report": "sourcead.report.explaining:Report",
    "functional": "sourcead.frontend.modules:functional",
    "profile": "sourcead.report.timing:profile",
}

__version__ = "0.1.0"
__all__ = [
    "CotangentMismatch",
    "DerivativeLost",
    "DerivativeMismatch",
    "EndlessRecursion",
    "LineProfile",
    "NoRule",
    "NoSource",
    "NotDifferentiable",
    "NotFinite",
    "NotScalar",
    "Report",
    "SharedArray",
    "SourceADError",
    "UnknownArgument",
    "Unsupported",
    "adjoint",
    "check_grads",
    "checkpoint",
    "cotangent",
    "derivative",
    "detect_anomaly",
    "dynamic",
    "explain",
    "functional",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "profile",
    "stop_gradient",
    "tangent",
    "value_and_grad",
    "vjp",
]


def __getattr__(name: str) -> Any:
    return loading.load(__name__, name, _HOMES)
