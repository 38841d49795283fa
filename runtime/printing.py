"""The printed form of a Tensor: four decimals, as PyTorch prints them."""

from __future__ import annotations

from typing import Any

import numpy as np

_SILENT_DTYPES = ("float32", "int64", "bool", "complex64")


def tensor_text(data: np.ndarray, grad_fn: Any, wanted: bool) -> str:
    """`tensor(...)` with the dtype where it is not a default one, and how the value was made."""
    endings = [] if data.dtype.name in _SILENT_DTYPES else [f"dtype={data.dtype.name}"]
    if grad_fn is not None:
        endings.append(f"grad_fn=<{grad_fn.name()}>")
    elif wanted:
        endings.append("requires_grad=True")
    text = np.array2string(
        data, separator=", ", prefix="tensor(", max_line_width=80, threshold=1000, formatter=_formatter(data)
    )
    line = f"tensor({', '.join([text, *endings])})"
    if endings and len(line.rsplit("\n", 1)[-1]) > 80:
        line = f"tensor({text},\n       {', '.join(endings)})"
    return line


def _formatter(data: np.ndarray) -> Any:
    """How one element is printed: whole numbers with a point, large and small ones with an exponent."""
    if data.dtype.kind != "f":
        return None
    finite = np.abs(data[np.isfinite(data)])
    above_zero = finite[finite > 0]
    if np.all(finite == np.floor(finite)) and finite.size and finite.max() < 1e8:
        form = "{:.0f}."
    elif above_zero.size and _needs_exponents(above_zero.min(), above_zero.max()):
        form = "{:.4e}"
    else:
        form = "{:.4f}"
    texts = [form.format(value) if np.isfinite(value) else str(value) for value in data.ravel().tolist()]
    width = max(map(len, texts), default=0)
    return {"float_kind": lambda value: (form.format(value) if np.isfinite(value) else str(value)).rjust(width)}


def _needs_exponents(smallest: float, largest: float) -> bool:
    return largest / smallest > 1000 or largest > 1e8 or smallest < 1e-4
