"""Whether a program is one of complex numbers, as far as its text tells.

A program of real numbers is written without a thought of complex ones, and refuses them at its first line. A real
result of complex numbers needs one of the functions that take them apart, so most programs show what they are; an
annotation says it of the others.
"""

from __future__ import annotations

import types
import weakref
from typing import Any

import gast
import numpy as np

from sourcead.frontend.annotations import annotations_of
from sourcead.frontend.callees import is_user_function
from sourcead.frontend.names import own_names, resolve_free
from sourcead.frontend.source import Source, find
from sourcead.frontend.syntax import walk

# Transforms make them of real numbers too.
_TAKES_APART = {"real", "imag", "conj", "conjugate", "angle", "vdot", "vecdot", "fft", "eig", "eigvals"}
_TRANSFORMS = (np.linalg.eig, np.linalg.eigvals, np.fft.fft, np.fft.fft2, np.fft.fftn, np.fft.ifft, np.fft.rfft)
# What emitted programs of complex numbers call.
_KERNELS = {"as_gradient", "as_cotangent", "from_real", "from_imag", "modulus"}

_known: weakref.WeakKeyDictionary[Any, bool] = weakref.WeakKeyDictionary()


def node_shows_complex(node: gast.AST) -> bool:
    """Whether a node makes complex numbers, or takes them apart, as any real result of complex numbers must."""
    if isinstance(node, gast.Constant):
        return isinstance(node.value, complex) or isinstance(node.value, str) and "complex" in node.value
    if isinstance(node, gast.Attribute):
        return node.attr in _TAKES_APART or node.attr.startswith(("complex", "csingle", "cdouble"))
    return isinstance(node, gast.Name) and (node.id == "complex" or node.id in _KERNELS)


def shows_complex(source: Source) -> bool:
    """Whether a function, a value that it reads from outside, or a function that it calls shows complex numbers."""
    function = source.function
    if function not in _known:
        _known[function] = False  # A function that calls itself shows nothing by the call alone.
        _known[function] = _shows(source)
    return _known[function]


def _shows(source: Source) -> bool:
    if any("complex" in str(a) for a in annotations_of(source.function).values()):
        return True
    if any(_is_complex(value) for value in source.bound.values()):
        return True
    own = own_names(source.tree)
    for node in walk(source.tree):
        if node_shows_complex(node):
            return True
        if isinstance(node, (gast.Name, gast.Attribute)) and _outside_shows(_static(node, source, own)):
            return True
    return False


def _static(node: gast.AST, source: Source, own: set[str]) -> Any:
    if isinstance(node, gast.Attribute):
        base = _static(node.value, source, own)
        return getattr(base, node.attr, None) if isinstance(base, (types.ModuleType, type)) else None
    if not isinstance(node, gast.Name) or node.id in own:
        return None
    kind, found = resolve_free(source, node.id)
    if kind == "cell":
        try:
            return found.cell_contents
        except ValueError:
            return None
    return found


def _outside_shows(value: Any) -> bool:
    if isinstance(value, types.FunctionType) and is_user_function(value):
        return shows_complex(find(value))
    return _is_complex(value) or any(value is f for f in _TRANSFORMS)


def _is_complex(value: Any) -> bool:
    return isinstance(value, complex) or isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind == "c"
