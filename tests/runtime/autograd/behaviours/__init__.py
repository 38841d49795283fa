"""What a user of PyTorch's autograd may do, as functions of the module: `torch`, or `runtime` in its place.

Each returns Tensors, numbers and texts that must be the same for both, or raises for both.
"""

from behaviours import (
    checks,
    conversions,
    derivatives,
    every_view,
    functions,
    gradients,
    hook_order,
    hooks,
    leaves,
    mode_changes,
    modes,
    own_functions,
    programs,
    promotion,
    saved,
    saving,
    types,
    views,
    walks,
    writes,
    written_views,
)
from behaviours.kept import BEHAVIOURS, DIFFERENCES

__all__ = [
    "BEHAVIOURS",
    "DIFFERENCES",
    "checks",
    "conversions",
    "derivatives",
    "every_view",
    "functions",
    "gradients",
    "hook_order",
    "hooks",
    "leaves",
    "mode_changes",
    "modes",
    "own_functions",
    "programs",
    "promotion",
    "saved",
    "saving",
    "types",
    "views",
    "walks",
    "writes",
    "written_views",
]
