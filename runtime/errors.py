"""The mistakes that are ours to report.

Every message has three parts: place, fact, cure.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime.places import Origin, place_of


class SourceADError(RuntimeError):
    """Base of every refusal; a RuntimeError, as those of PyTorch are.

    Carries `fact`, `cure` and `origin`, the place in the user's source.
    """

    def __init__(self, fact: str, cure: str = "", origin: Origin | None = None) -> None:
        self.fact = fact
        self.cure = cure
        self._origin = origin
        super().__init__(fact, cure, origin)

    @property
    def origin(self) -> Origin | None:
        """The place that the error was raised with, else the user's line that it passed through last."""
        return place_of(self._origin, self.__traceback__)

    @origin.setter
    def origin(self, place: Origin | None) -> None:
        self._origin = place

    def __reduce__(self) -> Any:
        # A traceback does not travel to another process, the place does.
        return type(self), (self.fact, self.cure, self.origin)

    def __str__(self) -> str:
        place = self.origin
        lines = [f"{place}: {self.fact}" if place else self.fact]
        if place and place.text:
            lines += ["    " + line for line in place.text.splitlines()[:3]]
        if self.cure:
            lines.append(self.cure)
        return "\n".join(lines)


class NotScalar(SourceADError, TypeError):
    """`grad` was asked for a function whose result is not one number. Use `vjp` or `adjoint`."""


class CotangentMismatch(SourceADError, ValueError):
    """A cotangent does not have the shape or structure of the value that it belongs to."""


class NotDifferentiable(SourceADError, TypeError):
    """A derivative was asked for with respect to something that is not a real or complex floating-point value."""


class DerivativeLost(SourceADError, TypeError):
    """A value that carries a derivative would become a plain number, and the derivative would be lost."""


class SharedArray(SourceADError, ValueError):
    """An array is changed in place while another name for it is still in use."""


class ShapeMismatch(SourceADError, ValueError, RuntimeError):
    """Arrays that are given together, or an array and a window, do not have shapes that fit."""


class TypeMismatch(SourceADError, TypeError):
    """Elements of one type are to be written to an array of a type that does not hold them."""


class SingularMatrix(SourceADError, np.linalg.LinAlgError):
    """A matrix has no inverse, or not the factorization that was asked for."""


class StateMismatch(SourceADError, RuntimeError):
    """A saved state does not fit the model or optimizer that it is loaded into."""


class NotBegun(SourceADError, AttributeError):
    """A parameter or Module is assigned to a Module whose `__init__` has not been called."""


class MissingExtra(SourceADError, ImportError):
    """An optional library is needed for what was asked. The message names the extra that installs it."""
