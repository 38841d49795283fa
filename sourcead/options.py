"""How a derivative is written: the keywords that transforms share, and what follows from them."""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from sourcead.errors import EndlessRecursion, Refused, Unsupported
from sourcead.frontend.callees import ChangesUnseen, note_changing
from sourcead.frontend.names import Whole
from sourcead.frontend.source import Source

Checkpoint = Callable[..., Any] | Sequence[Callable[..., Any]] | None
W = TypeVar("W")


@dataclass
class Options:
    """How a derivative is written; `whole` has the functions that run on the dynamic graph as a whole.

    Calls of the functions in `checkpoint` are computed again in the reverse sweep.
    """

    dynamic: str = "auto"
    strong_zero: bool = False
    whole: dict[types.FunctionType, Whole] = field(default_factory=dict)
    checkpoint: tuple[Callable[..., Any], ...] = ()


def with_graph(source: Source, options: Options, write: Callable[[Options], W]) -> W:
    """What `write` gives for derivatives of a function, with the dynamic graph for what cannot be written.

    A function that holds something without emitted form runs there as a whole; of several functions the innermost.
    What turns out to change its arguments is known to do so from then on.

    Raises the error where the dynamic graph is not allowed, or would refuse it too.
    """
    if options.dynamic == "always":
        asked = Whole(f'the whole of {source.name}, as dynamic="always" asks')
        return write(replace(options, whole={source.function: asked}))
    while True:
        try:
            return write(options)
        except Refused:
            raise
        except (Unsupported, EndlessRecursion) as error:
            if isinstance(error, ChangesUnseen) and note_changing(error.within):
                continue  # Written again, with its body in the place of its calls.
            function = getattr(error, "within", None) or source.function
            error.origin = error.origin or source.origin(source.tree)
            if options.dynamic == "never" or function in options.whole:
                raise
            name = getattr(function, "__name__", source.name)
            place = f"{Path(error.origin.file).name}:{error.origin.line}"
            why = Whole(f"the whole of {name}: {error.fact} ({place})", error.cure, error.origin)
            options = replace(options, whole={**options.whole, function: why})


def options_of(dynamic: str, strong_zero: bool = False, checkpoint: Checkpoint = None) -> Options:
    """Options from the keywords of a transform. Raises ValueError and TypeError for what they cannot be."""
    if dynamic not in ("auto", "never", "always"):
        raise ValueError(f'dynamic is "auto", "never" or "always", not {dynamic!r}')
    again = () if checkpoint is None else tuple(checkpoint) if isinstance(checkpoint, (tuple, list)) else (checkpoint,)
    for function in again:
        if not callable(function):
            raise TypeError(f"checkpoint is a function or a tuple of functions, not {function!r}")
    return Options(dynamic, strong_zero, checkpoint=again)


def asked_again(options: Options, reverse: bool = True) -> dict[str, Any]:
    """Options as they were asked for, to ask for the same again; in `reverse` mode there is one more."""
    strong = {"strong_zero": options.strong_zero} if reverse else {}
    again = {"checkpoint": options.checkpoint} if options.checkpoint else {}
    return {"dynamic": options.dynamic, **strong, **again}
