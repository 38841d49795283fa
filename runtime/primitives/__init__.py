"""The rule table: importing this package fills it, one family a file."""

from runtime.primitives import creation, diagonals, indexing, joining, repetition, shape

__all__ = ["creation", "diagonals", "indexing", "joining", "repetition", "shape"]
