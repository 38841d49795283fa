"""The printed form of a Tensor, PyTorch's text for text.

All elements share one notation, chosen by those that are finite and not zero: whole numbers with a bare point, four
decimals, or an exponent where these would hide digits. Long axes are summarised by their ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

PREFIX = "tensor("
# What a plain literal makes needs no dtype in its printed form.
_UNSAID = ("int64", "bool")


@dataclass(frozen=True)
class PrintOptions:
    """`precision` decimals; more than `threshold` elements are summarised by `edgeitems` at each end of an axis.

    `linewidth` is in characters; `sci_mode` forces exponents (True) or forbids them (False).
    """

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=float("inf")),
}


class _Current:
    options = PrintOptions()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """How Tensors are printed from now on; what is left out stays as it is, and `sci_mode` becomes automatic again.

    `profile` is "default", "short" or "full", applied before the other settings. Raises ValueError for another one.
    """
    if profile is not None and profile.lower() not in _PROFILES:
        raise ValueError(f"profile is one of {', '.join(_PROFILES)}, not {profile!r}")
    base = _Current.options if profile is None else _PROFILES[profile.lower()]
    _Current.options = PrintOptions(
        base.precision if precision is None else precision,
        base.threshold if threshold is None else threshold,
        base.edgeitems if edgeitems is None else edgeitems,
        base.linewidth if linewidth is None else linewidth,
        sci_mode,
    )


def get_printoptions() -> PrintOptions:
    """The settings in force."""
    return _Current.options


def tensor_text(data: np.ndarray, grad_fn: Any, wanted: bool, default: Any = np.float32, device: str = "cpu") -> str:
    """`tensor(...)`: the elements, then device, size, dtype and how the value was made, where these are not plain.

    `default` is the dtype of floating literals, which is not printed.
    """
    options = _Current.options
    default = np.dtype(default)
    endings = [] if device == "cpu" else [f"device='{device}'"]
    said = f"dtype=torch.{data.dtype.name}"
    if data.size == 0:
        text = "[]"
        if data.ndim != 1:
            endings.append(f"size={data.shape}")
        if data.dtype != default:
            endings.append(said)
    else:
        text = array_text(data, len(PREFIX), options)
        if data.dtype not in (default, np.result_type(default, np.complex64)) and data.dtype.name not in _UNSAID:
            endings.append(said)
    if grad_fn is not None:
        endings.append(f"grad_fn=<{grad_fn.name().rpartition('::')[2]}>")
    elif wanted:
        endings.append("requires_grad=True")
    return _with_endings(PREFIX + text, endings, options.linewidth)


def _with_endings(text: str, endings: list[str], linewidth: int) -> str:
    """The endings in the last line where they fit, else in lines of their own below the first element."""
    # PyTorch counts one character more than the line has when it broke before, one less when it did not.
    column = len(text) - text.rfind("\n") + 1
    for ending in endings:
        if column + len(ending) + 2 > linewidth:
            text += ",\n" + " " * len(PREFIX) + ending
            column = len(PREFIX) + len(ending)
        else:
            text += ", " + ending
            column += len(ending) + 2
    return text + ")"


def array_text(data: np.ndarray, indent: int, options: PrintOptions | None = None) -> str:
    """The elements in brackets; lines after the first start `indent` characters in. `data` is not empty."""
    options = options or _Current.options
    summarised = data.size > options.threshold
    form = cells(ends(data, options.edgeitems) if summarised else data, options)
    per_line = max(1, (options.linewidth - indent - data.ndim + 1) // (form.width + 2)) if data.ndim else 1
    return _Layout(form.text, per_line, options.edgeitems if summarised else None).lines(data, indent)


def ends(data: np.ndarray, edge: int) -> np.ndarray:
    """The elements that a summary shows."""
    for axis, length in enumerate(data.shape):
        if length > 2 * edge:
            data = np.take(data, [*range(edge), *range(length - edge, length)], axis)
    return data


class Cells(NamedTuple):
    """How one element is written, and the width that a line reckons with for it."""

    text: Callable[[Any], str]
    width: int


def cells(data: np.ndarray, options: PrintOptions) -> Cells:
    """How the elements of an array are written, all in one notation."""
    if data.dtype.kind == "c":
        return _complex_cells(data, options)
    if data.dtype.kind == "f":
        return _float_cells(data, options)
    width = max((len(str(value)) for value in data.ravel().tolist()), default=1)
    return Cells(lambda value: str(value).rjust(width), width)


def _float_cells(data: np.ndarray, options: PrintOptions) -> Cells:
    """One notation for all; only finite elements other than zero decide it, and the width."""
    deciding = data[np.isfinite(data) & (data != 0)]
    if not deciding.size:
        return Cells(_whole, 1)
    size = np.abs(deciding.astype(np.float64))
    least, most = float(size.min()), float(size.max())
    is_whole = bool(np.all(size == np.floor(size)))
    exponents = most / least > 1000.0 or most > 1e8 or (least < 1e-4 and not is_whole)
    if exponents if options.sci_mode is None else options.sci_mode:
        write: Callable[[float], str] = f"{{:.{options.precision}e}}".format
    else:
        write = _whole if is_whole else f"{{:.{options.precision}f}}".format
    width = max(map(len, map(write, deciding.tolist())))
    return Cells(lambda value: write(value).rjust(width), width)


def _whole(value: float) -> str:
    return f"{value:.0f}" + ("." if np.isfinite(value) else "")


def _complex_cells(data: np.ndarray, options: PrintOptions) -> Cells:
    """Real and imaginary parts, each kind in a notation of its own."""
    real, imaginary = _float_cells(data.real, options), _float_cells(data.imag, options)

    def text(value: complex) -> str:
        second = imaginary.text(value.imag).lstrip() + "j"
        return real.text(value.real) + ("" if second[0] in "+-" else "+") + second

    return Cells(text, real.width + imaginary.width + 1)


class _Layout(NamedTuple):
    """Brackets and line breaks; `edge` elements are shown at each end of a long axis, or all where it is None."""

    cell: Callable[[Any], str]
    per_line: int
    edge: int | None

    def lines(self, data: np.ndarray, indent: int) -> str:
        if data.ndim == 0:
            return self.cell(data.item())
        if data.ndim == 1:
            return self._row(data, indent)
        parts = self._parts(data, lambda part: self.lines(part, indent + 1), "...")
        return "[" + ("," + "\n" * (data.ndim - 1) + " " * (indent + 1)).join(parts) + "]"

    def _row(self, data: np.ndarray, indent: int) -> str:
        parts = self._parts(data, self.cell, " ...")
        lines = [", ".join(parts[k : k + self.per_line]) for k in range(0, len(parts), self.per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"

    def _parts(self, data: np.ndarray, write: Callable[[Any], str], gap: str) -> list[str]:
        """The text of every element, or row, with a gap where some are left out."""
        if self.edge is None or len(data) <= 2 * self.edge:
            return [write(part) for part in _apart(data)]
        first, last = data[: self.edge], data[len(data) - self.edge :]
        return [*map(write, _apart(first)), gap, *map(write, _apart(last))]


def _apart(data: np.ndarray) -> list[Any]:
    """Rows as arrays, elements as Python numbers."""
    return data.tolist() if data.ndim == 1 else list(data)
