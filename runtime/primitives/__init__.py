"""The rule table: importing this package fills it, one family a file."""

from runtime.primitives import (
    choices,
    contractions,
    creation,
    diagonals,
    elementwise,
    inactive,
    indexing,
    joining,
    products,
    reductions,
    repetition,
    running,
    shape,
    vector_products,
)

__all__ = [
    "choices",
    "contractions",
    "creation",
    "diagonals",
    "elementwise",
    "inactive",
    "indexing",
    "joining",
    "products",
    "reductions",
    "repetition",
    "running",
    "shape",
    "vector_products",
]
