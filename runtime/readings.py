"""What a method means: many names of methods are those of arrays and of Tensors, and some mean two things.

`x.std()` divides by n where `x` is an array and by n - 1 where it is a Tensor; `x.max(0)` gives numbers, or numbers and
places. A derivative is written down before anyone knows what it will be called with. It is written as for arrays, and
where its text has such a method a call on Tensors runs on the dynamic graph, whose values are Tensors then.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

# From how many arguments on a method of both means two things.
_TWO_MEANINGS = {
    **dict.fromkeys(("nonzero", "put", "repeat", "size", "sort", "std", "var"), 0),
    **dict.fromkeys(("max", "min", "squeeze", "view"), 1),
    **dict.fromkeys(("all", "any", "argmax", "argmin", "argsort", "cumprod", "cumsum", "mean", "prod", "sum"), 2),
    **dict.fromkeys(("take", "transpose"), 2),
}
_KEYWORDS_OF_TENSORS = frozenset({"correction", "dim", "end_dim", "keepdim", "start_dim", "unbiased"})
_KEYWORDS_OF_ARRAYS = frozenset({"ddof", "initial", "kind", "order", "out", "where"})


def has_two_meanings(name: str, count: int, keywords: Sequence[str]) -> bool:
    """Whether a method called so, with `count` arguments by position, means one thing of arrays, another of Tensors."""
    if name not in _TWO_MEANINGS or (_KEYWORDS_OF_ARRAYS | _KEYWORDS_OF_TENSORS) & set(keywords):
        return False
    along = name in ("max", "min") and "axis" in keywords
    return count + along >= _TWO_MEANINGS[name] and not (name == "transpose" and count > 2)


def is_of_tensors(name: str, count: int, keywords: Sequence[str]) -> bool:
    """Whether arrays have no such method, or none that is called so."""
    if _KEYWORDS_OF_TENSORS & set(keywords) or name == "size" or name in ("flatten", "view") and count > 0:
        return True
    return not hasattr(np.ndarray, name)


class _State(threading.local):
    """`reading` is "arrays", or in a call on Tensors "tensors", or "either" where the text was written for arrays."""

    reading = "arrays"


_state = _State()


def reading() -> str:
    """How this thread reads methods: as those of "arrays", of "tensors", or "either" where both mean the same."""
    return _state.reading


@contextmanager
def reads(kind: str) -> Iterator[None]:
    """Read methods so within the block."""
    before, _state.reading = _state.reading, kind
    try:
        yield
    finally:
        _state.reading = before
