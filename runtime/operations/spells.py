"""The table of what functions under PyTorch's names mean in NumPy's; `spelling` looks it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# The forms of a name, each for the arguments that it has.
FORMS: dict[str, list[Callable[..., Any]]] = {}


def spells(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Keep a function, one expression long, as what these names mean for its arguments."""

    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            FORMS.setdefault(name, []).append(function)
        return function

    return keep
