"""The rule table: importing this package fills it, one family a file."""

from runtime.primitives import (
    choices,
    creation,
    diagonals,
    elementwise,
    inactive,
    indexing,
    joining,
    products,
    repetition,
    shape,
    vector_products,
)

__all__ = [
    "choices",
    "creation",
    "diagonals",
    "elementwise",
    "inactive",
    "indexing",
    "joining",
    "products",
    "repetition",
    "shape",
    "vector_products",
]
