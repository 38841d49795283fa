"""The mistakes that are ours to report.

Every message has three parts: place, fact, cure.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Where a statement stands in the user's source: file, line and column as editors count them, and its text."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class SourceADError(RuntimeError):
    """Base of every refusal; a RuntimeError, as those of PyTorch are.

    Carries `fact`, `cure` and, where one is known, the `origin` in the user's source.
    """

    def __init__(self, fact: str, cure: str = "", origin: Origin | None = None) -> None:
        self.fact = fact
        self.cure = cure
        self.origin = origin
        super().__init__(fact, cure, origin)

    def __str__(self) -> str:
        lines = [f"{self.origin}: {self.fact}" if self.origin else self.fact]
        if self.origin and self.origin.text:
            lines += ["    " + line for line in self.origin.text.splitlines()[:3]]
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


class StateMismatch(SourceADError, RuntimeError):
    """A saved state does not fit the model or optimizer that it is loaded into."""


class NotBegun(SourceADError, AttributeError):
    """A parameter or Module is assigned to a Module whose `__init__` has not been called."""


class MissingExtra(SourceADError, ImportError):
    """An optional library is needed for what was asked. The message names the extra that installs it."""
