"""Text that was made of values that carry a derivative, so that no number is read back from it unseen.

Printing a value is harmless, and so its text is plain text. But `float(f"{x}")` would be a constant. While a traced
function runs, the texts of its values are kept, and a call that makes floating-point numbers of text that has one of
them in it, or is a part of one, is refused. What goes through a file is out of sight: a file is input like any other.
"""

from __future__ import annotations

import decimal
import fractions
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from runtime.errors import DerivativeLost

_NUMBERS = (float, complex, decimal.Decimal, fractions.Fraction)


class _Texts(threading.local):
    def __init__(self) -> None:
        self.made: set[str] = set()


_texts = _Texts()


def note(text: str) -> str:
    """Keep the text of a value that carries a derivative; returns it."""
    if any(character.isdigit() for character in text):
        _texts.made.add(text)
    return text


def forget() -> None:
    """Called where no traced function runs any more."""
    _texts.made.clear()


def refuse_numbers(result: Any, *given: Any) -> None:
    """Raise DerivativeLost where `result` has floating-point numbers in it and what was given such text."""
    if _texts.made and _has_numbers(result) and any(_is_made(text) for value in given for text in _texts_in(value)):
        raise _lost()


def refuse_code(code: Any) -> None:
    """Raise DerivativeLost for a program whose text has such a number in it."""
    if _texts.made and isinstance(code, str) and any(made in code for made in _texts.made):
        raise _lost()


def _lost() -> DerivativeLost:
    return DerivativeLost(
        "a number is read from text that was made of a value that carries a derivative, and the derivative would be"
        " lost",
        "Use the value itself, or make the text of a detached one where a constant is meant.",
    )


def _is_made(text: str) -> bool:
    text = text.strip()
    return any(made in text or text in made for made in _texts.made) and any(c.isdigit() for c in text)


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (bytes, bytearray)):
        yield value.decode("latin-1")
    elif isinstance(value, np.ndarray) and value.dtype.kind in "SU":
        yield from value.astype(str).ravel()
    elif isinstance(value, (list, tuple)):
        for element in value:
            yield from _texts_in(element)


def _has_numbers(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_has_numbers(element) for element in value)
    if isinstance(value, dict):
        return any(_has_numbers(element) for element in value.values())
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "fc"
    return isinstance(value, _NUMBERS)
