"""What a user of PyTorch's autograd may do, as functions of the module: `torch`, or `runtime` in its place.

Each returns Tensors, numbers and texts that must be the same for both, or raises for both.
"""

from behaviours import checks, functions, hooks, leaves, modes, programs, saved, types, views, walks, writes
from behaviours.kept import BEHAVIOURS

__all__ = [
    "BEHAVIOURS",
    "checks",
    "functions",
    "hooks",
    "leaves",
    "modes",
    "programs",
    "saved",
    "types",
    "views",
    "walks",
    "writes",
]
