"""NumPy functions told in terms of others that have rules, so that their derivatives follow.

Each has the signature of NumPy's function and gives the same values. The compiler reads them as it reads a user's
functions, the dynamic graph calls them on its values; a call that carries no derivative goes to NumPy.
"""

from runtime.definitions import (
    arrays,
    calculus,
    functions,
    grids,
    matrices,
    polynomials,
    selection,
    spectra,
    windows,
    writers,
)

__all__ = [
    "arrays",
    "calculus",
    "functions",
    "grids",
    "matrices",
    "polynomials",
    "selection",
    "spectra",
    "windows",
    "writers",
]
