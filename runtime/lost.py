"""What stands for the derivative of something that cannot be looked into, so that nothing is taken for a constant.

A traced function may be given anything: generators of random numbers, files, functions, containers of other libraries.
Most carry no derivative, and nobody asks for their cotangent. Where somebody does, it would be a silent zero; so it is
an object that raises as soon as it is used.
"""

from __future__ import annotations

import types
from typing import Any, NoReturn

import numpy as np

from runtime.errors import DerivativeLost
from runtime.structure import carries_nothing

_SILENT = (types.ModuleType, types.BuiltinFunctionType, type, np.ufunc, np.dtype, slice, range)


class Lost:
    """The cotangent or tangent of an object of the class `kind`, which nobody knows. Adding zero to it is no use."""

    __slots__ = ("kind",)

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def _use(self, *_: Any, **__: Any) -> NoReturn:
        raise DerivativeLost(
            f"a {self.kind.__name__} is given to code that runs on the dynamic graph, which cannot look into it, and "
            "the derivative of what it holds would be lost",
            "Hold values that carry a derivative in lists, dicts, arrays, named tuples or objects of a plain class.",
        )

    def __add__(self, other: Any) -> Lost:
        if type(other) is float and other == 0.0 or isinstance(other, Lost):
            return self
        self._use()

    __radd__ = __add__
    __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = __rpow__ = _use
    __matmul__ = __rmatmul__ = __neg__ = __float__ = __bool__ = __len__ = __iter__ = _use
    __getitem__ = __setitem__ = __array__ = __array_ufunc__ = __array_function__ = _use

    def copy(self) -> Lost:
        """The same: it holds nothing."""
        return self

    def __getattr__(self, name: str) -> Any:
        if name == "dtype" or name[:1] == "_":
            raise AttributeError(name)
        self._use()


def unknown(leaf: Any) -> Any:
    """The cotangent of a leaf that is no floating-point value."""
    silent = carries_nothing(leaf) or isinstance(leaf, _SILENT)
    bare = isinstance(leaf, types.FunctionType) and leaf.__closure__ is None and leaf.__defaults__ is None
    return 0.0 if silent or bare else Lost(type(leaf))


def require_constant(dot: Any, leaf: Any) -> None:
    """Raise DerivativeLost where a leaf that cannot be looked into is to vary."""
    if dot is None or isinstance(dot, Lost) or carries_nothing(leaf):
        return
    if not isinstance(dot, (float, np.ndarray, np.generic)) or np.any(dot):
        Lost(type(leaf))._use()
